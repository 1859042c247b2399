"""`make definitions` gives the same bytes everywhere, and writes nothing that AWS would refuse."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mlops_constructs.monitoring.monitor_images import ANALYZER
from mlops_constructs.monitoring.report_states import VIOLATIONS_FILE
from mlops_constructs.monitoring.schedule import model_monitor_expression
from tests.pipeline_definitions.maker import Maker
from tests.project import EXAMPLE, add_model, copy_definitions

ROOT = Path(__file__).parents[2]

KNOWN = (
    "AWS::AccountId", "AWS::Partition", "AWS::Region", "AWS::URLSuffix", "ArtifactBucketName",
    "ClarifyAccount", "CodeDigest", "CodeUri", "DataBucketName", "JobRoleName", "KmsKeyArn",
    "ModelMonitorAccount", "ModelPackageGroupName", "MonitorCodeUri", "NoChampionUri",
    "PipelineName", "SklearnAccount", "XgboostAccount",
)  # fmt: skip
BROKEN_PIPELINE = """
from sagemaker.core.workflow.parameters import ParameterString
from pipeline_definitions.sdk.images import Image
from pipeline_definitions.sdk.jobs import training_step
from pipeline_definitions.sdk.pipelines import pipeline

def build():
    step = training_step(
        "Train", image=Image.XGBOOST, script="train.py",
        instance_type=ParameterString("InstanceType"), channels={"train": "s3://b/us-west-2"},
        hyperparameters={"key": "${KmsKey}"},
    )
    return pipeline(parameters=[], steps=[step])
"""


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The project's part that `make definitions` reads, to be added to."""
    return copy_definitions(tmp_path, EXAMPLE)


def test_a_second_model_is_one_folder_and_one_line_and_the_first_is_as_committed_everywhere(
    copied: Path, maker: Maker
):
    churn = add_model(copied, "churn")
    done = maker.make(copied)
    written = [line.removeprefix("wrote ") for line in done.stdout.splitlines()]
    assert written == [str(churn / "definition.json"), str(churn / "definition.digest")]
    assert done.code == 0
    with (churn / "definition.json").open("a") as definition:
        definition.write("edited by hand")
    checked = maker.make(copied, "--check")
    assert (checked.code, checked.stdout) == (1, "")
    assert checked.stderr == (
        f"{churn / 'definition.json'} is not what its sources give; "
        "run `make definitions` and commit the result\n"
    )


def test_what_is_wrong_with_a_pipeline_is_said_and_nothing_is_written(copied: Path, maker: Maker):
    churn = add_model(copied, "churn")
    (churn / "pipeline.py").write_text(BROKEN_PIPELINE)
    done = maker.make(copied)
    assert done.code == 1
    assert done.stderr.splitlines() == [
        'model \'churn\': "S3Uri": "s3://b/us-west-2", names the region us-west-2; '
        "write ${AWS::Region} there",
        "model 'churn': step 'Train': Parameters.InstanceType: no such parameter; there are none",
        "model 'churn': its definition has the placeholder ${KmsKey}, which nothing fills; known "
        f"are {', '.join(KNOWN)}; change it in pipeline_definitions/churn/pipeline.py",
    ]
    assert not (churn / "definition.json").exists()


def test_the_sdk_names_model_monitors_image_and_schedules_as_the_constructs_do():
    asked = (
        "import json\n"
        "from pipeline_definitions.sdk import environment\n"
        "from sagemaker.core import image_uris\n"
        "from sagemaker.core.model_monitor import CronExpressionGenerator as Cron\n"
        "from sagemaker.core.model_monitor.model_monitoring import (\n"
        "    CONSTRAINT_VIOLATIONS_JSON_DEFAULT_FILE_NAME as file)\n"
        "image = image_uris.retrieve('model-monitor', region='us-west-2')\n"
        "said = [Cron.hourly(), Cron.daily(), Cron.daily_every_x_hours(6)]\n"
        "print(json.dumps([image.partition('/')[2], file, *said]))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", asked],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert json.loads(done.stdout) == [
        ANALYZER,
        VIOLATIONS_FILE,
        *(model_monitor_expression(hours) for hours in (1, 24, 6)),
    ]
