"""The container images of jobs, and what stands in for them on this machine.

There is no Docker: what would run in an image runs with this machine's Python and the libraries
installed beside it. The table says what AWS's images hold and which parts of them are here; their
versions differ, so a script that depends on one sees another.
"""

import re
from dataclasses import dataclass

from local_aws.core.errors import NotImplementedHere

_REPOSITORY = re.compile(r"(?:[^/]+/)*(?P<repository>[^/:@]+)(?::[^/]+|@sha256:.+)?")


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image that the local AWS can stand in for.

    Attributes:
        repository: The last part of the repository's name in the registry.
        trains: Whether its entry point is SageMaker's training toolkit in script mode.
        variables: What its Dockerfile sets and scripts may rely on.
    """

    repository: str
    trains: bool = False
    variables: tuple[tuple[str, str], ...] = ()


# https://github.com/aws/sagemaker-xgboost-container/blob/master/docker/3.0-5/final/Dockerfile.cpu
_XGBOOST = (
    ("SM_INPUT", "/opt/ml/input"),
    ("SM_INPUT_TRAINING_CONFIG_FILE", "/opt/ml/input/config/hyperparameters.json"),
    ("SM_INPUT_DATA_CONFIG_FILE", "/opt/ml/input/config/inputdataconfig.json"),
    ("SM_CHECKPOINT_CONFIG_FILE", "/opt/ml/input/config/checkpointconfig.json"),
    ("SM_MODEL_DIR", "/opt/ml/model"),
)
_IMAGES = {
    image.repository: image
    for image in (
        Image(repository="sagemaker-xgboost", trains=True, variables=_XGBOOST),
        Image(repository="sagemaker-scikit-learn"),
    )
}


def image(uri: str) -> Image:
    """What stands in for the image of this URI.

    Raises:
        NotImplementedHere: Nothing does.
    """
    found = _REPOSITORY.fullmatch(uri)
    known = _IMAGES.get(found["repository"]) if found else None
    if known is None:
        raise NotImplementedHere(
            f"The local AWS has no Docker and stands in for the images {', '.join(_IMAGES)} only,"
            f" got {uri!r}."
        )
    return known
