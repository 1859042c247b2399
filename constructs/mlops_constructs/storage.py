"""Where a model's data lives."""

from dataclasses import dataclass

from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3


@dataclass(frozen=True, kw_only=True)
class Storage:
    """The buckets of every stage, and the key that encrypts them.

    Attributes:
        artifacts: What pipelines and monitors write: models, evaluations, baselines, reports; one
            prefix for each pipeline.
        capture: Requests and responses that endpoints record.
        key: Encrypts the buckets, and the volumes of jobs and endpoints.
    """

    artifacts: s3.IBucket
    capture: s3.IBucket
    key: kms.IKey


@dataclass(frozen=True, kw_only=True)
class TrainingStorage(Storage):
    """The buckets of a stage that trains.

    Attributes:
        data: Raw training data, one prefix for each model.
    """

    data: s3.IBucket
