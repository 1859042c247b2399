"""What a run of a monitor is started with."""

import argparse
import json
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from failure import Failure
from verdict import Window


def parser(kind: str, about: str | None) -> argparse.ArgumentParser:
    """The options that monitors of every kind have."""
    options = argparse.ArgumentParser(description=about, allow_abbrev=False)
    processing = Path("/opt/ml/processing")
    options.add_argument("--capture", required=True, help="s3://bucket/prefix or folder")
    options.add_argument("--captured-by", choices=("endpoint", "transforms"), default="endpoint")
    options.add_argument("--baseline", type=Path, default=processing / "input/baseline")
    options.add_argument("--report", type=Path, default=processing / "output/report")
    options.add_argument("--endpoint", required=True)
    options.add_argument("--monitor", default=kind)
    options.add_argument("--window-end", default="now")
    options.add_argument("--window-hours", type=int, default=168)
    options.add_argument("--minimum-records", type=int, default=500)
    options.add_argument("--namespace", default="", help="none: no metrics are put")
    options.add_argument("--message", type=Path, default=Path("/opt/ml/output/message"))
    return options


def parser_with_settings(kind: str, about: str | None) -> argparse.ArgumentParser:
    """The same for a kind that has settings of its own."""
    options = parser(kind, about)
    options.add_argument("--settings", required=True, help="JSON of its settings class")
    return options


def parser_with_labels(kind: str, about: str | None) -> argparse.ArgumentParser:
    """The same for a kind that needs labels besides."""
    options = parser_with_settings(kind, about)
    options.add_argument("--ground-truth", required=True, help="s3://bucket/prefix or folder")
    return options


def window_of(end: str, hours: int) -> Window:
    """So many hours before an end in ISO 8601, or before the full hour of now.

    Raises:
        Failure: If the end is no time, or there are no hours.
    """
    if hours < 1:
        raise Failure(f"--window-hours must be at least 1, got {hours}")
    utc = timezone.utc
    if end == "now":
        moment = datetime.now(utc).replace(minute=0, second=0, microsecond=0)
    else:
        try:
            moment = datetime.fromisoformat(end.replace("Z", "+00:00"))
        except ValueError:
            raise Failure(
                f"--window-end must be a time in ISO 8601, UTC, or now; got {end!r}"
            ) from None
    moment = moment.astimezone(utc) if moment.tzinfo else moment.replace(tzinfo=utc)
    return Window(moment - timedelta(hours=hours), moment)


def settings_of(option: str, text: str, *needed: str) -> Mapping[str, Any]:
    """The JSON object of a settings class.

    Raises:
        Failure: If it is none, or lacks what is needed.
    """
    try:
        said = json.loads(text)
    except ValueError as error:
        raise Failure(f"{option} must be a JSON object, got {text!r}: {error}") from None
    if not isinstance(said, dict):
        raise Failure(f"{option} must be a JSON object, got {text!r}")
    if lacking := sorted(set(needed) - set(said)):
        raise Failure(f"{option} lacks {', '.join(lacking)}")
    return said
