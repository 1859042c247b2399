"""`make definitions` gives the same bytes everywhere, and writes nothing that AWS would refuse."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mlops_constructs.monitoring.job_definition import ANALYZER
from mlops_constructs.monitoring.report_states import VIOLATIONS_FILE
from mlops_constructs.monitoring.schedule import model_monitor_expression

ROOT = Path(__file__).parents[2]
MAKER = Path(__file__).parent / "definitions_maker.py"

BROKEN_PIPELINE = """
from sagemaker.core.workflow.parameters import ParameterString
from pipeline_definitions.sdk.images import Image
from pipeline_definitions.sdk.jobs import training_step
from pipeline_definitions.sdk.pipelines import pipeline

def build():
    step = training_step(
        "Train", image=Image.XGBOOST, script="train.py", hyperparameters={"eta": "0.1"},
        instance_type=ParameterString("InstanceType"), channels={"train": "s3://b/us-west-2"},
    )
    return pipeline(parameters=[], steps=[step])
"""


@dataclass(frozen=True)
class Done:
    """What a run of `make definitions` came to."""

    code: int
    stdout: str
    stderr: str


class Maker:
    """A process that makes the definitions of one project after the other."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", MAKER],
            env={"PATH": os.environ["PATH"], **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def make(self, root: Path, *arguments: str) -> Done:
        assert self._process.stdin and self._process.stdout
        print(json.dumps([str(root), *arguments]), file=self._process.stdin, flush=True)
        return Done(*json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        self._process.communicate()


@pytest.fixture(scope="module")
def maker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maker]:
    """On a machine whose region, profile, clock, user and SDK defaults are nobody's."""
    home = tmp_path_factory.mktemp("home")
    config = home / "sagemaker/config.yaml"
    config.parent.mkdir()
    config.write_text(
        "SchemaVersion: '1.0'\n"
        "SageMaker:\n  ProcessingJob:\n    ProcessingResources:\n"
        "      ClusterConfig:\n        VolumeKmsKeyId: of-the-user\n"
    )
    maker = Maker({
        "HOME": str(home), "XDG_CONFIG_HOME": str(home),
        "SAGEMAKER_USER_CONFIG_OVERRIDE": str(config),
        "AWS_REGION": "eu-central-1", "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_PROFILE": "nobodys", "PYTHONHASHSEED": "7", "TZ": "Asia/Kolkata", "USER": "x",
    })  # fmt: skip
    yield maker
    maker.close()


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The project's part that `make definitions` reads, to be added to."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(
        ROOT / "pipeline_definitions", tmp_path / "pipeline_definitions", ignore=ignored
    )
    shutil.copy(ROOT / "requirements-dev.in", tmp_path)
    return tmp_path


def add_model(root: Path, folder: str, name: str) -> Path:
    """A second model: one folder, copied from the first, and one line."""
    models = root / "pipeline_definitions"
    ignored = shutil.ignore_patterns("__pycache__", "definition.*")
    shutil.copytree(models / "flight_delay", models / folder, ignore=ignored)
    own = models / folder / "__init__.py"
    own.write_text(own.read_text().replace('"flight-delay"', f'"{name}"'))
    listed = models / "models.py"
    line = '    "flight_delay",\n'
    listed.write_text(listed.read_text().replace(line, f'{line}    "{folder}",\n'))
    return models / folder


def test_a_second_model_is_one_folder_and_one_line_and_the_first_is_as_committed_everywhere(
    copied: Path, maker: Maker
):
    churn = add_model(copied, "churn", "churn")
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
    churn = add_model(copied, "churn", "churn")
    (churn / "pipeline.py").write_text(BROKEN_PIPELINE)
    done = maker.make(copied)
    assert done.code == 1
    assert done.stderr.splitlines() == [
        'model \'churn\': "S3Uri": "s3://b/us-west-2", names the region us-west-2; '
        "write ${AWS::Region} there",
        "model 'churn': step 'Train': Parameters.InstanceType: no such parameter; there are none",
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
