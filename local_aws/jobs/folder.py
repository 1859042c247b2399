"""A job's own /opt/ml on this machine.

A script finds its folders where its arguments, its environment and SM_* variables point; what it
writes out as `/opt/ml/...` in its code is not seen.
"""

import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# `/opt/ml` as a whole path or the start of one, wherever it stands in a text.
_OPT_ML = re.compile(r"(?<![\w./-])/opt/ml(?![\w.-])")
# "the first 1 KB of this file" and "the first 1024 characters":
# https://docs.aws.amazon.com/sagemaker/latest/dg/byoc-metadata.html
# https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-output.html
MESSAGE_LENGTH = 1024


class JobFolder:
    """The folders that SageMaker gives a container, and the container's log beside them."""

    def __init__(self, root: Path) -> None:
        """Lay the folders out below `root`, which stands for /opt/ml; the log stands beside it."""
        self.root = root
        self.log = root.parent / "container.log"
        for part in ("config", "input/config", "input/data", "model", "output/data", "code"):
            (root / part).mkdir(parents=True)

    def mapped(self, text: str) -> str:
        """The text with `/opt/ml` replaced by this folder."""
        return _OPT_ML.sub(lambda _: str(self.root), text)

    def path(self, container_path: str) -> Path:
        """Where a path of the container is.

        Raises:
            ValueError: It is not below /opt/ml.
        """
        relative = Path(container_path).relative_to("/opt/ml")
        if ".." in relative.parts:
            raise ValueError(f"{container_path!r} leads out of /opt/ml")
        return self.root / relative

    def write_json(self, container_path: str, content: Any) -> None:
        """Write one of the files that tell the container about its job."""
        self.path(container_path).write_text(json.dumps(content))

    def output_text(self, name: str) -> str | None:
        """The first 1,024 characters of a file that the container left in /opt/ml/output.

        Raises:
            UnicodeDecodeError: The file is not UTF-8.
        """
        path = self.root / "output" / name
        return path.read_text(encoding="utf-8")[:MESSAGE_LENGTH] if path.is_file() else None


@contextmanager
def job_folder(job_name: str) -> Iterator[JobFolder]:
    """A fresh folder among the machine's temporary files.

    It is removed at the end, as an instance's volume goes with its job; the log stays.
    """
    folder = JobFolder(Path(tempfile.mkdtemp(prefix=f"{job_name}-")) / "ml")
    try:
        yield folder
    finally:
        shutil.rmtree(folder.root)
