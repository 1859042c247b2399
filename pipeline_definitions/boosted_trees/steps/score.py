"""Scores a table with a model archive and its own code, as its endpoint would.

It runs as a process of its own, so that the modules of one model never meet another's:
`python -I score.py <unpacked archive> <table.csv>` prints one probability a row.
"""

import csv
import importlib
import io
import sys
from pathlib import Path


def main(argv: list[str]) -> None:
    """Load the archive's `inference` and `features`, and ask it about each row."""
    folder, table = Path(argv[0]), Path(argv[1])
    sys.path.insert(0, str(folder / "code"))
    inference, features = map(importlib.import_module, ("inference", "features"))
    rows = inference.input_fn(_request(table, list(features.FEATURES)), inference.CSV)
    prediction = inference.predict_fn(rows, inference.model_fn(str(folder)))
    answer = inference.output_fn(prediction, inference.CSV)
    sys.stdout.write(answer[0] if isinstance(answer, tuple) else answer)


def _request(table: Path, columns: list[str]) -> str:
    """The columns that this model asks for, in its order, without a header."""
    body = io.StringIO()
    with table.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines)
        missing = sorted(set(columns) - set(rows.fieldnames or ()))
        if missing:
            sys.exit(f"the table lacks the columns {', '.join(missing)}")
        csv.writer(body).writerows([row[name] for name in columns] for row in rows)
    return body.getvalue()


if __name__ == "__main__":
    main(sys.argv[1:])
