"""Buckets that nobody reads by accident and nobody loses by mistake."""

from typing import Any

import pytest
from aws_cdk import Duration, Stack

from mlops_constructs.foundation import StageKey, StageStorage
from tests.constructs_library.someones_app import new_stack, of_type, statements, synthesized


def storage_in(stack: Stack, **changed: Any) -> StageStorage:
    return StageStorage(
        stack,
        "Storage",
        prefix="mine",
        key=StageKey(stack, "Key", alias="alias/mine"),
        capture_expires_after=Duration.days(30),
        **changed,
    )


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    stack = new_stack()
    storage_in(stack)
    return synthesized(stack)


def buckets(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Purpose to bucket; the purpose is the second word of its name."""
    return {
        bucket["Properties"]["BucketName"]["Fn::Join"][1][0].split("-")[1]: bucket
        for bucket in of_type(template, "AWS::S3::Bucket")
        if "BucketName" in bucket["Properties"]
    }


def test_people_find_the_three_by_their_names(template: dict[str, Any]):
    assert buckets(template).keys() == {"data", "artifacts", "capture"}


@pytest.mark.parametrize("purpose", ["data", "artifacts", "capture"])
def test_each_is_encrypted_with_the_key_versioned_logged_and_kept(
    template: dict[str, Any], purpose: str
):
    bucket = buckets(template)[purpose]
    properties = bucket["Properties"]
    [rule] = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert rule["BucketKeyEnabled"] is True
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert properties["LoggingConfiguration"]["LogFilePrefix"] == f"{purpose.capitalize()}/"
    assert bucket["DeletionPolicy"] == bucket["UpdateReplacePolicy"] == "Retain"


def test_all_four_are_closed_to_the_public_and_to_plain_http(template: dict[str, Any]):
    all_buckets = of_type(template, "AWS::S3::Bucket")
    assert len(all_buckets) == 4
    for bucket in all_buckets:
        assert set(bucket["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
    denied = [s for s in statements(template, "AWS::S3::BucketPolicy") if s["Effect"] == "Deny"]
    assert [s["Condition"] for s in denied] == [{"Bool": {"aws:SecureTransport": "false"}}] * 4


def test_only_what_is_captured_expires(template: dict[str, Any]):
    expiries = {
        purpose: bucket["Properties"]["LifecycleConfiguration"]["Rules"][0].get("ExpirationInDays")
        for purpose, bucket in buckets(template).items()
    }
    assert expiries == {"data": None, "artifacts": None, "capture": 30}


def test_another_stack_sees_them_by_literal_names():
    stack = new_stack()
    other = Stack(stack.node.root, "Other")
    seen = storage_in(stack).seen_by_training(other)
    name = other.resolve(seen.data.bucket_name)
    assert name["Fn::Join"][1][0] == "mine-data-"
    assert "Fn::ImportValue" not in str(name)


def test_a_stage_that_does_not_train_keeps_no_data():
    stack = new_stack()
    storage = storage_in(stack, keeps_data=False)
    assert buckets(synthesized(stack)).keys() == {"artifacts", "capture"}
    assert not hasattr(storage.seen_from(Stack(stack.node.root, "Other")), "data")
