"""What is monitored, and which monitors it can't have."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aws_cdk import CfnCondition
from aws_cdk import aws_s3 as s3

from mlops_constructs.monitoring.batch_transforms import BatchTransforms
from mlops_constructs.monitoring.schedule import first_after_batches
from mlops_constructs.monitoring.settings import LabelledSettings, MonitorSettings
from mlops_constructs.names import name_problems
from mlops_constructs.network import Network
from mlops_constructs.problems import InvalidProps
from mlops_constructs.serving.batch_files import BatchFiles
from mlops_constructs.serving.batch_inference import batch_pipeline_name
from mlops_constructs.serving.kept import VARIANT
from mlops_constructs.storage import Storage
from mlops_constructs.version_files import VersionFiles


@dataclass(frozen=True, kw_only=True)
class MonitoredEndpoint:
    """An endpoint as its monitors see it, or in its stead what scores batches.

    Attributes:
        name: Of the endpoint, or of the model that scores.
        capture_percent: Share of its requests that are recorded; a monitor needs some.
        storage: The buckets of capture and of reports (artifacts), and the key.
        versions: The baselines of all versions.
        baseline_uri: S3 prefix of the serving version's baseline, without a slash at its end.
        condition: Under which there is an endpoint, and so its monitors.
        variant: The production variant whose capture is read.
        network: Where the jobs of its monitors run; by default in SageMaker's own.
        label_bucket: Where it is said what truly happened; monitors that need labels need it.
        batches: Where rows and answers of batches lie, if there is no endpoint.
    """

    name: str
    capture_percent: int
    storage: Storage
    versions: VersionFiles
    baseline_uri: str
    condition: CfnCondition
    variant: str = VARIANT
    network: Network | None = None
    label_bucket: s3.IBucket | None = None
    batches: BatchFiles | None = None

    @property
    def capture_prefix(self) -> str:
        """Below it, in the capture bucket, the variant's records lie by the hour.

        Of batches the manifests do, in folders for the two sides.
        """
        return self.name if self.batches else f"{self.name}/{self.variant}"

    @property
    def transforms(self) -> BatchTransforms | None:
        """What Model Monitor is told of the batches; None of an endpoint."""
        if self.batches is None:
            return None
        return BatchTransforms(capture_prefix=self.capture_prefix, dataset_format="csv")

    @property
    def scored_by(self) -> str | None:
        """The pipeline that scores batches; None of an endpoint."""
        return batch_pipeline_name(self.name) if self.batches else None

    @property
    def asked(self) -> str:
        """What monitors look at, in words."""
        return "what its batches hold" if self.batches else "what its endpoint is asked"

    def first_run(self, every_hours: int) -> int:
        """The hour of a day's first run of a monitor: midnight, or when a batch is over."""
        return first_after_batches(every_hours) if self.batches else 0

    @property
    def report_uri(self) -> str:
        """The S3 prefix of the reports of all monitors."""
        return self.storage.artifacts.s3_url_for_object(f"monitoring/{self.name}")

    def report_prefix(self, kind: str) -> str:
        """Below it, in the artifact bucket, lie the reports of a monitor."""
        return f"monitoring/{self.name}/{kind}"

    def ground_truth(self, settings: LabelledSettings) -> s3.IBucket:
        """The bucket of a monitor's label files; they lie below its `ground_truth_prefix`.

        Raises:
            InvalidProps: If the endpoint has none.
        """
        if self.label_bucket is None:
            raise InvalidProps(self.label_problems(settings))
        return self.label_bucket

    def label_problems(self, settings: MonitorSettings) -> Iterator[str]:
        """Yields why a monitor would have no labels, if it needs them."""
        if isinstance(settings, LabelledSettings) and self.label_bucket is None:
            yield (
                f"monitor {settings.kind!r} of endpoint {self.name!r} needs labels, and the "
                "endpoint has no bucket of them; give it one with label_bucket="
            )


def monitor_name(endpoint_name: str, kind: str) -> str:
    """What the monitor's pipeline or schedule is called, and how its alarms begin."""
    return f"{endpoint_name}-{kind}"


def monitor_problems(
    endpoint_name: str, capture_percent: int, monitors: Sequence[MonitorSettings]
) -> Iterator[str]:
    """Yields why an endpoint can't have these monitors, one sentence each."""
    for kind, count in Counter(monitor.kind for monitor in monitors).items():
        if count > 1:
            yield (
                f"endpoint {endpoint_name!r} has {count} monitors of kind {kind!r}; leave one, "
                "since their names and metrics would be the same"
            )
        if capture_percent == 0:
            yield (
                f"monitor {kind!r} of endpoint {endpoint_name!r} would have nothing to read: "
                "capture_percent is 0; set it to 1 to 100, or take the monitor away"
            )
        yield from name_problems(
            f"the name of monitor {kind!r} of endpoint {endpoint_name!r}",
            monitor_name(endpoint_name, kind),
        )
