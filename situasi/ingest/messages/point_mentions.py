"""Finds points on the map in a message: decimals, degrees and minutes, links of map services."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from situasi.domain.boundaries import Boundaries
from situasi.domain.labels import N_
from situasi.domain.register import Register
from situasi.ingest.messages.message_text import Passage, Span
from situasi.ingest.parsing.cells import UnreadableCell
from situasi.ingest.parsing.coordinates import read_point

_LAT = r"-?(?:1[01]|[0-9])[.][0-9]{2,15}"
_LON = r"(?:1[0-4][0-9]|9[5-9])[.][0-9]{2,15}"
_BETWEEN = r"(?: ?[,;/] ?| ?%2c ?| )"
_DECIMALS = re.compile(
    rf"(?<![\w.,-])(?:(?P<lat>{_LAT}){_BETWEEN}(?P<lon>{_LON})"
    rf"|(?P<lon2>{_LON}){_BETWEEN}(?P<lat2>{_LAT}))(?![0-9]|[.][0-9])",
    re.IGNORECASE,
)
# Text is normalised before, and then a raised o is a letter.
_ANGLE = (
    r"[0-9]{1,3}(?:[.,][0-9]{1,15})? ?[°o]?"
    r"(?: ?[0-9]{1,2}(?:[.,][0-9]{1,9})? ?['\u2032\u2019]"
    r"(?: ?[0-9]{1,2}(?:[.,][0-9]{1,9})? ?(?:[\"\u201d\u2033]|['\u2032\u2019]{2}))?)?"
)
_NORTH_SOUTH = r"(?:LS|LU|S|N|lintang selatan|lintang utara)"
_EAST = r"(?:BT|E|T|bujur timur)"
_LETTERED = re.compile(
    rf"(?<![\w.,-])(?:(?P<lat>{_ANGLE} ?{_NORTH_SOUTH})\b[ ,;/]{{0,3}}(?P<lon>{_ANGLE} ?{_EAST})\b"
    rf"|(?P<lat2>{_NORTH_SOUTH} ?{_ANGLE})[ ,;/]{{1,3}}(?P<lon2>{_EAST} ?{_ANGLE})(?![0-9]))"
)
_MARKS = str.maketrans({"o": "°", "\u2032": "'", "\u2019": "'", "\u2033": '"', "\u201d": '"'})


class PointMention(NamedTuple):
    """A point as written: the cells of latitude and longitude.

    question: why it must be confirmed, such as a latitude that lacks its minus.
    """

    span: Span
    lat: str
    lon: str
    question: str | None = None


def find_points(passage: Passage, boundaries: Boundaries) -> list[PointMention]:
    """Return every point of the text."""
    return [_check_point(point, passage, boundaries) for point in _find_all(passage.text)]


def locate_point(point: PointMention, boundaries: Boundaries, register: Register) -> str | None:
    """Return the name of the kecamatan in which a point lies; None outside all."""
    lat, lon = read_point(point.lat, point.lon)
    code = boundaries.locate(np.array([lon]), np.array([lat]))[0]
    return register.name_of(code) if code in register.kecamatan else None


def _find_all(text: str) -> Iterator[PointMention]:
    for pattern in (_DECIMALS, _LETTERED):
        for match in pattern.finditer(text):
            lat, lon = match["lat"] or match["lat2"], match["lon"] or match["lon2"]
            if pattern is _LETTERED:
                lat, lon = _mark_angle(lat), _mark_angle(lon)
            try:
                read_point(lat, lon)
            except UnreadableCell:
                continue
            yield PointMention(Span(*match.span()), lat, lon)


def _mark_angle(angle: str) -> str:
    """Return `3o15'04''S` with the marks of degrees, minutes and seconds."""
    return angle.translate(_MARKS).replace("''", '"')


def _check_point(point: PointMention, passage: Passage, boundaries: Boundaries) -> PointMention:
    """Return the point with a question where it only fits with a minus before its latitude."""
    lat, lon = read_point(point.lat, point.lon)
    area, mirrored = boundaries.locate(np.array([lon, lon]), np.array([lat, -lat]))
    if area is None and mirrored is not None:
        excerpt = passage.excerpt(point.span)
        return point._replace(
            question=N_('"{words}": lintang tanpa minus, jadi di utara?').format(words=excerpt)
        )
    return point
