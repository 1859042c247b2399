"""All mutations of a stage's templates."""

from collections.abc import Callable, Iterator, Mapping, Set
from typing import Final

from rehearsal.mutations.events import rule, schedule
from rehearsal.mutations.machines import state_machine
from rehearsal.mutations.mutation import Mutation, Template
from rehearsal.mutations.pipelines import pipeline
from rehearsal.mutations.resource import Resource
from rehearsal.mutations.serving import endpoint_config, model, slot, slots_read
from rehearsal.mutations.watching import alarm
from rehearsal.names import MODEL

ARROWS: Final[Mapping[str, Callable[[Resource], Iterator[Mutation]]]] = {
    "AWS::CloudWatch::Alarm": alarm,
    "AWS::Events::Rule": rule,
    "AWS::SageMaker::EndpointConfig": endpoint_config,
    "AWS::SageMaker::Model": model,
    "AWS::SageMaker::Pipeline": pipeline,
    "AWS::Scheduler::Schedule": schedule,
    "AWS::StepFunctions::StateMachine": state_machine,
    "Custom::ModelSlot": slot,
}
"""The types of resources that are arrows, and how each is broken."""

NO_ARROWS: Final[Mapping[str, str]] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": "tests/local_aws/test_autoscaling.py",
    "AWS::ApplicationAutoScaling::ScalingPolicy": "tests/local_aws/test_autoscaling.py",
    "AWS::CloudWatch::CompositeAlarm": "a person looks at it; it tells nobody",
    "AWS::CloudWatch::Dashboard": "a person looks at it",
    "AWS::IAM::Policy": "what a local AWS does not check",
    "AWS::IAM::Role": "what a local AWS does not check",
    "AWS::KMS::Alias": "what a local AWS does not check",
    "AWS::KMS::Key": "what a local AWS does not check",
    "AWS::Lambda::Function": "makes the slot, whose name is broken instead",
    "AWS::Logs::LogGroup": "a person looks at it",
    "AWS::S3::Bucket": "found by its name, by those who are broken instead",
    "AWS::S3::BucketPolicy": "what a local AWS does not check",
    "AWS::SNS::Topic": "found by those who tell it, who are broken instead",
    "AWS::SNS::TopicPolicy": "what a local AWS does not check",
    "AWS::SQS::Queue": "found by those who write to it, who are broken instead",
    "AWS::SQS::QueuePolicy": "what a local AWS does not check",
    "AWS::SageMaker::Endpoint": "asks its config, which is broken instead",
    "AWS::SageMaker::ModelPackageGroup": "found by its name, by those who are broken instead",
}
"""The types of resources that lead nowhere by themselves, and why."""


def mutations(templates: Mapping[str, Template]) -> list[Mutation]:
    """Everything that can be broken in a stage's templates, by stack name, one thing at a time.

    But for what other models have: the story plays one, and the same constructs make the others.

    Raises:
        LookupError: a resource is of a type that is in neither of the two lists.
    """
    others = {stack.split("-", 2)[2] for stack in templates if stack.count("-") > 1} - {MODEL}
    broken = (mutation for stack in templates for mutation in _of_stack(stack, templates))
    return [mutation for mutation in broken if not _is_of(others, mutation)]


def _is_of(models: Set[str], mutation: Mutation) -> bool:
    """Whether it is in a stack, or of a slot, that is called after one of these models."""
    parts = mutation.path.split("/")
    return any(part.endswith(f"-{model}") for part in parts for model in models)


def _of_stack(stack: str, templates: Mapping[str, Template]) -> Iterator[Mutation]:
    yield from slots_read(stack, templates[stack])
    for logical_id in templates[stack]["Resources"]:
        resource = Resource(stack, logical_id, templates)
        if resource.type in ARROWS:
            yield from ARROWS[resource.type](resource)
        elif resource.type not in NO_ARROWS:
            raise LookupError(
                f"{logical_id} of {stack} is a {resource.type}; say in {__name__} how it is broken,"
                " or why it is no arrow"
            )
