"""Where a model's data lives."""

from dataclasses import dataclass

from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3


@dataclass(frozen=True, kw_only=True)
class Storage:
    """The buckets that training and serving share, and the key that encrypts them.

    Attributes:
        data: Raw training data, one prefix for each model.
        artifacts: What pipelines write: models, evaluations, baselines; one prefix for each
            pipeline.
        capture: Requests and responses that endpoints record.
        key: Encrypts the three buckets, and the volumes of jobs and endpoints.
    """

    data: s3.IBucket
    artifacts: s3.IBucket
    capture: s3.IBucket
    key: kms.IKey
