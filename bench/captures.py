"""Captured requests, line by line as an endpoint writes them."""

import json
from datetime import datetime

A_FLIGHT = "UA,EWR,IAH,315,499,2,1400,39.02,28.04,64.43,260,12.65,,0,1011"


def record(moment: datetime, event_id: str, *, asked: str = A_FLIGHT, said: str) -> str:
    """One request and its answer, both CSV.

    Args:
        moment: When it was asked, in UTC.
        event_id: By which a label finds it.
        asked: The row of the request.
        said: The answer.
    """
    sides = {
        name: {"observedContentType": content_type, "mode": mode, "data": data, "encoding": "CSV"}
        for name, mode, content_type, data in (
            ("endpointInput", "INPUT", "text/csv", asked),
            ("endpointOutput", "OUTPUT", "text/csv; charset=utf-8", said),
        )
    }
    ids = {"eventId": event_id, "inferenceTime": f"{moment:%Y-%m-%dT%H:%M:%SZ}"}
    return json.dumps({"captureData": sides, "eventMetadata": ids, "eventVersion": "0"}) + "\n"
