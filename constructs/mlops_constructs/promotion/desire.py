"""Which model version should serve, and what the slot says."""

from mlops_constructs.state_machines.failures import failure
from mlops_constructs.state_machines.freeze import FROZEN, frozen, value_of, with_freezes
from mlops_constructs.state_machines.stamps import ROLLED_BACK
from mlops_constructs.state_machines.states import (
    State,
    call,
    choose,
    jsonata,
    or_else,
    when,
)

TRIED_FIRST = "Is it tried first?"

REGISTRY = "registry"
"""The approval of a stage that trains: the version's own. Of any other stage it is the name that
the life cycle of a version has to name as approved."""

NO_LIFE_CYCLE = {"Stage": "NONE", "StageStatus": "NONE"}


def desire() -> dict[str, State]:
    """From "Read the slot", by way of what came of an update, to "Is it tried first?".

    The slot is read with the freezes, once in each round and before anything is done. What came of
    an update that this execution began is written down and told even so: nobody else can know.
    """
    return _slot() | _newest_approved() | _without_approval()


def _slot() -> dict[str, State]:
    return {
        "Read the slot": call(
            "ssm",
            "getParameters",
            {"Names": with_freezes("$target.slot, $target.beside")},
            assign={
                "slot": jsonata(value_of("$target.slot")),
                "trialSlot": jsonata(value_of("$target.beside[0]")),
                "decision": jsonata(value_of("$target.beside[1]")),
                "frozen": frozen(),
            },
            then="May it be changed?",
        ),
        "May it be changed?": choose(
            when(f"{FROZEN} and $not($tried and $moves)", "Read the note", {"outcome": "frozen"}),
            failure(
                "$slot = ''",
                "Promotion.NoSlot",
                "'There is no slot ' & $target.slot & '; the stack that owns it makes it'",
            ),
            failure(
                "$target.trial.kind != '' and $trialSlot = ''",
                "Promotion.NoSlot",
                "'There is no slot ' & $target.beside[0] & '; the stack that owns it makes it'",
            ),
            otherwise="What came of the update?",
        ),
    }


def _newest_approved() -> dict[str, State]:
    newest_first: dict[str, object] = {
        "ModelPackageGroupName": jsonata("$target.group"),
        "ModelApprovalStatus": "Approved",
        "SortBy": "CreationTime",
        "SortOrder": "Descending",
        "MaxResults": 100,
    }
    stage = approved_for_the_stage("ModelLifeCycle")
    usable = (
        "ModelPackageStatus = 'Completed' and $not(ModelPackageArn in $rolledBack)"
        f" and ($not($exists(ModelLifeCycle)) or {stage})"
    )
    found: dict[str, object] = {
        "candidates": jsonata(
            f"[$states.result.ModelPackageSummaryList[{usable}].ModelPackageArn]"
        ),
        "next": jsonata(or_else("$states.result.NextToken", "''")),
    }
    rest = "[$filter($candidates, function($package, $index) { $index > 0 })]"
    return {
        "Find approved versions": call(
            "sagemaker", "listModelPackages", newest_first, assign=found, then="Is a version left?"
        ),
        "Find older versions": call(
            "sagemaker",
            "listModelPackages",
            newest_first | {"NextToken": jsonata("$next")},
            assign=found,
            then="Is a version left?",
        ),
        "Is a version left?": choose(
            when("$count($candidates) > 0", "Read the version"),
            when("$next != ''", "Find older versions"),
            otherwise="What may stay?",
        ),
        "Read the version": read_version(
            "$candidates[0]", into="desired", approved="true", then="May it serve here?"
        ),
        "May it serve here?": choose(
            when(
                f"$substring($desired.stamp, 0, {len(ROLLED_BACK)}) = '{ROLLED_BACK}'"
                f" or $not({approved_for_the_stage('$desired.lifeCycle')})",
                "Is a version left?",
                {"candidates": jsonata(rest)},
            ),
            otherwise=TRIED_FIRST,
        ),
    }


def approved_for_the_stage(life_cycle: str) -> str:
    """In JSONata; a stage whose approval is the registry's asks nothing of the life cycle."""
    return (
        f"($target.approval = '{REGISTRY}' or {life_cycle}.Stage = $target.approval"
        f" and {life_cycle}.StageStatus = 'Approved')"
    )


def _without_approval() -> dict[str, State]:
    """What serves stays; a slot that names something else (it was rolled back) is put right."""
    as_it_is = {"approved": False, "stamp": "", "lifeCycle": NO_LIFE_CYCLE}
    empty = as_it_is | {"package": "NONE", "slot": "NONE,NONE"}
    unchanged = as_it_is | {"package": jsonata("$served.package"), "slot": jsonata("$slot")}
    return {
        "What may stay?": choose(
            when("$stack.config = 'NONE'", TRIED_FIRST, {"desired": empty}),
            when(
                "$served.package in ['NONE', 'UNKNOWN', $substringBefore($slot, ',')]",
                TRIED_FIRST,
                {"desired": unchanged},
            ),
            otherwise="Read the version that serves",
        ),
        "Read the version that serves": read_version(
            "$served.package", into="desired", approved="false", then=TRIED_FIRST
        ),
    }


def read_version(package: str, *, into: str, approved: str, then: str) -> State:
    """Reads a version, with the slot that would name it.

    Args:
        package: Its ARN, in JSONata.
        into: The variable that it is read into.
        approved: Whether it is approved, in JSONata.
        then: The next state.
    """
    result = "$states.result"
    slot = f"{package} & ',' & {_baseline(f'{result}.DriftCheckBaselines')}"
    return call(
        "sagemaker",
        "describeModelPackage",
        {"ModelPackageName": jsonata(package)},
        assign={
            into: {
                "package": jsonata(package),
                "slot": jsonata(slot),
                "approved": jsonata(approved),
                "stamp": jsonata(
                    or_else(f"$lookup({result}.CustomerMetadataProperties, $target.stamp)", "''")
                ),
                "lifeCycle": {
                    member: jsonata(or_else(f"{result}.ModelLifeCycle.{member}", "'NONE'"))
                    for member in NO_LIFE_CYCLE
                },
            }
        },
        then=then,
    )


def _baseline(baselines: str) -> str:
    """The folder of a version's baselines, or NONE: the file of requests lies at its top, those of
    answers each in a folder of their kind."""
    of_requests = f"{baselines}.ModelDataQuality.Constraints.S3Uri"
    of_answers = ", ".join(
        f"{baselines}.{file}.S3Uri"
        for file in (
            "ModelQuality.Constraints", "Bias.PostTrainingConstraints", "Explainability.Constraints"
        )
    )  # fmt: skip
    return (
        f"($exists({of_requests}) ? {_without(of_requests, levels=1)}"
        f" : $exists([{of_answers}][0]) ? {_without(f'[{of_answers}][0]', levels=2)} : 'NONE')"
    )


def _without(uri: str, *, levels: int) -> str:
    """In JSONata, a URI without its last parts."""
    parts = r"\/[^\/]*" * levels
    return f"$replace({uri}, /{parts}$/, '')"
