"""Models and endpoint configs through boto3: what they record and what they refuse."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.local_aws.model_archives import ENVIRONMENT, IMAGE, echo
from tests.local_aws.stage import Stage, refusal

pytestmark = pytest.mark.local_aws


@pytest.fixture
def stage(client: Callable[[str], Any]) -> Iterator[Stage]:
    stage = Stage(client)
    yield stage
    stage.close()


def test_models_and_configs_are_listed_described_and_deleted(stage: Stage) -> None:
    models = [stage.model(echo("hello"), name=name) for name in ("alpha", "beta")]
    config = stage.config(models[0])
    listed = stage.sagemaker.list_models(
        NameContains=stage.name, SortBy="Name", SortOrder="Ascending"
    )["Models"]
    assert [model["ModelName"] for model in listed] == models
    (summary,) = stage.sagemaker.list_endpoint_configs(NameContains=stage.name)["EndpointConfigs"]
    assert summary["EndpointConfigName"] == config
    described = stage.sagemaker.describe_model(ModelName=models[1])
    assert described["PrimaryContainer"]["Environment"] == ENVIRONMENT
    (variant,) = stage.sagemaker.describe_endpoint_config(EndpointConfigName=config)[
        "ProductionVariants"
    ]
    assert (variant["ModelName"], variant["InstanceType"]) == (models[0], "ml.m5.large")
    stage.sagemaker.delete_model(ModelName=models[0])
    assert 'Could not find model "arn:' in refusal(
        stage.sagemaker.describe_model, ModelName=models[0]
    )
    assert 'Could not find model "arn:' in refusal(
        stage.sagemaker.create_endpoint, EndpointName=stage.name, EndpointConfigName=config
    )


def test_a_config_of_a_model_that_does_not_exist_is_refused(stage: Stage) -> None:
    message = refusal(lambda: stage.config("nobody"))
    assert message.startswith('ValidationException: Could not find model "arn:')
    assert message.endswith(':model/nobody".')


def test_a_model_needs_exactly_one_container(stage: Stage) -> None:
    create = stage.sagemaker.create_model
    assert "got neither" in refusal(create, ModelName="empty")
    assert "A model of 2 containers (an inference pipeline) is not implemented" in refusal(
        create, ModelName="pipeline", Containers=[{"Image": IMAGE}, {"Image": IMAGE}]
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"InitialInstanceCount": None}, "Production variant One needs InitialInstanceCount."),
        ({"ModelName": None}, "inference components are not implemented"),
        ({"RoutingConfig": {"RoutingStrategy": "RANDOM"}}, "RoutingConfig.RoutingStrategy"),
    ],
)
def test_a_variant_that_cannot_run_is_refused(
    stage: Stage, changes: dict[str, Any], reason: str
) -> None:
    variant = {
        "VariantName": "One",
        "ModelName": stage.model(echo("hello")),
        "InitialInstanceCount": 1,
        "InstanceType": "ml.m5.large",
        **changes,
    }
    given = {name: value for name, value in variant.items() if value is not None}
    message = refusal(
        stage.sagemaker.create_endpoint_config,
        EndpointConfigName=f"{stage.name}-x",
        ProductionVariants=[given],
    )
    assert reason in message


def test_two_variants_of_one_name_are_refused(stage: Stage) -> None:
    variant = {
        "VariantName": "One",
        "ModelName": stage.model(echo("hello")),
        "InitialInstanceCount": 1,
        "InstanceType": "ml.m5.large",
    }
    message = refusal(
        stage.sagemaker.create_endpoint_config,
        EndpointConfigName=f"{stage.name}-x",
        ProductionVariants=[variant, variant],
    )
    assert "Production variants must differ in name, got ['One'] twice." in message


def packaged(stage: Stage, approval: str, environment: dict[str, str]) -> dict[str, Any]:
    """What CreateModel is told of a model of a package, whose container is told COLOUR=blue."""
    stage.s3.put_object(Bucket=stage.name, Key="model.tar.gz", Body=echo("packaged"))
    stage.sagemaker.create_model_package_group(ModelPackageGroupName=stage.name)
    container = {
        "Image": IMAGE,
        "ModelDataUrl": f"s3://{stage.name}/model.tar.gz",
        "Environment": environment,
    }
    package = stage.sagemaker.create_model_package(
        ModelPackageGroupName=stage.name,
        ModelApprovalStatus=approval,
        InferenceSpecification={
            "Containers": [container],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    )["ModelPackageArn"]
    return {
        "ModelName": f"{stage.name}-packaged",
        "PrimaryContainer": {"ModelPackageName": package, "Environment": {"COLOUR": "blue"}},
        "ExecutionRoleArn": "arn:aws:iam::123456789012:role/serving",
    }


def test_an_unapproved_package_makes_no_model(stage: Stage) -> None:
    model = packaged(stage, "PendingManualApproval", ENVIRONMENT)
    message = refusal(stage.sagemaker.create_model, **model)
    assert "must have ModelApprovalStatus Approved to be deployed" in message
    package = model["PrimaryContainer"]["ModelPackageName"]
    stage.sagemaker.update_model_package(ModelPackageArn=package, ModelApprovalStatus="Approved")
    stage.sagemaker.create_model(**model)
    assert stage.ask(stage.endpoint(stage.config(model["ModelName"]))) == "packaged:1,2:blue"


def test_what_a_model_sets_itself_goes_before_what_its_package_sets(stage: Stage) -> None:
    model = packaged(stage, "Approved", {**ENVIRONMENT, "COLOUR": "red"})
    stage.sagemaker.create_model(**model)
    assert stage.ask(stage.endpoint(stage.config(model["ModelName"]))) == "packaged:1,2:blue"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"ModelDataUrl": "s3://nobody/model.tar.gz"}, "Could not find model data at s3://nobody/"),
        ({"Image": "1.dkr.ecr.us-east-1.amazonaws.com/mine:1"}, "serves models as the image"),
        ({"Environment": {}}, "serves in algorithm mode, which is not implemented"),
    ],
)
def test_a_container_that_cannot_be_served_makes_no_model(
    stage: Stage, changes: dict[str, Any], reason: str
) -> None:
    stage.s3.put_object(Bucket=stage.name, Key="model.tar.gz", Body=echo("hello"))
    container = {
        "Image": IMAGE,
        "ModelDataUrl": f"s3://{stage.name}/model.tar.gz",
        "Environment": ENVIRONMENT,
        **changes,
    }
    message = refusal(
        stage.sagemaker.create_model, ModelName=f"{stage.name}-x", PrimaryContainer=container
    )
    assert reason in message
