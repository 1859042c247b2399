"""Which model a monitor of attribution is told to explain, played against AWS as documented."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.validate import ParamValidator

from mlops_constructs.monitoring import Attribution
from mlops_constructs.monitoring.explained_states import explained_definition
from mlops_constructs.monitoring.schedule import (
    before_runs_expression,
    first_after_batches,
    model_monitor_expression,
)
from mlops_constructs.serving import Batch
from mlops_constructs.serving.batch_definition import batch_definition
from tests.constructs_library.someones_app import actions, the
from tests.monitoring_stack.on_model_monitor import template_with
from tests.state_machines.anatomy import operation
from tests.state_machines.machine import AwsError, Execution
from tests.state_machines.policies import allows

DEFINITION: dict[str, Any] = explained_definition(endpoint_name="dev-churn")
OF_BATCHES: dict[str, Any] = explained_definition(
    endpoint_name="dev-churn", scored_by="dev-churn-batch"
)
VERSION, WHOLE = "dev-churn/abc/attribution/analysis_config.json", "monitoring/analysis_config.json"
TOLD = {"from": f"s3://versions/{VERSION}", "bucket": "artifacts", "key": WHOLE}
# As documented, but for the section `predictor`:
# https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-config-json-monitor-model-explainability-parameters.html
DOCUMENTED = {
    "headers": ["feature_1", "feature_2", "feature_3"],
    "methods": {
        "shap": {
            "baseline": [[0.4441164946610942, 0.5190374448171748, 0.20722795300473712]],
            "num_samples": 100,
            "agg_method": "mean_abs",
        }
    },
}


@dataclass
class World:
    """An endpoint, its config, or a pipeline; files, and the messages that were sent."""

    variant: dict[str, Any] = field(
        default_factory=lambda: {
            "VariantName": "AllTraffic",
            "ModelName": "model-7",
            "InstanceType": "ml.m5.large",
            "InitialInstanceCount": 1,
        }
    )
    files: dict[tuple[str, str], str] = field(
        default_factory=lambda: {("versions", VERSION): json.dumps(DOCUMENTED)}
    )
    broken: dict[str, AwsError] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)

    def __call__(self, service: str, action: str, arguments: dict[str, Any]) -> Any:
        shape = operation(service, action).input_shape
        assert shape is not None
        sent = dict(arguments)
        if isinstance(sent.get("Body"), dict):
            # Step Functions writes an object as JSON (localstack/localstack#12030 shows the file).
            sent["Body"] = json.dumps(sent["Body"])
        report = ParamValidator().validate(sent, shape)
        assert not report.has_errors(), report.generate_report()
        if action in self.broken:
            raise self.broken[action]
        answer: Callable[..., Any] = getattr(self, f"_{action}")
        return answer(**sent)

    def _describeEndpoint(self, EndpointName: str) -> Any:
        assert EndpointName == "dev-churn"
        return {"EndpointName": EndpointName, "EndpointConfigName": "config-7"}

    def _describeEndpointConfig(self, EndpointConfigName: str) -> Any:
        assert EndpointConfigName == "config-7"
        return {"EndpointConfigName": "config-7", "ProductionVariants": [self.variant]}

    def _describePipeline(self, PipelineName: str) -> Any:
        """As the serving stack makes it, with the variant's model and instances."""
        assert PipelineName == "dev-churn-batch"
        hosting = Batch(instance_type=self.variant.get("InstanceType", "ml.m5.large"))
        definition = json.loads(batch_definition("dev-churn", hosting, gathers_on="ml.t3.medium"))
        [score] = definition["Steps"][1]["Arguments"]["IfSteps"]
        arguments = score["Arguments"]
        holders = {"ModelName": arguments, "InstanceType": arguments["TransformResources"]}
        for member, holder in holders.items():
            holder.pop(member)
            if member in self.variant:
                holder[member] = self.variant[member]
        return {"PipelineName": PipelineName, "PipelineDefinition": json.dumps(definition)}

    def _getObject(self, Bucket: str, Key: str) -> Any:
        if (Bucket, Key) not in self.files:
            raise AwsError("S3.NoSuchKeyException", "The specified key does not exist.")
        return {"Body": self.files[Bucket, Key]}

    def _putObject(self, Bucket: str, Key: str, Body: str, ContentType: str) -> Any:
        assert ContentType == "application/json"
        self.files[Bucket, Key] = Body
        return {}

    def _publish(self, TopicArn: str, Subject: str, Message: str) -> Any:
        assert TopicArn == "${TopicArn}"
        self.messages.append(f"{Subject}\n{Message}")
        return {}

    @property
    def put(self) -> Any:
        """What Clarify would read."""
        return json.loads(self.files["artifacts", WHOLE])


def run(world: World, definition: dict[str, Any] = DEFINITION) -> Execution:
    arn = "arn:aws:states:us-east-1:123456789012:execution:dev-churn-attribution-config:one"
    return Execution(definition, world, arn, TOLD).run()


def told(execution: Execution) -> str:
    """The error of an execution that has told people of it, and so did not fail."""
    assert (execution.status, execution.output["outcome"]) == ("SUCCEEDED", "failed")
    error: str = execution.output["error"]
    return error


def test_clarify_is_told_the_model_that_serves_and_all_that_the_version_says():
    world = World()
    assert run(world).output == {"outcome": "told", "model": "model-7"}
    predictor = world.put.pop("predictor")
    assert {k: v for k, v in world.put.items() if k != "predictor"} == DOCUMENTED
    # Names and meanings are those of the documented example.
    assert predictor == {
        "model_name": "model-7",
        "instance_type": "ml.m5.large",
        "initial_instance_count": 1,
        "content_type": "text/csv",
        "accept_type": "text/csv",
    }
    assert world.messages == []


def test_of_batches_clarify_is_told_the_model_that_the_pipeline_scores_with():
    world = World()
    world.variant |= {"ModelName": "model-9", "InstanceType": "ml.c5.xlarge"}
    assert run(world, OF_BATCHES).output == {"outcome": "told", "model": "model-9"}
    predictor = world.put["predictor"]
    assert (predictor["model_name"], predictor["instance_type"]) == ("model-9", "ml.c5.xlarge")
    assert {k: v for k, v in world.put.items() if k != "predictor"} == DOCUMENTED


@pytest.mark.parametrize("lacking", ["ModelName", "InstanceType"])
def test_a_pipeline_that_scores_with_no_model_is_told(lacking: str):
    world = World()
    del world.variant[lacking]
    assert told(run(world, OF_BATCHES)) == "Monitor.NoModel"
    assert "pipeline dev-churn-batch names no model on instances" in world.messages[0]


def test_after_a_release_clarify_is_told_the_new_model():
    world = World()
    run(world)
    world.variant["ModelName"] = "model-8"
    run(world)
    assert world.put["predictor"]["model_name"] == "model-8"


def test_a_baseline_of_one_row_keeps_its_brackets():
    """JSONata takes the array away from around a single item; Clarify wants a list of rows."""
    world = World()
    run(world)
    assert world.put["methods"]["shap"]["baseline"] == DOCUMENTED["methods"]["shap"]["baseline"]  # type: ignore[index]


def test_a_single_column_stays_a_list():
    one = {**DOCUMENTED, "headers": ["only"]}
    world = World(files={("versions", VERSION): json.dumps(one)})
    run(world)
    assert world.put["headers"] == ["only"]


@pytest.mark.parametrize("lacking", ["ModelName", "InstanceType"])
def test_an_endpoint_without_a_model_on_instances_is_told(lacking: str):
    world = World()
    del world.variant[lacking]
    assert told(run(world)) == "Monitor.NoModel"
    assert ("artifacts", WHOLE) not in world.files
    [message] = world.messages
    assert message.startswith("Not told which model serves: dev-churn-attribution\n")
    assert "config config-7 names no model on instances" in message


@pytest.mark.parametrize("text", ["{}", '{"headers": ["a"]}', '{"headers": "a", "methods": {}}'])
def test_a_version_without_a_configuration_is_told(text: str):
    world = World(files={("versions", VERSION): text})
    assert told(run(world)) == "Monitor.BadConfiguration"
    assert f"s3://versions/{VERSION} has no list of headers, or no method shap" in world.messages[0]


@pytest.mark.parametrize("text", ["", '{"headers": ['])
def test_a_torn_configuration_is_told(text: str):
    world = World(files={("versions", VERSION): text})
    assert told(run(world)) == "States.QueryEvaluationError"
    assert ("artifacts", WHOLE) not in world.files


def test_a_missing_configuration_is_told():
    assert told(run(World(files={}))) == "S3.NoSuchKeyException"


@pytest.mark.parametrize(
    "action", ["describeEndpoint", "describeEndpointConfig", "getObject", "putObject"]
)
def test_an_error_of_aws_is_told(action: str):
    world = World(broken={action: AwsError("States.TaskFailed", "throttled")})
    assert told(run(world)) == "States.TaskFailed"
    assert "States.TaskFailed: throttled" in world.messages[0]


@pytest.mark.parametrize("of_batches", [False, True])
@pytest.mark.parametrize("every_hours", range(1, 25))
def test_it_runs_in_the_hour_before_each_run_of_the_monitor(every_hours: int, of_batches: bool):
    first = first_after_batches(every_hours) if of_batches else 0
    told = before_runs_expression(every_hours, first=first)
    minute, hours, *rest = told.removeprefix("cron(").removesuffix(")").split()
    assert (minute, rest) == ("50", ["*", "*", "?", "*"])
    runs_at = model_monitor_expression(every_hours, first=first)
    [_, runs, *_] = runs_at.removeprefix("cron(").split()
    first, _, step = runs.partition("/")
    whole_hours = range(24) if first == "*" else range(int(first), 24, int(step or 24))
    assert sorted((int(hour) + 1) % 24 for hour in hours.split(",")) == list(whole_hours)


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return template_with(Attribution(every_hours=12))


def test_the_machine_is_told_where_the_version_and_the_whole_lie(template: dict[str, Any]):
    schedule = the(template, "AWS::Scheduler::Schedule")
    assert schedule["Condition"] == "HasModel"
    assert schedule["Properties"]["ScheduleExpression"] == "cron(50 11,23 * * ? *)"
    parts = schedule["Properties"]["Target"]["Input"]["Fn::Join"][1]
    assert parts[0] == '{"from":"'
    assert parts[1] == {"Fn::Select": [1, {"Ref": "Slot"}]}
    assert parts[2] == '/attribution/analysis_config.json","bucket":"'
    assert parts[-1] == '","key":"monitoring/churn/attribution-config/analysis_config.json"}'


def test_what_it_puts_is_what_the_job_reads_and_can_not_change(template: dict[str, Any]):
    job = the(template, "AWS::SageMaker::ModelExplainabilityJobDefinition")["Properties"]
    uri = job["ModelExplainabilityAppSpecification"]["ConfigUri"]["Fn::Join"][1]
    key = "/monitoring/churn/attribution-config/analysis_config.json"
    assert (uri[0], uri[-1]) == ("s3://", key)
    of_job, of_machine = (role(template, name) for name in ("JobRole", "ExplainedMachineRole"))
    assert allows(of_job, "s3:GetObject", f"attribute{key}")
    assert not allows(of_job, "s3:PutObject", f"attribute{key}")
    assert allows(of_machine, "s3:PutObject", f"attribute{key}")
    assert not allows(of_machine, "s3:PutObject", "attribute/monitoring/churn/attribution/a.json")


def test_the_machine_may_look_at_one_endpoint_and_change_none(template: dict[str, Any]):
    granted = role(template, "ExplainedMachineRole")
    arn = "arn:aws:sagemaker:e:1:endpoint/"
    assert allows(granted, "sagemaker:DescribeEndpoint", f"{arn}churn")
    assert not allows(granted, "sagemaker:DescribeEndpoint", f"{arn}other")
    verbs = {a for s in granted for a in actions(s) if a.startswith("sagemaker:")}
    assert verbs == {"sagemaker:DescribeEndpoint", "sagemaker:DescribeEndpointConfig"}


def role(template: dict[str, Any], name: str) -> list[dict[str, Any]]:
    [found] = [
        resource["Properties"]["PolicyDocument"]["Statement"]
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == "AWS::IAM::Policy" and logical_id.startswith(f"Watch{name}Default")
    ]
    return list(found)
