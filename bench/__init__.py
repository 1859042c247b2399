"""Figures about speed, each a ratio measured side by side in one run."""
