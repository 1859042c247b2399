"""Compares a challenger with the champion beside it, on the traffic that both had.

Reads CloudWatch's metrics of both variants minute by minute, and of a shadow the captured answers
of both, and writes comparison.json and comparison.html to <report>/<number of the challenger's
version>/. What the verdicts mean: decision.py. How effects are estimated: effects.py.

Without a verdict it says so and exits with 0; if it can't do its work it says why in one sentence
and exits with 1.
"""

import argparse
import sys
from dataclasses import asdict
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import Any

import answers
import arithmetic  # noqa: F401 - before numpy
import capture
import comparison_page
import minutes
import report_files
from decision import Comparison, counted
from effects import Effect, agreement, errors, latency
from failure import Failure, exit_code
from trial_settings import SHADOW, SPLIT, Settings, read_settings
from verdict import Window


def main(argv: list[str] | None = None) -> int:
    """The processing job; its exit code."""
    options = _options(argv)
    return exit_code(partial(run, options), options.message)


def run(options: argparse.Namespace) -> None:
    """Read, compare, write."""
    settings = read_settings(options.release, options.settings)
    window = minutes.whole_minutes(
        Window(_moment("--since", options.since), _moment("--until", options.until))
    )
    variants = (options.champion_variant, options.challenger_variant)
    champion, challenger = (
        minutes.measured(options.endpoint, variant, window) for variant in variants
    )
    pairs = None
    if settings.shadow:
        captured, theirs = (
            capture.files(f"{options.capture}/{variant}", window.start, window.end)
            for variant in variants
        )
        pairs = answers.pair(captured, theirs, window, settings.tolerance)
    found = compared(
        options.endpoint, {"champion": options.champion, "challenger": options.challenger},
        window, settings, champion, challenger, pairs,
    )  # fmt: skip
    write(options.report / _number(options.challenger), found)
    print(found.why)


def compared(
    endpoint: str, versions: dict[str, str], window: Window, settings: Settings,
    champion: minutes.Minutes, challenger: minutes.Minutes, pairs: answers.Pairs | None,
) -> Comparison:  # fmt: skip
    """The comparison of what was read; with too few requests nothing is estimated."""
    found: list[Effect | None] = []
    of = settings.effects
    if min(champion.requests.sum(), challenger.requests.sum()) >= settings.minimum_requests:
        found = [
            errors(champion, challenger, bound=settings.error_points, of=of),
            latency(champion, challenger, bound=settings.latency_percent, of=of),
        ]
        if pairs is not None:
            found.append(
                agreement(pairs.agreeing, pairs.pairs, bound=settings.agreement_percent, of=of)
            )
    return Comparison(
        endpoint, versions, window, settings, champion, challenger, pairs,
        [effect for effect in found if effect],
    )  # fmt: skip


def write(folder: Path, found: Comparison) -> None:
    """The two files of a report."""
    report_files.write(
        folder, {"comparison.json": document(found)}, comparison_page.html(found),
        page="comparison.html",
    )  # fmt: skip


def document(found: Comparison) -> dict[str, Any]:
    """The comparison for a machine."""
    pairs = found.pairs
    return {
        "version": 0,
        "endpoint": found.endpoint,
        "verdict": found.verdict,
        "why": found.why,
        "release": found.settings.release,
        "window": {
            "start": f"{found.window.start:%FT%TZ}", "end": f"{found.window.end:%FT%TZ}",
        },
        "champion": {"version": found.versions["champion"], **counted(found.champion)},
        "challenger": {"version": found.versions["challenger"], **counted(found.challenger)},
        "pairs": pairs and {
            "compared": int(pairs.pairs.sum()),
            "agreeing": int(pairs.agreeing.sum()),
            "champion_alone": pairs.alone["champion"],
            "challenger_alone": pairs.alone["challenger"],
            "repeated_ids": pairs.repeated,
            "unreadable": dict(pairs.unreadable),
        },
        "effects": [asdict(effect) for effect in found.effects],
    }  # fmt: skip


def _number(version: str) -> str:
    """The number of a package version, which its ARN ends with.

    Raises:
        Failure: If it does not.
    """
    number = version.rpartition("/")[2]
    if not number.isdigit():
        raise Failure(f"--challenger must be the ARN of a model package version, got {version!r}")
    return number


def _moment(option: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise Failure(f"{option} must be a time in ISO 8601, UTC; got {text!r}") from None
    utc = timezone.utc
    return moment.astimezone(utc) if moment.tzinfo else moment.replace(tzinfo=utc)


def _options(argv: list[str] | None) -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    options.add_argument("--endpoint", required=True)
    options.add_argument("--capture", required=True, help="s3://bucket/prefix or folder")
    options.add_argument("--champion-variant", default="AllTraffic")
    options.add_argument("--challenger-variant", default="Challenger")
    options.add_argument("--champion", required=True, help="ARN of its package version")
    options.add_argument("--challenger", required=True, help="ARN of its package version")
    options.add_argument("--since", required=True, help="when both began to be asked")
    options.add_argument("--until", required=True)
    options.add_argument("--release", required=True, choices=[SHADOW, SPLIT])
    options.add_argument("--settings", required=True, help="JSON of its settings class")
    report = Path("/opt/ml/processing/output/report")
    options.add_argument("--report", type=Path, default=report)
    options.add_argument("--message", type=Path, default=Path("/opt/ml/output/message"))
    return options.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
