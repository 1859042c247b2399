"""What no target took, in the queue that DeadLetterConfig names.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
"""

import logging
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local_aws.core.clients import client

log = logging.getLogger("local_aws")


def bury(target: Mapping[str, Any], body: str, why: Mapping[str, str | None]) -> None:
    """Send the call that failed to the target's dead-letter queue; without one it is dropped.

    Args:
        target: The schedule's target.
        body: The input of the call, as JSON.
        why: The message's attributes by name; those that are None are left out.
    """
    arn = target.get("DeadLetterConfig", {}).get("Arn")
    if arn is None:
        return
    attributes = {
        name: {"DataType": "String", "StringValue": value or "-"}
        for name, value in why.items()
        if value is not None
    }
    _, _, _, _, owner, name = arn.split(":")
    sqs = client("sqs")
    try:
        url = sqs.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=owner)["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody=body, MessageAttributes=attributes)
    except (ClientError, BotoCoreError) as error:
        log.warning("%s: the dead-letter queue did not take it: %s", arn, error)
