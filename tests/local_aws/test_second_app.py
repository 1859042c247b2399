"""An app that has nothing to do with this project deploys with the real cdk CLI, and works."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local_aws.launch import LocalAws
from tests.local_aws.model_archives import echo
from tests.local_aws.second_app.app import synthesize
from tests.local_aws.stacks import eventually

pytestmark = [pytest.mark.local_aws, pytest.mark.nightly]


class App:
    """The app of `second_app/`, deployed as its author would."""

    def __init__(self, aws: LocalAws, folder: Path) -> None:
        self._environment = {**os.environ, **aws.environment()}
        self._folder = folder
        (folder / "model.tar.gz").write_bytes(echo("fraud"))

    def synthesized(self, colour: str) -> list[str]:
        """Arguments for the CLI that stand for the app, synthesized once."""
        assembly, model = self._folder / colour, self._folder / "model.tar.gz"
        synthesize(assembly, {"model": str(model), "colour": colour})
        return ["--app", str(assembly)]

    def cdk(self, *arguments: str) -> None:
        done = subprocess.run(
            ["cdk", *arguments],
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr + done.stdout

    def deploy(self, app: list[str]) -> dict[str, str]:
        outputs = self._folder / "outputs.json"
        flags = ["--require-approval", "never", "--outputs-file", str(outputs)]
        self.cdk("deploy", "FraudScore", *app, *flags)
        found: dict[str, str] = json.loads(outputs.read_text())["FraudScore"]
        return found


def ended(queue: str, sqs: Any) -> str:
    """The status that the next end of a pipeline run is announced with."""
    (message,) = eventually(lambda: sqs.receive_message(QueueUrl=queue).get("Messages"))
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    status: str = json.loads(message["Body"])["detail"]["currentPipelineExecutionStatus"]
    return status


def test_a_stranger_deploys_scores_registers_changes_and_destroys(
    aws: LocalAws, client: Callable[[str], Any], tmp_path: Path
) -> None:
    app, sagemaker, sqs = App(aws, tmp_path), client("sagemaker"), client("sqs")
    app.cdk("bootstrap", "aws://123456789012/us-east-1")
    first = app.deploy(app.synthesized("red"))

    def score() -> str:
        answer = client("sagemaker-runtime").invoke_endpoint(
            EndpointName=first["EndpointName"], ContentType="text/csv", Body=b"1,2"
        )
        return str(answer["Body"].read().decode())

    assert score() == "fraud:1,2:red"
    config = sagemaker.describe_endpoint(EndpointName=first["EndpointName"])["EndpointConfigName"]

    entry = {"Source": "fraud", "DetailType": "Scored", "Detail": json.dumps({"score": 0.9})}
    client("events").put_events(Entries=[entry])
    assert ended(first["QueueUrl"], sqs) == "Succeeded"
    packages = sagemaker.list_model_packages(ModelPackageGroupName="fraud-score")
    (package,) = packages["ModelPackageSummaryList"]
    assert package["ModelApprovalStatus"] == "PendingManualApproval"

    blue = app.synthesized("blue")
    assert app.deploy(blue) == first
    assert score() == "fraud:1,2:blue"
    with pytest.raises(sagemaker.exceptions.ClientError, match="Could not find"):
        sagemaker.describe_endpoint_config(EndpointConfigName=config)

    sagemaker.delete_model_package(ModelPackageName=package["ModelPackageArn"])
    app.cdk("destroy", "FraudScore", *blue, "--force")
    with pytest.raises(sagemaker.exceptions.ClientError, match="Could not find endpoint"):
        sagemaker.describe_endpoint(EndpointName=first["EndpointName"])
