"""The start of a run, at most once for each newest run that was seen."""

from mlops_constructs.retraining.need import LOOK
from mlops_constructs.retraining.pace import FIRST_LOOK
from mlops_constructs.state_machines.notices import notice
from mlops_constructs.state_machines.states import (
    ON_FAILURE,
    REMEMBERED,
    State,
    call,
    catch,
    choose,
    jsonata,
    or_else,
    wait,
    when,
)

TOKEN = "$hash($target.pipeline & ' ' & $newest.arn, 'SHA-256')"
"""Two executions that saw the same newest run have the same token, so SageMaker starts one run."""


def start() -> dict[str, State]:
    """From "Start the pipeline" to "Read the note", or to `LOOK` if another execution won."""
    return _start() | _refused()


def _start() -> dict[str, State]:
    of_the_run = _parameters(
        Reason="$why", DataVersion="'as of ' & $states.context.State.EnteredTime"
    )
    of_the_champion = _parameters(
        ChampionPackageArn="$champion.package", ChampionModelUri="$champion.uri"
    )
    parameters = f"$append({of_the_run}, $champion.uri = '' ? [] : {of_the_champion})"
    return {
        "Start the pipeline": call(
            "sagemaker",
            "startPipelineExecution",
            {
                "PipelineName": jsonata("$target.pipeline"),
                "ClientRequestToken": jsonata(TOKEN),
                "PipelineParameters": jsonata(parameters),
            },
            assign={
                "run": jsonata("$states.result.PipelineExecutionArn"),
                "outcome": "started",
                "ready": False,
                "settled": False,
                "mismatches": 0,
                "seconds": FIRST_LOOK,
            },
            on_failure=catch(["States.ALL"], then="Let the other's run begin", assign=REMEMBERED),
            then="Tell of the start",
        ),
        "Tell of the start": notice(
            "'Retraining: ' & $target.endpoint",
            "$run & ' was started'",
            "'Reason: ' & $why",
            "'Champion: ' & $champion.package",
            then="Read the note",
        ),
    }


def _refused() -> dict[str, State]:
    """A used token with other parameters may be refused: then there is a run that was not seen."""
    winner = "$states.result.PipelineExecutionSummaries[0].PipelineExecutionArn"
    return {
        "Let the other's run begin": wait(5, then="Look who won", assign={"ready": False}),
        "Look who won": call(
            "sagemaker",
            "listPipelineExecutions",
            {
                "PipelineName": jsonata("$target.pipeline"),
                "SortBy": "CreationTime",
                "SortOrder": "Descending",
                "MaxResults": 1,
            },
            assign={"winner": jsonata(or_else(winner, "'NONE'"))},
            then="Did another win?",
        ),
        "Did another win?": choose(when("$winner != $newest.arn", LOOK), otherwise=ON_FAILURE),
    }


def _parameters(**values: str) -> str:
    named = (f"{{'Name': '{name}', 'Value': {value}}}" for name, value in values.items())
    return f"[{', '.join(named)}]"
