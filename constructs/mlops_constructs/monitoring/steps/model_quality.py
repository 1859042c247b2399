"""The model-quality monitor: are answers as right as they were on held-out data?

Reads the captured answers of a window and the labels that came since, holds their metrics against
the baseline of the version that serves now, writes statistics.json, constraint_violations.json,
report.json and report.html to <report>/<yyyy>/<mm>/<dd>/<hh>/ of the hour that it was asked for,
and puts metrics.

A run asked for hour T judges [T - labels_within_hours - window hours, T - labels_within_hours), so
that labels had their time; what comes later is not known to it, and asked again it says the same. A
metric is violated when its whole interval of 95 % lies beyond the threshold.

A window with too few records or too few labels is not judged; that is said, with outcome
`too-few-records` or `too-few-labels`, metrics of their own and exit code 0. If the monitor itself
can't do its work it says so in one sentence, puts no Heartbeat and exits with 1, so that its
silence is noticed.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import arithmetic  # noqa: F401 - before numpy
import capture
import ground_truth
import invocation
import metrics
import numpy as np
import quality_files
import quality_page
import quality_statistics
import report_document
import report_files
import transforms
from enough import too_few, too_few_labels
from failure import Failure, exit_code
from ground_truth import Joined
from invocation import parser_with_labels
from outcomes import Outcomes, outcomes
from quality_estimates import Rows, rows_of
from quality_files import QualityBaseline
from quality_judging import judge
from quality_settings import Settings, settings_of
from quality_verdict import SAYS, QualityVerdict
from verdict import Window

DEFAULTS = {"labels_within_hours": 24, "minimum_coverage": 0.5}
DAY = timedelta(days=1)


def main(argv: list[str] | None = None) -> int:
    """The processing job; its exit code."""
    options = parser_with_labels("model-quality", __doc__).parse_args(argv)
    return exit_code(partial(run, options), options.message)


def run(options: argparse.Namespace) -> None:
    """Read, join, judge, write, put metrics."""
    said = DEFAULTS | dict(invocation.settings_of("--settings", options.settings))
    settings = settings_of(
        said | {"window_hours": options.window_hours, "minimum_records": options.minimum_records}
    )
    baseline = quality_files.read(options.baseline, settings)
    latest = invocation.window_of(options.window_end, options.window_hours)
    asked_at, waits = latest.end, timedelta(hours=_number(said, "labels_within_hours"))
    window = Window(latest.start - waits, latest.end - waits)
    joined = ground_truth.join(
        transforms.captured(options, window.start - waits, asked_at, capture.OUTPUT),
        capture.files(options.ground_truth, window.start, asked_at, "ground truth"),
        window, asked_at, [], waits,
    )  # fmt: skip
    found = outcomes(settings.problem_type, joined.answers, joined.labels)
    rows = rows_of(
        settings.problem_type, found.answers, found.labels, settings.probability_threshold
    )
    verdict = judged(
        joined, found, rows, settings, baseline, endpoint=options.endpoint,
        monitor=options.monitor, window=window, asked_at=asked_at,
        minimum_coverage=_number(said, "minimum_coverage"),
    )  # fmt: skip
    statistics = quality_statistics.document(
        settings.problem_type, found.answers, found.labels, rows, settings.probability_threshold
    )
    write(options.report / f"{asked_at:%Y/%m/%d/%H}", verdict, statistics, baseline)
    print(verdict.sentence())
    if options.namespace:
        metrics.put(options.namespace, verdict, metrics.of_labels(verdict))


def _number(said: Mapping[str, Any], name: str) -> float:
    try:
        return float(said[name])
    except (TypeError, ValueError):
        raise Failure(f"{name} must be a number, got {said[name]!r}") from None


def judged(
    joined: Joined, found: Outcomes, rows: Rows, settings: Settings, baseline: QualityBaseline, *,
    endpoint: str, monitor: str, window: Window, asked_at: datetime, minimum_coverage: float,
) -> QualityVerdict:  # fmt: skip
    """The verdict on what was joined."""
    number_of_days = capture.days_between(window.start, window.end)
    by_day = np.bincount(joined.days[found.answered], minlength=number_of_days)
    days = joined.days[found.labelled]
    labelled_by_day = np.bincount(days, minlength=number_of_days)
    records, labelled = int(by_day.sum()), len(days)
    records_lack = too_few(records, settings.minimum_records)
    lacking = "" if records_lack else too_few_labels(
        labelled, records, minimum_records=settings.minimum_records,
        minimum_coverage=minimum_coverage,
    )  # fmt: skip
    findings = (
        [] if records_lack or lacking else judge(rows, days, number_of_days, settings, baseline)
    )
    if not (findings or records_lack or lacking):
        lacking = f"{labelled:,} records with a label say nothing about any metric"
    return QualityVerdict(
        endpoint=endpoint, monitor=monitor, window=window, records=records,
        by_day=by_day.tolist(), labelled=labelled, labelled_by_day=labelled_by_day.tolist(),
        unreadable=_sum(joined.unreadable, found.unreadable),
        troubles=_sum(joined.troubles, found.troubles), repeated=joined.repeated,
        findings=findings,
        daily=[rows.estimates((days == day).astype(float)) for day in range(number_of_days)],
        headline_name=settings.headline, too_little=records_lack or lacking,
        lacks_labels=bool(lacking), baseline_age=max((asked_at - baseline.made) / DAY, 0.0),
    )  # fmt: skip


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return dict(Counter(one) + Counter(other))


def write(
    folder: Path, verdict: QualityVerdict, statistics: Mapping[str, Any], baseline: QualityBaseline
) -> None:
    """The four files of a report."""
    documents = {
        "statistics.json": statistics,
        "constraint_violations.json": {"violations": [*_violations(verdict)]},
        "report.json": report(verdict),
    }
    report_files.write(folder, documents, quality_page.html(verdict, baseline))


def _violations(verdict: QualityVerdict) -> Iterator[dict[str, str]]:
    for finding in verdict.violations:
        yield {
            "constraint_check_type": finding.worse,
            "description": verdict.told(finding),
            "metric_name": finding.name,
        }


def report(verdict: QualityVerdict) -> dict[str, Any]:
    """The verdict for a machine."""
    return {
        **report_document.labelled(verdict, {"labelled_by_day": list(verdict.labelled_by_day)}),
        "checks": [
            {
                "metric": finding.name, "means": SAYS[finding.name],
                "value": finding.estimate.value, "lower": finding.estimate.lower,
                "upper": finding.estimate.upper, "threshold": finding.threshold,
                "violated_if": finding.worse, "by_person": finding.by_person,
                "baseline": finding.usual and finding.usual.value,
                "ratio": finding.ratio, "violated": finding.violated,
                "since": report_document.since(verdict, finding.since),
            }
            for finding in verdict.findings
        ],
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
