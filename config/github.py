"""What there is to say of delivery from GitHub."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from mlops_constructs.delivery import GitHubRepository


class Delivery(BaseModel):
    """Who deploys from GitHub: the workflows of one repository, with no key of the account.

    Attributes:
        repository: The repository, and its branch that is deployed.
        provider_arn: The account's provider for GitHub's tokens; by default it is made. An account
            can have one only.
        pull_requests: Whether code of pull requests that nobody has read may look at what is
            deployed; the workflows here don't need it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    repository: GitHubRepository
    provider_arn: (
        Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:iam::\d{12}:oidc-provider/[\w.-]+$")] | None
    ) = None
    pull_requests: bool = False
