"""Where objects of an input land, and what an image URI stands for."""

import re
from importlib.metadata import version
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.stub import Stubber

from local_aws.core.errors import NotImplementedHere
from local_aws.jobs import images, storage
from local_aws.jobs.images import image
from local_aws.jobs.storage import TransferFailed, keys, relative_path, split
from local_aws.launch import free_port
from local_aws.ministack.scope import scope


@pytest.mark.parametrize(
    ("key", "prefix", "expected"),
    [
        pytest.param("data/a/b.csv", "data/", "a/b.csv", id="folder"),
        pytest.param("data/a/b.csv", "data", "a/b.csv", id="folder-without-slash"),
        pytest.param("data/b.csv", "data/b.csv", "b.csv", id="one-object"),
        pytest.param("data/part-1.csv", "data/part", "part-1.csv", id="inside-a-name"),
        pytest.param("a.csv", "", "a.csv", id="whole-bucket"),
    ],
)
def test_an_object_lands_below_the_folder_that_its_prefix_names(
    key: str, prefix: str, expected: str
) -> None:
    assert relative_path(key, prefix) == expected


def test_a_uri_is_split_at_its_bucket_whatever_the_key_holds() -> None:
    assert split("s3://bucket/a#b?c/d e") == ("bucket", "a#b?c/d e")


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Stubber:
    """An S3 that answers what a test says."""
    client = boto3.client(
        "s3", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    monkeypatch.setattr(storage, "client", lambda service: client)
    return Stubber(client)


def refusal_of(uri: str) -> TransferFailed:
    with pytest.raises(TransferFailed) as refused:
        keys(uri, role="arn:aws:iam::123456789012:role/jobs")
    return refused.value


def test_a_bucket_that_does_not_exist_has_no_objects(s3: Stubber) -> None:
    s3.add_client_error("list_objects_v2", "NoSuchBucket", http_status_code=404)
    with s3, scope("123456789012", "us-east-1"):
        said = str(refusal_of("s3://nobody/data"))
    assert said.startswith('No S3 objects found under S3 URL "s3://nobody/data"')


@pytest.mark.parametrize("code", ["AccessDenied", "InternalError"])
def test_what_s3_refuses_to_list_is_told_in_its_words(s3: Stubber, code: str) -> None:
    s3.add_client_error("list_objects_v2", code, "not today", http_status_code=500)
    with s3:
        refused = refusal_of("s3://bucket/data")
    assert str(refused) == (
        f"Failed to list the objects below s3://bucket/data: An error occurred ({code}) when"
        " calling the ListObjectsV2 operation: not today"
    )
    assert isinstance(refused.__cause__, ClientError)


def test_an_s3_that_cannot_be_reached_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    client = boto3.client(
        "s3",
        region_name="us-east-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
        endpoint_url=f"http://127.0.0.1:{free_port()}",
        config=Config(retries={"total_max_attempts": 1}),
    )
    monkeypatch.setattr(storage, "client", lambda service: client)
    refused = refusal_of("s3://bucket/data")
    assert str(refused).startswith("Failed to list the objects below s3://bucket/data: Could not")
    assert isinstance(refused.__cause__, EndpointConnectionError)


@pytest.mark.parametrize(
    "uri",
    [
        "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0",
        "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost@sha256:0a1b",
    ],
)
def test_an_image_is_known_by_its_repository_whatever_its_account_and_tag(uri: str) -> None:
    assert image(uri).repository == "sagemaker-xgboost"


@pytest.mark.parametrize(
    "uri",
    [
        "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.5",
        "sagemaker-xgboost-fork:1",
        "",
    ],
)
def test_an_unknown_image_is_refused_by_name(uri: str) -> None:
    with pytest.raises(NotImplementedHere) as refused:
        image(uri)

    assert refused.value.message == (
        "The local AWS has no Docker and stands in for the images sagemaker-xgboost,"
        f" sagemaker-scikit-learn only, got {uri!r}."
    )


def test_the_page_of_limits_names_the_versions_that_run_here() -> None:
    page = Path(images.__file__).with_name("README.md").read_text()

    packages = "xgboost-cpu|scikit-learn|pandas|numpy|sagemaker-training"
    named = set(re.findall(rf"({packages}) (\d\S*?),? ", page))

    assert {name for name, _ in named} == {
        "xgboost-cpu", "scikit-learn", "pandas", "numpy", "sagemaker-training",
    }  # fmt: skip
    assert named == {(name, version(name)) for name, _ in named}
