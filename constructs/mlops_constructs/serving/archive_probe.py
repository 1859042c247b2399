"""What asks an archive of a multi-model endpoint before it is promoted."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from mlops_constructs.problems import refuse
from mlops_constructs.serving.multi_model import MultiModel
from mlops_constructs.serving.multi_model_endpoint import MultiModelEndpoint

LONGEST_FUNCTION_NAME: Final = 64
"""https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html"""

SCRIPT: Final = Path(__file__).parent / "functions" / "ask.py"


class ArchiveProbe(Construct):
    """A Lambda function that asks one archive of the endpoint to answer the probe.

    A function, because Step Functions can't send a row of CSV: its SDK integrations write a text
    given as bytes in JSON, with quotes around it. A run that was recorded on AWS shows that: the
    ETag of an object put so is the digest of the quoted text (localstack/localstack,
    tests/aws/services/stepfunctions/v2/services/test_aws_sdk_task_service.snapshot.json,
    `test_s3_put_object[str]`).

    Args:
        endpoint: Which is asked.
        hosting: Has the probe.
        key: Encrypts the log.

    Attributes:
        function: Is invoked with `{"archive": "5.tar.gz"}`; gives `{"answered": …, "said": …}`, and
            raises what is to be asked again.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        endpoint: MultiModelEndpoint,
        hosting: MultiModel,
        key: kms.IKey,
    ) -> None:
        refuse(probe_problems(endpoint.endpoint_name))
        super().__init__(scope, construct_id)
        name = probe_name(endpoint.endpoint_name)
        log = logs.LogGroup(
            self,
            "Log",
            log_group_name=f"/aws/lambda/{name}",
            encryption_key=key,
            retention=logs.RetentionDays.ONE_YEAR,
            removal_policy=RemovalPolicy.DESTROY,
        )
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        endpoint.grant_invoke(role)
        log.grant_write(role)
        self.function = lambda_.Function(
            self,
            "Resource",
            function_name=name,
            runtime=lambda_.Runtime.PYTHON_3_14,
            handler="index.handler",
            code=lambda_.Code.from_inline(SCRIPT.read_text(encoding="utf-8")),
            timeout=Duration.seconds(90),
            role=role,
            log_group=log,
            environment={
                "ENDPOINT": endpoint.endpoint_name,
                "PROBE": hosting.probe,
                "CONTENT_TYPE": hosting.content_type,
            },
        )


def probe_name(endpoint_name: str) -> str:
    """What the function that asks an endpoint is called."""
    return f"{endpoint_name}-probe"


def probe_problems(endpoint_name: str) -> Iterator[str]:
    """Yields why archives of an endpoint of this name can't be asked."""
    longest = LONGEST_FUNCTION_NAME - len(probe_name(""))
    if len(endpoint_name) > longest:
        yield (
            f"the name of a multi-model endpoint must have {longest} characters at most, since the"
            f" function that asks its archives is called after it, got {endpoint_name!r}"
            f" ({len(endpoint_name)} characters)"
        )
