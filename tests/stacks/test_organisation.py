"""A stage in an account that has rules, a network and buckets of its own."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from aws_cdk import Stack

from config.organisation import ExistingBuckets, Organisation
from local_aws.core.resource_schema import resource_schema
from mlops_constructs.monitoring import ModelMonitorEngine
from mlops_constructs.network import Network
from mlops_constructs.serving import Canary
from mlops_constructs.testing import TemplateSnapshot
from pipeline_definitions.validation import definition_problems
from tests.stacks.own_stage import Templates, of_type, own_stage, platform, templates_of

SUBNETS = ("subnet-0123456789abcdef0", "subnet-0123456789abcdef1")
NETWORK = Network(subnets=SUBNETS, security_groups=("sg-0123456789abcdef0",))
VPC = {"SecurityGroupIds": ["sg-0123456789abcdef0"], "Subnets": list(SUBNETS)}
KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
ACME = Organisation(
    name_prefix="acme",
    network=NETWORK,
    key_arn=KEY,
    buckets=ExistingBuckets(data="acme-lake", artifacts="acme-models", capture="acme-requests"),
    permissions_boundary="org/workload-boundary",
    tags={"cost-centre": "4711", "owner": "ML team"},
)
SETTINGS: dict[str, Any] = {
    "account": "123456789012",
    "region": "eu-west-1",
    "release": Canary(percent=25),
    "monitoring": ModelMonitorEngine(),
}


@pytest.fixture(scope="module")
def acme() -> Templates:
    """A stage that has all of it, with the engine whose resources mind tags."""
    return templates_of(own_stage(organisation=ACME, **SETTINGS))


@pytest.fixture(scope="module")
def open_engine() -> Templates:
    """The same network under the engine that runs pipelines, and one bucket of three."""
    given = Organisation(network=NETWORK, buckets=ExistingBuckets(data="acme-lake"))
    return templates_of(own_stage(organisation=given))


def pipelines(templates: Templates) -> Iterator[dict[str, Any]]:
    for pipeline in of_type(templates, "AWS::SageMaker::Pipeline"):
        body, _ = pipeline["PipelineDefinition"]["PipelineDefinitionBody"]["Fn::Sub"]
        yield json.loads(body)


def jobs(steps: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for step in steps:
        if step["Type"] in ("Processing", "Training"):
            yield step
        yield from jobs(step.get("Arguments", {}).get("IfSteps", []))


@pytest.mark.parametrize("stack", ["Foundation", "Serving-flight-delay"])
def test_a_stage_with_all_of_it_is_the_one_that_was_reviewed(
    acme: Templates, stack: str, template_snapshot: TemplateSnapshot
):
    template_snapshot(acme[f"acme-Own-{stack}"])


def test_every_name_that_is_given_begins_with_the_prefix(acme: Templates):
    assert all(name.startswith("acme-Own-") for name in acme)
    named = {
        "AWS::SageMaker::Endpoint": "EndpointName",
        "AWS::SageMaker::ModelPackageGroup": "ModelPackageGroupName",
        "AWS::SageMaker::Pipeline": "PipelineName",
        "AWS::SageMaker::MonitoringSchedule": "MonitoringScheduleName",
        "AWS::StepFunctions::StateMachine": "StateMachineName",
        "AWS::CloudWatch::Dashboard": "DashboardName",
    }
    for kind, member in named.items():
        for resource in of_type(acme, kind):
            assert str(resource.get(member, "acme-own-")).startswith("acme-own-"), kind
    [slot] = acme["acme-Own-Serving-flight-delay"]["Parameters"].values()
    assert slot["Default"] == "/acme/perennial/own/flight-delay/slot"


def test_buckets_that_are_made_have_the_prefix_too(open_engine: Templates):
    prefixed = own_stage(organisation=Organisation(name_prefix="acme"))
    assert prefixed.bucket_prefix == "acme-perennial-own"
    assert own_stage().bucket_prefix == "perennial-own"
    assert all(name.startswith("Own-") for name in open_engine)


def test_promotions_may_update_the_stacks_of_that_name(acme: Templates):
    operations = json.dumps(acme["acme-Own-Operations"])
    assert "stack/acme-Own-Serving-*" in operations
    assert "stack/acme-Own-Monitoring-*" in operations
    [rule] = of_type({"": acme["acme-Own-Serving-flight-delay"]}, "AWS::Events::Rule")
    told = rule["Targets"][0]["InputTransformer"]["InputTemplate"]
    assert '"stack":"acme-Own-Serving-flight-delay"' in told


def test_the_models_containers_run_in_the_network(acme: Templates):
    [model] = of_type(acme, "AWS::SageMaker::Model")
    assert model["VpcConfig"] == VPC


@pytest.mark.parametrize("world", ["acme", "open_engine"])
def test_every_job_of_every_pipeline_runs_in_the_network(
    world: str, request: pytest.FixtureRequest
):
    places = {
        step["Name"]: step["Arguments"].get("VpcConfig")
        or step["Arguments"].get("NetworkConfig", {}).get("VpcConfig")
        for definition in pipelines(request.getfixturevalue(world))
        for step in jobs(definition["Steps"])
    }
    assert {"Preprocess", "Train", "Evaluate", "Baseline"} <= places.keys()
    assert ("Monitor" in places) == (world == "open_engine")
    assert all(place == VPC for place in places.values())


def test_definitions_with_a_network_are_what_the_apis_take(open_engine: Templates):
    problems = [p for body in pipelines(open_engine) for p in definition_problems(body)]
    assert problems == []


def test_model_monitors_jobs_run_in_the_network(acme: Templates):
    [job] = of_type(acme, "AWS::SageMaker::DataQualityJobDefinition")
    assert job["NetworkConfig"] == {"VpcConfig": VPC}


@pytest.mark.parametrize("world", ["acme", "open_engine"])
def test_each_role_that_containers_run_as_may_make_its_interface_there(
    world: str, request: pytest.FixtureRequest
):
    templates = request.getfixturevalue(world)
    policies = of_type(templates, "AWS::IAM::Policy")
    documents = [policy["PolicyDocument"] for policy in policies]
    documents += [
        inline["PolicyDocument"]
        for role in of_type(templates, "AWS::IAM::Role")
        for inline in role.get("Policies", [])
    ]
    reach = [
        json.dumps(statement["Resource"])
        for document in documents
        for statement in document["Statement"]
        if statement["Action"] == "ec2:CreateNetworkInterface"
    ]
    assert len(reach) == 3  # of the endpoint, the training jobs and the monitor's jobs
    for resources in reach:
        assert all(f"subnet/{subnet}" in resources for subnet in SUBNETS)
        assert "security-group/sg-0123456789abcdef0" in resources


def test_no_key_is_made_and_all_is_encrypted_with_the_one_that_is_there(acme: Templates):
    assert not of_type(acme, "AWS::KMS::Key")
    [topic] = of_type(acme, "AWS::SNS::Topic")
    [config] = of_type(acme, "AWS::SageMaker::EndpointConfig")
    assert topic["KmsMasterKeyId"] == config["KmsKeyId"] == KEY
    for pipeline in of_type(acme, "AWS::SageMaker::Pipeline"):
        _, values = pipeline["PipelineDefinition"]["PipelineDefinitionBody"]["Fn::Sub"]
        assert values["KmsKeyArn"] == KEY


def test_no_bucket_is_made_where_all_are_there(acme: Templates):
    assert not of_type(acme, "AWS::S3::Bucket")
    outputs = acme["acme-Own-Foundation"]["Outputs"]
    assert outputs["DataBucketName"] == {"Value": "acme-lake"}
    assert outputs["ArtifactBucketName"] == {"Value": "acme-models"}
    assert outputs["CaptureBucketName"] == {"Value": "acme-requests"}
    [config] = of_type(acme, "AWS::SageMaker::EndpointConfig")
    assert config["DataCaptureConfig"]["DestinationS3Uri"] == "s3://acme-requests"


def test_the_buckets_that_are_missing_are_made(open_engine: Templates):
    buckets = of_type(open_engine, "AWS::S3::Bucket")
    assert len(buckets) == 3  # artifacts, capture, and the access logs of both
    assert open_engine["Own-Foundation"]["Outputs"]["DataBucketName"] == {"Value": "acme-lake"}


def test_every_role_has_the_boundary(acme: Templates, open_engine: Templates):
    roles = of_type(acme, "AWS::IAM::Role")
    assert len(roles) > 8
    for role in roles:
        bound = role["PermissionsBoundary"]
        assert bound == "arn:aws:iam::123456789012:policy/org/workload-boundary"
    assert not [r for r in of_type(open_engine, "AWS::IAM::Role") if "PermissionsBoundary" in r]


def tagged(templates: Templates) -> Iterator[tuple[str, dict[str, str]]]:
    """Type of each resource that has tags, and its tags."""
    for template in templates.values():
        for resource in template["Resources"].values():
            tags = resource.get("Properties", {}).get("Tags")
            if isinstance(tags, list):
                yield resource["Type"], {tag["Key"]: tag["Value"] for tag in tags}
            elif tags:
                yield resource["Type"], tags


def test_what_takes_tags_has_them(acme: Templates):
    found = list(tagged(acme))
    for kind in ("Endpoint", "EndpointConfig", "Model", "ModelPackageGroup", "Pipeline"):
        assert f"AWS::SageMaker::{kind}" in {of for of, _ in found}
    for kind, tags in found:
        assert ACME.tags.items() <= tags.items(), kind


def test_no_tag_is_on_a_type_that_a_tag_would_replace(acme: Templates):
    def only_at_creation(kind: str) -> bool:
        return "Tags" in resource_schema(kind).create_only

    job = "AWS::SageMaker::DataQualityJobDefinition"
    assert of_type(acme, job)
    assert only_at_creation(job)
    assert not [kind for kind in {kind for kind, _ in tagged(acme)} if only_at_creation(kind)]


def test_no_stack_has_tags_which_would_be_on_every_resource():
    stage = platform(own_stage(organisation=Organisation(tags={"owner": "ML team"})))
    stacks = [child for child in stage.node.children if isinstance(child, Stack)]
    assert len(stacks) == 5
    assert not [stack.stack_name for stack in stacks if stack.tags.render_tags()]


def test_the_default_stage_names_no_organisation(templates: Templates):
    assert not of_type(templates, "AWS::SageMaker::Model")[0].get("VpcConfig")
    for kind, tags in tagged(templates):
        assert tags.keys() <= {"perennial:endpoint"}, kind
