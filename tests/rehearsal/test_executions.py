"""How the story reads the end of an execution."""

import json
from typing import Any

import pytest

from mlops_constructs.state_machines.failures import FAILED
from rehearsal.executions import how_it_ended


@pytest.mark.parametrize(
    ("end", "read"),
    [
        (
            {"status": "SUCCEEDED", "output": json.dumps({"outcome": "rolled back"})},
            "SUCCEEDED",
        ),
        (
            {
                "status": "SUCCEEDED",
                "output": json.dumps({"outcome": FAILED, "error": "Sns.Denied", "cause": "no key"}),
            },
            "failed: Sns.Denied no key",
        ),
        (
            {"status": "FAILED", "error": "Sns.Denied", "cause": "no key"},
            "FAILED: Sns.Denied no key",
        ),
        ({"status": "ABORTED"}, "ABORTED: None None"),
    ],
)
def test_an_execution_that_told_of_its_failure_did_not_succeed(end: dict[str, Any], read: str):
    assert how_it_ended(end) == read
