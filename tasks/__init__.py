"""How hard we try: one task a word of the sentence, each a thin coat around the library."""
