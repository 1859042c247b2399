"""What serves: the slot that names a version, the model of it, and the capture of its traffic."""

from collections.abc import Iterator

from rehearsal.mutations.mutation import NOTHING, Mutation, Template
from rehearsal.mutations.resource import Resource

SLOT_TYPE = "AWS::SSM::Parameter::Value<"


def slot(resource: Resource) -> Iterator[Mutation]:
    """The name under which the slot is made."""
    name = resource.get("Create", "parameters", "Name")
    at = ("Create", "parameters", "Name")
    yield resource.broken("slot", "Name", at, f"{name}-{NOTHING}")


def slots_read(stack: str, template: Template) -> Iterator[Mutation]:
    """The names of the slots that a template reads."""
    for name, parameter in template.get("Parameters", {}).items():
        if parameter["Type"].startswith(SLOT_TYPE) and "bootstrap" not in parameter["Default"]:
            at = ("Parameters", name, "Default")
            path, other = stack.partition("-")[2], f"{parameter['Default']}-{NOTHING}"
            yield Mutation(stack, path, "slot", "Default", at, other)


def model(resource: Resource) -> Iterator[Mutation]:
    """The version that the slot names."""
    for number, _ in enumerate(resource.get("Containers")):
        at = ("Containers", number, "ModelPackageName")
        yield resource.broken("version", "ModelPackageName", at)


def endpoint_config(resource: Resource) -> Iterator[Mutation]:
    """Whether, what and where it captures."""
    captured = "DataCaptureConfig"
    elsewhere = "s3://${Bucket}/" + NOTHING
    yield resource.broken("capture", "EnableCapture", (captured, "EnableCapture"), False)
    yield resource.broken(
        "capture", "DestinationS3Uri", (captured, "DestinationS3Uri"),
        {"Fn::Sub": [elsewhere, {"Bucket": "another-bucket"}]},
    )  # fmt: skip
    yield resource.broken(
        "capture", "CaptureOptions", (captured, "CaptureOptions"), [{"CaptureMode": "Output"}]
    )
