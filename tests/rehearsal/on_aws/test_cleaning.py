"""The clean-up deletes what the rehearsal made, whole, and nothing else, as often as one likes."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.mailbox import Mailbox
from rehearsal.on_aws import deleting, stock
from rehearsal.on_aws.cleaning import clean_up
from rehearsal.on_aws.listener import Listener
from rehearsal.on_aws.record import Made, Record
from rehearsal.on_aws.stock import JOB_LOGS, described, take
from rehearsal.world import World
from tests.local_aws.definitions import definition, processing
from tests.local_aws.model_archives import ENVIRONMENT, IMAGE, echo
from tests.rehearsal.on_aws.conftest import make_stack, one

pytestmark = pytest.mark.local_aws
GROUP = "dev-cleaned"


def buckets(world: World) -> set[str]:
    return {bucket["Name"] for bucket in world.client("s3").list_buckets()["Buckets"]}


def key_states(world: World) -> dict[str, str]:
    kms = world.client("kms")
    keys = [key["KeyId"] for key in kms.list_keys()["Keys"]]
    return {key: kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] for key in keys}


def log_groups(world: World) -> set[str]:
    return {g["logGroupName"] for g in world.client("logs").describe_log_groups()["logGroups"]}


def fill(world: World, bucket: str) -> None:
    """Two versions of an object, one that is deleted, and an upload that was never finished."""
    s3 = world.client("s3")
    for body in (b"one", b"two"):
        s3.put_object(Bucket=bucket, Key="kept", Body=body)
    s3.put_object(Bucket=bucket, Key="deleted", Body=b"x")
    s3.delete_object(Bucket=bucket, Key="deleted")
    s3.create_multipart_upload(Bucket=bucket, Key="unfinished")


def cleaned(world: World, record: Record) -> tuple[list[str], list[str]]:
    """What was told, and what is left."""
    told: list[str] = []
    left = clean_up(world, record, told.append)
    return told, [str(one) for one in left]


def versioned(name: str, *, kept: bool = True) -> dict[str, Any]:
    return one(
        "AWS::S3::Bucket", kept=kept, BucketName=name,
        VersioningConfiguration={"Status": "Enabled"},
    )  # fmt: skip


def test_all_that_the_stacks_keep_goes_with_them_and_the_record_last(world: World, record: Record):
    s3, sagemaker = world.client("s3"), world.client("sagemaker")
    s3.create_bucket(Bucket="somebodys")
    s3.put_object(Bucket="somebodys", Key="precious", Body=b"x")
    somebodys_key = world.client("kms").create_key()["KeyMetadata"]["KeyId"]
    make_stack(world, "Dev-One", {
        "Bucket": versioned("made-by-us"), "Key": one("AWS::KMS::Key", kept=True, KeyPolicy={}),
        "Log": one("AWS::Logs::LogGroup", kept=True, LogGroupName="/aws/lambda/slots"),
        "Short": one("AWS::Logs::LogGroup", LogGroupName="/aws/vendedlogs/states/x"),
    })  # fmt: skip
    make_stack(world, "Dev-Two", {
        "Group": one("AWS::SageMaker::ModelPackageGroup", kept=True, ModelPackageGroupName=GROUP),
    })  # fmt: skip
    sagemaker.create_model_package_group(ModelPackageGroupName="somebodys")
    for group in (GROUP, GROUP, "somebodys"):
        sagemaker.create_model_package(ModelPackageGroupName=group, ModelPackageDescription="a")
    fill(world, "made-by-us")
    told, left = cleaned(world, record)
    assert left == []
    assert buckets(world) == {"somebodys"}
    assert s3.get_object(Bucket="somebodys", Key="precious")["Body"].read() == b"x"
    groups = sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"]
    assert [group["ModelPackageGroupName"] for group in groups] == ["somebodys"]
    assert log_groups(world).isdisjoint({"/aws/lambda/slots", "/aws/vendedlogs/states/x"})
    states = key_states(world)
    assert states.pop(somebodys_key) == "Enabled"
    assert set(states.values()) == {"PendingDeletion"}
    assert described(world, "Dev-One") is described(world, "Dev-Two") is None
    assert told.index("deletes stack Dev-Two") < told.index("deletes stack Dev-One")
    assert not record.path.exists()


def test_a_stack_of_the_same_name_that_this_run_did_not_make_stays(world: World, record: Record):
    make_stack(world, "Dev-One", {"Bucket": versioned("of-another-run")}, run="another-run")
    make_stack(world, "Dev-Two", {"Bucket": versioned("of-a-person")}, run=None)
    fill(world, "of-a-person")
    told, left = cleaned(world, record)
    assert left == []
    assert told == [f"stack Dev-{n} is not this rehearsal's, and stays" for n in ("One", "Two")]
    assert {"of-another-run", "of-a-person"} <= buckets(world)
    for name in ("Dev-One", "Dev-Two"):
        world.client("cloudformation").update_termination_protection(
            StackName=name, EnableTerminationProtection=False
        )
        world.client("cloudformation").delete_stack(StackName=name)


def run_once(world: World, pipeline: str) -> str:
    """Run a pipeline of one processing step; the job's name."""
    sagemaker = world.client("sagemaker")
    run = sagemaker.start_pipeline_execution(PipelineName=pipeline)["PipelineExecutionArn"]
    world.await_arrow(
        "pipeline -> end",
        lambda: sagemaker.describe_pipeline_execution(PipelineExecutionArn=run),
        expected="its end",
        until=lambda found: found["PipelineExecutionStatus"] == "Succeeded",
    )
    [step] = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=run)[
        "PipelineExecutionSteps"
    ]
    return str(step["Metadata"]["ProcessingJob"]["Arn"].rpartition("/")[2])


def test_streams_of_its_jobs_go_from_the_log_group_that_all_jobs_share(
    world: World, record: Record
):
    logs, shared = world.client("logs"), JOB_LOGS["ProcessingJob"]
    make_stack(world, "Dev-One", {"Pipeline": one(
        "AWS::SageMaker::Pipeline", PipelineName="dev-jobs",
        PipelineDefinition={"PipelineDefinitionBody": definition(processing("Step", "true"))},
        RoleArn="arn:aws:iam::123456789012:role/pipeline",
    )})  # fmt: skip
    job = run_once(world, "dev-jobs")
    if shared not in log_groups(world):
        logs.create_log_group(logGroupName=shared)
    for stream in (f"{job}/algo-1-1", f"{job}2/algo-1-1", "theirs/algo-1-1"):
        logs.create_log_stream(logGroupName=shared, logStreamName=stream)
    assert cleaned(world, record)[1] == []
    streams = logs.describe_log_streams(logGroupName=shared)["logStreams"]
    assert {s["logStreamName"] for s in streams} == {f"{job}2/algo-1-1", "theirs/algo-1-1"}


def test_the_queues_and_the_rule_it_listened_with_go(world: World, record: Record):
    make_stack(world, "Dev-One", {"Topic": one("AWS::SNS::Topic")})
    [topic] = [t["TopicArn"] for t in world.client("sns").list_topics()["Topics"]]
    world.client("sqs").create_queue(QueueName="somebodys")
    Mailbox(world, topic)
    Listener.of(world, record, group="dev-named")
    assert len(world.client("sqs").list_queues()["QueueUrls"]) == 3
    assert cleaned(world, record)[1] == []
    [queue] = world.client("sqs").list_queues()["QueueUrls"]
    assert queue.endswith("/somebodys")
    assert world.client("events").list_rules()["Rules"] == []


@pytest.fixture
def tells(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets stacks tell of one thing more, of a type that a small test can't have made."""
    events = stock.stack_events

    def more(kind: str, name: str, status: str = "CREATE_COMPLETE") -> None:
        event = {"ResourceType": kind, "PhysicalResourceId": name, "ResourceStatus": status}
        monkeypatch.setattr(stock, "stack_events", lambda *args: [*events(*args), event])

    return more


def test_parameters_beside_a_slot_are_the_models_and_go(
    world: World, record: Record, tells: Callable[..., None]
):
    ssm = world.client("ssm")
    ours = ("slot", "lock", "retraining/request")
    for name in (*(f"named/{name}" for name in ours), "named-else/slot"):
        ssm.put_parameter(Name=f"/perennial/dev/{name}", Type="String", Value="x")
    make_stack(world, "Dev-One", {"Topic": one("AWS::SNS::Topic")})
    tells("Custom::ModelSlot", "/perennial/dev/named/slot")
    assert cleaned(world, record)[1] == []
    names = {p["Name"] for p in ssm.describe_parameters()["Parameters"]}
    assert names == {"/perennial/dev/named-else/slot"}


@pytest.mark.parametrize("before", [True, False])
def test_logs_of_an_endpoint_go_unless_they_were_here_before_it(
    world: World, record: Record, tells: Callable[..., None], before: bool
):
    name = "/aws/sagemaker/Endpoints/dev-old"
    world.client("logs").create_log_group(logGroupName=name)
    record.before += [name] * before
    record.save()
    make_stack(world, "Dev-One", {"Topic": one("AWS::SNS::Topic")})
    tells("AWS::SageMaker::Endpoint", "arn:aws:sagemaker:us-east-1:123456789012:endpoint/dev-old")
    assert cleaned(world, record)[1] == []
    assert (name in log_groups(world)) is before
    if before:
        world.client("logs").delete_log_group(logGroupName=name)


def test_a_name_that_a_stack_failed_to_make_is_not_taken_for_its_own(
    world: World, record: Record, tells: Callable[..., None]
):
    """The event of a failure names the bucket that was there before."""
    world.client("s3").create_bucket(Bucket="was-here-first")
    make_stack(world, "Dev-One", {"Topic": one("AWS::SNS::Topic")})
    tells("AWS::S3::Bucket", "was-here-first", "CREATE_FAILED")
    assert cleaned(world, record)[1] == []
    assert "was-here-first" in buckets(world)


def test_a_config_that_was_replaced_and_kept_goes_with_its_model(
    world: World, record: Record, tells: Callable[..., None]
):
    """As after a release: the event of the new one is an update's, and the old one was kept."""
    sagemaker = world.client("sagemaker")
    make_stack(world, "Dev-One", {"Topic": one("AWS::SNS::Topic")})
    world.client("s3").create_bucket(Bucket="archives")
    world.client("s3").put_object(Bucket="archives", Key="model.tar.gz", Body=echo("one"))
    sagemaker.create_model(
        ModelName="kept", ExecutionRoleArn="arn:aws:iam::123456789012:role/serving",
        PrimaryContainer={
            "Image": IMAGE, "ModelDataUrl": "s3://archives/model.tar.gz",
            "Environment": ENVIRONMENT,
        },
    )  # fmt: skip
    tells("AWS::SageMaker::Model", "arn:aws:sagemaker:us-east-1:123456789012:model/kept",
          "UPDATE_COMPLETE")  # fmt: skip
    assert cleaned(world, record)[1] == []
    assert sagemaker.list_models()["Models"] == []


def test_stock_is_taken_of_what_the_platform_adds_to_its_things(world: World, record: Record):
    custom = {"Type": "AWS::SSM::Parameter", "Properties": {
        "Name": "/perennial/dev/stock/slot", "Type": "String", "Value": "x"}}  # fmt: skip
    stack = make_stack(world, "Dev-One", {"Slot": custom, "Topic": one("AWS::SNS::Topic")})
    assert take(world, record) == []
    kinds = {thing.kind for thing in record.made}
    assert kinds == {"stack", "queue"}
    assert {thing.stack for thing in record.made} == {stack}
    again = Record.load(record.path)
    assert again is not None and again.made == record.made
    assert cleaned(world, record)[1] == []


def test_a_second_clean_up_has_nothing_to_do_and_says_so(world: World, record: Record):
    names = {"bucket": "gone-before", "key": "12345678-1234-1234-1234-123456789012",
             "log group": "/gone", "parameter": "/gone", "job log": "/gone:job"}  # fmt: skip
    record.add([Made(kind, names.get(kind, "gone")) for kind in deleting.KINDS])
    told, left = cleaned(world, record)
    assert left == []
    # MiniStack lists no targets of a rule that is not there, where EventBridge knows no such rule.
    told.remove("rule gone is deleted")
    assert len(told) == 9 and all(line.endswith("was not there") for line in told)
    assert not record.path.exists()


def test_what_can_t_be_deleted_is_told_with_its_command_and_stays_in_the_record(
    world: World, record: Record, monkeypatch: pytest.MonkeyPatch
):
    make_stack(world, "Dev-One", {"Bucket": versioned("stubborn")})

    def refuse(*_: object) -> str:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "DeleteBucket")

    monkeypatch.setitem(deleting.KINDS, "bucket", refuse)
    _, [left] = cleaned(world, record)
    assert left.startswith("bucket stubborn: An error occurred (AccessDenied)")
    assert "aws s3api delete-bucket --bucket stubborn" in left
    found = Record.load(record.path)
    assert found is not None and [thing.name for thing in found.made] == ["stubborn"]
    monkeypatch.undo()
    assert cleaned(world, found)[1] == []
    assert "stubborn" not in buckets(world)


def test_what_belongs_to_a_stack_that_stays_is_left_alone(
    world: World, record: Record, monkeypatch: pytest.MonkeyPatch
):
    stack = make_stack(world, "Dev-One", {"Bucket": versioned("in-use")})
    client = world.client("cloudformation")

    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "DeleteStack")

    with monkeypatch.context() as patched:
        patched.setattr(client, "delete_stack", refuse)
        _, left = cleaned(world, record)
    assert left[0].startswith(f"stack {stack}: An error occurred (AccessDenied)")
    assert left[1].startswith("bucket in-use: its stack is still there")
    assert "in-use" in buckets(world)
    assert cleaned(world, record)[1] == []
