"""Vectorised parser of columns of times in the shapes that programs write."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from situasi.ingest.parsing.date_parser import ALLOWED_YEARS
from situasi.ingest.parsing.datetimes import find_utc_offset

DatetimeArray = npt.NDArray[np.datetime64]
IntegerArray = npt.NDArray[np.int64]
ByteMatrix = npt.NDArray[np.uint8]

# y year, m month, d day, H M S the clock, h n the zone; every other character is literal.
_SHAPES = (
    *map(" ".join, product(("dd/mm/yyyy", "dd-mm-yyyy"), ("HH.MM.SS", "HH.MM"))),
    *map(" ".join, product(("dd/mm/yyyy", "dd-mm-yyyy"), ("HH:MM:SS", "HH:MM"))),
    *map("".join, product(("yyyy-mm-ddTHH:MM:SS", "yyyy-mm-ddTHH:MM"), ("+hh:nn", "Z", ""))),
    *("yyyy-mm-dd HH:MM:SS", "yyyy-mm-dd HH:MM"),
)
_BY_LENGTH = {length: [s for s in _SHAPES if len(s) == length] for length in map(len, _SHAPES)}
_FIELDS = "ymdHMShn"
_EPOCH = date(1970, 1, 1).toordinal()


def read_plain_times(cells: Sequence[object], zone: ZoneInfo) -> DatetimeArray:
    """Return moments in UTC, in microseconds; NaT for a cell of any other shape or a bad value.

    For these cells `read_time` returns the same, exact to the minute and without a note.
    """
    texts = [cell if type(cell) is str else "" for cell in cells]
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    moments = np.full(len(texts), np.datetime64("NaT", "us"))
    for length, shapes in _BY_LENGTH.items():
        rows = np.flatnonzero(lengths == length)
        if len(rows):
            byte_matrix = _to_byte_matrix(
                texts if len(rows) == len(texts) else [texts[row] for row in rows]
            )
            for shape in shapes:
                fits, fields = _parse_fields(byte_matrix, shape)
                moments[rows[fits]] = _to_datetimes(fields, zone)
    return moments


def _to_byte_matrix(texts: list[str]) -> ByteMatrix:
    """Return the bytes of texts of one length: a row per character position, a column per text."""
    # Other characters than ASCII become a "?", which is in no shape.
    byte_values = np.frombuffer("".join(texts).encode("ascii", "replace"), np.uint8)
    return np.ascontiguousarray(byte_values.reshape(len(texts), -1).T)


def _parse_fields(
    byte_matrix: ByteMatrix, shape: str
) -> tuple[npt.NDArray[np.intp], dict[str, IntegerArray]]:
    """Return which rows have this shape and valid numbers, and the numbers of those rows."""
    matches = [byte_matrix[i] == ord(char) for i, char in enumerate(shape) if char not in _FIELDS]
    fits = np.flatnonzero(np.logical_and.reduce(matches))
    # Below "0" the difference wraps around and is not a digit either.
    digits = byte_matrix[:, fits] - np.uint8(ord("0"))
    digit_positions = [i for i, char in enumerate(shape) if char in _FIELDS]
    is_valid = (digits[digit_positions] <= 9).all(axis=0)
    fields = {field: np.zeros(len(fits), dtype=np.int64) for field in _FIELDS}
    for i in digit_positions:
        fields[shape[i]] = fields[shape[i]] * 10 + digits[i]
    is_valid &= _are_in_range(fields)
    has_zone = shape.endswith(("Z", "n"))
    valid = {field: numbers[is_valid] for field, numbers in fields.items()}
    return fits[is_valid], valid if has_zone else {k: v for k, v in valid.items() if k not in "hn"}


def _are_in_range(fields: dict[str, IntegerArray]) -> npt.NDArray[np.bool_]:
    upper = {"y": ALLOWED_YEARS[-1], "m": 12, "d": 31, "H": 23, "M": 59, "S": 59, "h": 13, "n": 59}
    lower = {"y": ALLOWED_YEARS[0], "m": 1, "d": 1}
    checks = [
        (numbers >= lower.get(field, 0)) & (numbers <= upper[field])
        for field, numbers in fields.items()
    ]
    all_in_range: npt.NDArray[np.bool_] = np.logical_and.reduce(checks)
    return all_in_range


def _to_datetimes(fields: dict[str, IntegerArray], zone: ZoneInfo) -> DatetimeArray:
    """Return the moments; NaT on a day that does not exist, or on which clocks are changed."""
    month = ((fields["y"] - 1970) * 12 + fields["m"] - 1).view("datetime64[M]")
    day: DatetimeArray = month.astype("datetime64[D]") + (fields["d"] - 1).view("timedelta64[D]")
    seconds = (fields["H"] * 60 + fields["M"]) * 60 + fields["S"]
    if "h" in fields:
        offset = ((fields["h"] * 60 + fields["n"]) * 60).astype("timedelta64[s]")
    else:
        offset = _find_utc_offsets(day, zone)
    local = day.astype("datetime64[us]") + seconds.astype("timedelta64[s]")
    return np.where(day.astype("datetime64[M]") == month, local - offset, np.datetime64("NaT"))


def _find_utc_offsets(days: DatetimeArray, zone: ZoneInfo) -> npt.NDArray[np.timedelta64]:
    distinct, indexes = np.unique(days, return_inverse=True)
    deltas = [find_utc_offset(int(day) + _EPOCH, zone) for day in distinct.astype(np.int64)]
    offsets = [np.timedelta64("NaT") if gap is None else np.timedelta64(gap) for gap in deltas]
    result: npt.NDArray[np.timedelta64] = np.array(offsets, dtype="timedelta64[us]")[indexes]
    return result


class DatetimeColumn(Sequence[datetime | None]):
    """A sequence of aware datetimes or None. values: datetime64[us] in UTC, NaT where missing."""

    def __init__(self, values: npt.NDArray[np.datetime64]) -> None:
        self.values = values

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, index: Any) -> Any:
        values = self.values[index]
        return DatetimeColumn(values) if isinstance(index, slice) else _to_aware(values.item())

    def __iter__(self) -> Iterator[datetime | None]:
        return map(_to_aware, self.values.tolist())


def to_datetime64(moment: datetime) -> np.datetime64:
    """Return an aware moment as numpy stores it: UTC without a zone."""
    return np.datetime64(moment.astimezone(UTC).replace(tzinfo=None), "us")


def _to_aware(naive: datetime | None) -> datetime | None:
    return None if naive is None else naive.replace(tzinfo=UTC)
