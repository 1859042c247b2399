"""May a run start now? Until it may, the holder of the lock waits and looks again."""

from mlops_constructs.retraining.answered import NOW, unless_started
from mlops_constructs.retraining.need import IN_FLIGHT, LOOK
from mlops_constructs.state_machines.states import (
    State,
    call,
    choose,
    jsonata,
    wait,
    wait_longer_each_time,
    when,
)

FIRST_LOOK = 15
LONGEST_WAIT = 5 * 60
"""Seconds between two looks at a run in flight: at first, and after about ten of them."""

SETTLE_MINUTES = 15
"""From the first file of a delivery to the run: time for the others to arrive."""

LOOKS = 700
"""Looks of one execution: a run of two days takes 585 of them."""

LONGEST_LIFE_DAYS = 16
"""Over the longest cool-down. Who lives that long has waited for more runs than its own."""

ENOUGH = (
    f"$looks > {LOOKS} or {NOW} - $toMillis($states.context.Execution.StartTime)"
    f" > {LONGEST_LIFE_DAYS * 24 * 60 * 60 * 1000}"
)


def pace() -> dict[str, State]:
    """From "May it start?" by way of its waits to `LOOK` again, or to "Start the pipeline".

    A look at a run in flight costs nine events of the execution's history (five for a task, two
    each for a choice and a wait), any other look about thirty; Step Functions allows 25,000.
    """
    left = unless_started("left to the re-check")
    delivered = f"$asked.at + {SETTLE_MINUTES * 60 * 1000}"
    return {
        "May it start?": choose(
            when("$not($holding)", "Take the lock"),
            when(
                ENOUGH,
                "Read the note",
                {"outcome": jsonata(left)},
            ),
            when(f"$data and $not($settled) and {NOW} < {delivered}", "Let the delivery end"),
            # Before the cool-down: what it comes to may be the answer.
            when("$flying != ''", "Wait for the run"),
            when(f"{NOW} < $free", "Wait until it may"),
            when("$not($ready)", "Read the slot"),
            otherwise="Start the pipeline",
        ),
        "Let the delivery end": _wait_until(delivered, {"settled": True}),
        "Wait until it may": _wait_until("$free", {"seconds": FIRST_LOOK}),
        "Wait for the run": wait_longer_each_time(at_most=LONGEST_WAIT, then="Look at the run"),
        "Look at the run": call(
            "sagemaker",
            "describePipelineExecution",
            {"PipelineExecutionArn": jsonata("$flying")},
            assign={
                "flies": jsonata(f"$states.result.PipelineExecutionStatus in {list(IN_FLIGHT)}"),
                "looks": jsonata("$looks + 1"),
            },
            then="Does the run go on?",
        ),
        "Does the run go on?": choose(
            when(f"$flies and $looks <= {LOOKS}", "Wait for the run"), otherwise=LOOK
        ),
    }


def _wait_until(moment: str, assign: dict[str, object]) -> State:
    seconds = jsonata(f"$max([1, $ceil(({moment} - {NOW}) / 1000)])")
    return wait(seconds, then=LOOK, assign={"ready": False, **assign})
