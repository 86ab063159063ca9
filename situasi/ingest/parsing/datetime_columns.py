"""Whole columns of times in the shapes that programs write, read at once."""

from __future__ import annotations

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

# y year, m month, d day, H M S the clock, h n the zone; every other sign stands for itself.
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
    """Moments in UTC, in microseconds; NaT for a cell of any other shape, or not sound.

    What is read here `read_time` reads alike, exact to the minute and without a doubt.
    """
    texts = [cell if type(cell) is str else "" for cell in cells]
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    found = np.full(len(texts), np.datetime64("NaT", "us"))
    for length, shapes in _BY_LENGTH.items():
        rows = np.flatnonzero(lengths == length)
        if len(rows):
            signs = _to_byte_matrix(
                texts if len(rows) == len(texts) else [texts[row] for row in rows]
            )
            for shape in shapes:
                fits, fields = _parse_fields(signs, shape)
                found[rows[fits]] = _to_datetimes(fields, zone)
    return found


def _to_byte_matrix(texts: list[str]) -> ByteMatrix:
    """The first signs of all texts, then their second ones, and so on; all are of one length."""
    # What is not ASCII becomes a "?", which stands in no shape.
    signs = np.frombuffer("".join(texts).encode("ascii", "replace"), np.uint8)
    return np.ascontiguousarray(signs.reshape(len(texts), -1).T)


def _parse_fields(
    byte_matrix: ByteMatrix, shape: str
) -> tuple[npt.NDArray[np.intp], dict[str, IntegerArray]]:
    """Which rows have this shape and sound numbers, and the numbers of those."""
    marked = [byte_matrix[at] == ord(sign) for at, sign in enumerate(shape) if sign not in _FIELDS]
    fits = np.flatnonzero(np.logical_and.reduce(marked))
    # Below "0" the difference wraps round and is no digit either.
    digits = byte_matrix[:, fits] - np.uint8(ord("0"))
    numbered = [at for at, sign in enumerate(shape) if sign in _FIELDS]
    sound = (digits[numbered] <= 9).all(axis=0)
    fields = {field: np.zeros(len(fits), dtype=np.int64) for field in _FIELDS}
    for at in numbered:
        fields[shape[at]] = fields[shape[at]] * 10 + digits[at]
    sound &= _are_in_range(fields)
    zoned = shape.endswith(("Z", "n"))
    kept = {field: numbers[sound] for field, numbers in fields.items()}
    return fits[sound], kept if zoned else {k: v for k, v in kept.items() if k not in "hn"}


def _are_in_range(fields: dict[str, IntegerArray]) -> npt.NDArray[np.bool_]:
    upper = {"y": ALLOWED_YEARS[-1], "m": 12, "d": 31, "H": 23, "M": 59, "S": 59, "h": 13, "n": 59}
    lower = {"y": ALLOWED_YEARS[0], "m": 1, "d": 1}
    within = [
        (numbers >= lower.get(field, 0)) & (numbers <= upper[field])
        for field, numbers in fields.items()
    ]
    possible: npt.NDArray[np.bool_] = np.logical_and.reduce(within)
    return possible


def _to_datetimes(fields: dict[str, IntegerArray], zone: ZoneInfo) -> DatetimeArray:
    """The moments; NaT on a day that does not exist, or on which clocks are changed."""
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
    distinct, where = np.unique(days, return_inverse=True)
    known = [find_utc_offset(int(day) + _EPOCH, zone) for day in distinct.astype(np.int64)]
    offsets = [np.timedelta64("NaT") if one is None else np.timedelta64(one) for one in known]
    whole: npt.NDArray[np.timedelta64] = np.array(offsets, dtype="timedelta64[us]")[where]
    return whole


class DatetimeColumn(Sequence[datetime | None]):
    """at: datetime64[us] in UTC, NaT where missing. As a sequence: aware datetimes or None."""

    def __init__(self, values: npt.NDArray[np.datetime64]) -> None:
        self.values = values

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, index: Any) -> Any:
        picked = self.values[index]
        return DatetimeColumn(picked) if isinstance(index, slice) else _to_aware(picked.item())

    def __iter__(self) -> Iterator[datetime | None]:
        return map(_to_aware, self.values.tolist())


def to_datetime64(moment: datetime) -> np.datetime64:
    """An aware moment as numpy holds it: UTC, without saying so."""
    return np.datetime64(moment.astimezone(UTC).replace(tzinfo=None), "us")


def _to_aware(naive: datetime | None) -> datetime | None:
    return None if naive is None else naive.replace(tzinfo=UTC)
