"""What the model is asked about a flight."""
