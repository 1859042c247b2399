"""Whether a failed job's reason carries its exit message is an assumption, and can be switched."""

from pathlib import Path

import boto3
import pytest

from local_aws.launch import LocalAws
from tests.local_aws.definitions import definition, processing
from tests.local_aws.workshop import Workshop

pytestmark = pytest.mark.local_aws
ASSUMPTION = "failure-reason-carries-exit-message"


@pytest.mark.parametrize(
    ("holds", "reason"),
    [
        (True, "no rows"),
        pytest.param(False, "See job logs for more information", marks=pytest.mark.nightly),
    ],
)
def test_a_failed_step_says_what_its_script_left_only_if_that_is_assumed(
    holds: bool, reason: str, tmp_path: Path
) -> None:
    script = "printf 'no rows' > /opt/ml/output/message; exit 1"
    with LocalAws.start(tmp_path, assume={ASSUMPTION: holds}) as aws:
        workshop = Workshop(lambda service: boto3.client(service, **aws.client_arguments()))
        arn = workshop.start(definition(processing("Bad", "sh", "-c", script)))
        assert workshop.executed(arn)["PipelineExecutionStatus"] == "Failed"
        step = workshop.steps(arn)["Bad"]
        job = workshop.processed(step["Metadata"]["ProcessingJob"]["Arn"].partition("/")[2])
    assert step["FailureReason"] == f"ClientError: AlgorithmError: {reason}, exit code: 1"
    assert (job["FailureReason"], job["ExitMessage"]) == (
        f"AlgorithmError: {reason}, exit code: 1",
        "no rows",
    )
