"""Models and endpoints for one test, with names of their own."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.model_archives import ENVIRONMENT, IMAGE
from tests.local_aws.stacks import eventually

CSV = "text/csv"


def refusal(call: Callable[..., Any], **members: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**members)
    error = caught.value.response["Error"]
    return f"{error['Code']}: {error['Message']}"


def refused(call: Callable[..., Any], **members: Any) -> str | None:
    try:
        call(**members)
    except ClientError as error:
        return str(error)
    return None


class Stage:
    """Makes what hosting needs and removes its endpoints afterwards."""

    def __init__(self, client: Callable[[str], Any]) -> None:
        self.sagemaker = client("sagemaker")
        self.runtime = client("sagemaker-runtime")
        self.s3 = client("s3")
        self.name = f"stage-{uuid.uuid4().hex[:8]}"
        self.s3.create_bucket(Bucket=self.name)
        self._endpoints: list[str] = []

    def model(
        self,
        data: bytes,
        *,
        name: str = "model",
        environment: Mapping[str, str] = ENVIRONMENT,
    ) -> str:
        key, name = f"{name}/model.tar.gz", f"{self.name}-{name}"
        self.s3.put_object(Bucket=self.name, Key=key, Body=data)
        self.sagemaker.create_model(
            ModelName=name,
            PrimaryContainer={
                "Image": IMAGE,
                "ModelDataUrl": f"s3://{self.name}/{key}",
                "Environment": environment,
            },
            ExecutionRoleArn="arn:aws:iam::123456789012:role/serving",
        )
        return name

    def config(self, *models: str, name: str = "config", **members: Any) -> str:
        """A config with a variant for each model, named One, Two, ... of weight 1, 2, ..."""
        name = f"{self.name}-{name}"
        variants = [
            {
                "VariantName": variant,
                "ModelName": model,
                "InitialInstanceCount": 2,
                "InstanceType": "ml.m5.large",
                "InitialVariantWeight": weight,
            }
            for weight, (variant, model) in enumerate(
                zip(("One", "Two", "Three"), models, strict=False), start=1
            )
        ]
        self.sagemaker.create_endpoint_config(
            EndpointConfigName=name, ProductionVariants=variants, **members
        )
        return name

    def endpoint(self, config: str, *, name: str = "endpoint", **members: Any) -> str:
        """An endpoint that has come to rest."""
        name = f"{self.name}-{name}"
        self._endpoints.append(name)
        self.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=config, **members)
        self.at_rest(name)
        return name

    def at_rest(self, name: str) -> Any:
        """DescribeEndpoint once the endpoint is neither Creating nor Updating."""

        def look() -> Any:
            described = self.sagemaker.describe_endpoint(EndpointName=name)
            return described if described["EndpointStatus"] in ("InService", "Failed") else None

        return eventually(look)

    def ask(self, endpoint: str, body: str = "1,2", **members: Any) -> str:
        answer = self.runtime.invoke_endpoint(
            **{"EndpointName": endpoint, "Body": body.encode(), "ContentType": CSV, **members}
        )
        text: str = answer["Body"].read().decode()
        return text

    def close(self) -> None:
        for name in self._endpoints:
            try:
                self.sagemaker.delete_endpoint(EndpointName=name)
            except self.sagemaker.exceptions.ClientError:
                continue
