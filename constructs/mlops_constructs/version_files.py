"""What a model's versions are made of, and who may read it."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import Aws, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3


@dataclass(frozen=True, kw_only=True)
class VersionFiles:
    """Where the archives and baselines of a model's versions lie: with the stage that trains it.

    Another stage of the account knows that stage's key by its alias only, since no stage refers to
    another's resources. A policy can't name a key by an alias, but it can ask that the key which is
    used has it, and that S3 uses it on the reader's behalf.
    https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service

    Attributes:
        bucket: The artifact bucket of the stage that trains.
        prefix: Below it lies what the model's pipeline makes, without a slash at its end.
        key_alias: Of the bucket's key, such as `alias/perennial-dev`; None where it is the reader's
            own stage's, which it may use anyhow.
        key_arn: The key itself, where its ARN is known.
    """

    bucket: s3.IBucket
    prefix: str
    key_alias: str | None = None
    key_arn: str | None = None

    @property
    def objects_arn(self) -> str:
        """The ARN of all of them."""
        return self.bucket.arn_for_objects(f"{self.prefix}/*")

    def key_statements(self, stack: Stack) -> list[iam.PolicyStatement]:
        """What reading them takes of the other stage's key, for a role in ``stack``."""
        by_s3 = {"StringEquals": {"kms:ViaService": f"s3.{Aws.REGION}.{Aws.URL_SUFFIX}"}}
        if self.key_arn is not None:
            return [_decrypt(self.key_arn, by_s3)]
        if self.key_alias is None:
            return []
        by_alias = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": self.key_alias}}
        return [_decrypt(_any_key(stack), {**by_alias, **by_s3})]

    def wildcards(self, stack: Stack) -> Mapping[str, str]:
        """Why `key_statements` name every key: resource to reason."""
        if self.key_alias is None or self.key_arn is not None:
            return {}
        return {_any_key(stack): f"A condition holds it to the key with {self.key_alias}, by S3."}


def _any_key(stack: Stack) -> str:
    return stack.format_arn(service="kms", resource="key", resource_name="*")


def _decrypt(key: str, conditions: Mapping[str, Mapping[str, str]]) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=["kms:Decrypt"], resources=[key], conditions=conditions)
