"""Which operations of AWS a test's clients call."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.client import BaseClient


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The operations that were called, in their order."""
    called: list[str] = []
    make = BaseClient._make_api_call

    def record(self: Any, operation: str, arguments: Any) -> Any:
        called.append(operation)
        return make(self, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", record)
    yield called
