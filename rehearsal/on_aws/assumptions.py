"""What is assumed of AWS (`local_aws/**/assumptions.toml`), held against what the story saw there.

Most rows say something that the story never does, such as an error's wording; they are told as not
observed. A row is confirmed only by something that would have looked different otherwise.
"""

import json
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from rehearsal.on_aws.probes import PROBES
from rehearsal.on_aws.seen import Seen
from rehearsal.on_aws.telling import Told
from rehearsal.world import REPOSITORY, World

Probe = Callable[[World, Told], Seen]
NOT_PROBED = "not observed by the rehearsal: its story does nothing that would show it"


class Verdict(StrEnum):
    """What became of a row."""

    CONFIRMED = "confirmed"
    IN_PART = "confirmed in part"
    REFUTED = "refuted"
    NOT_SEEN = "not seen"


@dataclass(frozen=True)
class Judged:
    """A row of an `assumptions.toml`.

    Attributes:
        row: Its id.
        file: The file, from the repository's root.
        assumption: Its sentence.
        taken: Whether the local AWS takes it for true.
        verdict: Whether that agrees with AWS.
        what: What was seen.
    """

    row: str
    file: str
    assumption: str
    taken: bool
    verdict: Verdict
    what: str

    @property
    def todo(self) -> str:
        """What to change if it is refuted."""
        return (
            f"{self.file}: [{self.row}] is taken as {str(self.taken).lower()}, and AWS does"
            f" otherwise: {self.what}"
        )


def judge(world: World, told: Told, probes: Mapping[str, Probe] = PROBES) -> list[Judged]:
    """Every row with what was seen of it; AWS is only read."""
    return [_judged(world, told, file, name, row, probes.get(name)) for file, name, row in rows()]


def rows(root: Path = REPOSITORY) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """File, id and row of all assumptions."""
    for path in sorted((root / "local_aws").rglob("assumptions.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        for name, row in table.items():
            yield str(path.relative_to(root)), name, row


def _judged(
    world: World, told: Told, file: str, name: str, row: dict[str, Any], probe: Probe | None
) -> Judged:
    seen = Seen(None, NOT_PROBED) if probe is None else _looked(world, told, probe)
    taken: bool = row.get("holds", True)
    if seen.holds is None:
        verdict = Verdict.NOT_SEEN
    elif seen.holds != taken:
        verdict = Verdict.REFUTED
    else:
        verdict = Verdict.IN_PART if seen.in_part else Verdict.CONFIRMED
    return Judged(name, file, row["assumption"], taken, verdict, seen.what)


def _looked(world: World, told: Told, probe: Probe) -> Seen:
    try:
        return probe(world, told)
    except (BotoCoreError, ClientError, LookupError) as error:
        return Seen(None, f"could not be looked at ({type(error).__name__}): {error}")


def write(judged: Sequence[Judged], folder: Path) -> Path:
    """Put the table into `assumptions.md` and `assumptions.json` of a folder; the first of them."""
    plain = [asdict(one) | {"verdict": one.verdict.value} for one in judged]
    (folder / "assumptions.json").write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")
    order = list(Verdict)
    page = folder / "assumptions.md"
    lines = [
        "# What is assumed of AWS, and what was seen there", "", told_in_short(judged), "",
        "| verdict | row | taken as | what was seen |", "|---|---|---|---|",
        *(
            f"| {one.verdict.value} | `{one.row}` ({one.file}): {_cell(one.assumption)} "
            f"| {str(one.taken).lower()} | {_cell(one.what)} |"
            for one in sorted(judged, key=lambda one: (order.index(one.verdict), one.file, one.row))
        ),
    ]  # fmt: skip
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return page


def told_in_short(judged: Sequence[Judged]) -> str:
    """How many of each."""
    counts = Counter(one.verdict for one in judged)
    return ", ".join(f"{counts[verdict]} {verdict.value}" for verdict in Verdict)


def refuted(judged: Sequence[Judged]) -> list[Judged]:
    """Those that AWS contradicts."""
    return [one for one in judged if one.verdict is Verdict.REFUTED]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
