"""How a model is doing: what is looked at, and how it is shown."""
