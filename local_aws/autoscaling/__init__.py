"""Application Auto Scaling for endpoint variants: policies that alarms perform."""
