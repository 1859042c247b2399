"""The construct."""

import json
import re
from collections.abc import Iterator

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from mlops_constructs.problems import refuse
from mlops_constructs.promotion.definition import definition
from mlops_constructs.promotion.permissions import PromotionRole

STATE_MACHINE_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")
"""CreateStateMachine: the characters with which it can be logged."""

SDK_CALL = re.compile(r"arn:aws:states:::aws-sdk:(\w+):(\w+)")


class Promotion(Construct):
    """Makes the newest approved version of a model the one that its endpoint serves.

    A state machine that reconciles: it looks at the registry, the slot, the stack and the endpoint,
    and changes what differs. Each execution does that for one model, and its input names it::

        {
          "model": "flight-delay",
          "stage": "dev",
          "group": "dev-flight-delay",
          "endpoint": "dev-flight-delay",
          "stack": "Dev-Serving-flight-delay",
          "slot": "/perennial/dev/flight-delay/slot"
        }

    Nothing in it says which version: the event that started it may be late, doubled or lost. What
    else comes along, such as a `reason`, is for whoever reads the execution. The lock and the
    look-again note lie beside the slot, as `lock` and `look-again`.

    The stack has to read the slot as an SSM-typed parameter and to have the output
    EndpointConfigName while it has an endpoint; configs and models carry the tag
    `perennial:endpoint`, its value the endpoint's name.

    An execution succeeds with the outcome `already serving`, `released`, `rolled back` or `left to
    the holder of the lock`, and fails when a person is needed. The topic hears of releases,
    rollbacks and failures, and of a version that serves without approval.

    Args:
        state_machine_name: Its name; rules and people start it by that.
        slot_prefix: The parameters of all models of the stage lie below it: `/perennial/dev`.
        stack_prefix: The stacks it may update begin with it: `Dev-Serving-`.
        name_prefix: Endpoints and model package groups begin with it: `dev-`.
        topic: Where people hear of releases, rollbacks and failures.
        key: Encrypts the topic and the log; CloudWatch Logs must be let to use it.

    Attributes:
        state_machine: The machine.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        state_machine_name: str,
        slot_prefix: str,
        stack_prefix: str,
        name_prefix: str,
        topic: sns.ITopic,
        key: kms.IKey,
    ) -> None:
        refuse(_problems(state_machine_name, slot_prefix, stack_prefix, name_prefix))
        super().__init__(scope, construct_id)
        body, substitutions = _substituted(self, topic)
        self.state_machine = sfn.StateMachine(
            self,
            "Resource",
            state_machine_name=state_machine_name,
            state_machine_type=sfn.StateMachineType.STANDARD,
            definition_body=sfn.DefinitionBody.from_string(body),
            definition_substitutions=substitutions,
            role=PromotionRole(
                self,
                "Role",
                state_machine_name=state_machine_name,
                slot_prefix=slot_prefix,
                stack_prefix=stack_prefix,
                name_prefix=name_prefix,
                topic=topic,
                key=key,
            ),
            tracing_enabled=True,
            logs=self._logs(state_machine_name, key),
        )
        self._tell_of_failures(topic)

    def grant_start_execution(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets ``grantee``, such as an approval rule's role, start a promotion."""
        return self.state_machine.grant_start_execution(grantee)

    def metric_failed(self) -> cloudwatch.Metric:
        """Promotions that ended in need of a person, summed over five minutes."""
        return self.state_machine.metric_failed()

    def _logs(self, name: str, key: kms.IKey) -> sfn.LogOptions:
        group = logs.LogGroup(
            self,
            "Log",
            # Log groups of this prefix need no resource policy of their own, and those are limited.
            log_group_name=f"/aws/vendedlogs/states/{name}",
            encryption_key=key,
            retention=logs.RetentionDays.ONE_YEAR,
            removal_policy=RemovalPolicy.DESTROY,
        )
        return sfn.LogOptions(
            destination=group, level=sfn.LogLevel.ALL, include_execution_data=False
        )

    def _tell_of_failures(self, topic: sns.ITopic) -> None:
        rule = events.Rule(
            self,
            "Failed",
            description="A promotion failed, timed out or was stopped",
            event_pattern=events.EventPattern(
                source=["aws.states"],
                detail_type=["Step Functions Execution Status Change"],
                detail={
                    "stateMachineArn": [self.state_machine.state_machine_arn],
                    "status": ["FAILED", "TIMED_OUT", "ABORTED"],
                },
            ),
        )
        text = events.RuleTargetInput.from_text(
            f"{events.EventField.from_path('$.detail.executionArn')} ended as "
            f"{events.EventField.from_path('$.detail.status')}; see docs/runbook.md"
        )
        rule.add_target(targets.SnsTopic(topic, message=text))


def _problems(
    state_machine_name: str, slot_prefix: str, stack_prefix: str, name_prefix: str
) -> Iterator[str]:
    if not STATE_MACHINE_NAME.fullmatch(state_machine_name):
        yield (
            "the name of a state machine must be 1 to 80 letters, digits, hyphens and underscores,"
            f" got {state_machine_name!r}"
        )
    if not slot_prefix.startswith("/") or slot_prefix.endswith("/"):
        yield f"slot_prefix must begin with a slash and not end with one, got {slot_prefix!r}"
    if not stack_prefix:
        yield "stack_prefix must not be empty: it says which stacks may be updated"
    if not name_prefix:
        yield (
            "name_prefix must not be empty: it says which endpoints and model package groups are"
            " this stage's"
        )


def _substituted(scope: Construct, topic: sns.ITopic) -> tuple[str, dict[str, str]]:
    """The definition as one literal, and what CloudFormation puts for the `${...}` in it.

    Literal, so that cfn-lint checks it; whole ARNs, so that their partition is the stack's.
    """
    placeholders = {"TopicArn": topic.topic_arn}

    def placeholder(call: re.Match[str]) -> str:
        service, action = call.groups()
        name = service.capitalize() + action[0].upper() + action[1:]
        partition = Stack.of(scope).partition
        placeholders[name] = f"arn:{partition}:states:::aws-sdk:{service}:{action}"
        return f"${{{name}}}"

    return SDK_CALL.sub(placeholder, json.dumps(definition())), placeholders
