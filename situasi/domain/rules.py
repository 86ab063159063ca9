"""The rules of the day: what is due when, how soon a report is handled, what weighs how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any


@dataclass(frozen=True)
class PhaseDeadline:
    """By when, on the election day, every TPS has reported a phase."""

    fase: str
    at: time


@dataclass(frozen=True)
class EscalationStep:
    """Who chases a late TPS once it is this late."""

    responsible: str
    after: timedelta


@dataclass(frozen=True)
class TpsReportRules:
    """What a TPS owes. Counts are due each full hour of voting, `counts_grace` later at the latest.

    A report is awaited from `ahead` before it is due. jump: more heads than this share of the
    list within one hour are doubted. repeated: a count told by this many TPS at the same
    hour is doubted. apart: so far (in share of the list) from the median of its kecamatan, where
    at least `apart_least` TPS told that hour. above_estimated: times an estimated list from
    which a count exceeds it; an official list is exceeded by one.
    """

    phase_deadlines: tuple[PhaseDeadline, ...]
    count_interval: timedelta
    count_grace: timedelta
    lead_time: timedelta
    escalation: tuple[EscalationStep, ...]
    max_hourly_share: float
    min_repeats: int
    outlier_share: float
    outlier_min_tps: int
    estimated_list_factor: float


@dataclass(frozen=True)
class TurnoutReference:
    """The turnout of an earlier election, in percent, with where the figure comes from."""

    label: str
    percent: float
    source: str


@dataclass(frozen=True)
class TurnoutRules:
    """What turnout is compared with.

    curve: share of the final turnout that has come by a time of day; an assumption.
    against: the reference whose final turnout scales the curve.
    low: percentage points below the kabupaten's rate at which a kecamatan counts as low.
    """

    references: tuple[TurnoutReference, ...]
    curve: tuple[tuple[time, float], ...]
    reference_label: str
    low_margin_points: float


@dataclass(frozen=True)
class ForecastRules:
    """When the end of the day can be estimated, and how far a count is trusted in it.

    tps: so many TPS of a kecamatan have told a count. tps_share, kecamatan_share: that share of all
    TPS has, in that share of the kecamatan. winsor, pair: in sd, how far a TPS is
    believed to lie from its kecamatan, and its growth from that of all. silent: sd by which
    the turnout of TPS that told nothing may differ, in log. set_aside: kinds of doubt
    (analysis.doubts) for which the count before is taken instead. confidence: percent. scored:
    times of day at which the outlook is held against the end.
    """

    min_tps: int
    min_tps_share: float
    min_kecamatan_share: float
    winsor_sd: float
    growth_winsor_sd: float
    unreported_sd: float
    excluded_anomalies: tuple[str, ...]
    confidence_percent: float
    scoring_times: tuple[time, ...]


@dataclass(frozen=True)
class StaffingPattern:
    """Officers for a number of TPS of one vulnerability: 2-8-16 is police-TPS-linmas."""

    polri: int
    tps: int
    linmas: int


@dataclass(frozen=True)
class StaffingPatterns:
    """By kerawanan. default: how a TPS of unknown kerawanan is reckoned. basis: whose pattern."""

    by_kerawanan: Mapping[str, StaffingPattern]
    default_kerawanan: str
    basis: str
    estimated: bool

    def pattern_for(self, kerawanan: str | None) -> StaffingPattern:
        return self.by_kerawanan[kerawanan or self.default_kerawanan]


@dataclass(frozen=True)
class PersonnelReportRules:
    """What an officer owes: arrival by a time, and word at least this often until the return."""

    arrive_by: time
    report_interval: timedelta


@dataclass(frozen=True)
class RedeploymentRules:
    """Whom to move, and where first.

    agencies: of whom officers may be moved. stays: by penugasan ("cadangan", "patroli"), the share
    of those who are ready that stays; a penugasan that is not named gives nobody. from_tps: whether
    officers above the minimum of their TPS may go. most_km: of one move. speed: km in an hour.
    seconds: for seeking. under_way: so long an officer with a new order is awaited, not missed.
    points: of a shortfall by "empty", "incident" and kerawanan, added up; one with more goes before
    any number with fewer.
    """

    agencies: tuple[str, ...]
    retained_shares: Mapping[str, float]
    may_leave_tps: bool
    max_km: float
    speed_kmh: float
    time_limit_s: float
    en_route_grace: timedelta
    shortfall_points: Mapping[str, int]


@dataclass(frozen=True)
class ServiceLevel:
    """How soon a report of one tingkat is verified, handled and closed, from when it was known."""

    verify: timedelta
    handle: timedelta
    close: timedelta


@dataclass(frozen=True)
class DuplicateRules:
    """When two reports are probably one. km, within, words (0-100 likeness of their texts).

    score: from how many points on a pair is shown. points: the most that each sign gives, by
    tps, near, desa, kecamatan (of these the best counts), kind, akin, time, words. akin:
    groups of kinds that people take for one another.
    """

    max_km: float
    max_interval: timedelta
    min_text_similarity: int
    min_score: int
    criterion_points: Mapping[str, float]
    similar_kinds: tuple[frozenset[str], ...]


@dataclass(frozen=True)
class RiskRules:
    """How the risk of a place and hour is reckoned.

    reach: hours so far apart still tell of one another (the width of a bell). interval: the
    share of credible values that it holds. wide: an interval whose ends are in at least this
    ratio says little. prior: bounds of how alike the kecamatan are taken to be; a kecamatan
    weighs as if it had told so many incidents as the others do. least: incidents of a day below
    which nothing is reckoned. per: TPS that a rate is told for.
    """

    bandwidth: timedelta
    credible_share: float
    wide_interval_ratio: float
    prior_bounds: tuple[float, float]
    min_incidents: int
    per_tps: int


@dataclass(frozen=True)
class ClusterRules:
    """When incidents that lie together are called a cluster.

    bin: steps of time, reckoned back from the moment. longest: how far back. share: of the TPS,
    the most that a cluster covers. least: incidents in one. replications: days thrown by chance;
    stop_after: so many of them above the observed end the count. level: of p, the highest.
    """

    bin_width: timedelta
    max_duration: timedelta
    max_tps_share: float
    min_incidents: int
    replications: int
    stop_after: int
    significance_level: float
    seed: int


@dataclass(frozen=True)
class Rules:
    """All rules of an election.

    service: by tingkat, "belum" for a report nobody weighed. attention: weight of each part of
    the attention score (they add up to 100). neutrality_target: within which a case is done.
    activity_word: within which word is due that a planned activity was done, from its time.
    """

    tps: TpsReportRules
    turnout: TurnoutRules
    forecast: ForecastRules
    staffing_patterns: StaffingPatterns
    personnel: PersonnelReportRules
    redeployment: RedeploymentRules
    service_levels: Mapping[str, ServiceLevel]
    duplicates: DuplicateRules
    risk: RiskRules
    clusters: ClusterRules
    priority_weights: Mapping[str, float]
    priority_tingkat_weights: Mapping[str, float]
    neutrality_target: timedelta
    activity_report_due: timedelta


def parse(raw: Mapping[str, Any]) -> Rules:
    """The rules in a `rules.toml`. Raises KeyError or ValueError for what is missing or wrong."""
    attention = {k: float(v) for k, v in raw["attention"]["weights"].items()}
    if round(sum(attention.values()), 6) != 100:
        raise ValueError(f"attention weights add up to {sum(attention.values())}, not 100")
    return Rules(
        tps=_parse_tps_reports(raw["tps_reports"]),
        turnout=_parse_turnout(raw["turnout"]),
        forecast=_parse_forecast(raw["outlook"]),
        staffing_patterns=_parse_staffing_patterns(raw["patterns"]),
        personnel=PersonnelReportRules(
            raw["personnel_reports"]["arrive_by"],
            _minutes(raw["personnel_reports"]["word_every_min"]),
        ),
        redeployment=_parse_redeployment(raw["moves"]),
        service_levels={level: _parse_service_level(one) for level, one in raw["service"].items()},
        duplicates=_parse_duplicates(raw["likeness"]),
        risk=_parse_risk(raw["risk"]),
        clusters=_parse_clusters(raw["clusters"]),
        priority_weights=attention,
        priority_tingkat_weights={k: float(v) for k, v in raw["attention"]["tingkat"].items()},
        neutrality_target=timedelta(days=raw["neutrality"]["target_days"]),
        activity_report_due=timedelta(hours=raw["activities"]["word_within_h"]),
    )


def _minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def _parse_service_level(raw: Mapping[str, Any]) -> ServiceLevel:
    return ServiceLevel(
        _minutes(raw["verify_min"]), _minutes(raw["handle_min"]), _minutes(raw["close_min"])
    )


def _parse_tps_reports(raw: Mapping[str, Any]) -> TpsReportRules:
    return TpsReportRules(
        phase_deadlines=tuple(PhaseDeadline(due["fase"], due["at"]) for due in raw["dues"]),
        count_interval=_minutes(raw["counts_every_min"]),
        count_grace=_minutes(raw["counts_grace_min"]),
        lead_time=_minutes(raw["ahead_min"]),
        escalation=tuple(
            EscalationStep(one["who"], _minutes(one["after_min"])) for one in raw["chase"]
        ),
        max_hourly_share=float(raw["jump_share"]),
        min_repeats=int(raw["repeated_by"]),
        outlier_share=float(raw["apart_share"]),
        outlier_min_tps=int(raw["apart_least"]),
        estimated_list_factor=float(raw["above_estimated"]),
    )


def _parse_turnout(raw: Mapping[str, Any]) -> TurnoutRules:
    references = tuple(
        TurnoutReference(one["label"], float(one["percent"]), one["source"])
        for one in raw["references"]
    )
    if raw["against"] not in {one.label for one in references}:
        raise ValueError(f"turnout is held against {raw['against']!r}, which is no reference")
    return TurnoutRules(
        references=references,
        curve=tuple((point["at"], float(point["share"])) for point in raw["curve"]),
        reference_label=raw["against"],
        low_margin_points=float(raw["low_points"]),
    )


def _parse_forecast(raw: Mapping[str, Any]) -> ForecastRules:
    return ForecastRules(
        min_tps=int(raw["tps"]),
        min_tps_share=float(raw["tps_share"]),
        min_kecamatan_share=float(raw["kecamatan_share"]),
        winsor_sd=float(raw["winsor_sd"]),
        growth_winsor_sd=float(raw["pair_sd"]),
        unreported_sd=float(raw["silent_sd"]),
        excluded_anomalies=tuple(raw["set_aside"]),
        confidence_percent=float(raw["confidence_percent"]),
        scoring_times=tuple(raw["scored"]),
    )


def _parse_staffing_patterns(raw: Mapping[str, Any]) -> StaffingPatterns:
    return StaffingPatterns(
        by_kerawanan={
            kind: StaffingPattern(one["polri"], one["tps"], one["linmas"])
            for kind, one in raw["by_kerawanan"].items()
        },
        default_kerawanan=raw["default"],
        basis=raw["basis"],
        estimated=bool(raw["estimated"]),
    )


def _parse_redeployment(raw: Mapping[str, Any]) -> RedeploymentRules:
    stays = {kind: float(share) for kind, share in raw["stays"].items()}
    if not all(0 <= share <= 1 for share in stays.values()):
        raise ValueError("moves.stays are shares from 0 to 1")
    return RedeploymentRules(
        agencies=tuple(raw["agencies"]),
        retained_shares=stays,
        may_leave_tps=bool(raw["from_tps"]),
        max_km=float(raw.get("most_km", "inf")),
        speed_kmh=float(raw["speed_kmh"]),
        time_limit_s=float(raw["seconds"]),
        en_route_grace=_minutes(raw["under_way_min"]),
        shortfall_points={sign: int(points) for sign, points in raw["points"].items()},
    )


def _parse_duplicates(raw: Mapping[str, Any]) -> DuplicateRules:
    return DuplicateRules(
        max_km=float(raw["km"]),
        max_interval=_minutes(raw["within_min"]),
        min_text_similarity=int(raw["words"]),
        min_score=int(raw["score"]),
        criterion_points={sign: float(points) for sign, points in raw["points"].items()},
        similar_kinds=tuple(frozenset(kinds) for kinds in raw["akin"]),
    )


def _parse_risk(raw: Mapping[str, Any]) -> RiskRules:
    return RiskRules(
        bandwidth=_minutes(raw["reach_min"]),
        credible_share=float(raw["interval"]),
        wide_interval_ratio=float(raw["wide_ratio"]),
        prior_bounds=(float(raw["prior_least"]), float(raw["prior_most"])),
        min_incidents=int(raw["least"]),
        per_tps=int(raw["per_tps"]),
    )


def _parse_clusters(raw: Mapping[str, Any]) -> ClusterRules:
    return ClusterRules(
        bin_width=_minutes(raw["bin_min"]),
        max_duration=_minutes(raw["longest_min"]),
        max_tps_share=float(raw["share"]),
        min_incidents=int(raw["least"]),
        replications=int(raw["replications"]),
        stop_after=int(raw["stop_after"]),
        significance_level=float(raw["level"]),
        seed=int(raw["seed"]),
    )
