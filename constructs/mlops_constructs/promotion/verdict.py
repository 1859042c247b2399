"""The comparison at the end of a trial, and what its verdict does.

It is a run of the pipeline `<endpoint>-comparison`, named after the config of the trial: a look at
the list of runs says whether there is one, whoever started it.
"""

from mlops_constructs.promotion.goal import AT_ONCE
from mlops_constructs.promotion.trial import ASK, DROP, ENDS
from mlops_constructs.state_machines.states import (
    State,
    call,
    choose,
    jsonata,
    wait,
    when,
)

RUNS = 3
"""So often it is tried to compare them; then a person has to."""

LOOKS = 45
SECONDS = 120
"""How often, and how far apart, an execution looks for the end of the comparison, whose job may
take an hour. Each look is a whole round, so that a rejection or a freeze is not kept waiting."""


def verdict() -> dict[str, State]:
    """From "Find the comparison" to a release, a drop, a person, or another round."""
    return _run() | _read()


def _run() -> dict[str, State]:
    pipeline = jsonata("$target.endpoint & '-comparison'")
    runs = (
        "$states.result.PipelineExecutionSummaries[PipelineExecutionDisplayName = $served.config]"
    )
    status = "$runs[0].PipelineExecutionStatus"
    parameters = {
        "Since": "$served.created",
        "Until": f"$fromMillis({ENDS})",
        "Champion": "$served.package",
        "Challenger": "$desired.package",
    }
    return {
        "Find the comparison": call(
            "sagemaker",
            "listPipelineExecutions",
            {
                "PipelineName": pipeline,
                "CreatedAfter": jsonata("$served.created"),
                "SortBy": "CreationTime",
                "SortOrder": "Descending",
                "MaxResults": 100,
            },
            assign={"runs": jsonata(f"[{runs}]")},
            then="Were they compared?",
        ),
        "Were they compared?": choose(
            when(f"$count($runs) > 0 and {status} = 'Succeeded'", "Read the comparison"),
            when(
                f"$comparisonLooks >= {LOOKS}",
                ASK,
                {"why": "No verdict: the comparison has not ended in an hour and a half"},
            ),
            when(f"$count($runs) > 0 and {status} in ['Executing', 'Stopping']", _WAIT),
            when(
                f"$count($runs) >= {RUNS}",
                ASK,
                {"why": jsonata(f"'No verdict: the comparison ended ' & {_times()}")},
            ),
            otherwise="Start the comparison",
        ),
        # With the token of the run that is missing, so that a list that is late starts none twice.
        "Start the comparison": call(
            "sagemaker",
            "startPipelineExecution",
            {
                "PipelineName": pipeline,
                "PipelineExecutionDisplayName": jsonata("$served.config"),
                "PipelineParameters": [
                    {"Name": name, "Value": jsonata(value)} for name, value in parameters.items()
                ],
                "ClientRequestToken": jsonata(
                    "$hash($served.config & ' ' & $string($count($runs)), 'SHA-256')"
                ),
            },
            then=_WAIT,
        ),
        _WAIT: wait(
            SECONDS,
            assign={"comparisonLooks": jsonata("$comparisonLooks + 1")},
            then="Read the stack",
        ),
    }


_WAIT = "Wait for the comparison"


def _times() -> str:
    """How the runs ended, in JSONata."""
    return "$join($runs.PipelineExecutionStatus, ', ')"


def _read() -> dict[str, State]:
    said = "$parse($states.result.Body)"
    decides = "$target.trial.decides = 'rule'"
    return {
        "Read the comparison": call(
            "s3",
            "getObject",
            {
                "Bucket": jsonata("$target.trial.bucket"),
                "Key": jsonata(
                    "$target.endpoint & '/comparisons/' & $split($desired.package, '/')[-1] &"
                    " '/comparison.json'"
                ),
            },
            assign={
                "verdict": jsonata(f"{said}.verdict"),
                "why": jsonata(f"{said}.why"),
            },
            then="What does the comparison say?",
        ),
        "What does the comparison say?": choose(
            when(f"{decides} and $verdict = 'worse'", DROP),
            when(f"{decides} and $verdict in ['better', 'no worse']", "Put the slot", AT_ONCE),
            otherwise=ASK,
        ),
    }
