"""The check of responses finds what AWS would never answer."""

from local_aws.core import api
from tests.local_aws.responses import problems


def found(**members: object) -> list[str]:
    shape = api.operation_model("sagemaker", "ListTags").output_shape
    assert shape is not None
    return list(problems(members, shape, "ListTags"))


def test_an_answer_of_known_members_is_in_order() -> None:
    assert found(Tags=[{"Key": "team", "Value": "flights"}], NextToken="x") == []


def test_a_member_that_aws_does_not_have_is_found_wherever_it_is() -> None:
    assert found(Colour="red", Tags=[{"Key": "a", "Value": "b", "Size": 1}]) == [
        "ListTags.Colour: AWS has no such member",
        "ListTags.Tags[].Size: AWS has no such member",
    ]


def test_a_member_that_aws_always_has_is_missed() -> None:
    assert found(Tags=[{"Key": "a"}]) == ["ListTags.Tags[].Value: AWS always has it"]
