"""Parse the query of an API request strictly: filters, moment, paging and format.

A misspelt filter that is ignored would show too much; so it is refused.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import QueryParams

from situasi.analysis.incidents.cases import Selection
from situasi.analysis.view_time import WINDOWS
from situasi.domain.feed_schemas import FEEDS, INCIDENTS, Feed
from situasi.domain.register import Register
from situasi.server.api.problem_details import Problem

MEDIA_TYPES = {"json": "application/json", "geojson": "application/geo+json", "csv": "text/csv"}
MAX_ROWS, DEFAULT_ROWS = 1_000, 100
MAX_SEQ = 2**63 - 1

# Filter -> column, in the feeds that have it. The names are those of the pages.
_COLUMNS = {"kec": "kecamatan", "jenis": "jenis", "tingkat": "tingkat", "status": "status"}
_INTEGER_PATTERN = re.compile(r"[0-9]{1,19}", re.ASCII)
_MOMENT_PATTERN = re.compile(
    r"(\d{4})(-\d\d-\d\d[Tt ]\d\d:\d\d)(:\d\d(?:\.\d{1,20})?)?([Zz]|[+ -]\d\d:\d\d)?", re.ASCII
)
# Nothing was known earlier; any later time means the present.
_FIRST_YEAR, _LAST_YEAR = 1970, 2200


@dataclass(frozen=True)
class ApiQuery:
    """A parsed query. selection: without times; window: one of WINDOWS; moment: aware, or None."""

    selection: Selection
    window: str
    moment: datetime | None
    after: int = 0
    limit: int = DEFAULT_ROWS


def allowed_filters(feed: Feed, register: Register) -> dict[str, tuple[str, ...]]:
    """Return the filters of this feed, each with its allowed values."""
    allowed = {}
    for name, column in _COLUMNS.items():
        if name == "kec":
            allowed[name] = tuple(register.kecamatan)
        elif column in feed.column_names:
            allowed[name] = feed.column(column).allowed_codes
    return allowed


def allowed_page_filters(register: Register) -> dict[str, tuple[str, ...]]:
    """Return the filters of the Situasi page, without "nihil": incidents that happened."""
    return {
        name: tuple(word for word in words if word != "nihil")
        for name, words in allowed_filters(INCIDENTS, register).items()
    }


def offered_formats(feed: Feed) -> dict[str, str]:
    """Return name and media type of the formats of this feed; GeoJSON only if it has points."""
    return {
        name: media_type
        for name, media_type in MEDIA_TYPES.items()
        if name != "geojson" or "lat" in feed.column_names
    }


def parse_rows_query(query: QueryParams, feed: str, register: Register) -> ApiQuery:
    """Parse a query for rows of a feed. Raises Problem 422."""
    allowed = allowed_filters(FEEDS[feed], register)
    _check_names(query, [*allowed, "rentang", "saat", "after", "limit", "format"])
    return ApiQuery(
        _parse_selection(query, allowed),
        _parse_choice(query, "rentang", WINDOWS, "semua"),
        _parse_moment(query, register),
        after=_parse_integer(query, "after", 0, MAX_SEQ, 0),
        limit=_parse_integer(query, "limit", 1, MAX_ROWS, DEFAULT_ROWS),
    )


def parse_situation_query(query: QueryParams, register: Register) -> ApiQuery:
    """Parse a query for the key figures. Raises Problem 422."""
    allowed = allowed_page_filters(register)
    _check_names(query, [*allowed, "rentang", "saat"])
    window = _parse_choice(query, "rentang", WINDOWS, WINDOWS[0])
    return ApiQuery(_parse_selection(query, allowed), window, _parse_moment(query, register))


def choose_format(query: QueryParams, accept: str, offered: Mapping[str, str]) -> str:
    """Return the format asked for by `format`, else by Accept. Raises Problem 422 and 406."""
    if "format" in query:
        return _parse_choice(query, "format", tuple(offered), "json")
    for media_range in _sort_by_preference(accept):
        for name, media_type in offered.items():
            if media_range in {media_type, "*/*", media_type.partition("/")[0] + "/*"}:
                return name
    raise Problem(406, f"Tersedia sebagai {', '.join(offered.values())}.")


def _sort_by_preference(accept: str) -> list[str]:
    ranked: list[tuple[float, str]] = []
    for part in (accept or "*/*").split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = next((item[2:] for item in parameters if item.startswith("q=")), "1")
        quality = float(weight) if re.fullmatch(r"[01](\.\d{0,3})?", weight, re.ASCII) else 0.0
        if quality > 0:
            ranked.append((quality, media))
    return [media for _, media in sorted(ranked, key=lambda pair: -pair[0])]


def _check_names(query: QueryParams, names: Iterable[str]) -> None:
    known = set(names)
    for name in query:
        if name not in known:
            raise Problem(422, f'Saringan "{name[:60]}" tidak dikenal.')


def _parse_selection(query: QueryParams, allowed: Mapping[str, tuple[str, ...]]) -> Selection:
    chosen: dict[str, Any] = {}
    for name, allowed_values in allowed.items():
        values = tuple(dict.fromkeys(query.getlist(name)))
        for value in values:
            if value not in allowed_values:
                raise Problem(422, f'{name}: "{value[:60]}" tidak dikenal.')
        chosen[_COLUMNS[name]] = tuple(sorted(values))
    return Selection(**chosen)


def _single_value(query: QueryParams, name: str) -> str | None:
    values = query.getlist(name)
    if len(values) > 1:
        raise Problem(422, f"{name}: sebut sekali saja.")
    return values[0] if values else None


def _parse_choice(query: QueryParams, name: str, choices: tuple[str, ...], default: str) -> str:
    value = _single_value(query, name)
    if value is not None and value not in choices:
        raise Problem(422, f'{name}: "{value[:60]}" tidak dikenal; pilih: {", ".join(choices)}.')
    return default if value is None else value


def _parse_integer(query: QueryParams, name: str, minimum: int, maximum: int, default: int) -> int:
    value = _single_value(query, name)
    if value is None:
        return default
    if not _INTEGER_PATTERN.fullmatch(value) or not minimum <= int(value) <= maximum:
        raise Problem(422, f"{name}: angka {minimum} sampai {maximum}.")
    return int(value)


def _parse_moment(query: QueryParams, register: Register) -> datetime | None:
    """Parse an ISO 8601 time, cut to its minute; without a zone: that of the election."""
    text = _single_value(query, "saat")
    if text is None:
        return None
    parts = _MOMENT_PATTERN.fullmatch(text)
    try:
        if parts is None:
            raise ValueError
        year = min(max(int(parts[1]), _FIRST_YEAR), _LAST_YEAR)
        seconds = (parts[3] or ":00")[:3].replace(":60", ":59")  # a leap second
        zone = (parts[4] or "").upper().replace(" ", "+")  # a plus that was not encoded
        rest = parts[2].replace("-02-29", "-02-28") if year != int(parts[1]) else parts[2]
        moment = datetime.fromisoformat(f"{year:04}{rest.upper().replace(' ', 'T')}{seconds}{zone}")
    except ValueError:
        raise Problem(422, "saat: tulis sebagai 2024-11-27T09:30:00+07:00.") from None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=register.election.zone)
    return aware.astimezone(UTC).replace(second=0, microsecond=0)
