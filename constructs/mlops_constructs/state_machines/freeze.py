"""A person's freeze of a model or of a whole stage, which every machine respects.

It is a parameter `frozen` beside the slot, or one below the stage's prefix for all its models; its
value says in one line why, who and when. Machines only read it: while it is there they change
nothing, tell nobody and end as `frozen`. Whoever deletes it starts them again.
"""

from mlops_constructs.state_machines.states import jsonata, or_else

FROZEN = "$frozen != ''"
"""Somebody froze the model or its stage."""


def freezes() -> str:
    """The names of both parameters, in JSONata, from the slot in the input of an execution."""
    slot, model = "$states.input.slot", "$states.input.model"
    return jsonata(
        f"[$substringBefore({slot}, '/slot') & '/frozen',"
        f" $substringBefore({slot}, '/' & {model} & '/slot') & '/frozen']"
    )


def with_freezes(name: str) -> str:
    """The names that one GetParameters asks for: ``name``, in JSONata, and both freezes."""
    return jsonata(f"[{name}, $target.freezes]")


def frozen() -> str:
    """What `$frozen` is after that GetParameters: why, who and when, or nothing."""
    said = "$states.result.Parameters[Name in $target.freezes].Value"
    return jsonata(or_else(f"$join([{said}], '; ')", "''"))


def value_of(name: str) -> str:
    """The value of the parameter ``name`` in its answer, or nothing."""
    return or_else(f"$states.result.Parameters[Name = {name}].Value", "''")
