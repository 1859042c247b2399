"""What is learned: a folder for each model, and what turns it into a pipeline definition."""
