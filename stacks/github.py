"""Who deploys from GitHub. A person deploys this stack, once: `cdk deploy GitHub`."""

from collections.abc import Iterator, Sequence

from aws_cdk import CfnOutput, Environment, PermissionsBoundary, Stack, Tags
from constructs import Construct

from config.github import Delivery
from config.schema import StageConfig
from mlops_constructs.delivery import GitHubRoles
from mlops_constructs.problems import refuse


class GitHubStack(Stack):
    """The roles of a repository's workflows, in the account of all stages.

    Args:
        delivery: The repository.
        stages: What it deploys. Each has an environment of its name on GitHub. The first one's
            organisation says how roles are named, bounded and tagged.

    Raises:
        InvalidProps: The stages lie in more than one account or region.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        delivery: Delivery,
        stages: Sequence[StageConfig],
    ) -> None:
        refuse(_problems(stages))
        first = stages[0]
        rules = first.organisation
        boundary = rules.permissions_boundary
        super().__init__(
            scope,
            construct_id,
            env=Environment(account=first.account, region=first.region),
            stack_name=f"{rules.prefix}GitHub",
            permissions_boundary=PermissionsBoundary.from_name(boundary) if boundary else None,
        )
        for key, value in rules.tags.items():
            Tags.of(self).add(key, value)
        roles = GitHubRoles(
            self,
            "Roles",
            repository=delivery.repository,
            environments=[stage.name for stage in stages],
            prefix=f"{rules.prefix}perennial",
            provider_arn=delivery.provider_arn,
            pull_requests=delivery.pull_requests,
        )
        CfnOutput(self, "ReadRoleArn", value=roles.read.role_arn)
        CfnOutput(self, "DeployRoleArn", value=roles.deploy.role_arn)


def _problems(stages: Sequence[StageConfig]) -> Iterator[str]:
    places = sorted({f"{s.account or 'any account'}, {s.region or 'any region'}" for s in stages})
    if len(places) > 1:
        yield (
            f"the stages are in {' and '.join(places)}, but the roles for GitHub serve one account"
            " and region; set DELIVERY = None in config/delivery.py"
        )
