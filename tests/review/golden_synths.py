"""Assemblies of the app as it is, and with each of some patches: one process for all of them.

`python golden_synths.py PROJECT OUT PATCH...` works on a copy of the project, PROJECT. In a process
of its own each would cost two to three times as much, for Python, Node.js and aws_cdk to get up.
Nothing is checked by cdk-nag, as in `make diff`.
"""

import os
import runpy
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

OURS = ("config", "mlops_constructs", "pipeline_definitions", "stacks")


def main(project: Path, out: Path, patches: list[Path]) -> None:
    """Write each assembly to a folder below OUT, called after its patch; the first is `base`."""
    os.chdir(project)
    sys.path[:0] = [str(project), str(project / "constructs")]
    for patch in patches:
        apply(patch, "--check")
    synthesize(out / "base")
    for patch in patches:
        apply(patch)
        renew_digests()
        synthesize(out / patch.stem)
        apply(patch, "--reverse")


def synthesize(folder: Path) -> None:
    """What `python app.py` writes."""
    from aws_cdk import AssetStaging

    AssetStaging.clear_asset_hash_cache()
    forget()
    runpy.run_path("app.py", run_name="__main__")
    shutil.move(os.environ["CDK_OUTDIR"], folder)


def forget() -> None:
    """The project's modules, so that they are imported from its files as they are now."""
    for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
        del sys.modules[name]


def apply(patch: Path, *how: str) -> None:
    """To the copy; a patch that no longer fits ends it all."""
    command = ["git", "apply", "-C1", *how, str(patch)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{patch.name} no longer fits the sample app: {done.stderr.strip()}")


def renew_digests() -> None:
    """As `make definitions` would, for definitions that the patch holds already."""
    forget()
    definition, models = (
        import_module(f"pipeline_definitions.{name}") for name in ("definition", "models")
    )
    for model in models.MODELS:
        body = (model.folder / definition.DEFINITION).read_text(encoding="utf-8")
        digests = definition.source_digests(model, definition=body)
        text = definition.digest_text(digests)
        (model.folder / definition.DIGEST).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), [Path(name) for name in sys.argv[3:]])
