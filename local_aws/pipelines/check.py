"""What the parts of a definition say of each other, judged before it is kept."""

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from local_aws.core import api
from local_aws.core.errors import NotImplementedHere
from local_aws.pipelines.conditions import COMPARISONS, conditions_in
from local_aws.pipelines.definition import Definition, Step, Unreadable
from local_aws.pipelines.references import function, malformed, references, steps_of, tokens

# The operation whose input a step's Arguments are, and the member that Pipelines fills itself.
OPERATIONS: Mapping[str, tuple[str, str]] = {
    "Processing": ("CreateProcessingJob", "ProcessingJobName"),
    "Training": ("CreateTrainingJob", "TrainingJobName"),
    "Transform": ("CreateTransformJob", "TransformJobName"),
    "Model": ("CreateModel", "ModelName"),
    "RegisterModel": ("CreateModelPackage", "ModelPackageName"),
}
_OWN = {"Condition": ("Conditions", "IfSteps", "ElseSteps"), "Fail": ("ErrorMessage",)}
_ELSEWHERE = (
    "Tuning", "Lambda", "Callback", "ClarifyCheck", "QualityCheck", "EMR",
    "EMRServerless", "AutoML", "Endpoint", "EndpointConfig", "NotebookJob",
)  # fmt: skip
EXECUTION = (
    "PipelineName",
    "PipelineArn",
    "PipelineExecutionId",
    "PipelineExecutionArn",
    "StartDateTime",
    "CurrentDateTime",
)


def check(definition: Definition) -> None:
    """Judge types, arguments, references and order of a definition's steps.

    Raises:
        Unreadable: It names all problems of the first kind that there is.
        NotImplementedHere: A step is of a type that AWS has and the local AWS has not.
    """
    for step in definition.steps.values():
        _check_type(step)
    problems = [problem for step in definition.steps.values() for problem in _arguments(step)]
    problems = problems or [
        problem
        for step in definition.steps.values()
        for problem in (*_dependencies(step, definition), *_paths(step, definition))
    ]
    problems = problems or list(_cycles(definition))
    if problems:
        raise Unreadable(" ".join(problems))


def needs(step: Step) -> set[str]:
    """The steps that must have succeeded before this one starts."""
    above = {step.condition} if step.condition else set()
    return {*step.depends_on, *steps_of(_own_arguments(step)), *above}


def _own_arguments(step: Step) -> dict[str, Any]:
    """The arguments without the steps of a condition's branches."""
    inner = ("IfSteps", "ElseSteps") if step.type == "Condition" else ()
    return {name: value for name, value in step.arguments.items() if name not in inner}


def _check_type(step: Step) -> None:
    if step.type in OPERATIONS or step.type in _OWN:
        return
    known = ", ".join((*OPERATIONS, *_OWN))
    if step.type in _ELSEWHERE:
        raise NotImplementedHere(
            f"Step {step.name} is of type {step.type}, which is not implemented by the local AWS;"
            f" it runs {known}."
        )
    raise Unreadable(f"Step {step.name} is of unknown type {step.type!r}; allowed: {known}.")


def _arguments(step: Step) -> Iterator[str]:
    if step.type in _OWN:
        for name in step.arguments.keys() - set(_OWN[step.type]):
            yield f"Unknown Argument member '{name}' of step {step.name}."
        if step.type == "Condition":
            yield from _conditions(step)
        return
    operation, injected = OPERATIONS[step.type]
    if injected in step.arguments:
        yield f"Unknown Argument member '{injected}' of step {step.name}."
    shape = api.input_shape("sagemaker", operation)
    yield from _members(step.arguments, shape, f"step {step.name}")


def _members(value: Any, shape: Shape, where: str) -> Iterator[str]:
    if function(value) or value is None:
        return
    kind = list if isinstance(shape, ListShape) else dict
    if isinstance(shape, (StructureShape, MapShape, ListShape)) and not isinstance(value, kind):
        yield f"Expecting start of Json {'Array' if kind is list else 'Object'} at {where}."
    elif isinstance(shape, ListShape):
        for item in value:
            yield from _members(item, shape.member, where)
    elif isinstance(shape, StructureShape) and isinstance(value, dict):
        yield from _structure(value, shape, where)


def _structure(value: Mapping[str, Any], shape: StructureShape, where: str) -> Iterator[str]:
    for name, item in value.items():
        if name in shape.members:
            yield from _members(item, shape.members[name], f"{where}, {name}")
        else:
            yield f"Unknown Argument member '{name}' of {where}."


def _conditions(step: Step) -> Iterator[str]:
    given = step.arguments.get("Conditions")
    if not isinstance(given, list) or not given:
        yield f"Step {step.name} has no Conditions."
        return
    for condition in conditions_in(given):
        kind = str(condition.get("Type") if isinstance(condition, dict) else condition)
        if kind not in COMPARISONS:
            allowed = ", ".join(COMPARISONS)
            yield f"Step {step.name} has a condition of type {kind!r}; allowed: {allowed}."
        elif missing := [name for name in COMPARISONS[kind] if name not in condition]:
            yield f"Step {step.name} has a {kind} condition without {', '.join(missing)}."


def _dependencies(step: Step, definition: Definition) -> Iterator[str]:
    for name in sorted(set(step.depends_on) - definition.steps.keys()):
        yield f"Step {step.name} depends on {name!r}, which is no step."


def _paths(step: Step, definition: Definition) -> Iterator[str]:
    own = _own_arguments(step)
    for call in malformed(own):
        yield f"Step {step.name} has a function call that cannot be read: {call}."
    for path in references(own):
        problem = _path_problem(path, definition)
        if problem:
            yield f"Step {step.name} reads {path!r}, but {problem}."


def _path_problem(path: str, definition: Definition) -> str | None:
    try:
        root, name, *rest = (str(token) for token in tokens(path))
    except ValueError:
        return "that is no path of Parameters, Execution or Steps"
    if root == "Parameters":
        return None if name in definition.parameters else f"there is no parameter {name}"
    if root == "Execution":
        return None if name in EXECUTION else f"an execution has only {', '.join(EXECUTION)}"
    if root != "Steps":
        return "a path starts with Parameters, Execution or Steps"
    if name not in definition.steps:
        return f"there is no step {name}"
    if rest[:1] == ["PropertyFiles"]:
        return _property_file_problem(rest[1:], definition.steps[name])
    return None if rest else "it names no property"


def _property_file_problem(rest: list[str], step: Step) -> str | None:
    if rest[:1] == [] or rest[0] not in step.property_files:
        return f"{step.name} has no such property file"
    outputs = step.arguments.get("ProcessingOutputConfig", {}).get("Outputs", ())
    output = step.property_files[rest[0]][0]
    if output not in [item.get("OutputName") for item in outputs]:
        return f"{step.name} has no output {output!r}"
    return None


def _cycles(definition: Definition) -> Iterator[str]:
    left = {name: needs(step) for name, step in definition.steps.items()}
    while ready := [name for name, needed in left.items() if not needed & left.keys()]:
        for name in ready:
            del left[name]
    if left:
        yield f"Steps {', '.join(sorted(left))} wait for each other."
