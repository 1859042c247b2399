"""Shadow variants through boto3: copies, which nobody hears, are measured and captured."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.local_aws.guardrails import FAILS, deployment
from tests.local_aws.later import Later
from tests.local_aws.model_archives import ECHO, ENVIRONMENT, archive, echo
from tests.local_aws.stacks import Stack
from tests.local_aws.stage import Stage, refusal

pytestmark = pytest.mark.local_aws
ENDS = """
import os
def model_fn(model_dir): return None
def transform_fn(*request): os._exit(1)
"""


class ShadowStage(Stage):
    """Endpoints with a production variant, One, and a shadow, Shadow."""

    def __init__(self, later: Later) -> None:
        super().__init__(later.client)
        self.later = later
        self.cloudwatch = later.client("cloudwatch")

    def shadowed(self, script: str, *, weight: float = 1.0, name: str = "shadowed") -> str:
        """A config whose shadow runs a script."""
        one = self.model(echo("one"), name=f"{name}-one")
        shadow = self.model(echo("shadow", script=script), name=f"{name}-shadow")
        return self.config(
            one,
            name=name,
            ShadowProductionVariants=[variant("Shadow", shadow, InitialVariantWeight=weight)],
            DataCaptureConfig={
                "InitialSamplingPercentage": 50,
                "DestinationS3Uri": f"s3://{self.name}/capture",
                "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
                "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"]},
            },
        )

    def sum(self, endpoint: str, name: str, metric: str = "Invocations") -> float:
        """The sum of a variant's metric, once all that was asked is put."""
        self.later.pass_time(5)
        now = self.later.aws.now()
        points = self.cloudwatch.get_metric_statistics(
            Namespace="AWS/SageMaker",
            MetricName=metric,
            Dimensions=[
                {"Name": "EndpointName", "Value": endpoint},
                {"Name": "VariantName", "Value": name},
            ],
            StartTime=now - 3600,
            EndTime=now + 60,
            Period=60,
            Statistics=["Sum"],
        )["Datapoints"]
        return sum(float(point["Sum"]) for point in points)

    def captured(self, endpoint: str, name: str) -> dict[str, dict[str, Any]]:
        """The events that were captured of a variant, by eventId."""
        self.later.pass_time(5)
        listed = self.s3.list_objects_v2(Bucket=self.name, Prefix=f"capture/{endpoint}/{name}/")
        events = [
            json.loads(line)
            for item in listed.get("Contents", ())
            for line in self.s3.get_object(Bucket=self.name, Key=item["Key"])["Body"]
            .read()
            .splitlines()
        ]
        return {event["eventMetadata"]["eventId"]: event for event in events}


def variant(name: str, model: str, **members: Any) -> dict[str, Any]:
    """An entry of ShadowProductionVariants."""
    return {
        "VariantName": name,
        "ModelName": model,
        "InitialInstanceCount": 1,
        "InstanceType": "ml.m5.large",
        **members,
    }


@pytest.fixture(scope="module")
def stage(later: Later) -> Iterator[ShadowStage]:
    stage = ShadowStage(later)
    yield stage
    stage.close()


def output(event: dict[str, Any]) -> str:
    return str(event["captureData"]["endpointOutput"]["data"])


def test_a_shadow_sees_its_share_of_requests_and_answers_none(stage: ShadowStage) -> None:
    endpoint = stage.endpoint(stage.shadowed(ECHO, weight=0.3, name="part"), name="part")
    answers = Counter(stage.ask(endpoint, str(number)).split(":")[0] for number in range(50))
    assert answers == {"one": 50}
    assert stage.sum(endpoint, "One") == 50
    assert stage.sum(endpoint, "Shadow") == 15
    assert stage.sum(endpoint, "Shadow", "ModelLatency") > 0


def test_both_answers_to_a_request_are_captured_under_the_same_ids(stage: ShadowStage) -> None:
    endpoint = stage.endpoint(stage.shadowed(ECHO, name="pairs"), name="pairs")
    for number in range(10):
        stage.ask(endpoint, str(number), InferenceId=f"flight-{number}")
    production, shadow = (stage.captured(endpoint, name) for name in ("One", "Shadow"))
    assert len(production) == 5
    assert production.keys() == shadow.keys()
    for event_id, event in production.items():
        inference_id = event["eventMetadata"]["inferenceId"]
        number = inference_id.removeprefix("flight-")
        assert shadow[event_id]["eventMetadata"]["inferenceId"] == inference_id
        assert (output(event), output(shadow[event_id])) == (
            f"one:{number}:",
            f"shadow:{number}:",
        )


@pytest.mark.parametrize("script", [FAILS, ENDS])
def test_a_shadow_that_fails_is_counted_and_not_felt(stage: ShadowStage, script: str) -> None:
    name = "fails" if script == FAILS else "ends"
    endpoint = stage.endpoint(stage.shadowed(script, name=name), name=name)
    assert {stage.ask(endpoint) for _ in range(8)} == {"one:1,2:"}
    assert stage.sum(endpoint, "Shadow", "Invocation5XXErrors") == 8
    assert stage.sum(endpoint, "One", "Invocation5XXErrors") == 0
    assert stage.captured(endpoint, "Shadow") == {}


def test_an_endpoint_gets_a_shadow_and_loses_it_by_updates_and_shows_it(
    stage: ShadowStage,
) -> None:
    plain = stage.config(stage.model(echo("one"), name="plain"), name="plain")
    config = stage.shadowed(ECHO, name="gets")
    endpoint = stage.endpoint(plain, name="gets")
    assert "ShadowProductionVariants" not in stage.at_rest(endpoint)
    canary = deployment(wait=60, final=60)
    stage.sagemaker.update_endpoint(
        EndpointName=endpoint, EndpointConfigName=config, DeploymentConfig=canary
    )
    (pending,) = stage.later.until(lambda: pending_shadows(stage, endpoint))
    assert pending["VariantName"] == "Shadow"
    stage.later.until(lambda: at_rest_on(stage, endpoint, config))
    (shadow,) = stage.at_rest(endpoint)["ShadowProductionVariants"]
    assert (shadow["VariantName"], shadow["CurrentInstanceCount"]) == ("Shadow", 1)
    stage.ask(endpoint)
    assert stage.sum(endpoint, "Shadow") == 1

    stage.sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=plain)
    stage.later.until(lambda: at_rest_on(stage, endpoint, plain))
    assert "ShadowProductionVariants" not in stage.at_rest(endpoint)
    stage.ask(endpoint)
    assert stage.sum(endpoint, "Shadow") == 1


def pending_shadows(stage: Stage, endpoint: str) -> list[dict[str, Any]] | None:
    described = stage.sagemaker.describe_endpoint(EndpointName=endpoint)
    found: list[dict[str, Any]] | None = described.get("PendingDeploymentSummary", {}).get(
        "ShadowProductionVariants"
    )
    return found


def at_rest_on(stage: Stage, endpoint: str, config: str) -> bool:
    described = stage.sagemaker.describe_endpoint(EndpointName=endpoint)
    return (described["EndpointStatus"], described["EndpointConfigName"]) == ("InService", config)


def test_a_config_shows_its_shadow_as_it_was_created(stage: ShadowStage) -> None:
    config = stage.shadowed(ECHO, weight=0.5, name="shown")
    described = stage.sagemaker.describe_endpoint_config(EndpointConfigName=config)
    (shadow,) = described["ShadowProductionVariants"]
    assert (shadow["VariantName"], shadow["InitialVariantWeight"]) == ("Shadow", 0.5)


def test_nobody_can_ask_a_shadow_by_name(stage: ShadowStage) -> None:
    endpoint = stage.endpoint(stage.shadowed(ECHO, name="hidden"), name="hidden")
    assert "has no production variant Shadow" in refusal(
        stage.runtime.invoke_endpoint, EndpointName=endpoint, Body=b"", TargetVariant="Shadow"
    )


@pytest.mark.parametrize(
    ("production", "shadows", "reason"),
    [
        (["One", "Two"], ["Three"], "got 2 and 1"),
        (["One"], ["Two", "Three"], "got 1 and 2"),
        (["One"], ["One"], re.escape("got ['One'] twice")),
    ],
)
def test_one_production_variant_has_one_shadow(
    stage: ShadowStage, production: list[str], shadows: list[str], reason: str
) -> None:
    model = f"{stage.name}-any"
    if not stage.sagemaker.list_models(NameContains=model)["Models"]:
        stage.model(archive({}), name="any", environment=ENVIRONMENT)
    message = refusal(
        stage.sagemaker.create_endpoint_config,
        EndpointConfigName=f"{stage.name}-wrong",
        ProductionVariants=[variant(name, model) for name in production],
        ShadowProductionVariants=[variant(name, model) for name in shadows],
    )
    assert re.search(f"^ValidationException: .*{reason}", message)


def test_cloudformation_makes_a_config_with_a_shadow(
    stage: ShadowStage, client: Callable[[str], Any]
) -> None:
    own = Stage(client)
    model = own.model(echo("one"))
    properties = {
        "ProductionVariants": [variant("One", model, InitialVariantWeight=1)],
        "ShadowProductionVariants": [variant("Shadow", model, InitialVariantWeight=0.5)],
    }
    stack = Stack(client("cloudformation"), own.name)
    config = {"Type": "AWS::SageMaker::EndpointConfig", "Properties": properties}
    output = {"Value": {"Fn::GetAtt": ["Config", "EndpointConfigName"]}}
    stack.create({"Resources": {"Config": config}, "Outputs": {"Name": output}})
    described = own.sagemaker.describe_endpoint_config(EndpointConfigName=stack.outputs()["Name"])
    assert described["ShadowProductionVariants"][0]["InitialVariantWeight"] == 0.5
    stack.delete()
