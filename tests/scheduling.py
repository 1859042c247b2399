"""Which tests share a process, and in which order they are started."""

from functools import cache
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).resolve().parent.parent
TOGETHER = {
    "a story played once": ("tests/loop",),
    "CDK": (
        "tests/comparison/test_comparison.py",
        "tests/constructs_library",
        "tests/delivery/test_github_roles.py",
        "tests/delivery/test_github_stack.py",
        "tests/local_aws/test_clients.py",
        "tests/local_aws/test_core_change_sets.py",
        "tests/local_aws/test_monitoring_records.py",
        "tests/local_aws/test_monitoring_schedules.py",
        "tests/local_aws/test_scheduler_targets.py",
        "tests/local_aws/test_second_app.py",
        "tests/monitoring_stack",
        "tests/pipeline_definitions/test_changed_threshold.py",
        "tests/pipeline_definitions/test_make_definitions.py",
        "tests/promotion",
        "tests/rehearsal/serving/test_rows.py",
        "tests/retraining",
        "tests/review/test_golden.py",
        "tests/stacks",
        "tests/test_app.py",
        "tests/test_examples.py",
        "tests/test_snapshots.py",
        "tests/test_synth.py",
        "tests/upgrade",
    ),
    "a trained model": ("tests/pipeline_definitions/flight_delay",),
}
"""What is slow to make, and the tests that share it. For CDK that is a Node.js with its rules,
one that synthesizes changed apps, the SageMaker SDK and cfn-lint."""

SLOWEST = (
    "a story played once",
    "CDK",
    "tests/delivery/test_change_sets.py",
    "tests/local_aws/test_hosting_releases.py",
    "tests/operate/test_preflight.py",
    "tests/operate/test_on_local_aws.py",
    "a trained model",
)
"""Started first, so that both processes end at about the same time."""


class OneScopeAtATime(LoadScopeScheduling):
    """A process takes a file, or all that shares something slow, whenever it has nothing left."""

    def _split_scope(self, nodeid: str) -> str:
        return _scope(nodeid.partition("::")[0])


@cache
def _scope(file: str) -> str:
    return scope(Path(file))


def scope(file: Path) -> str:
    """What is shared with other files, else the file."""
    for shared, roots in TOGETHER.items():
        if any(file.is_relative_to(root) for root in roots):
            return shared
    return file.as_posix()


def place(item: pytest.Item) -> int:
    """Where the test stands in the order."""
    return _place(item.path)


@cache
def _place(file: Path) -> int:
    own = scope(file.relative_to(ROOT))
    return SLOWEST.index(own) if own in SLOWEST else len(SLOWEST)
