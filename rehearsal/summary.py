"""What a person reads when the story is over, made from the timeline alone."""

import json
from pathlib import Path
from typing import Any


def summary(timeline: Path) -> str:
    """The story in a few lines: what was deployed, learned, approved, served and checked."""
    events = [json.loads(line) for line in timeline.read_text(encoding="utf-8").splitlines()]
    last: dict[str, dict[str, Any]] = {event["event"]: event["detail"] for event in events}
    metrics, release = last["metrics checked"], last["release done"]
    answers, capture = last["answers checked"], last["traffic captured"]
    rows = [
        ("deployed", f"{len(last['templates']['sha256'])} templates, as `make synth` writes them"),
        ("learned", f"AUC {metrics['auc']:.4f} on {metrics['rows']:,} flights the training never "
                    "saw (scikit-learn agrees)"),
        ("approved", last["version approved"]["package"].rpartition(":")[2]),
        ("served", f"{release['endpoint']}, from config {release['config']}"),
        ("answered", f"{answers['flights']} flights, each as the model itself answers "
                     f"(largest difference {answers['largest_difference']:.1e})"),
        ("captured", f"{capture['records']} records in {capture['files']} files"),
        ("took", f"{events[-1]['t']:.0f} s; every event is in {timeline.name}"),
    ]  # fmt: skip
    width = max(len(name) for name, _ in rows)
    return "\n".join(["", "The garden tends itself so far:"] + [
        f"  {name:<{width}}  {text}" for name, text in rows
    ])  # fmt: skip
