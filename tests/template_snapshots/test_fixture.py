"""`template_snapshot` in an app that knows nothing of this project."""

import json
import subprocess
import sys

import pytest

from tests.template_snapshots.conftest import Run

Played = dict[str, Run]
ORDERS = "test_cases/TestOrders.test_the_stack[Orders{}].json"
MACHINE, BOARD, ARCHIVE = (
    ORDERS.format(f".{where}")
    for where in (
        "Machine6FC8AE80.DefinitionString",
        "Dashboard9E4231ED.DashboardBody",
        "ArchiveNestedStackArchiveNestedStackResourceCB0E4F37",
    )
)


def test_the_first_run_fails_and_says_how_to_write_the_snapshot(played: Played):
    first = played["first"]
    assert first.status == 1
    assert first.snapshots.keys() == played["a dict"].snapshots.keys()
    assert first.told("TestOrders.test_the_stack") == (
        "Orders has no snapshot yet:\n"
        + "".join(
            f"  __snapshots__/{path}\n" for path in (ORDERS.format(""), BOARD, MACHINE, ARCHIVE)
        )
        + "\nIf this is what it should be, accept it and commit it:\n"
        "  pytest test_cases.py::TestOrders::test_the_stack --snapshot-update"
    )


def test_the_command_can_be_pasted_into_a_shell(played: Played):
    told = played["first"].told("test_both_stages[Beta]")
    assert told.endswith("  pytest 'test_cases.py::test_both_stages[Beta]' --snapshot-update")


def test_an_update_writes_a_file_for_each_stack_and_document(played: Played):
    update = played["update"]
    assert update.status == 0
    assert update.snapshots.keys() == {
        ORDERS.format(""),
        MACHINE,
        BOARD,
        ARCHIVE,
        "test_cases/test_a_template_that_is_a_dict[template].json",
        *(name for name in update.snapshots if "documents_deep_inside" in name),
        *(name for name in update.snapshots if "by_itself[OrdersArchive" in name),
        *(
            f"test_cases/test_both_stages[{test}][{test}{one}-Topics].json"
            for test in ("Beta", "Live")
            for one in ("One", "Two")
        ),
    }


def test_names_that_a_file_system_would_not_take_are_shortened_and_stay_apart(played: Played):
    names = [name for name in played["update"].snapshots if "documents_deep_inside" in name]
    assert len(names) == 3
    assert max(len(name.partition("/")[2]) for name in names) < 200
    assert played["asset"].snapshots == played["update"].snapshots


def test_a_definition_reads_as_the_state_machine_gets_it(played: Played):
    definition = json.loads(played["update"].snapshots[MACHINE])
    assert definition["States"]["Cool down"] == {"Type": "Wait", "Seconds": 5, "End": True}
    work = definition["States"]["Pack it"]
    assert work["Resource"] == "arn:${AWS::Partition}:states:::lambda:invoke"
    assert work["Parameters"]["FunctionName"].startswith("${Pack")


def test_another_asset_changes_no_snapshot(played: Played):
    assert played["asset"].status == 0
    assert "13 snapshots passed" in played["asset"].printed


def test_a_changed_property_is_named_with_both_its_values(played: Played):
    assert played["change"].status == 1
    told = played["change"].told("TestOrders.test_the_stack")
    assert told.startswith("Orders is not as it was reviewed; different: 3 of 4 files")
    assert (
        f"__snapshots__/{ORDERS.format('')}\n"
        "  @@ Resources.Queue4A7E3555.Properties.VisibilityTimeout @@\n"
        '          "DeletionPolicy": "Delete",\n'
        '          "Properties": {\n'
        '  -         "VisibilityTimeout": 30\n'
        '  +         "VisibilityTimeout": 60\n'
        "          },\n"
    ) in told


def test_a_changed_step_is_shown_in_the_file_of_its_definition(played: Played):
    told = played["change"].told("TestOrders.test_the_stack")
    [part] = [part for part in told.split("\n\n") if MACHINE in part]
    assert part.splitlines()[1] == "  @@ States.Cool down.Seconds @@"
    assert '-       "Seconds": 5,\n  +       "Seconds": 7,' in part


def test_a_change_inside_of_a_nested_stack_is_seen(played: Played):
    told = played["change"].told("TestOrders.test_the_stack")
    [part] = [part for part in told.split("\n\n") if ARCHIVE in part]
    assert '  +         "FifoQueue": true' in part


def test_a_failure_fits_a_screen_and_shows_no_code_of_ours(played: Played):
    told = played["change"].told("TestOrders.test_the_stack")
    assert len(told.splitlines()) < 45
    assert "Error" not in told
    assert "mlops_constructs" not in told


def test_a_document_that_is_gone_is_reported_as_unused(played: Played):
    assert "1 snapshot unused" in played["removal"].printed
    assert BOARD in played["removal"].snapshots


def test_accepting_deletes_it_and_leaves_the_snapshots_of_other_tests(played: Played):
    accepted = played["acceptance"]
    assert accepted.status == 0
    assert played["update"].snapshots.keys() - accepted.snapshots.keys() == {BOARD}
    assert '"Seconds": 7' in accepted.snapshots[MACHINE]


@pytest.mark.parametrize(
    "test, sentence",
    [
        (
            "test_no_stack",
            "template_snapshot takes a Stack, an App or a Stage, a template as a dict, or the path "
            "of what was synthesized, got CfnResource Orders/Topic",
        ),
        (
            "test_no_synth",
            "Stack Orders can't be synthesized: CannotReferenceAcrossApps: Cannot reference across "
            "apps. Consuming and producing stacks must be defined within the same CDK app.",
        ),
        (
            "test_one_name",
            "2 stacks are called 'Topics'; a snapshot is named after its stack, so take each of "
            "them in a test of its own",
        ),
        ("test_no_stack_at_all", "there is no stack in App"),
        (
            "test_twice",
            "this test has a snapshot of 'Topics' already; take this in another test",
        ),
    ],
)
def test_misuse_fails_with_one_sentence(played: Played, test: str, sentence: str):
    assert played["misuse"].told(test) == sentence


def test_without_syrupy_it_says_what_to_install(played: Played):
    told = played["without syrupy"].told("ERROR at setup of test_a_template_that_is_a_dict")
    assert told == "template_snapshot needs syrupy; install mlops-constructs[testing]"


def test_cdk_is_imported_only_by_those_who_have_a_stack(played: Played):
    assert played["a dict"].status == 0
    assert "aws_cdk" not in played["a dict"].imported
    assert "aws_cdk" in played["first"].imported


def test_what_pytest_loads_everywhere_imports_neither_cdk_nor_syrupy():
    code = (
        "import sys, mlops_constructs.testing.plugin; "
        "print(sorted(sys.modules.keys() & {'aws_cdk', 'constructs', 'jsii', 'syrupy'}))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
