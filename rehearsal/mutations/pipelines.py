"""Pipelines: what is passed to them, what steps read, write and are told, what is registered."""

import json
from collections.abc import Iterator
from typing import Any

from rehearsal.mutations.mutation import NOTHING, Mutation, Place
from rehearsal.mutations.resource import Resource

DEFINITION = ("PipelineDefinition", "PipelineDefinitionBody", "Fn::Sub", 0)
EMPTY = "s3://${ArtifactBucketName}/nothing-lies-here"
ASTRAY = "s3://${ArtifactBucketName}/nobody-looks-here"
"""Not the same: what one try writes, the next must not read."""


def pipeline(resource: Resource) -> Iterator[Mutation]:
    """Parameters, then step by step."""
    text = resource.get(*DEFINITION)
    definition = json.loads(text)
    for parameter in definition["Parameters"]:
        yield _parameter(resource, definition, parameter["Name"])
    for at, step in _steps(definition["Steps"], ("Steps",)):
        yield from _STEPS[step["Type"]](resource, (*at, "Arguments"), step)


def _parameter(resource: Resource, definition: Any, name: str) -> Mutation:
    """Another name, in the list and wherever it is read, so that only callers are left alone."""
    other = f"{name}{NOTHING.title()}"
    renamed = json.dumps(definition).replace(
        f'{{"Name": "{name}", "Type"', f'{{"Name": "{other}", "Type"'
    )
    renamed = renamed.replace(f'"Parameters.{name}"', f'"Parameters.{other}"')
    words = f"{name} is called {other}"
    return resource.broken("parameter", name, DEFINITION, renamed, words=words)


def _steps(steps: Any, at: Place) -> Iterator[tuple[Place, Any]]:
    for number, step in enumerate(steps):
        yield (*at, number), step
        if step["Type"] == "Condition":
            inner = (*at, number, "Arguments", "IfSteps")
            yield from _steps(step["Arguments"]["IfSteps"], inner)


def _processing(resource: Resource, at: Place, step: Any) -> Iterator[Mutation]:
    arguments = step["Arguments"]
    for number, read in enumerate(arguments["ProcessingInputs"]):
        place = (*DEFINITION, *at, "ProcessingInputs", number, "S3Input", "S3Uri")
        yield resource.broken("reads", f"{step['Name']}.{read['InputName']}", place, EMPTY)
    for number, written in enumerate(arguments["ProcessingOutputConfig"]["Outputs"]):
        outputs = (*DEFINITION, *at, "ProcessingOutputConfig", "Outputs")
        part = f"{step['Name']}.{written['OutputName']}"
        place = (*outputs, number, "S3Output", "S3Uri")
        yield resource.broken("writes", part, place, f"{ASTRAY}/{part}")
    told = arguments["AppSpecification"]["ContainerArguments"]
    for number in range(0, len(told), 2):
        if _leads_out(told[number + 1]):
            place = (*DEFINITION, *at, "AppSpecification", "ContainerArguments", number + 1)
            part = f"{step['Name']}.{told[number].removeprefix('--')}"
            yield resource.broken("is told", part, place)


def _leads_out(value: Any) -> bool:
    """Whether an argument says more than a number or a folder of the container."""
    return isinstance(value, dict) or not (value.startswith("/opt/ml/") or value.isdigit())


def _training(resource: Resource, at: Place, step: Any) -> Iterator[Mutation]:
    for number, channel in enumerate(step["Arguments"]["InputDataConfig"]):
        where = ("InputDataConfig", number, "DataSource", "S3DataSource", "S3Uri")
        part = f"{step['Name']}.{channel['ChannelName']}"
        yield resource.broken("reads", part, (*DEFINITION, *at, *where), EMPTY)
    code = (*DEFINITION, *at, "HyperParameters", "sagemaker_submit_directory")
    yield resource.broken("reads", f"{step['Name']}.code", code, f"{EMPTY}.tar.gz")


def _condition(resource: Resource, at: Place, step: Any) -> Iterator[Mutation]:
    for number, condition in enumerate(step["Arguments"]["Conditions"]):
        path = condition["LeftValue"]["Std:JsonGet"]["Path"]
        where = ("Conditions", number, "LeftValue", "Std:JsonGet", "Path")
        yield resource.broken("reads", f"{step['Name']}.{path}", (*DEFINITION, *at, *where))


def _register(resource: Resource, at: Place, step: Any) -> Iterator[Mutation]:
    """Each file that the version names, each figure it carries, and its group."""
    arguments, name = step["Arguments"], step["Name"]
    for place in _ending(arguments, ("S3Uri", "ModelDataUrl")):
        part = ".".join(str(key) for key in (name, *place))
        yield resource.broken("names", part, (*DEFINITION, *at, *place), EMPTY)
    for key, value in arguments["CustomerMetadataProperties"].items():
        if isinstance(value, dict):
            place = (*DEFINITION, *at, "CustomerMetadataProperties", key)
            yield resource.broken("names", f"{name}.{key}", place)
    group = (*DEFINITION, *at, "ModelPackageGroupName")
    yield resource.broken("names", f"{name}.ModelPackageGroupName", group)


def _ending(value: Any, names: tuple[str, ...]) -> Iterator[Place]:
    """The places of all keys of some names in a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        if key in names:
            yield (key,)
        elif isinstance(item, (dict, list)):
            yield from ((key, *place) for place in _ending(item, names))


_STEPS = {
    "Processing": _processing,
    "Training": _training,
    "Condition": _condition,
    "RegisterModel": _register,
}
