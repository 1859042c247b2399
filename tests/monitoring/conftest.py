"""The monitor's scripts, a small world with seasons, and captures of its traffic."""

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.scripts import load

STEPS = Path(__file__).resolve().parents[2] / "constructs/mlops_constructs/monitoring/steps"
BEGAN = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
FEATURES = {
    "shop": "category", "outside": "number", "inside": "number", "queue": "number",
    "scanned": "number",
}  # fmt: skip

Row = tuple[datetime, list[str]]


def script(name: str) -> Any:
    """One of the monitor's scripts."""
    (module,) = load(STEPS, name)
    return module


def world(weeks: int = 8, rows_an_hour: int = 6, *, seed: int = 1, since: int = 0) -> list[Row]:
    """Traffic of some weeks, of which `since` have passed.

    Weather drifts from day to day; the heated room follows it; every tenth scan is missing.
    """
    chance = np.random.default_rng(seed)
    weather = chance.normal(size=(since + weeks) * 7 + 1).cumsum() * 0.4
    weather -= weather.mean()
    rows = []
    for hour in range(since * 168, (since + weeks) * 168):
        for index in range(rows_an_hour):
            outside = 10 + 5 * weather[hour // 24] + chance.normal()
            values = [
                ("north", "south", "east")[index % 3], f"{outside:.2f}",
                f"{20 + outside / 4 + chance.normal() / 5:.2f}", str(chance.integers(10)),
                "" if chance.random() < 0.1 else f"{chance.normal():.3f}",
            ]  # fmt: skip
            rows.append((BEGAN + timedelta(hours=hour), values))
    return rows


def deliver(folder: Path, rows: Iterable[Row], features: dict[str, str] | None = None) -> Path:
    """Rows as baseline.py reads them."""
    features = features or FEATURES
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "schema.json").write_text(json.dumps({"time": "at", "features": features}))
    with (folder / "rows.csv").open("w", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["id", "at", *features])
        writer.writerows(["x", f"{at:%Y-%m-%dT%H:%M:%SZ}", *values] for at, values in rows)
    return folder


def calibrate(data: Path, out: Path, *arguments: str) -> int:
    """Runs baseline.py, and returns its exit code."""
    paths = ["--data", str(data), "--baseline", str(out), "--message", str(out / "message")]
    code: int = script("baseline").main([*paths, *arguments])
    return code


def record(at: datetime, text: str, **differing: Any) -> dict[str, Any]:
    """A captured request as the documentation shows it."""
    entry = {"observedContentType": "text/csv", "mode": "INPUT", "data": text, "encoding": "CSV"}
    answer = {"observedContentType": "text/csv", "mode": "OUTPUT", "data": "0", "encoding": "CSV"}
    return {
        "captureData": {"endpointInput": {**entry, **differing}, "endpointOutput": answer},
        "eventMetadata": {"eventId": "1", "inferenceTime": f"{at:%Y-%m-%dT%H:%M:%SZ}"},
        "eventVersion": "0",
    }


def exchange(
    at: datetime, request: str, answer: str, *, event: str, inference: str = "", **differing: Any
) -> dict[str, Any]:
    """A captured request with its answer and ids; what differs is of the answer."""
    whole = record(at, request)
    whole["captureData"]["endpointOutput"] |= {"data": answer, **differing}
    whole["eventMetadata"] |= {
        "eventId": event,
        **({"inferenceId": inference} if inference else {}),
    }
    return whole


def label(of: str, text: str, **differing: Any) -> dict[str, Any]:
    """What truly happened, as the documentation shows it."""
    return {
        "groundTruthData": {"data": text, "encoding": "CSV", **differing},
        "eventMetadata": {"eventId": of},
        "eventVersion": "0",
    }


def capture(folder: Path, lines: Iterable[tuple[datetime, str]]) -> Path:
    """Lines into the files of their hours."""
    folder.mkdir(parents=True, exist_ok=True)
    by_file: dict[Path, list[str]] = {}
    for at, line in lines:
        by_file.setdefault(folder / f"{at:%Y/%m/%d/%H}" / "some.jsonl", []).append(line + "\n")
    for path, held in by_file.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a") as file:
            file.writelines(held)
    return folder


def traffic(folder: Path, rows: Sequence[Row], *, rows_a_request: int = 3) -> Path:
    """Rows as captured requests."""
    folder.mkdir(parents=True, exist_ok=True)
    requests = []
    for start in range(0, len(rows), rows_a_request):
        part = rows[start : start + rows_a_request]
        text = "".join(",".join(values) + "\n" for _, values in part)
        requests.append((part[0][0], json.dumps(record(part[0][0], text))))
    return capture(folder, requests)


@dataclass(frozen=True)
class Report:
    """What a run left behind."""

    code: int
    folder: Path

    def read(self, name: str = "report.json") -> Any:
        (path,) = self.folder.rglob(name)
        return json.loads(path.read_text()) if name.endswith(".json") else path.read_text()


Monitor = Callable[..., Report]


@pytest.fixture(scope="session")
def rows() -> list[Row]:
    return world()


@pytest.fixture(scope="session")
def baseline(rows: list[Row], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("baseline")
    assert calibrate(deliver(tmp_path_factory.mktemp("data"), rows), out) == 0
    return out


@pytest.fixture
def monitor(baseline: Path, tmp_path: Path) -> Monitor:
    """Runs data_quality.py on a capture; by default on the week that ends with the baseline."""

    def run(captured: Path | str, *arguments: str, known: Path = baseline) -> Report:
        end = (BEGAN + timedelta(weeks=8)).isoformat()
        code = script("data_quality").main([
            "--capture", str(captured), "--baseline", str(known),
            "--report", str(tmp_path / "report"), "--endpoint", "shop", "--window-end", end,
            "--message", str(tmp_path / "message"), *arguments,
        ])  # fmt: skip
        return Report(code, tmp_path / "report")

    return run
