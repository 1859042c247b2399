"""When a baseline was made, which says how far the world may have moved on since."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

from failure import Failure

FILE = "made.json"


def stamp() -> dict[str, str]:
    """The content of FILE for a baseline that is made now."""
    return {"made": f"{datetime.now(timezone.utc):%FT%TZ}"}


def age(folder: Path) -> Iterator[tuple[str, float]]:
    """The metric BaselineAge, in days; none of a baseline that does not say when it was made.

    Raises:
        Failure: If it says so in a way that nobody understands.
    """
    path = folder / FILE
    if not path.is_file():
        return
    try:
        text = json.loads(path.read_text(encoding="utf-8"))["made"]
        made = datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise Failure(
            f'{path} must hold {{"made": "<time in ISO 8601>"}} ({type(error).__name__}: {error})'
        ) from None
    yield "BaselineAge", (datetime.now(timezone.utc) - made) / timedelta(days=1)
