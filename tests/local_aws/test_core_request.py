"""An input remembers what was read of it."""

from typing import Any

from local_aws.core import api
from local_aws.core.request import Request, was_read

VARIANTS = [{"VariantName": "One", "ModelName": "m"}, {"VariantName": "Two", "ModelName": "n"}]


def config(**members: Any) -> Request:
    return Request(members, api.input_shape("sagemaker", "CreateEndpointConfig"))


def test_nothing_is_read_before_somebody_reads() -> None:
    assert config(EndpointConfigName="c").reads == set()


def test_looking_whether_a_member_is_there_reads_nothing() -> None:
    request = config(EndpointConfigName="c")
    assert "EndpointConfigName" in request
    assert "KmsKeyId" not in request
    assert request.reads == set()


def test_members_of_structures_in_lists_are_recorded_by_one_path() -> None:
    request = config(ProductionVariants=VARIANTS)
    assert [variant["VariantName"] for variant in request["ProductionVariants"]] == ["One", "Two"]
    assert "ProductionVariants[].VariantName" in request.reads
    assert not was_read("ProductionVariants[].ModelName", request.reads)


def test_a_structure_taken_whole_counts_as_read_to_the_bottom() -> None:
    request = config(ProductionVariants=VARIANTS)
    taken = request["ProductionVariants"].plain()
    taken[0]["VariantName"] = "changed"
    assert was_read("ProductionVariants[].ModelName", request.reads)
    assert request["ProductionVariants"][0]["VariantName"] == "One"


def test_the_keys_of_a_map_are_no_members() -> None:
    shape = api.input_shape("sagemaker", "CreateTrainingJob")
    request = Request({"Environment": {"A": "1"}}, shape)
    assert dict(request["Environment"]) == {"A": "1"}
    assert was_read("Environment", request.reads)
    assert not any("A" in path.split(".") for path in request.reads)


def test_members_to_keep_are_those_that_are_there() -> None:
    request = config(EndpointConfigName="c", ProductionVariants=VARIANTS)
    assert request.keep("EndpointConfigName", "ProductionVariants", "KmsKeyId") == {
        "EndpointConfigName": "c",
        "ProductionVariants": VARIANTS,
    }


def test_a_member_whose_name_only_begins_like_a_read_one_is_unread() -> None:
    assert not was_read("TagsOfOthers", {"Tags.*", "Tags"})
    assert was_read("Tags[].Key", {"Tags.*"})
