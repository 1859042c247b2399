"""CloudWatch's alarm operations, called by real clients."""

import json
import os
import subprocess
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.core import api, members
from local_aws.launch import LocalAws
from tests.local_aws.stacks import eventually

pytestmark = pytest.mark.local_aws
SINGLE: dict[str, Any] = {
    "Namespace": "Probe",
    "MetricName": "m",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanThreshold",
}
TOPIC = "arn:aws:sns:us-east-1:123456789012:topic"


@pytest.fixture
def cloudwatch(client: Callable[[str], Any]) -> Any:
    return client("cloudwatch")


@pytest.fixture
def name(cloudwatch: Any) -> str:
    """The name of an alarm that is there."""
    made = f"alarm-{uuid.uuid4().hex[:8]}"
    cloudwatch.put_metric_alarm(AlarmName=made, **SINGLE)
    return made


def metric(name: str = "m1", **members: Any) -> dict[str, Any]:
    stat = {"Metric": {"Namespace": "Probe", "MetricName": "m"}, "Period": 60, "Stat": "Sum"}
    return {"Id": name, "MetricStat": {**stat, **members}, "ReturnData": False}


def time(cloudwatch: Any) -> datetime:
    """What time it is there."""
    cloudwatch.put_metric_alarm(AlarmName="clock", **SINGLE)
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=["clock"])["MetricAlarms"]
    now: datetime = alarm["AlarmConfigurationUpdatedTimestamp"]
    return now


def refusal(call: Callable[..., Any], **given: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        call(**given)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def test_an_alarm_is_described_as_it_was_put(cloudwatch: Any, name: str) -> None:
    (first,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    given = {
        **SINGLE,
        "AlarmDescription": "text",
        "Dimensions": [{"Name": "E", "Value": "a"}],
        "EvaluationPeriods": 3,
        "DatapointsToAlarm": 2,
        "TreatMissingData": "ignore",
        "Unit": "Count",
        "ActionsEnabled": False,
        "AlarmActions": [TOPIC],
        "OKActions": [],
        "InsufficientDataActions": [TOPIC],
    }
    cloudwatch.put_metric_alarm(AlarmName=name, **given)
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    assert {member: alarm[member] for member in given} == given
    assert alarm["StateValue"] == "INSUFFICIENT_DATA"
    assert alarm["StateReason"] == "Unchecked: Initial alarm creation"
    configured = "AlarmConfigurationUpdatedTimestamp"
    assert alarm[configured] > first[configured] == alarm["StateTransitionedTimestamp"]
    assert alarm.keys() <= api.service_model("cloudwatch").shape_for("MetricAlarm").members.keys()


def test_every_member_of_put_metric_alarm_is_honoured_or_refused(
    cloudwatch: Any, name: str
) -> None:
    """What is neither in supported.toml nor in kept.toml is refused by name."""
    window = {"WallClockWindow": {"Timezone": "UTC"}}
    query = {"Query": "up", "PendingPeriod": 60, "RecoveryPeriod": 60}
    beyond: dict[str, Any] = {
        "ThresholdMetricId": "m1",
        "EvaluationWindow": window,
        "WarmUpConfiguration": {"WarmUpPeriodDurationInMinutes": 5},
        "EvaluationCriteria": {"PromQLCriteria": query},
        "EvaluationInterval": 60,
    }
    for member, value in beyond.items():
        given = {"AlarmName": name, **SINGLE, member: value}
        code, text = refusal(cloudwatch.put_metric_alarm, **given)
        assert code == "NotImplementedByLocalAws"
        assert member in text
    for member, value in (("AccountId", "123456789012"), ("Period", 60)):
        given = {**metric(), "ReturnData": True, member: value}
        rest = {k: SINGLE[k] for k in ("EvaluationPeriods", "Threshold", "ComparisonOperator")}
        code, text = refusal(cloudwatch.put_metric_alarm, AlarmName=name, Metrics=[given], **rest)
        assert (code, f"Metrics[].{member}" in text) == ("NotImplementedByLocalAws", True)
    shape = api.input_shape("cloudwatch", "PutMetricAlarm")
    given_back = members.kept("cloudwatch", "PutMetricAlarm")
    rows = [*members.supported("cloudwatch", "PutMetricAlarm"), *given_back]
    honoured = {row.partition("[")[0].partition(".")[0] for row in rows}
    assert shape.members.keys() - honoured == beyond.keys() - {"EvaluationWindow"}


def test_a_wall_clock_window_is_refused_also_without_a_time_zone(
    cloudwatch: Any, name: str
) -> None:
    code, _ = refusal(
        cloudwatch.put_metric_alarm,
        AlarmName=name,
        **SINGLE,
        EvaluationWindow={"WallClockWindow": {}},
    )
    assert code == "NotImplementedByLocalAws"


def test_a_sliding_window_is_the_one_there_is(cloudwatch: Any, name: str) -> None:
    cloudwatch.put_metric_alarm(AlarmName=name, **SINGLE, EvaluationWindow={"SlidingWindow": {}})
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    assert alarm["EvaluationWindow"] == {"SlidingWindow": {}}


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"Statistic": None}, "Exactly one of Statistic and ExtendedStatistic"),
        ({"ExtendedStatistic": "p99"}, "Exactly one of Statistic and ExtendedStatistic"),
        ({"Statistic": None, "ExtendedStatistic": "p101"}, "percentile like p99, got p101"),
        ({"Period": 45}, "10, 20, 30 or a multiple of 60, got 45"),
        ({"Period": 90}, "10, 20, 30 or a multiple of 60, got 90"),
        ({"Period": None}, "Period is required"),
        ({"Namespace": None}, "Namespace is required"),
        ({"Threshold": None}, "Threshold is required"),
        ({"EvaluationPeriods": 1441}, "at most 86400 seconds for a period of 60"),
        ({"Period": 3600, "EvaluationPeriods": 169}, "at most 604800 seconds"),
        ({"DatapointsToAlarm": 2}, "at most EvaluationPeriods (1), got 2"),
        ({"TreatMissingData": "guess"}, "TreatMissingData must be one of missing, ignore"),
        ({"Statistic": "Median"}, "enum value set"),
        ({"AlarmActions": [TOPIC] * 6}, "length less than or equal to 5"),
        ({"EvaluateLowSampleCountPercentile": "ignore"}, "needs ExtendedStatistic"),
        ({"Metrics": [metric()]}, "can't be given together with MetricName"),
    ],
)
def test_a_configuration_that_cannot_be_is_a_validation_error(
    cloudwatch: Any, name: str, members: dict[str, Any], text: str
) -> None:
    given = {k: v for k, v in {**SINGLE, **members}.items() if v is not None}
    code, message = refusal(cloudwatch.put_metric_alarm, AlarmName=name, **given)
    assert code == "ValidationError"
    assert text in message


@pytest.mark.parametrize(
    ("metrics", "text"),
    [
        ([metric()], "Exactly one element of Metrics must have ReturnData true"),
        ([{"Id": "e", "Expression": "1", "ReturnData": True}], "1 to 10 metrics, got 0"),
        (
            [metric(), {"Id": "e", "Expression": "SUM(m1)", "ReturnData": True}],
            "single time series",
        ),
        (
            [metric(), {"Id": "e", "Expression": "METRICS() * 2", "ReturnData": True}],
            "single time series",
        ),
        (
            [
                metric(),
                metric("m2", Period=300),
                {"Id": "e", "Expression": "m1 + m2", "ReturnData": True},
            ],
            "the same period",
        ),
        ([metric(), metric(), {"Id": "e", "Expression": "m1", "ReturnData": True}], "must differ"),
        (
            [
                metric(),
                {"Id": "e", "Expression": "f + m1", "ReturnData": True},
                {"Id": "f", "Expression": "e + m1", "ReturnData": False},
            ],
            "in a circle",
        ),
        ([metric(), {"Id": "e", "Expression": "m3", "ReturnData": True}], "Invalid token 'm3'"),
    ],
)
def test_metrics_that_make_no_alarm_are_a_validation_error(
    cloudwatch: Any, name: str, metrics: list[Any], text: str
) -> None:
    rest = {k: SINGLE[k] for k in ("EvaluationPeriods", "Threshold", "ComparisonOperator")}
    code, message = refusal(cloudwatch.put_metric_alarm, AlarmName=name, Metrics=metrics, **rest)
    assert code == "ValidationError"
    assert text in message


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"ComparisonOperator": "LessThanLowerOrGreaterThanUpperThreshold"}, "anomaly detection"),
        ({"Statistic": None, "ExtendedStatistic": "tm99"}, "percentiles of extended statistics"),
        ({"AlarmActions": ["arn:aws:automate:us-east-1:ec2:stop"]}, "ec2:stop"),
    ],
)
def test_what_only_aws_does_is_refused_plainly(
    cloudwatch: Any, name: str, members: dict[str, Any], text: str
) -> None:
    given = {k: v for k, v in {**SINGLE, **members}.items() if v is not None}
    code, message = refusal(cloudwatch.put_metric_alarm, AlarmName=name, **given)
    assert (code, text in message) == ("NotImplementedByLocalAws", True)


def test_alarms_are_listed_by_name_in_pages(cloudwatch: Any) -> None:
    prefix = f"listed-{uuid.uuid4().hex[:6]}"
    for letter in "cab":
        cloudwatch.put_metric_alarm(AlarmName=f"{prefix}-{letter}", **SINGLE)
    pages = cloudwatch.get_paginator("describe_alarms").paginate(
        AlarmNamePrefix=prefix, PaginationConfig={"PageSize": 2}
    )
    names = [[alarm["AlarmName"][-1] for alarm in page["MetricAlarms"]] for page in pages]
    assert names == [["a", "b"], ["c"]]


def test_alarms_are_chosen_by_state_action_type_and_family(cloudwatch: Any, name: str) -> None:
    above = f"{name}-above"
    cloudwatch.put_composite_alarm(
        AlarmName=above, AlarmRule=f"ALARM({name})", AlarmActions=[f"{TOPIC}-{name}"]
    )

    def names(**given: Any) -> list[str]:
        found = cloudwatch.describe_alarms(**given)
        listed = [*found["MetricAlarms"], *found["CompositeAlarms"]]
        return [alarm["AlarmName"] for alarm in listed]

    both = ["MetricAlarm", "CompositeAlarm"]
    assert names(AlarmNamePrefix=name) == [name]
    assert names(AlarmNamePrefix=name, AlarmTypes=both) == [name, above]
    assert names(AlarmNamePrefix=name, AlarmTypes=both, StateValue="OK") == [above]
    assert names(ActionPrefix=f"{TOPIC}-{name}", AlarmTypes=both) == [above]
    assert names(ChildrenOfAlarmName=above) == [name]
    assert names(ParentsOfAlarmName=name) == [above]
    code, _ = refusal(cloudwatch.describe_alarms, ParentsOfAlarmName=name, StateValue="OK")
    assert code == "ValidationError"


def test_alarms_of_a_metric_are_those_with_its_dimensions(cloudwatch: Any) -> None:
    prefix = f"of-metric-{uuid.uuid4().hex[:6]}"
    given = {**SINGLE, "Namespace": prefix}
    cloudwatch.put_metric_alarm(AlarmName=f"{prefix}-plain", **given)
    dimensions = [{"Name": "E", "Value": "a"}]
    cloudwatch.put_metric_alarm(AlarmName=f"{prefix}-of-a", **given, Dimensions=dimensions)

    def names(**more: Any) -> list[str]:
        found = cloudwatch.describe_alarms_for_metric(Namespace=prefix, MetricName="m", **more)
        return [alarm["AlarmName"] for alarm in found["MetricAlarms"]]

    assert names() == [f"{prefix}-plain"]
    assert names(Dimensions=dimensions) == [f"{prefix}-of-a"]
    assert names(Statistic="Average") == []


def test_a_changed_state_is_told_to_topics_rules_and_the_history(
    client: Callable[[str], Any], cloudwatch: Any
) -> None:
    made = f"told-{uuid.uuid4().hex[:8]}"
    sqs = client("sqs")
    url = sqs.create_queue(QueueName=made)["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    topic = client("sns").create_topic(Name=made)["TopicArn"]
    client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue["QueueArn"])
    pattern = {
        "source": ["aws.cloudwatch"],
        "detail-type": ["CloudWatch Alarm State Change"],
        "detail": {"alarmName": [made], "state": {"value": ["ALARM"]}},
    }
    client("events").put_rule(Name=made, EventPattern=json.dumps(pattern))
    client("events").put_targets(Rule=made, Targets=[{"Id": "1", "Arn": queue["QueueArn"]}])
    cloudwatch.put_metric_alarm(AlarmName=made, **SINGLE, AlarmActions=[topic])
    cloudwatch.set_alarm_state(
        AlarmName=made, StateValue="ALARM", StateReason="by hand", StateReasonData='{"by": "hand"}'
    )
    bodies: list[Any] = []

    def both() -> bool:
        found = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1, MaxNumberOfMessages=10)
        bodies.extend(json.loads(each["Body"]) for each in found.get("Messages", ()))
        return {"Message", "detail"} <= {key for body in bodies for key in body}

    eventually(both)
    event = next(body for body in bodies if "detail" in body)
    message = next(json.loads(body["Message"]) for body in bodies if "Message" in body)
    assert event["detail"]["state"]["reasonData"] == '{"by": "hand"}'
    assert (message["AlarmName"], message["NewStateReason"]) == (made, "by hand")
    history = cloudwatch.describe_alarm_history(AlarmName=made)["AlarmHistoryItems"]
    assert [item["HistorySummary"] for item in history] == [
        f"Successfully executed action {topic}",
        "Alarm updated from INSUFFICIENT_DATA to ALARM",
        f'Alarm "{made}" created',
    ]
    told = json.loads(history[1]["HistoryData"])
    assert told["oldState"]["stateReason"] == "Unchecked: Initial alarm creation"
    assert told["newState"]["stateReasonData"] == {"by": "hand"}


def test_the_history_outlives_its_alarm_and_is_chosen_by_what_happened(
    cloudwatch: Any, name: str
) -> None:
    cloudwatch.delete_alarms(AlarmNames=[name])
    paginator = cloudwatch.get_paginator("describe_alarm_history")

    def summaries(**given: Any) -> list[str]:
        pages = paginator.paginate(AlarmName=name, **given, PaginationConfig={"PageSize": 1})
        return [item["HistorySummary"] for page in pages for item in page["AlarmHistoryItems"]]

    assert summaries() == [f'Alarm "{name}" deleted', f'Alarm "{name}" created']
    assert summaries(ScanBy="TimestampAscending")[0] == f'Alarm "{name}" created'
    assert summaries(HistoryItemType="StateUpdate") == []
    assert summaries(EndDate=time(cloudwatch) - timedelta(hours=1)) == []
    assert summaries(AlarmTypes=["CompositeAlarm"]) == []


def test_actions_are_switched(cloudwatch: Any, name: str) -> None:
    def enabled() -> bool:
        (alarm,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
        return bool(alarm["ActionsEnabled"])

    cloudwatch.disable_alarm_actions(AlarmNames=[name])
    assert not enabled()
    cloudwatch.enable_alarm_actions(AlarmNames=[name, "nobody"])
    assert enabled()


def test_tags_are_given_at_creation_and_changed_by_their_operations(cloudwatch: Any) -> None:
    made = f"tagged-{uuid.uuid4().hex[:8]}"
    cloudwatch.put_metric_alarm(AlarmName=made, **SINGLE, Tags=[{"Key": "a", "Value": "1"}])
    cloudwatch.put_metric_alarm(AlarmName=made, **SINGLE, Tags=[{"Key": "b", "Value": "2"}])
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=[made])["MetricAlarms"]
    arn = alarm["AlarmArn"]

    def tags() -> dict[str, str]:
        found = cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"]
        return {each["Key"]: each["Value"] for each in found}

    assert tags() == {"a": "1"}
    cloudwatch.tag_resource(ResourceARN=arn, Tags=[{"Key": "c", "Value": "3"}])
    cloudwatch.untag_resource(ResourceARN=arn, TagKeys=["a"])
    assert tags() == {"c": "3"}
    code, _ = refusal(cloudwatch.list_tags_for_resource, ResourceARN=f"{arn}-nobody")
    assert code == "ResourceNotFoundException"


def test_an_alarm_that_is_not_there_has_no_state(cloudwatch: Any) -> None:
    code, _ = refusal(
        cloudwatch.set_alarm_state, AlarmName="nobody", StateValue="OK", StateReason="none"
    )
    assert code == "ResourceNotFound"


@pytest.mark.parametrize(
    ("datum", "code"),
    [
        ({}, "InvalidParameterCombination"),
        ({"Value": 1.0, "Values": [1.0]}, "InvalidParameterCombination"),
        ({"Values": [1.0], "Counts": [1.0, 2.0]}, "InvalidParameterValue"),
        ({"Value": 1.0, "StorageResolution": 30}, "ValidationError"),
        ({"Value": 1.0, "Timestamp": 0}, "InvalidParameterValue"),
    ],
)
def test_data_that_is_no_datum_is_refused(cloudwatch: Any, datum: Any, code: str) -> None:
    given = {"Namespace": "Probe", "MetricData": [{"MetricName": "m", **datum}]}
    assert refusal(cloudwatch.put_metric_data, **given)[0] == code


def test_data_about_entities_is_refused(cloudwatch: Any) -> None:
    data = [{"MetricData": [{"MetricName": "m", "Value": 1.0}]}]
    code, text = refusal(cloudwatch.put_metric_data, Namespace="Probe", EntityMetricData=data)
    assert (code, "EntityMetricData" in text) == ("NotImplementedByLocalAws", True)


def test_what_was_put_can_be_read_as_statistics(cloudwatch: Any) -> None:
    namespace = f"Read{uuid.uuid4().hex[:8]}"
    data = [
        {"MetricName": "m", "Values": [1.0, 3.0], "Counts": [3.0, 1.0], "Unit": "Count"},
        {
            "MetricName": "m",
            "StatisticValues": {"SampleCount": 2, "Sum": 14, "Minimum": 5, "Maximum": 9},
        },
    ]
    cloudwatch.put_metric_data(Namespace=namespace, MetricData=data)
    now = time(cloudwatch)
    found = cloudwatch.get_metric_statistics(
        Namespace=namespace,
        MetricName="m",
        StartTime=now - timedelta(minutes=5),
        EndTime=now + timedelta(minutes=5),
        Period=3600,
        Statistics=["Sum", "Maximum", "SampleCount"],
    )["Datapoints"]
    assert sum(point["Sum"] for point in found) == 20.0
    assert sum(point["SampleCount"] for point in found) == 6.0


def test_a_state_machine_puts_data_and_looks_at_alarms(
    client: Callable[[str], Any], cloudwatch: Any, name: str
) -> None:
    """With a list and a nested list in the input, and a list of alarms in the answer."""
    namespace = f"Machine{uuid.uuid4().hex[:8]}"
    datum = {"MetricName": "m", "Value": 1, "Dimensions": [{"Name": "E", "Value": "a"}]}
    put = "arn:aws:states:::aws-sdk:cloudwatch:putMetricData"
    look = "arn:aws:states:::aws-sdk:cloudwatch:describeAlarms"
    states: dict[str, Any] = {
        "Put": {
            "Type": "Task",
            "Resource": put,
            "Parameters": {"Namespace": namespace, "MetricData": [datum]},
            "Next": "Look",
        },
        "Look": {
            "Type": "Task",
            "Resource": look,
            "Parameters": {"AlarmNames": [name]},
            "End": True,
        },
    }
    machines = client("stepfunctions")
    machine = machines.create_state_machine(
        name=namespace,
        definition=json.dumps({"StartAt": "Put", "States": states}),
        roleArn="arn:aws:iam::123456789012:role/machine",
    )["stateMachineArn"]
    started = machines.start_execution(stateMachineArn=machine)["executionArn"]

    def ended() -> Any:
        found = machines.describe_execution(executionArn=started)
        return None if found["status"] == "RUNNING" else found

    done = eventually(ended)
    assert done["status"] == "SUCCEEDED", done
    assert json.loads(done["output"])["MetricAlarms"][0]["AlarmName"] == name
    (listed,) = cloudwatch.list_metrics(Namespace=namespace)["Metrics"]
    assert listed["Dimensions"] == [{"Name": "E", "Value": "a"}]


def test_the_aws_command_puts_and_describes_alarms(aws: LocalAws) -> None:
    def run(*words: str) -> str:
        command = ["aws", "cloudwatch", *words]
        environment = {**os.environ, **aws.environment()}
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
        return done.stdout

    made = f"cli-{uuid.uuid4().hex[:8]}"
    options = [f"--{k}={v}" for k, v in {"alarm-name": made, "namespace": "P"}.items()]
    run(
        "put-metric-alarm",
        *options,
        *("--metric-name=m", "--statistic=Sum", "--period=60", "--evaluation-periods=1"),
        *("--threshold=1", "--comparison-operator=GreaterThanThreshold"),
    )
    found = json.loads(run("describe-alarms", "--alarm-names", made))
    assert [alarm["AlarmName"] for alarm in found["MetricAlarms"]] == [made]


def test_an_operation_that_is_not_there_is_refused_plainly(cloudwatch: Any) -> None:
    code, _ = refusal(cloudwatch.describe_anomaly_detectors)
    assert code == "NotImplementedByLocalAws"


def test_another_protocol_is_told_that_it_is_not_spoken(aws: LocalAws) -> None:
    scope = "20260101/us-east-1/monitoring/aws4_request"
    request = urllib.request.Request(
        aws.endpoint_url,
        b"Action=PutMetricAlarm&AlarmName=a&Version=2010-08-01",
        {
            "content-type": "application/x-www-form-urlencoded",
            "authorization": f"AWS4-HMAC-SHA256 Credential=123456789012/{scope}",
        },
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    assert "speaks AWS's JSON protocol only" in refused.value.read().decode()
