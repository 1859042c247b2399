"""Going back: the version that serves is rejected, and a promotion releases the one before it."""

from dataclasses import dataclass

from operate.account import Account
from operate.deployed import Model, Stage
from operate.frozen import start
from operate.refused import Refused
from operate.served import read_served
from operate.versions import REGISTRY, Version, newest_usable, read_version


@dataclass(frozen=True)
class Plan:
    """What a rollback would do.

    Attributes:
        rejected: The version that serves, or the one that is being released.
        approval: Whose approval it loses: `registry`, or a life-cycle stage.
        next: What would be released; None if nothing else is approved.
        group: The model package group.
        arriving: It is being released at this moment.
    """

    rejected: Version
    approval: str
    next: Version | None
    group: str
    arriving: bool

    @property
    def says(self) -> str:
        """What would happen, for the person who is asked to confirm it."""
        where = "in the registry" if self.approval == REGISTRY else f"for {self.approval}"
        then = (
            f"version {self.next.number} is released again"
            if self.next
            else "NOTHING CHANGES at the endpoint: no other version is approved, so it serves on"
            " until one is"
        )
        when = ", when the release in progress has ended," if self.arriving else ""
        what = f"version {self.rejected.number} of {self.group}"
        return f"{what} is rejected {where}, and{when} {then}"


def plan(account: Account, model: Model) -> Plan:
    """What a rollback of the model would do; changes nothing.

    Raises:
        Refused: Nothing serves, what serves is rejected already, or it goes back by itself.
    """
    promotion = model.promotion
    where = f"model {model.name} in stage {model.stage}"
    if not promotion:
        raise Refused(f"{where} is not served, so there is nothing to roll back")
    served = read_served(account, promotion)
    if served.version is None:
        raise Refused(
            f"{served.what} of {where} runs no version of the registry (it is"
            f" {served.status or 'not there'}), so there is nothing to reject"
        )
    if served.status == "RollingBack":
        raise Refused(
            f"endpoint {served.endpoint} is rolling back by itself at this moment; look with"
            " `status` what serves when it is done"
        )
    arriving = served.status == "Updating" and not served.agrees
    version = read_version(account, served.slot) if arriving else served.version
    approval = promotion.get("approval", REGISTRY)
    if version.verdict(approval) == "Rejected":
        raise Refused(
            f"version {version.number}, which serves {where}, is rejected already"
            f" ({version.why or 'no reason given'}); `status` says what it waits for"
        )
    rest = newest_usable(account, promotion, but=version.arn)
    return Plan(version, approval, rest, promotion["group"], arriving)


def reject(account: Account, stage: Stage, model: Model, planned: Plan, *, why: str) -> str:
    """Rejects the version and starts a promotion; ARN of the execution.

    The event of the rejection starts one too. It may be late; two at once end as one release.
    """
    verdict: dict[str, object] = {"ModelApprovalStatus": "Rejected", "ApprovalDescription": why}
    if planned.approval != REGISTRY:
        life_cycle = {"Stage": planned.approval, "StageStatus": "Rejected", "StageDescription": why}
        verdict = {"ModelLifeCycle": life_cycle}
    account.change(
        "sagemaker", "update_model_package", ModelPackageArn=planned.rejected.arn, **verdict
    )
    told = model.promotion | {"reason": f"{planned.rejected.arn} was rejected: {why}"}
    return start(account, stage.promotion_machine, told)
