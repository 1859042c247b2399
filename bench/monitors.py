"""`make bench-monitors`: how often monitors are wrong, and what they cost, one after the other.

`python -m bench.monitors --share 0.1` does a tenth of it; each monitor's module does its own.
"""

import os
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from bench import monitors_attribution, monitors_bias, monitors_data_quality, monitors_quality
from bench.measuring import exit_status

MONITORS = (monitors_data_quality, monitors_quality, monitors_bias, monitors_attribution)


def main(share: float) -> bool:
    """Whether all bounds are held; one that is not keeps none from being measured."""
    return all([monitor.main(share) for monitor in MONITORS])


if __name__ == "__main__":
    sys.exit(exit_status(main, __doc__))
