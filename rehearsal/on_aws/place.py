"""The account and region that the credentials lead to, and that they lead to AWS itself."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import boto3

from operate.account import Account
from operate.preflight.template import World as Where
from operate.refused import Refused
from rehearsal.passing import RealTime
from rehearsal.world import World

LOOK_AGAIN_SECONDS = 15.0
"""Between two looks at AWS, which limits how often it may be asked."""

SUFFIXES = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")
"""https://docs.aws.amazon.com/general/latest/gr/rande.html"""

SERVICES = (
    "sts", "cloudformation", "s3", "sagemaker", "sagemaker-runtime", "stepfunctions", "ssm", "kms",
    "logs", "cloudwatch", "events", "sns", "sqs",
)  # fmt: skip


def refuse_elsewhere(account: Account, environment: Mapping[str, str]) -> None:
    """See that nothing is asked anywhere but at AWS, and all of it as one caller.

    An endpoint may be set in the environment or in the configuration, for all services or for one
    (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html).

    Raises:
        Refused: Something would be.
    """
    for name in sorted(environment):
        if name.startswith("AWS_ENDPOINT_URL"):
            raise Refused(
                f"{name} is set to {environment[name]}, and TARGET=aws plays on AWS itself; unset"
                " it, or play on the local AWS with `make rehearse`"
            )
    profile = account.profile or environment.get("AWS_PROFILE")
    if profile and "AWS_ACCESS_KEY_ID" in environment:
        raise Refused(
            f"both the profile {profile} and AWS_ACCESS_KEY_ID are given, and the cdk command might"
            " take the other one; unset AWS_ACCESS_KEY_ID, or leave the profile out"
        )
    session = boto3.Session(profile_name=account.profile, region_name=account.region)
    for service in SERVICES:
        url: str = session.client(service).meta.endpoint_url
        if not (urlsplit(url).hostname or "").endswith(SUFFIXES):
            raise Refused(
                f"{service} would be asked at {url}, which is not AWS; take endpoint_url out of"
                " the AWS configuration of this profile"
            )


def where(account: Account) -> Where:
    """Account, region and partition.

    Raises:
        Refused: There are no credentials, or AWS does not take them.
    """
    return Where(account.identifier, account.region, account.caller.split(":")[1])


def world_of(account: Account, out: Path) -> World:
    """The world that the story is played on."""
    environment = {"AWS_REGION": account.region, "AWS_DEFAULT_REGION": account.region}
    if account.profile:
        environment["AWS_PROFILE"] = account.profile
    return World(environment=environment, out=out, time=RealTime(LOOK_AGAIN_SECONDS))
