"""The container images of jobs, and what stands in for them on this machine.

There is no Docker: what would run in an image runs with this machine's Python and the libraries
installed beside it. The table says what AWS's images hold and which parts of them are here; their
versions differ, so a script that depends on one sees another.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from local_aws.core.errors import NotImplementedHere

_REPOSITORY = re.compile(r"(?:[^/]+/)*(?P<repository>[^/:@]+)(?::[^/]+|@sha256:.+)?")


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image that the local AWS can stand in for.

    Attributes:
        repository: The last part of the repository's name in the registry.
        trains: Whether its entry point is SageMaker's training toolkit in script mode.
        variables: What its Dockerfile sets and scripts may rely on.
        stand_in: What runs in its place if the image is closed software that only monitoring
            schedules start; empty for an image that runs what a job brings along.
    """

    repository: str
    trains: bool = False
    variables: tuple[tuple[str, str], ...] = ()
    stand_in: tuple[str, ...] = ()


# https://github.com/aws/sagemaker-xgboost-container/blob/master/docker/3.0-5/final/Dockerfile.cpu
_XGBOOST = (
    ("SM_INPUT", "/opt/ml/input"),
    ("SM_INPUT_TRAINING_CONFIG_FILE", "/opt/ml/input/config/hyperparameters.json"),
    ("SM_INPUT_DATA_CONFIG_FILE", "/opt/ml/input/config/inputdataconfig.json"),
    ("SM_CHECKPOINT_CONFIG_FILE", "/opt/ml/input/config/checkpointconfig.json"),
    ("SM_MODEL_DIR", "/opt/ml/model"),
)
# The tables are small: a pool of threads costs more than it gains.
_STAND_IN = (("PYTHONPATH", str(Path(__file__).parents[2])), ("OPENBLAS_NUM_THREADS", "1"))


def _closed(repository: str, analysis: str) -> Image:
    command = ("python3", "-P", "-m", "local_aws.monitoring.stand_in", analysis)
    return Image(repository=repository, variables=_STAND_IN, stand_in=command)


_IMAGES = {
    image.repository: image
    for image in (
        Image(repository="sagemaker-xgboost", trains=True, variables=_XGBOOST),
        Image(repository="sagemaker-scikit-learn"),
        _closed("sagemaker-model-monitor-groundtruth-merger", "merge"),
        _closed("sagemaker-model-monitor-analyzer", "analyzer"),
        _closed("sagemaker-clarify-processing", "clarify"),
    )
}


def image(uri: str, *, scheduled: bool = False) -> Image:
    """What stands in for the image of this URI.

    Args:
        uri: The image's URI, whatever its registry and tag.
        scheduled: Whether a monitoring schedule starts it, and may start closed images too.

    Raises:
        NotImplementedHere: Nothing does.
    """
    allowed = {name: each for name, each in _IMAGES.items() if scheduled or not each.stand_in}
    found = _REPOSITORY.fullmatch(uri)
    known = allowed.get(found["repository"]) if found else None
    if known is None:
        where = "in a monitoring schedule " if scheduled else ""
        raise NotImplementedHere(
            f"The local AWS has no Docker and stands in {where}for the images"
            f" {', '.join(allowed)} only, got {uri!r}."
        )
    return known
