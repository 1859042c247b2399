"""What cfn-lint says of a template, by the settings of this repository."""

from pathlib import Path

from tests.environment import ROOT


def findings(template: Path) -> list[str]:
    """A line for each."""
    # Who only collects tests need not wait for sympy and networkx.
    from cfnlint.config import ConfigMixIn
    from cfnlint.runner import Runner

    config = ConfigMixIn(["--config-file", str(ROOT / ".cfnlintrc.yaml"), str(template)])
    return [f"{found.rule.id} {found.message}" for found in Runner(config).run()]
