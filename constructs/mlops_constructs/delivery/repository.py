"""A repository on GitHub, and by which subjects its workflows' tokens name it."""

import re
from collections.abc import Iterator
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

_NAME: Final = re.compile(r"[A-Za-z0-9](-?[A-Za-z0-9]){0,38}/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")
_BRANCH: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
_Number = Annotated[int, Field(ge=1)]


class GitHubRepository(BaseModel):
    """Whose workflows may do something, and on which branch.

    A subject is compared letter by letter, so names are given as GitHub spells them. A repository
    that was made or renamed since July 2026, or whose owner asked for it, has its owner's and its
    own number in its subjects; then give both
    (https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/).

    Attributes:
        name: Owner and repository: `octo-org/octo-repo`.
        branch: The one that is deployed.
        owner_id: The owner's number (`gh api repos/<name> --jq .owner.id`).
        repository_id: The repository's own (`gh api repos/<name> --jq .id`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    branch: str = "main"
    owner_id: _Number | None = None
    repository_id: _Number | None = None

    @property
    def of_branch(self) -> str:
        """The subject of a job on the branch that names no environment."""
        return f"{self._begin}:ref:refs/heads/{self.branch}"

    @property
    def of_pull_requests(self) -> str:
        """The subject of a job that a pull request starts; a fork's gets no token."""
        return f"{self._begin}:pull_request"

    def of_environment(self, environment: str) -> str:
        """The subject of a job in an environment. It names no branch; the environment's rules do.

        See https://docs.github.com/en/actions/reference/security/oidc.
        """
        return f"{self._begin}:environment:{environment}"

    @property
    def _begin(self) -> str:
        owner, _, name = self.name.partition("/")
        if self.owner_id is None:
            return f"repo:{self.name}"
        return f"repo:{owner}@{self.owner_id}/{name}@{self.repository_id}"

    @model_validator(mode="after")
    def _is_one_that_can_exist(self) -> Self:
        problems = list(self._problems())
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def _problems(self) -> Iterator[str]:
        if not _NAME.fullmatch(self.name):
            yield (
                "the name of a repository must be its owner's and its own, such as "
                f"'octo-org/octo-repo', without wildcards and host, got {self.name!r}"
            )
        if not _BRANCH.fullmatch(self.branch) or _not_for_git(self.branch):
            yield (
                "a branch must be one by name, of letters, digits and . _ - /, without "
                f"'refs/heads/' and wildcards, got {self.branch!r}"
            )
        if (self.owner_id is None) != (self.repository_id is None):
            given = "owner_id" if self.repository_id is None else "repository_id"
            yield (
                "owner_id and repository_id stand in a subject together; give both or neither, "
                f"got {given} only"
            )


def _not_for_git(branch: str) -> bool:
    """Whether git takes no such name, or would take it for a ref (git-check-ref-format)."""
    parts = branch.split("/")
    return (
        ".." in branch
        or branch.startswith("refs/")
        or any(part.endswith((".lock", ".")) for part in parts)
    )
