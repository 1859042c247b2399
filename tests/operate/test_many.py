"""What the operator's command says of a model whose requests name the version."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from operate.served import read_served
from operate.status.look import Look
from operate.status.sections import sections

NOW = datetime(2026, 11, 27, tzinfo=UTC)
GROUP = "arn:aws:sagemaker:us-east-1:123456789012:model-package/dev-shops"
PROMOTION = {"endpoint": "dev-shops", "slot": "/perennial/dev/shops/slot", "hosting": "multi-model"}


class Account:
    """What is read of an account with one endpoint, whose model has no package."""

    def __init__(self, slot: str) -> None:
        self.slot = slot

    def read(self, service: str, operation: str, **given: Any) -> Mapping[str, Any]:
        answers: dict[str, Mapping[str, Any]] = {
            "get_parameters": {"Parameters": [{"Value": self.slot}]},
            "describe_endpoint": {"EndpointStatus": "InService", "EndpointConfigName": "config"},
            "describe_endpoint_config": {"ProductionVariants": [{"ModelName": "many"}]},
            "describe_model_package": {
                "ModelPackageArn": given.get("ModelPackageName"),
                "ModelApprovalStatus": "Approved",
            },
        }
        return answers[operation]


def test_the_version_that_the_slot_names_serves():
    served = read_served(Account(f"{GROUP}/2,s3://baseline"), PROMOTION)  # type: ignore[arg-type]
    assert served.version
    assert served.version.number == "2"
    assert served.agrees
    assert served.what == "endpoint dev-shops"
    assert served.config == "config"


@pytest.mark.parametrize("slot", ["NONE,NONE", "missing"])
def test_an_endpoint_without_an_archive_serves_no_version(slot: str):
    served = read_served(Account(slot), PROMOTION)  # type: ignore[arg-type]
    assert served.version is None
    look = Look("Dev", "shops", "123456789012", "us-east-1", NOW, served=served)
    [says] = [texts for label, texts, _ in sections(look) if label == "serves"]
    assert says[0] == "no version yet"
    assert says[1] == "endpoint dev-shops InService, config"
