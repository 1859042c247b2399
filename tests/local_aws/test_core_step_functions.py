"""State machines that call AWS's services, in JSONPath and in JSONata."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from local_aws.ministack.step_functions import error_name
from tests.local_aws.stacks import eventually

ROLE = "arn:aws:iam::123456789012:role/states"


@pytest.fixture
def run(client: Callable[[str], Any], request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Run a definition to its end; the execution as DescribeExecution gives it."""
    states, made = client("stepfunctions"), []

    def run_to_the_end(definition: dict[str, Any], **given: Any) -> dict[str, Any]:
        made.append(definition)
        machine = states.create_state_machine(
            name=f"{request.node.name[:50]}-{len(made)}",
            definition=json.dumps(definition),
            roleArn=ROLE,
        )["stateMachineArn"]
        arn = states.start_execution(stateMachineArn=machine, input=json.dumps(given))[
            "executionArn"
        ]

        def look() -> dict[str, Any] | None:
            found = states.describe_execution(executionArn=arn)
            return None if found["status"] == "RUNNING" else dict(found)

        return dict(eventually(look))

    return run_to_the_end


def task(service: str, action: str, **arguments: Any) -> dict[str, Any]:
    """A machine of one JSONata task whose result is the output."""
    return {
        "QueryLanguage": "JSONata",
        "StartAt": "Call",
        "States": {
            "Call": {
                "Type": "Task",
                "Resource": f"arn:aws:states:::aws-sdk:{service}:{action}",
                "Arguments": arguments,
                "End": True,
            }
        },
    }


@pytest.mark.local_aws
def test_a_sagemaker_call_answers_with_the_apis_members(run: Callable[..., Any]) -> None:
    done = run(task("sagemaker", "createModelPackageGroup", ModelPackageGroupName="from-states"))
    assert json.loads(done["output"])["ModelPackageGroupArn"].endswith("/from-states")


@pytest.mark.local_aws
def test_jsonpath_parameters_reach_sagemaker_too(run: Callable[..., Any]) -> None:
    definition = {
        "StartAt": "Call",
        "States": {
            "Call": {
                "Type": "Task",
                "Resource": "arn:aws:states:::aws-sdk:sagemaker:listModelPackages",
                "Parameters": {"ModelPackageGroupName.$": "$.group"},
                "ResultSelector": {"packages.$": "$.ModelPackageSummaryList"},
                "End": True,
            }
        },
    }
    done = run(definition, group="nobody-made-this")
    assert done["error"] == "SageMaker.SageMakerException"
    assert "model-package-group/nobody-made-this does not exist" in done["cause"]
    assert "(Service: SageMaker, Status Code: 400, Request ID: " in done["cause"]


@pytest.mark.local_aws
def test_times_come_as_text(run: Callable[..., Any], client: Callable[[str], Any]) -> None:
    client("sagemaker").create_model_package_group(ModelPackageGroupName="timed")
    done = run(task("sagemaker", "describeModelPackageGroup", ModelPackageGroupName="timed"))
    assert json.loads(done["output"])["CreationTime"].endswith("Z")


@pytest.mark.local_aws
def test_cloudformation_answers_stacks_and_errors(run: Callable[..., Any]) -> None:
    done = run(task("cloudformation", "describeStacks", StackName="nobody-made-this"))
    assert done["error"] == "CloudFormation.CloudFormationException"
    assert done["cause"].startswith("Stack with id nobody-made-this does not exist")


@pytest.mark.local_aws
def test_a_stack_in_a_machine_has_lists_where_the_api_has_lists(
    run: Callable[..., Any], client: Callable[[str], Any]
) -> None:
    template = {
        "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
        "Outputs": {"One": {"Value": "1"}},
    }
    client("cloudformation").create_stack(StackName="listed", TemplateBody=json.dumps(template))
    client("cloudformation").get_waiter("stack_create_complete").wait(
        StackName="listed", WaiterConfig={"Delay": 0.05}
    )
    done = run(task("cloudformation", "describeStacks", StackName="listed"))
    (stack,) = json.loads(done["output"])["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    (output,) = stack["Outputs"]
    assert output["OutputValue"] == "1"
    assert stack["CreationTime"].endswith("Z")


@pytest.mark.local_aws
def test_a_lock_in_parameter_store_is_taken_once(
    run: Callable[..., Any], client: Callable[[str], Any]
) -> None:
    client("ssm").put_parameter(Name="/lock", Type="String", Value="held")
    done = run(task("ssm", "putParameter", Name="/lock", Type="String", Value="mine"))
    assert done["error"] == "Ssm.ParameterAlreadyExistsException"


@pytest.mark.local_aws
def test_a_machine_asks_after_an_execution(run: Callable[..., Any]) -> None:
    arn = "arn:aws:states:us-east-1:123456789012:execution:nothing:nothing"
    done = run(task("sfn", "describeExecution", ExecutionArn=arn))
    assert done["error"] == "Sfn.ExecutionDoesNotExistException"


@pytest.mark.local_aws
def test_a_file_in_s3_is_written_as_json_and_read_as_text(
    run: Callable[..., Any], client: Callable[[str], Any]
) -> None:
    s3, place = client("s3"), {"Bucket": "from-states-to-s3", "Key": "a folder/it.json"}
    s3.create_bucket(Bucket=place["Bucket"])
    assert run(task("s3", "putObject", **place, Body={"of": [1]}))["status"] == "SUCCEEDED"
    assert json.loads(s3.get_object(**place)["Body"].read()) == {"of": [1]}
    assert json.loads(json.loads(run(task("s3", "getObject", **place))["output"])["Body"]) == {
        "of": [1]
    }
    listed = json.loads(run(task("s3", "listObjectsV2", Bucket=place["Bucket"]))["output"])
    [found] = listed["Contents"]
    assert found["Key"] == place["Key"]
    assert found["LastModified"].endswith("Z")


@pytest.mark.local_aws
def test_a_file_that_is_not_in_s3_has_an_error_of_its_own(
    run: Callable[..., Any], client: Callable[[str], Any]
) -> None:
    client("s3").create_bucket(Bucket="from-states-to-nothing")
    done = run(task("s3", "getObject", Bucket="from-states-to-nothing", Key="none"))
    assert (done["status"], done["error"]) == ("FAILED", "S3.NoSuchKeyException")


@pytest.mark.local_aws
def test_a_message_is_published(run: Callable[..., Any], client: Callable[[str], Any]) -> None:
    topic = client("sns").create_topic(Name="from-states")["TopicArn"]
    done = run(
        task("sns", "publish", TopicArn=topic, Message="{% $states.input.text %}"), text="hi"
    )
    assert json.loads(done["output"])["MessageId"]


@pytest.mark.local_aws
def test_a_call_without_what_its_operation_needs_fails_and_names_both_members(
    run: Callable[..., Any],
) -> None:
    done = run(task("ssm", "getParameters", NamesOfAll=["/a"]))
    assert (done["status"], done["error"]) == ("FAILED", "States.Runtime")
    assert done["cause"] == "ssm:getParameters has no NamesOfAll and needs Names"


@pytest.mark.local_aws
def test_a_jsonata_succeed_state_makes_its_output(run: Callable[..., Any]) -> None:
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "Done",
        "States": {"Done": {"Type": "Succeed", "Output": {"seen": "{% $states.input.x %}"}}},
    }
    assert json.loads(run(definition, x=7)["output"]) == {"seen": 7}


@pytest.mark.parametrize(
    ("service", "code", "name"),
    [
        ("sagemaker", "ResourceNotFound", "SageMaker.ResourceNotFoundException"),
        ("sagemaker", "ConflictException", "SageMaker.ConflictException"),
        ("sagemaker", "ValidationException", "SageMaker.SageMakerException"),
        ("cloudformation", "ValidationError", "CloudFormation.CloudFormationException"),
        ("ssm", "ParameterNotFound", "Ssm.ParameterNotFoundException"),
        ("sfn", "States.Timeout", "States.Timeout"),
        ("dynamodb", "X", "DynamoDb.X"),
    ],
)
def test_an_error_is_named_after_the_java_sdks_exception(
    service: str, code: str, name: str
) -> None:
    assert error_name(service, code) == name
