"""What a rehearsal made in an account, on disk from the first moment: only this may be deleted."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from operate.refused import Refused

TAG = "perennial:rehearsal"
"""Of every stack; its value is the run's. Who carries it was made by this run, and by no other."""


@dataclass(frozen=True)
class Made:
    """One thing.

    Attributes:
        kind: What it is, one of `rehearsal.on_aws.deleting.KINDS`, or `stack`.
        name: By which it is deleted.
        stack: Id of the stack that made it, or made what it came with; empty if none did.
    """

    kind: str
    name: str
    stack: str = ""


@dataclass
class Record:
    """A run, where it is, and what of it is still there.

    Attributes:
        path: Where it is kept.
        run: The value of `TAG`.
        account: The 12-digit account.
        region: The region.
        stacks: Names of the stacks that it was to make, none of which was there before.
        before: Names of log groups that were there before, and so are not its own.
        made: What is known to be made and not yet deleted, in its order.
    """

    path: Path
    run: str
    account: str
    region: str
    stacks: list[str]
    before: list[str]
    made: list[Made] = field(default_factory=list)

    def save(self) -> None:
        """Write all of it; who is stopped meanwhile leaves the former one whole."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        told = asdict(self) | {"path": self.path.name}
        draft = self.path.with_suffix(".new")
        draft.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        draft.replace(self.path)

    def add(self, things: Iterable[Made]) -> None:
        """Remember what was made; what is known is not added twice."""
        self.made += [thing for thing in dict.fromkeys(things) if thing not in self.made]
        self.save()

    def forget(self, thing: Made) -> None:
        """It is gone."""
        self.made.remove(thing)
        self.save()

    def close(self) -> None:
        """All is gone, and so is the record."""
        self.path.unlink()

    @classmethod
    def load(cls, path: Path) -> "Record | None":
        """The record of a run that has left something; None if there is none.

        Raises:
            Refused: It can't be read.
        """
        if not path.exists():
            return None
        try:
            told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            made = [Made(**thing) for thing in told.pop("made")]
            return cls(**(told | {"path": path, "made": made}))
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise Refused(
                f"{path} can't be read ({type(error).__name__}: {error}); stacks of that rehearsal"
                f" have the tag {TAG}, delete them by hand"
            ) from error
