"""From the SDK's objects to the text of definition.json, the same on every machine."""

import json
from collections.abc import Iterator
from typing import Any

from sagemaker.mlops.workflow.pipeline import Pipeline

from pipeline_definitions.sdk.environment import BUILD_REGION
from pipeline_definitions.sdk.jobs import CODE_URI, MONITOR_CODE_URI

REGION = "${AWS::Region}"

_RENDERED = {
    BUILD_REGION: REGION,
    CODE_URI: "${CodeUri}",
    MONITOR_CODE_URI: "${MonitorCodeUri}",
}


def render(pipeline: Pipeline) -> str:
    """The definition as indented JSON, ending in a newline.

    The SDK writes members that are null or empty and the region it was built in, and takes code
    only from what looks like an S3 URI; none of that is left here.
    """
    definition = _clean(json.loads(pipeline.definition()))
    return json.dumps(definition, indent=2, ensure_ascii=False) + "\n"


def region_problems(body: str) -> Iterator[str]:
    """Yields whether the region of the build is still in a definition, inside some longer text."""
    for line in body.splitlines():
        if BUILD_REGION in line:
            yield f"{line.strip()} names the region {BUILD_REGION}; write {REGION} there"


def _clean(node: Any) -> Any:
    if isinstance(node, dict):
        return {
            name: _clean(value) for name, value in node.items() if value is not None and value != {}
        }
    if isinstance(node, list):
        return [_clean(value) for value in node]
    return _RENDERED.get(node, node)
