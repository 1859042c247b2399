"""AWS's models, which each session of boto3 would read anew: half of what a client costs."""

from functools import cache
from typing import Any

from botocore.loaders import JSONFileLoader, Loader

_read = JSONFileLoader()


@cache
def model(path: str) -> Any:
    """What is in the file, if it is there; botocore changes nothing in it a second time."""
    return _read.load_file(path)


class ReadOnce(JSONFileLoader):
    """Reads each file once for all sessions of this process."""

    def load_file(self, file_path: str) -> Any:
        return model(file_path)


def read_once() -> None:
    """For all sessions from now on."""
    Loader.FILE_LOADER_CLASS = ReadOnce
