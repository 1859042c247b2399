"""Releases through boto3, on the virtual clock: shifts, bakes, rollbacks and what is refused."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.guardrails import Release, deployment
from tests.local_aws.later import Later
from tests.local_aws.model_archives import archive, echo
from tests.local_aws.stacks import eventually
from tests.local_aws.stage import refusal

pytestmark = pytest.mark.local_aws
WAITS = """
import pathlib, time

def model_fn(model_dir):
    return None

def input_fn(body, content_type):
    return body

def predict_fn(data, model):
    folder = pathlib.Path(data)
    (folder / "asked").touch()
    while not (folder / "go-on").exists():
        time.sleep(0.01)
    return "green"

def output_fn(prediction, accept):
    return prediction, "text/csv"
"""
SCALED = {
    "ServiceNamespace": "sagemaker",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}


@pytest.fixture
def release(later: Later) -> Iterator[Release]:
    made = Release(later)
    yield made
    if made.described()["EndpointStatus"] not in ("InService", "Failed"):
        made.until_idle()
    made.close()


def test_a_canary_answers_its_share_until_its_bake_is_over(release: Release) -> None:
    began = release.later.aws.now()
    release.release(release.green, DeploymentConfig=deployment(wait=600, final=300))
    assert release.first_bake() == (
        "Baking for 600 seconds (WaitIntervalInSeconds) with traffic enabled on canary capacity "
        "of 1 instance(s)."
    )
    described = release.described()
    assert (described["EndpointStatus"], described["EndpointConfigName"]) == (
        "Updating",
        release.blue,
    )
    assert described["LastDeploymentConfig"] == deployment(wait=600, final=300)
    assert release.answers(200) == {"blue": 150, "green": 50}

    assert release.until_message("Baking for 300") == (
        "Baking for 300 seconds (TerminationWaitInSeconds) with traffic enabled on full capacity "
        "of 2 instance(s)."
    )
    assert 600 <= release.later.aws.now() - began < 700
    assert release.answers(20) == {"green": 20}
    assert release.described()["EndpointConfigName"] == release.blue
    described = release.until_idle()
    assert 900 <= release.later.aws.now() - began < 1000
    assert described["EndpointConfigName"] == release.green
    assert {"PendingDeploymentSummary", "FailureReason"}.isdisjoint(described)
    assert "VariantStatus" not in described["ProductionVariants"][0]


def test_a_linear_shift_answers_more_with_each_step(release: Release) -> None:
    size = {"Type": "INSTANCE_COUNT", "Value": 1}
    linear = deployment(kind="LINEAR", size=size, wait=600, final=600)
    release.release(release.green, DeploymentConfig=linear)
    release.first_bake()
    assert release.answers(40) == {"blue": 20, "green": 20}
    release.until_message("Baking for 600 seconds (TerminationWaitInSeconds)")
    assert release.answers(40) == {"green": 40}
    assert release.until_idle()["EndpointConfigName"] == release.green


def test_no_request_is_lost_by_a_canary_and_its_rollback_and_all_are_counted(
    release: Release,
) -> None:
    alarm = release.alarm(config=release.green)
    release.release(release.green, DeploymentConfig=deployment(alarms=(alarm,), wait=3600))
    release.first_bake()
    assert release.answers(200) == {"blue": 150, "green": 50}

    asked: list[list[str]] = [[] for _ in range(4)]
    done = threading.Event()

    def ask(own: list[str]) -> None:
        while not done.is_set() or len(own) < 60:
            own.append(release.answer())

    threads = [threading.Thread(target=ask, args=(own,)) for own in asked]
    for thread in threads:
        thread.start()
    while min(len(own) for own in asked) < 25:
        assert all(thread.is_alive() for thread in threads)
        threads[0].join(0.01)
    release.ring(alarm)
    rung = [len(own) for own in asked]
    described = release.at_rest(release.name_of_endpoint)
    done.set()
    for thread in threads:
        thread.join()

    assert (described["EndpointStatus"], described["EndpointConfigName"]) == (
        "InService",
        release.blue,
    )
    assert alarm in described["FailureReason"]
    answers = Counter(word for own in asked for word in own)
    assert set(answers) == {"blue", "green"}
    # A thread's one request that was under way when the alarm rang may still be green's.
    assert all(set(own[known + 1 :]) == {"blue"} for own, known in zip(asked, rung, strict=True))
    before = sum(rung)
    assert abs(answers["green"] - before / 4) <= 1 + len(asked)

    total = 200 + sum(answers.values())
    assert total >= 440
    release.later.pass_time(5)
    assert release.invocations() == total
    assert release.invocations(config=release.green) == 50 + answers["green"]
    assert release.invocations(config=release.blue) == total - 50 - answers["green"]
    assert release.invocations("Invocation5XXErrors") == 0


def test_a_failing_version_is_rolled_back_by_its_own_alarm(release: Release) -> None:
    bad = release.failing()
    alarm = release.alarm(config=bad)
    release.release(bad, DeploymentConfig=deployment(alarms=(alarm,)))
    release.first_bake()
    began = release.later.aws.now()
    # The alarm may ring from the next full minute after the first error.
    assert [release.answer() for _ in range(4)] == ["blue", "blue", "blue", "error"]
    described = release.until_idle()
    assert release.later.aws.now() - began < 180  # a bake of 600 s was not waited out
    assert described["EndpointConfigName"] == release.blue
    assert described["FailureReason"] == (
        "The deployment was rolled back because these CloudWatch alarms were in state ALARM: "
        f"{alarm}."
    )
    assert release.answers(20) == {"blue": 20}


def test_a_rollback_in_the_last_bake_gives_all_traffic_back(release: Release) -> None:
    alarm = release.alarm()
    at_once = deployment(alarms=(alarm,), kind="ALL_AT_ONCE", wait=0, final=600)
    release.release(release.green, DeploymentConfig=at_once)
    assert release.first_bake().startswith("Baking for 600 seconds (TerminationWaitInSeconds)")
    assert release.answers(8) == {"green": 8}
    release.ring(alarm)
    assert release.answers(8)["blue"] >= 7
    assert release.until_idle()["EndpointConfigName"] == release.blue


def test_the_events_of_a_rollback_come_in_order(release: Release) -> None:
    alarm = release.alarm()
    with release.heard() as heard:
        release.release(release.green, DeploymentConfig=deployment(alarms=(alarm,)))
        release.first_bake()
        release.ring(alarm)
        release.until_idle()
        told = release.later.until(lambda: (events := heard())[-1:] and ended(events))
    assert [short(event) for event in told] == [
        "UPDATING",
        "Creating",
        "ActivatingTraffic",
        "Baking",
        "ROLLING_BACK",
        "Deleting",
        "IN_SERVICE",
    ]
    assert alarm in told[-1]["detail"]["FailureReason"]
    assert told[-1]["detail"]["EndpointConfigName"] == release.blue
    assert told[3]["detail"]["PendingDeploymentSummary"]["EndpointConfigName"] == release.green


def ended(events: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
    return events if events[-1]["detail"]["EndpointStatus"] == "IN_SERVICE" else None


def short(event: dict[str, Any]) -> str:
    detail = event["detail"]
    if event["detail-type"] == "SageMaker Endpoint State Change":
        return str(detail["EndpointStatus"])
    (variant,) = detail["PendingDeploymentSummary"]["ProductionVariants"]
    return str(variant["VariantStatus"][0]["Status"])


def test_the_endpoint_is_rolling_back_until_the_new_fleet_has_answered(
    release: Release, tmp_path: Path
) -> None:
    waits = release.config(release.model(echo("", script=WAITS), name="waits"), name="waits")
    alarm = release.alarm()
    at_once = deployment(alarms=(alarm,), kind="ALL_AT_ONCE", wait=0, final=600)
    release.release(waits, DeploymentConfig=at_once)
    release.first_bake()
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(release.answer, str(tmp_path))
        eventually((tmp_path / "asked").exists)
        release.ring(alarm)
        eventually(lambda: release.described()["EndpointStatus"] == "RollingBack")
        assert release.message() == "Terminating 2 instance(s)."
        assert release.pending()["CurrentInstanceCount"] == 0
        assert release.answer() == "blue"
        assert refusal(release.release, config=waits).startswith(
            "ValidationException: Cannot update in-progress endpoint"
        )
        (tmp_path / "go-on").touch()
        assert asked.result() == "green"
    assert release.until_idle()["EndpointConfigName"] == release.blue


def test_an_alarm_that_rings_already_ends_a_release_before_it_takes_traffic(
    release: Release,
) -> None:
    alarm = release.alarm()
    release.ring(alarm)
    release.release(release.green, DeploymentConfig=deployment(alarms=(alarm,)))
    described = release.at_rest(release.name_of_endpoint)
    assert described["EndpointConfigName"] == release.blue
    assert alarm in described["FailureReason"]
    assert release.invocations(config=release.green) == 0


def test_a_composite_alarm_takes_a_release_back_too(release: Release) -> None:
    child, name = release.alarm(), f"{release.name}-composite"
    release.cloudwatch.put_composite_alarm(AlarmName=name, AlarmRule=f'ALARM("{child}")')
    release.release(release.green, DeploymentConfig=deployment(alarms=(name,)))
    release.first_bake()
    release.ring(child)
    assert name in release.until_idle()["FailureReason"]


def test_an_alarm_that_no_release_names_takes_none_back(release: Release) -> None:
    named, other = release.alarm(), release.alarm(name="other")
    release.release(release.green, DeploymentConfig=deployment(alarms=(named,)))
    release.first_bake()
    release.ring(other)
    assert release.until_idle()["EndpointConfigName"] == release.green


def test_a_release_that_is_over_is_not_taken_back(release: Release) -> None:
    alarm = release.alarm()
    release.release(release.green, DeploymentConfig=deployment(alarms=(alarm,)))
    assert release.until_idle()["EndpointConfigName"] == release.green
    release.ring(alarm)
    assert release.described()["EndpointStatus"] == "InService"
    assert release.answers(8) == {"green": 8}


def test_a_linear_shift_beyond_its_time_limit_is_rolled_back(release: Release) -> None:
    size = {"Type": "CAPACITY_PERCENT", "Value": 10}
    slow = deployment(kind="LINEAR", size=size, wait=300, final=0, limit=1000)
    began = release.later.aws.now()
    release.release(release.green, DeploymentConfig=slow)
    described = release.until_idle()
    assert 1000 <= release.later.aws.now() - began < 1060
    assert described["EndpointConfigName"] == release.blue
    assert "did not end within 1000 seconds" in described["FailureReason"]
    assert release.answers(8) == {"blue": 8}


def test_a_new_fleet_that_does_not_start_never_gets_traffic(release: Release) -> None:
    dead = archive({"code/inference.py": "raise RuntimeError('no such column')"})
    config = release.config(release.model(dead, name="dead"), name="dead")
    release.release(config, DeploymentConfig=deployment(alarms=(release.alarm(),)))
    described = release.at_rest(release.name_of_endpoint)
    assert described["EndpointConfigName"] == release.blue
    assert "did not pass the ping health check" in described["FailureReason"]
    assert release.answers(8) == {"blue": 8}


def test_each_fleet_captures_its_own_requests_by_its_own_config(release: Release) -> None:
    capture = {
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": f"s3://{release.name}/capture",
        "CaptureOptions": [{"CaptureMode": "InputAndOutput"}],
        "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"]},
    }
    model = f"{release.name}-green"
    captured = release.config(model, name="captured", DataCaptureConfig=capture)
    release.release(captured, DeploymentConfig=deployment())
    release.first_bake()
    assert "DataCaptureConfig" not in release.described()
    assert release.answers(40) == {"blue": 30, "green": 10}
    assert release.until_idle()["DataCaptureConfig"]["CaptureStatus"] == "Started"
    listed = release.s3.list_objects_v2(Bucket=release.name, Prefix="capture/")["Contents"]
    lines = [
        line
        for item in listed
        for line in release.s3.get_object(Bucket=release.name, Key=item["Key"])["Body"]
        .read()
        .splitlines()
    ]
    assert len(lines) == 10 and all(b'"data":"green:1:"' in line for line in lines)
    assert all(f"/{release.name_of_endpoint}/One/" in item["Key"] for item in listed)


def test_a_retained_count_is_the_new_fleets_and_its_canary_is_measured_by_it(
    release: Release,
) -> None:
    capacity = [{"VariantName": "One", "DesiredInstanceCount": 8}]
    release.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=release.name_of_endpoint, DesiredWeightsAndCapacities=capacity
    )
    release.until_idle()
    size = {"Type": "INSTANCE_COUNT", "Value": 2}
    release.release(
        release.green, DeploymentConfig=deployment(size=size), RetainAllVariantProperties=True
    )
    release.first_bake()
    pending = release.pending()
    assert (pending["CurrentInstanceCount"], pending["DesiredInstanceCount"]) == (2, 8)
    assert release.answers(40) == {"blue": 30, "green": 10}
    (variant,) = release.until_idle()["ProductionVariants"]
    assert (variant["CurrentInstanceCount"], variant["DesiredInstanceCount"]) == (8, 8)


def test_the_last_deployment_config_can_be_used_again(release: Release) -> None:
    config = deployment(wait=600, final=0)
    release.release(release.green, DeploymentConfig=config)
    release.until_idle()
    release.release(release.blue, RetainDeploymentConfig=True)
    assert "canary capacity" in release.first_bake()
    assert release.until_idle()["LastDeploymentConfig"] == config
    assert "give one of them" in refusal(
        release.release,
        config=release.green,
        DeploymentConfig=config,
        RetainDeploymentConfig=True,
    )


def test_nothing_else_may_change_an_endpoint_whose_traffic_moves(release: Release) -> None:
    release.release(release.green, DeploymentConfig=deployment())
    release.first_bake()
    capacity = [{"VariantName": "One", "DesiredInstanceCount": 3}]
    in_progress = "ValidationException: Cannot update in-progress endpoint"
    name = {"EndpointName": release.name_of_endpoint}
    assert refusal(
        release.sagemaker.update_endpoint_weights_and_capacities,
        **name,
        DesiredWeightsAndCapacities=capacity,
    ).startswith(in_progress)
    assert refusal(release.release, config=release.blue).startswith(in_progress)
    assert refusal(release.sagemaker.delete_endpoint, **name).startswith(in_progress)
    assert release.answers(8) == {"blue": 6, "green": 2}


def test_a_rollback_alarm_that_does_not_exist_is_refused(release: Release) -> None:
    alarm = release.alarm()
    message = refusal(
        release.release,
        config=release.green,
        DeploymentConfig=deployment(alarms=(alarm, "nobody", "nothing")),
    )
    assert message == (
        "ValidationException: AutoRollbackConfiguration names CloudWatch alarms that do not "
        "exist: nobody, nothing."
    )
    assert release.described()["EndpointStatus"] == "InService"


def test_more_than_ten_alarms_are_refused_in_the_words_of_the_api(release: Release) -> None:
    alarms = tuple(f"alarm-{number}" for number in range(11))
    message = refusal(
        release.release, config=release.green, DeploymentConfig=deployment(alarms=alarms)
    )
    assert "at 'deploymentConfig.autoRollbackConfiguration.alarms' failed to satisfy" in message
    assert "Member must have length less than or equal to 10" in message


def test_a_guarded_release_keeps_the_names_of_the_variants(release: Release) -> None:
    models = f"{release.name}-blue", f"{release.name}-green"
    both = release.config(*models, name="both")
    message = refusal(release.release, config=both, DeploymentConfig=deployment())
    assert "must keep the names of the production variants (One), got One, Two." in message
    release.release(both)
    assert release.until_idle()["EndpointConfigName"] == both


def test_a_scaled_variant_keeps_its_instance_type(release: Release) -> None:
    variant = {
        "VariantName": "One",
        "ModelName": f"{release.name}-green",
        "InitialInstanceCount": 2,
        "InstanceType": "ml.m5.xlarge",
    }
    name = f"{release.name}-larger"
    release.sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
    scaling = release.later.client("application-autoscaling")
    target = {**SCALED, "ResourceId": f"endpoint/{release.name_of_endpoint}/variant/One"}
    scaling.register_scalable_target(**target, MinCapacity=2, MaxCapacity=4)
    assert refusal(release.release, config=name) == (
        'ValidationException: The variant(s) "One" must be deregistered as scalable targets with '
        "AWS Auto Scaling before they can be removed or have their instance type updated."
    )
    release.release(release.green)
    release.until_idle()
    scaling.deregister_scalable_target(**target)
    release.release(name)
    assert release.until_idle()["EndpointConfigName"] == name


def test_a_canary_above_half_is_refused_and_nothing_begins(release: Release) -> None:
    size = {"Type": "INSTANCE_COUNT", "Value": 2}
    with pytest.raises(ClientError, match="at most 50 % of the instance count of variant One"):
        release.release(release.green, DeploymentConfig=deployment(size=size))
    assert "LastDeploymentConfig" not in release.described()
