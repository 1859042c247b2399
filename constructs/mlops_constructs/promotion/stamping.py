"""Writing a stamp on the desired version."""

from mlops_constructs.state_machines.states import State, call, jsonata, or_else

NOW = "$states.context.State.EnteredTime"


def stamp_version(
    noun: str, text: str, *, assign: dict[str, object], then: str
) -> dict[str, State]:
    """From "Read the … version" to ``then``.

    All properties are sent back with the new one, whether the API merges or replaces them. They are
    read just before: a release lasts, and another stage may stamp the same version meanwhile.

    Args:
        noun: What the version is, in the names of the states.
        text: The stamp, in JSONata.
        assign: Variables to set once it is written.
        then: The next state.
    """
    properties = or_else("$states.result.CustomerMetadataProperties", "{}")
    return {
        f"Read the {noun} version": call(
            "sagemaker",
            "describeModelPackage",
            {"ModelPackageName": jsonata("$desired.package")},
            assign={"properties": jsonata(properties)},
            then=f"Stamp the version as {noun}",
        ),
        f"Stamp the version as {noun}": call(
            "sagemaker",
            "updateModelPackage",
            {
                "ModelPackageArn": jsonata("$desired.package"),
                "CustomerMetadataProperties": jsonata(
                    f"$merge([$properties, {{$target.stamp: {text}}}])"
                ),
            },
            assign=assign,
            then=then,
        ),
    }
