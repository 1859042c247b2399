"""The four kinds of monitors, and how AWS's names follow from each."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A MonitoringType.

    Attributes:
        name: E.g. `ModelQuality`, with which the members of a job definition begin.
        arn: What stands in a job definition's ARN.
        job: What the name of an analysis job begins with.
        metrics: The last part of the namespace of its metrics.
        labelled: Whether captured data is merged with ground truth first.
        sides: The parts of a captured exchange that are analysed.
    """

    name: str
    arn: str
    job: str
    metrics: str
    labelled: bool = False
    sides: tuple[str, ...] = ("endpointInput", "endpointOutput")

    @property
    def application(self) -> str:
        """The member that names the image."""
        return f"{self.name}AppSpecification"

    @property
    def baseline(self) -> str:
        """The member that names the baseline's files."""
        return f"{self.name}BaselineConfig"

    @property
    def input(self) -> str:
        """The member that names the data."""
        return f"{self.name}JobInput"

    @property
    def output(self) -> str:
        """The member that says where reports go."""
        return f"{self.name}JobOutputConfig"

    def namespace(self, *, endpoint: bool) -> str:
        """The CloudWatch namespace of the metrics of an endpoint, or else of batch transforms.

        https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-cw.html
        https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-bias-drift-cw.html
        https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-feature-attribute-drift-cw.html
        and, for data quality, assumptions.toml.
        """
        return f"aws/sagemaker/{'Endpoints' if endpoint else 'ModelMonitoring'}/{self.metrics}"


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            name="DataQuality",
            arn="data-quality-job-definition",
            job="model-monitoring",
            metrics="data-metrics",
        ),
        Kind(
            name="ModelQuality",
            arn="model-quality-job-definition",
            job="model-quality-monitoring",
            metrics="model-metrics",
            labelled=True,
            sides=("endpointOutput",),
        ),
        Kind(
            name="ModelBias",
            arn="model-bias-job-definition",
            job="model-bias-monitoring",
            metrics="bias-metrics",
            labelled=True,
        ),
        Kind(
            name="ModelExplainability",
            arn="model-explainability-job-definition",
            job="explainability-monitoring",
            metrics="explainability-metrics",
        ),
    )
}
DATA_QUALITY = KINDS["DataQuality"]
