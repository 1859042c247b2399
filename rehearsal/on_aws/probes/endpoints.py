"""What endpoints showed while releases went on, as the witness heard it."""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.on_aws.probes.stacks import ENDPOINT, failing_release
from rehearsal.on_aws.seen import NOT_SO_FAR, Seen, unseen
from rehearsal.on_aws.telling import Told
from rehearsal.on_aws.witness import Look
from rehearsal.traffic import recorded
from rehearsal.world import World

PENDING = "PendingDeploymentSummary"


def old_name_until_the_end(_: World, told: Told) -> Seen:
    """The config's name in DescribeEndpoint while another one is pending."""
    old = new = 0
    for endpoint in {look.said["EndpointName"] for look in told.witness.looks}:
        for look, at_rest in _releases(told, endpoint):
            shown, pending = look.said["EndpointConfigName"], _pending_config(look.said)
            old += shown == at_rest
            new += shown == pending
    if not old + new:
        return unseen("nobody looked while a release went on")
    return Seen(not new, f"{new} of {old + new} looks at releases show the new config's")


def rolling_back(_: World, told: Told) -> Seen:
    """The status from when all requests are answered again to the end."""
    looks = _during_the_rollback(told)
    statuses = list(dict.fromkeys(look.said["EndpointStatus"] for look in looks))
    if not statuses:
        return unseen("nobody looked while the failing version's fleet was taken away")
    return Seen("RollingBack" in statuses, f"{len(looks)} looks show {', '.join(statuses)}")


def failure_reason(world: World, told: Told) -> Seen:
    """FailureReason in any look after the rollback, or as CloudFormation passes it on.

    Both CloudFormation and Promotion may update the endpoint again soon, which clears it.
    """
    if told.names is None or not told.witness.last_failure:
        return NOT_SO_FAR
    name, since = told.names.endpoint, told.witness.last_failure[told.names.endpoint]
    looks = [look.said for look in told.witness.looks_at(name) if look.when > since]
    reasons = [said["FailureReason"] for said in looks if said.get("FailureReason")]
    reasons += [
        event.get("ResourceStatusReason", "")
        for event in failing_release(world, told)
        if event["ResourceType"] == ENDPOINT and event["ResourceStatus"] == "UPDATE_FAILED"
    ]
    if not reasons:
        return unseen("FailureReason was empty whenever somebody looked after the rollback")
    named = [reason for reason in reasons if f"{name}-5xx-" in reason]
    return Seen(bool(named), (named or reasons)[0], in_part=True)


def deleting(_: World, told: Told) -> Seen:
    """Where VariantStatus Deleting stood, in shifts and in the rollback."""
    back = [look.said for look in _during_the_rollback(told)]
    looks = [look.said for look in told.witness.looks]
    shown = {
        "after a shift, at ProductionVariants": any(
            _deletes(said.get("ProductionVariants", [])) for said in looks if said not in back
        ),
        "after a shift, at the pending": any(
            _deletes(_pending(said)) for said in looks if said not in back
        ),
        "after the rollback, at the pending": any(_deletes(_pending(said)) for said in back),
        "after the rollback, at ProductionVariants": any(
            _deletes(said.get("ProductionVariants", [])) for said in back
        ),
    }
    where = [place for place, seen in shown.items() if seen]
    what = f"Deleting was shown {'; '.join(where) or 'nowhere'}"
    if shown["after a shift, at the pending"] or shown["after the rollback, at ProductionVariants"]:
        return Seen(False, what)
    return Seen(True, what, in_part=len(where) < 2) if where else unseen(what)


def captured_failures(world: World, told: Told) -> Seen:
    """Records in Dev's capture bucket against the requests that were and were not answered."""
    if told.names is None or not told.witness.last_failure:
        return NOT_SO_FAR
    name = told.names.endpoint
    answered, failed = told.witness.answered[name], told.witness.failed[name]
    records = recorded(world, told.names)
    what = f"{records} records of {answered} answered and {failed} failed requests"
    if records == answered:
        return Seen(True, what)
    return Seen(False, what) if records == answered + failed else unseen(what)


def unknown_variant(world: World, told: Told) -> Seen:
    """A request to a variant that is not there, which no model sees."""
    if told.names is None or not told.first:
        return NOT_SO_FAR
    try:
        world.client("sagemaker-runtime").invoke_endpoint(
            EndpointName=told.names.endpoint, TargetVariant="nobody", ContentType="text/csv",
            Body="0",
        )  # fmt: skip
    except ClientError as error:
        found = error.response["Error"]
        return Seen(found["Code"] == "ValidationError", f"{found['Code']}: {found['Message']}")
    return Seen(False, "it was answered")


def _during_the_rollback(told: Told) -> list[Look]:
    """Looks at Dev's endpoint while what was taken back is taken away.

    From when the failing version surely got no requests any more: until then nothing may have been
    taken back yet. A later update shows another config as pending.
    """
    if told.names is None:
        return []
    name = told.names.endpoint
    since = told.witness.recovered.get(name)
    if since is None:
        return []
    after = [look for look in told.witness.looks_at(name) if look.when > since]
    rests = [n for n, look in enumerate(after) if look.said["EndpointStatus"] == "InService"]
    releases = [look for look, _ in _releases(told, name)]
    return [
        look
        for look in after[: rests[0] if rests else None]
        if look in releases or look.said["EndpointStatus"] == "RollingBack"
    ]


def _releases(told: Told, endpoint: str) -> Iterator[tuple[Look, str]]:
    """Looks at an endpoint with another config pending than it had at rest, and the latter."""
    at_rest = ""
    for look in told.witness.looks_at(endpoint):
        if look.said["EndpointStatus"] == "InService":
            at_rest = look.said["EndpointConfigName"]
        elif at_rest and _pending_config(look.said) not in ("", at_rest):
            yield look, at_rest


def _pending_config(said: dict[str, Any]) -> str:
    return str(said.get(PENDING, {}).get("EndpointConfigName", ""))


def _pending(said: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = said.get(PENDING, {}).get("ProductionVariants", [])
    return found


def _deletes(variants: list[dict[str, Any]]) -> bool:
    return any(
        status["Status"] == "Deleting"
        for variant in variants
        for status in variant.get("VariantStatus", [])
    )
