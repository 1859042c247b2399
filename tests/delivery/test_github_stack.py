"""`python app.py` with a repository in config/delivery.py, and without one."""

import json
from pathlib import Path

import pytest
from aws_cdk import App

from config.delivery import DELIVERY
from config.github import Delivery
from config.organisation import Organisation
from mlops_constructs.delivery import GitHubRepository
from mlops_constructs.problems import InvalidProps
from operate.preflight.assembly import read_assembly
from stacks.github import GitHubStack
from tests.conftest import feature_flags
from tests.constructs_library.someones_app import new_stack, of_type, synthesized
from tests.linted import findings
from tests.project import EXAMPLE, change, copy_app
from tests.synths import Ran, Synths
from tests.test_config import stage

FILE = "config/delivery.py"
GITHUB = Delivery(repository=GitHubRepository(name="octo-org/octo-repo"))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what synth reads, to change."""
    return copy_app(tmp_path, EXAMPLE)


def deliver(synths: Synths, project: Path, repository: str) -> Ran:
    """Synthesize the copy with that in config/delivery.py."""
    change(
        project, FILE, "import Delivery\n",
        "import Delivery\nfrom mlops_constructs.delivery import GitHubRepository\n",
    )  # fmt: skip
    change(project, FILE, "| None = None", f"| None = Delivery(\n    repository={repository})")
    return synths.run(project, project / "out")


def test_by_default_there_is_no_such_stack(assemblies: dict[str, Path]):
    assert DELIVERY is None
    assert (assemblies["home"] / "assembly-Dev").is_dir()
    assert not list(assemblies["home"].glob("*.template.json"))


def test_a_repository_in_the_configuration_makes_the_stack_without_a_finding(
    project: Path, synths: Synths
):
    run = deliver(synths, project, 'GitHubRepository(name="octo-org/octo-repo")')
    assert run.code == 0, run.stderr
    file = run.out / "GitHub.template.json"
    assert findings(file) == []
    template = json.loads(file.read_text())
    deploying = [r for r in of_type(template, "AWS::IAM::Role") if "deploy" in str(r)]
    assert "repo:octo-org/octo-repo:environment:Prod" in json.dumps(deploying)
    assert "GitHub" in {stack.name for stack in read_assembly(run.out)}  # for preflight
    assert set(template["Outputs"]) == {"ReadRoleArn", "DeployRoleArn"}


def test_a_repository_that_can_not_be_ends_the_synth_with_its_line(project: Path, synths: Synths):
    run = deliver(synths, project, 'GitHubRepository(name="octo-org/*")')
    line = 1 + (project / FILE).read_text().splitlines().index(
        '    repository=GitHubRepository(name="octo-org/*"))'
    )
    assert run.code == 1
    assert run.stderr.strip() == (
        "the name of a repository must be its owner's and its own, such as 'octo-org/octo-repo', "
        f"without wildcards and host, got 'octo-org/*' ({FILE}, line {line})"
    )


def test_the_roles_are_named_and_bounded_as_the_organisation_asks():
    rules = Organisation(name_prefix="acme", permissions_boundary="workload-boundary")
    stages = [stage(organisation=rules)]
    app = App(context=feature_flags(), analytics_reporting=False)
    template = synthesized(GitHubStack(app, "GitHub", delivery=GITHUB, stages=stages))
    roles = [r["Properties"] for r in of_type(template, "AWS::IAM::Role")]
    assert {r["RoleName"] for r in roles} == {
        "acme-perennial-github-read", "acme-perennial-github-deploy"
    }  # fmt: skip
    assert all("workload-boundary" in json.dumps(r["PermissionsBoundary"]) for r in roles)


def test_stages_in_two_regions_are_refused():
    stages = [stage(region="eu-west-1"), stage(region="us-east-1")]
    with pytest.raises(InvalidProps) as refusal:
        GitHubStack(new_stack().node.root, "GitHub", delivery=GITHUB, stages=stages)
    assert str(refusal.value) == (
        "the stages are in any account, eu-west-1 and any account, us-east-1, but the roles for "
        "GitHub serve one account and region; set DELIVERY = None in config/delivery.py"
    )
