"""`python -m review` in repositories of a few files, with an app that writes what it is told."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from review.__main__ import main
from tests.review.handmade import template

ENDPOINT = "AWS::SageMaker::Endpoint"
APP = """
import json, os, pathlib, sys
told = json.loads(pathlib.Path("told.json").read_text())
if told is None:
    sys.exit("the app's own sentence")
context = json.loads(os.environ["CDK_CONTEXT_JSON"])
flags = [context["flag"], context["aws:cdk:enable-path-metadata"]]
told["Resources"]["One"]["Properties"]["Tags"] = flags
out = pathlib.Path(os.environ["CDK_OUTDIR"])
out.mkdir(parents=True)
(out / "Stack.template.json").write_text(json.dumps(told))
stack = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "Stack.template.json"}}
(out / "manifest.json").write_text(json.dumps({"artifacts": {"Stack": stack}}))
"""


def endpoint(name: str) -> dict[str, Any]:
    return template(One=(ENDPOINT, {"EndpointName": name, "EndpointConfigName": "c"}))


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
    done = subprocess.run(
        ["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def tell(folder: Path, told: Any) -> None:
    (folder / "told.json").write_text(json.dumps(told))


def commit(folder: Path, told: Any) -> None:
    tell(folder, told)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "told")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository on its main branch, in which the review is run."""
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch", "main")
    (folder / "app.py").write_text(APP)
    (folder / "requirements.txt").write_text("")
    cdk = {"app": f"{sys.executable} app.py", "context": {"flag": "of base"}}
    (folder / "cdk.json").write_text(json.dumps(cdk))
    commit(folder, endpoint("a"))
    monkeypatch.chdir(folder)
    return folder


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(arguments)
    streams = capsys.readouterr()
    return code, streams.out, streams.err


def test_a_tree_as_it_was_committed_changes_nothing(
    repository: Path, capsys: pytest.CaptureFixture[str]
):
    code, page, errors = said(capsys)
    assert (code, errors) == (0, "")
    assert page.startswith("Nothing changed between `main`")
    assert len(page.splitlines()) == 1


def test_the_head_is_the_working_tree_committed_or_not(
    repository: Path, capsys: pytest.CaptureFixture[str]
):
    tell(repository, endpoint("b"))
    _, page, _ = said(capsys, "--base", "HEAD")
    assert page.startswith("### Review: 1 replaced (endpoint)")
    assert git(repository, "status", "--short") == "M told.json"


def test_the_default_base_is_where_head_left_the_main_branch(
    repository: Path, capsys: pytest.CaptureFixture[str]
):
    git(repository, "checkout", "--quiet", "-b", "change")
    commit(repository, endpoint("b"))
    git(repository, "checkout", "--quiet", "main")
    commit(repository, endpoint("c"))
    git(repository, "checkout", "--quiet", "change")
    _, page, _ = said(capsys)
    assert "`a` → `b`" in page


def test_each_side_has_the_context_of_its_own_cdk_json(
    repository: Path, capsys: pytest.CaptureFixture[str]
):
    cdk = json.loads((repository / "cdk.json").read_text())
    (repository / "cdk.json").write_text(json.dumps({**cdk, "context": {"flag": "of head"}}))
    _, page, _ = said(capsys)
    assert "`of base` → `of head`" in page


def test_a_side_finds_no_credentials_and_no_region_in_its_environment(
    repository: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "secret")
    monkeypatch.setenv("CDK_DEFAULT_REGION", "eu-west-1")
    stop = 'import os\nassert not {"AWS_ACCESS_KEY_ID", "CDK_DEFAULT_REGION"} & set(os.environ)\n'
    (repository / "app.py").write_text(stop + APP)
    code, _, errors = said(capsys)
    assert (code, errors) == (0, "")


def test_page_and_json_are_written_too(
    repository: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    tell(repository, endpoint("b"))
    files = tmp_path / "page.md", tmp_path / "review.json"
    _, page, _ = said(capsys, "--out", str(files[0]), "--json", str(files[1]))
    assert files[0].read_text() == page
    [stack] = json.loads(files[1].read_text())["stacks"]
    assert stack["differences"] == [
        {
            "op": "replace",
            "path": "/Resources/One/Properties/EndpointName",
            "before": "a",
            "value": "b",
        }
    ]


@pytest.mark.parametrize(
    ("unwanted", "code"),
    [
        pytest.param("replacement", 1, marks=pytest.mark.nightly),
        ("replacement:endpoint", 1),
        ("replacement:bucket", 0),
        pytest.param("guard", 0, marks=pytest.mark.nightly),
    ],
)
def test_what_must_not_be_found_fails_the_command(
    repository: Path, capsys: pytest.CaptureFixture[str], unwanted: str, code: int
):
    tell(repository, endpoint("b"))
    ended, page, errors = said(capsys, "--fail-on", unwanted)
    assert ended == code
    assert page.startswith("### Review")
    assert errors == (f"--fail-on {unwanted}: 1 found\n" if code else "")


@pytest.mark.parametrize(
    ("unwanted", "sentence"),
    [
        ("replacment", "unknown --fail-on 'replacment'; it can be replacement, removal, refusal,"),
        ("replacement:endpiont", "unknown --fail-on 'replacement:endpiont'; after the colon"),
        ("guard:endpoint", "unknown --fail-on 'guard:endpoint'; after the colon stands alarm,"),
    ],
)
def test_an_unknown_kind_to_fail_on_is_refused(
    repository: Path, capsys: pytest.CaptureFixture[str], unwanted: str, sentence: str
):
    code, page, errors = said(capsys, "--fail-on", unwanted)
    assert (code, page) == (2, "")
    assert errors.startswith(f"no review: {sentence}")
    assert len(errors.splitlines()) == 1


def test_an_unknown_revision_is_refused(repository: Path, capsys: pytest.CaptureFixture[str]):
    code, page, errors = said(capsys, "--base", "nowhere")
    assert (code, page) == (2, "")
    assert errors == (
        "no review: the base 'nowhere' is no revision of this repository; name a branch, a tag or a"
        " commit that `git rev-parse` knows\n"
    )


def test_a_revision_is_no_option_of_git(repository: Path, capsys: pytest.CaptureFixture[str]):
    code, _, errors = said(capsys, "--base=--all")
    assert code == 2
    assert "'--all' is no revision" in errors


def test_a_folder_that_is_no_repository_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    code, page, errors = said(capsys)
    assert (code, page) == (2, "")
    assert f"{tmp_path} is not the top of a git repository" in errors


def test_a_repository_without_a_main_branch_is_refused(
    repository: Path, capsys: pytest.CaptureFixture[str]
):
    git(repository, "branch", "--move", "trunk")
    code, _, errors = said(capsys)
    assert code == 2
    assert "there is no branch main or origin/main to compare with; name the base" in errors


def test_a_history_with_nothing_in_common_is_refused(
    repository: Path, capsys: pytest.CaptureFixture[str]
):
    git(repository, "checkout", "--quiet", "--orphan", "other")
    commit(repository, endpoint("b"))
    code, _, errors = said(capsys)
    assert code == 2
    assert "HEAD and main have no commit in common here" in errors


def test_a_base_that_does_not_synthesize_is_refused_by_its_own_sentence(
    repository: Path, capsys: pytest.CaptureFixture[str]
):
    commit(repository, None)
    tell(repository, endpoint("b"))
    code, page, errors = said(capsys)
    assert (code, page) == (2, "")
    assert errors.startswith("no review: the base, `main` (")
    assert errors.endswith("), does not synthesize: the app's own sentence\n")


def test_a_head_that_does_not_synthesize_is_named_as_the_head(
    repository: Path, capsys: pytest.CaptureFixture[str]
):
    tell(repository, None)
    code, _, errors = said(capsys)
    assert code == 2
    assert errors == (
        "no review: the head, the working tree, does not synthesize: the app's own sentence\n"
    )


def test_a_side_without_an_app_is_refused(repository: Path, capsys: pytest.CaptureFixture[str]):
    (repository / "cdk.json").unlink()
    code, _, errors = said(capsys)
    assert code == 2
    assert "the head, the working tree, has no cdk.json" in errors


def test_a_base_with_another_lock_gets_an_environment_of_its_own_and_the_page_says_so(
    repository: Path, capsys: pytest.CaptureFixture[str]
):
    own = 'import json, pathlib, sys\npathlib.Path(__file__).with_name("python").write_text("")\n'
    (repository / "app.py").write_text(own + f"assert sys.prefix != {sys.prefix!r}\n" + APP)
    cdk = json.loads((repository / "cdk.json").read_text())
    (repository / "cdk.json").write_text(json.dumps({**cdk, "app": "python app.py"}))
    commit(repository, endpoint("a"))
    (repository / "app.py").write_text(APP)
    (repository / "requirements.txt").write_text("# another\n")
    code, page, errors = said(capsys)
    assert (code, errors) == (0, "")
    assert page.endswith("The base has its own requirements.txt, and was made with it.\n")


def test_a_lock_that_can_not_be_installed_is_refused(
    repository: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    (repository / "requirements.txt").write_text("-e ./nowhere\n")
    commit(repository, endpoint("a"))
    (repository / "requirements.txt").write_text("")
    monkeypatch.setenv("UV_OFFLINE", "1")
    code, _, errors = said(capsys)
    assert code == 2
    assert errors.startswith(
        "no review: the base has its own requirements.txt, which can't be installed: "
    )
    assert len(errors.splitlines()) == 1


def test_nothing_is_left_behind(
    repository: Path,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    said(capsys)
    assert list(temporary.iterdir()) == []
    assert git(repository, "status", "--short") == ""
    assert git(repository, "worktree", "list").count("\n") == 0
