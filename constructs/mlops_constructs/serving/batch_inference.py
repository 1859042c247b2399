"""A model without an endpoint: what arrived is scored on a schedule."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from aws_cdk import Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from aws_cdk import aws_sns as sns
from constructs import Construct

from mlops_constructs.hours import every
from mlops_constructs.names import name_problems
from mlops_constructs.network import Network
from mlops_constructs.prefixes import overlap
from mlops_constructs.problems import refuse
from mlops_constructs.serving.batch import Batch
from mlops_constructs.serving.batch_alarms import BatchAlarms
from mlops_constructs.serving.batch_definition import batch_definition
from mlops_constructs.serving.batch_files import BatchFiles
from mlops_constructs.serving.batch_metric import BatchMetric
from mlops_constructs.serving.batch_roles import BatchPipelineRole, GatheringRole, ScoringRole
from mlops_constructs.serving.kept import versioned_model
from mlops_constructs.slot_content import SlotContent
from mlops_constructs.storage import TrainingStorage
from mlops_constructs.training.archive_asset import ArchiveAsset
from mlops_constructs.training.definition import filled
from mlops_constructs.training.image_registries import ImageRegistries
from mlops_constructs.training.placement import placed
from mlops_constructs.training.training_pipeline import PipelineMetric
from mlops_constructs.version_files import VersionFiles
from mlops_constructs.window_schedule import WindowSchedule

STEPS: Final = Path(__file__).parent / "steps"
GATHERS_ON: Final = "ml.t3.medium"
"""The step that lists objects needs next to nothing."""
MINUTE: Final = 10
"""Past the hour a run begins, so that what was on its way when the hour ended has arrived."""


class BatchInference(Construct):
    """The version that a slot names, and a pipeline that scores what arrived with it.

    While the slot names none, there are a role and the alarms' queue, nothing else. A run gathers
    the objects of the hours that have just ended, and those of the day before that have no answer
    yet; if there are none it ends well, and says so in its log and in metric `RequestObjects`. Two
    runs that fail, or none that comes to its end, lose nothing as long as one succeeds within a
    day.

    Args:
        name: Of the model; the pipeline is called `<name>-batch`.
        slot_name: An SSM StringList whose first item is the model package ARN to serve, or NONE.
        hosting: Instances, prefixes, how often.
        storage: Buckets and key; requests and answers lie in `data`.
        versions: The archives of the model's versions.
        image_repositories: ARNs of the repositories that the model's image comes from.
        image_accounts: Region to placeholder (`SklearnAccount`) to account of AWS's registries.
        topic: Hears of runs that failed, that did not come, or could not be started.
        network: Where containers run; by default in SageMaker's own.

    Attributes:
        has_model: The condition under which there is a pipeline.
        model_name: The model that it scores with, under that condition.
        pipeline_name: The pipeline's name.
        files: Where requests, answers and the capture lie.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        slot_name: str,
        hosting: Batch,
        storage: TrainingStorage,
        versions: VersionFiles,
        image_repositories: Sequence[str],
        image_accounts: Mapping[str, Mapping[str, str]],
        topic: sns.ITopic,
        network: Network | None = None,
    ) -> None:
        refuse(batch_problems(name, hosting))
        super().__init__(scope, construct_id)
        self.name, self.pipeline_name = name, batch_pipeline_name(name)
        self.files = BatchFiles(name=name, hosting=hosting, storage=storage)
        slot = SlotContent(self, slot_name=slot_name)
        self.has_model = slot.has_model
        self.role = ScoringRole(
            self,
            "Role",
            files=self.files,
            versions=versions,
            repositories=image_repositories,
            network=network,
        )
        self.model_name = self._model(slot.package, network)
        self._pipeline(hosting, image_accounts, network)
        self.schedule = WindowSchedule(
            self,
            "Schedule",
            pipeline_name=self.pipeline_name,
            expression=expression(hosting.every_hours),
            condition=self.has_model,
            topic=topic,
        )
        self.alarms = BatchAlarms(
            self,
            "Alarms",
            pipeline_name=self.pipeline_name,
            every_hours=hosting.every_hours,
            condition=self.has_model,
            topic=topic,
        )

    @property
    def pipeline_arn(self) -> str:
        """The pipeline's ARN, whether or not it exists yet."""
        return Stack.of(self).format_arn(
            service="sagemaker", resource="pipeline", resource_name=self.pipeline_name
        )

    def grant_write_requests(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets ``grantee`` put rows to be scored."""
        return self.files.storage.data.grant_put(grantee, f"{self.files.requests_prefix}/*")

    def grant_read_answers(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets ``grantee`` list and read the answers."""
        return self.files.storage.data.grant_read(grantee, f"{self.files.answers_prefix}/*")

    def grant_start(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets ``grantee`` score a window out of turn."""
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["sagemaker:StartPipelineExecution"],
            resource_arns=[self.pipeline_arn],
        )

    def metric(self, measured: BatchMetric | PipelineMetric) -> cloudwatch.Metric:
        """What there was to score, or how its runs went, by the hour."""
        named = self.name if isinstance(measured, BatchMetric) else self.pipeline_name
        return measured.of(named)

    def _model(self, package: str, network: Network | None) -> str:
        """Unnamed, and kept when it is replaced: a run may still be scoring with it."""
        model = versioned_model(
            self,
            "Resource",
            package=package,
            endpoint_name=self.name,
            role=self.role,
            network=network,
            condition=self.has_model,
        )
        return model.attr_model_name

    def _pipeline(
        self,
        hosting: Batch,
        image_accounts: Mapping[str, Mapping[str, str]],
        network: Network | None,
    ) -> None:
        text = batch_definition(self.name, hosting, gathers_on=GATHERS_ON)
        definition = placed(self.pipeline_name, text, network)
        scripts = ArchiveAsset(self, "Code", folders=[STEPS])
        registries = ImageRegistries(self, "Images", definition=definition, accounts=image_accounts)
        job_role = GatheringRole(
            self,
            "GatheringRole",
            files=self.files,
            code=scripts,
            repositories=registries.repository_arns,
            network=network,
        )
        role = BatchPipelineRole(self, "PipelineRole", files=self.files, job_role=job_role)
        storage = self.files.storage
        values = {
            "GatherCodeUri": scripts.s3_object_url,
            "DataBucketName": storage.data.bucket_name,
            "ArtifactBucketName": storage.artifacts.bucket_name,
            "CaptureBucketName": storage.capture.bucket_name,
            "KmsKeyArn": storage.key.key_arn,
            "JobRoleArn": job_role.role_arn,
            "ModelName": self.model_name,
        }
        pipeline = sagemaker.CfnPipeline(
            self,
            "Pipeline",
            pipeline_name=self.pipeline_name,
            role_arn=role.role_arn,
            pipeline_definition={
                "PipelineDefinitionBody": filled(definition, values | registries.accounts)
            },
        )
        pipeline.cfn_options.condition = self.has_model


def batch_pipeline_name(name: str) -> str:
    """What the pipeline that scores a model's batches is called."""
    return f"{name}-batch"


def expression(every_hours: int) -> str:
    """When runs begin, for EventBridge Scheduler: a cron, whose hours are those of UTC's day."""
    return f"cron({MINUTE} {every(every_hours)} * * ? *)"


def batch_problems(name: str, hosting: Batch) -> Iterator[str]:
    """Yields why a model of this name can't be scored so."""
    yield from name_problems("the name of a batch pipeline", batch_pipeline_name(name))
    requests, answers = hosting.requests_of(name), hosting.answers_of(name)
    if overlap(requests, answers):
        yield (
            f"the requests of {name!r} lie below {requests!r} and its answers below {answers!r}; "
            "neither may lie in the other, or answers would be scored again: set input_prefix= or "
            "output_prefix="
        )
