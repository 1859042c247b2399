"""`make bench`: what a synth costs beside the smallest CDK app, run in turn A B A B."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 5
SMALLEST_APP = """
import aws_cdk as cdk
app = cdk.App()
cdk.CfnOutput(cdk.Stack(app, "Smallest"), "Out", value="1")
app.synth()
"""


def seconds(command: list[str], out: Path) -> float:
    """Wall seconds of one whole process that writes its assembly to `out`."""
    began = time.perf_counter()
    environment = {**os.environ, "CDK_OUTDIR": str(out), "PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    return time.perf_counter() - began


def main() -> None:
    """Print the medians of both, and the ratio pair by pair."""
    ours = [sys.executable, "app.py"]
    smallest = [sys.executable, "-c", SMALLEST_APP]
    pairs = []
    with tempfile.TemporaryDirectory() as folder:
        for round_ in range(ROUNDS + 1):
            pair = [seconds(c, Path(folder) / n) for n, c in (("a", ours), ("b", smallest))]
            if round_:  # the first pair warms the caches
                pairs.append(pair)
    a, b = (statistics.median(side) for side in zip(*pairs, strict=True))
    ratios = sorted(first / second for first, second in pairs)
    print(f"synth of the app        {a:6.2f} s   (median of {ROUNDS})")
    print(f"synth of one empty stack{b:6.2f} s")
    print(f"ratio                   {statistics.median(ratios):6.2f}     "
          f"(from {ratios[0]:.2f} to {ratios[-1]:.2f}, pair by pair)")  # fmt: skip


if __name__ == "__main__":
    main()
