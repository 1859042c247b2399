"""One local AWS for all tests that talk to it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local_aws.launch import LocalAws
from tests.local_aws import responses
from tests.local_aws.later import Later

NODE_MODULES = Path(__file__).resolve().parents[2] / "node_modules"


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """A running local AWS, shared by the whole session: give your resources names of their own."""
    folder = tmp_path_factory.mktemp("local_aws")
    with LocalAws.start(folder, node_modules=NODE_MODULES) as running:
        yield running


@pytest.fixture(scope="session")
def client(aws: LocalAws) -> Callable[[str], Any]:
    """`client("sagemaker")` is a boto3 client of the local AWS, whatever the environment says.

    What the services of the local AWS answer it is held against AWS's API models.
    """
    return responses.checked_clients(aws)


@pytest.fixture(scope="session")
def later(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Later]:
    """A local AWS of its own, whose time the tests let pass."""
    with LocalAws.start(tmp_path_factory.mktemp("later")) as running:
        yield Later(running)
