"""A verdict for a machine: what report.json holds, whatever the kind of monitor."""

from collections.abc import Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from labelled_verdict import LabelledVerdict
from verdict import SAYS, Outcome, Verdict

NOTHING: Mapping[str, Any] = MappingProxyType({})


def report(verdict: Verdict) -> dict[str, Any]:
    """Of a monitor that needs no labels."""
    return {
        **_head(verdict),
        "checks": [
            {
                "feature": finding.feature, "check": finding.check, "means": SAYS[finding.check],
                "value": finding.estimate.value, "lower": finding.estimate.lower,
                "upper": finding.estimate.upper, "threshold": finding.threshold,
                "ratio": finding.ratio, "violated": finding.violated,
                "since": since(verdict, finding.since),
            }
            for finding in verdict.findings
        ],
    }  # fmt: skip


def labelled(verdict: LabelledVerdict, more: Mapping[str, Any] = NOTHING) -> dict[str, Any]:
    """What a report has of any kind with labels.

    Args:
        verdict: Of the window.
        more: What this kind says of its labels besides.
    """
    return _head(verdict, {
        "repeated": verdict.repeated,
        "coverage": verdict.coverage,
        "labels": {"used": verdict.labelled, **verdict.troubles},
        **more,
        "headline": verdict.headline and asdict(verdict.headline),
        "baseline_age": verdict.baseline_age,
    })  # fmt: skip


def since(verdict: Outcome, day: int | None) -> str | None:
    """When a day of the window begins; None of no day."""
    if day is None:
        return None
    return f"{verdict.window.day(day, len(verdict.by_day)):%FT%TZ}"


def _head(verdict: Outcome, more: Mapping[str, Any] = NOTHING) -> dict[str, Any]:
    """What every report has; more comes before its violations."""
    return {
        "version": 0,
        "endpoint": verdict.endpoint,
        "monitor": verdict.monitor,
        "outcome": verdict.outcome,
        "sentence": verdict.sentence(),
        "window": {
            "start": f"{verdict.window.start:%FT%TZ}", "end": f"{verdict.window.end:%FT%TZ}",
        },
        "records": verdict.records,
        "records_by_day": list(verdict.by_day),
        "unreadable": dict(verdict.unreadable),
        **more,
        "violations": len(verdict.violations),
        "drift_ratio": verdict.ratio,
    }  # fmt: skip
