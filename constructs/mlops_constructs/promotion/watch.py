"""The monitoring stack follows what serves; if it can't, a person hears of it.

No release is undone or failed for it. It reads the slot as the serving stack does, so an update
with its previous template makes it watch the version that serves, and its output MonitoredPackage
says which one it does watch.
"""

from mlops_constructs.promotion.observe import LONGEST_WAIT, STUCK_STACK
from mlops_constructs.promotion.release import BUSY
from mlops_constructs.state_machines.notices import notice
from mlops_constructs.state_machines.states import (
    FIRST_WAIT,
    REMEMBERED,
    State,
    call,
    catch,
    choose,
    jsonata,
    or_else,
    wait_longer_each_time,
    when,
)

NAMESPACE = "Perennial/Monitoring"
"""Of the monitors' metrics. Their alarm for silence counts from the last Heartbeat, so a release
puts one: the new version's first window is still to come."""

AFTERWARDS = "Is there anything to prove?"

LOOKS = 120
"""Looks at a stack that changes, a minute apart: two hours, and 1,080 events of the history."""

BEHIND = "Tell that monitoring is behind"
TO_A_PERSON = catch(["States.ALL"], then=BEHIND, assign=REMEMBERED)
SEEN = {"watched": jsonata("$served.package")}
"""It is not looked at again in this execution until another version serves."""


def watch() -> dict[str, State]:
    """From "Is it watched?" to `AFTERWARDS`, whatever comes of it.

    Whoever has updated the stack begins another round: that lasted, and a person may have frozen
    the model meanwhile.
    """
    return _look() | _compare() | _update() | _tell()


def _look() -> dict[str, State]:
    stack = "$states.result.Stacks[0]"
    output = f"{stack}.Outputs[OutputKey = 'MonitoredPackage'].OutputValue"
    previous = f"[{stack}.Parameters.{{'ParameterKey': ParameterKey, 'UsePreviousValue': true}}]"
    return {
        "Is it watched?": choose(
            when(
                "$target.monitoring = '' or $served.package in [$watched, 'UNKNOWN']",
                AFTERWARDS,
            ),
            otherwise="Read the monitoring stack",
        ),
        "Read the monitoring stack": call(
            "cloudformation",
            "describeStacks",
            {"StackName": jsonata("$target.monitoring")},
            assign={
                "monitoring": {
                    "status": jsonata(f"{stack}.StackStatus"),
                    "reason": jsonata(or_else(f"{stack}.StackStatusReason", "'none given'")),
                    "package": jsonata(or_else(output, "'NONE'")),
                    "parameters": jsonata(previous),
                },
                "watchLooks": jsonata("$watchLooks + 1"),
            },
            retries=[{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 1}],
            on_failure=catch(
                ["States.ALL"], then="Is there a monitoring stack?", assign=REMEMBERED
            ),
            then="What does it watch?",
        ),
        # It is deployed after the serving stack, and reads the slot when it is made.
        "Is there a monitoring stack?": choose(
            when("$contains($failure.Cause, 'does not exist')", AFTERWARDS, SEEN),
            otherwise=BEHIND,
        ),
    }


def _compare() -> dict[str, State]:
    passing = "$contains($monitoring.status, 'IN_PROGRESS')"
    why = (
        "$target.monitoring & ' is in ' & $monitoring.status & ' (' & $monitoring.reason &"
        " ') and watches ' & $monitoring.package"
    )
    behind = {"failure": {"Error": "Promotion.MonitoringBehind", "Cause": jsonata(why)}}
    given_up = (
        f"$monitoring.status in {list(STUCK_STACK)} or $refreshed = $served.package"
        f" or $watchLooks > {LOOKS}"
    )
    return {
        "What does it watch?": choose(
            when(
                "$monitoring.package = $served.package and $refreshed = $served.package",
                "Read the stack",
                SEEN,
            ),
            when("$monitoring.package = $served.package", AFTERWARDS, SEEN),
            when("$not($holding)", "Take the lock"),
            when(f"{passing} and $watchLooks <= {LOOKS}", "Wait for monitoring"),
            when(given_up, BEHIND, behind),
            otherwise="Put a heartbeat",
        ),
        "Wait for monitoring": wait_longer_each_time(
            at_most=LONGEST_WAIT, then="Read the monitoring stack"
        ),
    }


def _update() -> dict[str, State]:
    dimensions = (
        "[{'Name': 'Endpoint', 'Value': $target.endpoint}, {'Name': 'Monitor', 'Value': $monitor}]"
    )
    beats = (
        "[$map($target.monitors, function($monitor) {"
        f" {{'MetricName': 'Heartbeat', 'Value': 1, 'Dimensions': {dimensions}}} }})]"
    )
    begun = {"refreshed": jsonata("$served.package"), "seconds": FIRST_WAIT}
    return {
        "Put a heartbeat": call(
            "cloudwatch",
            "putMetricData",
            {"Namespace": NAMESPACE, "MetricData": jsonata(beats)},
            on_failure=TO_A_PERSON,
            then="Update the monitoring stack",
        ),
        "Update the monitoring stack": call(
            "cloudformation",
            "updateStack",
            {
                "StackName": jsonata("$target.monitoring"),
                "UsePreviousTemplate": True,
                "Parameters": jsonata("$monitoring.parameters"),
                "Capabilities": ["CAPABILITY_NAMED_IAM"],
                "ClientRequestToken": jsonata(
                    "$hash($states.context.Execution.Id & ' ' & $served.package & ' ' &"
                    " $string($watchLooks), 'SHA-256')"
                ),
            },
            assign=begun,
            retries=[{"ErrorEquals": ["States.Timeout"], "IntervalSeconds": 1, "MaxAttempts": 2}],
            on_failure=catch(["States.ALL"], then="Why was monitoring refused?", assign=REMEMBERED),
            then="Wait for monitoring",
        ),
        "Why was monitoring refused?": choose(
            when(f"{BUSY} and $watchLooks <= {LOOKS}", "Wait for monitoring"), otherwise=BEHIND
        ),
    }


def _tell() -> dict[str, State]:
    return {
        BEHIND: notice(
            "'Monitoring needs a person: ' & $target.endpoint",
            "$target.endpoint & ' serves ' & $served.package & ', which is not watched'",
            "$failure.Error & ': ' & $failure.Cause",
            "'The release stands. See Monitoring that is behind in docs/runbook.md'",
            assign=SEEN,
            on_failure=catch(["States.ALL"], then=AFTERWARDS, assign=SEEN),
            then=AFTERWARDS,
        )
    }
