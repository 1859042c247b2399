"""Where a stage finds the files of the versions that it serves."""

from aws_cdk import aws_s3 as s3
from constructs import Construct

from config.schema import StageConfig
from mlops_constructs.foundation import bucket_name
from mlops_constructs.version_files import VersionFiles
from pipeline_definitions.spec import ModelSpec


def version_files(scope: Construct, config: StageConfig, model: ModelSpec) -> VersionFiles:
    """The archives and baselines of ``model``, by literal names: no stage refers to another."""
    return _below(scope, config, config.trained_by.resource_name(model))


def all_version_files(scope: Construct, config: StageConfig) -> VersionFiles:
    """Those of all models of the stage."""
    return _below(scope, config, f"{config.trained_by.resource_prefix}*")


def _below(scope: Construct, config: StageConfig, prefix: str) -> VersionFiles:
    trained_by = config.trained_by
    existing = trained_by.organisation
    name = existing.buckets.artifacts or bucket_name(trained_by.bucket_prefix, "artifacts")
    return VersionFiles(
        bucket=s3.Bucket.from_bucket_name(scope, "Versions", name),
        prefix=prefix,
        key_alias=None if config.trains else trained_by.key_alias,
        key_arn=None if config.trains else existing.key_arn,
    )
