"""Why there is no review."""


class Refused(ValueError):
    """What was asked can't be done; its text is one sentence for the person who asked."""
