"""Where objects of an input land, and what an image URI stands for."""

import re
from importlib.metadata import version
from pathlib import Path

import pytest

from local_aws.core.errors import NotImplementedHere
from local_aws.jobs import images
from local_aws.jobs.images import image
from local_aws.jobs.storage import relative_path, split


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
