"""What is to be brought about: a release, or a trial beside what serves; and whether it is there.

A version is tried first where the model's release is a trial, something serves, and that may go on
to. What serves and was rejected is not compared with: the version that is approved instead takes
over at once.
"""

from mlops_constructs.promotion.archive import ASK, LOOK
from mlops_constructs.promotion.desire import (
    TRIED_FIRST,
    approved_for_the_stage,
    read_version,
)
from mlops_constructs.state_machines.served import MANY
from mlops_constructs.state_machines.stamps import ON_TRIAL, RELEASED, UNDECIDED
from mlops_constructs.state_machines.states import State, choose, jsonata, remember, when

RELEASE = "release"
TRIAL = "trial"
"""Kinds of goals."""

COMPARE = "Does it serve what it should?"

REACHED = (
    "$served.package = $goal.package and $challenger = $goal.challenger"
    f" and ({MANY} ? $archived : $served.config = $stack.config)"
)
"""The endpoint runs what it should, and by the very config that the stack says it does, or has the
archive that requests name."""

KNOWN = (
    f"($not($desired.approved) or $substringBefore($desired.stamp, ' ') = '{RELEASED}'"
    " or $desired.package in $stamped)"
)
"""The release of the desired version has been stamped and told."""

TOLD_OF = f"$desired.stamp in ['{ON_TRIAL} ' & $served.config, '{UNDECIDED} ' & $served.config]"
"""The trial of the desired version by this config has been stamped and told."""

AT_ONCE: dict[str, object] = {
    "goal": {
        "kind": RELEASE,
        "package": jsonata("$desired.package"),
        "challenger": "NONE",
        "slot": jsonata("$desired.slot"),
    }
}
"""The desired version serves, and none is beside it."""

BESIDE_IT: dict[str, object] = {
    "goal": {
        "kind": TRIAL,
        "package": jsonata("$served.package"),
        "challenger": jsonata("$desired.package"),
        "slot": jsonata("$champion.slot"),
    }
}
"""What serves goes on to, and the desired version is tried beside it."""


_MOVED: dict[str, object] = {
    "moves": jsonata(f"$served.package != $goal.package or $not({KNOWN})"),
    "previous": jsonata("$served"),
}
"""Where each request names a version, the slot is all that is to be put."""


def goal() -> dict[str, State]:
    """From "Is it tried first?" to a release, a trial, a look at one, or "Is it watched?"."""
    stays = f"$champion.approved and {approved_for_the_stage('$champion.lifeCycle')}"
    return {
        TRIED_FIRST: choose(
            when(MANY, LOOK, AT_ONCE),
            when(
                "$target.trial.kind = '' or $not($desired.approved)"
                " or $served.package in ['NONE', 'UNKNOWN', $desired.package]",
                COMPARE,
                AT_ONCE,
            ),
            otherwise="Read the champion",
        ),
        "Read the champion": read_version(
            "$served.package",
            into="champion",
            approved="$states.result.ModelApprovalStatus = 'Approved'",
            then="May the champion stay?",
        ),
        "May the champion stay?": choose(
            when(f"$not({stays})", COMPARE, AT_ONCE), otherwise="Try it beside the champion"
        ),
        "Try it beside the champion": remember(BESIDE_IT, then=COMPARE),
        **_comparison(),
    }


def _comparison() -> dict[str, State]:
    beside = "($target.trial.kind = '' or $trialSlot = $goal.challenger & ',NONE')"
    there = f"$slot = $goal.slot and {beside} and {REACHED}"
    release, trial = (f"{there} and $goal.kind = '{kind}'" for kind in (RELEASE, TRIAL))
    return {
        COMPARE: choose(
            when(f"{release} and {KNOWN}", "Is it watched?"),
            when(f"{trial} and {TOLD_OF}", "Look at the challenger's alarm"),
            when("$not($holding)", "Take the lock"),
            when(f"{MANY} and $archived and $probed = $goal.package", "Put the slot", _MOVED),
            when(MANY, ASK),
            when(release, "Find the endpoint's logical id", {"previous": {"config": "NONE"}}),
            when(trial, f"Read the {ON_TRIAL} version"),
            otherwise="Put the slot",
        )
    }
