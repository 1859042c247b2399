"""Endpoints through boto3: their life, their updates, what they refuse."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import psutil
import pytest

from tests.local_aws.model_archives import IMAGE, archive, echo
from tests.local_aws.stacks import eventually
from tests.local_aws.stage import Stage, refusal, refused

pytestmark = pytest.mark.local_aws
ALL_AT_ONCE = {
    "BlueGreenUpdatePolicy": {
        "TrafficRoutingConfiguration": {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0},
        "TerminationWaitInSeconds": 0,
    }
}
BROKEN = archive({"code/inference.py": "raise RuntimeError('no such column: tailnum')"})
SLOWLY_BROKEN = archive({"code/inference.py": "import time; time.sleep(1); raise ValueError"})


@pytest.fixture
def stage(client: Callable[[str], Any]) -> Iterator[Stage]:
    stage = Stage(client)
    yield stage
    stage.close()


def containers_of(endpoint: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter(["cmdline", "cwd"]):
        is_image = "local_aws.hosting.image" in (process.info["cmdline"] or [])
        if is_image and endpoint in (process.info["cwd"] or ""):
            found.append(process)
    return found


def test_a_created_endpoint_describes_its_variants_and_answers(stage: Stage) -> None:
    config = stage.config(stage.model(echo("hello")))
    endpoint = stage.endpoint(config)
    described = stage.at_rest(endpoint)
    (variant,) = described["ProductionVariants"]
    assert described["EndpointStatus"] == "InService"
    assert described["EndpointConfigName"] == config
    assert (variant["VariantName"], variant["CurrentInstanceCount"]) == ("One", 2)
    assert variant["DeployedImages"][0]["SpecifiedImage"] == IMAGE
    assert stage.ask(endpoint) == "hello:1,2:"


def test_an_update_loses_no_request_while_traffic_moves(stage: Stage) -> None:
    blue = stage.config(stage.model(echo("blue"), name="blue"), name="blue")
    green = stage.config(stage.model(echo("green"), name="green"), name="green")
    endpoint = stage.endpoint(blue)
    answers: list[list[str]] = [[], [], []]
    done = threading.Event()

    def ask_on(own: list[str]) -> None:
        while not done.is_set():
            own.append(stage.ask(endpoint))

    threads = [threading.Thread(target=ask_on, args=(own,)) for own in answers]
    for thread in threads:
        thread.start()
    stage.sagemaker.update_endpoint(
        EndpointName=endpoint, EndpointConfigName=green, DeploymentConfig=ALL_AT_ONCE
    )
    described = stage.at_rest(endpoint)
    done.set()
    for thread in threads:
        thread.join()
    for own in answers:
        assert set(own) == {"blue:1,2:", "green:1,2:"}
        assert own == sorted(own), "blue answered after green had begun"
    assert described["EndpointConfigName"] == green
    assert described["LastDeploymentConfig"] == ALL_AT_ONCE
    assert len(containers_of(endpoint)) == 1


def test_an_update_that_cannot_load_stays_on_the_old_config_with_a_reason(stage: Stage) -> None:
    good = stage.config(stage.model(echo("good"), name="good"), name="good")
    bad = stage.config(stage.model(SLOWLY_BROKEN, name="bad"), name="bad")
    endpoint = stage.endpoint(good)
    stage.sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=bad)
    pending = stage.sagemaker.describe_endpoint(EndpointName=endpoint)
    assert pending["PendingDeploymentSummary"]["EndpointConfigName"] == bad
    assert "Cannot update in-progress endpoint" in refusal(
        stage.sagemaker.update_endpoint, EndpointName=endpoint, EndpointConfigName=bad
    )
    described = stage.at_rest(endpoint)
    assert (described["EndpointStatus"], described["EndpointConfigName"]) == ("InService", good)
    assert "did not pass the ping health check" in described["FailureReason"]
    assert stage.ask(endpoint) == "good:1,2:"
    assert len(containers_of(endpoint)) == 1


def test_an_endpoint_whose_script_raises_fails_and_its_log_says_why(
    stage: Stage, client: Callable[[str], Any]
) -> None:
    endpoint = stage.endpoint(stage.config(stage.model(BROKEN)))
    described = stage.at_rest(endpoint)
    assert described["EndpointStatus"] == "Failed"
    assert "no such column: tailnum" in described["FailureReason"]
    events = client("logs").filter_log_events(logGroupName=f"/aws/sagemaker/Endpoints/{endpoint}")
    assert any("no such column: tailnum" in event["message"] for event in events["events"])
    again = refusal(
        stage.sagemaker.update_endpoint,
        EndpointName=endpoint,
        EndpointConfigName=described["EndpointConfigName"],
    )
    assert "it can only be deleted" in again


def test_a_deleted_endpoint_leaves_no_process_and_answers_no_more(stage: Stage) -> None:
    endpoint = stage.endpoint(stage.config(stage.model(echo("hello"))))
    (container,) = containers_of(endpoint)
    stage.sagemaker.delete_endpoint(EndpointName=endpoint)
    eventually(lambda: not container.is_running())
    assert (
        refusal(stage.runtime.invoke_endpoint, EndpointName=endpoint, Body=b"1")
        == f"ValidationError: Endpoint {endpoint} of account 123456789012 not found."
    )
    assert 'Could not find endpoint "arn:' in eventually(
        lambda: refused(stage.sagemaker.describe_endpoint, EndpointName=endpoint)
    )


def test_an_endpoint_is_not_deleted_while_it_is_created(stage: Stage) -> None:
    config = stage.config(stage.model(echo("hello")))
    name = f"{stage.name}-short"
    stage.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=config)
    creating = stage.sagemaker.describe_endpoint(EndpointName=name)
    (pending,) = creating["PendingDeploymentSummary"]["ProductionVariants"]
    assert pending["VariantStatus"][0]["StatusMessage"] == "Launching 2 instance(s)."
    assert refusal(stage.sagemaker.delete_endpoint, EndpointName=name).startswith(
        'ValidationException: Cannot update in-progress endpoint "arn:aws:sagemaker:'
    )
    described = stage.at_rest(name)
    assert described["EndpointStatus"] == "InService"
    assert "PendingDeploymentSummary" not in described
    stage.sagemaker.delete_endpoint(EndpointName=name)
    eventually(lambda: refused(stage.sagemaker.describe_endpoint, EndpointName=name))
    assert containers_of(name) == []


def test_counts_and_weights_survive_an_update_that_retains_them(stage: Stage) -> None:
    model = stage.model(echo("hello"))
    first, second = stage.config(model, name="first"), stage.config(model, name="second")
    endpoint = stage.endpoint(first)
    stage.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=endpoint,
        DesiredWeightsAndCapacities=[
            {"VariantName": "One", "DesiredWeight": 7.0, "DesiredInstanceCount": 5}
        ],
    )
    stage.at_rest(endpoint)
    stage.sagemaker.update_endpoint(
        EndpointName=endpoint,
        EndpointConfigName=second,
        RetainAllVariantProperties=True,
        ExcludeRetainedVariantProperties=[{"VariantPropertyType": "DesiredWeight"}],
    )
    (kept,) = stage.at_rest(endpoint)["ProductionVariants"]
    assert (kept["DesiredInstanceCount"], kept["DesiredWeight"]) == (5, 1.0)
    stage.sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=first)
    (reset,) = stage.at_rest(endpoint)["ProductionVariants"]
    assert (reset["DesiredInstanceCount"], reset["DesiredWeight"]) == (2, 1.0)


def test_capture_is_retained_unless_it_is_excluded(stage: Stage) -> None:
    model = stage.model(echo("hello"))
    capture = {
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": f"s3://{stage.name}/capture",
        "CaptureOptions": [{"CaptureMode": "InputAndOutput"}],
    }
    silent = stage.config(model, name="silent")
    endpoint = stage.endpoint(silent)
    captured = stage.config(model, name="captured", DataCaptureConfig=capture)
    update = {"EndpointName": endpoint, "EndpointConfigName": captured}
    stage.sagemaker.update_endpoint(**update, RetainAllVariantProperties=True)
    assert "DataCaptureConfig" not in stage.at_rest(endpoint)
    stage.sagemaker.update_endpoint(
        **update,
        RetainAllVariantProperties=True,
        ExcludeRetainedVariantProperties=[{"VariantPropertyType": "DataCaptureConfig"}],
    )
    described = stage.at_rest(endpoint)["DataCaptureConfig"]
    assert (described["CaptureStatus"], described["CurrentSamplingPercentage"]) == ("Started", 100)


def test_a_config_in_use_can_be_deleted_and_the_next_update_fails(stage: Stage) -> None:
    model = stage.model(echo("hello"))
    used, other = stage.config(model, name="used"), stage.config(model, name="other")
    endpoint = stage.endpoint(used)
    stage.sagemaker.delete_endpoint_config(EndpointConfigName=used)
    assert stage.ask(endpoint) == "hello:1,2:"
    message = refusal(
        stage.sagemaker.update_endpoint, EndpointName=endpoint, EndpointConfigName=other
    )
    assert message.startswith("ValidationException: Could not find endpoint configuration")
    assert used in message


def test_lists_filter_by_name_and_status_and_page(stage: Stage) -> None:
    model = stage.model(echo("hello"))
    config = stage.config(model)
    names = [stage.endpoint(config, name=name) for name in ("alpha", "beta")]
    bad = stage.endpoint(stage.config(stage.model(BROKEN, name="bad"), name="bad"), name="gamma")
    pages = stage.sagemaker.get_paginator("list_endpoints").paginate(
        NameContains=stage.name,
        SortBy="Name",
        SortOrder="Ascending",
        PaginationConfig={"PageSize": 1},
    )
    assert [e["EndpointName"] for page in pages for e in page["Endpoints"]] == [*names, bad]
    failed = stage.sagemaker.list_endpoints(NameContains=stage.name, StatusEquals="Failed")
    assert [endpoint["EndpointName"] for endpoint in failed["Endpoints"]] == [bad]


def test_names_that_exist_are_refused(stage: Stage) -> None:
    model = stage.model(echo("hello"))
    config = stage.config(model)
    endpoint = stage.endpoint(config)
    assert "Cannot create already existing model" in refusal(lambda: stage.model(echo("hello")))
    assert "Cannot create already existing endpoint configuration" in refusal(
        lambda: stage.config(model)
    )
    assert "Cannot create already existing endpoint " in refusal(
        stage.sagemaker.create_endpoint, EndpointName=endpoint, EndpointConfigName=config
    )


def test_a_deployment_must_have_time_for_its_waits(stage: Stage) -> None:
    config = stage.config(stage.model(echo("hello")))
    policy = {
        "TrafficRoutingConfiguration": {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 300},
        "TerminationWaitInSeconds": 300,
        "MaximumExecutionTimeoutInSeconds": 600,
    }
    message = refusal(
        stage.sagemaker.create_endpoint,
        EndpointName=f"{stage.name}-hasty",
        EndpointConfigName=config,
        DeploymentConfig={"BlueGreenUpdatePolicy": policy},
    )
    assert (
        "must be larger than TerminationWaitInSeconds plus WaitIntervalInSeconds (600)" in message
    )


def test_an_endpoint_name_with_an_underscore_is_refused(stage: Stage) -> None:
    config = stage.config(stage.model(echo("hello")))
    message = refusal(
        stage.sagemaker.create_endpoint, EndpointName="flight_delay", EndpointConfigName=config
    )
    assert "Value 'flight_delay' at 'endpointName' failed to satisfy constraint" in message
