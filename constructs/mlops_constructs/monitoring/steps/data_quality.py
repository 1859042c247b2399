"""The data-quality monitor: are the requests of a window still like those of the training data?

Reads the captured requests of [window end - window hours, window end), holds them against the
baseline of the version that serves now, writes statistics.json, constraint_violations.json,
report.json and report.html to <report>/<yyyy>/<mm>/<dd>/<hh>/ of the window's end, and puts
metrics. What a request holds does not depend on the version that answers it, so a window that spans
a release is judged as a whole against the new version's baseline.

A record is a row: one thing that the model was asked about. A captured request may hold several.

A window with too few records, or with traffic on too few of its days, is not judged: outcome
`too-few-records`, a metric of its own, exit code 0. If the monitor itself can't do its work it says
so in one sentence, puts no Heartbeat and exits with 1, so that its silence is noticed.
"""

import argparse
import math
import sys
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path

import arithmetic  # noqa: F401 - before numpy
import baseline_files
import capture
import constraints
import judging
import made
import metrics
import page
import report_files
import transforms
import window_statistics
from baseline_files import Baseline
from columns import parse
from constraints import Constraints
from enough import too_few
from failure import exit_code
from invocation import parser, window_of
from judging import Finding
from report_document import report
from tally import Tally
from verdict import Verdict, Window

CHUNK = 10_000
"""Rows that are in memory at a time."""

LEAST_COVERAGE = 0.8
"""Of the usual days with traffic. A window that began before there was traffic is no whole one."""

CHECK_TYPES = {
    "distance": "baseline_drift_check", "adjusted": "baseline_drift_check",
    "outside": "baseline_drift_check", "missing": "completeness_check",
    "lost": "completeness_check", "unseen": "categorical_values_check",
    "wrong": "data_type_check", "fewer": "missing_column_check", "more": "extra_column_check",
}  # fmt: skip
"""Model Monitor's words ("Schema for Violations"):
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-violations.html"""


def main(argv: list[str] | None = None) -> int:
    """The processing job; its exit code."""
    options = parser("data-quality", __doc__).parse_args(argv)
    return exit_code(partial(run, options), options.message)


def run(options: argparse.Namespace) -> None:
    """Read, judge, write, put metrics."""
    window = window_of(options.window_end, options.window_hours)
    baseline = baseline_files.read(options.baseline)
    limits = constraints.read(options.baseline / "constraints.json", baseline.schema)
    files = transforms.captured(options, window.start, window.end, capture.INPUT)
    reader = capture.Reader(len(baseline.schema.features), window.start, window.end)
    tally = Tally(baseline, limits.features, reader.days)
    count(reader.rows(files), tally, baseline)
    verdict = judged(
        tally, reader, baseline, limits, endpoint=options.endpoint, monitor=options.monitor,
        window=window, minimum_records=options.minimum_records,
    )  # fmt: skip
    write(options.report / f"{window.end:%Y/%m/%d/%H}", verdict, tally, baseline, limits)
    print(verdict.sentence())
    if options.namespace:
        metrics.put(options.namespace, verdict, made.age(options.baseline))


def count(rows: Iterable[tuple[int, list[str]]], tally: Tally, baseline: Baseline) -> None:
    """Rows into the tally, some thousands at a time."""
    stream = iter(rows)
    while chunk := list(islice(stream, CHUNK)):
        days, texts = zip(*chunk, strict=True)
        tally.add(parse(baseline.schema, texts, days))


def judged(
    tally: Tally, reader: capture.Reader, baseline: Baseline, limits: Constraints, *,
    endpoint: str, monitor: str, window: Window, minimum_records: int,
) -> Verdict:  # fmt: skip
    """The verdict on what was counted."""
    by_day = [int(read) + misfit for read, misfit in zip(tally.rows, reader.misfits, strict=True)]
    too_little = _too_little(by_day, limits.usual_days, minimum_records)
    findings = [] if too_little else _findings(tally, reader, baseline, limits)
    return Verdict(
        endpoint, monitor, window, int(tally.rows.sum()), by_day, dict(reader.unreadable),
        findings, too_little,
    )  # fmt: skip


def _too_little(by_day: list[int], usual_days: int, minimum_records: int) -> str:
    with_traffic = sum(rows > 0 for rows in by_day)
    needed = math.ceil(LEAST_COVERAGE * min(usual_days, len(by_day)))
    problems = [too_few(sum(by_day), minimum_records)]
    if with_traffic < needed:
        problems.append(
            f"traffic on {with_traffic} of {len(by_day)} days, and at least {needed} are needed"
        )
    return "; ".join(filter(None, problems))


def _findings(
    tally: Tally, reader: capture.Reader, baseline: Baseline, limits: Constraints
) -> list[Finding]:
    of_columns = judging.judge(tally.found, limits.features, baseline.columns, baseline.left)
    of_rows = []
    sent = int(tally.rows.sum()) + sum(reader.misfits)
    for check, kind in (("fewer", capture.FEWER), ("more", capture.MORE)):
        estimate = judging.share(reader.unreadable[kind], sent)
        ratio = estimate.lower / max(limits.misfits, judging.LEAST_ALLOWED)
        since = 0 if ratio > 1 else None
        of_rows.append(Finding("the request", check, estimate, limits.misfits, ratio, since))
    return sorted([*of_columns, *of_rows], key=lambda finding: -finding.ratio)


def write(
    folder: Path, verdict: Verdict, tally: Tally, baseline: Baseline, limits: Constraints
) -> None:
    """The four files of a report."""
    documents = {
        "statistics.json": window_statistics.document(tally, baseline),
        "constraint_violations.json": {"violations": [*_violations(verdict)]},
        "report.json": report(verdict),
    }
    report_files.write(folder, documents, page.html(verdict, tally, baseline, limits))


def _violations(verdict: Verdict) -> Iterator[dict[str, str]]:
    for finding in verdict.violations:
        yield {
            "feature_name": finding.feature,
            "constraint_check_type": CHECK_TYPES[finding.check],
            "description": verdict.told(finding),
        }


if __name__ == "__main__":
    sys.exit(main())
