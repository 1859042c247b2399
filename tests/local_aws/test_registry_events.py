"""The event of a changed model package, held against AWS's documented samples."""

import json
import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.local_aws.stacks import eventually

pytestmark = pytest.mark.local_aws
DETAIL_TYPE = "SageMaker Model Package State Change"
EVENTS = Path(__file__).resolve().parents[1] / "events"
DOCUMENTED = json.loads((EVENTS / "sagemaker-model-package-state-change-current.json").read_text())


class Mailbox:
    """A queue behind a rule for one group's events."""

    def __init__(self, client: Callable[[str], Any]) -> None:
        self.sagemaker, self._sqs = client("sagemaker"), client("sqs")
        self.group = f"group-{uuid.uuid4().hex[:12]}"
        self._url = self._sqs.create_queue(QueueName=self.group)["QueueUrl"]
        attributes = self._sqs.get_queue_attributes(
            QueueUrl=self._url, AttributeNames=["QueueArn"]
        )["Attributes"]
        pattern = {
            "source": ["aws.sagemaker"],
            "detail-type": [DETAIL_TYPE],
            "detail": {"ModelPackageGroupName": [self.group]},
        }
        events = client("events")
        events.put_rule(Name=self.group, EventPattern=json.dumps(pattern))
        events.put_targets(Rule=self.group, Targets=[{"Id": "1", "Arn": attributes["QueueArn"]}])
        self.sagemaker.create_model_package_group(ModelPackageGroupName=self.group)
        self._seen: set[str] = set()

    def next(self) -> dict[str, Any]:
        """The next event whose detail was not seen before."""

        def look() -> dict[str, Any] | None:
            for message in self._sqs.receive_message(QueueUrl=self._url).get("Messages", []):
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
                event: dict[str, Any] = json.loads(message["Body"])
                if (detail := json.dumps(event["detail"])) not in self._seen:
                    self._seen.add(detail)
                    return event
            return None

        return dict(eventually(look))

    def count(self) -> int:
        """How many messages wait."""
        attributes = self._sqs.get_queue_attributes(
            QueueUrl=self._url, AttributeNames=["ApproximateNumberOfMessages"]
        )["Attributes"]
        return int(attributes["ApproximateNumberOfMessages"])


@pytest.fixture
def mailbox(client: Callable[[str], Any]) -> Mailbox:
    return Mailbox(client)


def full_package(mailbox: Mailbox) -> str:
    metrics = {"ContentType": "application/json", "S3Uri": "s3://bucket/evaluation.json"}
    made = mailbox.sagemaker.create_model_package(
        ModelPackageGroupName=mailbox.group,
        InferenceSpecification={"Containers": [{"Image": "image"}]},
        MetadataProperties={"GeneratedBy": "a pipeline"},
        ModelMetrics={"ModelQuality": {"Statistics": metrics}},
        ModelLifeCycle={"Stage": "Development", "StageStatus": "PendingApproval"},
    )
    return str(made["ModelPackageArn"])


def test_an_update_is_announced_with_the_members_of_the_documented_event(
    mailbox: Mailbox,
) -> None:
    arn = full_package(mailbox)
    mailbox.next()
    mailbox.sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
    event = mailbox.next()
    assert event.keys() == DOCUMENTED.keys()
    assert event["resources"] == [arn]
    assert event["detail"].keys() == DOCUMENTED["detail"].keys()
    assert event["detail"]["UpdatedModelPackageFields"] == ["ModelApprovalStatus"]
    assert event["detail"]["ModelApprovalStatus"] == "Approved"


def test_times_are_written_as_in_the_documented_event(mailbox: Mailbox) -> None:
    full_package(mailbox)
    created = mailbox.next()["detail"]["CreationTime"]
    written = "%Y-%m-%dT%H:%M:%SZ"
    assert datetime.strptime(DOCUMENTED["detail"]["CreationTime"], written)
    assert datetime.strptime(created, written)


def test_a_creation_names_no_updated_fields(mailbox: Mailbox) -> None:
    full_package(mailbox)
    assert "UpdatedModelPackageFields" not in mailbox.next()["detail"]


def test_a_stamp_of_metadata_is_announced_as_one(mailbox: Mailbox) -> None:
    arn = full_package(mailbox)
    mailbox.next()
    mailbox.sagemaker.update_model_package(
        ModelPackageArn=arn, CustomerMetadataProperties={"Released": "yes"}
    )
    detail = mailbox.next()["detail"]
    assert detail["UpdatedModelPackageFields"] == ["CustomerMetadataProperties"]
    assert detail["CustomerMetadataProperties"] == {"Released": "yes"}


def test_a_changed_life_cycle_is_announced_as_in_the_documented_event(mailbox: Mailbox) -> None:
    arn = full_package(mailbox)
    mailbox.next()
    life_cycle = DOCUMENTED["detail"]["ModelLifeCycle"]
    mailbox.sagemaker.update_model_package(ModelPackageArn=arn, ModelLifeCycle=life_cycle)
    detail = mailbox.next()["detail"]
    assert detail["UpdatedModelPackageFields"] == DOCUMENTED["detail"]["UpdatedModelPackageFields"]
    assert detail["ModelLifeCycle"] == life_cycle
    assert detail.keys() == DOCUMENTED["detail"].keys()


def test_some_events_come_twice(mailbox: Mailbox) -> None:
    arn = full_package(mailbox)
    for number in range(5):
        mailbox.sagemaker.update_model_package(
            ModelPackageArn=arn, CustomerMetadataProperties={"n": str(number)}
        )
    assert eventually(lambda: mailbox.count() > 6)
