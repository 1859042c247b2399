"""The status of a model for people: one screen, 80 to 120 columns."""

import textwrap
from collections.abc import Iterator

from operate.status.look import Look
from operate.status.moments import moment_of
from operate.status.sections import sections

NARROWEST, WIDEST = 80, 120
_LABEL = 10
_BOLD = "1"


class Screen:
    """Lines of text with a label before each section.

    Args:
        columns: How wide the terminal is; 80 to 120 of them are used.
        colours: Whether it shows colours.
    """

    def __init__(self, *, columns: int, colours: bool) -> None:
        self._width = min(max(columns, NARROWEST), WIDEST)
        self._colours = colours

    def show(self, look: Look) -> str:
        """The screen."""
        place = f"account {look.account}, {look.region}"
        head = f"{look.stage} / {look.model}   {place}   {moment_of(look.at)} UTC"
        lines = [self._paint(head, _BOLD), ""]
        for label, texts, colour in sections(look):
            lines += self._section(label, texts, colour)
        return "\n".join(lines)

    def _section(self, label: str, texts: list[str], colour: str) -> Iterator[str]:
        shown = self._paint(f"{label:<{_LABEL}}", _BOLD)
        for text in texts:
            for line in textwrap.wrap(
                text,
                self._width - _LABEL,
                subsequent_indent="  ",
                break_on_hyphens=False,
                break_long_words=False,
            ):
                yield shown + self._paint(line, colour)
                shown = " " * _LABEL

    def _paint(self, text: str, colour: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._colours and colour else text
