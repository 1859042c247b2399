"""What the interpreter does when a stop comes between two steps."""

import pytest

from local_aws.ministack.scope import scope
from local_aws.pipelines import events
from local_aws.pipelines.definition import read
from local_aws.pipelines.execution import Execution
from local_aws.pipelines.interpreter import Interpreter
from tests.local_aws.definitions import definition, fail


def test_no_step_starts_once_the_execution_is_stopping(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "emit", lambda *_: None)
    pipeline = "arn:aws:sagemaker:us-east-1:123456789012:pipeline/p"
    execution = Execution(
        arn=f"{pipeline}/execution/e",
        pipeline_name="p",
        pipeline_arn=pipeline,
        version=1,
        definition=read(definition(fail())),
        values={},
        parallel=1,
        described={},
        status="Stopping",
    )

    with scope("123456789012", "us-east-1"):
        Interpreter(execution).run()

    assert execution.status == "Stopped"
    assert execution.runs == {}
