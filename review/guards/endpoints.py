"""Releases that watch less, and captures that keep less.

What the properties mean:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-sagemaker-endpoint-deploymentconfig.html
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from review.findings import Guard, Thing
from review.numbers import as_number, at
from review.resources import Pair
from review.text import shown

_ROUTING: Final = "DeploymentConfig.BlueGreenUpdatePolicy.TrafficRoutingConfiguration"
_ROLLING: Final = "DeploymentConfig.RollingUpdatePolicy"
_SHORTER: Final[Mapping[str, str]] = {
    f"{_ROUTING}.WaitIntervalInSeconds": "bakes shorter before the rest of the traffic moves",
    f"{_ROLLING}.WaitIntervalInSeconds": "bakes shorter between two batches",
    "DeploymentConfig.BlueGreenUpdatePolicy.TerminationWaitInSeconds": (
        "keeps the old fleet for a shorter time after a release"
    ),
}
_LARGER: Final[Mapping[str, str]] = {
    f"{_ROUTING}.CanarySize.Value": "risks more of its traffic on a new version",
    f"{_ROUTING}.LinearStepSize.Value": "moves more of its traffic at once",
    f"{_ROLLING}.MaximumBatchSize.Value": "replaces more of its instances at once",
}
_ALARMS: Final = "DeploymentConfig.AutoRollbackConfiguration.Alarms"


def endpoint_guards(pair: Pair) -> Iterator[Guard]:
    """What the release policy of an endpoint, or the capture of its config, lost."""
    if pair.either.type == "AWS::SageMaker::Endpoint":
        yield from _rollback(pair)
        yield from _traffic(pair)
        yield from _paces(pair)
    if pair.either.type == "AWS::SageMaker::EndpointConfig":
        yield from _capture(pair)


def _rollback(pair: Pair) -> Iterator[Guard]:
    before, after = (_names(at(side, _ALARMS)) for side in pair.sides)
    lost = [name for name in before if name not in after]
    if lost and not after:
        told = "is no longer rolled back: no alarm guards its releases"
        yield Guard("rollback", Thing.of(pair.either), told, ", ".join(before), None)
    elif lost and len(after) < len(before):
        told = "is rolled back for fewer alarms"
        yield Guard("rollback", Thing.of(pair.either), told, ", ".join(before), ", ".join(after))


def _names(alarms: Any) -> list[str]:
    listed = alarms if isinstance(alarms, list) else []
    return [shown(alarm.get("AlarmName")) for alarm in listed if isinstance(alarm, dict)]


def _traffic(pair: Pair) -> Iterator[Guard]:
    before, after = (_shift(side) for side in pair.sides)
    if before != "ALL_AT_ONCE" == after:
        told = "gives a new version all of its traffic at once"
        yield Guard("traffic", Thing.of(pair.either), told, before, after)


def _shift(endpoint: Mapping[str, Any]) -> str:
    """AWS's default is blue/green, all at once."""
    if at(endpoint, _ROLLING):
        return "ROLLING"
    return shown(at(endpoint, f"{_ROUTING}.Type") or "ALL_AT_ONCE")


def _paces(pair: Pair) -> Iterator[Guard]:
    if _shift(pair.sides[0]) != _shift(pair.sides[1]):
        return  # seconds of a canary are not those of another policy
    for path, told in _SHORTER.items():
        before, after = (as_number(at(side, path)) for side in pair.sides)
        if before and (after or 0) < before:
            yield Guard("bake", Thing.of(pair.either), told, f"{before:g} s", f"{after or 0:g} s")
    for path, told in _LARGER.items():
        before, after = (as_number(at(side, path)) for side in pair.sides)
        kinds = {shown(at(side, path.replace(".Value", ".Type"))) for side in pair.sides}
        if before and after and after > before and len(kinds) == 1:
            yield Guard("traffic", Thing.of(pair.either), told, f"{before:g}", f"{after:g}")


def _capture(pair: Pair) -> Iterator[Guard]:
    thing = Thing.of(pair.either)
    before, after = (_percent(side) for side in pair.sides)
    if before and not after:
        told = "captures nothing any more: no monitor sees its requests"
        yield Guard("capture", thing, told, f"{before:g} %", None)
    elif before > after:
        told = "captures fewer requests"
        yield Guard("capture", thing, told, f"{before:g} %", f"{after:g} %")
    modes, new_modes = (_modes(side) for side in pair.sides)
    if after and modes - new_modes:
        told = "captures only part of each exchange"
        sides = ", ".join(sorted(modes)), ", ".join(sorted(new_modes)) or None
        yield Guard("capture", thing, told, *sides)


def _percent(config: Mapping[str, Any]) -> float:
    capture = config.get("DataCaptureConfig") or {}
    # AWS's default of EnableCapture is not documented; CDK leaves it out only where it was not set.
    if capture.get("EnableCapture") is False:
        return 0
    return as_number(capture.get("InitialSamplingPercentage")) or 0


def _modes(config: Mapping[str, Any]) -> set[str]:
    options = at(config, "DataCaptureConfig.CaptureOptions") or []
    named = {shown(option.get("CaptureMode")) for option in options if isinstance(option, dict)}
    return named | ({"Input", "Output"} if "InputAndOutput" in named else set())
