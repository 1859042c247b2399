"""AWS's own container images: their registry's account differs from region to region."""

from collections.abc import Iterator, Mapping, Sequence

from aws_cdk import Aws, CfnMapping, Stack, Token
from constructs import Construct

from mlops_constructs.problems import refuse
from mlops_constructs.training.definition import images


class ImageRegistries(Construct):
    """Where the images of a pipeline definition come from, found when the stack is deployed.

    A definition names an image as
    `${XgboostAccount}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/<repository>`; a CloudFormation
    mapping knows the account of each region.

    Args:
        definition: The definition; only the registries it names are looked up.
        accounts: Region to placeholder (`XgboostAccount`) to 12-digit account. Regions that lack an
            image of the definition are left out.

    Attributes:
        accounts: Placeholder to the account in the region of the deployment.
        repository_arns: The repositories of the definition's images.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        definition: str,
        accounts: Mapping[str, Mapping[str, str]],
    ) -> None:
        super().__init__(scope, construct_id)
        stack = Stack.of(self)
        used = images(definition)
        names = sorted({name for name, _ in used})
        complete = {
            region: {name: known[name] for name in names}
            for region, known in sorted(accounts.items())
            if set(names) <= set(known)
        }
        refuse(_problems(stack.region, names, list(complete)))
        self.accounts: dict[str, str] = {}
        if names:
            mapping = CfnMapping(self, "Resource", mapping=complete)
            self.accounts = {name: mapping.find_in_map(Aws.REGION, name) for name in names}
        self.repository_arns = [
            stack.format_arn(
                service="ecr",
                account=self.accounts[name],
                resource="repository",
                resource_name=repository,
            )
            for name, repository in used
        ]


def _problems(region: str, names: Sequence[str], regions: Sequence[str]) -> Iterator[str]:
    known_everywhere = Token.is_unresolved(region) and regions
    if names and not known_everywhere and region not in regions:
        yield (
            f"no registry is known for {', '.join(names)} in region {region!r}; "
            f"known are {', '.join(regions) or 'none'} (`make definitions` renews the list)"
        )
