"""The accounts of AWS's image registries; committed, so that synth needs no SDK."""

import json
from pathlib import Path

PATH = Path(__file__).parent / "images.json"


def image_accounts() -> dict[str, dict[str, str]]:
    """Region to placeholder (`XgboostAccount`, `ClarifyAccount`, ...) to 12-digit account.

    `make definitions` takes them from the SageMaker SDK's own list.
    """
    accounts: dict[str, dict[str, str]] = json.loads(PATH.read_text(encoding="utf-8"))
    return accounts
