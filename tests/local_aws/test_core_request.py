"""An input remembers what was read of it, and what was only kept."""

import copy
import json
from typing import Any

from local_aws.core import api
from local_aws.core.request import Kept, Request

VARIANTS = [{"VariantName": "One", "ModelName": "m"}, {"VariantName": "Two", "ModelName": "n"}]
CAPTURE = {"InitialSamplingPercentage": 50, "CaptureOptions": [{"CaptureMode": "Input"}]}


def config(**members: Any) -> Request:
    return Request(members, api.input_shape("sagemaker", "CreateEndpointConfig"))


def test_nothing_is_read_before_somebody_reads() -> None:
    assert config(EndpointConfigName="c").record.read == set()


def test_looking_whether_a_member_is_there_reads_nothing() -> None:
    request = config(EndpointConfigName="c")
    assert "EndpointConfigName" in request
    assert "KmsKeyId" not in request
    assert request.record.read == set()


def test_members_of_structures_in_lists_are_recorded_by_one_path() -> None:
    request = config(ProductionVariants=VARIANTS)
    assert [variant["VariantName"] for variant in request["ProductionVariants"]] == ["One", "Two"]
    assert request.record.read == {"ProductionVariants", "ProductionVariants[].VariantName"}


def test_the_keys_of_a_map_are_no_members() -> None:
    shape = api.input_shape("sagemaker", "CreateTrainingJob")
    request = Request({"Environment": {"A": "1"}}, shape)
    assert dict(request["Environment"]) == {"A": "1"}
    assert request.record.read == {"Environment", "Environment{}"}


def test_members_to_keep_are_those_that_are_there() -> None:
    request = config(EndpointConfigName="c", ProductionVariants=VARIANTS)
    assert request.keep("EndpointConfigName", "ProductionVariants", "KmsKeyId") == {
        "EndpointConfigName": "c",
        "ProductionVariants": VARIANTS,
    }


def test_what_is_kept_is_a_copy() -> None:
    taken = config(ProductionVariants=VARIANTS)["ProductionVariants"].plain()
    taken[0]["VariantName"] = "changed"
    assert VARIANTS[0]["VariantName"] == "One"


def given_back(kept: Kept) -> None:
    """All that is done to a structure on its way out again."""
    assert json.loads(json.dumps({**kept})) == copy.deepcopy(kept) == {"DataCaptureConfig": CAPTURE}
    assert dict(kept.items()) == {name: kept_value for name, kept_value in kept.items()}


def test_what_is_kept_and_given_back_is_not_read() -> None:
    request = config(DataCaptureConfig=CAPTURE)
    given_back(request.keep("DataCaptureConfig"))
    assert request.record.read == set()
    assert request.record.kept == {
        "DataCaptureConfig",
        "DataCaptureConfig.CaptureOptions",
        "DataCaptureConfig.CaptureOptions[].CaptureMode",
        "DataCaptureConfig.InitialSamplingPercentage",
    }


def test_what_is_looked_at_after_it_was_kept_is_read() -> None:
    request = config(DataCaptureConfig=CAPTURE)
    kept = copy.deepcopy({"More": 1} | request.keep("DataCaptureConfig") | {"Less": 0})
    (option,) = kept["DataCaptureConfig"].get("CaptureOptions")
    assert option.pop("CaptureMode") == "Input"
    assert kept["DataCaptureConfig"].get("EnableCapture", True)
    assert request.record.read == {
        "DataCaptureConfig",
        "DataCaptureConfig.CaptureOptions",
        "DataCaptureConfig.CaptureOptions[].CaptureMode",
    }
