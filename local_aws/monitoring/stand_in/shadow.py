"""The shadow endpoint: a model that answers for as long as an analysis asks it.

https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-bias-drift-baseline.html
"""

import csv
import io
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3
import numpy as np
from botocore.exceptions import ClientError, WaiterError

from local_aws.monitoring.stand_in.job import JobError
from local_aws.monitoring.stand_in.records import rows as rows_of
from local_aws.monitoring.stand_in.shapley import Model

# What is sent at once; an endpoint takes 6 MB.
_ROWS = 5000
# In seconds, and looks: a quarter of an hour.
_PATIENCE = {"Delay": 0.2, "MaxAttempts": 4500}


@contextmanager
def shadow_endpoint(predictor: Mapping[str, Any], score: str | None) -> Iterator[Model]:
    """A model that takes rows of features as CSV, until the block ends.

    Args:
        predictor: The configuration's section of that name.
        score: Where the score stands in the model's answer; None if there is nothing else.

    Raises:
        JobError: The endpoint cannot be made, or does not answer.
    """
    for name in ("content_type", "accept_type"):
        if predictor.get(name, "text/csv") != "text/csv":
            raise JobError(f"predictor.{name}: the local AWS stands in for text/csv only.")
    sagemaker = boto3.client("sagemaker")
    name = f"sm-clarify-{predictor['model_name'][:36]}-{uuid.uuid4().hex[:8]}"
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": predictor["model_name"],
        "InstanceType": predictor["instance_type"],
        "InitialInstanceCount": predictor["initial_instance_count"],
    }
    try:
        sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
    except ClientError as error:
        raise JobError(f"The shadow endpoint cannot be made: {error}") from error
    try:
        sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
        sagemaker.get_waiter("endpoint_in_service").wait(EndpointName=name, WaiterConfig=_PATIENCE)
        yield _asking(name, score)
    except WaiterError as error:
        why = error.last_response.get("FailureReason", str(error))
        raise JobError(f"The shadow endpoint failed: {why}") from error
    except ClientError as error:
        raise JobError(f"The shadow endpoint does not answer: {error}") from error
    finally:
        _remove(sagemaker, name)


def _remove(sagemaker: Any, name: str) -> None:
    """Delete what is left of it."""
    for call, argument in (
        (sagemaker.delete_endpoint, "EndpointName"),
        (sagemaker.delete_endpoint_config, "EndpointConfigName"),
    ):
        try:
            call(**{argument: name})
        except ClientError as error:
            print(f"{name}: {error}")


def _asking(name: str, score: str | None) -> Model:
    runtime = boto3.client("sagemaker-runtime")

    def ask(table: np.ndarray) -> np.ndarray:
        found = []
        for start in range(0, len(table), _ROWS):
            body = io.StringIO()
            csv.writer(body, lineterminator="\n").writerows(table[start : start + _ROWS])
            answer = runtime.invoke_endpoint(
                EndpointName=name,
                ContentType="text/csv",
                Accept="text/csv",
                Body=body.getvalue().rstrip("\n").encode(),
            )
            text = answer["Body"].read().decode()
            found += rows_of({"data": text, "encoding": "CSV"}, score)
        if len(found) != len(table):
            raise JobError(f"The model answered {len(found)} of {len(table)} rows.")
        return np.array([float(row[0]) for row in found])

    return ask
