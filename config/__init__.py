"""Who deploys what, and where."""
