"""What ends a command with a sentence instead of a stack trace."""


class Refused(Exception):
    """The person, or AWS, has to change something; its text is one sentence that says what.

    Attributes:
        code: AWS's error code, such as `AccessDeniedException`; empty if AWS said nothing.
    """

    def __init__(self, sentence: str, *, code: str = "") -> None:
        super().__init__(sentence)
        self.code = code
