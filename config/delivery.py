"""From where the stages are deployed: the only file with the repository's name."""

from config.github import Delivery

DELIVERY: Delivery | None = None
"""For example `Delivery(repository=GitHubRepository(name="octo-org/octo-repo", branch="main"))`."""
