"""Transform jobs, by boto3."""

import gzip
import json
import re
import time
import uuid
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.jobs.batches import identified, requests
from local_aws.jobs.job import JobFailed
from tests.local_aws.definitions import condition, definition
from tests.local_aws.model_archives import ENVIRONMENT, archive
from tests.local_aws.stacks import eventually
from tests.local_aws.stage import Stage
from tests.local_aws.transforms import FORGETFUL, LINES, Transforms

pytestmark = pytest.mark.local_aws


@pytest.fixture(scope="module")
def stage(client: Callable[[str], Any]) -> Stage:
    return Stage(client)


@pytest.fixture(scope="module")
def transforms(client: Callable[[str], Any], stage: Stage) -> Transforms:
    """Its model answers each line of a request with how many lines that has; two objects wait."""
    made = Transforms(client, stage.model(archive({"word": "m", "code/inference.py": LINES})))
    made.put("in/a/one.csv", "1\n2\n")
    made.put("in/two.csv", "3")
    made.put("in/folder/")
    return made


def test_each_object_below_a_prefix_gets_its_answers(transforms: Transforms) -> None:
    job = transforms.run("in/", out="out/")

    assert job["TransformJobStatus"] == "Completed"
    assert transforms.held("out/") == {
        "out/a/one.csv.out": "1!2\n2!2\n",
        "out/two.csv.out": "3!1\n",
    }
    assert job["TransformEndTime"] >= job["TransformStartTime"] >= job["CreationTime"]


def test_an_object_that_is_not_split_is_one_request(transforms: Transforms) -> None:
    transforms.put("whole/one.csv", "1\n\n2\n")

    transforms.run("whole/", out="whole-out", SplitType="None", AssembleWith="None")

    # The model counts the lines that it got: the empty ones as well.
    assert transforms.held("whole-out/") == {"whole-out/one.csv.out": "1!4\n!4\n2!4\n!4"}


def test_a_single_record_makes_a_request_of_each_line(transforms: Transforms) -> None:
    transforms.put("single/one.csv", "1\n2\n3\n")

    transforms.run("single/", out="single-out", BatchStrategy="SingleRecord")

    assert transforms.held("single-out/") == {"single-out/one.csv.out": "1!1\n2!1\n3!1\n"}


def test_a_request_is_no_larger_than_the_payload(transforms: Transforms) -> None:
    line = "x" * 400_000
    transforms.put("large/one.csv", f"{line}\n{line}\n{line}\n")

    transforms.run("large/", out="large-out", MaxPayloadInMB=1)

    (answers,) = transforms.held("large-out/").values()
    assert [answer[-2:] for answer in answers.splitlines()] == ["!2", "!2", "!1"]


def test_a_record_larger_than_the_payload_fails_its_object_and_no_other(
    transforms: Transforms,
) -> None:
    transforms.put("huge/a.csv", "x" * 1_100_000)
    transforms.put("huge/b.csv", "1")

    job = transforms.run("huge/", out="huge-out", MaxPayloadInMB=1)

    assert (job["TransformJobStatus"], job["FailureReason"]) == (
        "Failed",
        "ClientError: A record of 1100000 bytes is larger than MaxPayloadInMB (1).",
    )
    assert transforms.held("huge-out/") == {"huge-out/b.csv.out": "1!1\n"}


@pytest.mark.parametrize(
    ("lengths", "records"),
    [([5, 4], [2]), ([5, 5], [1, 1]), ([10], [1]), ([3, 2, 2, 9], [3, 1]), ([3, 2, 4], [2, 1])],
)
def test_a_request_holds_as_many_records_as_fit_newlines_included(
    lengths: list[int], records: list[int]
) -> None:
    work: Any = SimpleNamespace(lines=True, single=False, most_bytes=10)
    lines = b"\n".join(b"x" * length for length in lengths)
    assert [body.count(b"\n") + 1 for body in requests(work, lines)] == records


def test_answers_get_ids_beside_what_they_hold_and_have_to_be_json_if_they_say_so() -> None:
    kept, wrapped = identified(b'{"score": 1}\n\n[1]', "application/json", moment="M").splitlines()
    assert json.loads(kept).keys() == {"score", "SageMakerInferenceId", "SageMakerInferenceTime"}
    assert json.loads(wrapped)["output"] == [1]
    with pytest.raises(JobFailed, match="ClientError: An answer is not JSON: 'yes'"):
        identified(b"yes", "application/json", moment="M")


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        ("{}", "is no manifest"),
        ('["a.csv"]', "is no manifest"),
        ("torn", "is no manifest"),
        ('[{"prefix": "s3://b/"}]', "names no object"),
        (None, "Failed to download"),
        ('[{"prefix": "s3://BUCKET/in/"}, "two.csv"]', "two.csv is not gzipped"),
        ('[{"prefix": "s3://BUCKET/in/"}, "none.csv"]', "Failed to download"),
    ],
)
def test_a_manifest_that_does_not_lead_to_records_fails_the_job(
    transforms: Transforms, manifest: str | None, reason: str
) -> None:
    key = f"lists/{uuid.uuid4()}.json"
    if manifest:
        transforms.put(key, manifest.replace("BUCKET", transforms.bucket))

    job = transforms.run(key, out="none", S3DataType="ManifestFile", CompressionType="Gzip")

    assert job["TransformJobStatus"] == "Failed"
    assert job["FailureReason"].startswith("ClientError: ")
    assert reason in job["FailureReason"]
    assert transforms.held("none/") == {}


def test_gzipped_objects_of_a_manifest_are_scored(transforms: Transforms) -> None:
    transforms.put("zipped/2026/one.csv.gz", gzip.compress(b"1\n2"))
    transforms.put("zipped/unlisted.csv.gz", b"no gzip")
    manifest = [{"prefix": transforms.uri("zipped/")}, "2026/one.csv.gz"]
    transforms.put("lists/m.json", json.dumps(manifest))

    transforms.run(
        "lists/m.json", out="zipped-out", S3DataType="ManifestFile", CompressionType="Gzip"
    )

    assert transforms.held("zipped-out/") == {"zipped-out/2026/one.csv.gz.out": "1!2\n2!2\n"}


def test_a_container_finds_what_it_is_run_for(transforms: Transforms) -> None:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-batch-code.html"""
    transforms.put("told/one.csv", "environment")

    transforms.run("told/", out="told-out", Environment={"COLOUR": "red"}, MaxPayloadInMB=2)

    (answer,) = transforms.held("told-out/").values()
    assert json.loads(answer) == {
        "SAGEMAKER_BATCH": "true",
        "SAGEMAKER_MAX_PAYLOAD_IN_MB": "2",
        "SAGEMAKER_BATCH_STRATEGY": "MULTI_RECORD",
        "SAGEMAKER_MAX_CONCURRENT_TRANSFORMS": "1",
        "COLOUR": "red",
    }


def test_an_object_that_the_model_cannot_answer_fails_the_job_and_loses_no_other(
    transforms: Transforms,
) -> None:
    transforms.put("bad/a.csv", "1")
    transforms.put("bad/b.csv", "raise")
    transforms.put("bad/c.csv", "3")

    job = transforms.run("bad/", out="bad-out", capture="bad-capture")

    assert job["TransformJobStatus"] == "Failed"
    assert job["FailureReason"] == "AlgorithmError: See job logs for more information"
    assert transforms.held("bad-out/") == {
        "bad-out/a.csv.out": "1!1\n",
        "bad-out/c.csv.out": "3!1\n",
    }
    assert transforms.held("bad-capture/") == {}
    (said, *_) = transforms.log(job, "data-log")
    assert "bad/b.csv: Bad HTTP status received from algorithm: 500" in said


def test_a_request_that_failed_is_tried_again(transforms: Transforms, stage: Stage) -> None:
    model = stage.model(archive({"word": "m", "code/inference.py": FORGETFUL}), name="forgetful")
    transforms.put("again/one.csv", "1")
    twice = {"InvocationsMaxRetries": 2, "InvocationsTimeoutInSeconds": 60}

    job = transforms.run("again/", out="again-out", ModelName=model, ModelClientConfig=twice)

    assert job["TransformJobStatus"] == "Completed", job
    once = {**twice, "InvocationsMaxRetries": 1}
    failed = transforms.run("again/", out="never", ModelName=model, ModelClientConfig=once)
    assert failed["TransformJobStatus"] == "Failed"


def test_a_model_that_does_not_start_fails_the_job(transforms: Transforms, stage: Stage) -> None:
    model = stage.model(archive({"code/inference.py": "raise SystemExit('no model')"}), name="dead")

    job = transforms.run("in/", out="dead-out", ModelName=model)

    assert job["TransformJobStatus"] == "Failed"
    assert "did not pass the ping health check" in job["FailureReason"]
    assert any("no model" in line for line in transforms.log(job))


def test_a_prefix_without_objects_fails_the_job(transforms: Transforms) -> None:
    job = transforms.run("nothing/", out="nothing-out")

    assert job["TransformJobStatus"] == "Failed"
    assert job["FailureReason"].startswith("ClientError: No S3 objects found under S3 URL")


def test_a_stopped_job_stores_nothing(transforms: Transforms) -> None:
    transforms.put("slow/a.csv", "1")
    transforms.put("slow/b.csv", f"wait {transforms.bucket}")
    name = transforms.start("slow/", out="slow-out")
    transforms.until_held("waiting")

    transforms.sagemaker.stop_transform_job(TransformJobName=name)
    job = transforms.ended(name)

    assert job["TransformJobStatus"] == "Stopped"
    assert transforms.held("slow-out/") == {}
    with pytest.raises(ClientError, match="is in status Stopped"):
        transforms.sagemaker.stop_transform_job(TransformJobName=name)


def test_capture_names_what_was_read_and_written(transforms: Transforms) -> None:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-batch.html"""
    transforms.put("seen/one.csv", "1")

    job = transforms.run("seen/", out="seen-out/", capture="capture/")

    hour = job["TransformStartTime"].strftime("%Y/%m/%d/%H")
    read, written = sorted(transforms.held("capture/").items())
    assert read[0].startswith(f"capture/input/{hour}/")
    assert json.loads(read[1]) == [{"prefix": transforms.uri("seen/")}, "one.csv"]
    assert written[0].startswith(f"capture/output/{hour}/")
    assert json.loads(written[1]) == [{"prefix": transforms.uri("seen-out/")}, "one.csv.out"]


@pytest.mark.parametrize("accept", ["text/csv", "application/jsonlines"])
def test_each_record_of_the_answers_can_have_an_inference_id(
    transforms: Transforms, accept: str
) -> None:
    transforms.put("ids/one.csv", "1\n2\n")
    out = f"ids-{accept[-3:]}"

    transforms.run("ids/", out=out, capture="ids-capture", identified=True, Accept=accept)

    (answers,) = transforms.held(f"{out}/").values()
    if accept == "text/csv":
        rows = [line.split(",") for line in answers.splitlines()]
    else:
        documents = [json.loads(line) for line in answers.splitlines()]
        rows = [[d["output"], d["SageMakerInferenceId"], d["SageMakerInferenceTime"]]
                for d in documents]  # fmt: skip
    assert [row[0] for row in rows] == ["1!2", "2!2"]
    assert len({row[1] for row in rows}) == 2
    for _, identity, moment in rows:
        assert re.fullmatch(r"[0-9a-f-]{36}", identity)
        time.strptime(moment, "%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(
    ("members", "refusal"),
    [
        ({"ModelName": "no-such-model"}, "Could not find model"),
        ({"SplitType": "RecordIO"}, "SplitType must be 'None' or 'Line' on the local AWS"),
        ({"S3DataType": "Converse"}, "S3DataType must be 'S3Prefix' or 'ManifestFile'"),
        ({"SplitType": "None", "BatchStrategy": "SingleRecord"}, "SingleRecord needs a SplitType"),
        ({"MaxPayloadInMB": 30, "MaxConcurrentTransforms": 4}, r"at most 100, got 4 \* 30"),
        ({"DataProcessing": {"InputFilter": "$[1:]"}}, "InputFilter must be '\\$' on the local"),
        ({"DataProcessing": {"JoinSource": "Input"}}, "JoinSource must be 'None' on the local AWS"),
        ({"capture": "c", "identified": True, "Accept": "image/png"}, "GenerateInferenceId needs"),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, dict) else "",
)
def test_what_cannot_be_done_is_refused(
    transforms: Transforms, members: dict[str, Any], refusal: str
) -> None:
    with pytest.raises(ClientError, match=refusal):
        transforms.start("in/", out="refused", **members)


def test_a_second_job_of_a_name_is_refused(transforms: Transforms) -> None:
    name = transforms.run("in/", out="first")["TransformJobName"]

    with pytest.raises(transforms.sagemaker.exceptions.ResourceInUse, match="already exists"):
        transforms.start("in/", out="second", TransformJobName=name)


def test_jobs_are_listed_newest_first(transforms: Transforms) -> None:
    first = transforms.run("in/", out="listed")["TransformJobName"]
    second = transforms.run("nothing/", out="listed")["TransformJobName"]

    listed = transforms.sagemaker.list_transform_jobs(NameContains=transforms.bucket)
    failed = transforms.sagemaker.list_transform_jobs(NameContains=first, StatusEquals="Failed")

    names = [job["TransformJobName"] for job in listed["TransformJobSummaries"]]
    assert names[:2] == [second, first]
    assert failed["TransformJobSummaries"] == []


def test_a_step_of_a_pipeline_transforms(transforms: Transforms) -> None:
    arguments = transforms.arguments({"Get": "Parameters.From"}, out="step-out")
    step = {"Name": "Score", "Type": "Transform", "Arguments": arguments}
    text = definition(
        condition("Any", then=[step]), parameters=[{"Name": "From", "Type": "String"}]
    )

    arn = transforms.workshop.start(text, From=transforms.uri("in/"))
    execution = transforms.workshop.executed(arn)

    assert execution["PipelineExecutionStatus"] == "Succeeded"
    made = transforms.workshop.steps(arn)["Score"]["Metadata"]["TransformJob"]["Arn"]
    name = made.rsplit("/")[-1]
    assert name.startswith(f"pipelines-{arn.rsplit('/')[-1]}-Score-")
    described = transforms.sagemaker.describe_transform_job(TransformJobName=name)
    assert described["TransformInput"] == {
        **arguments["TransformInput"],
        "DataSource": {
            "S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": transforms.uri("in/")}
        },
    }  # fmt: skip
    assert set(transforms.held("step-out/")) == {"step-out/a/one.csv.out", "step-out/two.csv.out"}


def test_a_step_whose_job_fails_fails_the_pipeline(transforms: Transforms) -> None:
    arguments = transforms.arguments(transforms.uri("nothing/"), out="step-none")
    arn = transforms.workshop.start(
        definition({"Name": "Score", "Type": "Transform", "Arguments": arguments})
    )

    assert transforms.workshop.executed(arn)["PipelineExecutionStatus"] == "Failed"
    reason = transforms.workshop.steps(arn)["Score"]["FailureReason"]
    assert reason.startswith("ClientError: ClientError: No S3 objects found")


@pytest.mark.parametrize(
    ("prefix", "counted"), [("in/", "ExecutionSucceeded"), ("nothing/", "ExecutionFailed")]
)
def test_executions_are_counted(
    transforms: Transforms, client: Callable[[str], Any], prefix: str, counted: str
) -> None:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html"""
    arguments = transforms.arguments(transforms.uri(prefix), out="counted")
    arn = transforms.workshop.start(
        definition({"Name": "Score", "Type": "Transform", "Arguments": arguments})
    )
    transforms.workshop.executed(arn)
    pipeline = arn.split("/")[1]

    def names() -> set[str] | None:
        listed = client("cloudwatch").list_metrics(
            Namespace="AWS/Sagemaker/ModelBuildingPipeline",
            Dimensions=[{"Name": "PipelineName", "Value": pipeline}],
        )["Metrics"]
        found = {metric["MetricName"] for metric in listed}
        return found if len(found) == 3 else None

    assert eventually(names) == {"ExecutionStarted", counted, "ExecutionDuration"}


def test_variables_of_the_job_overrule_those_of_the_model(
    transforms: Transforms, stage: Stage
) -> None:
    model = stage.model(
        archive({"word": "m", "code/inference.py": LINES}),
        name="coloured",
        environment={**ENVIRONMENT, "COLOUR": "blue"},
    )
    transforms.put("colour/one.csv", "environment")

    transforms.run("colour/", out="colour-out", ModelName=model, Environment={"COLOUR": "red"})

    (answer,) = transforms.held("colour-out/").values()
    assert json.loads(answer)["COLOUR"] == "red"
