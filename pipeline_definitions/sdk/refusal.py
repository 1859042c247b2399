"""How `make definitions` refuses a pipeline.py."""


class InvalidDefinition(ValueError):
    """A pipeline.py gives a definition that AWS would refuse; one sentence for each problem."""
