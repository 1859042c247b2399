"""Application Auto Scaling for endpoint variants: it validates and records, and scales nothing."""
