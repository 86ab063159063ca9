"""Likeness: pairs of cases that are probably one report, with the reasons. It merges nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
from rapidfuzz import fuzz

from situasi.analysis.incidents import without_nihil
from situasi.rules import Likeness

_KM_PER_DEGREE = 111.2
# Who knows only the day of an event may mean any hour of it.
_DAY = timedelta(days=1)
_NOT_WORDS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Reasons:
    """Why two cases may be one: codes and measures; the screen finds the words.

    place: tps, near, desa, kecamatan or "". km: between their points, where both have one.
    kind: kind, akin or "". apart: between their times; None where an hour is not known.
    words: likeness of their texts, 0 to 100; None where one has none.
    """

    place: str = ""
    km: float | None = None
    kind: str = ""
    apart: timedelta | None = None
    words: float | None = None


@dataclass(frozen=True)
class Twins:
    """Two cases that are probably one. first was known earlier. score: 0 to 100."""

    first: str
    second: str
    score: float
    reasons: Reasons = field(default_factory=Reasons)


def twins(found: pd.DataFrame, texts: Mapping[str, str], rules: Likeness) -> list[Twins]:
    """The probable pairs among these cases, the likeliest first.

    texts: the words of each case (lives.first_words). Cases of which only the month is
    known match nothing.
    """
    cases = without_nihil(found[found["precision"] != "bulan"]).sort_values("occurred_at")
    told = [_case(row, texts) for row in cases.itertuples()]
    judged = (judge(told[one], told[other], rules) for one, other in _blocked(cases, rules))
    likely = [pair for pair in judged if pair is not None]
    return sorted(likely, key=lambda pair: (-pair.score, pair.first, pair.second))


def _blocked(cases: pd.DataFrame, rules: Likeness) -> Iterator[tuple[int, int]]:
    """Positions of pairs near in time, and of the same kecamatan or near in place.

    cases: in order of time, so that each needs to be held only against the next few.
    """
    at = cases["occurred_at"].astype("datetime64[us, UTC]").astype("int64").to_numpy()
    exact = (cases["precision"] == "menit").to_numpy()
    area = pd.factorize(cases["kecamatan"], use_na_sentinel=False)[0]
    lat, lon = cases["lat"].to_numpy("float64"), cases["lon"].to_numpy("float64")
    reach = np.searchsorted(at, at + _DAY // timedelta(microseconds=1), side="left")
    near = np.searchsorted(at, at + rules.within // timedelta(microseconds=1), side="right")
    for one in range(len(at)):
        after = np.arange(one + 1, max(reach[one], near[one]))
        # Where both hours are known the narrower window holds.
        timely = (after < near[one]) & exact[after] & exact[one]
        timely |= (after < reach[one]) & ~(exact[after] & exact[one])
        after = after[timely]
        flat = _flat_km(lat[one], lon[one], lat[after], lon[after])
        for other in after[(area[after] == area[one]) | (flat <= rules.km)]:
            yield one, int(other)


def _flat_km(lat: Any, lon: Any, lats: Any, lons: Any) -> Any:
    """Kilometres between points; flat earth, true to the metre over a kabupaten."""
    north = (lats - lat) * _KM_PER_DEGREE
    east = (lons - lon) * _KM_PER_DEGREE * np.cos(np.radians((lat + lats) / 2))
    return np.hypot(north, east)


@dataclass(frozen=True)
class Case:
    """What of a case is compared."""

    case: str
    known: pd.Timestamp
    at: pd.Timestamp
    exact: bool
    kecamatan: str | None
    desa: str | None
    tps: str | None
    point: tuple[float, float] | None
    jenis: str
    text: str
    latihan: bool


def _case(row: Any, texts: Mapping[str, str]) -> Case:
    def said(value: Any) -> str | None:
        return value if isinstance(value, str) else None

    village = said(row.desa) or plain(said(row.desa_text) or "") or None
    return Case(
        case=row.case,
        known=row.first_known,
        at=row.occurred_at,
        exact=row.precision == "menit",
        kecamatan=said(row.kecamatan),
        desa=village,
        tps=said(row.tps),
        point=None if pd.isna(row.lat) or pd.isna(row.lon) else (row.lat, row.lon),
        jenis=row.jenis,
        text=plain(texts.get(row.case, "")),
        latihan=bool(row.latihan),
    )


def judge(one: Case, other: Case, rules: Likeness) -> Twins | None:
    """The pair with its score, or None where it is none."""
    apart = abs(one.at - other.at)
    exact = one.exact and other.exact
    if one.latihan != other.latihan or not (apart <= rules.within if exact else apart < _DAY):
        return None
    place, km = _place(one, other, rules)
    if not place:
        return None
    reasons = Reasons(
        place=place,
        km=km,
        kind=_kind(one, other, rules),
        apart=apart.to_pytimedelta() if exact else None,
        words=fuzz.token_set_ratio(one.text, other.text) if one.text and other.text else None,
    )
    score = _score(reasons, rules)
    first, second = sorted((one, other), key=lambda case: (case.known, case.case))
    return Twins(first.case, second.case, score, reasons) if score >= rules.score else None


def _place(one: Case, other: Case, rules: Likeness) -> tuple[str, float | None]:
    """The best that can be said of their places, and the distance of their points."""
    km = float(_flat_km(*one.point, *other.point)) if one.point and other.point else None
    same_area = one.kecamatan is not None and one.kecamatan == other.kecamatan
    same_village = same_area and one.desa is not None and one.desa == other.desa
    both_tps = same_village and one.tps is not None and other.tps is not None
    if both_tps:  # two TPS of a desa are two places, however near
        return ("tps" if one.tps == other.tps else ""), km
    if km is not None and km <= rules.km:
        return "near", km
    if same_village:
        return "desa", km
    both_desa = one.desa is not None and other.desa is not None
    return ("kecamatan" if same_area and not both_desa else ""), km


def _kind(one: Case, other: Case, rules: Likeness) -> str:
    if one.jenis == other.jenis:
        return "kind"
    return "akin" if any({one.jenis, other.jenis} <= group for group in rules.akin) else ""


def _score(reasons: Reasons, rules: Likeness) -> float:
    points = rules.points
    score = points[reasons.place] + points.get(reasons.kind, 0.0)
    if reasons.apart is not None:
        score += points["time"] * (1 - reasons.apart / rules.within)
    if reasons.words is not None and reasons.words >= rules.words:
        score += points["words"] * reasons.words / 100
    return round(score, 1)


def plain(text: str) -> str:
    """Lower case, only letters and digits, single spaces."""
    return _NOT_WORDS.sub(" ", text.lower()).strip()
