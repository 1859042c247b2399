"""What a transform job records: which objects it read and wrote, not what was in them.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-batch.html
"""

import json
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from local_aws.hosting import objects
from local_aws.jobs.transform_objects import Source
from local_aws.jobs.transform_work import Capture


def write_capture(
    capture: Capture, sources: Sequence[Source], output_uri: str, *, started: float
) -> None:
    """Write a manifest of each side, under the hour in which the job started."""
    hour = f"{datetime.fromtimestamp(started, UTC):%Y/%m/%d/%H}"
    asked = [{"prefix": sources[0].prefix}, *(source.name for source in sources)]
    answered = [{"prefix": f"{output_uri}/"}, *(f"{source.name}.out" for source in sources)]
    name = f"{uuid.uuid4()}.json"
    for side, manifest in (("input", asked), ("output", answered)):
        body = json.dumps(manifest).encode()
        objects.write(f"{capture.uri}/{side}/{hour}/{name}", body, capture.kms_key_id)
