"""A service that the local AWS lacks is refused by its name, and nobody waits for that."""

from typing import Any

import boto3
import botocore.session
import pytest
from botocore.exceptions import ClientError

from local_aws.launch import LocalAws
from local_aws.ministack.other_services import names


@pytest.mark.local_aws
def test_a_service_that_is_not_there_is_not_taken_for_a_bucket(aws: LocalAws) -> None:
    quotas = boto3.client("service-quotas", **aws.client_arguments())
    with pytest.raises(ClientError) as refused:
        quotas.list_service_quotas(ServiceCode="sagemaker")
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert "Bucket" not in str(refused.value)


@pytest.mark.parametrize("service", ["service-quotas", "glacier", "pinpoint", "bedrock-runtime"])
def test_services_are_known_by_the_names_that_botocore_signs_with(service: str) -> None:
    client: Any = boto3.client(service, region_name="us-east-1")
    assert client.meta.service_model.signing_name in names()
    assert client.meta.service_model.endpoint_prefix in names()


def test_what_is_no_service_is_not_known() -> None:
    assert not {"", "nobody", "sagemaker-of-somebody"} & names()


@pytest.mark.nightly
def test_they_are_the_names_that_whole_models_give() -> None:
    session = botocore.session.get_session()
    told = set[str]()
    for service in session.get_available_services():
        metadata = session.get_service_model(service).metadata
        told |= {service, metadata.get("endpointPrefix", ""), metadata.get("signingName", "")}
    assert names() == told - {""}
