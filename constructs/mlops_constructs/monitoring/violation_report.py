"""From the end of a run of Model Monitor to the metrics of a monitor."""

from aws_cdk import Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct

from mlops_constructs.monitoring.job_kinds import job_kind
from mlops_constructs.monitoring.metrics import NAMESPACE
from mlops_constructs.monitoring.monitored_endpoint import MonitoredEndpoint, monitor_name
from mlops_constructs.monitoring.report_states import report_definition
from mlops_constructs.monitoring.settings import MonitorSettings
from mlops_constructs.permissions import list_statement, metric_statement
from mlops_constructs.state_machines import ReconcilingMachine
from mlops_constructs.state_machines.events import start_on
from mlops_constructs.wildcards import acknowledge_wildcards


class ViolationReport(Construct):
    """Counts the violations of each run, and puts the count, a heartbeat and the baseline's age.

    A rule hears of every processing job that ends and that ran as ``job_role``; a state machine
    asks for the job, reads its report and measures it. SageMaker may send an event twice: the same
    count is then put twice, and the alarms see one. A run that failed puts nothing and tells
    ``topic``.

    Args:
        endpoint: What is monitored; its artifact bucket gets the reports.
        settings: Of the monitor.
        job_role: What the monitor's jobs run as, and no others do.
        topic: Hears of runs that failed and of reports that can't be read.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        endpoint: MonitoredEndpoint,
        settings: MonitorSettings,
        job_role: iam.IRole,
        topic: sns.ITopic,
    ) -> None:
        super().__init__(scope, construct_id)
        name = monitor_name(endpoint.name, settings.kind)
        constraints = f"{endpoint.baseline_uri}/{job_kind(settings).constraints}"
        self.machine = ReconcilingMachine(
            self,
            "Machine",
            state_machine_name=f"{name}-report",
            noun="report of a monitor",
            definition=report_definition(endpoint_name=endpoint.name, settings=settings),
            role=lambda machine: _role(machine, endpoint, settings.kind, topic),
            topic=topic,
            key=endpoint.storage.key,
        )
        self.undelivered = start_on(
            self,
            _end_of_a_job(job_role),
            machine=self.machine.state_machine,
            told={
                "job": events.EventField.from_path("$.detail.ProcessingJobName"),
                "constraints": constraints,
            },
            topic=topic,
            meaning=f"A run of {name} was not measured; the queue has its event",
        )


def _end_of_a_job(job_role: iam.IRole) -> events.EventPattern:
    return events.EventPattern(
        source=["aws.sagemaker"],
        detail_type=["SageMaker Processing Job State Change"],
        detail={
            "ProcessingJobStatus": ["Completed", "Failed", "Stopped"],
            "RoleArn": [job_role.role_arn],
        },
    )


def _role(scope: Construct, endpoint: MonitoredEndpoint, kind: str, topic: sns.ITopic) -> iam.Role:
    role = iam.Role(scope, "Role", assumed_by=iam.ServicePrincipal("states.amazonaws.com"))
    artifacts, prefix = endpoint.storage.artifacts, endpoint.report_prefix(kind)
    versions = endpoint.versions
    reports = artifacts.arn_for_objects(f"{prefix}/*")
    jobs = Stack.of(scope).format_arn(
        service="sagemaker", resource="processing-job", resource_name="*"
    )
    for statement in (
        iam.PolicyStatement(actions=["sagemaker:DescribeProcessingJob"], resources=[jobs]),
        iam.PolicyStatement(actions=["s3:GetObject"], resources=[reports]),
        # Without it S3 says "access denied" of a file that is not there.
        list_statement(artifacts.bucket_arn, f"{prefix}/*"),
        # The age of a baseline is in the listing; it is not read.
        list_statement(versions.bucket.bucket_arn, f"{versions.prefix}/*"),
        metric_statement([NAMESPACE]),
        iam.PolicyStatement(actions=["sns:Publish"], resources=[topic.topic_arn]),
        iam.PolicyStatement(
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=[endpoint.storage.key.key_arn],
        ),
    ):
        role.add_to_policy(statement)
    acknowledge_wildcards(
        role,
        {
            jobs: "Model Monitor names its jobs.",
            reports: "Model Monitor names the folders of its reports.",
            "*": "cloudwatch:PutMetricData knows no resources, and a condition holds it to the "
            "namespace of monitors; neither do log deliveries and traces.",
        },
    )
    return role
