"""A version on trial: how it stands, and a person's decision about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from operate.account import Account
from operate.deployed import Model, Stage
from operate.frozen import start
from operate.refused import Refused
from operate.served import Served, read_served
from operate.versions import Version

WORDS = ("promote", "drop")
"""What a person can decide."""

VARIANTS = ("AllTraffic", "Challenger")
"""The variant that serves, and the one that is tried."""

_HOUR = 3600


@dataclass(frozen=True)
class Trial:
    """A trial.

    Attributes:
        version: The version on trial.
        kind: `shadow` or `split`.
        decides: `rule` or `person`.
        config: The config by which it runs, which identifies it.
        since: When it began.
        until: When the two are compared.
        requests: How many each variant has had, by the name of the variant.
        asked: Whether a person was asked to decide.
    """

    version: Version
    kind: str
    decides: str
    config: str
    since: datetime
    until: datetime
    requests: Mapping[str, int]
    asked: bool


def read_trial(
    account: Account, promotion: Mapping[str, Any], served: Served, now: datetime
) -> Trial | None:
    """The trial beside what serves; None if there is none."""
    asked = promotion.get("trial", {})
    if not asked or served.challenger is None or served.since is None:
        return None
    return Trial(
        version=served.challenger,
        kind=asked["kind"],
        decides=asked["decides"],
        config=served.config,
        since=served.since,
        until=served.since + timedelta(hours=asked["hours"]),
        requests={name: _requests(account, served, name, now) for name in VARIANTS},
        asked=served.challenger.stamp(promotion["stage"]) == f"undecided {served.config}",
    )


def on_trial(account: Account, model: Model, now: datetime) -> Trial:
    """The trial that a person decides about.

    Raises:
        Refused: There is none.
    """
    promotion, where = model.promotion, f"model {model.name} in stage {model.stage}"
    if not promotion.get("trial"):
        raise Refused(
            f"{where} releases its versions without a trial, so there is nothing to decide; see"
            " docs/how-to/release.md"
        )
    found = read_trial(account, promotion, read_served(account, promotion), now)
    if found is None:
        raise Refused(
            f"no version of {where} is on trial at this moment; `status` says what serves"
        )
    return found


def says(trial: Trial, word: str) -> str:
    """What a decision would do, for the person who is asked to confirm it."""
    number = trial.version.number
    if word == "promote":
        return f"version {number} is promoted: it takes over all traffic"
    return f"version {number} is dropped: it leaves, and is not tried again while it is stamped"


def decide(
    account: Account, stage: Stage, model: Model, trial: Trial, word: str, *, why: str
) -> str:
    """Writes the decision and starts a promotion; ARN of the execution."""
    value = f"{word} {trial.config} (by {account.caller}: {why})"
    name = f"{model.parameters}/decision"
    account.change("ssm", "put_parameter", Name=name, Value=value, Type="String", Overwrite=True)
    told = model.promotion | {"reason": f"a person decided: {word} {trial.version.arn}: {why}"}
    return start(account, stage.promotion_machine, told)


def _requests(account: Account, served: Served, variant: str, now: datetime) -> int:
    dimensions = {
        "EndpointName": served.endpoint,
        "VariantName": variant,
        "EndpointConfigName": served.config,
    }
    answer = account.read(
        "cloudwatch",
        "get_metric_statistics",
        Namespace="AWS/SageMaker",
        MetricName="Invocations",
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        StartTime=served.since,
        EndTime=now,
        Period=_HOUR,
        Statistics=["Sum"],
    )
    return int(sum(point["Sum"] for point in answer["Datapoints"]))
