"""Which captured data and labels lie in a window of time, as inputs of processing jobs.

Capture of endpoints: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html
and of batch transforms: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-batch.html
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from local_aws.core.clients import client
from local_aws.core.errors import ApiError
from local_aws.core.operations import dispatch
from local_aws.jobs.storage import TransferFailed, keys, split
from local_aws.monitoring.definition import Definition

Input = dict[str, Any]
GROUND_TRUTH = "/opt/ml/processing/groundtruth"


class Hours:
    """The hours that a window touches, as the folders of captured data are named."""

    def __init__(self, start: float, end: float) -> None:
        """From `start` until before `end`, both in seconds since the epoch."""
        first = datetime.fromtimestamp(start // 3600 * 3600, UTC)
        count = max(0, -int((start // 3600 * 3600 - end) // 3600))
        self.folders = [f"{first + timedelta(hours=n):%Y/%m/%d/%H}" for n in range(count)]

    def found(self, prefix: str, *, role: str) -> list[str]:
        """Those of them that have an object below a prefix."""
        days = dict.fromkeys(folder.rpartition("/")[0] for folder in self.folders)
        full = {key for day in days for key in _folders(f"{prefix}/{day}", role=role)}
        bucket_key = split(prefix)[1]
        return [each for each in self.folders if f"{bucket_key}/{each}" in full]


def endpoint_data(definition: Definition, hours: Hours) -> Iterator[Input]:
    """What the endpoint captured, an input for each of its variants and hours."""
    described = _described(definition.endpoint)
    capture = described.get("DataCaptureConfig")
    if not capture:
        return
    root = f"{capture['DestinationS3Uri'].rstrip('/')}/{definition.endpoint}"
    for variant in described["ProductionVariants"]:
        name = variant["VariantName"]
        for hour in hours.found(f"{root}/{name}", role=definition.job["RoleArn"]):
            place = f"{definition.local_path}/{definition.endpoint}/{name}/{hour}"
            yield file_input(f"{root}/{name}/{hour}", place)


def transform_data(definition: Definition, hours: Hours) -> Iterator[Input]:
    """What batch transforms captured: the files that the manifests of each hour name."""
    side = "output" if definition.kind.labelled else "input"
    root, role = f"{definition.captured}/{side}", definition.job["RoleArn"]
    for hour in hours.found(root, role=role):
        for number, uri in enumerate(_manifested(f"{root}/{hour}", role=role)):
            yield file_input(uri, f"{definition.local_path}/{hour}/{number}")


def merged_data(definition: Definition, root: str, hours: Hours) -> Iterator[Input]:
    """What the merge job wrote below a prefix, an input for each hour."""
    variants = _described(definition.endpoint).get("ProductionVariants", ())
    owners = [f"{definition.endpoint}/{each['VariantName']}" for each in variants]
    for owner in owners if definition.endpoint else [""]:
        prefix = f"{root}/{owner}".rstrip("/")
        for hour in hours.found(prefix, role=definition.job["RoleArn"]):
            yield file_input(f"{prefix}/{hour}", f"{definition.local_path}/{owner}/{hour}")


def labels(definition: Definition, hours: Hours) -> Iterator[Input]:
    """The ground truth that was collected in these hours.

    https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-merge.html
    """
    root = str(definition.ground_truth)
    for hour in hours.found(root, role=definition.job["RoleArn"]):
        yield file_input(f"{root}/{hour}", f"{GROUND_TRUTH}/{hour}")


def named(prefix: str, inputs: Iterator[Input]) -> list[Input]:
    """The inputs with names: `endpoint_input_1` and so on."""
    return [{"InputName": f"{prefix}_{n}", **each} for n, each in enumerate(inputs, start=1)]


def file_input(uri: str, local_path: str) -> Input:
    """An input, still without a name: the objects below a URI, or one object, and their place."""
    return {
        "AppManaged": False,
        "S3Input": {
            "S3Uri": uri,
            "LocalPath": local_path.replace("//", "/"),
            "S3DataType": "S3Prefix",
            "S3InputMode": "File",
            "S3DataDistributionType": "FullyReplicated",
            "S3CompressionType": "None",
        },
    }


def _described(endpoint: str | None) -> Mapping[str, Any]:
    try:
        return dispatch("sagemaker", "DescribeEndpoint", {"EndpointName": endpoint})
    except ApiError:
        return {}


def _folders(prefix: str, *, role: str) -> set[str]:
    """The folders of the objects below a prefix."""
    try:
        return {key.rpartition("/")[0] for key in keys(f"{prefix}/", role=role)}
    except TransferFailed:
        return set()


def _manifested(prefix: str, *, role: str) -> Iterator[str]:
    bucket = split(prefix)[0]
    for key in keys(f"{prefix}/", role=role):
        body = client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        head, *names = json.loads(body)
        yield from (f"{head['prefix']}{name}" for name in names)
