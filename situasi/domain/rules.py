"""The rules of the election day: deadlines, service levels, thresholds and weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any


@dataclass(frozen=True)
class PhaseDeadline:
    """The time on the election day by which every TPS must have reported a phase."""

    fase: str
    at: time


@dataclass(frozen=True)
class EscalationStep:
    """Who follows up a late TPS once it is this late."""

    responsible: str
    after: timedelta


@dataclass(frozen=True)
class TpsReportRules:
    """What a TPS must report: counts each `count_interval` of voting, at most `count_grace` later.

    lead_time: a report is awaited from so long before it is due. Doubted are: more voters than
    max_hourly_share of the list within one hour; a count reported by min_repeats TPS at the same
    hour; a count that differs by outlier_share of the list from the median of its kecamatan, where
    at least outlier_min_tps TPS reported that hour; a count above the list (official), or above
    estimated_list_factor times an estimated list.
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
    """The turnout of an earlier election, in percent, with the source of the figure."""

    label: str
    percent: float
    source: str


@dataclass(frozen=True)
class TurnoutRules:
    """What turnout is compared with.

    curve: share of the final turnout that has come by a time of day; an assumption.
    reference_label: the reference whose final turnout scales the curve. low_margin_points:
    percentage points below the kabupaten's rate at which a kecamatan counts as low.
    """

    references: tuple[TurnoutReference, ...]
    curve: tuple[tuple[time, float], ...]
    reference_label: str
    low_margin_points: float


@dataclass(frozen=True)
class ForecastRules:
    """When the final turnout can be estimated, and how far a count is trusted in it.

    min_tps: number of TPS of a kecamatan that reported a count. min_tps_share, min_kecamatan_share:
    such a share of all TPS reported, in such a share of the kecamatan. winsor_sd, growth_winsor_sd:
    limits, in sd, for the deviation of a TPS from its kecamatan, and of its growth from that of
    all. unreported_sd: sd, in log, of the turnout of TPS without a report. excluded_anomalies:
    kinds of anomaly for which the count before is used instead. confidence_percent: percent.
    scoring_times: times of day at which the forecast is compared with the final turnout.
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
    """Officers for a number of TPS of one kerawanan: 2-8-16 is police-TPS-linmas."""

    polri: int
    tps: int
    linmas: int


@dataclass(frozen=True)
class StaffingPatterns:
    """Patterns by kerawanan. default_kerawanan: for TPS without one. basis: their source."""

    by_kerawanan: Mapping[str, StaffingPattern]
    default_kerawanan: str
    basis: str
    estimated: bool

    def pattern_for(self, kerawanan: str | None) -> StaffingPattern:
        """Return the pattern of this kerawanan, or the default one."""
        return self.by_kerawanan[kerawanan or self.default_kerawanan]


@dataclass(frozen=True)
class PersonnelReportRules:
    """When an officer must arrive, and how often they must report until they return."""

    arrive_by: time
    report_interval: timedelta


@dataclass(frozen=True)
class RedeploymentRules:
    """Who may be redeployed, and which shortfalls come first.

    agencies: whose officers may move. retained_shares: by penugasan ("cadangan", "patroli"), the
    share of the ready officers that stays; other penugasan give none. may_leave_tps: whether
    officers above the minimum of their TPS may move. max_km: of one move. time_limit_s: for the
    search. en_route_grace: how long an officer with a new order is awaited, not missing.
    shortfall_points: by "empty", "incident" and kerawanan, added up; a shortfall with more goes
    before any number with fewer.
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
    """How soon a report of one tingkat is verified, handled and closed after it was known."""

    verify: timedelta
    handle: timedelta
    close: timedelta


@dataclass(frozen=True)
class DuplicateRules:
    """When two reports are probably duplicates. min_text_similarity: of their texts, 0 to 100.

    min_score: points from which a pair is shown. criterion_points: the maximum for each criterion:
    tps, near, desa, kecamatan (of these the best counts), kind, akin, time, words. similar_kinds:
    groups of kinds that people confuse.
    """

    max_km: float
    max_interval: timedelta
    min_text_similarity: int
    min_score: int
    criterion_points: Mapping[str, float]
    similar_kinds: tuple[frozenset[str], ...]


@dataclass(frozen=True)
class RiskRules:
    """How the risk of a place and hour is computed.

    bandwidth: width of the bell over the hours. credible_share: probability of the credible
    interval. wide_interval_ratio: an interval whose ends have at least this ratio says little.
    prior_bounds: limits of the prior weight in incidents, that is of how alike the kecamatan are
    assumed to be. min_incidents: incidents of a day below which nothing is computed. per_tps: TPS
    per rate.
    """

    bandwidth: timedelta
    credible_share: float
    wide_interval_ratio: float
    prior_bounds: tuple[float, float]
    min_incidents: int
    per_tps: int


@dataclass(frozen=True)
class ClusterRules:
    """When incidents close in place and time are called a cluster.

    bin_width: time steps, counted back from the moment; max_duration: how far back. max_tps_share:
    the largest share of the TPS in a cluster. min_incidents: in one cluster. replications:
    simulated random days; stop_after: the simulation ends after so many above the observed.
    significance_level: highest p-value.
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

    service_levels: by tingkat, "belum" for an unrated report. priority_weights: weight of each part
    of the priority score (they add up to 100). neutrality_target: time within which a case is
    closed. activity_report_due: time after a planned activity within which its report is due.
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
    """Return the rules of a `rules.toml`. Raises KeyError or ValueError for faulty entries."""
    weights = {name: float(value) for name, value in raw["attention"]["weights"].items()}
    if round(sum(weights.values()), 6) != 100:
        raise ValueError(f"attention weights add up to {sum(weights.values())}, not 100")
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
        service_levels={
            level: _parse_service_level(raw_level) for level, raw_level in raw["service"].items()
        },
        duplicates=_parse_duplicates(raw["likeness"]),
        risk=_parse_risk(raw["risk"]),
        clusters=_parse_clusters(raw["clusters"]),
        priority_weights=weights,
        priority_tingkat_weights={
            name: float(value) for name, value in raw["attention"]["tingkat"].items()
        },
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
        phase_deadlines=tuple(
            PhaseDeadline(raw_deadline["fase"], raw_deadline["at"]) for raw_deadline in raw["dues"]
        ),
        count_interval=_minutes(raw["counts_every_min"]),
        count_grace=_minutes(raw["counts_grace_min"]),
        lead_time=_minutes(raw["ahead_min"]),
        escalation=tuple(
            EscalationStep(raw_step["who"], _minutes(raw_step["after_min"]))
            for raw_step in raw["chase"]
        ),
        max_hourly_share=float(raw["jump_share"]),
        min_repeats=int(raw["repeated_by"]),
        outlier_share=float(raw["apart_share"]),
        outlier_min_tps=int(raw["apart_least"]),
        estimated_list_factor=float(raw["above_estimated"]),
    )


def _parse_turnout(raw: Mapping[str, Any]) -> TurnoutRules:
    references = tuple(
        TurnoutReference(
            raw_reference["label"], float(raw_reference["percent"]), raw_reference["source"]
        )
        for raw_reference in raw["references"]
    )
    if raw["against"] not in {reference.label for reference in references}:
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
            kerawanan: StaffingPattern(
                raw_pattern["polri"], raw_pattern["tps"], raw_pattern["linmas"]
            )
            for kerawanan, raw_pattern in raw["by_kerawanan"].items()
        },
        default_kerawanan=raw["default"],
        basis=raw["basis"],
        estimated=bool(raw["estimated"]),
    )


def _parse_redeployment(raw: Mapping[str, Any]) -> RedeploymentRules:
    retained_shares = {penugasan: float(share) for penugasan, share in raw["stays"].items()}
    if not all(0 <= share <= 1 for share in retained_shares.values()):
        raise ValueError("moves.stays are shares from 0 to 1")
    return RedeploymentRules(
        agencies=tuple(raw["agencies"]),
        retained_shares=retained_shares,
        may_leave_tps=bool(raw["from_tps"]),
        max_km=float(raw.get("most_km", "inf")),
        speed_kmh=float(raw["speed_kmh"]),
        time_limit_s=float(raw["seconds"]),
        en_route_grace=_minutes(raw["under_way_min"]),
        shortfall_points={criterion: int(points) for criterion, points in raw["points"].items()},
    )


def _parse_duplicates(raw: Mapping[str, Any]) -> DuplicateRules:
    return DuplicateRules(
        max_km=float(raw["km"]),
        max_interval=_minutes(raw["within_min"]),
        min_text_similarity=int(raw["words"]),
        min_score=int(raw["score"]),
        criterion_points={criterion: float(points) for criterion, points in raw["points"].items()},
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
