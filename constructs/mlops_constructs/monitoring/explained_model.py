"""Which model a monitor of attribution explains."""

from typing import Final

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct

from mlops_constructs.monitoring.explained_states import explained_definition
from mlops_constructs.monitoring.monitored_endpoint import MonitoredEndpoint, monitor_name
from mlops_constructs.monitoring.schedule import before_runs_expression
from mlops_constructs.monitoring.settings import Attribution
from mlops_constructs.permissions import list_statement
from mlops_constructs.state_machines import ReconcilingMachine
from mlops_constructs.state_machines.schedules import start_at
from mlops_constructs.wildcards import acknowledge_wildcards

FILE: Final = "analysis_config.json"
"""Clarify wants it to be called so.

https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-processing-job-configure-analysis.html
"""


class ExplainedModel(Construct):
    """Keeps Clarify's configuration for an endpoint true to what the endpoint serves.

    Clarify explains a model by name, on an endpoint of its own that it starts and deletes. Ten
    minutes before each run a state machine asks which model is served, and puts the version's
    configuration, completed by it, where the job definition looks. So no name has to be known
    before CloudFormation makes it up, and none can clash. A release within the hour before a run
    can come too late for it: that run explains the model before, or fails and is told.

    Args:
        settings: How often the monitor runs.
        endpoint: What serves; its artifact bucket gets the configuration.
        version_config_uri: The serving version's configuration, without a model.
        topic: Hears when it can't be completed.

    Attributes:
        config_uri: The whole configuration.
        config_arn: The same as an ARN.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Attribution,
        endpoint: MonitoredEndpoint,
        version_config_uri: str,
        topic: sns.ITopic,
    ) -> None:
        super().__init__(scope, construct_id)
        name = f"{monitor_name(endpoint.name, settings.kind)}-config"
        artifacts = endpoint.storage.artifacts
        key = f"{endpoint.report_prefix(f'{settings.kind}-config')}/{FILE}"
        self.config_uri = artifacts.s3_url_for_object(key)
        self.config_arn = artifacts.arn_for_objects(key)
        self.machine = ReconcilingMachine(
            self,
            "Machine",
            state_machine_name=name,
            noun="word on which model to explain",
            definition=explained_definition(
                endpoint_name=endpoint.name, scored_by=endpoint.scored_by
            ),
            role=lambda machine: self._role(machine, endpoint, topic),
            topic=topic,
            key=endpoint.storage.key,
        )
        start_at(
            self,
            before_runs_expression(
                settings.every_hours, first=endpoint.first_run(settings.every_hours)
            ),
            machine=self.machine.state_machine,
            told={"from": version_config_uri, "bucket": artifacts.bucket_name, "key": key},
            topic=topic,
            meaning=f"{name} was not started; the next run may explain a model that is gone",
            condition=endpoint.condition,
        )

    def _role(self, scope: Construct, endpoint: MonitoredEndpoint, topic: sns.ITopic) -> iam.Role:
        role = iam.Role(scope, "Role", assumed_by=iam.ServicePrincipal("states.amazonaws.com"))
        stack, versions = Stack.of(scope), endpoint.versions
        described = _described(stack, endpoint)
        for statement in (
            *(
                iam.PolicyStatement(actions=[f"sagemaker:Describe{what}"], resources=[arn])
                for what, arn in described.items()
            ),
            iam.PolicyStatement(actions=["s3:GetObject"], resources=[versions.objects_arn]),
            # Without it S3 says "access denied" of a file that is not there.
            list_statement(versions.bucket.bucket_arn, f"{versions.prefix}/*"),
            iam.PolicyStatement(actions=["s3:PutObject"], resources=[self.config_arn]),
            iam.PolicyStatement(actions=["sns:Publish"], resources=[topic.topic_arn]),
            iam.PolicyStatement(
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=[endpoint.storage.key.key_arn],
            ),
            *versions.key_statements(stack),
        ):
            role.add_to_policy(statement)
        acknowledge_wildcards(
            role,
            {
                **{
                    arn: "CloudFormation names endpoint configs; this one is described, no more."
                    for arn in described.values()
                    if arn.endswith("*")
                },
                versions.objects_arn: "Each version's baseline lies in a folder that SageMaker "
                "names.",
                **versions.wildcards(stack),
                "*": "Log deliveries and traces know no resources.",
            },
        )
        return role


def _described(stack: Stack, endpoint: MonitoredEndpoint) -> dict[str, str]:
    """What names the model that serves, as SageMaker's Describe calls it, to its ARN."""

    def arn(resource: str, name: str) -> str:
        return stack.format_arn(service="sagemaker", resource=resource, resource_name=name)

    if endpoint.scored_by is not None:
        return {"Pipeline": arn("pipeline", endpoint.scored_by)}
    return {
        "Endpoint": arn("endpoint", endpoint.name.lower()),
        "EndpointConfig": arn("endpoint-config", "*"),
    }
