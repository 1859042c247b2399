"""Batch: no endpoint; rows are scored by the hour, and a version that can't is taken back."""

from rehearsal.serving.model import Model
from rehearsal.serving.records import Records, by_version
from rehearsal.serving.versions import ECHOES, FAILS


def play(model: Model, *, requests: int) -> None:
    """Rows that arrive around the promotion of version 2 are scored once; version 3 can't score."""
    first, second = model.register(ECHOES), model.register(ECHOES)
    records = Records(model)
    model.promote(first, ends="released")
    records.send(requests // 2)
    records.scored_by({model.number(first)})
    records.send(requests // 4)
    model.promote(second, ends="released")
    before = records.scored_by({model.number(first), model.number(second)})
    records.send(requests - requests // 2 - requests // 4)
    records.scored_by({model.number(second)})
    model.timeline.record(
        "traveller", "rows were scored", records=records.sent, lost=0, files=records.files,
        around_the_promotion=dict(before), **by_version(records.answers),
    )  # fmt: skip
    taken_back(model, records, serving=second)


def taken_back(model: Model, records: Records, *, serving: str) -> None:
    """A version that can't score goes, and the one before scores the window of its run."""
    bad = model.register(FAILS)
    model.promote(bad, ends="released")
    records.send(100)
    records.scored_by({model.number(serving)})
    model.await_stamp(bad, "rolled back")
    model.serves(serving)
    model.timeline.record("traveller", "a bad version came and went", records=100, lost=0)
