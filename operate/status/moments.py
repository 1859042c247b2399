"""How moments read."""

from datetime import datetime, timedelta


def moment_of(moment: datetime) -> str:
    """To the minute."""
    return f"{moment:%Y-%m-%d %H:%M}"


def when(moment: datetime, now: datetime) -> str:
    """The moment in UTC, and how far away it is."""
    moment = moment.astimezone(now.tzinfo)
    apart = abs(moment - now)
    far = _far(apart)
    return (
        f"{moment_of(moment)} ({far} ago)" if moment <= now else f"{moment_of(moment)} (in {far})"
    )


def _far(apart: timedelta) -> str:
    minutes = int(apart.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"
