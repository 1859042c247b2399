"""Where a promotion finds and puts the archives of multi-model endpoints."""

from dataclasses import dataclass

from aws_cdk import aws_s3 as s3

from mlops_constructs.version_files import VersionFiles


@dataclass(frozen=True, kw_only=True)
class Archives:
    """Two places in S3.

    Attributes:
        versions: The archives of all versions, where training put them.
        bucket: In which endpoints find them.
    """

    versions: VersionFiles
    bucket: s3.IBucket
