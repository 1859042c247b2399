"""What an organisation has already, and asks of all that is deployed into its accounts."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mlops_constructs.network import Network

KEY_ARN: Final = re.compile(r"^arn:aws[a-z-]*:kms:([a-z0-9-]+):(\d{12}):key/[A-Za-z0-9-]+$")

_BucketName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
_PolicyName = Annotated[str, Field(pattern=r"^[\w+=,.@/-]+$", max_length=512)]
_TAG: Final = re.compile(r"[\w\s.:/=+@-]*")
_OURS: Final = ("aws:", "perennial:")


class ExistingBuckets(BaseModel):
    """Buckets to use instead of making them; the others are made.

    They keep their own encryption, lifecycle and access logs. A data bucket that shall start runs
    must send its events to EventBridge.

    Attributes:
        data: Raw training data, one prefix for each model.
        artifacts: What pipelines write.
        capture: What endpoints record; nothing here makes its objects expire.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: _BucketName | None = None
    artifacts: _BucketName | None = None
    capture: _BucketName | None = None

    @property
    def by_purpose(self) -> dict[str, str]:
        """Purpose to name, of those that exist."""
        return self.model_dump(exclude_none=True)


class Organisation(BaseModel):
    """How a stage fits into an account that has rules; by default it brings all it needs.

    Attributes:
        name_prefix: Small letters and digits that begin every name, such as `acme`: of stacks (and
            so of roles), endpoints, pipelines, buckets, parameters. It can't be changed later.
        network: Subnets and security groups for the containers of jobs and endpoints.
        key_arn: The key for all data, instead of one of the stage's own.
        buckets: Buckets that exist.
        permissions_boundary: Name of a managed policy of the account, with its path if it has one;
            it bounds every role.
        tags: On everything that takes tags and can change them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name_prefix: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{0,15}$")] | None = None
    network: Network | None = None
    key_arn: Annotated[str, Field(pattern=KEY_ARN.pattern)] | None = None
    buckets: ExistingBuckets = ExistingBuckets()
    permissions_boundary: _PolicyName | None = None
    tags: Mapping[str, str] = Field(default_factory=dict)

    @property
    def prefix(self) -> str:
        """What begins names, with its hyphen: `acme-`, or nothing."""
        return f"{self.name_prefix}-" if self.name_prefix else ""

    @property
    def parameter_prefix(self) -> str:
        """Where SSM parameters begin: `/acme/perennial`, or `/perennial`."""
        return f"/{self.name_prefix}/perennial" if self.name_prefix else "/perennial"

    def key_problems(self, *, account: str | None, region: str | None) -> Iterator[str]:
        """Yields why the key can't serve a stage in an account and a region, if it names them."""
        found = KEY_ARN.match(self.key_arn) if self.key_arn else None
        if found and region and found[1] != region:
            yield (
                f"key_arn must be a key of the stage's region {region!r}, got {self.key_arn!r}; "
                "name another key, or its replica there"
            )
        if found and account and found[2] != account:
            yield (
                f"key_arn must be a key of the stage's account {account!r}, got "
                f"{self.key_arn!r}; services of one account can't be let into another's key here"
            )

    @model_validator(mode="after")
    def _has_tags_that_aws_takes(self) -> Self:
        problems = list(_tag_problems(self.tags))
        if problems:
            raise ValueError("\n".join(problems))
        return self


def _tag_problems(tags: Mapping[str, str]) -> Iterator[str]:
    # One of the fifty is ours: perennial:endpoint, on models and endpoint configs.
    if len(tags) > 49:
        yield f"tags must be at most 49, got {len(tags)}; take some out of tags="
    for key, value in tags.items():
        if not 1 <= len(key) <= 128 or not _TAG.fullmatch(key) or key.startswith(_OURS):
            yield (
                "the key of a tag must be 1 to 128 letters, digits, spaces and . : / = + @ - _ "
                f"that begin with neither {' nor '.join(map(repr, _OURS))}, got {key!r}; change it "
                "in tags="
            )
        if len(value) > 256 or not _TAG.fullmatch(value):
            yield (
                f"the value of tag {key!r} must be at most 256 letters, digits, spaces and "
                f". : / = + @ - _, got {value!r}; change it in tags="
            )
