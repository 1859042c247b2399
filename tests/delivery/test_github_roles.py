"""Who may become which role from GitHub, and what that role may then do."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack, Validations
from cdk_nag import AwsSolutionsChecks
from pydantic import ValidationError

from config.refusal import sentences
from mlops_constructs.delivery import GitHubRepository, GitHubRoles
from mlops_constructs.problems import InvalidProps
from tests.conftest import ROOT, feature_flags
from tests.constructs_library.someones_app import new_stack, of_type, synthesized, the
from tests.linted import findings

ISSUER = "token.actions.githubusercontent.com"
OCTO = GitHubRepository(name="octo-org/octo-repo", branch="octo-branch")
PROVIDER = "arn:aws:iam::123456123456:oidc-provider/token.actions.githubusercontent.com"
# The example of https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
DOCUMENTED = {
    "Effect": "Allow",
    "Principal": {"Federated": PROVIDER},
    "Action": "sts:AssumeRoleWithWebIdentity",
    "Condition": {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": (
                "repo:octo-org/octo-repo:ref:refs/heads/octo-branch"
            ),
        }
    },
}


def template(stack: Stack | None = None, **changed: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"repository": OCTO, "environments": ["Dev", "Prod"], "prefix": "acme"}
    stack = stack or new_stack()
    GitHubRoles(stack, "Roles", **(given | changed))
    return synthesized(stack)


def role(found: dict[str, Any], name: str) -> dict[str, Any]:
    [one] = [
        r["Properties"]
        for r in of_type(found, "AWS::IAM::Role")
        if r["Properties"]["RoleName"] == name
    ]
    return dict(one)


def trust(found: dict[str, Any], name: str) -> dict[str, Any]:
    [statement] = role(found, name)["AssumeRolePolicyDocument"]["Statement"]
    return dict(statement)


def subjects(found: dict[str, Any], name: str) -> list[str]:
    said = trust(found, name)["Condition"]["StringEquals"][
        "token.actions.githubusercontent.com:sub"
    ]
    return [said] if isinstance(said, str) else list(said)


def allowed(found: dict[str, Any], name: str) -> list[tuple[Any, list[str]]]:
    """Action and resources of each statement of the role's policies, in words."""
    [logical] = [
        k for k, r in found["Resources"].items() if r["Properties"].get("RoleName") == name
    ]
    policies = [
        p["Properties"]
        for p in of_type(found, "AWS::IAM::Policy")
        if {"Ref": logical} in p["Properties"]["Roles"]
    ]
    assert not role(found, name).get("ManagedPolicyArns")
    assert not role(found, name).get("Policies")
    return [
        (s["Action"], [_text(r) for r in _list(s["Resource"])])
        for p in policies
        for s in p["PolicyDocument"]["Statement"]
    ]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(arn: dict[str, str]) -> str:
    here = {"Partition": "aws", "AccountId": "111122223333", "Region": "eu-west-1"}
    said = arn["Fn::Sub"]
    for name, value in here.items():
        said = said.replace(f"${{AWS::{name}}}", value)
    return said


def bootstrap_role(purpose: str, qualifier: str = "hnb659fds") -> str:
    """As the bootstrap template of the pinned CLI names it."""
    return f"arn:aws:iam::111122223333:role/cdk-{qualifier}-{purpose}-role-111122223333-eu-west-1"


def test_the_reading_role_trusts_as_github_documents_it():
    assert trust(template(provider_arn=PROVIDER), "acme-github-read") == DOCUMENTED


def test_the_deploying_role_trusts_the_branch_and_its_environments_and_nobody_else():
    assert subjects(template(), "acme-github-deploy") == [
        "repo:octo-org/octo-repo:ref:refs/heads/octo-branch",
        "repo:octo-org/octo-repo:environment:Dev",
        "repo:octo-org/octo-repo:environment:Prod",
    ]


@pytest.mark.parametrize("name", ["acme-github-read", "acme-github-deploy"])
def test_no_trust_has_a_wildcard_or_an_operator_that_knows_one(name: str):
    said = trust(template(pull_requests=True), name)
    assert set(said["Condition"]) == {"StringEquals"}
    assert "*" not in json.dumps(said)


def test_pull_requests_look_only_where_asked_and_never_deploy():
    pull_request = "repo:octo-org/octo-repo:pull_request"
    asked = template(pull_requests=True)
    assert pull_request not in subjects(template(), "acme-github-read")
    assert pull_request in subjects(asked, "acme-github-read")
    assert pull_request not in subjects(asked, "acme-github-deploy")


def test_a_repository_with_numbers_is_trusted_by_them():
    numbered = GitHubRepository(name="octocat/my-repo", owner_id=123456, repository_id=456789)
    # The example of GitHub's documentation of immutable subject claims.
    assert numbered.of_branch == "repo:octocat@123456/my-repo@456789:ref:refs/heads/main"


def test_the_reading_role_may_become_the_lookup_role_only():
    assert allowed(template(), "acme-github-read") == [
        ("sts:AssumeRole", [bootstrap_role("lookup")])
    ]


def test_the_deploying_role_may_become_three_roles_of_the_bootstrap():
    wanted = [bootstrap_role(purpose) for purpose in ("deploy", "file-publishing", "lookup")]
    assert allowed(template(), "acme-github-deploy") == [("sts:AssumeRole", wanted)]


def test_the_names_are_those_that_cdk_bootstrap_gives():
    bootstrap = (
        ROOT / "node_modules/aws-cdk/lib/api/bootstrap/bootstrap-template.yaml"
    ).read_text()
    for purpose in ("deploy", "file-publishing", "lookup"):
        name = f"cdk-${{Qualifier}}-{purpose}-role-${{AWS::AccountId}}-${{AWS::Region}}"
        assert f"Fn::Sub: {name}\n" in bootstrap


def test_a_bootstrap_with_a_qualifier_of_its_own_is_met():
    flags = feature_flags() | {"@aws-cdk/core:bootstrapQualifier": "acme4711"}
    own = Stack(App(context=flags, analytics_reporting=False), "Test")
    assert allowed(template(own), "acme-github-read") == [
        ("sts:AssumeRole", [bootstrap_role("lookup", "acme4711")])
    ]


def test_the_provider_is_made_once_for_amazons_audience_and_not_where_there_is_one():
    made = the(template(), "AWS::IAM::OIDCProvider")["Properties"]
    assert made["Url"] == "https://token.actions.githubusercontent.com"
    assert made["ClientIdList"] == ["sts.amazonaws.com"]
    assert not of_type(template(provider_arn=PROVIDER), "AWS::IAM::OIDCProvider")


def test_cloudformations_schemas_know_every_property(tmp_path: Path):
    file = tmp_path / "roles.template.json"
    file.write_text(json.dumps(template()))
    assert findings(file) == []


def test_cdk_nag_finds_nothing():
    app = App(context=feature_flags(), analytics_reporting=False)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    GitHubRoles(Stack(app, "Test"), "Roles", repository=OCTO, environments=["Dev"], prefix="acme")
    app.synth()


# What can't be


@pytest.mark.parametrize(
    "name",
    ["octo-repo", "octo-org/*", "*/octo-repo", "octo-org/octo-repo:ref", "octo--org/x",
     "https://github.com/octo-org/octo-repo", "octo-org/..", "-octo/x", "octo/repo/more", ""],
)  # fmt: skip
def test_what_is_no_repository_is_refused_in_one_sentence(name: str):
    with pytest.raises(ValidationError) as refusal:
        GitHubRepository(name=name)
    assert sentences(refusal.value) == [
        "the name of a repository must be its owner's and its own, such as 'octo-org/octo-repo', "
        f"without wildcards and host, got {name!r}"
    ]


WRONG_BRANCHES = (
    "*", "release/*", "refs/heads/main", "", "a..b", "a b", "-a", "a/", "/a", "a//b", "a/.b",
    "a.lock", "a.lock/b", "a.", "${aws:username}", "main:x",
)  # fmt: skip


@pytest.mark.parametrize("branch", WRONG_BRANCHES)
def test_what_is_no_branch_is_refused_in_one_sentence(branch: str):
    with pytest.raises(ValidationError) as refusal:
        GitHubRepository(name="octo-org/octo-repo", branch=branch)
    assert sentences(refusal.value) == [
        "a branch must be one by name, of letters, digits and . _ - /, without 'refs/heads/' and "
        f"wildcards, got {branch!r}"
    ]


@pytest.mark.parametrize("branch", ["main", "release/2.0", "a-b_c.d", "users/ann/x"])
def test_a_branch_that_is_taken_is_one_to_git(branch: str, tmp_path: Path):
    assert GitHubRepository(name="o/r", branch=branch).branch == branch
    subprocess.run(["git", "check-ref-format", f"refs/heads/{branch}"], cwd=tmp_path, check=True)


def test_one_number_of_two_is_refused():
    with pytest.raises(ValidationError) as refusal:
        GitHubRepository(name="octo-org/octo-repo", owner_id=1)
    assert sentences(refusal.value) == [
        "owner_id and repository_id stand in a subject together; give both or neither, got "
        "owner_id only"
    ]


def test_a_provider_that_is_not_githubs_and_no_environment_are_refused_together():
    other = "arn:aws:iam::123456123456:oidc-provider/accounts.example.com"
    with pytest.raises(InvalidProps) as refusal:
        template(provider_arn=other, environments=[])
    assert str(refusal.value).splitlines() == [
        "environments must name at least one, and none empty, got []",
        "provider_arn must be that of GitHub's provider, which ends with "
        f"':oidc-provider/token.actions.githubusercontent.com', got {other!r}",
    ]
