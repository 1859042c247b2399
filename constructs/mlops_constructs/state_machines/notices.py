"""What people read on the stage's topic."""

from collections.abc import Mapping

from mlops_constructs.state_machines.states import GIVE_UP, State, call, jsonata

TOPIC = "${TopicArn}"
"""The definition's name for the topic; the construct fills it in."""

NEWLINE = r"\n"


def notice(
    subject: str,
    *sentences: str,
    then: str,
    assign: Mapping[str, object] | None = None,
    on_failure: State = GIVE_UP,
) -> State:
    """Publishes a message.

    Args:
        subject: In JSONata; SNS allows 100 characters of it.
        sentences: In JSONata, a line each; the execution's ARN follows them.
        then: The next state.
        assign: Variables to set.
        on_failure: The catcher of a failed publish.
    """
    lines = ", ".join((*sentences, "'Execution: ' & $states.context.Execution.Id"))
    return call(
        "sns",
        "publish",
        {
            "TopicArn": TOPIC,
            "Subject": jsonata(f"$substring({subject}, 0, 100)"),
            "Message": jsonata(f"$join([{lines}], '{NEWLINE}')"),
        },
        assign=assign,
        on_failure=on_failure,
        then=then,
    )
