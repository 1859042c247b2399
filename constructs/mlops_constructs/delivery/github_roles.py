"""What workflows on GitHub may do in an account, for an hour and without a key."""

from collections.abc import Iterator, Sequence
from typing import Final

from aws_cdk import DefaultStackSynthesizer, Fn
from aws_cdk import aws_iam as iam
from constructs import Construct

from mlops_constructs.delivery.repository import GitHubRepository
from mlops_constructs.problems import refuse

ISSUER: Final = "token.actions.githubusercontent.com"
AUDIENCE: Final = "sts.amazonaws.com"
_LOOK: Final = DefaultStackSynthesizer.DEFAULT_LOOKUP_ROLE_ARN
_PUBLISH: Final = DefaultStackSynthesizer.DEFAULT_FILE_ASSET_PUBLISHING_ROLE_ARN
_DEPLOY: Final = DefaultStackSynthesizer.DEFAULT_DEPLOY_ROLE_ARN


class GitHubRoles(Construct):
    """Two roles for one repository: one looks at what is deployed, the other deploys.

    Neither has a right of its own: each may assume roles that `cdk bootstrap` made in the account
    and region of the stack, as the cdk CLI does. A role says exactly which subjects it trusts
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_for-idp_oidc.html#idp_oidc_Create_GitHub).

    Args:
        repository: Whose workflows.
        environments: Names of GitHub's environments, in which they deploy. Which branch may use
            one, and who approves, GitHub knows; a subject does not tell.
        prefix: Begins the roles' names: `<prefix>-github-read` and `<prefix>-github-deploy`.
        provider_arn: The account's provider for GitHub's tokens, if there is one: an account can
            have one only. By default it is made.
        pull_requests: Whether a pull request of the repository itself may look, too. Its code is
            then read by nobody before it reads what the lookup role can.

    Attributes:
        read: Looks: the bootstrap's lookup role, and so `cdk diff`.
        deploy: Deploys: the bootstrap's deploy, file-publishing and lookup roles.

    Raises:
        InvalidProps: There is no environment, or a provider that is not GitHub's.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        repository: GitHubRepository,
        environments: Sequence[str],
        prefix: str,
        provider_arn: str | None = None,
        pull_requests: bool = False,
    ) -> None:
        super().__init__(scope, construct_id)
        refuse(_problems(environments, provider_arn))
        provider = provider_arn or self._provider()
        looking = [repository.of_branch, *([repository.of_pull_requests] if pull_requests else [])]
        # A change set is prepared before anybody approves, so outside of the environment.
        deploying = [repository.of_branch, *map(repository.of_environment, environments)]
        self.read = self._role("Read", f"{prefix}-github-read", provider, looking, [_LOOK])
        self.deploy = self._role(
            "Deploy", f"{prefix}-github-deploy", provider, deploying, [_DEPLOY, _PUBLISH, _LOOK]
        )

    def _provider(self) -> str:
        # No thumbprint: IAM trusts GitHub's issuer by its certificate authority.
        made = iam.OidcProviderNative(
            self, "Provider", url=f"https://{ISSUER}", client_ids=[AUDIENCE]
        )
        return made.oidc_provider_arn

    def _role(
        self,
        construct_id: str,
        name: str,
        provider: str,
        subjects: Sequence[str],
        bootstrap_roles: Sequence[str],
    ) -> iam.Role:
        trusted = {f"{ISSUER}:aud": AUDIENCE, f"{ISSUER}:sub": _one_or_all(subjects)}
        role = iam.Role(
            self,
            construct_id,
            role_name=name,
            assumed_by=iam.WebIdentityPrincipal(provider, {"StringEquals": trusted}),
        )
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["sts:AssumeRole"],
                resources=[self._here(arn) for arn in bootstrap_roles],
            )
        )
        return role

    def _here(self, arn: str) -> str:
        """The ARN of a bootstrap role in the stack's account and region."""
        asked = self.node.try_get_context("@aws-cdk/core:bootstrapQualifier")
        qualifier = asked or DefaultStackSynthesizer.DEFAULT_QUALIFIER
        return Fn.sub(arn.replace("${Qualifier}", qualifier))


def _one_or_all(values: Sequence[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)


def _problems(environments: Sequence[str], provider_arn: str | None) -> Iterator[str]:
    if not environments or not all(environments):
        yield f"environments must name at least one, and none empty, got {list(environments)}"
    if provider_arn and not provider_arn.endswith(f":oidc-provider/{ISSUER}"):
        yield (
            f"provider_arn must be that of GitHub's provider, which ends with "
            f"':oidc-provider/{ISSUER}', got {provider_arn!r}"
        )
