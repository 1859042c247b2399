"""What asks archives before they are promoted, in an app that is not Perennial."""

from typing import Any

import pytest
from aws_cdk import Stack
from cdk_nag import AwsSolutionsChecks

from mlops_constructs.problems import InvalidProps
from mlops_constructs.serving import ArchiveProbe, MultiModelEndpoint
from tests.constructs_library.someones_app import (
    actions,
    new_stack,
    own_storage,
    statements,
    synthesized,
    the,
)
from tests.constructs_library.test_multi_model_endpoint import HOSTING, IMAGE


def probe_in(stack: Stack, name: str = "shops", **changed: Any) -> ArchiveProbe:
    storage = own_storage(stack)
    endpoint = MultiModelEndpoint(
        stack,
        "Endpoint",
        endpoint_name=name,
        hosting=HOSTING,
        storage=storage,
        image=IMAGE,
        image_repositories=[],
    )
    hosting = HOSTING.model_copy(update=changed)
    return ArchiveProbe(stack, "Probe", endpoint=endpoint, hosting=hosting, key=storage.key)


@pytest.fixture(scope="module")
def stack() -> Stack:
    stack = new_stack()
    probe_in(stack, probe='{"a": 1}', content_type="application/json")
    return stack


@pytest.fixture(scope="module")
def template(stack: Stack) -> dict[str, Any]:
    return synthesized(stack)


def test_the_function_has_the_probe_and_its_type(template: dict[str, Any]):
    function = the(template, "AWS::Lambda::Function")["Properties"]
    assert (function["FunctionName"], function["Handler"]) == ("shops-probe", "index.handler")
    assert function["Environment"]["Variables"] == {
        "ENDPOINT": "shops",
        "PROBE": '{"a": 1}',
        "CONTENT_TYPE": "application/json",
    }


def test_it_waits_longer_than_a_model_may_take_to_answer(template: dict[str, Any]):
    assert the(template, "AWS::Lambda::Function")["Properties"]["Timeout"] == 90


def test_it_may_ask_the_endpoint_and_write_its_log(template: dict[str, Any]):
    [policy] = [s for s in statements(template) if "sagemaker:InvokeEndpoint" in actions(s)]
    assert actions(policy) == ["sagemaker:InvokeEndpoint"]
    granted = {action for s in statements(template) for action in actions(s)}
    assert granted == {"sagemaker:InvokeEndpoint", "logs:CreateLogStream", "logs:PutLogEvents"}


def test_its_log_is_encrypted_and_ends_after_a_year(template: dict[str, Any]):
    log = the(template, "AWS::Logs::LogGroup")["Properties"]
    assert log["RetentionInDays"] == 365
    assert "KmsKeyId" in log


def test_its_code_fits_into_a_template(template: dict[str, Any]):
    code = the(template, "AWS::Lambda::Function")["Properties"]["Code"]["ZipFile"]
    assert len(code) <= 4096
    compile(code, "index.py", "exec")


def test_an_endpoint_whose_name_leaves_no_room_is_refused():
    with pytest.raises(InvalidProps) as refused:
        probe_in(new_stack(), name="s" * 59)
    [said] = refused.value.problems
    assert said.startswith("the name of a multi-model endpoint must have 58 characters at most")


def test_cdk_nag_finds_nothing_in_it(stack: Stack):
    report = AwsSolutionsChecks().validate_scope(stack.node.find_child("Probe"))
    assert [violation.rule_name for violation in report.violations] == []
