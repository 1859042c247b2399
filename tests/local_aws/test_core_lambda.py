"""A Node.js function finds the SDK that AWS's runtime would bring."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.local_aws
CODE = """
const { SSMClient, PutParameterCommand } = require("@aws-sdk/client-ssm");
exports.handler = async (event) => {
  await new SSMClient({}).send(
    new PutParameterCommand({ Name: event.name, Value: "from node", Type: "String" }));
  return { done: true };
};
"""


def test_a_function_in_node_calls_aws_with_the_sdk(client: Callable[[str], Any]) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("index.js", CODE)
    functions = client("lambda")
    functions.create_function(
        FunctionName="from-node",
        Runtime="nodejs22.x",
        Handler="index.handler",
        Role="arn:aws:iam::123456789012:role/function",
        Code={"ZipFile": archive.getvalue()},
        Timeout=30,
    )
    payload = json.dumps({"name": "/from/node"})
    answer = functions.invoke(FunctionName="from-node", Payload=payload)
    assert json.load(answer["Payload"]) == {"done": True}
    found = client("ssm").get_parameter(Name="/from/node")["Parameter"]
    assert found["Value"] == "from node"
