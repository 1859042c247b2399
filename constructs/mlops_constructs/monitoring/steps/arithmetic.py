"""Linear algebra on one thread; import this before numpy.

The matrices here are small. With a thread for each core, OpenBLAS burns four times the processor
time to be no faster, and more where cores are shared.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")
