"""Preflight with each fault present: what it says, and that it changes nothing."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import Stubber

from local_aws.launch import ACCOUNT, LocalAws
from operate.account import READS, Account
from operate.preflight.assembly import read_assembly
from operate.preflight.checks import CHECKS
from operate.preflight.finding import Weight
from operate.preflight.images import images
from operate.preflight.quotas import quotas
from operate.preflight.template import World
from tests.local_aws.test_monitoring_records import definition as job_definition
from tests.operate.conftest import Said
from tests.operate.planned import (
    BOOTSTRAP,
    IMAGE,
    MAPPINGS,
    NAME,
    ROLE,
    SLOT,
    config,
    write_assembly,
)
from tests.operate.stage import SmallStage

pytestmark = pytest.mark.local_aws

Operate = Callable[..., Said]
HERE = World(ACCOUNT, "us-east-1")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallStage]:
    """A bootstrapped account, and a registry that has the image."""
    with LocalAws.start(tmp_path_factory.mktemp("preflight")) as aws:
        stage = SmallStage(aws)
        stage.client("ssm").put_parameter(Name=BOOTSTRAP, Type="String", Value="25")
        stage.client("iam").create_role(RoleName=ROLE, AssumeRolePolicyDocument="{}")
        yield stage


@pytest.fixture
def found(
    operate: Operate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., list[str]]:
    """The findings on an assembly, but for quotas and images, which have tests of their own."""
    for check in ("quotas", "images"):
        monkeypatch.delitem(CHECKS, check)

    def run(**changed: Any) -> list[str]:
        folder = write_assembly(tmp_path / "cdk.out", **changed)
        said = operate("preflight", "--assembly", str(folder), "--json")
        told = json.loads(said.out)
        assert said.code == any(f["weight"] == "stops" for f in told)
        return [f"{f['weight']} {f['check']}: {f['what']} -> {f['todo']}" for f in told]

    return run


def test_an_account_that_fits_has_no_finding_and_is_only_read(
    found: Callable[..., list[str]], calls: list[str]
):
    assert found() == []
    reads = tuple(read.removesuffix("_").capitalize() for read in READS)
    assert len(calls) > 10
    assert [call for call in calls if not call.startswith(reads)] == []


def test_an_account_without_bootstrap_is_told_the_command(
    stage: SmallStage, found: Callable[..., list[str]]
):
    stage.client("ssm").delete_parameter(Name=BOOTSTRAP)
    stage.client("iam").delete_role(RoleName=ROLE)
    command = f"`cdk bootstrap aws://{ACCOUNT}/us-east-1`"
    version, role = found()
    assert version.startswith(f"stops bootstrap: the account is not bootstrapped there: no SSM"
                              f" parameter {BOOTSTRAP} -> {command}")  # fmt: skip
    assert f"role/{ROLE} is not there -> {command}" in role
    stage.client("ssm").put_parameter(Name=BOOTSTRAP, Type="String", Value="5")
    stage.client("iam").create_role(RoleName=ROLE, AssumeRolePolicyDocument="{}")
    [old] = found()
    assert "the bootstrap stack has version 5, the stacks need 6" in old
    stage.client("ssm").put_parameter(Name=BOOTSTRAP, Type="String", Value="25", Overwrite=True)


def test_every_name_that_is_taken_is_named_with_what_to_do(
    stage: SmallStage, found: Callable[..., list[str]]
):
    sagemaker, cloudwatch = stage.client("sagemaker"), stage.client("cloudwatch")
    bucket = f"perennial-dev-data-{ACCOUNT}-us-east-1"
    stage.client("s3").create_bucket(Bucket=bucket)
    sagemaker.create_model_package_group(ModelPackageGroupName=NAME)
    sagemaker.create_pipeline(
        PipelineName=NAME,
        PipelineDefinition='{"Version": "2020-12-01", "Parameters": [], "Steps": []}',
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/pipeline",
        ClientRequestToken="t" * 32,
    )
    cloudwatch.put_metric_alarm(
        AlarmName=f"{NAME}-drift",
        Namespace="N",
        MetricName="M",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    cloudwatch.put_composite_alarm(AlarmName=f"{NAME}-degraded", AlarmRule=f'ALARM("{NAME}-drift")')
    cloudwatch.put_dashboard(DashboardName=NAME, DashboardBody='{"widgets": []}')
    log = "/aws/vendedlogs/states/dev-promotion"
    stage.client("logs").create_log_group(logGroupName=log)
    stage.client("scheduler").create_schedule(
        Name=f"{NAME}-daily",
        ScheduleExpression="rate(1 day)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:q",
            "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/r",
        },
    )
    stage.make_machine("promotion")
    told = found()
    taken = {
        "bucket": bucket,
        "model package group": NAME,
        "pipeline": NAME,
        "alarm": f"{NAME}-drift",
        "composite alarm": f"{NAME}-degraded",
        "dashboard": NAME,
        "log group": log,
        "schedule": f"{NAME}-daily",
        "state machine": "dev-promotion",
    }
    assert [line.split(" -> ")[0] for line in told] == [
        f"stops names: the {noun} {name} exists already and belongs to no stack called Dev-All"
        for noun, name in taken.items()
    ]
    assert "adopt it: `cdk deploy --import-existing-resources Dev/All`" in told[0]
    assert "adopt it" in told[1]
    assert all("delete the" in line for line in told[2:])


def test_what_the_stack_itself_has_made_is_no_clash(
    stage: SmallStage, found: Callable[..., list[str]]
):
    before = len(found())
    assert before == 9
    for name in ("degraded", "drift"):
        stage.client("cloudwatch").delete_alarms(AlarmNames=[f"{NAME}-{name}"])
    alarm = {
        "AlarmName": f"{NAME}-drift",
        "Namespace": "N",
        "MetricName": "M",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    degraded = {
        "AlarmName": f"{NAME}-degraded",
        "AlarmRule": {"Fn::Sub": 'ALARM("${Alarm.Arn}")'},
    }
    made = {
        "Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": alarm},
        "Degraded": {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": degraded},
    }
    stage.stack("All", {}, made)
    assert len(found()) == before - 2


def test_a_slot_that_was_left_is_told_with_what_it_would_serve(
    stage: SmallStage, found: Callable[..., list[str]]
):
    ssm = stage.client("ssm")
    ssm.put_parameter(Name=SLOT, Type="StringList", Value="NONE,NONE")
    assert not [line for line in found() if "slot" in line]
    ssm.put_parameter(Name=SLOT, Type="StringList", Value="arn:one,s3://b", Overwrite=True)
    [told] = [line for line in found() if "slot" in line]
    assert told.startswith("later names: the slot /perennial/dev/flight-delay/slot exists")
    assert "says 'arn:one,s3://b', which the first deployment would serve" in told


def test_an_instance_type_under_autoscaling_can_t_be_changed(
    stage: SmallStage, found: Callable[..., list[str]]
):
    stage.serve(stage.register(), "config")

    def told(instance_type: str) -> list[str]:
        lines = found(Config=config(instance_type))
        return [line for line in lines if line.startswith("stops autoscaling")]

    assert told("ml.m5.xlarge") == []
    stage.client("application-autoscaling").register_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId=f"endpoint/{NAME}/variant/AllTraffic",
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        MinCapacity=2,
        MaxCapacity=4,
    )
    assert told("ml.m5.large") == []
    [line] = told("ml.m5.xlarge")
    assert "endpoint dev-flight-delay runs on ml.m5.large and is to run on ml.m5.xlarge" in line
    assert "deregister-scalable-target" in line and "docs/how-to/deploy.md" in line


def test_an_endpoint_can_t_be_served_in_another_way_in_place(
    stage: SmallStage, found: Callable[..., list[str]]
):
    version = {"VariantName": "AllTraffic", "ModelName": "m"}
    serverless = {**version, "ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 1}}
    planned = {
        "Type": "AWS::SageMaker::EndpointConfig",
        "Properties": {"ProductionVariants": [serverless]},
    }

    def told(config: dict[str, Any]) -> list[str]:
        return [line for line in found(Config=config) if line.startswith("stops moving")]

    if not stage.client("sagemaker").list_endpoints()["Endpoints"]:
        assert told(planned) == []
        stage.serve(stage.register(), "config")
    assert told(config("ml.m5.large")) == []
    [line] = told(planned)
    assert "endpoint dev-flight-delay is on instances and is to be serverless" in line
    assert "taking stack Dev-All down" in line and "docs/how-to/serve.md" in line


def test_model_monitor_is_unknown_until_the_account_has_a_schedule(
    stage: SmallStage, found: Callable[..., list[str]]
):
    watch = {
        "Type": "AWS::SageMaker::MonitoringSchedule",
        "Properties": {"MonitoringScheduleName": f"{NAME}-watch"},
    }
    [told] = [line for line in found(Watch=watch) if "engine" in line]
    assert told.startswith("unknown monitoring engine: Dev-All need SageMaker Model Monitor")
    assert "closed to new customers" in told and "monitoring=OpenEngine()" in told
    sagemaker = stage.client("sagemaker")
    sagemaker.create_data_quality_job_definition(
        JobDefinitionName="definition", **job_definition(NAME)
    )
    sagemaker.create_monitoring_schedule(
        MonitoringScheduleName="used-before",
        MonitoringScheduleConfig={
            "ScheduleConfig": {"ScheduleExpression": "cron(0 * ? * * *)"},
            "MonitoringJobDefinitionName": "definition",
            "MonitoringType": "DataQuality",
        },
    )
    assert not [line for line in found(Watch=watch) if "engine" in line]


def test_stacks_that_go_elsewhere_are_refused(operate: Operate, tmp_path: Path):
    folder = write_assembly(tmp_path, environment="aws://210987654321/eu-west-1")
    said = operate("preflight", "--assembly", str(folder))
    assert said.code == 1
    assert said.err == (
        f"operate: the credentials are of {ACCOUNT}, us-east-1, and the stacks go to 210987654321,"
        " eu-west-1; give --profile and --region of one of these\n"
    )


@pytest.mark.parametrize("content", [None, "{}", "not json"])
def test_a_folder_that_is_no_assembly_is_refused(
    operate: Operate, tmp_path: Path, content: str | None
):
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)
    said = operate("preflight", "--assembly", str(tmp_path))
    assert (said.code, len(said.err.splitlines())) == (1, 1)
    assert "is no whole cloud assembly" in said.err and "`cdk synth`" in said.err


def test_an_unknown_stage_is_refused(operate: Operate, tmp_path: Path):
    folder = write_assembly(tmp_path)
    said = operate("preflight", "--assembly", str(folder), "--stage", "Dve")
    assert said.code == 1
    assert "has no stacks of a stage 'Dve'" in said.err


def test_people_read_weight_check_and_what_to_do(operate: Operate, tmp_path: Path):
    said = operate("preflight", "--assembly", str(write_assembly(tmp_path)))
    lines = said.out.splitlines()
    assert lines[0] == f"preflight of 1 stacks   account {ACCOUNT}, us-east-1"
    assert any(line.startswith("STOPS     images: there is no image") for line in lines)
    assert any(line.startswith("          -> ") for line in lines)
    assert lines[-1].endswith("findings stop a deployment")
    assert "\x1b" not in said.out


# What the local AWS lacks, answered by botocore's own models.


@pytest.fixture
def account(operate: Operate) -> Account:
    return Account()


def stubbed(account: Account, service: str) -> Stubber:
    stubber = Stubber(account._client(service))
    stubber.activate()
    return stubber


def quota(name: str, value: float) -> dict[str, Any]:
    return {"QuotaName": name, "QuotaCode": "L-1", "Value": value, "ServiceCode": "sagemaker"}


@pytest.mark.parametrize(
    ("endpoint", "processing", "said"),
    [
        (8, 2, []),
        (7, 2, [(Weight.LATER, "endpoint usage' is 7, and 8 may be needed at once")]),
        (1, 2, [(Weight.STOPS, "endpoint usage' is 1, the first deployment or run needs 2")]),
        (8, 1, [(Weight.STOPS, "processing job usage' is 1, the first deployment or run needs 2")]),
    ],
)
def test_a_quota_is_held_against_what_the_templates_ask(
    account: Account,
    tmp_path: Path,
    endpoint: int,
    processing: int,
    said: list[tuple[Weight, str]],
):
    stubber = stubbed(account, "service-quotas")
    asked = {"ServiceCode": "sagemaker"}
    training = quota("ml.m5.xlarge for training job usage", 1)
    jobs = quota("ml.m5.xlarge for processing job usage", processing)
    default = {"Quotas": [quota("ml.m5.large for endpoint usage", 0)], "NextToken": "more"}
    stubber.add_response("list_aws_default_service_quotas", default, asked)
    more = {"Quotas": [training, jobs]}
    stubber.add_response("list_aws_default_service_quotas", more, asked | {"NextToken": "more"})
    own = {"Quotas": [quota("ml.m5.large for endpoint usage", endpoint)]}
    stubber.add_response("list_service_quotas", own, asked)
    findings = list(quotas(account, HERE, read_assembly(write_assembly(tmp_path))))
    assert [finding.weight for finding in findings] == [weight for weight, _ in said]
    assert all(text in found.what for found, (_, text) in zip(findings, said, strict=True))
    assert all("request-service-quota-increase" in finding.todo for finding in findings)
    stubber.assert_no_pending_responses()


def test_an_instance_type_without_a_quota_can_t_be_told(account: Account, tmp_path: Path):
    stubber = stubbed(account, "service-quotas")
    for operation in ("list_aws_default_service_quotas", "list_service_quotas"):
        stubber.add_response(operation, {"Quotas": []}, {"ServiceCode": "sagemaker"})
    findings = list(quotas(account, HERE, read_assembly(write_assembly(tmp_path))))
    assert [finding.weight for finding in findings] == [Weight.UNKNOWN] * 3
    assert "no quota 'ml.m5.large for endpoint usage' in us-east-1" in findings[0].what


def test_a_check_that_is_denied_is_a_finding_and_the_others_go_on(
    operate: Operate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    client = Account._client

    def denying(self: Account, service: str) -> Any:
        found = client(self, service)
        if service == "service-quotas":
            stubber = Stubber(found)
            stubber.add_client_error("list_aws_default_service_quotas", "AccessDeniedException")
            stubber.activate()
        return found

    monkeypatch.setattr(Account, "_client", denying)
    said = operate("preflight", "--assembly", str(write_assembly(tmp_path)), "--json")
    told = {finding["check"]: finding for finding in json.loads(said.out)}
    assert told["quotas"]["weight"] == "unknown"
    assert "refused with AccessDeniedException" in told["quotas"]["what"]
    assert "your credentials lack that permission" in told["quotas"]["what"]
    assert "images" in told


@pytest.mark.parametrize(
    ("code", "weight", "text"),
    [
        ("ImageNotFoundException", Weight.STOPS, f"there is no image {IMAGE}"),
        ("RepositoryNotFoundException", Weight.STOPS, f"there is no image {IMAGE}"),
        ("AccessDeniedException", Weight.UNKNOWN, f"whether {IMAGE} is there can't be told"),
    ],
)
def test_an_image_is_asked_for_in_its_registry(
    account: Account, tmp_path: Path, code: str, weight: Weight, text: str
):
    stubber = stubbed(account, "ecr")
    asked = {
        "registryId": "683313688378",
        "repositoryName": "sagemaker-xgboost",
        "imageIds": [{"imageTag": "3.2-0"}],
    }
    stacks = read_assembly(write_assembly(tmp_path))
    stubber.add_client_error("describe_images", code, "no", expected_params=asked)
    [finding] = images(account, HERE, stacks)
    assert finding.weight is weight
    assert text in finding.what
    stubber.add_response("describe_images", {"imageDetails": [{}]}, asked)
    assert list(images(account, HERE, stacks)) == []


def test_a_region_without_a_registry_is_told_with_those_that_have_one(
    account: Account, tmp_path: Path
):
    stacks = read_assembly(write_assembly(tmp_path))
    [finding] = images(account, World(ACCOUNT, "ap-south-9"), stacks)
    assert finding.weight is Weight.STOPS
    regions = ", ".join(sorted(MAPPINGS["Images"]))
    assert finding.what == (
        f"Dev-All knows no registry of XgboostAccount in ap-south-9; it knows those of {regions}"
    )
