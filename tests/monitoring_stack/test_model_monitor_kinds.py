"""Job definitions of all kinds: each warning of AWS's pages, and what a replacement does."""

import json
from dataclasses import replace
from functools import cache
from typing import Any

import botocore.session
import cdk_nag
import pytest
from aws_cdk import Environment, Tags
from botocore.validate import ParamValidator
from jsonschema import Draft7Validator

from mlops_constructs.monitoring import (
    Attribution,
    ModelMonitor,
    ModelQuality,
    MonitorSettings,
)
from mlops_constructs.monitoring.batch_transforms import BatchTransforms, DatasetFormat
from mlops_constructs.network import Network
from mlops_constructs.problems import InvalidProps
from tests.constructs_library.someones_app import actions, new_stack, of_type, synthesized, the
from tests.monitoring_stack.on_model_monitor import (
    ACCOUNTS,
    BIAS,
    KINDS,
    QUALITY,
    model_monitor_in,
    surroundings,
    template_with,
)
from tests.state_machines.policies import allows

SCHEDULE = "AWS::SageMaker::MonitoringSchedule"
LABELLED = ["ModelQuality", "ModelBias"]
CLARIFY = ["ModelBias", "ModelExplainability"]
BUCKET = "attribute"
"""How a bucket's ARN reads in a policy: it is an attribute of the bucket."""
Template = dict[str, Any]


@cache
def _template(kind: str) -> str:
    return json.dumps(template_with(KINDS[kind]))


def template_of(kind: str) -> Template:
    """The template of a monitor of a kind, whole."""
    found: Template = json.loads(_template(kind))
    return found


def job_properties(template: Template, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = the(template, f"AWS::SageMaker::{kind}JobDefinition")["Properties"]
    return found


def job(template: Template, kind: str) -> dict[str, Any]:
    """What its job definition says, under the names that all kinds have in common."""
    properties = job_properties(template, kind)
    return {name.removeprefix(kind): value for name, value in properties.items()}


def source(template: Template, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = job(template, kind)["JobInput"]["EndpointInput"]
    return found


def baseline(file: str) -> dict[str, Any]:
    return {"Fn::Join": ["", [{"Fn::Select": [1, {"Ref": "Slot"}]}, f"/{file}"]]}


def filled(value: Any, name: str = "") -> Any:
    """It with something for what CloudFormation fills in, of a form that fits its name."""
    if isinstance(value, list):
        return [filled(each, name) for each in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and next(iter(value)).startswith(("Fn::", "Ref")):
        arn = "arn:aws:iam::123456789012:role/filled-in"
        return next((text for end, text in FORMS.items() if name.endswith(end)), arn)
    return {key: filled(each, key) for key, each in value.items()}


FORMS = {
    "Uri": "s3://filled-in/file",
    "Name": "filled-in",
    "KmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555",
}


def role_of(template: Template, name: str) -> list[dict[str, Any]]:
    [found] = [
        resource["Properties"]["PolicyDocument"]["Statement"]
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == "AWS::IAM::Policy" and logical_id.startswith(f"Watch{name}Default")
    ]
    return list(found)


@pytest.mark.parametrize("kind", KINDS)
def test_a_definition_is_what_the_api_takes(kind: str):
    properties = job_properties(template_of(kind), kind)
    service = botocore.session.get_session().get_service_model("sagemaker")
    request = service.operation_model(f"Create{kind}JobDefinition").input_shape
    assert request is not None
    named = filled(properties) | {"JobDefinitionName": "made-up"}
    report = ParamValidator().validate(named, request)
    assert not report.has_errors(), report.generate_report()


FORMATS: tuple[DatasetFormat, ...] = ("csv", "csv with header", "json", "json lines", "parquet")


def batch_of(dataset_format: DatasetFormat) -> BatchTransforms:
    return BatchTransforms(
        capture_prefix="scored", dataset_format=dataset_format, features="features"
    )


def schema_problems(template: Template) -> list[str]:
    """What CloudFormation's own schemas say against its job definitions and schedules."""
    # Who only collects tests need not wait for sympy and networkx.
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    found: list[str] = []
    for resource in template["Resources"].values():
        if resource["Type"].endswith(("JobDefinition", "::MonitoringSchedule")):
            schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", resource["Type"])
            errors = Draft7Validator(schema.schema).iter_errors(filled(resource["Properties"]))
            found += [f"{resource['Type']}: {error.message}" for error in errors]
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_definition_and_schedule_fit_cloudformations_schemas(kind: str):
    template = template_of(kind)
    assert schema_problems(template) == []
    del job_properties(template, kind)["RoleArn"]
    assert schema_problems(template) != []


def test_every_format_of_batch_transforms_fits_them_too():
    stack = new_stack()
    given = surroundings(stack)
    for number, dataset_format in enumerate(FORMATS):
        given["endpoint"] = replace(given["endpoint"], name=f"churn-{number}")
        transforms = batch_of(dataset_format)
        ModelMonitor(stack, f"M{number}", settings=BIAS, transforms=transforms, **given)
    assert schema_problems(synthesized(stack)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_cdk_nag_finds_nothing(kind: str):
    monitor = model_monitor_in(new_stack(), KINDS[kind])
    report = cdk_nag.AwsSolutionsChecks().validate_scope(monitor)
    assert [violation.rule_name for violation in report.violations] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_definition_has_no_name_and_no_tags_that_a_replacement_could_clash_with(kind: str):
    stack = new_stack()
    model_monitor_in(stack, KINDS[kind])
    Tags.of(stack).add("team", "a")
    assert {"JobDefinitionName", "Tags"}.isdisjoint(job(synthesized(stack), kind))


@pytest.mark.parametrize("kind", KINDS)
def test_the_schedule_points_in_place_at_whatever_definition_there_is(kind: str):
    after = template_with(KINDS[kind], instance_type="ml.c5.xlarge")
    assert job(after, kind) != job(template_of(kind), kind)
    config = the(after, SCHEDULE)["Properties"]["MonitoringScheduleConfig"]
    [made] = [n for n, r in after["Resources"].items() if r["Type"].endswith("JobDefinition")]
    arn = {"Fn::GetAtt": [made, "JobDefinitionArn"]}
    assert config["MonitoringType"] == kind
    assert config["MonitoringJobDefinitionName"] == {"Fn::Select": [1, {"Fn::Split": ["/", arn]}]}
    assert "MonitoringJobDefinition" not in config
    assert made in the(after, SCHEDULE)["DependsOn"]
    assert the(after, SCHEDULE) == the(template_of(kind), SCHEDULE)


@pytest.mark.parametrize(
    ("kind", "file"),
    [
        ("DataQuality", "constraints_of_one_run.json"),
        ("ModelQuality", "model-quality/constraints.json"),
        ("ModelBias", "bias/constraints.json"),
        ("ModelExplainability", "attribution/analysis.json"),
    ],
)
def test_runs_are_held_against_the_constraints_of_the_serving_version(kind: str, file: str):
    config = job(template_of(kind), kind)["BaselineConfig"]
    assert config["ConstraintsResource"] == {"S3Uri": baseline(file)}
    # Only data quality takes statistics.
    assert ("StatisticsResource" in config) == (kind == "DataQuality")


@pytest.mark.parametrize("kind", KINDS)
def test_a_definition_has_exactly_one_output_and_one_input(kind: str):
    config = job(template_of(kind), kind)
    [output] = config["JobOutputConfig"]["MonitoringOutputs"]
    prefix = f"/monitoring/churn/{KINDS[kind].kind}"
    assert output["S3Output"]["S3Uri"]["Fn::Join"][1][-1] == prefix
    inputs = {"EndpointInput", "BatchTransformInput"} & config["JobInput"].keys()
    assert inputs == {"EndpointInput"}


@pytest.mark.parametrize(
    ("kind", "hours", "waits", "start", "end"),
    [
        ("ModelQuality", 2, 24, "-PT26H", "-PT24H"),
        ("ModelBias", 24, 0, "-PT24H", "-PT0H"),
        ("ModelBias", 1, 1440, "-PT1441H", "-PT1440H"),
    ],
)
def test_a_run_looks_at_what_came_before_the_labels_were_due(
    kind: str, hours: int, waits: int, start: str, end: str
):
    changed = {"every_hours": hours, "labels_within_hours": waits}
    template = template_with(KINDS[kind].model_copy(update=changed))
    found = source(template, kind)
    assert (found["StartTimeOffset"], found["EndTimeOffset"]) == (start, end)


@pytest.mark.parametrize("kind", LABELLED)
def test_labels_are_read_below_their_prefix(kind: str):
    template = template_of(kind)
    labels = job(template, kind)["JobInput"]["GroundTruthS3Input"]["S3Uri"]
    assert labels["Fn::Join"][1][-1] == "/labels/churn"
    role = role_of(template, "JobRole")
    assert allows(role, "s3:GetObject", f"{BUCKET}/labels/churn/2026/11/26/10/a.jsonl")
    assert not allows(role, "s3:GetObject", f"{BUCKET}/labels/other/a.jsonl")


@pytest.mark.parametrize("kind", ["DataQuality", "ModelExplainability"])
def test_what_needs_no_labels_gets_none_and_does_not_wait(kind: str):
    template = template_of(kind)
    assert job(template, kind)["JobInput"].keys() == {"EndpointInput"}
    assert not {"StartTimeOffset", "EndTimeOffset"} & source(template, kind).keys()
    assert "labels/churn" not in json.dumps(template)


@pytest.mark.parametrize("kind", LABELLED)
def test_the_job_reads_what_its_merge_job_wrote_beside_the_reports(kind: str):
    role, reports = role_of(template_of(kind), "JobRole"), f"monitoring/churn/{KINDS[kind].kind}"
    merged = f"{BUCKET}/{reports}/merge/churn/AllTraffic/2026/11/26/10/a.jsonl"
    assert allows(role, "s3:PutObject", merged)
    assert allows(role, "s3:GetObject", merged)
    assert not allows(role, "s3:GetObject", f"{BUCKET}/{reports}/churn/a.json")


@pytest.mark.parametrize("kind", LABELLED)
def test_merge_job_and_run_share_half_of_the_shortest_time_between_two_runs(kind: str):
    often = template_with(KINDS[kind].model_copy(update={"every_hours": 1}))
    assert job(often, kind)["StoppingCondition"] == {"MaxRuntimeInSeconds": 1800}


@pytest.mark.parametrize("every_hours", [1, 24])
def test_an_explanation_may_take_half_of_the_time_until_the_next(every_hours: int):
    template = template_with(Attribution(every_hours=every_hours))
    seconds = job(template, "ModelExplainability")["StoppingCondition"]["MaxRuntimeInSeconds"]
    assert seconds == every_hours * 3600 / 2
    assert seconds <= 86400  # botocore: MonitoringMaxRuntimeInSeconds


@pytest.mark.parametrize(
    ("problem", "attributes"),
    [
        (
            "BinaryClassification",
            {"ProbabilityAttribute": "0", "ProbabilityThresholdAttribute": 0.3},
        ),
        ("MulticlassClassification", {"InferenceAttribute": "0"}),
        ("Regression", {"InferenceAttribute": "0"}),
    ],
)
def test_model_quality_says_what_an_answer_is(problem: str, attributes: dict[str, Any]):
    template = template_with(QUALITY.model_copy(update={"problem_type": problem}))
    assert job(template, "ModelQuality")["AppSpecification"]["ProblemType"] == problem
    found = source(template, "ModelQuality")
    assert {n: v for n, v in found.items() if n.endswith("Attribute")} == attributes


def test_an_answer_is_good_news_for_a_group_from_the_threshold_on():
    found = source(template_of("ModelBias"), "ModelBias")
    attributes = {name: value for name, value in found.items() if name.endswith("Attribute")}
    # With InferenceAttribute the answer would be taken for a class, and the threshold for nothing.
    assert attributes == {"ProbabilityThresholdAttribute": 0.4}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "ModelQuality"])
def test_only_model_quality_has_a_problem_type(kind: str):
    assert "ProblemType" not in job(template_of(kind), kind)["AppSpecification"]


@pytest.mark.parametrize("kind", KINDS)
def test_clarify_is_configured_by_a_file_of_the_name_that_it_wants(kind: str):
    uri = job(template_of(kind), kind)["AppSpecification"].get("ConfigUri")
    assert (uri is not None) == (kind in CLARIFY)
    if uri:
        assert uri["Fn::Join"][1][-1].endswith("/analysis_config.json")


def test_what_bias_is_comes_with_the_version():
    uri = job(template_of("ModelBias"), "ModelBias")["AppSpecification"]["ConfigUri"]
    assert uri == baseline("bias/analysis_config.json")


@pytest.mark.parametrize(
    ("kind", "image", "repositories"),
    [
        ("ModelQuality", "sagemaker-model-monitor-analyzer",
         ["sagemaker-model-monitor-analyzer", "sagemaker-model-monitor-groundtruth-merger"]),
        ("ModelBias", "sagemaker-clarify-processing:1.0",
         ["sagemaker-clarify-processing", "sagemaker-model-monitor-groundtruth-merger"]),
        ("ModelExplainability", "sagemaker-clarify-processing:1.0",
         ["sagemaker-clarify-processing"]),
    ],
)  # fmt: skip
def test_images_are_aws_own_and_the_merge_job_has_one_more(
    kind: str, image: str, repositories: list[str]
):
    template = template_of(kind)
    named, _ = job(template, kind)["AppSpecification"]["ImageUri"]["Fn::Sub"]
    account = "ClarifyAccount" if kind in CLARIFY else "ModelMonitorAccount"
    assert named == f"${{{account}}}.dkr.ecr.${{AWS::Region}}.${{AWS::URLSuffix}}/{image}"
    [pulled] = [s for s in role_of(template, "JobRole") if "ecr:BatchGetImage" in actions(s)]
    granted = pulled["Resource"] if isinstance(pulled["Resource"], list) else [pulled["Resource"]]
    assert [arn["Fn::Join"][1][-1].split("/")[-1] for arn in granted] == repositories


@pytest.mark.parametrize("kind", KINDS)
def test_aws_own_metrics_are_put_where_they_say_something(kind: str):
    template = template_of(kind)
    told = job(template, kind)["AppSpecification"]["Environment"]
    put = [s for s in role_of(template, "JobRole") if "cloudwatch:PutMetricData" in actions(s)]
    if kind == "DataQuality":
        assert (told, put) == ({"publish_cloudwatch_metrics": "Disabled"}, [])
        return
    assert told == {"publish_cloudwatch_metrics": "Enabled"}
    [statement] = put
    [namespace] = statement["Condition"]["StringEquals"]["cloudwatch:namespace"]
    assert namespace.startswith("aws/sagemaker/Endpoints/")


@pytest.mark.parametrize("kind", KINDS)
def test_jobs_run_where_the_organisation_says(kind: str):
    network = Network(subnets=("subnet-01234567",), security_groups=("sg-01234567",))
    template = template_with(KINDS[kind], endpoint={"network": network})
    # Isolated from its network a job could neither put metrics nor ask an endpoint.
    assert job(template, kind)["NetworkConfig"] == {
        "VpcConfig": {"SecurityGroupIds": ["sg-01234567"], "Subnets": ["subnet-01234567"]}
    }


@pytest.mark.parametrize(
    ("endpoint", "config"),
    [
        # As seen on AWS, in a public list of log groups and in a public error.
        ("sm-clarify-fraud-detect-xgb-model-1694657821-5fe3", "sm-clarify-config-1746251067-14e5"),
        # As AWS's page on Clarify in a VPC has it.
        ("sagemaker-clarify-endpoint-1", "sagemaker-clarify-endpoint-1"),
    ],
)
def test_what_explains_may_start_an_endpoint_of_its_own_and_no_other(endpoint: str, config: str):
    role = role_of(template_of("ModelExplainability"), "JobRole")
    own, of_own = f"{SAGEMAKER}endpoint/{endpoint}", f"{SAGEMAKER}endpoint-config/{config}"
    served, of_served = f"{SAGEMAKER}endpoint/churn", f"{SAGEMAKER}endpoint-config/churn"
    for verb in ("Create", "Describe", "Delete", "Invoke"):
        assert allows(role, f"sagemaker:{verb}Endpoint", own)
        assert not allows(role, f"sagemaker:{verb}Endpoint", served)
    for verb in ("Create", "Describe", "Delete"):
        assert allows(role, f"sagemaker:{verb}EndpointConfig", of_own)
        assert not allows(role, f"sagemaker:{verb}EndpointConfig", of_served)
    # CreateEndpoint is asked for both: service authorization reference of SageMaker.
    assert allows(role, "sagemaker:CreateEndpoint", of_own)
    assert allows(role, "sagemaker:AddTags", of_own)
    assert not allows(role, "sagemaker:AddTags", served)


def test_what_explains_looks_at_models_and_makes_none():
    granted = {
        a for s in role_of(template_of("ModelExplainability"), "JobRole") for a in actions(s)
    }
    of_models = {a for a in granted if a.startswith("sagemaker:") and a.endswith("Model")}
    assert of_models == {"sagemaker:DescribeModel"}


SAGEMAKER = "arn:aws:sagemaker:eu-west-1:123456789012:"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "ModelExplainability"])
def test_no_other_kind_touches_endpoints(kind: str):
    granted = {a for s in role_of(template_of(kind), "JobRole") for a in actions(s)}
    assert not any(action.startswith("sagemaker:") for action in granted)


@pytest.mark.parametrize("kind", KINDS)
def test_batch_transforms_take_the_endpoints_place(kind: str):
    own = "s3://mine/analysis_config.json" if kind in CLARIFY else None
    batch = BatchTransforms(capture_prefix="scored", dataset_format="csv", analysis_config_uri=own)
    template = template_with(KINDS[kind], transforms=batch)
    config = job(template, kind)
    assert {"EndpointInput", "BatchTransformInput"} & config["JobInput"].keys() == {
        "BatchTransformInput"
    }
    given = config["JobInput"]["BatchTransformInput"]
    assert given["DataCapturedDestinationS3Uri"]["Fn::Join"][1][-1] == "/scored"
    assert given["DatasetFormat"] == {"Csv": {"Header": False}}
    assert ("StartTimeOffset" in given) == (kind in LABELLED)
    # Rows stand alone in their files: the first of their columns is no answer.
    assert "ExcludeFeaturesAttribute" not in given
    assert config["AppSpecification"].get("ConfigUri") == own
    role = role_of(template, "JobRole")
    assert allows(role, "s3:GetObject", f"{BUCKET}/scored/2026/11/26/10/a.jsonl")
    puts = [s for s in role if "cloudwatch:PutMetricData" in actions(s)]
    for statement in puts:
        [namespace] = statement["Condition"]["StringEquals"]["cloudwatch:namespace"]
        assert namespace.startswith("aws/sagemaker/ModelMonitoring/")
    # There is no endpoint that could be asked which model it serves.
    assert of_type(template, "AWS::Scheduler::Schedule") == []


def refused(settings: MonitorSettings, **changed: Any) -> list[str]:
    with pytest.raises(InvalidProps) as refusal:
        model_monitor_in(new_stack(), settings, **changed)
    return list(refusal.value.problems)


def test_everything_that_explaining_batch_transforms_lacks_is_said_at_once():
    batch = BatchTransforms(capture_prefix="scored", dataset_format="json lines")
    assert refused(Attribution(), transforms=batch) == [
        "monitor 'attribution' of batch transforms needs a configuration that names the model, "
        "since there is no endpoint to ask for it; give it one with analysis_config_uri=",
        "monitor 'attribution' of batch transforms can't find the features in 'json lines'; say "
        "where they are with features=",
    ]


@pytest.mark.parametrize("kind", ["DataQuality", "ModelQuality"])
def test_the_analyzer_needs_not_be_told_where_the_features_are(kind: str):
    batch = BatchTransforms(capture_prefix="scored", dataset_format="json lines")
    assert template_with(KINDS[kind], transforms=batch)


@pytest.mark.parametrize("asked", [None, 0.9])
def test_model_monitors_own_bound_may_be_named_or_left_out(asked: float | None):
    assert template_with(Attribution(minimum_ndcg=asked))


def test_a_bound_that_model_monitor_does_not_know_is_refused():
    assert refused(Attribution(minimum_ndcg=0.95)) == [
        "minimum_ndcg must be 0.9 with Model Monitor, which knows no other bound, got 0.95; leave "
        "it out, or choose OpenEngine"
    ]


def test_a_kind_that_model_monitor_does_not_have_is_refused():
    class Latency(MonitorSettings):
        kind = "latency"

    assert refused(Latency()) == [
        "Model Monitor has no jobs for a monitor of kind 'latency'; it has them for data-quality, "
        "model-quality, bias and attribution"
    ]


@pytest.mark.parametrize("kind", CLARIFY)
def test_a_region_that_clarify_is_not_in_is_refused(kind: str):
    stack = new_stack(env=Environment(region="ap-south-2"))
    with pytest.raises(InvalidProps) as refusal:
        model_monitor_in(stack, KINDS[kind])
    assert "in region 'ap-south-2'; known are us-east-1" in str(refusal.value)
    assert "ClarifyAccount" in str(refusal.value)
    assert ACCOUNTS["ap-south-2"]["ModelMonitorAccount"]


def test_a_monitor_of_labels_without_a_place_for_them_is_refused():
    assert refused(ModelQuality(ground_truth_prefix="labels", problem_type="Regression"),
                   endpoint={"label_bucket": None}) == [
        "monitor 'model-quality' of endpoint 'churn' needs labels, and the endpoint has no bucket "
        "of them; give it one with label_bucket="
    ]  # fmt: skip
