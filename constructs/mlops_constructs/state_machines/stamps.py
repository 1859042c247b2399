"""What a promotion writes on a version: the property `perennial:<stage>`."""

ROLLED_BACK = "rolled back"
RELEASED = "released"
"""How the stamps on a version begin; a time follows."""


def stamp(stage: str) -> str:
    """The property's name, in JSONata, of a stage that is given in JSONata."""
    return f"'perennial:' & {stage}"
