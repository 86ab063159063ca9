"""What a reader asked for: filters, moment, page and form, read strictly from the address.

A filter that is misspelt and passed over would show too much; so it is refused.
"""

from __future__ import annotations

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
# Nobody knew anything earlier; whatever lies later is the present.
_FIRST_YEAR, _LAST_YEAR = 1970, 2200


@dataclass(frozen=True)
class ApiQuery:
    """selection: without its times. window: one of WINDOWS. moment: aware, or None."""

    selection: Selection
    window: str
    moment: datetime | None
    after: int = 0
    limit: int = DEFAULT_ROWS


def allowed_filters(feed: Feed, register: Register) -> dict[str, tuple[str, ...]]:
    """The filters of this feed, and the words that each may hold."""
    allowed = {}
    for name, column in _COLUMNS.items():
        if name == "kec":
            allowed[name] = tuple(register.kecamatan)
        elif column in feed.column_names:
            allowed[name] = feed.column(column).allowed_codes
    return allowed


def allowed_page_filters(register: Register) -> dict[str, tuple[str, ...]]:
    """The filters of the Situasi page: of incidents in which something happened."""
    return {
        name: tuple(word for word in words if word != "nihil")
        for name, words in allowed_filters(INCIDENTS, register).items()
    }


def offered_formats(feed: Feed) -> dict[str, str]:
    """The forms in which rows of this feed are given; points only where it has them."""
    return {
        name: media
        for name, media in MEDIA_TYPES.items()
        if name != "geojson" or "lat" in feed.column_names
    }


def parse_rows_query(query: QueryParams, feed: str, register: Register) -> ApiQuery:
    """What was asked of the rows of a feed. Raises Problem 422."""
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
    """What was asked of the key figures. Raises Problem 422."""
    allowed = allowed_page_filters(register)
    _check_names(query, [*allowed, "rentang", "saat"])
    window = _parse_choice(query, "rentang", WINDOWS, WINDOWS[0])
    return ApiQuery(_parse_selection(query, allowed), window, _parse_moment(query, register))


def choose_format(query: QueryParams, accept: str, offered: Mapping[str, str]) -> str:
    """The form of the answer: as the address says, else as Accept says. Raises 422 and 406."""
    if "format" in query:
        return _parse_choice(query, "format", tuple(offered), "json")
    for wanted in _sort_by_preference(accept):
        for name, media in offered.items():
            if wanted in {media, "*/*", media.partition("/")[0] + "/*"}:
                return name
    raise Problem(406, f"Tersedia sebagai {', '.join(offered.values())}.")


def _sort_by_preference(accept: str) -> list[str]:
    ranked: list[tuple[float, str]] = []
    for part in (accept or "*/*").split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = next((p[2:] for p in parameters if p.startswith("q=")), "1")
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
    for name, words in allowed.items():
        found = tuple(dict.fromkeys(query.getlist(name)))
        for word in found:
            if word not in words:
                raise Problem(422, f'{name}: "{word[:60]}" tidak dikenal.')
        chosen[_COLUMNS[name]] = tuple(sorted(found))
    return Selection(**chosen)


def _single_value(query: QueryParams, name: str) -> str | None:
    given = query.getlist(name)
    if len(given) > 1:
        raise Problem(422, f"{name}: sebut sekali saja.")
    return given[0] if given else None


def _parse_choice(query: QueryParams, name: str, choices: tuple[str, ...], default: str) -> str:
    given = _single_value(query, name)
    if given is not None and given not in choices:
        raise Problem(422, f'{name}: "{given[:60]}" tidak dikenal; pilih: {", ".join(choices)}.')
    return default if given is None else given


def _parse_integer(query: QueryParams, name: str, minimum: int, maximum: int, default: int) -> int:
    given = _single_value(query, name)
    if given is None:
        return default
    if not _INTEGER_PATTERN.fullmatch(given) or not minimum <= int(given) <= maximum:
        raise Problem(422, f"{name}: angka {minimum} sampai {maximum}.")
    return int(given)


def _parse_moment(query: QueryParams, register: Register) -> datetime | None:
    """A time as ISO 8601 writes it, cut to its minute; without a zone that of the election."""
    given = _single_value(query, "saat")
    if given is None:
        return None
    parts = _MOMENT_PATTERN.fullmatch(given)
    try:
        if parts is None:
            raise ValueError
        year = min(max(int(parts[1]), _FIRST_YEAR), _LAST_YEAR)
        seconds = (parts[3] or ":00")[:3].replace(":60", ":59")  # a leap second
        zone = (parts[4] or "").upper().replace(" ", "+")  # a plus that was not encoded
        leap = parts[2].replace("-02-29", "-02-28") if year != int(parts[1]) else parts[2]
        read = datetime.fromisoformat(f"{year:04}{leap.upper().replace(' ', 'T')}{seconds}{zone}")
    except ValueError:
        raise Problem(422, "saat: tulis sebagai 2024-11-27T09:30:00+07:00.") from None
    aware = read if read.tzinfo else read.replace(tzinfo=register.election.zone)
    return aware.astimezone(UTC).replace(second=0, microsecond=0)
