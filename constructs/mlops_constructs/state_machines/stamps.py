"""What a promotion writes on a version: the property `perennial:<stage>`."""

ROLLED_BACK = "rolled back"
RELEASED = "released"
"""How the stamps on a version begin; a time follows."""

ON_TRIAL = "on trial"
UNDECIDED = "undecided"
"""How they begin while a version is tried; the config of the trial follows."""


def stamp(stage: str) -> str:
    """The property's name, in JSONata, of a stage that is given in JSONata."""
    return f"'perennial:' & {stage}"
