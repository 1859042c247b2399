"""What a monitor's machines tell people is in the page for whoever hears it."""

import json
import re
from pathlib import Path

import pytest

from mlops_constructs.monitoring.explained_states import explained_definition
from mlops_constructs.monitoring.report_states import report_definition
from tests.monitoring_stack.on_model_monitor import KINDS

PAGE = (Path(__file__).resolve().parents[2] / "docs/how-to/monitor.md").read_text()
MACHINES = json.dumps([
    explained_definition(endpoint_name="dev-Churn"),
    *(report_definition(endpoint_name="dev-Churn", settings=of) for of in KINDS.values()),
])  # fmt: skip


def found(pattern: str) -> list[str]:
    """What the definitions of all machines hold, each once."""
    return sorted(set(re.findall(pattern, MACHINES)))


@pytest.mark.parametrize("subject", found(r"'([^':]+): dev-Churn"))
def test_the_page_says_what_a_message_means_and_what_to_do(subject: str):
    rows = [line for line in PAGE.splitlines() if line.startswith(f'| "{subject}" |')]
    assert [len(row.split(" | ")) for row in rows] == [3]


def test_every_machine_tells_something():
    assert len(found(r"'([^':]+): dev-Churn")) == 4


@pytest.mark.parametrize(
    "error",
    ["Monitor.NoModel", "Monitor.BadConfiguration", "Monitor.NoBaseline", "Monitor.BadDate"],
)
def test_the_page_says_what_an_error_of_ours_means(error: str):
    assert error in found(r"Monitor\.\w+")
    assert f"`{error}`" in PAGE
