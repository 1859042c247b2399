"""Events of buckets, held against AWS's documented samples.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
"""

import hashlib
import json
import re
import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.local_aws.stacks import Stack, eventually

pytestmark = pytest.mark.local_aws
ROLE = "arn:aws:iam::123456789012:role/events"
SAMPLES = Path(__file__).parent / "documented"
CREATED = json.loads((SAMPLES / "s3-object-created.json").read_text())
DELETED = json.loads((SAMPLES / "s3-object-deleted.json").read_text())
OPEN = {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}


class Bucket:
    """A bucket made by CloudFormation, and a queue behind a rule for its events."""

    def __init__(self, client: Callable[[str], Any], notifications: Any) -> None:
        self.client, self.s3, self._sqs = client, client("s3"), client("sqs")
        self.name = f"bucket-{uuid.uuid4().hex[:12]}"
        properties: dict[str, Any] = {"BucketName": self.name}
        properties["VersioningConfiguration"] = {"Status": "Enabled"}
        if notifications:
            properties["NotificationConfiguration"] = notifications
        bucket = {"Type": "AWS::S3::Bucket", "Properties": properties}
        self.stack = Stack(client("cloudformation"), self.name)
        made = self.stack.create({"Resources": {"Data": bucket}})
        assert made["StackStatus"] == "CREATE_COMPLETE", self.stack.reasons()
        self._url = self._sqs.create_queue(QueueName=self.name)["QueueUrl"]
        self.rule("queue", f"arn:aws:sqs:us-east-1:123456789012:{self.name}", {})
        self._seen: list[Any] = []

    def rule(self, name: str, target: str, detail: dict[str, Any]) -> None:
        pattern = {
            "source": ["aws.s3"],
            "detail": {"bucket": {"name": [self.name]}, **detail},
        }
        events = self.client("events")
        events.put_rule(Name=f"{self.name}-{name}", EventPattern=json.dumps(pattern))
        events.put_targets(
            Rule=f"{self.name}-{name}", Targets=[{"Id": "1", "Arn": target, "RoleArn": ROLE}]
        )

    def next(self) -> dict[str, Any]:
        """The next event whose detail was not seen before: S3 may send one twice."""
        return dict(eventually(self._look, seconds=20))

    def _look(self) -> dict[str, Any] | None:
        received = self._sqs.receive_message(QueueUrl=self._url).get("Messages", [])
        for message in received:
            self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
            event: dict[str, Any] = json.loads(message["Body"])
            if event["detail"] not in self._seen:
                self._seen.append(event["detail"])
                return event
        return None


@pytest.fixture
def bucket(client: Callable[[str], Any]) -> Bucket:
    return Bucket(client, OPEN)


def test_an_upload_is_announced_with_the_members_of_the_documented_event(bucket: Bucket) -> None:
    put = bucket.s3.put_object(Bucket=bucket.name, Key="flights/2013 01.csv", Body=b"hello")
    event = bucket.next()
    detail = event["detail"]
    assert event.keys() == CREATED.keys()
    assert detail.keys() == CREATED["detail"].keys()
    assert detail["object"].keys() == CREATED["detail"]["object"].keys()
    assert (event["detail-type"], event["source"]) == ("Object Created", "aws.s3")
    assert event["resources"] == [f"arn:aws:s3:::{bucket.name}"]
    assert datetime.strptime(event["time"], "%Y-%m-%dT%H:%M:%SZ")
    tags = detail["bucket"]["aws-generated-tags"]
    assert tags.keys() == CREATED["detail"]["bucket"]["aws-generated-tags"].keys()
    assert tags["aws:cloudformation:logical-id"] == "Data"
    assert detail["object"]["key"] == "flights/2013 01.csv"
    assert detail["object"]["size"] == 5
    assert detail["object"]["etag"] == hashlib.md5(b"hello").hexdigest()
    assert detail["object"]["version-id"] == put["VersionId"]
    assert (detail["event-version"], detail["reason"]) == ("1.1", "PutObject")
    assert detail["requester"] == "123456789012"
    assert re.fullmatch("[0-9A-Z]{16}", detail["request-id"])


def test_the_sequencers_of_a_key_grow(bucket: Bucket) -> None:
    for body in (b"one", b"two", b"three"):
        bucket.s3.put_object(Bucket=bucket.name, Key="key", Body=body)
    found = [bucket.next()["detail"]["object"] for _ in range(3)]
    found.sort(key=lambda each: int(each["sequencer"], 16))
    assert [each["size"] for each in found] == [3, 3, 5]


def test_an_object_without_versions_or_stack_has_neither_in_its_event(bucket: Bucket) -> None:
    name = f"plain-{uuid.uuid4().hex[:12]}"
    bucket.s3.create_bucket(Bucket=name)
    bucket.s3.put_bucket_notification_configuration(
        Bucket=name, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    queue, bucket.name = f"arn:aws:sqs:us-east-1:123456789012:{bucket.name}", name
    bucket.rule("plain", queue, {})
    bucket.s3.put_object(Bucket=name, Key="key", Body=b"hello")
    detail = bucket.next()["detail"]
    assert detail["bucket"] == {"name": name}
    assert detail["object"].keys() == {"key", "size", "etag", "sequencer"}


def test_a_copy_is_one_event(bucket: Bucket) -> None:
    bucket.s3.put_object(Bucket=bucket.name, Key="first", Body=b"hello")
    bucket.next()
    source = {"Bucket": bucket.name, "Key": "first"}
    bucket.s3.copy_object(Bucket=bucket.name, Key="second", CopySource=source)
    bucket.s3.put_object(Bucket=bucket.name, Key="last", Body=b"")
    found = {each["object"]["key"]: each for each in (bucket.next()["detail"] for _ in range(2))}
    assert found["second"]["reason"] == "CopyObject"
    assert found["second"]["object"]["has-object-annotation"] is False
    assert found.keys() == {"second", "last"}


def test_a_multipart_upload_is_one_event_when_it_is_complete(bucket: Bucket) -> None:
    named = {"Bucket": bucket.name, "Key": "large"}
    upload = bucket.s3.create_multipart_upload(**named)["UploadId"]
    parts = []
    for number, body in ((1, b"a" * (5 << 20)), (2, b"b")):
        part = bucket.s3.upload_part(**named, UploadId=upload, PartNumber=number, Body=body)
        parts.append({"PartNumber": number, "ETag": part["ETag"]})
    done = bucket.s3.complete_multipart_upload(
        **named, UploadId=upload, MultipartUpload={"Parts": parts}
    )
    bucket.s3.put_object(Bucket=bucket.name, Key="last", Body=b"")
    found = {each["object"]["key"]: each for each in (bucket.next()["detail"] for _ in range(2))}
    assert found.keys() == {"large", "last"}
    large = found["large"]
    assert large["reason"] == "CompleteMultipartUpload"
    assert large["object"]["size"] == (5 << 20) + 1
    assert large["object"]["etag"] == done["ETag"].strip('"')


def test_a_delete_marker_is_announced_as_documented(bucket: Bucket) -> None:
    bucket.s3.put_object(Bucket=bucket.name, Key="key", Body=b"hello")
    bucket.next()
    marker = bucket.s3.delete_object(Bucket=bucket.name, Key="key")
    event = bucket.next()
    detail = event["detail"]
    del detail["bucket"]["aws-generated-tags"]
    assert event["detail-type"] == DELETED["detail-type"]
    assert detail.keys() == DELETED["detail"].keys()
    assert detail["object"].keys() == DELETED["detail"]["object"].keys()
    assert detail["object"]["etag"] == DELETED["detail"]["object"]["etag"]
    assert detail["object"]["version-id"] == marker["VersionId"]
    assert detail["deletion-type"] == "Delete Marker Created"


# "Some object attributes (such as etag and size) are present only when a delete marker is created."
def test_a_version_that_is_deleted_for_good_has_no_etag(bucket: Bucket) -> None:
    put = bucket.s3.put_object(Bucket=bucket.name, Key="key", Body=b"hello")
    bucket.next()
    bucket.s3.delete_object(Bucket=bucket.name, Key="key", VersionId=put["VersionId"])
    detail = bucket.next()["detail"]
    assert detail["deletion-type"] == "Permanently Deleted"
    assert detail["object"].keys() == {"key", "version-id", "sequencer"}


def test_a_bucket_that_is_not_open_to_eventbridge_sends_nothing(
    client: Callable[[str], Any], bucket: Bucket
) -> None:
    closed = Bucket(client, None)
    # One queue hears of both, so that the second upload shows that the first was not announced.
    closed.rule("heard", f"arn:aws:sqs:us-east-1:123456789012:{bucket.name}", {})
    closed.s3.put_object(Bucket=closed.name, Key="key", Body=b"hello")
    bucket.s3.put_object(Bucket=bucket.name, Key="key", Body=b"hello")
    assert bucket.next()["detail"]["bucket"]["name"] == bucket.name
    configuration = {"EventBridgeConfiguration": {}}
    closed.s3.put_bucket_notification_configuration(
        Bucket=closed.name, NotificationConfiguration=configuration
    )
    closed.s3.put_object(Bucket=closed.name, Key="later", Body=b"hello")
    assert bucket.next()["detail"]["object"]["key"] == "later"


def test_a_rule_on_a_prefix_starts_a_state_machine(bucket: Bucket) -> None:
    states = bucket.client("stepfunctions")
    text = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
    machine = states.create_state_machine(
        name=bucket.name, definition=json.dumps(text), roleArn=ROLE
    )["stateMachineArn"]
    bucket.rule("prefix", machine, {"object": {"key": [{"prefix": "data/"}]}})
    for key in ("other/1.csv", "data/1.csv"):
        bucket.s3.put_object(Bucket=bucket.name, Key=key, Body=b"hello")
    started = eventually(lambda: states.list_executions(stateMachineArn=machine)["executions"])
    inputs = [
        json.loads(states.describe_execution(executionArn=each["executionArn"])["input"])
        for each in started
    ]
    assert {each["detail"]["object"]["key"] for each in inputs} == {"data/1.csv"}


def test_some_events_come_twice(bucket: Bucket) -> None:
    for number in range(6):
        bucket.s3.put_object(Bucket=bucket.name, Key=f"key-{number}", Body=b"hello")

    def waiting() -> bool:
        attributes = bucket.client("sqs").get_queue_attributes(
            QueueUrl=bucket._url, AttributeNames=["ApproximateNumberOfMessages"]
        )["Attributes"]
        return int(attributes["ApproximateNumberOfMessages"]) > 6

    assert eventually(waiting, seconds=20)
