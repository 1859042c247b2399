"""Leaves a folder behind, as CDK does; not collected by its name, see test_temporary_files."""

import subprocess
import sys


def test_a_process_leaves_a_folder():
    subprocess.run([sys.executable, "-c", "import tempfile; tempfile.mkdtemp()"], check=True)
