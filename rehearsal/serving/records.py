"""Rows that are put below the folder of the hour, and their answers, each of which comes once."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from rehearsal.arrows import StoryBroke
from rehearsal.executions import HOUR
from rehearsal.serving.model import Model

FILES = 5
"""Into so many files go the rows that are put at once."""


@dataclass
class Records:
    """Who puts rows to be scored, and reads their answers.

    Attributes:
        model: Whose.
        waiting: By the key of its answers, the rows of a file that has none yet.
        sent, files: How many there were.
        answers: How many rows each version has answered.
    """

    model: Model
    waiting: dict[str, list[str]] = field(default_factory=dict)
    sent: int = 0
    files: int = 0
    answers: Counter[str] = field(default_factory=Counter)

    def send(self, count: int) -> None:
        """Put so many rows, no two of which are the same."""
        bucket, requests = _place(self.model.names["RequestUri"])
        _, answers = _place(self.model.names["AnswerUri"])
        hour = f"{datetime.fromtimestamp(self.model.world.time.now(), UTC):%Y/%m/%d/%H}"
        rows = [f"row-{self.sent + number}" for number in range(count)]
        for part in range(FILES):
            self.files += 1
            name, body = f"{hour}/part-{self.files}.csv", rows[part::FILES]
            self.model.world.client("s3").put_object(
                Bucket=bucket, Key=f"{requests}/{name}", Body="\n".join(body).encode()
            )
            self.waiting[f"{answers}/{name}.out"] = body
        self.sent += count

    def scored_by(self, may: set[str]) -> Counter[str]:
        """Wait until every row has its answer; how many each version gave.

        Args:
            may: Versions that may have scored them.

        Raises:
            ArrowDidNotFire: A file was lost.
            StoryBroke: A row was lost, was answered twice or in another order, or by another
                version.
        """
        self.model.world.await_arrow(
            "schedule -> batch pipeline -> answers", self._left, expected="answers to every file",
            until=lambda left: not left, within=6 * HOUR,
        )  # fmt: skip
        found = Counter[str]()
        for key, rows in self.waiting.items():
            found += self._checked(key, rows)
        if not set(found) <= may:
            raise StoryBroke(f"rows were scored by {dict(found)} while {sorted(may)} might")
        self.waiting.clear()
        self.answers += found
        return found

    def _left(self) -> list[str]:
        bucket, prefix = _place(self.model.names["AnswerUri"])
        pages = (
            self.model.world.client("s3")
            .get_paginator("list_objects_v2")
            .paginate(Bucket=bucket, Prefix=f"{prefix}/")
        )
        there = {found["Key"] for page in pages for found in page.get("Contents", ())}
        return sorted(set(self.waiting) - there)

    def _checked(self, key: str, rows: list[str]) -> Counter[str]:
        bucket, _ = _place(self.model.names["AnswerUri"])
        text = self.model.world.read_bytes(f"s3://{bucket}/{key}").decode()
        # An inference id and the time end each line, by which labels are joined.
        said = [line.rsplit(",", 2)[0].partition(":") for line in text.splitlines()]
        if [row for _, _, row in said] != rows:
            raise StoryBroke(f"{key} answers {len(said)} rows, not the {len(rows)} that were sent")
        return Counter(version for version, _, _ in said)


def by_version(answers: Mapping[str, int]) -> dict[str, int]:
    """Figures for the timeline."""
    return {f"version_{number}": count for number, count in sorted(answers.items())}


def _place(uri: str) -> tuple[str, str]:
    """Bucket and prefix of an S3 URI."""
    bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    return bucket, prefix
