"""`python app.py` for one project after the other: CDK and its Node.js take five seconds to get up.

Reads lines of JSON, `[project, out, renew]`, and answers each with `[code, stdout, stderr]`. A
project is imported from its own files each time; it may bring a `constructs` folder of its own.
With `renew` its definitions are called new first. What it wrote is moved to `out`.
"""

import contextlib
import io
import json
import os
import runpy
import shutil
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any

from aws_cdk import AssetStaging

OURS = ("config", "mlops_constructs", "pipeline_definitions", "stacks")
PATH = list(sys.path)


def run(project: str, out: str, renew: bool) -> list[Any]:
    """What the app came to."""
    AssetStaging.clear_asset_hash_cache()
    os.chdir(project)
    sys.path[:] = [project, f"{project}/constructs", *PATH]
    forget()
    if renew:
        renew_digests()
        forget()
    printed, said = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(said):
        code = exit_code()
    if Path(os.environ["CDK_OUTDIR"]).exists():
        shutil.move(os.environ["CDK_OUTDIR"], out)
    return [code, printed.getvalue(), said.getvalue()]


def forget() -> None:
    """The project's modules, so that they are imported from its files as they are now."""
    for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
        del sys.modules[name]


def renew_digests() -> None:
    """As `make definitions` would, for definitions that are right already."""
    definition, models = (
        import_module(f"pipeline_definitions.{name}") for name in ("definition", "models")
    )
    for model in models.MODELS:
        body = (model.folder / definition.DEFINITION).read_text(encoding="utf-8")
        digests = definition.source_digests(model, definition=body)
        text = definition.digest_text(digests)
        (model.folder / definition.DIGEST).write_text(text, encoding="utf-8")


def exit_code() -> int:
    """Runs it; what ends it is printed as Python prints it."""
    try:
        runpy.run_path("app.py", run_name="__main__")
    except SystemExit as end:
        print(end.code, file=sys.stderr)
        return 1
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(run(*json.loads(line))), flush=True)
