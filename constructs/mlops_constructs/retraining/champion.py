"""Who the challenger is compared with: what the slot names and the endpoint runs."""

from mlops_constructs.retraining.need import LOOK
from mlops_constructs.retraining.pace import LONGEST_WAIT
from mlops_constructs.state_machines.served import STUCK_ENDPOINT, served
from mlops_constructs.state_machines.states import (
    State,
    call,
    choose,
    jsonata,
    or_else,
    wait_longer_each_time,
    when,
)

MISMATCHES = 10
"""Looks at a slot and an endpoint that disagree, over twenty minutes: a promotion is between its
two steps. After that nobody is champion, and the challenger has the floor to pass."""

NONE = "'NONE'"
NOBODY = {"package": "NONE", "uri": ""}


def champion() -> dict[str, State]:
    """From "Read the slot" to "Look at the runs", with `$champion` known and `$ready` set.

    The runs are looked at again, so that nothing but the decision lies between look and start.
    """
    container = "$states.result.InferenceSpecification.Containers[0]"
    without: dict[str, object] = {"champion": NOBODY, "ready": True}
    disagree = "$served.package != $slotted"
    return {
        "Read the slot": call(
            "ssm",
            "getParameters",
            {"Names": [jsonata("$target.slot")]},
            assign={
                "slotted": jsonata(
                    f"$substringBefore({or_else('$states.result.Parameters[0].Value', NONE)}, ',')"
                )
            },
            then="Does the slot name a version?",
        ),
        "Does the slot name a version?": choose(
            when("$slotted = 'NONE'", "Look at the runs", without),
            otherwise="Where does it serve?",
        ),
        **served(
            then="Does the endpoint run it?",
            changing=(when(f"$endpoint.status in {list(STUCK_ENDPOINT)}", "Nothing serves"),),
            otherwise="Wait for the endpoint",
        ),
        "Wait for the endpoint": wait_longer_each_time(at_most=LONGEST_WAIT, then=LOOK),
        "Does the endpoint run it?": choose(
            when(
                f"{disagree} and $mismatches < {MISMATCHES}",
                "Wait for the endpoint",
                {"mismatches": jsonata("$mismatches + 1")},
            ),
            when(disagree, "Look at the runs", without),
            otherwise="Read the champion",
        ),
        "Read the champion": call(
            "sagemaker",
            "describeModelPackage",
            {"ModelPackageName": jsonata("$slotted")},
            assign={
                "champion": {
                    "package": jsonata("$slotted"),
                    "uri": jsonata(or_else(f"{container}.ModelDataUrl", "''")),
                },
                "ready": True,
            },
            then="Look at the runs",
        ),
    }
