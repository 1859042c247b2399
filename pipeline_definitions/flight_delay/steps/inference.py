"""Answers requests."""
