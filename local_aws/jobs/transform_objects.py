"""The objects that a transform job reads.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TransformS3DataSource.html
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from local_aws.hosting import objects
from local_aws.jobs.job import JobFailed
from local_aws.jobs.storage import keys, relative_path, split
from local_aws.jobs.transform_work import TransformWork


@dataclass(frozen=True, kw_only=True)
class Source:
    """An object to be scored.

    Attributes:
        prefix: What the job's manifest, or its own URI, says before the name.
        name: Below the output path its answers have this name and `.out`.
    """

    uri: str
    prefix: str
    name: str

    @property
    def place(self) -> str:
        """Bucket and key, as the data log has it."""
        return self.uri.removeprefix("s3://")


def sources(work: TransformWork) -> list[Source]:
    """The objects, in the order in which they are scored.

    Raises:
        TransferFailed: There is none below the prefix.
        FileNotFoundError: There is no such manifest.
        JobFailed: The manifest is none, or names nothing.
    """
    return list(_manifested(work.uri) if work.manifested else _below(work))


def _below(work: TransformWork) -> Iterator[Source]:
    bucket, prefix = split(work.uri)
    for key in keys(work.uri, role=work.role):
        name = relative_path(key, prefix)
        folder = f"s3://{bucket}/{key.removesuffix(name)}"
        yield Source(uri=f"s3://{bucket}/{key}", prefix=folder, name=name)


def _manifested(uri: str) -> Iterator[Source]:
    try:
        head, *names = json.loads(objects.read(uri))
        prefix = str(head["prefix"])
    except (ValueError, TypeError, KeyError) as error:
        raise JobFailed(f"ClientError: {uri} is no manifest: {error!r}.") from error
    if not names:
        raise JobFailed(f"ClientError: The manifest {uri} names no object.")
    for name in names:
        yield Source(uri=f"{prefix}{name}", prefix=prefix, name=name)
