"""Inputs for Model Monitor's operations with every member that they support."""

import copy
from collections.abc import Iterator
from typing import Any

from tests.local_aws.maximal import maximal
from tests.local_aws.monitors import ANALYZER, CLARIFY, KINDS

Input = dict[str, Any]
_CLARIFY = ("ModelBias", "ModelExplainability")


def job_definitions(name: str, endpoint: str) -> dict[tuple[str, str], list[Input]]:
    """Create* of each kind: over an endpoint, the first by this name, and over batch transforms."""
    return {
        ("sagemaker", f"Create{kind}JobDefinition"): [
            {**given, "JobDefinitionName": f"{name}-{number}" if number else name}
            for number, given in enumerate(_definitions(kind, endpoint))
        ]
        for kind in KINDS
    }


def monitoring_schedules(schedule: Input, *, endpoint: str, definition: str) -> list[Input]:
    """CreateMonitoringSchedule with a named definition, and with each source inside."""
    config = schedule["MonitoringScheduleConfig"]
    timing = {
        "ScheduleExpression": "NOW",
        "DataAnalysisStartTime": "-PT1H",
        "DataAnalysisEndTime": "-PT0H",
    }
    shared = {"ScheduleConfig": timing, "MonitoringType": "DataQuality"}
    inline = config["MonitoringJobDefinition"]
    inline["MonitoringAppSpecification"]["ImageUri"] = ANALYZER
    configs = [{**shared, "MonitoringJobDefinitionName": definition}]
    for source in _sources(inline["MonitoringInputs"][0], endpoint):
        held = {**copy.deepcopy(inline), "MonitoringInputs": [source]}
        configs.append({**shared, "MonitoringJobDefinition": held})
    return [{**schedule, "MonitoringScheduleConfig": each} for each in configs]


def _definitions(kind: str, endpoint: str) -> Iterator[Input]:
    given = maximal("sagemaker", f"Create{kind}JobDefinition")
    image = CLARIFY if kind in _CLARIFY else ANALYZER
    given[f"{kind}AppSpecification"]["ImageUri"] = image
    for source in _sources(given[f"{kind}JobInput"], endpoint):
        yield {**copy.deepcopy(given), f"{kind}JobInput": source}


def _sources(source: Input, endpoint: str) -> Iterator[Input]:
    """The input with one of its two sources, and the second with one of its formats."""
    shared = {n: v for n, v in source.items() if n not in ("EndpointInput", "BatchTransformInput")}
    files = {"S3InputMode": "File", "StartTimeOffset": "-PT1H", "EndTimeOffset": "-PT0H"}
    named = {**source["EndpointInput"], **files, "EndpointName": endpoint}
    yield {**shared, "EndpointInput": named}
    for style in ("Csv", "Json"):
        batch = {**source["BatchTransformInput"], **files, "DatasetFormat": {style: {}}}
        option = {"Csv": {"Header": True}, "Json": {"Line": True}}[style]
        batch["DatasetFormat"] = {style: option}
        yield {**shared, "BatchTransformInput": batch}
