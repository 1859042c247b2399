"""How what is merged comes into an account: by a workflow that has no keys, only a token."""

from mlops_constructs.delivery.github_roles import GitHubRoles
from mlops_constructs.delivery.repository import GitHubRepository

__all__ = ["GitHubRepository", "GitHubRoles"]
