"""The rules of the election day: deadlines, service levels, thresholds and weights.

An alias is the name of the entry in `rules.toml`, where it is not that of the field.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from math import inf
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, Field, Strict

from situasi.domain.definition_fields import (
    Clock,
    Count,
    Days,
    Filled,
    Flag,
    Hours,
    Interval,
    Measure,
    Minutes,
    Number,
    Percent,
    Points,
    Probability,
    Share,
    Turnout,
    exactly,
    flatten_tables,
    only,
    parse_definition,
)
from situasi.domain.feed_schemas import (
    FASE,
    INSTANSI,
    JENIS,
    KERAWANAN,
    PENUGASAN,
    SITUASI,
    TINGKAT,
)

_UNRATED = "belum"  # the tingkat of a report that nobody rated
# Why a count is doubted: it falls, exceeds the list, jumps, is the same from many TPS of a desa, is
# far from its kecamatan, is one digit repeated. In the order of display.
ANOMALY_KINDS = ("turun", "melebihi", "melonjak", "seragam", "menjauh", "kembar")


@dataclass(frozen=True)
class PhaseDeadline:
    """The time on the election day by which every TPS must have reported a phase."""

    fase: Annotated[str, only(*FASE)]
    at: Clock


@dataclass(frozen=True)
class EscalationStep:
    """Who follows up a late TPS once it is this late."""

    responsible: Annotated[Filled, Field(alias="who")]
    after: Annotated[Minutes, Field(alias="after_min")]


def _check_deadlines(deadlines: tuple[PhaseDeadline, ...]) -> tuple[PhaseDeadline, ...]:
    for before, after in pairwise(deadlines):
        if FASE.index(before.fase) >= FASE.index(after.fase) or before.at >= after.at:
            raise ValueError(f"{after.fase} pada {after.at:%H.%M} tidak sesudah {before.fase}")
    return deadlines


def _check_chase(steps: tuple[EscalationStep, ...]) -> tuple[EscalationStep, ...]:
    for before, after in pairwise(steps):
        if before.after >= after.after:
            raise ValueError(f"{after.responsible} tidak sesudah {before.responsible}")
    return steps


# How many times its list a count may be: below 1 every right count is doubted.
_ListFactor = Annotated[Measure, Field(ge=1, le=10)]


@dataclass(frozen=True)
class TpsReportRules:
    """What a TPS must report: counts each `count_interval` of voting, at most `count_grace` later.

    lead_time: a report is awaited from so long before it is due. Doubted are: more voters than
    max_hourly_share of the list within one hour; a count reported by min_repeats TPS at the same
    hour; a count that differs by outlier_share of the list from the median of its kecamatan, where
    at least outlier_min_tps TPS reported that hour; a count above the list (official), or above
    estimated_list_factor times an estimated list. Held, since no list is so wrong: a count of more
    than impossible_list_factor times the list of its TPS, desa or kecamatan.
    """

    phase_deadlines: Annotated[
        tuple[PhaseDeadline, ...], Field(alias="dues"), AfterValidator(_check_deadlines)
    ]
    count_interval: Annotated[Interval, Field(alias="counts_every_min")]
    count_grace: Annotated[Minutes, Field(alias="counts_grace_min")]
    lead_time: Annotated[Minutes, Field(alias="ahead_min")]
    escalation: Annotated[
        tuple[EscalationStep, ...], Field(alias="chase"), AfterValidator(_check_chase)
    ]
    max_hourly_share: Annotated[Share, Field(alias="jump_share", gt=0)]
    min_repeats: Annotated[Number, Field(alias="repeated_by", ge=2, le=100)]
    outlier_share: Annotated[Share, Field(alias="apart_share")]
    outlier_min_tps: Annotated[Number, Field(alias="apart_least")]
    estimated_list_factor: Annotated[_ListFactor, Field(alias="above_estimated")]
    impossible_list_factor: Annotated[_ListFactor, Field(alias="held_above")] = 1.5


@dataclass(frozen=True)
class TurnoutReference:
    """The turnout of an earlier election, in percent, with the source of the figure."""

    label: Filled
    percent: Annotated[Turnout, Strict()]
    source: str


class CurvePoint(NamedTuple):
    """The share of the final turnout that has come by a time of day."""

    at: Clock
    share: Share


def _check_curve(curve: tuple[CurvePoint, ...]) -> tuple[CurvePoint, ...]:
    for before, after in pairwise(curve):
        if not (before.at < after.at and before.share <= after.share):
            raise ValueError(
                f"{after.share:g} pada {after.at:%H.%M} tidak sesudah titik sebelumnya"
            )
    if not curve or curve[-1].share != 1:
        raise ValueError("titik terakhir harus 1: semua pemilih telah datang")
    return curve


@dataclass(frozen=True)
class TurnoutRules:
    """What turnout is compared with.

    curve: an assumption. reference_label: the reference whose final turnout scales the curve.
    low_margin_points: percentage points below the kabupaten's rate at which a kecamatan counts as
    low.
    """

    references: tuple[TurnoutReference, ...]
    curve: Annotated[tuple[CurvePoint, ...], AfterValidator(_check_curve)]
    reference_label: Annotated[str, Field(alias="against")]
    low_margin_points: Annotated[Percent, Field(alias="low_points", le=50)]


@dataclass(frozen=True)
class ForecastRules:
    """When the final turnout can be estimated, and how far a count is trusted in it.

    min_tps: number of TPS of a kecamatan that reported a count. min_tps_share, min_kecamatan_share:
    such a share of all TPS reported, in such a share of the kecamatan. winsor_sd, growth_winsor_sd:
    limits, in sd, for the deviation of a TPS from its kecamatan, and of its growth from that of
    all. unreported_shift, unreported_sd: mean and sd, in log, of the turnout of TPS without a
    report against the others of their kecamatan. excluded_anomalies: kinds
    of anomaly for which the count before is used instead. confidence_percent: percent.
    scoring_times: times of day at which the forecast is compared with the final turnout.
    """

    min_tps: Annotated[Number, Field(alias="tps")]
    min_tps_share: Annotated[Share, Field(alias="tps_share")]
    min_kecamatan_share: Annotated[Share, Field(alias="kecamatan_share")]
    winsor_sd: Annotated[Measure, Field(ge=1)]
    growth_winsor_sd: Annotated[Measure, Field(alias="pair_sd", ge=1)]
    unreported_sd: Annotated[Share, Field(alias="silent_sd")]
    excluded_anomalies: Annotated[tuple[str, ...], Field(alias="set_aside"), only(*ANOMALY_KINDS)]
    confidence_percent: Annotated[float, Strict(), Field(ge=50, lt=100)]
    scoring_times: Annotated[tuple[Clock, ...], Field(alias="scored")]
    unreported_shift: Annotated[float, Strict(), Field(alias="silent_shift", ge=-1, le=1)] = 0.0


@dataclass(frozen=True)
class StaffingPattern:
    """Officers for a number of TPS of one kerawanan: 2-8-16 is police-TPS-linmas."""

    polri: Count
    tps: Number
    linmas: Count


@dataclass(frozen=True)
class StaffingPatterns:
    """Patterns by kerawanan. default_kerawanan: for TPS without one. basis: their source."""

    by_kerawanan: Annotated[Mapping[str, StaffingPattern], exactly(*KERAWANAN)]
    default_kerawanan: Annotated[str, Field(alias="default"), only(*KERAWANAN)]
    basis: str
    estimated: Flag

    def pattern_for(self, kerawanan: str | None) -> StaffingPattern:
        """Return the pattern of this kerawanan, or the default one."""
        return self.by_kerawanan[kerawanan or self.default_kerawanan]


@dataclass(frozen=True)
class PersonnelReportRules:
    """When an officer must arrive, and how often they must report until they return."""

    arrive_by: Clock
    report_interval: Annotated[Interval, Field(alias="word_every_min")]


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

    agencies: Annotated[tuple[str, ...], only(*INSTANSI)]
    retained_shares: Annotated[Mapping[str, Share], Field(alias="stays"), only(*PENUGASAN)]
    may_leave_tps: Annotated[Flag, Field(alias="from_tps")]
    max_km: Annotated[float, Strict(), Field(alias="most_km", default=inf, gt=0)]
    speed_kmh: Annotated[Measure, Field(le=200)]
    time_limit_s: Annotated[Measure, Field(alias="seconds", le=60)]
    en_route_grace: Annotated[Minutes, Field(alias="under_way_min")]
    shortfall_points: Annotated[
        Mapping[str, Count], Field(alias="points"), exactly("empty", "incident", *KERAWANAN)
    ]


@dataclass(frozen=True)
class ServiceLevel:
    """How soon a report of one tingkat is verified, handled and closed after it was known."""

    verify: Annotated[Minutes, Field(alias="verify_min")]
    handle: Annotated[Minutes, Field(alias="handle_min")]
    close: Annotated[Minutes, Field(alias="close_min")]

    def __post_init__(self) -> None:
        """Raise ValueError where a later step is due before an earlier one."""
        if not self.verify <= self.handle <= self.close:
            raise ValueError("verify_min, handle_min, close_min tidak menaik")


@dataclass(frozen=True)
class DuplicateRules:
    """When two reports are probably duplicates. min_text_similarity: of their texts, 0 to 100.

    min_score: points from which a pair is shown. criterion_points: the maximum for each criterion:
    tps, near, desa, kecamatan (of these the best counts), kind, akin, time, words. similar_kinds:
    groups of kinds that people confuse.
    """

    max_km: Annotated[Measure, Field(alias="km", le=100)]
    max_interval: Annotated[Minutes, Field(alias="within_min")]
    min_text_similarity: Annotated[int, Strict(), Field(alias="words", ge=0, le=100)]
    min_score: Annotated[Count, Field(alias="score")]
    criterion_points: Annotated[
        Mapping[str, Points],
        Field(alias="points"),
        exactly("tps", "near", "desa", "kecamatan", "kind", "akin", "time", "words"),
    ]
    similar_kinds: Annotated[
        tuple[Annotated[frozenset[str], only(*JENIS)], ...], Field(alias="akin")
    ]

    def __post_init__(self) -> None:
        """Raise ValueError where no pair has so many points."""
        most = sum(self.criterion_points.values())
        if self.min_score > most:
            raise ValueError(f"score {self.min_score} tidak tercapai: points berjumlah {most:g}")


def _check_windows(sizes: tuple[int, ...]) -> tuple[int, ...]:
    if not sizes:
        raise ValueError("kosong: tidak ada kejadian beruntun yang akan terlihat")
    return sizes


@dataclass(frozen=True)
class CountRules:
    """When the incidents of a kecamatan are more than chance (analysis.hotspots.counts).

    step: of the clock; window_steps: sizes of the windows. prior_rate: incidents per hour and TPS
    before any were known, weighing as much as prior_hours of the whole kabupaten. Gamma shapes, the
    higher the more alike: place_shape, of kecamatan; pace_shape, of a window and the day before it;
    hour_shape, of one place from hour to hour. twin_share: of the reports, followed by another of
    the same incident that is not merged. min_count: fewer are never marked. marked_chance: marked
    is what chance gives, by the model, in such a share of the windows. fresh_for: after its window
    nothing is called out any more.
    """

    step: Annotated[Interval, Field(alias="step_min")]
    window_steps: Annotated[
        tuple[Annotated[Number, Field(le=48)], ...], AfterValidator(_check_windows)
    ]
    prior_rate: Annotated[
        Measure, Field(alias="prior_per_100_tps_h"), AfterValidator(lambda per_100: per_100 / 100)
    ]
    prior_hours: Measure
    place_shape: Measure
    pace_shape: Measure
    hour_shape: Measure
    twin_share: Annotated[float, Strict(), Field(ge=0, lt=1)]
    min_count: Annotated[Number, Field(alias="least")]
    marked_chance: Probability
    fresh_for: Annotated[Minutes, Field(alias="fresh_min")]

    @property
    def step_us(self) -> int:
        """Length of a step in microseconds."""
        return self.step // timedelta(microseconds=1)


def _check_reference(turnout: TurnoutRules) -> TurnoutRules:
    if turnout.reference_label not in {reference.label for reference in turnout.references}:
        raise ValueError(f"against = {turnout.reference_label!r} tidak ada di references")
    return turnout


@dataclass(frozen=True)
class CriticalRule:
    """Which cases are critical while they are open: those that state any of these values."""

    tingkat: Annotated[tuple[str, ...], only(*TINGKAT)] = TINGKAT[-1:]
    situasi: Annotated[tuple[str, ...], only(*SITUASI)] = SITUASI[-1:]


DEFAULT_CRITICAL = CriticalRule()


def _check_critical(critical: CriticalRule) -> CriticalRule:
    if not critical.tingkat and not critical.situasi:
        raise ValueError("tingkat dan situasi kosong: tidak ada laporan yang akan dianggap berat")
    return critical


def _check_weights(weights: Mapping[str, float]) -> Mapping[str, float]:
    if round(sum(weights.values()), 6) != 100:
        raise ValueError(f"jumlahnya {sum(weights.values()):g}, bukan 100")
    return weights


@dataclass(frozen=True)
class Rules:
    """All rules of an election.

    service_levels: by tingkat, "belum" for an unrated report. priority_weights: weight of each part
    of the priority score (they add up to 100). neutrality_target: time within which a case is
    closed. activity_report_due: time after a planned activity within which its report is due.
    """

    tps: Annotated[TpsReportRules, Field(alias="tps_reports")]
    turnout: Annotated[TurnoutRules, AfterValidator(_check_reference)]
    forecast: Annotated[ForecastRules, Field(alias="outlook")]
    staffing_patterns: Annotated[StaffingPatterns, Field(alias="patterns")]
    personnel: Annotated[PersonnelReportRules, Field(alias="personnel_reports")]
    redeployment: Annotated[RedeploymentRules, Field(alias="moves")]
    service_levels: Annotated[
        Mapping[str, ServiceLevel], Field(alias="service"), exactly(*TINGKAT, _UNRATED)
    ]
    duplicates: Annotated[DuplicateRules, Field(alias="likeness")]
    counts: CountRules
    priority_weights: Annotated[
        Mapping[str, Points],
        Field(alias="attention.weights"),
        exactly("kejadian", "fase", "partisipasi", "personel"),
        AfterValidator(_check_weights),
    ]
    priority_tingkat_weights: Annotated[
        Mapping[str, Points], Field(alias="attention.tingkat"), exactly(*TINGKAT, _UNRATED)
    ]
    neutrality_target: Annotated[Days, Field(alias="neutrality.target_days")]
    activity_report_due: Annotated[Hours, Field(alias="activities.word_within_h")]
    critical: Annotated[CriticalRule, AfterValidator(_check_critical)] = DEFAULT_CRITICAL


def parse(raw: Mapping[str, Any]) -> Rules:
    """Return the rules of a `rules.toml`. Raises ValueError naming the faulty entries."""
    return parse_definition(Rules, flatten_tables(raw, "attention", "neutrality", "activities"))
