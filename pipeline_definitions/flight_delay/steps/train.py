"""Fits the challenger."""
