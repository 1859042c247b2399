"""What pytest loads by itself wherever this library is installed: one fixture."""

import pytest

from mlops_constructs.testing.template_snapshot import TemplateSnapshot


@pytest.fixture
def template_snapshot(request: pytest.FixtureRequest) -> TemplateSnapshot:
    """Holds a stack, an app or a template against its reviewed snapshot, and writes that."""
    if not request.config.pluginmanager.hasplugin("syrupy"):
        pytest.fail(
            "template_snapshot needs syrupy; install mlops-constructs[testing]", pytrace=False
        )
    return TemplateSnapshot(request.node, request.getfixturevalue("snapshot"))
