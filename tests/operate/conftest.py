"""The operator's command as a person types it, against the local AWS."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from operate.commands import main
from tests.called import calls as calls
from tests.operate.stage import SmallStage


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


@pytest.fixture
def operate(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], stage: SmallStage
) -> Callable[..., Said]:
    """Runs a command with the local AWS in its environment."""
    for name, value in stage.aws.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", "100")

    def run(*argv: str) -> Said:
        code = main(argv)
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return run
