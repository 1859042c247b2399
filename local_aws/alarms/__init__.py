"""CloudWatch's alarms: what they watch, when they change, and whom they tell (see README.md)."""
