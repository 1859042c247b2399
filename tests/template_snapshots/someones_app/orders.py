"""An app of somebody who has pytest, CDK and the fixture, and knows nothing of this project."""

import json
from pathlib import Path
from typing import Any

from aws_cdk import App, Duration, NestedStack, Stack, Stage
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks

HERE = Path(__file__).parent


def settings() -> dict[str, Any]:
    """What the outside changes between one run of the tests and the next."""
    return json.loads((HERE / "settings.json").read_text())


class Orders(Stack):
    """A queue, a function of an asset, a state machine, a dashboard, a stack inside of it."""

    def __init__(self, scope: App | Stage, construct_id: str, **arguments: Any) -> None:
        super().__init__(scope, construct_id, **arguments)
        given = settings()
        seconds = Duration.seconds(given["timeout"])
        queue = sqs.Queue(self, "Queue", visibility_timeout=seconds)
        code = lambda_.Code.from_asset(str(HERE / "code"))
        python = lambda_.Runtime.PYTHON_3_12
        pack = lambda_.Function(self, "Pack", code=code, handler="pack.main", runtime=python)
        lambda_.Alias(self, "Live", alias_name="live", version=pack.current_version)
        wait = sfn.WaitTime.duration(Duration.seconds(given["cooling"]))
        work = tasks.LambdaInvoke(self, "Pack it", lambda_function=pack)
        steps = sfn.DefinitionBody.from_chainable(work.next(sfn.Wait(self, "Cool down", time=wait)))
        sfn.StateMachine(self, "Machine", definition_body=steps)
        sqs.Queue(NestedStack(self, "Archive"), "Old", fifo=given["fifo"] or None)
        if given["dashboard"]:
            waiting = queue.metric_approximate_number_of_messages_visible()
            board = cloudwatch.Dashboard(self, "Dashboard")
            board.add_widgets(cloudwatch.GraphWidget(left=[waiting]))
