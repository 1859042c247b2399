"""`cdk synth` of both sides at once, without the CLI: offline and without credentials."""

import json
import os
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from review.assembly import Assembly
from review.refused import Refused
from review.sides.locks import own_packages


@dataclass(frozen=True)
class Side:
    """Files to synthesize.

    Attributes:
        role: `base` or `head`, for whoever reads that it failed.
        name: What the page calls it.
        folder: Its files, with a cdk.json at their top.
        programs: Folders that come first on PATH.
        notes: What a reader should know of how it is made.
    """

    role: str
    name: str
    folder: Path
    programs: Sequence[Path] = ()
    notes: tuple[str, ...] = field(default=())


def synthesize(sides: Sequence[Side], out: Path) -> list[Assembly]:
    """The assemblies of all sides, in new folders below `out`.

    Nothing is checked while they are synthesized, neither by cdk-nag nor by CloudFormation's rules:
    a review shows what differs, and `make check` judges it.

    Raises:
        Refused: A side has no cdk.json, or does not synthesize.
    """
    with ThreadPoolExecutor(len(sides)) as pool:
        folders = [out / side.role for side in sides]
        return list(pool.map(_synthesize, sides, folders))


def _synthesize(side: Side, folder: Path) -> Assembly:
    if not (side.folder / "cdk.json").is_file():
        raise Refused(
            f"the {side.role}, {side.name}, has no cdk.json, so there is no app to synthesize"
        )
    settings = json.loads((side.folder / "cdk.json").read_text(encoding="utf-8"))
    done = subprocess.run(
        settings["app"],
        shell=True,  # as the cdk CLI runs it
        cwd=side.folder,
        env=_environment(side, settings, folder),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        ended = f"`{settings['app']}` ended with {done.returncode}"
        lines = [ended, *(line.strip() for line in done.stderr.splitlines() if line.strip())]
        raise Refused(f"the {side.role}, {side.name}, does not synthesize: {lines[-1]}")
    return Assembly(folder, side.name, side.notes)


def _environment(side: Side, settings: dict[str, Any], out: Path) -> dict[str, str]:
    """What the cdk CLI gives to an app, and where that finds the side's own files."""
    cached = side.folder / "cdk.context.json"
    context = {
        **settings.get("context", {}),
        **(json.loads(cached.read_text(encoding="utf-8")) if cached.is_file() else {}),
        "aws:cdk:enable-path-metadata": True,
        "aws:cdk:enable-asset-metadata": True,
    }
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "CDK_"))}
    return {
        **inherited,
        "PATH": os.pathsep.join([*map(str, side.programs), os.environ.get("PATH", "")]),
        "PYTHONPATH": os.pathsep.join(map(str, [side.folder, *own_packages(side.folder)])),
        "CDK_OUTDIR": str(out),
        "CDK_CONTEXT_JSON": json.dumps(context),
        "CDK_VALIDATION": "false",
    }
