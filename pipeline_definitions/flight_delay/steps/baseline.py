"""What requests looked like in training."""
