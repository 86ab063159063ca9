"""The rules of the day: what is due when, how soon a report is handled, what weighs how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any


@dataclass(frozen=True)
class Due:
    """By when, on the election day, every TPS has reported a phase."""

    fase: str
    at: time


@dataclass(frozen=True)
class Chase:
    """Who chases a late TPS once it is this late."""

    who: str
    after: timedelta


@dataclass(frozen=True)
class TpsReports:
    """What a TPS owes. Counts are due each full hour of voting, `counts_grace` later at the latest.

    A report is awaited from `ahead` before it is due. jump: more heads than this share of the
    list within one hour are doubted. repeated: a count told by this many TPS at the same
    hour is doubted. apart: so far (in share of the list) from the median of its kecamatan, where
    at least `apart_least` TPS told that hour. above_estimated: times an estimated list from
    which a count exceeds it; an official list is exceeded by one.
    """

    dues: tuple[Due, ...]
    counts_every: timedelta
    counts_grace: timedelta
    ahead: timedelta
    chase: tuple[Chase, ...]
    jump: float
    repeated: int
    apart: float
    apart_least: int
    above_estimated: float


@dataclass(frozen=True)
class Reference:
    """The turnout of an earlier election, in percent, with where the figure comes from."""

    label: str
    percent: float
    source: str


@dataclass(frozen=True)
class Turnout:
    """What turnout is compared with.

    curve: share of the final turnout that has come by a time of day; an assumption.
    against: the reference whose final turnout scales the curve.
    low: percentage points below the kabupaten's rate at which a kecamatan counts as low.
    """

    references: tuple[Reference, ...]
    curve: tuple[tuple[time, float], ...]
    against: str
    low: float


@dataclass(frozen=True)
class Outlook:
    """When the end of the day can be estimated, and how far a count is trusted in it.

    tps: so many TPS of a kecamatan have told a count. tps_share, kecamatan_share: that share of all
    TPS has, in that share of the kecamatan. winsor, pair: in sd, how far a TPS is
    believed to lie from its kecamatan, and its growth from that of all. silent: sd by which
    the turnout of TPS that told nothing may differ, in log. set_aside: kinds of doubt
    (analysis.doubts) for which the count before is taken instead. confidence: percent. scored:
    times of day at which the outlook is held against the end.
    """

    tps: int
    tps_share: float
    kecamatan_share: float
    winsor: float
    pair: float
    silent: float
    set_aside: tuple[str, ...]
    confidence: float
    scored: tuple[time, ...]


@dataclass(frozen=True)
class Pattern:
    """Officers for a number of TPS of one vulnerability: 2-8-16 is police-TPS-linmas."""

    polri: int
    tps: int
    linmas: int


@dataclass(frozen=True)
class Patterns:
    """By kerawanan. default: how a TPS of unknown kerawanan is reckoned. basis: whose pattern."""

    by_kerawanan: Mapping[str, Pattern]
    default: str
    basis: str
    estimated: bool

    def of(self, kerawanan: str | None) -> Pattern:
        return self.by_kerawanan[kerawanan or self.default]


@dataclass(frozen=True)
class PersonnelReports:
    """What an officer owes: arrival by a time, and word at least this often until the return."""

    arrive_by: time
    word_every: timedelta


@dataclass(frozen=True)
class Moves:
    """Whom to move, and where first.

    agencies: of whom officers may be moved. stays: by penugasan ("cadangan", "patroli"), the share
    of those who are ready that stays; a penugasan that is not named gives nobody. from_tps: whether
    officers above the minimum of their TPS may go. most_km: of one move. speed: km in an hour.
    seconds: for seeking. under_way: so long an officer with a new order is awaited, not missed.
    points: of a shortfall by "empty", "incident" and kerawanan, added up; one with more goes before
    any number with fewer.
    """

    agencies: tuple[str, ...]
    stays: Mapping[str, float]
    from_tps: bool
    most_km: float
    speed: float
    seconds: float
    under_way: timedelta
    points: Mapping[str, int]


@dataclass(frozen=True)
class Service:
    """How soon a report of one tingkat is verified, handled and closed, from when it was known."""

    verify: timedelta
    handle: timedelta
    close: timedelta


@dataclass(frozen=True)
class Likeness:
    """When two reports are probably one. km, within, words (0-100 likeness of their texts).

    score: from how many points on a pair is shown. points: the most that each sign gives, by
    tps, near, desa, kecamatan (of these the best counts), kind, akin, time, words. akin:
    groups of kinds that people take for one another.
    """

    km: float
    within: timedelta
    words: int
    score: int
    points: Mapping[str, float]
    akin: tuple[frozenset[str], ...]


@dataclass(frozen=True)
class Risk:
    """How the risk of a place and hour is reckoned.

    reach: hours so far apart still tell of one another (the width of a bell). interval: the
    share of credible values that it holds. wide: an interval whose ends are in at least this
    ratio says little. prior: bounds of how alike the kecamatan are taken to be; a kecamatan
    weighs as if it had told so many incidents as the others do. least: incidents of a day below
    which nothing is reckoned. per: TPS that a rate is told for.
    """

    reach: timedelta
    interval: float
    wide: float
    prior: tuple[float, float]
    least: int
    per: int


@dataclass(frozen=True)
class Clusters:
    """When incidents that lie together are called a cluster.

    bin: steps of time, reckoned back from the moment. longest: how far back. share: of the TPS,
    the most that a cluster covers. least: incidents in one. replications: days thrown by chance;
    stop_after: so many of them above the observed end the count. level: of p, the highest.
    """

    bin: timedelta
    longest: timedelta
    share: float
    least: int
    replications: int
    stop_after: int
    level: float
    seed: int


@dataclass(frozen=True)
class Rules:
    """All rules of an election.

    service: by tingkat, "belum" for a report nobody weighed. attention: weight of each part of
    the attention score (they add up to 100). neutrality_target: within which a case is done.
    activity_word: within which word is due that a planned activity was done, from its time.
    """

    tps: TpsReports
    turnout: Turnout
    outlook: Outlook
    patterns: Patterns
    personnel: PersonnelReports
    moves: Moves
    service: Mapping[str, Service]
    likeness: Likeness
    risk: Risk
    clusters: Clusters
    attention: Mapping[str, float]
    attention_tingkat: Mapping[str, float]
    neutrality_target: timedelta
    activity_word: timedelta


def read(raw: Mapping[str, Any]) -> Rules:
    """The rules in a `rules.toml`. Raises KeyError or ValueError for what is missing or wrong."""
    attention = {k: float(v) for k, v in raw["attention"]["weights"].items()}
    if round(sum(attention.values()), 6) != 100:
        raise ValueError(f"attention weights add up to {sum(attention.values())}, not 100")
    return Rules(
        tps=_tps(raw["tps_reports"]),
        turnout=_turnout(raw["turnout"]),
        outlook=_outlook(raw["outlook"]),
        patterns=_patterns(raw["patterns"]),
        personnel=PersonnelReports(
            raw["personnel_reports"]["arrive_by"],
            _minutes(raw["personnel_reports"]["word_every_min"]),
        ),
        moves=_moves(raw["moves"]),
        service={level: _service(one) for level, one in raw["service"].items()},
        likeness=_likeness(raw["likeness"]),
        risk=_risk(raw["risk"]),
        clusters=_clusters(raw["clusters"]),
        attention=attention,
        attention_tingkat={k: float(v) for k, v in raw["attention"]["tingkat"].items()},
        neutrality_target=timedelta(days=raw["neutrality"]["target_days"]),
        activity_word=timedelta(hours=raw["activities"]["word_within_h"]),
    )


def _minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def _service(raw: Mapping[str, Any]) -> Service:
    return Service(
        _minutes(raw["verify_min"]), _minutes(raw["handle_min"]), _minutes(raw["close_min"])
    )


def _tps(raw: Mapping[str, Any]) -> TpsReports:
    return TpsReports(
        dues=tuple(Due(due["fase"], due["at"]) for due in raw["dues"]),
        counts_every=_minutes(raw["counts_every_min"]),
        counts_grace=_minutes(raw["counts_grace_min"]),
        ahead=_minutes(raw["ahead_min"]),
        chase=tuple(Chase(one["who"], _minutes(one["after_min"])) for one in raw["chase"]),
        jump=float(raw["jump_share"]),
        repeated=int(raw["repeated_by"]),
        apart=float(raw["apart_share"]),
        apart_least=int(raw["apart_least"]),
        above_estimated=float(raw["above_estimated"]),
    )


def _turnout(raw: Mapping[str, Any]) -> Turnout:
    references = tuple(
        Reference(one["label"], float(one["percent"]), one["source"]) for one in raw["references"]
    )
    if raw["against"] not in {one.label for one in references}:
        raise ValueError(f"turnout is held against {raw['against']!r}, which is no reference")
    return Turnout(
        references=references,
        curve=tuple((point["at"], float(point["share"])) for point in raw["curve"]),
        against=raw["against"],
        low=float(raw["low_points"]),
    )


def _outlook(raw: Mapping[str, Any]) -> Outlook:
    return Outlook(
        tps=int(raw["tps"]),
        tps_share=float(raw["tps_share"]),
        kecamatan_share=float(raw["kecamatan_share"]),
        winsor=float(raw["winsor_sd"]),
        pair=float(raw["pair_sd"]),
        silent=float(raw["silent_sd"]),
        set_aside=tuple(raw["set_aside"]),
        confidence=float(raw["confidence_percent"]),
        scored=tuple(raw["scored"]),
    )


def _patterns(raw: Mapping[str, Any]) -> Patterns:
    return Patterns(
        by_kerawanan={
            kind: Pattern(one["polri"], one["tps"], one["linmas"])
            for kind, one in raw["by_kerawanan"].items()
        },
        default=raw["default"],
        basis=raw["basis"],
        estimated=bool(raw["estimated"]),
    )


def _moves(raw: Mapping[str, Any]) -> Moves:
    stays = {kind: float(share) for kind, share in raw["stays"].items()}
    if not all(0 <= share <= 1 for share in stays.values()):
        raise ValueError("moves.stays are shares from 0 to 1")
    return Moves(
        agencies=tuple(raw["agencies"]),
        stays=stays,
        from_tps=bool(raw["from_tps"]),
        most_km=float(raw.get("most_km", "inf")),
        speed=float(raw["speed_kmh"]),
        seconds=float(raw["seconds"]),
        under_way=_minutes(raw["under_way_min"]),
        points={sign: int(points) for sign, points in raw["points"].items()},
    )


def _likeness(raw: Mapping[str, Any]) -> Likeness:
    return Likeness(
        km=float(raw["km"]),
        within=_minutes(raw["within_min"]),
        words=int(raw["words"]),
        score=int(raw["score"]),
        points={sign: float(points) for sign, points in raw["points"].items()},
        akin=tuple(frozenset(kinds) for kinds in raw["akin"]),
    )


def _risk(raw: Mapping[str, Any]) -> Risk:
    return Risk(
        reach=_minutes(raw["reach_min"]),
        interval=float(raw["interval"]),
        wide=float(raw["wide_ratio"]),
        prior=(float(raw["prior_least"]), float(raw["prior_most"])),
        least=int(raw["least"]),
        per=int(raw["per_tps"]),
    )


def _clusters(raw: Mapping[str, Any]) -> Clusters:
    return Clusters(
        bin=_minutes(raw["bin_min"]),
        longest=_minutes(raw["longest_min"]),
        share=float(raw["share"]),
        least=int(raw["least"]),
        replications=int(raw["replications"]),
        stop_after=int(raw["stop_after"]),
        level=float(raw["level"]),
        seed=int(raw["seed"]),
    )
