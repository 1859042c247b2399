"""Has the release proved itself? If so, it is proposed for the stage that follows.

It has when its config answered a request. SageMaker measures those by config from the moment that
its fleet has traffic
(https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html), and a
config is made by the update that releases it, so all that were measured for it count. They are
counted by ModelLatency, which endpoints of every kind have; asynchronous ones have no Invocations
(https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html). A model that scores
batches has when a run has scored one (`scored`). Where each request names an archive, what is
measured does not say which one answered; there a version has when it answered the probe, without
which the slot does not name it.
"""

from mlops_constructs.promotion.goal import TRIAL
from mlops_constructs.promotion.scored import DONE, scored
from mlops_constructs.serving.kept import VARIANT
from mlops_constructs.state_machines.notices import notice
from mlops_constructs.state_machines.served import BATCH, MANY
from mlops_constructs.state_machines.stamps import RELEASED
from mlops_constructs.state_machines.states import (
    State,
    call,
    choose,
    jsonata,
    or_else,
    remember,
    wait,
    when,
)

PROPOSED = "PendingApproval"
"""The one life-cycle status that a promotion may set; a person's are Approved and Rejected."""

UNPROVEN = "unproven"

LOOKS = 10
SECONDS = 60
"""How often, and how far apart, an execution that released looks for an answer: CloudWatch has it a
minute later. Each look is a whole round, so that another approval is not kept waiting."""

A_DAY = 86400


def prove() -> dict[str, State]:
    """From "Is there anything to prove?" to "Read the note", or to another round."""
    return _count() | _judge() | _propose() | scored()


def _count() -> dict[str, State]:
    dimensions = {
        "EndpointName": jsonata("$target.endpoint"),
        "VariantName": VARIANT,
        "EndpointConfigName": jsonata("$served.config"),
    }
    return {
        # Who released asks in any case, to say so if there is no answer. During a trial the desired
        # version does not serve; the one that does was asked after when it was released.
        "Is there anything to prove?": choose(
            when(BATCH, "Is a window to be scored again?"),
            when(
                f"{MANY} and ($not($desired.approved) or $judged = $served.config or {DONE})",
                "Read the note",
            ),
            when(f"{MANY} and $not($holding)", "Take the lock"),
            when(MANY, "Read its life cycle"),
            when(
                f"$not($desired.approved) or $goal.kind = '{TRIAL}' or $judged = $served.config"
                f" or ({DONE} and $outcome != '{RELEASED}')",
                "Read the note",
            ),
            otherwise="Count what it answered",
        ),
        "Count what it answered": call(
            "cloudwatch",
            "getMetricStatistics",
            {
                "Namespace": "AWS/SageMaker",
                "MetricName": "ModelLatency",
                "Dimensions": [
                    {"Name": name, "Value": value} for name, value in dimensions.items()
                ],
                "StartTime": jsonata("$served.created"),
                "EndTime": jsonata("$states.context.State.EnteredTime"),
                "Period": A_DAY,
                "Statistics": ["SampleCount"],
            },
            assign={"answered": jsonata("$sum([$states.result.Datapoints.SampleCount])")},
            then="Has it proved itself?",
        ),
    }


def _judge() -> dict[str, State]:
    proved = "$answered > 0"
    here = f"$outcome = '{RELEASED}'"
    judged: dict[str, object] = {"judged": jsonata("$served.config")}
    unproven = judged | {"outcome": UNPROVEN}
    return {
        "Has it proved itself?": choose(
            when(f"{proved} and {DONE}", "Read the note", judged),
            when(f"{proved} and $not($holding)", "Take the lock"),
            when(proved, "Read its life cycle"),
            when(
                f"{here} and $proofLooks < {LOOKS}",
                "Wait for an answer",
                {"proofLooks": jsonata("$proofLooks + 1")},
            ),
            when(here, "Tell that it is unproven", unproven),
            otherwise="Not proved yet",
        ),
        "Not proved yet": remember(unproven, then="Read the note"),
        "Wait for an answer": wait(SECONDS, then="Read the stack"),
        "Tell that it is unproven": notice(
            "'Unproven: ' & $target.endpoint",
            "$served.package & ' serves by config ' & $served.config & ', which has answered no"
            " request yet'",
            "$target.next = '' ? 'Whether it answers as it should is not known' : 'Once it has, the"
            " daily re-check proposes it for ' & $target.next",
            then="Read the note",
        ),
    }


def _propose() -> dict[str, State]:
    """The life cycle is read once more, so that nobody's word is overwritten."""
    result = "$states.result"
    answers = (
        f"({BATCH} ? 'scored a batch' : {MANY} ? 'answered the probe' :"
        " 'answered ' & $string($answered) & ' requests')"
    )
    why = f"'Serves in ' & $target.stage & ' by config ' & $served.config & ' and has ' & {answers}"
    return {
        "Read its life cycle": call(
            "sagemaker",
            "describeModelPackage",
            {"ModelPackageName": jsonata("$served.package")},
            assign={
                "said": {
                    "stage": jsonata(or_else(f"{result}.ModelLifeCycle.Stage", "'NONE'")),
                    "approval": jsonata(or_else(f"{result}.ModelApprovalStatus", "'NONE'")),
                }
            },
            then="May it be proposed?",
        ),
        "May it be proposed?": choose(
            when(
                "$said.stage != $target.next and $said.approval = 'Approved'",
                "Propose it for the next stage",
            ),
            otherwise="It was judged meanwhile",
        ),
        "It was judged meanwhile": remember(
            {"judged": jsonata("$served.config")}, then="Read the stack"
        ),
        "Propose it for the next stage": call(
            "sagemaker",
            "updateModelPackage",
            {
                "ModelPackageArn": jsonata("$served.package"),
                "ModelLifeCycle": {
                    "Stage": jsonata("$target.next"),
                    "StageStatus": PROPOSED,
                    "StageDescription": jsonata(why),
                },
            },
            assign={"judged": jsonata("$served.config")},
            then="Tell that it waits for approval",
        ),
        "Tell that it waits for approval": notice(
            "'Waits for approval in ' & $target.next & ': ' & $target.model",
            f"$served.package & ' has proved itself: ' & {why}",
            "'Approve or reject it for ' & $target.next & ': see docs/how-to/approve.md'",
            then="Read the note",
        ),
    }
