"""Records of the local AWS, one set for each account and region."""

import threading
from typing import Generic, TypeVar

from local_aws.ministack.scope import account_id, region

T = TypeVar("T")
_tables: list["Table[object]"] = []


class Table(Generic[T]):
    """Records by their key, in the account and region of the current request.

    `lock` (re-entrant) makes a read and the write that rests on it one step::

        with MODELS.lock:
            if name in MODELS:
                raise ValidationException(...)
            MODELS.put(name, record)
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._records: dict[tuple[str, str], dict[str, T]] = {}
        _tables.append(self)  # type: ignore[arg-type]

    def _here(self) -> dict[str, T]:
        return self._records.setdefault((account_id(), region()), {})

    def get(self, key: str) -> T | None:
        """The record, or None."""
        with self.lock:
            return self._here().get(key)

    def put(self, key: str, record: T) -> None:
        """Add the record, or replace the one of that key."""
        with self.lock:
            self._here()[key] = record

    def remove(self, key: str) -> T | None:
        """Take the record out and hand it back; None if there was none."""
        with self.lock:
            return self._here().pop(key, None)

    def values(self) -> list[T]:
        """All records, in the order in which they were added."""
        with self.lock:
            return list(self._here().values())

    def __contains__(self, key: str) -> bool:
        with self.lock:
            return key in self._here()

    def clear(self) -> None:
        """Forget the records of every account and region."""
        with self.lock:
            self._records.clear()


def arn(kind: str, name: str, *, service: str = "sagemaker") -> str:
    """The ARN of a resource here: `arn:aws:sagemaker:<region>:<account>:<kind>/<name>`."""
    return f"arn:aws:{service}:{region()}:{account_id()}:{kind}/{name}"


def reset() -> None:
    """Forget everything, in every account and region."""
    for table in _tables:
        table.clear()
