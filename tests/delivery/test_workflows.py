"""What the workflows for GitHub may do, and that they run what a developer runs."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from config.stages import STAGES
from tests.conftest import ROOT

FOLDER = ROOT / ".github/workflows"
WORKFLOWS = {path.stem: YAML(typ="safe").load(path) for path in sorted(FOLDER.glob("*.yml"))}
JOBS = [
    pytest.param(name, job, id=f"{name}-{job}")
    for name, workflow in WORKFLOWS.items()
    for job in workflow["jobs"]
]
UNTRUSTED = ("github.event.pull_request.title", "head_ref", "head.ref", "body", "head_branch")
PUBLISHED = """
actions/checkout v7.0.1 3d3c42e5aac5ba805825da76410c181273ba90b1
actions/setup-python v7.0.0 5fda3b95a4ea91299a34e894583c3862153e4b97
actions/upload-artifact v7.0.0 bbbca2ddaa5d8feaa63e36b76fdaad77386f024f
actions/download-artifact v8.0.1 3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c
aws-actions/configure-aws-credentials v6.2.3 e6de054238d6b7531b4efff3b6587d9aade6a06c
"""
"""Read from the tags of these repositories."""


def the_job(name: str, job: str) -> dict[str, Any]:
    return dict(WORKFLOWS[name]["jobs"][job])


def steps() -> Iterator[dict[str, Any]]:
    for workflow in WORKFLOWS.values():
        for job in workflow["jobs"].values():
            yield from job["steps"]


def test_there_is_one_for_each_purpose():
    assert set(WORKFLOWS) == {"check", "diff", "comment", "deploy", "nightly"}


def test_every_action_is_named_by_the_commit_of_its_tag():
    lines = [line for path in FOLDER.glob("*.yml") for line in path.read_text().splitlines()]
    used = {line.split("uses: ", 1)[1] for line in lines if "uses:" in line}
    published = (line.split() for line in PUBLISHED.strip().splitlines())
    assert used == {f"{action}@{digest}  # {tag}" for action, tag, digest in published}
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+", each) for each in used)


@pytest.mark.parametrize(("name", "job"), JOBS)
def test_a_job_has_the_rights_that_it_names_and_an_end(name: str, job: str):
    assert WORKFLOWS[name]["permissions"] == {}
    assert the_job(name, job)["permissions"]
    assert the_job(name, job)["timeout-minutes"] <= 180


def test_only_the_comment_writes_and_only_deploying_gets_a_token():
    rights = {
        name: {
            f"{right}: {level}"
            for job in workflow["jobs"].values()
            for right, level in job["permissions"].items()
        }
        for name, workflow in WORKFLOWS.items()
    }
    assert rights == {
        "check": {"contents: read"},
        "diff": {"contents: read"},
        "nightly": {"contents: read"},
        "comment": {"contents: read", "actions: read", "pull-requests: write"},
        "deploy": {"contents: read", "id-token: write"},
    }


@pytest.mark.parametrize(("name", "job"), JOBS)
def test_a_step_runs_one_target_or_one_script(name: str, job: str):
    makefile = (ROOT / "Makefile").read_text()
    for step in the_job(name, job)["steps"]:
        if "run" in step:
            target, script = (
                re.fullmatch(rf"{what}([\w-]+)", step["run"]) for what in ("make ", r"\.ci/")
            )
            assert target or script, step["run"]
            assert not target or re.search(rf"^{target[1]}:", makefile, flags=re.M)
            assert not script or (ROOT / ".ci" / script[1]).stat().st_mode & 0o100


def test_no_text_of_a_stranger_gets_into_a_command():
    for step in steps():
        assert "${{" not in step.get("run", "")
        assert not any(word in str(step) for word in UNTRUSTED)


def test_a_checkout_leaves_no_token_behind():
    checkouts = [step for step in steps() if "actions/checkout" in step.get("uses", "")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_no_workflow_knows_a_secret_or_runs_a_strangers_code_with_rights():
    for path in FOLDER.glob("*.yml"):
        text = path.read_text()
        assert "secrets." not in text
        assert "pull_request_target" not in text
    [checkout] = [
        step
        for step in the_job("comment", "comment")["steps"]
        if "checkout" in step.get("uses", "")
    ]
    assert checkout["with"]["ref"] == "${{ github.event.repository.default_branch }}"


def test_each_stage_is_shown_before_its_environment_approves_in_the_order_of_stages():
    jobs = WORKFLOWS["deploy"]["jobs"]
    wanted = [(stage.name, verb) for stage in STAGES for verb in ("prepared", "executed")]
    ran = [
        (j["steps"][-1]["env"]["STAGE"], j["steps"][-1]["run"].split()[-1]) for j in jobs.values()
    ]
    assert ran == wanted
    names = list(jobs)
    assert [jobs[name].get("needs") for name in names] == [None, *names[:-1]]
    approved = {name: job["environment"] for name, job in jobs.items() if "environment" in job}
    assert list(approved.values()) == [stage.name for stage in STAGES]
    assert all(jobs[name]["steps"][-1]["run"] == "make executed" for name in approved)


@pytest.mark.parametrize("script", sorted(path.name for path in (ROOT / ".ci").iterdir()))
def test_a_script_is_one_to_bash_and_stops_at_its_first_error(script: str):
    path = ROOT / ".ci" / script
    subprocess.run(["bash", "-n", str(path)], check=True)
    assert "\nset -euo pipefail\n" in path.read_text()


@pytest.mark.parametrize(
    ("spoilt", "audit"),
    [
        (("@3d3c42e5aac5ba805825da76410c181273ba90b1  # v7.0.1", "@v7"), "unpinned-uses"),
        (("permissions:\n      contents: read", "permissions: write-all"), "excessive-permissions"),
        (("run: .ci/run", "run: echo ${{ github.head_ref }}"), "template-injection"),
        (("  pull_request:\n", "  pull_request_target:\n"), "dangerous-triggers"),
    ],
)
def test_the_linter_would_see_it(spoilt: tuple[str, str], audit: str, tmp_path: Path):
    text = (FOLDER / "check.yml").read_text()
    assert spoilt[0] in text
    folder = tmp_path / ".github/workflows"
    folder.mkdir(parents=True)
    (folder / "check.yml").write_text(text.replace(*spoilt, 1))
    said = subprocess.run(
        ["zizmor", "--offline", "--no-progress", str(folder)], capture_output=True, text=True
    )
    assert said.returncode != 0
    assert audit in said.stdout
