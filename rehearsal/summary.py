"""What a person reads when the story is over, made from the timeline alone."""

import json
from math import ceil
from os.path import relpath
from pathlib import Path
from textwrap import shorten
from typing import Any

Event = dict[str, Any]
TRAINS = "Dev"
"""The stage that trains."""


def summary(timeline: Path, *, seconds: float) -> str:
    """The story in a few lines: what was deployed, learned, served, seen and learned again.

    Args:
        timeline: The rehearsal's `timeline.jsonl`.
        seconds: How long it took on this machine.
    """
    events = [json.loads(line) for line in timeline.read_text(encoding="utf-8").splitlines()]
    rows = [
        ("deployed", f"{len(_first(events, 'templates')['sha256'])} templates, as `make synth` "
                     "writes them"),
        *_versions(events),
        *_windows(events, timeline.parent),
        *_onwards(events),
        ("answered", _answered(events)),
        ("captured", f"{_last(events, 'traffic captured')['records']} requests"),
        ("took", f"{seconds:.0f} s for {ceil(events[-1]['t'] / 86400)} days; every event is in "
                 f"{relpath(timeline)}"),
    ]  # fmt: skip
    width = max(len(name) for name, _ in rows)
    return "\n".join(
        ["", "The garden tends itself:"] + [f"  {name:<{width}}  {text}" for name, text in rows]
    )


def _versions(events: list[Event]) -> list[tuple[str, str]]:
    """For each version why it was made, how good it is, and that it serves."""
    rows = []
    for started, checked, released in zip(
        _all(events, "pipeline started"), _all(events, "metrics checked"),
        [e for e in _all(events, "release done") if e["stage"] == TRAINS], strict=True,
    ):  # fmt: skip
        name = released["package"].rpartition("/")[2]
        champion = checked.get("champion_auc")
        beside = f", the champion {champion:.4f}" if champion is not None else ""
        because = shorten(started["Reason"], 80, placeholder=" …")
        rows.append((f"version {name}", f"because of {because}"))
        rows.append(("", f"AUC {checked['auc']:.4f}{beside} on {checked['rows']:,} flights that it "
                         "never saw (scikit-learn agrees); approved, and serves"))  # fmt: skip
    return rows


def _windows(events: list[Event], out: Path) -> list[tuple[str, str]]:
    """What the monitor said of each window that it judged."""
    judged = [e for e in _all(events, "window judged") if e["outcome"] != "too-few-records"]
    outcomes = ", ".join(e["outcome"] for e in judged)
    pages = relpath((out / judged[0]["page"]).parent)
    return [("watched", f"{len(judged)} windows: {outcomes}; a page on each is in {pages}/")]


def _onwards(events: list[Event]) -> list[tuple[str, str]]:
    """What became of versions in the stage that follows, and of the one that failed."""
    rows = []
    went_on = {told["package"]: told for told in _all(events, "requests went on")}
    for done in _all(events, "release done"):
        if done["stage"] != TRAINS:
            text = f"version {_number(done['package'])} serves, after an approval of its own"
            if done["package"] in went_on:
                text += f"; {_borne(went_on[done['package']])}"
            rows.append((done["stage"], text))
    for taken in _all(events, "rolled back"):
        text = f"version {_number(taken['package'])} by its alarm"
        borne = _borne(went_on[taken["package"]], failing=_number(taken["package"]))
        rows.append(("rolled back", f"{text}; {borne}"))
    return rows


def _borne(told: dict[str, Any], *, failing: str = "") -> str:
    """Who answered what was asked meanwhile."""
    counts = {
        who.removeprefix("version_"): count
        for who, count in told.items()
        if who.startswith("version_")
    }
    by = ", ".join(
        f"{count:,} {'refused' if who == failing else 'answered'} by version {who}"
        for who, count in counts.items()
    )
    return f"{told['requests']:,} requests meanwhile: {by}"


def _number(package: str) -> str:
    return package.rpartition("/")[2]


def _answered(events: list[Event]) -> str:
    checks = _all(events, "answers checked")
    flights = sum(check["flights"] for check in checks)
    largest = max(check["largest_difference"] for check in checks)
    return (
        f"{flights:,} flights, each as the model itself answers (largest difference {largest:.1e})"
    )


def _all(events: list[Event], name: str) -> list[dict[str, Any]]:
    return [event["detail"] for event in events if event["event"] == name]


def _first(events: list[Event], name: str) -> dict[str, Any]:
    return _all(events, name)[0]


def _last(events: list[Event], name: str) -> dict[str, Any]:
    return _all(events, name)[-1]
