"""The outside world, played over real HTTP on the loopback interface.

`papers_server` answers like arXiv and Hugging Face from a corpus folder, `synthetic` invents such a
folder, `faults` spoils answers in the ways that the real ones have been seen to be spoilt.
"""
