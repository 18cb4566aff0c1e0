"""Every word of frame that a reader sees; a package only so that the wheel carries it."""
