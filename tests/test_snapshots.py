"""Every template as a reviewer reads it.

`make snapshots` writes them anew; the diff is then part of the pull request.
"""

from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from tests.readable import readable

SNAPSHOTS = Path(__file__).parent / "__snapshots__" / "test_snapshots"


@pytest.fixture
def snapshot_json(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(JSONSnapshotExtension)


def test_the_template_is_the_one_that_was_reviewed(
    all_templates: dict[str, dict[str, Any]],
    snapshot_json: SnapshotAssertion,
    subtests: pytest.Subtests,
):
    for stack, template in all_templates.items():
        with subtests.test(stack):
            assert readable(template) == snapshot_json(name=stack)


def test_every_snapshot_has_a_template(all_templates: dict[str, dict[str, Any]]):
    reviewed = {path.name.partition("[")[2].removesuffix("].json") for path in SNAPSHOTS.iterdir()}
    assert reviewed == all_templates.keys()
