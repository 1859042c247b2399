"""How each kind of thing is deleted. Deleting what is not there is no error.

Each function gets the world and a name; it returns what a person should know of it, mostly nothing,
and lets AWS's errors through.
"""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.world import World

KEY_WAITS_DAYS = 7
"""The shortest time that KMS lets a key wait for its deletion.

https://docs.aws.amazon.com/kms/latest/cryptographic-details/key-deletion.html
"""

TRIES = 5
"""At emptying a bucket that others still write to, such as one for access logs."""


def absent(error: ClientError) -> bool:
    """Whether AWS says that there is no such thing."""
    code = error.response["Error"].get("Code", "")
    text = error.response["Error"].get("Message", "")
    named = code.endswith(("NotFound", "NotFoundException", "NoSuchBucket", "NonExistentQueue"))
    # SageMaker has no error of its own for models, configs and groups that are not there.
    told = code == "ValidationException" and ("Could not find" in text or "does not exist" in text)
    return named or told or code in ("QueueDoesNotExist", "ParameterNotFound")


def bucket(world: World, name: str) -> str:
    """Every version and every upload in it, then the bucket."""
    s3 = world.client("s3")
    for tries_left in reversed(range(TRIES)):
        _empty(s3, name)
        try:
            s3.delete_bucket(Bucket=name)
            break
        except ClientError as error:
            if error.response["Error"]["Code"] != "BucketNotEmpty" or not tries_left:
                raise
    return ""


def _empty(s3: Any, name: str) -> None:
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=name):
        found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        objects = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in found]
        if objects:
            told = s3.delete_objects(Bucket=name, Delete={"Objects": objects, "Quiet": True})
            for refused in told.get("Errors", []):
                raise ClientError({"Error": refused}, "DeleteObjects")
    for page in s3.get_paginator("list_multipart_uploads").paginate(Bucket=name):
        for upload in page.get("Uploads", []):
            s3.abort_multipart_upload(Bucket=name, Key=upload["Key"], UploadId=upload["UploadId"])


def endpoint_config(world: World, name: str) -> str:
    """An endpoint config that a stack kept."""
    world.client("sagemaker").delete_endpoint_config(EndpointConfigName=name)
    return ""


def key(world: World, name: str) -> str:
    """A key, which KMS lets wait."""
    kms = world.client("kms")
    state = kms.describe_key(KeyId=name)["KeyMetadata"]["KeyState"]
    if state != "PendingDeletion":
        kms.schedule_key_deletion(KeyId=name, PendingWindowInDays=KEY_WAITS_DAYS)
    return f"can't be used any more, and is gone after {KEY_WAITS_DAYS} days"


def job_log(world: World, name: str) -> str:
    """The streams of one job, out of a log group that all jobs of the account share."""
    group, _, job = name.partition(":")
    logs = world.client("logs")
    pages = logs.get_paginator("describe_log_streams")
    streams = [
        stream["logStreamName"]
        for page in pages.paginate(logGroupName=group, logStreamNamePrefix=f"{job}/")
        for stream in page["logStreams"]
    ]
    for stream in streams:
        logs.delete_log_stream(logGroupName=group, logStreamName=stream)
    return ""


def log_group(world: World, name: str) -> str:
    """A log group with its streams."""
    world.client("logs").delete_log_group(logGroupName=name)
    return ""


def model(world: World, name: str) -> str:
    """A model that a stack kept."""
    world.client("sagemaker").delete_model(ModelName=name)
    return ""


def model_package_group(world: World, name: str) -> str:
    """A group's versions, then the group, which has to be empty."""
    sagemaker = world.client("sagemaker")
    pages = sagemaker.get_paginator("list_model_packages").paginate(ModelPackageGroupName=name)
    for arn in [p["ModelPackageArn"] for page in pages for p in page["ModelPackageSummaryList"]]:
        sagemaker.delete_model_package(ModelPackageName=arn)
    sagemaker.delete_model_package_group(ModelPackageGroupName=name)
    return ""


def parameter(world: World, name: str) -> str:
    """A parameter of a model, such as its slot."""
    world.client("ssm").delete_parameter(Name=name)
    return ""


def queue(world: World, name: str) -> str:
    """A queue that the rehearsal listened with."""
    sqs = world.client("sqs")
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"])
    return ""


def rule(world: World, name: str) -> str:
    """A rule that the rehearsal listened with."""
    events = world.client("events")
    targets = [target["Id"] for target in events.list_targets_by_rule(Rule=name)["Targets"]]
    if targets:
        events.remove_targets(Rule=name, Ids=targets)
    events.delete_rule(Name=name)
    return ""


KINDS: dict[str, Callable[[World, str], str]] = {
    "rule": rule,
    "queue": queue,
    "parameter": parameter,
    "model package group": model_package_group,
    "endpoint config": endpoint_config,
    "model": model,
    "job log": job_log,
    "log group": log_group,
    "bucket": bucket,
    "key": key,
}
"""In the order in which they are deleted: a key last, since what it encrypts is read before."""

BY_HAND = {
    "stack": "aws cloudformation update-termination-protection --no-enable-termination-protection"
             " --stack-name {0}, then aws cloudformation delete-stack --stack-name {0}",
    "rule": "aws events remove-targets and delete-rule, of {}",
    "queue": "aws sqs get-queue-url --queue-name {}, then aws sqs delete-queue",
    "parameter": "aws ssm delete-parameter --name {}",
    "model package group": "delete its versions, then aws sagemaker delete-model-package-group"
                           " --model-package-group-name {}",
    "endpoint config": "aws sagemaker delete-endpoint-config --endpoint-config-name {}",
    "model": "aws sagemaker delete-model --model-name {}",
    "job log": "aws logs delete-log-stream, of the group and job {}",
    "log group": "aws logs delete-log-group --log-group-name {}",
    "bucket": "empty it with all versions in the console, then aws s3api delete-bucket --bucket {}",
    "key": f"aws kms schedule-key-deletion --pending-window-in-days {KEY_WAITS_DAYS} --key-id {{}}",
}  # fmt: skip
"""What a person does where the clean-up could not."""
