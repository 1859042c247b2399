"""Processing, training and transform jobs, each in processes of its own."""
