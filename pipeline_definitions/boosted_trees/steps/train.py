"""Fits the challenger on the train rows, and stops when validation no longer gains from it."""

import argparse
import json
import os
import shutil
import sys
from functools import partial
from pathlib import Path

# Idle threads that spin make training ten times slower where cores are shared (read on import).
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# isort: split
from boosting import xgboost
from failing import exit_code
from features import categories_of, encode
from inference import ENCODING_FILE, MODEL_FILE, Model, matrix
from tables import Table, read_table
from xgboost.callback import EarlyStopping

SERVED = ("inference.py", "features.py", "boosting.py", "schema.json")
"""What of the steps travels in the model archive's code/ folder, and answers requests."""


def main(argv: list[str] | None = None) -> int:
    """The training job; its exit code."""
    options = _options(argv)
    return exit_code(partial(run, options), options.failure)


def run(options: argparse.Namespace) -> None:
    """Read, fit, save."""
    model = fit(read_table(options.train), read_table(options.validation), options)
    save(model, options.model_dir)
    print(f"stopped after {model.booster.num_boosted_rounds()} rounds")


def fit(train: Table, validation: Table, options: argparse.Namespace) -> Model:
    """A model of the rounds that were best on the validation rows; the same for the same rows."""
    categories = categories_of(train.rows)
    data, held_out = (
        matrix(encode(table.rows, categories), table.labels) for table in (train, validation)
    )
    booster = xgboost.train(
        {
            "objective": "binary:logistic", "tree_method": "hist",
            "eval_metric": options.early_stopping_metric, "eta": options.eta,
            "max_depth": options.max_depth, "min_child_weight": options.min_child_weight,
            "subsample": options.subsample,
            "colsample_bytree": options.colsample_bytree, "seed": options.seed,
            "nthread": options.threads,
        },
        data, num_boost_round=options.rounds, evals=[(held_out, "validation")],
        callbacks=[
            EarlyStopping(rounds=options.early_stopping_rounds, save_best=True)
        ],
        verbose_eval=25,
    )  # fmt: skip
    return Model(booster, categories)


def save(model: Model, folder: Path) -> None:
    """Writes what SageMaker packs into model.tar.gz, the code that answers requests included."""
    (folder / "code").mkdir(parents=True, exist_ok=True)
    model.booster.save_model(folder / MODEL_FILE)
    text = json.dumps(model.categories, indent=2) + "\n"
    (folder / ENCODING_FILE).write_text(text, encoding="utf-8")
    for script in SERVED:
        shutil.copy(Path(__file__).parent / script, folder / "code" / script)


def _options(argv: list[str] | None) -> argparse.Namespace:
    """Folders come from the environment that SageMaker's training toolkit sets."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    opt, env = Path("/opt/ml"), os.environ
    for name, variable, default in (
        ("--train", "SM_CHANNEL_TRAIN", opt / "input/data/train"),
        ("--validation", "SM_CHANNEL_VALIDATION", opt / "input/data/validation"),
        ("--model-dir", "SM_MODEL_DIR", opt / "model"),
    ):
        parser.add_argument(name, type=Path, default=env.get(variable, default))
    output = Path(env.get("SM_OUTPUT_DIR", opt / "output"))
    parser.add_argument("--failure", type=Path, default=output / "failure")
    parser.add_argument("--threads", type=int, default=int(env.get("SM_NUM_CPUS", "1")))
    for name in ("--rounds", "--early-stopping-rounds", "--max-depth", "--seed"):
        parser.add_argument(name, type=int, required=True)
    parser.add_argument("--early-stopping-metric", default="auc")
    for name in ("--eta", "--min-child-weight", "--subsample", "--colsample-bytree"):
        parser.add_argument(name, type=float, required=True)
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
