"""The bias monitor: are groups treated more differently than they were on held-out data?

Reads the captured requests of a window with their answers, and the labels that came since; holds
Clarify's bias metrics of each facet against the baseline of the version that serves now; writes
analysis.json, constraint_violations.json, report.json and report.html to
<report>/<yyyy>/<mm>/<dd>/<hh>/ of the hour that it was asked for, and puts metrics.

A run asked for hour T judges [T - labels_within_hours - window hours, T - labels_within_hours), so
that labels had their time. Metrics of answers alone (DPPL, DI, CDDPL) are of all answered rows, the
others of those with a label. A metric is violated when its whole interval is farther from its fair
value than the limit.

A window with too few rows, labels or members of a group is not judged; that is said, with outcome
`too-few-records` or `too-few-labels` and exit code 0. If the monitor itself can't do its work it
says so in one sentence, puts no Heartbeat and exits with 1, so that its silence is noticed.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import arithmetic  # noqa: F401 - before numpy
import bias_counts
import bias_file
import bias_page
import capture
import ground_truth
import invocation
import metrics
import numpy as np
import report_document
import report_files
import transforms
from bias_analysis import analysis
from bias_counts import Tables
from bias_file import BiasBaseline
from bias_judging import Finding, judge
from bias_metrics import ANSWERS
from bias_settings import Settings, settings_of
from bias_verdict import BiasVerdict, Group, groups_of, told
from bias_words import SAYS
from enough import too_few, too_few_labels
from failure import exit_code
from ground_truth import Joined
from invocation import parser_with_labels
from verdict import Window

CHECK_TYPE = "bias_drift_check"
"""The only one of bias, and the layout of the file:
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-bias-drift-violations.html"""

DEFAULTS = {"labels_within_hours": 24, "minimum_coverage": 0.5}


def main(argv: list[str] | None = None) -> int:
    """The processing job; its exit code."""
    options = parser_with_labels("bias", __doc__).parse_args(argv)
    return exit_code(partial(run, options), options.message)


def run(options: argparse.Namespace) -> None:
    """Read, join, judge, write, put metrics."""
    said = DEFAULTS | dict(invocation.settings_of("--settings", options.settings))
    settings = settings_of(said)
    baseline = bias_file.read(options.baseline, settings)
    latest = invocation.window_of(options.window_end, options.window_hours)
    asked_at, waits = latest.end, timedelta(hours=float(said["labels_within_hours"]))
    window = Window(latest.start - waits, latest.end - waits)
    joined = ground_truth.join(
        transforms.captured(
            options, window.start - waits, asked_at, capture.INPUT, capture.OUTPUT
        ),
        capture.files(options.ground_truth, window.start, asked_at, "ground truth"),
        window, asked_at, [baseline.columns.index(name) for name in settings.columns], waits,
    )  # fmt: skip
    counted = tables(joined, settings, baseline)
    verdict = judged(
        joined, counted, settings, baseline, endpoint=options.endpoint, monitor=options.monitor,
        window=window, asked_at=asked_at, minimum_records=options.minimum_records,
        minimum_coverage=float(said["minimum_coverage"]),
    )  # fmt: skip
    write(options.report / f"{asked_at:%Y/%m/%d/%H}", verdict, settings, baseline)
    print(verdict.sentence())
    if options.namespace:
        metrics.put(options.namespace, verdict, metrics.of_labels(verdict))


def tables(joined: Joined, settings: Settings, baseline: BiasBaseline) -> list[Tables]:
    """The rows of the window counted, for each facet."""
    texts = {name: joined.columns[baseline.columns.index(name)] for name in settings.columns}
    labels, answers = settings.rules.labels(joined.labels), settings.rules.answers(joined.answers)
    stratum = None
    if settings.group_variable:
        stratum = bias_counts.strata(texts[settings.group_variable], baseline.strata)
    return [
        bias_counts.tables(
            bias_counts.groups(texts[facet.name], facet.values), labels, answers,
            stratum=stratum, strata=len(baseline.strata) + 1,
        )
        for facet in settings.facets
    ]  # fmt: skip


def judged(
    joined: Joined, counted: Sequence[Tables], settings: Settings, baseline: BiasBaseline, *,
    endpoint: str, monitor: str, window: Window, asked_at: datetime, minimum_records: int,
    minimum_coverage: float,
) -> BiasVerdict:  # fmt: skip
    """The verdict on what was counted."""
    records_lack = too_few(joined.rows, minimum_records)
    lacking = "" if records_lack else too_few_labels(
        joined.labelled, joined.rows, minimum_records=minimum_records,
        minimum_coverage=minimum_coverage,
    )  # fmt: skip
    found = [
        finding
        for facet, table, usual in zip(settings.facets, counted, baseline.usual, strict=True)
        for finding in judge(facet, table, usual, settings.thresholds)
    ]
    found.sort(key=lambda finding: (bool(finding.why), -finding.ratio))
    if not records_lack and not lacking and all(finding.why for finding in found):
        records_lack = "; ".join(dict.fromkeys(f.why for f in found if f.wanted))
    if records_lack or lacking:
        found = [replace(finding, ratio=0.0) for finding in found]
    return BiasVerdict(
        endpoint=endpoint, monitor=monitor, window=window, records=joined.rows,
        by_day=np.bincount(
            joined.days, minlength=capture.days_between(window.start, window.end)
        ).tolist(),
        labelled=joined.labelled, unreadable=joined.unreadable, troubles=joined.troubles,
        repeated=joined.repeated,
        groups=[
            (facet, groups_of(facet, table), joined.rows - int(table[ANSWERS].sum()))
            for facet, table in zip(settings.facets, counted, strict=True)
        ],
        findings=found, too_little=records_lack or lacking, lacks_labels=bool(lacking),
        baseline_age=max((asked_at - baseline.made) / timedelta(days=1), 0.0),
    )  # fmt: skip


def write(folder: Path, verdict: BiasVerdict, settings: Settings, baseline: BiasBaseline) -> None:
    """The four files of a report."""
    by_facet = [
        (facet, {f.metric: f.measure for f in verdict.findings if f.facet == facet})
        for facet in settings.facets
    ]
    documents = {
        "analysis.json": analysis(settings, by_facet),
        "constraint_violations.json": {"version": "1.0", "violations": [*_violations(verdict)]},
        "report.json": report(verdict),
    }
    report_files.write(folder, documents, bias_page.html(verdict, baseline))


def _violations(verdict: BiasVerdict) -> Iterator[dict[str, str]]:
    for finding in verdict.violations:
        yield {
            "facet": finding.facet.name,
            "facet_value": finding.facet.value,
            "metric_name": finding.metric.name,
            "constraint_check_type": CHECK_TYPE,
            "description": told(finding),
        }


def report(verdict: BiasVerdict) -> dict[str, Any]:
    """The verdict for a machine."""
    return {
        **report_document.labelled(verdict),
        "groups": [
            {"facet": facet.name, "facet_value": facet.value, "unknown": unknown,
             "others": _group(others), "group": _group(group)}
            for facet, (others, group), unknown in verdict.groups
        ],
        "checks": [_check(finding) for finding in verdict.findings],
    }  # fmt: skip


def _group(group: Group) -> dict[str, int]:
    return {
        "records": group.records, "labelled": group.labelled, "answered": group.answered,
        "favourable": group.favourable,
    }  # fmt: skip


def _check(finding: Finding) -> dict[str, Any]:
    measure, usual = finding.measure, finding.usual
    return {
        "facet": finding.facet.name, "facet_value": finding.facet.value,
        "metric": finding.metric.name, "means": SAYS[finding.metric.name],
        "value": measure.value, "lower": measure.lower, "upper": measure.upper,
        "fair": finding.metric.fair, "baseline": usual.value if usual else None,
        "threshold": finding.threshold, "ratio": finding.ratio, "violated": finding.violated,
        "not_judged": finding.why,
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
