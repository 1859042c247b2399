"""Which tests share a process, and in which order they are started."""

from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).resolve().parent.parent
TOGETHER = {
    "a story played once": ("tests/loop",),
    "two local AWS": ("tests/promotion",),
    "apps that are changed": (
        "tests/stacks",
        "tests/review/test_golden.py",
        "tests/test_app.py",
        "tests/test_synth.py",
        "tests/test_snapshots.py",
        "tests/upgrade",
        "tests/delivery/test_github_roles.py",
        "tests/delivery/test_github_stack.py",
        "tests/pipeline_definitions/test_make_definitions.py",
        "tests/pipeline_definitions/test_changed_threshold.py",
    ),
    "a Node.js": ("tests/constructs_library",),
    "a trained model": ("tests/pipeline_definitions/flight_delay",),
}
"""What is slow to make, and the tests that share it: for changed apps a process that synthesizes
them, one that makes their definitions, and cfn-lint."""

SLOWEST = (
    "a story played once",
    "apps that are changed",
    "two local AWS",
    "tests/local_aws/test_second_app.py",
    "tests/local_aws/test_clients.py",
    "tests/local_aws/test_jobs_training.py",
    "a trained model",
    "a Node.js",
    "tests/local_aws/test_hosting_endpoints.py",
    "tests/local_aws/test_hosting_container.py",
)
"""Started first, so that both processes end at about the same time."""


class OneScopeAtATime(LoadScopeScheduling):
    """A process takes a file, or all that shares something slow, whenever it has nothing left."""

    def _split_scope(self, nodeid: str) -> str:
        return scope(Path(nodeid.partition("::")[0]))


def scope(file: Path) -> str:
    """What is shared with other files, else the file."""
    for shared, roots in TOGETHER.items():
        if any(file.is_relative_to(root) for root in roots):
            return shared
    return file.as_posix()


def place(item: pytest.Item) -> int:
    """Where the test stands in the order."""
    own = scope(item.path.relative_to(ROOT))
    return SLOWEST.index(own) if own in SLOWEST else len(SLOWEST)
