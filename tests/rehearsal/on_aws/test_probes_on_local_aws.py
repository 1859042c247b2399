"""A local AWS whose assumptions are switched is seen to be otherwise, and no other."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.launch import ACCOUNT, REGION, LocalAws
from rehearsal.on_aws.assumptions import Judged, Verdict, judge
from rehearsal.on_aws.listener import Listener
from rehearsal.on_aws.probes import PROBES
from rehearsal.on_aws.record import Record
from rehearsal.on_aws.telling import Told
from rehearsal.on_aws.witness import Witness
from rehearsal.passing import LocalTime
from rehearsal.world import World
from tests.local_aws.later import Later
from tests.local_aws.stacks import eventually
from tests.local_aws.test_hosting_release_stacks import ServingStack

pytestmark = pytest.mark.local_aws
FAILS_THE_STACK, ROLLING_BACK, NAMES_APPROVAL = (
    "alarm-rollback-fails-the-stack", "rollback-shows-as-rolling-back",
    "created-package-event-names-approval",
)  # fmt: skip
NAME, REASON, REAPPLIES = (
    "endpoint-config-name-changes-at-the-end", "rollback-failure-reason",
    "rollback-reapplies-the-failed-resource",
)  # fmt: skip
LOOKED_AT = {
    row: PROBES[row]
    for row in (FAILS_THE_STACK, ROLLING_BACK, NAMES_APPROVAL, NAME, REASON, REAPPLIES)
}
SWITCHED = {FAILS_THE_STACK: False, ROLLING_BACK: False, NAMES_APPROVAL: True}


class Heard(Later):
    """A local AWS that is asked by a world's clients, so that a witness hears the answers."""

    def __init__(self, aws: LocalAws, world: World) -> None:
        super().__init__(aws)
        self._world = world

    def client(self, service: str) -> Any:
        return self._world.client(service)


class Watched(ServingStack):
    """A stack whose endpoint is asked and looked at now and then while it changes."""

    def settled(self) -> str:
        while (status := self.stack.description()["StackStatus"]).endswith("_IN_PROGRESS"):
            self.described()
            self._ask()
            self.later.pass_time(60)
        return str(status)

    def _ask(self) -> None:
        try:
            self.answer()
        except ClientError as error:
            assert error.response["Error"]["Code"] == "ModelError"


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(False, id="as-assumed", marks=pytest.mark.nightly),
        pytest.param(True, id="otherwise"),
    ],
)
def switched(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(scope="module")
def judged(switched: bool, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Judged]:
    """The verdicts on a failing release and on the events of a version, by row."""
    folder = tmp_path_factory.mktemp("probed")
    with LocalAws.start(folder, assume=SWITCHED if switched else {}) as aws:
        world = World(environment=aws.environment(), out=folder, time=LocalTime(aws))
        return {one.row: one for one in judge(world, _story(aws, world, folder), LOOKED_AT)}


def _story(aws: LocalAws, world: World, folder: Path) -> Told:
    record = Record(folder / "record.json", "run", ACCOUNT, REGION, [], [])
    told = Told(record, Witness.of(world))
    sagemaker = world.client("sagemaker")
    sagemaker.create_model_package_group(ModelPackageGroupName="dev-probed")
    told.listener = Listener.of(world, record, group="dev-probed")
    version = sagemaker.create_model_package(
        ModelPackageGroupName="dev-probed", ModelApprovalStatus="PendingManualApproval"
    )["ModelPackageArn"]
    told.failed = version
    eventually(lambda: told.listener and told.listener.heard())
    sagemaker.update_model_package(
        ModelPackageArn=version, ModelApprovalStatus="Approved",
        CustomerMetadataProperties={"perennial:dev": "rolled back 2026-01-01"},
    )  # fmt: skip
    eventually(lambda: told.listener and len(told.listener.heard()) > 1)
    stack = Watched(Heard(aws, world))
    stack.described()
    stack.fail()
    stack.described()
    told.names = SimpleNamespace(serving=stack.name, endpoint=f"{stack.name}-endpoint")
    return told


@pytest.mark.parametrize("row", [FAILS_THE_STACK, NAMES_APPROVAL])
def test_a_switched_assumption_is_refuted_and_another_confirmed(
    judged: dict[str, Judged], row: str, switched: bool
):
    expected = Verdict.REFUTED if switched else Verdict.CONFIRMED
    assert judged[row].verdict is expected, judged[row].what


def test_a_rollback_that_was_seen_is_not_mistaken(judged: dict[str, Judged], switched: bool):
    """It lasts for as long as a process needs to end here, so nobody may have looked."""
    wrong = Verdict.CONFIRMED if switched else Verdict.REFUTED
    assert judged[ROLLING_BACK].verdict is not wrong, judged[ROLLING_BACK].what


def test_what_is_not_switched_is_not_refuted(judged: dict[str, Judged]):
    refuted = {row for row, one in judged.items() if one.verdict is Verdict.REFUTED}
    assert refuted <= set(SWITCHED)
    assert judged[NAME].verdict is Verdict.CONFIRMED


def test_the_reason_is_found_where_somebody_passes_it_on(judged: dict[str, Judged]):
    """By CloudFormation where it reports the rollback, else by the endpoint."""
    assert judged[REASON].verdict is Verdict.IN_PART, judged[REASON].what
    assert "-5xx-" in judged[REASON].what


def test_the_rollback_of_a_stack_reapplies_only_where_there_is_one(
    judged: dict[str, Judged], switched: bool
):
    expected = Verdict.NOT_SEEN if switched else Verdict.CONFIRMED
    assert judged[REAPPLIES].verdict is expected
