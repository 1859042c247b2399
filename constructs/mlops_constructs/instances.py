"""What can't run on which instances."""

import re
from collections.abc import Iterator

INSTANCE_TYPE = r"^ml\.[a-z0-9-]+\.[a-z0-9-]+$"
"""SageMaker's names of instance types, such as `ml.m5.large`."""

_LOCAL_STORAGE = re.compile(r"ml\.([a-z]+\d+[a-z]*d[a-z]*|g5|g6e?|gr6|p5(e|en)?|trn\d+n?)\.")


def key_problems(instance_type: str) -> Iterator[str]:
    """Yields why the volume of an instance can't be encrypted with a key of ours.

    AWS refuses VolumeKmsKeyId for jobs and KmsKeyId for endpoints on instances with local storage
    (API reference, ProcessingClusterConfig and CreateEndpointConfig).
    """
    if _LOCAL_STORAGE.match(instance_type):
        yield (
            f"instance_type {instance_type!r} has local storage, which takes no key; "
            "choose a type without, such as 'ml.m5.large'"
        )
