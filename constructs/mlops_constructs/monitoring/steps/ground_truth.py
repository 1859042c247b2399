"""Captured answers joined with what truly happened.

A label is a JSON line, in a folder of the hour (UTC) in which it was collected:
`{"groundTruthData": {"data": "1", "encoding": "CSV"}, "eventMetadata": {"eventId": "..."},
"eventVersion": "0"}`. Its `eventId` is the inference id of a captured record, or of a record that
has none, the event id:
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-merge.html
To a request of several rows belongs a label of as many lines.

Nothing here depends on the order of lines or files, nor on the clock: who joins the same files for
the same window again gets the same.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import capture
import numpy as np
from capture import FEWER, HOUR, INPUT, OUTPUT, CaptureFile, Record, Unreadable
from verdict import Window

ANSWERS = "other number of answers than rows"
"""What makes a record unreadable besides what capture.py knows."""

(
    TORN, FOREIGN, ENCODING, EMPTY, DUPLICATE, CONTRADICTORY, EARLY, LATE, UNKNOWN, SHARED, NUMBER,
) = (
    "torn line", "other JSON than a label", "other encoding than CSV", "empty label",
    "said again", "contradicts another", "collected before its request", "collected late",
    "of an unknown id", "of an id that several requests bear", "other number of labels than rows",
)  # fmt: skip
"""What may be wrong with a label's line. DUPLICATE is each further one that says the same of the
same id; CONTRADICTORY each one of an id of which they say different things, and then none is used.
Those that are EARLY or LATE are used. UNKNOWN ids have no record that was captured."""

_ELSEWHERE, _SHARED = -1, -2
"""In place of a record's position: it lies outside of the window; several bear its id."""


@dataclass(frozen=True)
class Joined:
    """Rows of a window with their labels.

    Attributes:
        answers: Of each row the line of the answer, as text.
        labels: Of each row the label, as text; None where there is none.
        days: Of each row the day of the window, counted from 0; the last ends with the window.
        columns: Of each row the text in those columns of the request that were asked for.
        records: How many requests the rows are of.
        repeated: Records that were left out because the same one, id and all, had been there.
        unreadable: Records of the window by what is wrong with them.
        troubles: Lines of label files by what is wrong with them: those of the window's records,
            and those of which nobody can tell whose they are.
    """

    answers: np.ndarray
    labels: np.ndarray
    days: np.ndarray
    columns: Mapping[int, np.ndarray]
    records: int
    repeated: int
    unreadable: Mapping[str, int]
    troubles: Mapping[str, int]

    @property
    def rows(self) -> int:
        """With an answer."""
        return len(self.answers)

    @property
    def there(self) -> np.ndarray:
        """Whether each row has a label."""
        return np.array([label is not None for label in self.labels], dtype=bool)

    @property
    def labelled(self) -> int:
        """Rows with a label."""
        return int(self.there.sum())

    @property
    def coverage(self) -> float:
        """The share of rows with a label; 0 where there are no rows."""
        return self.labelled / self.rows if self.rows else 0.0


def join(
    captured: Iterable[CaptureFile], labels: Iterable[CaptureFile], window: Window,
    asked_at: datetime, columns: Sequence[int], waits: timedelta,
) -> Joined:  # fmt: skip
    """The rows of a window with their labels.

    Args:
        captured: Files of capture, from `window.start - waits` up to `asked_at`: a label of a
            record beside the window is not one of an unknown id.
        labels: Files of labels, from an hour before the window up to `asked_at`.
        window: Whose rows are asked for.
        asked_at: Nothing that was captured or collected later is known.
        columns: Positions in a request's row whose text is asked for.
        waits: How long after its request a label is collected at most if it is not late.
    """
    known = _Known(window, columns)
    for said in known.within(captured, window.start - waits, asked_at):
        known.add(said)
    found = _Labels(known, waits)
    for hour, lines in labels:
        for line in lines if hour < asked_at else ():
            found.add(hour, line)
    by_row, troubles = found.settled()
    return Joined(
        answers=_texts(known.answers),
        labels=_texts(by_row),
        days=np.repeat(np.array(known.days, dtype=np.intp), known.lengths()),
        columns={column: _texts(texts) for column, texts in known.columns.items()},
        records=len(known.days),
        repeated=known.repeated,
        unreadable=dict(known.unreadable),
        troubles=troubles,
    )


def _texts(texts: Sequence[str | None]) -> np.ndarray:
    column = np.empty(len(texts), dtype=object)
    column[:] = texts
    return column


class _Known:
    """Captured records: all their ids, and the rows of those in the window."""

    def __init__(self, window: Window, columns: Sequence[int]) -> None:
        self.answers: list[str] = []
        self.columns: dict[int, list[str]] = {column: [] for column in columns}
        self.starts = array("q")  # of each record, its first row
        self.days = array("i")
        self.moments: list[datetime] = []
        self.positions: dict[str, int] = {}
        self.repeated = 0
        self.unreadable: Counter[str] = Counter()
        self._window = window
        self._number_of_days = capture.days_between(window.start, window.end)
        self._contents = array("q")

    def within(
        self, files: Iterable[CaptureFile], start: datetime, end: datetime
    ) -> Iterator[Record]:
        """The records from start to end; of what has no time, only that of the window counts."""
        window = self._window
        for hour, lines in files:
            troubles = self.unreadable if window.start <= hour < window.end else Counter[str]()
            yield from capture.records([(hour, lines)], start, end, troubles)

    def add(self, said: Record) -> None:
        """One more."""
        key = said.inference_id or said.event_id
        if not self._window.start <= said.moment < self._window.end:
            self.positions.setdefault(key, _ELSEWHERE)
            return
        position = self.positions.get(key, _ELSEWHERE) if key else _ELSEWHERE
        content = hash((str(said.sides.get(INPUT)), str(said.sides.get(OUTPUT))))
        if position >= 0 and self._contents[position] == content:
            self.repeated += 1
            return
        try:
            self._add_rows(said)
        except Unreadable as kind:
            self.unreadable[str(kind)] += 1
            self.positions.setdefault(key, _ELSEWHERE)
            return
        self.positions[key] = len(self.days) if position == _ELSEWHERE else _SHARED
        days_to_the_end = (said.moment - self._window.end) // capture.DAY
        self.days.append(self._number_of_days + days_to_the_end)
        self.moments.append(said.moment)
        self._contents.append(content)

    def _add_rows(self, said: Record) -> None:
        answers = _lines(said.text(OUTPUT))
        if not answers:
            raise Unreadable(capture.EMPTY)
        if self.columns:
            rows = capture.rows_of(said.text(INPUT))
            if len(rows) != len(answers):
                raise Unreadable(ANSWERS)
            if min(map(len, rows)) <= max(self.columns):
                raise Unreadable(FEWER)
            for column, texts in self.columns.items():
                texts += [row[column] for row in rows]
        self.starts.append(len(self.answers))
        self.answers += answers

    def lengths(self) -> np.ndarray:
        """Of each record, how many rows it has."""
        return np.diff(np.array([*self.starts, len(self.answers)], dtype=np.intp))

    def length(self, position: int) -> int:
        """Of one record, how many rows it has."""
        after = position + 1
        ends = self.starts[after] if after < len(self.starts) else len(self.answers)
        return ends - self.starts[position]


class _Labels:
    """What is said of the records."""

    def __init__(self, known: _Known, waits: timedelta) -> None:
        number = len(known.days)
        self._known = known
        self._waits = waits
        self._said: list[str | None] = [None] * number
        self._collected: list[datetime] = [datetime.max] * number
        self._lines = array("i", bytes(4 * number))
        self._differing: set[int] = set()
        self._troubles: Counter[str] = Counter()

    def add(self, hour: datetime, line: bytes) -> None:
        """One more line."""
        try:
            key, text = _label(line)
            position = self._position(key)
            if position != _ELSEWHERE:
                self._keep(position, text, hour)
        except Unreadable as kind:
            self._troubles[str(kind)] += 1

    def _position(self, key: str) -> int:
        position = self._known.positions.get(key)
        if position is None:
            raise Unreadable(UNKNOWN)
        if position == _SHARED:
            raise Unreadable(SHARED)
        return position

    def _keep(self, position: int, text: str, hour: datetime) -> None:
        if text.count("\n") + 1 != self._known.length(position):
            raise Unreadable(NUMBER)
        if not self._lines[position]:
            self._said[position], self._collected[position] = text, hour
        elif self._said[position] != text:
            self._differing.add(position)
        self._collected[position] = min(self._collected[position], hour)
        self._lines[position] += 1

    def settled(self) -> tuple[list[str | None], dict[str, int]]:
        """Of each row the label, and all troubles."""
        troubles = self._troubles.copy()
        labels: list[str | None] = []
        for position, (text, lines) in enumerate(zip(self._said, self._lines, strict=True)):
            if text is None:
                labels += [None] * self._known.length(position)
            elif position in self._differing:
                troubles[CONTRADICTORY] += lines
                labels += [None] * self._known.length(position)
            else:
                troubles[DUPLICATE] += lines - 1
                troubles[EARLY] += self._early(position)
                troubles[LATE] += self._late(position)
                labels += text.split("\n")
        return labels, {kind: count for kind, count in troubles.items() if count}

    def _early(self, position: int) -> bool:
        return self._collected[position] + HOUR <= self._known.moments[position]

    def _late(self, position: int) -> bool:
        return self._collected[position] > self._known.moments[position] + self._waits


def _label(line: bytes) -> tuple[str, str]:
    """The id, and a line for each row."""
    try:
        said = capture.parsed(line)
    except Unreadable:
        raise Unreadable(TORN) from None
    try:
        key, data = said["eventMetadata"]["eventId"], said["groundTruthData"]["data"]
        encoding = said["groundTruthData"].get("encoding")
    except (TypeError, KeyError, AttributeError):
        raise Unreadable(FOREIGN) from None
    if not isinstance(key, str) or not key or not isinstance(data, str):
        raise Unreadable(FOREIGN)
    if encoding != "CSV":
        raise Unreadable(ENCODING)
    if not (lines := _lines(data)):
        raise Unreadable(EMPTY)
    return key, "\n".join(lines)


def _lines(text: str) -> list[str]:
    """The lines that are not empty, without spaces around them."""
    return [line for told in text.splitlines() if (line := told.strip())]
