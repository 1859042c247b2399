"""CloudFormation: names, attributes, replacement, policies, conditions, rollback."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.model_archives import ENVIRONMENT, IMAGE, echo
from tests.local_aws.stacks import Stack

pytestmark = pytest.mark.local_aws

GROUP = "AWS::SageMaker::ModelPackageGroup"


def group(name: str, description: str = "first", **more: Any) -> dict[str, Any]:
    properties = {"ModelPackageGroupName": name, "ModelPackageGroupDescription": description}
    return {"Type": GROUP, "Properties": {**properties, **more}}


@pytest.fixture
def stack(client: Callable[[str], Any], request: pytest.FixtureRequest) -> Iterator[Stack]:
    name = request.node.name.replace("_", "-").removeprefix("test-")[:60].rstrip("-")
    yield Stack(client("cloudformation"), name)


def test_ref_and_getatt_give_what_the_schema_says(stack: Stack) -> None:
    template = {
        "Resources": {"Group": group("refs")},
        "Outputs": {
            "Ref": {"Value": {"Ref": "Group"}},
            "Status": {"Value": {"Fn::GetAtt": ["Group", "ModelPackageGroupStatus"]}},
        },
    }
    assert stack.create(template)["StackStatus"] == "CREATE_COMPLETE"
    arn = "arn:aws:sagemaker:us-east-1:123456789012:model-package-group/refs"
    assert stack.outputs() == {"Ref": arn, "Status": "Completed"}


def test_an_unknown_property_fails_the_stack_with_its_name(stack: Stack) -> None:
    done = stack.create({"Resources": {"Group": group("unknown", Colour="red")}})
    assert done["StackStatus"] == "ROLLBACK_COMPLETE"
    assert f"{GROUP}: the local AWS does not implement Colour" in stack.reasons()


def test_an_input_that_the_api_refuses_fails_the_stack_in_the_apis_words(stack: Stack) -> None:
    stack.create({"Resources": {"Group": group("under_score")}})
    assert "'under_score' at 'modelPackageGroupName' failed to satisfy constraint" in (
        stack.reasons()
    )


def test_a_named_resource_is_not_replaced(stack: Stack, client: Callable[[str], Any]) -> None:
    stack.create({"Resources": {"Group": group("named")}})
    done = stack.update({"Resources": {"Group": group("named", "second")}})
    assert done["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert "cannot update a stack when a custom-named resource requires replacing" in (
        stack.reasons()
    )
    kept = client("sagemaker").describe_model_package_group(ModelPackageGroupName="named")
    assert kept["ModelPackageGroupDescription"] == "first"


def test_a_renamed_resource_is_replaced_and_the_old_one_deleted(
    stack: Stack, client: Callable[[str], Any]
) -> None:
    stack.create({"Resources": {"Group": group("before")}})
    stack.update({"Resources": {"Group": group("after")}})
    assert stack.physical_id("Group").endswith("/after")
    with pytest.raises(ClientError, match="does not exist"):
        client("sagemaker").describe_model_package_group(ModelPackageGroupName="before")


def test_update_replace_policy_retain_keeps_the_old_one(
    stack: Stack, client: Callable[[str], Any]
) -> None:
    policies = {"UpdateReplacePolicy": "Retain", "DeletionPolicy": "Delete"}
    stack.create({"Resources": {"Group": {**group("kept-before"), **policies}}})
    stack.update({"Resources": {"Group": {**group("kept-after"), **policies}}})
    stack.delete()
    sagemaker = client("sagemaker")
    sagemaker.describe_model_package_group(ModelPackageGroupName="kept-before")
    with pytest.raises(ClientError, match="does not exist"):
        sagemaker.describe_model_package_group(ModelPackageGroupName="kept-after")


def test_deletion_policy_retain_keeps_the_resource(
    stack: Stack, client: Callable[[str], Any]
) -> None:
    stack.create({"Resources": {"Group": {**group("retained"), "DeletionPolicy": "Retain"}}})
    stack.delete()
    client("sagemaker").describe_model_package_group(ModelPackageGroupName="retained")


def test_a_resource_that_comes_back_has_another_name_than_the_one_that_was_kept(
    stack: Stack, client: Callable[[str], Any]
) -> None:
    client("s3").create_bucket(Bucket="kept-models")
    client("s3").put_object(Bucket="kept-models", Key="model.tar.gz", Body=echo("one"))
    container = {
        "Image": IMAGE,
        "Environment": ENVIRONMENT,
        "ModelDataUrl": "s3://kept-models/model.tar.gz",
    }
    model = {
        "Type": "AWS::SageMaker::Model",
        "DeletionPolicy": "Retain",
        "Properties": {
            "ExecutionRoleArn": "arn:aws:iam::123456789012:role/model",
            "PrimaryContainer": container,
        },
    }
    topic = {"Type": "AWS::SNS::Topic"}
    there, gone = {"Resources": {"T": topic, "M": model}}, {"Resources": {"T": topic}}
    assert stack.create(there)["StackStatus"] == "CREATE_COMPLETE", stack.reasons()
    first = stack.physical_id("M")
    stack.update(gone)
    assert stack.update(there)["StackStatus"] == "UPDATE_COMPLETE", stack.reasons()
    assert stack.physical_id("M") != first


def test_a_group_policy_is_put_changed_and_taken_away(
    stack: Stack, client: Callable[[str], Any]
) -> None:
    sagemaker = client("sagemaker")
    policy = {"Version": "2012-10-17", "Statement": []}
    stack.create({"Resources": {"Group": group("policy", ModelPackageGroupPolicy=policy)}})
    name = {"ModelPackageGroupName": "policy"}
    assert "2012-10-17" in sagemaker.get_model_package_group_policy(**name)["ResourcePolicy"]
    stack.update({"Resources": {"Group": group("policy")}})
    with pytest.raises(ClientError, match="Cannot find resource policy"):
        sagemaker.get_model_package_group_policy(**name)


def test_tags_of_the_template_and_of_the_stack_reach_the_resource(
    stack: Stack, client: Callable[[str], Any]
) -> None:
    sagemaker = client("sagemaker")

    def tags() -> dict[str, str]:
        found = sagemaker.list_tags(ResourceArn=stack.physical_id("Group"))["Tags"]
        return {tag["Key"]: tag["Value"] for tag in found}

    first = [{"Key": "colour", "Value": "red"}, {"Key": "size", "Value": "big"}]
    stack.create({"Resources": {"Group": group("tagged", Tags=first)}})
    assert {"colour": "red", "size": "big"}.items() <= tags().items()
    assert tags()["aws:cloudformation:logical-id"] == "Group"
    second = [{"Key": "colour", "Value": "blue"}]
    stack.update({"Resources": {"Group": group("tagged", Tags=second)}})
    assert tags()["colour"] == "blue"
    assert "size" not in tags()


def guarded(name: str) -> dict[str, Any]:
    """A group that exists once Parameter Store says so, as a slot guards an endpoint."""
    return {
        "Parameters": {
            "Slot": {
                "Type": "AWS::SSM::Parameter::Value<List<String>>",
                "Default": f"/{name}",
            }
        },
        "Conditions": {
            "HasModel": {
                "Fn::Not": [{"Fn::Equals": [{"Fn::Select": [0, {"Ref": "Slot"}]}, "NONE"]}]
            }
        },
        "Resources": {
            "Always": group(f"{name}-always"),
            "Group": {**group(name), "Condition": "HasModel"},
        },
    }


def test_a_condition_that_turns_true_creates_the_resource_without_a_new_template(
    stack: Stack, client: Callable[[str], Any]
) -> None:
    client("ssm").put_parameter(Name="/slot-a", Type="StringList", Value="NONE,NONE")
    stack.create(guarded("slot-a"))
    client("ssm").put_parameter(
        Name="/slot-a", Type="StringList", Value="package,baseline", Overwrite=True
    )
    assert stack.update(None)["StackStatus"] == "UPDATE_COMPLETE"
    client("sagemaker").describe_model_package_group(ModelPackageGroupName="slot-a")


def test_a_parameter_of_parameter_store_shows_its_key_and_its_resolved_value(
    stack: Stack, client: Callable[[str], Any]
) -> None:
    client("ssm").put_parameter(Name="/slot-b", Type="StringList", Value="NONE,NONE")
    stack.create(guarded("slot-b"))
    (shown,) = stack.description()["Parameters"]
    assert shown == {
        "ParameterKey": "Slot",
        "ParameterValue": "/slot-b",
        "ResolvedValue": "NONE,NONE",
    }


def test_an_update_that_changes_nothing_is_refused(
    stack: Stack, client: Callable[[str], Any]
) -> None:
    client("ssm").put_parameter(Name="/slot-c", Type="StringList", Value="NONE,NONE")
    stack.create(guarded("slot-c"))
    with pytest.raises(ClientError, match="No updates are to be performed"):
        stack.update(None)


def test_a_failed_update_puts_back_what_it_had_changed(
    stack: Stack, client: Callable[[str], Any]
) -> None:
    tags = [{"Key": "colour", "Value": "red"}]
    stack.create({"Resources": {"Group": group("undone", Tags=tags)}})
    bad = {**group("bad_name"), "DependsOn": "Group"}
    changed = [{"Key": "colour", "Value": "blue"}]
    done = stack.update({"Resources": {"Group": group("undone", Tags=changed), "Bad": bad}})
    assert done["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    found = client("sagemaker").list_tags(ResourceArn=stack.physical_id("Group"))["Tags"]
    assert {"Key": "colour", "Value": "red"} in found
