"""Processing and training jobs: each runs as a process of its own under the container contract."""
