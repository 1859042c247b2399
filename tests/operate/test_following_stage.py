"""Rollback in a stage that follows another: by the version's life cycle."""

from collections.abc import Callable, Iterator

import pytest

from local_aws.launch import LocalAws
from tests.operate.conftest import Said
from tests.operate.stage import MODEL, SmallStage

pytestmark = pytest.mark.local_aws

PROD = ("--stage", "Prod", "--model", MODEL)
FOR_PROD = {"Stage": "Prod", "StageStatus": "Approved"}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallStage]:
    """Of four approved versions the second is approved for Prod too, and the fourth serves."""
    with LocalAws.start(tmp_path_factory.mktemp("following")) as aws:
        stage = SmallStage(aws, name="Prod")
        stage.deploy(group="dev-flight-delay", approval="Prod", next="")
        sagemaker = stage.client("sagemaker")
        for number in range(1, 5):
            stage.register(f"version {number}")
        for index in (1, 2, 3):
            sagemaker.update_model_package(
                ModelPackageArn=stage.packages[index], ModelLifeCycle=FOR_PROD
            )
        sagemaker.update_model_package(
            ModelPackageArn=stage.packages[2],
            CustomerMetadataProperties={"perennial:prod": "rolled back 2026-01-05T10:00:00Z"},
        )
        stage.serve(stage.packages[3], "config-four")
        yield stage


def test_the_life_cycle_is_rejected_and_the_registry_s_approval_stays(
    stage: SmallStage, operate: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
):
    asked: list[str] = []
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or "yes")
    assert operate("rollback", *PROD, "--reason", "too many misses").code == 0
    assert (
        "Version 4 of dev-flight-delay is rejected for Prod, and version 2 is released" in asked[0]
    )
    fourth = stage.client("sagemaker").describe_model_package(ModelPackageName=stage.packages[3])
    assert fourth["ModelApprovalStatus"] == "Approved"
    assert fourth["ModelLifeCycle"] == {
        "Stage": "Prod",
        "StageStatus": "Rejected",
        "StageDescription": "too many misses",
    }
    assert stage.executions("promotion")[0]["approval"] == "Prod"


def test_without_another_approved_version_the_person_is_told_that_nothing_changes(
    stage: SmallStage, operate: Callable[..., Said]
):
    sagemaker = stage.client("sagemaker")
    sagemaker.update_model_package(ModelPackageArn=stage.packages[3], ModelLifeCycle=FOR_PROD)
    rejected = FOR_PROD | {"StageStatus": "Rejected"}
    sagemaker.update_model_package(ModelPackageArn=stage.packages[1], ModelLifeCycle=rejected)
    said = operate("rollback", *PROD, "--reason", "too many misses")
    assert said.code == 1
    assert "NOTHING CHANGES at the endpoint: no other version is approved" in said.err


def test_a_model_that_serves_nothing_has_nothing_to_roll_back(
    stage: SmallStage, operate: Callable[..., Said]
):
    stage.client("sagemaker").delete_endpoint(EndpointName=stage.resource)
    said = operate("rollback", *PROD, "--reason", "x", "--yes")
    assert said.code == 1
    assert "runs no version of the registry" in said.err
