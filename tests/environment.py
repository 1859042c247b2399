"""What an app needs of its environment to be synthesized as the cdk CLI would have it."""

import json
import os
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
QUICK_GC = f'--require "{ROOT / "quick_gc.js"}"'


def feature_flags() -> dict[str, Any]:
    """The context of cdk.json, which only the cdk CLI would read."""
    flags: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text())["context"]
    return flags


def synth_environment(out: Path | str) -> dict[str, str]:
    """What `cdk synth` gives to `python app.py`, and what that needs of any environment."""
    metadata = {"aws:cdk:enable-path-metadata": True, "aws:cdk:enable-asset-metadata": True}
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ["HOME"],
        "NODE_OPTIONS": QUICK_GC,
        "CDK_OUTDIR": str(out),
        "CDK_CONTEXT_JSON": json.dumps(feature_flags() | metadata),
    }
