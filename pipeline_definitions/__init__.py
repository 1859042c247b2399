"""What is learned: one folder for each model, and what turns it into a reviewed pipeline definition."""
