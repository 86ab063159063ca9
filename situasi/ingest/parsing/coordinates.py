"""Parser of coordinates as people write them: decimals, degrees and minutes, pasted map links."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import compute

from situasi.ingest.parsing.cells import (
    UnreadableCell,
    format_cell,
    is_blank,
    normalize_cell,
    quote,
)
from situasi.ingest.tables import Cell

_SOUTH, _NORTH, _WEST, _EAST = ("lat", -1), ("lat", 1), ("lon", -1), ("lon", 1)
_HEMISPHERES = {
    **dict.fromkeys(("s", "ls", "lintang selatan"), _SOUTH),
    **dict.fromkeys(("n", "u", "lu", "lintang utara"), _NORTH),
    **dict.fromkeys(("w", "b", "bb", "bujur barat"), _WEST),
    **dict.fromkeys(("e", "t", "bt", "bujur timur"), _EAST),
}

_HEMISPHERE_PATTERN = r"lintang selatan|lintang utara|bujur barat|bujur timur|ls|lu|bt|bb|[snuwbet]"
_NUMBER = r"[0-9]{1,3}(?:[.,][0-9]{1,20})?"
# Degrees, then minutes and seconds only with their marks or between blanks.
_ANGLE = (
    rf"(?P<sign>[+-])? ?(?P<degrees>{_NUMBER}) ?°? ?"
    rf"(?:(?<=[° ])(?P<minutes>{_NUMBER}) ?'? ?(?:(?<=[' ])(?P<seconds>{_NUMBER}) ?\"? ?)?)?"
)
_ANGLE_PATTERN = re.compile(
    rf"(?:(?P<before>{_HEMISPHERE_PATTERN}) ?)?{_ANGLE}(?P<after>{_HEMISPHERE_PATTERN})?"
)
_PAIR_WITH_HEMISPHERES = (
    re.compile(
        rf"(.*?(?:{_HEMISPHERE_PATTERN}))[ ,;/|]*((?<![a-z])[0-9+-].*?(?:{_HEMISPHERE_PATTERN}))"
    ),
    re.compile(
        rf"((?:{_HEMISPHERE_PATTERN}) ?[0-9+-][^a-z]*?)[ ,;/|]*"
        rf"((?:{_HEMISPHERE_PATTERN}) ?[0-9+-][^a-z]*)"
    ),
)
_MAP_LINK = re.compile(
    r"https?://\S*?[?&](?:q|query|ll)=(?:loc:)?(-?[0-9.]+)(?:,|%2c)(-?[0-9.]+)(?:&\S*)?"
)
# As forms on telephones write it: latitude, longitude, altitude and accuracy, both in metres.
_GEOPOINT = re.compile(
    r"(-?[0-9]{1,2}\.[0-9]{1,20}) (-?[0-9]{1,3}\.[0-9]{1,20})"
    r"(?: -?[0-9]{1,5}(?:\.[0-9]{1,20})?){2}"
)
# Degree, minute and second marks as keyboards, telephones and word processors set them.
_MARK_REPLACEMENTS = str.maketrans(
    dict.fromkeys("\u00ba\u02da", "°")
    | dict.fromkeys("\u2032\u2019\u2018\u00b4`", "'")
    | dict.fromkeys("\u2033\u201c\u201d", '"')
    | dict.fromkeys("()[]")
)


# The shape that nearly every file has; _read_angle returns the same for it, but slower.
_PLAIN_DECIMAL = re.compile(r"-?[0-9]{1,3}\.[0-9]{1,20}")


class Angle(NamedTuple):
    """Degrees, and the axis where a letter (LS, BT, S, E) names it."""

    degrees: float
    axis: str | None


def read_point(lat_cell: Cell, lon_cell: Cell) -> tuple[float, float]:
    """Return latitude and longitude in degrees, both finite and within 180.

    Swapped values are corrected only where letters name the axes; whether bare numbers are
    swapped, only the boundaries can show. Raises UnreadableCell.
    """
    if type(lat_cell) is type(lon_cell) is str and (point := _read_plain_point(lat_cell, lon_cell)):
        return point
    if is_blank(lat_cell) and is_blank(lon_cell):
        raise UnreadableCell("koordinat kosong")
    if is_blank(lat_cell) or is_blank(lon_cell):
        raise UnreadableCell("koordinat tidak lengkap: lintang dan bujur harus ada")
    first, second = _read_angle(lat_cell), _read_angle(lon_cell)
    return _order_axes(first, second, f"{format_cell(lat_cell)}, {format_cell(lon_cell)}")


def read_joined_point(cell: Cell) -> tuple[float, float]:
    """Read a point from one cell: `-3.25, 104.65`, `-3,25; 104,65`, `3°15'9"S 104°39'E`.

    Latitude comes first unless letters name the axes. Raises UnreadableCell.
    """
    if is_blank(cell):
        raise UnreadableCell("koordinat kosong")
    text = _normalize_angle_text(cell)
    for first, second in _split_pair(text):
        return _order_axes(_parse_angle(first, cell), _parse_angle(second, cell), cell)
    raise UnreadableCell(f"koordinat {quote(cell)} tidak terbaca; tulis misalnya -3.2535, 104.6512")


def read_plain_degrees(cells: Sequence[object]) -> npt.NDArray[np.float64]:
    """Return the degrees of plain decimal cells; NaN for all others, to be read one by one."""
    try:
        degrees = _parse_texts(pa.array(cells, pa.string()))
    except (pa.ArrowException, UnicodeError):  # not all are text, or not valid Unicode
        degrees = np.fromiter(map(_parse_one, cells), np.float64, len(cells))
    return np.where(np.abs(degrees) <= 180, degrees, np.nan) + 0.0


def _parse_texts(cells: pa.StringArray) -> npt.NDArray[np.float64]:
    is_plain = compute.match_substring_regex(cells, f"^{_PLAIN_DECIMAL.pattern}$")
    degrees = compute.if_else(is_plain, cells, None).cast(pa.float64())
    return np.asarray(degrees.to_numpy(zero_copy_only=False), dtype=np.float64)


def _parse_one(cell: object) -> float:
    readable = type(cell) is float or (type(cell) is str and _PLAIN_DECIMAL.fullmatch(cell))
    return float(cell) if readable else np.nan  # type: ignore[arg-type]


def _read_plain_point(lat_cell: str, lon_cell: str) -> tuple[float, float] | None:
    """Read plain decimals; return None for all else, which the full parser reads or refuses."""
    if not (_PLAIN_DECIMAL.fullmatch(lat_cell) and _PLAIN_DECIMAL.fullmatch(lon_cell)):
        return None
    lat, lon = float(lat_cell), float(lon_cell)
    return (lat + 0.0, lon + 0.0) if abs(lat) <= 180 and abs(lon) <= 180 else None


def _normalize_angle_text(cell: object) -> str:
    # Marks first: NFKC would turn them into others.
    return (
        normalize_cell(format_cell(cell).translate(_MARK_REPLACEMENTS)).replace("''", '"').lower()
    )


def _split_pair(text: str) -> list[tuple[str, str]]:
    """Return the way, if any, to split a text into two coordinates; a list of at most one pair."""
    for pattern in (_MAP_LINK, _GEOPOINT, *_PAIR_WITH_HEMISPHERES):
        if match := pattern.fullmatch(text):
            return [(match[1], match[2])]
    for mark in (";", "|", "/", ", "):
        if mark in text:
            parts = [part.strip() for part in text.split(mark)]
            return [(parts[0], parts[1])] if len(parts) == 2 else []
    return _split_bare_pair(text)


def _split_bare_pair(text: str) -> list[tuple[str, str]]:
    parts = text.split(" ")
    if len(parts) == 2:
        return [(parts[0].rstrip(","), parts[1])]
    # A single comma separates two numbers only where both have a decimal point.
    parts = text.split(",")
    return [(parts[0], parts[1])] if len(parts) == 2 and all("." in p for p in parts) else []


def _read_angle(cell: Cell) -> Angle:
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        if not -180 <= cell <= 180:
            raise UnreadableCell(f"koordinat {quote(cell)} di luar bumi")
        return Angle(float(cell), None)
    return _parse_angle(_normalize_angle_text(cell), cell)


def _parse_angle(text: str, cell: object) -> Angle:
    match = _ANGLE_PATTERN.fullmatch(text.strip())
    if match is None or (match["before"] and match["after"]):
        raise UnreadableCell(f"koordinat {quote(cell)} tidak terbaca; tulis misalnya -3.2535")
    degrees, minutes, seconds = (
        float((match[part] or "0").replace(",", ".")) for part in ("degrees", "minutes", "seconds")
    )
    axis, side = _HEMISPHERES.get(match["before"] or match["after"] or "", (None, 0))
    broken = match["minutes"] and (degrees % 1 or (match["seconds"] and minutes % 1))
    if minutes >= 60 or seconds >= 60 or broken:
        raise UnreadableCell(f"koordinat {quote(cell)}: menit atau detik tidak masuk akal")
    if match["sign"] == "-" and side == 1:
        raise UnreadableCell(f"koordinat {quote(cell)}: tanda minus bertentangan dengan hurufnya")
    sign = side or (-1 if match["sign"] == "-" else 1)
    value = sign * (degrees + minutes / 60 + seconds / 3600)
    if abs(value) > (90 if axis == "lat" else 180):
        raise UnreadableCell(f"koordinat {quote(cell)} di luar bumi")
    return Angle(value, axis)


def _order_axes(first: Angle, second: Angle, cell: object) -> tuple[float, float]:
    if first.axis == "lon" and second.axis == "lat":
        first, second = second, first
    if first.axis == "lon" or second.axis == "lat":
        raise UnreadableCell(f"koordinat {quote(cell)}: lintang dan bujur tidak jelas")
    return first.degrees + 0.0, second.degrees + 0.0
