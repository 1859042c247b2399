"""AWS's images for the jobs of Model Monitor, as the SageMaker SDK names them."""

from typing import Final

ANALYZER: Final = "sagemaker-model-monitor-analyzer"
"""The repository of the image that judges data and model quality."""

CLARIFY: Final = "sagemaker-clarify-processing"
"""The repository of the image that judges bias and attribution.

https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-processing-job-configure-container.html
"""

MERGER: Final = "sagemaker-model-monitor-groundtruth-merger"
"""The repository of the image that joins labels with captured answers, in a job of its own before
that of a labelled monitor. No page of AWS names it; it was seen in jobs (UNVERIFIED)."""

_REGISTRY: Final = "${{{account}}}.dkr.ecr.${{AWS::Region}}.${{AWS::URLSuffix}}/{repository}"

ANALYZER_IMAGE: Final = _REGISTRY.format(account="ModelMonitorAccount", repository=ANALYZER)
CLARIFY_IMAGE: Final = _REGISTRY.format(account="ClarifyAccount", repository=f"{CLARIFY}:1.0")
MERGER_IMAGE: Final = _REGISTRY.format(account="ModelMonitorAccount", repository=MERGER)


def repository(image: str) -> str:
    """The repository of one of these images, without registry and tag."""
    return image.rpartition("/")[2].partition(":")[0]
