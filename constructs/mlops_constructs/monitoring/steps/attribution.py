"""The attribution monitor: do answers still rest on the features that they rested on?

Draws records of the captured requests of [window end - window hours, window end), has the archive
of the version that serves now explain them with its own code, holds the ranking of features by
their mean absolute SHAP value against the baseline's, writes analysis.json,
constraint_violations.json, report.json and report.html to <report>/<yyyy>/<mm>/<dd>/<hh>/ of the
window's end, and puts metrics.

It is a violation if the whole interval of the ranking's NDCG lies below both what is asked for and
what nearly all of the baseline's own windows reach.

A window with too few records is not judged: outcome `too-few-records`, exit code 0. If the monitor
itself can't do its work it says so in one sentence, puts no Heartbeat and exits with 1.
"""

import argparse
import random
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from typing import Any

import arithmetic  # noqa: F401 - before numpy
import attribution_files
import attribution_page
import capture
import metrics
import numpy as np
import report_files
import scoring
import transforms
from attribution_baseline import ARCHIVE, analysis
from attribution_files import Known
from attribution_judging import aligned, judge, limit_of
from attribution_verdict import Feature, Ranks
from enough import too_few
from failure import exit_code
from invocation import parser_with_settings, settings_of, window_of
from report_document import report

NEEDED = ("minimum_ndcg", "explained_records")
"""Of the settings."""

REFUSED = "row that the model's code refuses"
"""Counted among the explained records."""


def main(argv: list[str] | None = None) -> int:
    """The processing job; its exit code."""
    options = parser_with_settings("attribution", __doc__).parse_args(argv)
    return exit_code(partial(run, options), options.message)


def run(options: argparse.Namespace) -> None:
    """Draw, explain, judge, write, put metrics."""
    settings = settings_of("--settings", options.settings, *NEEDED)
    window = window_of(options.window_end, options.window_hours)
    known = attribution_files.read(options.baseline)
    reader = capture.Reader(len(known.columns), window.start, window.end)
    files = transforms.captured(options, window.start, window.end, capture.INPUT)
    rows = reader.rows(files)
    drawn = draw(rows, reader.days, int(settings["explained_records"]), window.end)
    records = sum(drawn.by_day)
    too_little, findings = too_few(records, options.minimum_records), []
    features = [Feature(name, of, place, None, None)
                for place, (name, of) in enumerate(known.then.items(), start=1)]  # fmt: skip
    if not too_little:
        limit = limit_of(known, settings["minimum_ndcg"])
        explained = explain(options.baseline / ARCHIVE, drawn)
        reader.unreadable.update([REFUSED] * explained.refused)
        contributions = aligned(known, explained.names, explained.contributions)
        finding, features = judge(known, contributions, explained.days, limit=limit)
        findings = [finding]
    verdict = Ranks(
        options.endpoint, options.monitor, window, records,
        [read + misfit for read, misfit in zip(drawn.by_day, reader.misfits, strict=True)],
        dict(reader.unreadable), findings, too_little, features,
        len(drawn.rows) if findings else 0, known.least,
    )  # fmt: skip
    write(options.report / f"{window.end:%Y/%m/%d/%H}", verdict, known)
    print(verdict.sentence())
    if options.namespace:
        metrics.put(options.namespace, verdict, measured(verdict, known))


@dataclass(frozen=True)
class Drawn:
    """Records of a window.

    Attributes:
        rows: Those that were drawn, each with its day, in the order of the capture.
        by_day: How many there are on each day.
    """

    rows: list[tuple[int, list[str]]]
    by_day: list[int]


def draw(rows: Iterable[tuple[int, list[str]]], days: int, most: int, end: datetime) -> Drawn:
    """At most so many rows, each of the window's with the same chance, while they stream by.

    Vitter's algorithm R ("Random sampling with a reservoir", 1985), seeded by the window's end: the
    same window gives the same draw.
    """
    chance = random.Random(f"{end:%Y-%m-%dT%H:%M}")
    kept: list[tuple[int, int, list[str]]] = []
    by_day = [0] * days
    for position, (day, row) in enumerate(rows):
        by_day[day] += 1
        if position < most:
            kept.append((position, day, row))
        elif (place := chance.randrange(position + 1)) < most:
            kept[place] = (position, day, row)
    return Drawn([(day, row) for _, day, row in sorted(kept)], by_day)


@dataclass(frozen=True)
class Explained:
    """What the drawn rows' answers rest on; their days; how many rows were refused."""

    names: list[str]
    contributions: np.ndarray
    days: np.ndarray
    refused: int


def explain(archive: Path, drawn: Drawn) -> Explained:
    """By the archive's own code.

    Raises:
        Failure: If it can't.
    """
    with scoring.unpacked(archive) as model:
        found = scoring.explained(model, (row for _, row in drawn.rows))
    days = np.delete(np.array([day for day, _ in drawn.rows]), found.refused)
    return Explained(found.names, found.contributions, days, len(found.refused))


def write(folder: Path, verdict: Ranks, known: Known) -> None:
    """The four files of a report."""
    documents = {
        "analysis.json": analysis({of.name: of.now.value for of in verdict.features if of.now}),
        "constraint_violations.json": {"version": "1.0", "violations": [*_violations(verdict)]},
        "report.json": {**report(verdict), **_ranks(verdict)},
    }
    report_files.write(folder, documents, attribution_page.html(verdict, known))


def _violations(verdict: Ranks) -> Iterator[dict[str, str]]:
    """In the format of feature attribution drift violations.

    https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-model-attribution-drift-violations.html
    """
    for finding in verdict.violations:
        yield {
            "label": finding.feature,
            "metric_name": "shap",
            "constraint_check_type": "feature_attribution_drift_check",
            "description": verdict.told(finding),
        }


def _ranks(verdict: Ranks) -> dict[str, Any]:
    """What a report has besides."""
    found = verdict.finding
    return {
        "headline": found and {
            "name": found.check, "value": found.estimate.value, "lower": found.estimate.lower,
            "upper": found.estimate.upper, "threshold": found.threshold,
        },
        "explained": verdict.explained,
        "least_ndcg": verdict.least,
        "features": [
            {
                "feature": of.name, "then": asdict(of.then), "now": of.now and asdict(of.now),
                "place_then": of.place_then, "place_now": of.place_now,
            }
            for of in verdict.features
        ],
    }  # fmt: skip


def measured(verdict: Ranks, known: Known) -> Iterator[tuple[str, float]]:
    """Metrics besides those that every monitor has."""
    yield "BaselineAge", (datetime.now(timezone.utc) - known.made) / timedelta(days=1)
    if verdict.finding is not None:
        yield "HeadlineValue", verdict.finding.estimate.value
        yield "HeadlineThreshold", verdict.finding.threshold


if __name__ == "__main__":
    sys.exit(main())
