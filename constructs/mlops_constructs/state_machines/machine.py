"""A state machine with its log, its traces, and a word to people when an execution can't say it."""

import json
import re
from collections.abc import Callable, Iterator

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

from mlops_constructs.state_machines.states import State

STATE_MACHINE_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")
"""CreateStateMachine: the characters with which it can be logged."""

CALL = re.compile(r"arn:aws:states:::(aws-sdk:)?(\w+):(\w+)")
"""Of an SDK integration, or of one that Step Functions has for a service."""


class ReconcilingMachine(Construct):
    """A Standard state machine that looks at what is and changes what differs.

    Args:
        state_machine_name: Its name; rules and people start it by that.
        noun: What an execution is, such as `promotion`.
        definition: The machine, with `${TopicArn}` for the topic.
        role: Makes the role in the scope it is given.
        topic: Hears of executions that time out, are stopped, or fail and could not tell it.
        key: Encrypts the log; CloudWatch Logs must be let to use it.

    Attributes:
        state_machine: The machine.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        state_machine_name: str,
        noun: str,
        definition: State,
        role: Callable[[Construct], iam.IRole],
        topic: sns.ITopic,
        key: kms.IKey,
    ) -> None:
        super().__init__(scope, construct_id)
        body, substitutions = _substituted(self, definition, topic)
        self.state_machine = sfn.StateMachine(
            self,
            "Resource",
            state_machine_name=state_machine_name,
            state_machine_type=sfn.StateMachineType.STANDARD,
            definition_body=sfn.DefinitionBody.from_string(body),
            definition_substitutions=substitutions,
            role=role(self),
            tracing_enabled=True,
            logs=self._logs(state_machine_name, key),
        )
        self._tell_of_failures(noun, topic)

    def grant_start_execution(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets ``grantee``, such as a rule's role, start an execution."""
        return self.state_machine.grant_start_execution(grantee)

    def metric_failed(self) -> cloudwatch.Metric:
        """Executions that failed and could not tell people why, summed over five minutes."""
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

    def _tell_of_failures(self, noun: str, topic: sns.ITopic) -> None:
        """Who can tell of its failure does, and does not end as FAILED (failures.py)."""
        rule = events.Rule(
            self,
            "Failed",
            description=f"A {noun} timed out, was stopped, or failed and could not tell why",
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
            f"{events.EventField.from_path('$.detail.status')} and could not tell what it did;"
            " see docs/runbook.md"
        )
        rule.add_target(targets.SnsTopic(topic, message=text))


def machine_problems(state_machine_name: str, slot_prefix: str, name_prefix: str) -> Iterator[str]:
    """Yields why a machine can't have this name, or could not be held to one stage."""
    if not STATE_MACHINE_NAME.fullmatch(state_machine_name):
        yield (
            "the name of a state machine must be 1 to 80 letters, digits, hyphens and underscores,"
            f" got {state_machine_name!r}"
        )
    if not slot_prefix.startswith("/") or slot_prefix.endswith("/"):
        yield f"slot_prefix must begin with a slash and not end with one, got {slot_prefix!r}"
    if not name_prefix:
        yield (
            "name_prefix must not be empty: it says which endpoints and model package groups are"
            " this stage's"
        )


def _substituted(
    scope: Construct, definition: State, topic: sns.ITopic
) -> tuple[str, dict[str, str]]:
    """The definition as one literal, and what CloudFormation puts for the `${...}` in it.

    Literal, so that cfn-lint checks it; whole ARNs, so that their partition is the stack's.
    """
    placeholders = {"TopicArn": topic.topic_arn}

    def placeholder(call: re.Match[str]) -> str:
        sdk, service, action = call.groups(default="")
        name = service.capitalize() + action[0].upper() + action[1:]
        partition = Stack.of(scope).partition
        placeholders[name] = f"arn:{partition}:states:::{sdk}{service}:{action}"
        return f"${{{name}}}"

    return CALL.sub(placeholder, json.dumps(definition)), placeholders
