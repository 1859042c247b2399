"""What would stop a deployment, or the first run after it, looked for before it happens."""
