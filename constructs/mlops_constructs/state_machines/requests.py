"""What an execution has to be told."""

from collections.abc import Sequence

from mlops_constructs.state_machines.failures import failure
from mlops_constructs.state_machines.states import State


def incomplete(members: Sequence[str], *, error: str, then: str) -> State:
    """A rule of a choice for an input that lacks one of ``members``.

    Args:
        members: Members of the input that have to be there.
        error: The name of the error.
        then: The state that fails with `$failure`; there is nobody to tell and no lock to free.
    """
    missing = (
        f"[$filter({list(members)}, function($name)"
        " { $not($exists($lookup($states.input, $name))) })]"
    )
    return failure(
        f"$count({missing}) > 0",
        error,
        f"'The input has to say ' & $join({list(members)}, ', ') & '; it lacks ' &"
        f" $join({missing}, ', ')",
    ) | {"Next": then}
