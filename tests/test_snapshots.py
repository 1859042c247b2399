"""Every template as a reviewer reads it, each definition inside of one in a file of its own.

`make snapshots` writes them anew; the diff is then part of the pull request.
"""

from pathlib import Path
from typing import Any

from mlops_constructs.testing import TemplateSnapshot
from mlops_constructs.testing.readable import readable_files
from tests.template_snapshots.restored import restored


def test_templates_as_reviewed(assemblies: dict[str, Path], template_snapshot: TemplateSnapshot):
    template_snapshot(assemblies["home"])


def test_a_template_can_be_told_from_what_a_reviewer_reads(
    all_templates: dict[str, dict[str, Any]],
):
    for template in all_templates.values():
        assert restored(readable_files(template)) == template
