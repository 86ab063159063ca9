"""CSV files that define an election: each row checked against a dataclass, as TOML files are."""

import csv
import math
from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_type_hints

from pydantic import BeforeValidator
from pydantic.fields import FieldInfo

from situasi.domain.definition_errors import (
    REMEDY,
    DefinitionError,
    wrap_definition_errors,
)
from situasi.domain.definition_fields import Count, parse_definition

RowT = TypeVar("RowT")
# Columns that every file may have, for whoever keeps it.
NOTES = frozenset({"sumber", "catatan"})


def _parse_yes_no(text: str) -> bool:
    word = text.lower()
    if word not in {"ya", "yes", "1", "true", "tidak", "no", "0", "false", ""}:
        raise ValueError(f"{text!r} bukan ya atau tidak")
    return word in {"ya", "yes", "1", "true"}


def _parse_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError(f"{text!r} bukan tanggal (2024-11-27)") from None


def _parse_degrees(text: str, limit: float) -> float | None:
    """Return degrees, with a decimal point or comma; None where nothing is written."""
    if not text:
        return None
    try:
        degrees = float(text.replace(",", "."))
    except ValueError:
        degrees = math.nan
    if not abs(degrees) <= limit:
        raise ValueError(f"{text!r} bukan derajat dari -{limit:g} sampai {limit:g}")
    return degrees


def _parse_whole(text: str) -> int | str:
    """Return a whole number; other text as it is, to be refused by name."""
    return int(text) if len(text) < 20 and text.removeprefix("-").isdecimal() else text


YesNo = Annotated[bool, BeforeValidator(_parse_yes_no)]
DayOrNone = Annotated[date | None, BeforeValidator(_parse_date)]
WHOLE = BeforeValidator(_parse_whole)
CountCell = Annotated[Count, WHOLE]
CountOrNone = Annotated[
    Count | None, BeforeValidator(lambda text: _parse_whole(text) if text else None)
]
LatitudeOrNone = Annotated[float | None, BeforeValidator(partial(_parse_degrees, limit=90))]
LongitudeOrNone = Annotated[float | None, BeforeValidator(partial(_parse_degrees, limit=180))]


def read_table(path: Path, kind: type[RowT], *unique: str) -> list[RowT]:
    """Read the rows of a CSV file; its columns are the fields of this dataclass, and NOTES.

    A field with a default may be missing; one with an alias has its column under that. unique:
    fields that no two rows have alike. Raises DefinitionError naming file, line, column and value
    of what is missing, unknown, there twice or not what it must be.
    """
    columns = _list_columns(kind)
    names, required = set(columns), [name for name, needed in columns.items() if needed]
    with wrap_definition_errors(path), path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        _check_columns(path, [name.strip() for name in rows.fieldnames or ()], names, required)
        parsed: list[RowT] = []
        keys: set[tuple[Any, ...]] = set()
        for cells in rows:
            try:
                row = parse_definition(kind, _clean_cells(cells, names))
                key = tuple(getattr(row, name) for name in unique)
                if unique and key in keys:
                    raise ValueError(f"{' '.join(map(str, key))} tertulis dua kali")
                keys.add(key)
                parsed.append(row)
            except ValueError as error:
                line = rows.line_num
                raise DefinitionError(f"{path} baris {line}: {error}. {REMEDY}") from error
    return parsed


def _list_columns(kind: type[Any]) -> dict[str, bool]:
    """Return the columns of a dataclass, and which of them must be there."""
    hints = get_type_hints(kind, include_extras=True)
    columns = {}
    for item in fields(kind):
        parts = getattr(hints[item.name], "__metadata__", ())
        aliases = (part.alias for part in parts if isinstance(part, FieldInfo))
        is_needed = item.default is MISSING and item.default_factory is MISSING
        columns[next(filter(None, aliases), item.name)] = is_needed
    return columns


def _check_columns(path: Path, columns: list[str], names: set[str], required: list[str]) -> None:
    for name in required:
        if name not in columns:
            raise DefinitionError(f"{path} baris 1: kolom {name!r} tidak ada. {REMEDY}")
    for name in columns:
        if name not in names | NOTES:
            known = ", ".join(sorted(names))
            raise DefinitionError(
                f"{path} baris 1: kolom {name!r} tidak dikenal; yang ada {known}. {REMEDY}"
            )
        if columns.count(name) > 1:
            raise DefinitionError(f"{path} baris 1: kolom {name!r} tertulis dua kali. {REMEDY}")


def _clean_cells(cells: Mapping[Any, Any], names: set[str]) -> dict[str, str]:
    """Return the cells of the known columns; raises ValueError if a row is longer or shorter."""
    if None in cells:
        raise ValueError(f"lebih banyak isi daripada kolom ({', '.join(cells[None])})")
    if None in cells.values():
        missing = next(name for name, cell in cells.items() if cell is None)
        raise ValueError(f"kolom {missing!r} tidak terisi: barisnya lebih pendek")
    return {name.strip(): cell.strip() for name, cell in cells.items() if name.strip() in names}
