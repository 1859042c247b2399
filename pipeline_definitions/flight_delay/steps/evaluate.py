"""Challenger and champion on the same held-out flights."""
