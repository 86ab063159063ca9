"""The data dictionary of the archive: type, unit, meaning and code labels of each column."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from situasi.domain import feed_schemas, labels
from situasi.domain.feed_schemas import FEEDS, Column

_TYPE_NAMES = (
    (pa.types.is_timestamp, "waktu (UTC, mikrodetik)"),
    (pa.types.is_boolean, "ya/tidak"),
    (pa.types.is_integer, "bilangan bulat"),
    (pa.types.is_floating, "desimal"),
    (pa.types.is_string, "teks"),
    (pa.types.is_binary, "geometri"),
)


@dataclass(frozen=True)
class ColumnMeanings:
    """The meaning of each column: by table and name, or by name alone."""

    entries: Mapping[tuple[str, str], Mapping[str, str]]

    def describe(self, table: str, field: pa.Field) -> dict[str, str]:
        """Return what the dictionary says of a column. Raises KeyError if it is unknown."""
        column = field.name
        entry = self.entries.get((table, column)) or self.entries["*", column]
        own = _find_column(table, column)
        return {
            "kolom": column,
            "jenis": _format_type(field.type),
            "judul": own.heading if own else column,  # in the files that are sent to us
            "satuan": entry["satuan"],
            "arti": entry["arti"],
            "nilai": _format_codes(table, column, entry["skala"]),
        }


def load_column_meanings(path: Path) -> ColumnMeanings:
    """Load unit and meaning of each column, by table and column, from a CSV."""
    with path.open(encoding="utf-8", newline="") as file:
        return ColumnMeanings({(row["tabel"], row["kolom"]): row for row in csv.DictReader(file)})


def _find_column(table: str, column: str) -> Column | None:
    feed = FEEDS.get(table)
    return feed.column(column) if feed and column in feed.column_names else None


def _format_codes(table: str, column: str, scale: str) -> str:
    """Return the codes of the column with their labels: "hijau = hijau; kuning = kuning"."""
    own = _find_column(table, column)
    other = {"feed": tuple(FEEDS), "kerawanan": feed_schemas.KERAWANAN}.get(scale, ())
    codes = own.allowed_codes if own else other
    return "; ".join(f"{code} = {labels.label(scale, code)}" if scale else code for code in codes)


def _format_type(data_type: pa.DataType) -> str:
    return next((name for matches, name in _TYPE_NAMES if matches(data_type)), str(data_type))
