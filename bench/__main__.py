"""`make bench`: what a synth costs beside the smallest CDK app, and a review beside a synth.

Each pair is run in turn A B A B.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 5
SMALLEST_APP = """
import aws_cdk as cdk
app = cdk.App()
cdk.CfnOutput(cdk.Stack(app, "Smallest"), "Out", value="1")
app.synth()
"""


UNCHECKED = {"CDK_VALIDATION": "false"}
"""A review's own synths check nothing, so it is measured beside one that does not either."""
MOST_SYNTHS = 2.5
"""A review synthesizes two sides at once, asks CDK's diff engine and writes its page."""


def seconds(command: list[str], out: Path, more: Mapping[str, str]) -> float:
    """Wall seconds of one whole process that writes its assembly to `out`."""
    began = time.perf_counter()
    environment = {**os.environ, "CDK_OUTDIR": str(out), "PYTHONPATH": str(ROOT), **more}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    return time.perf_counter() - began


def measured(first: list[str], second: list[str], more: Mapping[str, str]) -> list[list[float]]:
    """Seconds of both, side by side."""
    pairs = []
    with tempfile.TemporaryDirectory() as folder:
        for round_ in range(ROUNDS + 1):
            named = ((first, "a"), (second, "b"))
            pair = [seconds(command, Path(folder) / name, more) for command, name in named]
            if round_:  # the first pair warms the caches
                pairs.append(pair)
    return pairs


def told(pairs: list[list[float]], first: str, second: str) -> float:
    """Print the medians of both, and the ratio pair by pair, which is returned."""
    medians = [statistics.median(side) for side in zip(*pairs, strict=True)]
    ratios = sorted(one / other for one, other in pairs)
    for name, median in zip((first, second), medians, strict=True):
        print(f"{name:24}{median:6.2f} s   (median of {ROUNDS})")
    ratio = statistics.median(ratios)
    print(f"{'ratio':24}{ratio:6.2f}     "
          f"(from {ratios[0]:.2f} to {ratios[-1]:.2f}, pair by pair)")  # fmt: skip
    return ratio


def main() -> None:
    """Print both, and fail if a review takes longer than it may."""
    ours = [sys.executable, "app.py"]
    told(measured(ours, [sys.executable, "-c", SMALLEST_APP], {}),
         "synth of the app", "synth of one empty stack")  # fmt: skip
    review = [sys.executable, "-m", "review", "--base", "HEAD"]
    ratio = told(measured(review, ours, UNCHECKED), "review against HEAD", "unchecked synth")
    if ratio > MOST_SYNTHS:
        sys.exit(f"a review may take {MOST_SYNTHS} times as long as a synth, and took {ratio:.2f}")


if __name__ == "__main__":
    main()
