"""Hours of a day, as cron expressions of AWS's schedules write them."""


def every(hours: int, *, first: int = 0) -> str:
    """Every so many hours of a day, from its first run on."""
    return {1: "*", 24: str(first)}.get(hours, f"{first}/{hours}")
