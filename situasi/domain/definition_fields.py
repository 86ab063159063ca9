"""Types of the entries of a definition file, and the check of a file against its dataclass."""

from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    Strict,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import ErrorDetails

DefinitionT = TypeVar("DefinitionT")


def _read_number(unit: str, least: int, most: int) -> BeforeValidator:
    """Read a number as so many of this unit; anything else is then refused as no timedelta."""

    def read(entry: Any) -> Any:
        if type(entry) not in (int, float):
            return entry
        if not least <= entry <= most:
            raise ValueError(f"{entry!r} bukan lama waktu, dari {least} sampai {most}")
        return timedelta(**{unit: entry})

    return BeforeValidator(read)


# More is a slip: longer than a month, than any stage of an election, and more than the country has
# voters. An interval comes round, within a day.
_MOST = 1_000_000_000
Interval = Annotated[timedelta, Strict(), _read_number("minutes", 1, 1440)]
Minutes = Annotated[timedelta, Strict(), _read_number("minutes", 0, 43_200)]
Hours = Annotated[timedelta, Strict(), _read_number("hours", 0, 48_000)]
Days = Annotated[timedelta, Strict(), _read_number("days", 0, 2000)]
# Strict: neither true nor a number in quotes is a number.
Share = Annotated[float, Strict(), Field(ge=0, le=1)]
Probability = Annotated[float, Strict(), Field(gt=0, lt=1)]  # neither impossible nor certain
Percent = Annotated[float, Strict(), Field(ge=0, le=100)]
Count = Annotated[int, Strict(), Field(ge=0, lt=_MOST)]
Number = Annotated[int, Strict(), Field(ge=1, lt=_MOST)]  # of things of which there is at least one
Points = Annotated[float, Strict(), Field(ge=0, lt=_MOST, allow_inf_nan=False)]
Measure = Annotated[float, Strict(), Field(gt=0, lt=_MOST, allow_inf_nan=False)]
Flag = Annotated[bool, Strict()]
# Of a list; one of 0.83 is a share, written by mistake.
Turnout = Annotated[float, Field(ge=5, le=100)]
# TOML has dates and times of its own: in quotes they are text, and so a mistake.
Clock = Annotated[time, Strict()]
CalendarDay = Annotated[date, Strict()]


def _check_filled(text: str) -> str:
    if not text:
        raise ValueError("kosong")
    return text


Filled = Annotated[str, AfterValidator(_check_filled)]
# Of a value that another file gave and checked.
CHECKED = PlainValidator(lambda value: value)


def only(*allowed: str) -> AfterValidator:
    """Refuse a word, a list of words or the keys of a table unless all of these are allowed."""

    def check(entry: Any) -> Any:
        words = [entry] if isinstance(entry, str) else entry
        unknown = sorted({word for word in words if word not in allowed})
        if unknown:
            raise ValueError(f"{', '.join(unknown)} tidak dikenal; yang ada {', '.join(allowed)}")
        return entry

    return AfterValidator(check)


def exactly(*names: str) -> AfterValidator:
    """Refuse a table unless it has these keys and no other."""

    def check(table: Mapping[str, Any]) -> Mapping[str, Any]:
        unknown = ", ".join(sorted(set(table) - set(names)))
        known = f"{unknown} tidak dikenal; yang ada {', '.join(names)}" if unknown else ""
        if missing := [name for name in names if name not in table]:
            raise ValueError(f"{', '.join(missing)} tidak ada" + (known and f"; {known}"))
        if known:
            raise ValueError(known)
        return table

    return AfterValidator(check)


# What an entry must be, by the beginning of pydantic's name for the error.
_EXPECTED = {
    "time_delta": "angka",
    "zoneinfo": "zona waktu (Asia/Jakarta)",
    "time": "jam (07:00:00, tanpa tanda kutip)",
    "date": "tanggal (2024-11-27, tanpa tanda kutip)",
    "int": "bilangan bulat",
    "float": "angka",
    "bool": "true atau false",
    "string": "teks",
    "tuple": "daftar",
    "dataclass": "tabel",
    "mapping": "tabel",
    "dict": "tabel",
    "frozen_set": "daftar",
    "named_tuple": "tabel",
}
# What an entry must be, by pydantic's name for the bound that it breaks, and its key there.
_BOUNDS = {
    "greater_than_equal": ("paling sedikit", "ge"),
    "greater_than": ("lebih dari", "gt"),
    "less_than_equal": ("paling banyak", "le"),
    "less_than": ("kurang dari", "lt"),
}
# The schema of a dataclass takes ten times as long to build as a file to check.
_adapters: dict[type[Any], TypeAdapter[Any]] = {}


def parse_definition(
    kind: type[DefinitionT], raw: Mapping[str, Any], context: object = None
) -> DefinitionT:
    """Return the tables of a file as this dataclass.

    context: for the validators of its fields. Raises ValueError naming each entry that is missing,
    unknown or of another type.
    """
    try:
        parsed: DefinitionT = _get_adapter(kind).validate_python(
            raw, extra="forbid", context=context
        )
    except ValidationError as refused:
        raise ValueError("; ".join(map(_describe, refused.errors()))) from refused
    return parsed


def flatten_tables(raw: Mapping[str, Any], *tables: str) -> dict[str, Any]:
    """Return the entries of these tables as "table.entry", beside all other tables.

    Raises ValueError where one is no table.
    """
    for name in tables:
        if not isinstance(raw.get(name, {}), Mapping):
            raise ValueError(f"entri {name!r}: {raw[name]!r} bukan tabel")
    return {name: entry for name, entry in raw.items() if name not in tables} | {
        f"{table}.{name}": entry for table in tables for name, entry in raw.get(table, {}).items()
    }


def _get_adapter(kind: type[Any]) -> TypeAdapter[Any]:
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def _describe(error: ErrorDetails) -> str:
    steps = [str(step + 1) if isinstance(step, int) else step for step in error["loc"]]
    *tables, name = ".".join(steps).split(".")  # a flattened name holds its table
    entry = f"entri {name!r}"
    where = f" di [{'.'.join(tables)}]" if tables else ""
    match error["type"]:
        case "missing" | "missing_argument":
            return f"{entry} tidak ada{where}"
        case "extra_forbidden" | "unexpected_keyword_argument":
            return f"{entry} tidak dikenal{where}{_quote(error['input'])}"
        case "finite_number":
            return f"{entry}{where}: {error['input']!r} bukan angka"
        case bound if bound in _BOUNDS:
            words, key = _BOUNDS[bound]
            value, limit = map(_format, (error["input"], error["ctx"][key]))
            return f"{entry}{where}: {value} harus {words} {limit}"
        case "value_error":
            return f"{entry}{where}: {error['ctx']['error']}"
        case kind:
            expected = _EXPECTED.get(kind.rpartition("_")[0])
            reason = f"{error['input']!r} bukan {expected}" if expected else error["msg"]
            return f"{entry}{where}: {reason}"


def _quote(value: object) -> str:
    """Return " (isinya ...)" for what fits into a sentence; "" for a table or a list."""
    return "" if isinstance(value, Mapping | list) else f" (isinya {_format(value)})"


def _format(value: object) -> str:
    """Return a value as the file would write it."""
    return f"{value:g}" if isinstance(value, float) else repr(value)
