"""A Lambda function: asks one archive of a multi-model endpoint for an answer to the probe.

Its variables are ENDPOINT, PROBE and CONTENT_TYPE, its event names the `archive`.
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
"""

import os
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

BUSY = (429, 503, 507)
"""What a container answers that has no worker or no memory left: it says nothing of the archive.

https://docs.aws.amazon.com/sagemaker/latest/dg/mms-container-apis.html
"""

LONGEST = 500
"""Characters of an answer or an error that are told."""


class Busy(Exception):
    """The container answers nobody at the moment."""


def handler(event: dict[str, str], context: Any) -> dict[str, Any]:
    """Whether the archive `answered`, and what it `said`.

    Raises:
        Busy: The container is; ask again later.
        ClientError: SageMaker did not ask it: it loads, it is throttled, there is no such archive.
    """
    client = boto3.client(
        "sagemaker-runtime", config=Config(read_timeout=70, retries={"total_max_attempts": 1})
    )
    try:
        answer = client.invoke_endpoint(
            EndpointName=os.environ["ENDPOINT"],
            TargetModel=event["archive"],
            ContentType=os.environ["CONTENT_TYPE"],
            Body=os.environ["PROBE"].encode(),
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ModelError":
            raise
        if error.response.get("OriginalStatusCode") in BUSY:
            raise Busy(str(error)) from error
        return {"answered": False, "said": str(error)[:LONGEST]}
    said = answer["Body"].read().decode(errors="replace")
    return {"answered": True, "said": said[:LONGEST]}
