"""One process with the SageMaker SDK for all tests that make definitions."""

from collections.abc import Iterator

import pytest

from tests.pipeline_definitions.maker import Maker


@pytest.fixture(scope="session")
def maker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maker]:
    """On a machine whose region, profile, clock, user and SDK defaults are nobody's."""
    home = tmp_path_factory.mktemp("home")
    config = home / "sagemaker/config.yaml"
    config.parent.mkdir()
    config.write_text(
        "SchemaVersion: '1.0'\n"
        "SageMaker:\n  ProcessingJob:\n    ProcessingResources:\n"
        "      ClusterConfig:\n        VolumeKmsKeyId: of-the-user\n"
    )
    maker = Maker({
        "HOME": str(home), "XDG_CONFIG_HOME": str(home),
        "SAGEMAKER_USER_CONFIG_OVERRIDE": str(config),
        "AWS_REGION": "eu-central-1", "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_PROFILE": "nobodys", "PYTHONHASHSEED": "7", "TZ": "Asia/Kolkata", "USER": "x",
    })  # fmt: skip
    yield maker
    maker.close()
