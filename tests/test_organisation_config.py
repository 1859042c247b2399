"""What an organisation can ask for, and how it is refused."""

from typing import Any

import pytest
from pydantic import ValidationError

from config.organisation import ExistingBuckets, Organisation
from config.refusal import sentences
from mlops_constructs.network import Network
from mlops_constructs.problems import InvalidProps
from mlops_constructs.training.placement import placed
from tests.test_config import refused as stage_refused
from tests.test_config import stage

KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
NETWORK = Network(subnets=("subnet-01234567",), security_groups=("sg-01234567",))


def refused(wanted: type[Any] = Organisation, /, **given: Any) -> list[str]:
    with pytest.raises(ValidationError) as refusal:
        wanted(**given)
    return sentences(refusal.value)


def test_a_prefix_begins_all_names():
    config = stage(organisation=Organisation(name_prefix="acme"))
    [model] = config.models
    assert config.resource_name(model) == "acme-test-churn"
    assert config.slot_name(model) == "/acme/perennial/test/churn/slot"
    assert config.serving_stack_prefix == "acme-Test-Serving-"
    assert config.monitoring_stack_name(model) == "acme-Test-Monitoring-churn"
    assert config.promotion_name == "acme-test-promotion"
    assert config.bucket_prefix == "acme-perennial-test"


@pytest.mark.parametrize("prefix", ["Acme", "acme-", "1acme", "a" * 17, ""])
def test_a_prefix_that_would_not_do_for_every_name_is_refused(prefix: str):
    [said] = refused(name_prefix=prefix)
    assert said.startswith("Organisation.name_prefix string should match pattern")
    assert said.endswith(f"got {prefix!r}")


def test_bucket_names_that_get_too_long_are_refused():
    name = "S" + "s" * 15
    longest = f"acmeacme-perennial-{name.lower()}-artifacts-{'0' * 12}-ap-northeast-1"
    assert stage_refused(name=name, organisation=Organisation(name_prefix="acmeacme")) == [
        f"the buckets of stage {name!r} would have names of up to {len(longest)} characters, such "
        f"as {longest!r}, and S3 takes 63; shorten name= or name_prefix="
    ]


@pytest.mark.parametrize(
    ("given", "setting"),
    [
        ({"subnets": ("subnet-1",), "security_groups": ("sg-01234567",)}, "subnets.0"),
        ({"subnets": (), "security_groups": ("sg-01234567",)}, "subnets"),
        ({"subnets": ("subnet-01234567",) * 17, "security_groups": ("sg-01234567",)}, "subnets"),
        ({"subnets": ("subnet-01234567",), "security_groups": ("vpc-01",)}, "security_groups.0"),
        ({"subnets": ("subnet-01234567",), "security_groups": ("sg-01234567",) * 6}, "security"),
    ],
)
def test_a_network_that_aws_would_refuse_is_refused(given: dict[str, Any], setting: str):
    assert refused(Network, **given)[0].startswith(f"Network.{setting}")


def test_an_alias_is_no_key_arn():
    alias = "arn:aws:kms:eu-west-1:123456789012:alias/acme"
    [said] = refused(key_arn=alias)
    assert said.startswith("Organisation.key_arn string should match pattern")
    assert said.endswith(f"got {alias!r}")


def test_a_key_of_another_region_and_account_is_refused():
    given = Organisation(key_arn=KEY)
    assert stage_refused(account="210987654321", region="us-east-1", organisation=given) == [
        f"key_arn must be a key of the stage's region 'us-east-1', got {KEY!r}; name another key, "
        "or its replica there",
        f"key_arn must be a key of the stage's account '210987654321', got {KEY!r}; services of "
        "one account can't be let into another's key here",
    ]
    assert stage(account="123456789012", region="eu-west-1", organisation=given)
    assert stage(organisation=given)


@pytest.mark.parametrize("name", ["Acme", "a", "acme_lake", "-acme"])
def test_a_name_that_no_bucket_has_is_refused(name: str):
    [said] = refused(ExistingBuckets, data=name)
    assert said.startswith("ExistingBuckets.data string should match pattern")


def test_tags_that_aws_would_refuse_are_refused_each():
    assert refused(tags={"aws:owner": "me", "perennial:endpoint": "x", "good": "a|b"}) == [
        *(
            "the key of a tag must be 1 to 128 letters, digits, spaces and . : / = + @ - _ that "
            f"begin with neither 'aws:' nor 'perennial:', got {key!r}; change it in tags="
            for key in ("aws:owner", "perennial:endpoint")
        ),
        "the value of tag 'good' must be at most 256 letters, digits, spaces and "
        ". : / = + @ - _, got 'a|b'; change it in tags=",
    ]


def test_fifty_tags_are_one_too_many():
    tags = {f"k{number}": "v" for number in range(50)}
    assert refused(tags=tags) == ["tags must be at most 49, got 50; take some out of tags="]


def test_a_boundary_is_named_and_not_an_arn():
    [said] = refused(permissions_boundary="arn:aws:iam::123456789012:policy/boundary")
    assert said.startswith("Organisation.permissions_boundary string should match pattern")


def test_what_nobody_knows_is_refused():
    [said] = refused(vpc="vpc-1")
    assert said == "Organisation.vpc extra inputs are not permitted, got 'vpc-1'"


OWN = """{"Steps": [
{"Name": "Prepare", "Type": "Processing",
 "Arguments": {"NetworkConfig": {"VpcConfig": {"Subnets": ["subnet-9"]}}}},
{"Name": "Ask", "Type": "Callback", "Arguments": {}}]}"""


def test_a_job_that_has_a_network_or_takes_none_is_refused():
    with pytest.raises(InvalidProps) as refusal:
        placed("dev-churn", OWN, NETWORK)
    assert refusal.value.problems == (
        "step 'Prepare' of pipeline 'dev-churn' has a VpcConfig of its own, got "
        "{'Subnets': ['subnet-9']}, but the stage's network holds for all its jobs; take it out "
        "of pipeline.py, or network= out of the stage",
        "step 'Ask' of pipeline 'dev-churn' is of type 'Callback', which can't be placed in the "
        "stage's network; known are ClarifyCheck, Condition, Fail, Model, Processing, "
        "QualityCheck, RegisterModel, Training, Transform, Tuning; take network= out of the "
        "stage, or the step out of pipeline.py",
    )


def test_without_a_network_a_definition_stays_as_it_was_committed():
    assert placed("dev-churn", OWN, None) is OWN
