"""The git repository whose working tree is under review."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from review.refused import Refused

MAIN = ("main", "origin/main")
"""Where a change is to go, by default."""


@dataclass(frozen=True)
class Revision:
    """A commit.

    Attributes:
        said: As a person named it.
        commit: Its full hash.
    """

    said: str
    commit: str

    def __str__(self) -> str:
        short = self.commit[:7]
        return f"`{short}`" if self.commit.startswith(self.said) else f"`{self.said}` ({short})"


class Repository:
    """The repository that a folder is the top of.

    Raises:
        Refused: The folder is not the top of a git repository.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        asked = self._git("rev-parse", "--show-toplevel")
        if asked.returncode or Path(asked.stdout.strip()).resolve() != self.folder:
            raise Refused(
                f"{self.folder} is not the top of a git repository; a review compares its files"
                " with a revision of them"
            )

    def revision(self, said: str) -> Revision:
        """The commit of that name.

        Raises:
            Refused: There is none.
        """
        asked = self._git(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{said}^{{commit}}"
        )
        if asked.returncode:
            raise Refused(
                f"the base {said!r} is no revision of this repository; name a branch, a tag or a"
                " commit that `git rev-parse` knows"
            )
        return Revision(said, asked.stdout.strip())

    def where_it_left(self) -> Revision:
        """The commit at which HEAD left the main branch.

        Raises:
            Refused: There is no main branch, or nothing that both have in common.
        """
        for main in MAIN:
            if not self._git("rev-parse", "--verify", "--quiet", main).returncode:
                asked = self._git("merge-base", "HEAD", main)
                if asked.returncode:
                    raise Refused(
                        f"HEAD and {main} have no commit in common here; in a shallow clone, fetch"
                        " its history or name the base"
                    )
                return Revision(main, asked.stdout.strip())
        raise Refused(f"there is no branch {' or '.join(MAIN)} to compare with; name the base")

    def check_out(self, revision: Revision, folder: Path) -> None:
        """The files of a revision, in a new folder; this repository stays as it is.

        Raises:
            Refused: git could not.
        """
        steps = (
            ("clone", "--quiet", "--shared", "--no-checkout", str(self.folder), str(folder)),
            ("-C", str(folder), "checkout", "--quiet", "--detach", revision.commit),
        )
        for step in steps:
            asked = self._git(*step)
            if asked.returncode:
                why = asked.stderr.strip().splitlines()[-1:]
                raise Refused(f"the base {revision} can't be checked out: {''.join(why)}")

    def _git(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        command = ["git", *arguments]
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
