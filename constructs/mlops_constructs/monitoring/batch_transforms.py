"""What batch transform jobs answered, as a monitor of Model Monitor sees it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from mlops_constructs.monitoring.settings import Attribution, Bias, MonitorSettings

DatasetFormat: TypeAlias = Literal["csv", "csv with header", "json", "json lines", "parquet"]

_FORMATS: Final[Mapping[str, Mapping[str, object]]] = {
    "csv": {"Csv": {"Header": False}},
    "csv with header": {"Csv": {"Header": True}},
    "json": {"Json": {"Line": False}},
    "json lines": {"Json": {"Line": True}},
    "parquet": {"Parquet": True},
}


@dataclass(frozen=True, kw_only=True)
class BatchTransforms:
    """Captured batch transform jobs, monitored instead of an endpoint.

    BatchTransforms(capture_prefix="scored", dataset_format="csv")

    https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-batch.html

    Attributes:
        capture_prefix: Where in the capture bucket the jobs capture to (their
            `DataCaptureConfig.DestinationS3Uri`), without a slash at its end.
        dataset_format: Of what they read and wrote.
        features: Where in a line of JSON the features are, as JMESPath.
        analysis_config_uri: Clarify's configuration, in a file called `analysis_config.json`, if it
            is not the baseline's. A monitor of attribution needs one: it names the model, and there
            is no endpoint that could be asked for it.
    """

    capture_prefix: str
    dataset_format: DatasetFormat
    features: str | None = None
    analysis_config_uri: str | None = None

    def source(self, bucket_name: str) -> dict[str, object]:
        """The members of BatchTransformInput that say where the data is.

        Args:
            bucket_name: The capture bucket.
        """
        found: dict[str, object] = {
            "DataCapturedDestinationS3Uri": f"s3://{bucket_name}/{self.capture_prefix}",
            "DatasetFormat": _FORMATS[self.dataset_format],
        }
        return found | ({"FeaturesAttribute": self.features} if self.features else {})


def transform_problems(
    settings: MonitorSettings, transforms: BatchTransforms | None
) -> Iterator[str]:
    """Yields why a monitor can't read these."""
    if transforms is None or not isinstance(settings, Attribution | Bias):
        return
    if isinstance(settings, Attribution) and transforms.analysis_config_uri is None:
        yield (
            "monitor 'attribution' of batch transforms needs a configuration that names the model, "
            "since there is no endpoint to ask for it; give it one with analysis_config_uri="
        )
    if "json" in transforms.dataset_format and transforms.features is None:
        yield (
            f"monitor {settings.kind!r} of batch transforms can't find the features in "
            f"{transforms.dataset_format!r}; say where they are with features="
        )
