"""The comparison of kabupaten or provinces: one line each, from their roll-ups."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from situasi.domain.feed_schemas import SITUASI
from situasi.domain.higher_command import MABES, Member, members_under
from situasi.higher_command.rollup_cache import HigherCommandOverview, RollupTotal
from situasi.higher_command.rollups.model import Rollup
from situasi.higher_command.turnout import Turnout


@dataclass(frozen=True, kw_only=True)
class UnitSummary(RollupTotal):
    """One kabupaten or province, with the sums over its members.

    unit: the usual name of the Polres; "" for a province. silent_count: how many members sent
    nothing for too long. is_openable: whether there is a page to open. state: the worst situasi
    anywhere in it. copied_at: when the last row arrived here; at a past time, when the newest was
    known; None while an exercise runs there, whose clock is `exercise_at`. now: the time from which
    ages are measured. rate_estimated: the turnout includes TPS whose voters are a perkiraan.
    is_rate_old: its hour is before that of the whole beside which it stands; is_hour_apart: some
    unit beside it has the turnout of another.
    """

    code: str
    name: str
    unit: str
    silent_count: int
    is_openable: bool
    state: str | None
    rate_estimated: bool
    copied_at: datetime | None
    exercise_at: datetime | None
    reported_at: datetime | None
    now: datetime
    zone: ZoneInfo
    zone_label: str
    is_aggregate: bool
    is_rate_old: bool = False
    is_hour_apart: bool = False

    @property
    def is_silent(self) -> bool:
        """Return whether all its members sent nothing for too long."""
        return 0 < self.member_count == self.silent_count

    @property
    def is_end_of_duty(self) -> bool:
        """Return whether voting is over and half of the officers returned (personnel.coverage)."""
        counts = {name: value or 0 for name, value in self.counts.items()}
        is_over = 2 * counts["tps_closed"] >= counts["tps_reported"] > 0
        return is_over and 2 * counts["officers_returned"] >= counts["officers_posted"] > 0

    def is_partial(self, count: str) -> bool:
        """Return whether some members did not report this count, so that it may be too low."""
        return self.reporting_by_count[count] < self.member_count


def build_unit_summaries(
    overview: HigherCommandOverview, code: str = "", estimated: Collection[str] = frozenset()
) -> list[UnitSummary]:
    """Build a line per province of the nation, or per kabupaten of a Polda, in their order.

    code: the selected province, where the command is Mabes. estimated: kabupaten where the voters
    of some TPS are a perkiraan.
    """
    command = overview.command
    if command.level == MABES and not code:
        units = [
            _summarize_members(overview, province_code, name, estimated)
            for province_code, name in command.subdivisions.items()
        ]
    else:
        units = [
            _summarize_member(overview, member, estimated)
            for member in members_under(command, code)
        ]
    return _mark_old_rates(units, overview.total(code).turnout.hour)


def _mark_old_rates(units: list[UnitSummary], hour: int | None) -> list[UnitSummary]:
    """Mark the turnout of an earlier hour than that of the whole: it is low because it is old."""
    hours = {unit.turnout.hour for unit in units if unit.turnout.rate is not None}
    return [
        replace(unit, is_rate_old=_is_old(unit.turnout, hour), is_hour_apart=len(hours) > 1)
        for unit in units
    ]


def _is_old(turnout: Turnout, hour: int | None) -> bool:
    if turnout.rate is None or turnout.hour is None or hour is None:
        return False
    return turnout.hour < hour


def build_total_summary(
    overview: HigherCommandOverview, code: str = "", estimated: Collection[str] = frozenset()
) -> UnitSummary:
    """Build one line over all lines of `build_unit_summaries`."""
    return _summarize_members(
        overview, code, overview.command.subdivisions.get(code, overview.command.name), estimated
    )


def _summarize_member(
    overview: HigherCommandOverview, member: Member, estimated: Collection[str]
) -> UnitSummary:
    summary = _summarize_members(overview, member.code, member.name, estimated)
    return replace(
        summary,
        unit=member.command,
        is_openable=member.election_folder is not None,
        rate_estimated=member.code in estimated and summary.turnout.rate is not None,
        is_aggregate=False,
    )


def _summarize_members(
    overview: HigherCommandOverview, code: str, name: str, estimated: Collection[str]
) -> UnitSummary:
    command = overview.command
    members = members_under(command, code)
    rollups = [
        overview.rollups[member.code] for member in members if member.code in overview.rollups
    ]
    return UnitSummary(
        **vars(overview.total(code)),
        code=code,
        name=name,
        unit="",
        silent_count=len(overview.silent_members(code)),
        is_openable=bool(members),
        state=_worst_situasi(rollups),
        rate_estimated=any(
            rollup.kabupaten in estimated and rollup.turnout_heads is not None for rollup in rollups
        ),
        copied_at=_newest(map(_copied_time, rollups)),
        exercise_at=_newest(rollup.at for rollup in rollups if rollup.exercise),
        reported_at=_newest(rollup.reported_at for rollup in rollups),
        # Ages are shown in minutes: the drawings change only with them.
        now=overview.at.replace(second=0, microsecond=0),
        zone=members[0].zone if members else command.zone,
        zone_label=members[0].zone_label if members else command.zone_label,
        is_aggregate=True,
    )


def _copied_time(rollup: Rollup) -> datetime | None:
    if rollup.exercise:
        return None
    return rollup.received_at if rollup.live else rollup.reported_at


def _newest(moments: Iterable[datetime | None]) -> datetime | None:
    return max(filter(None, moments), default=None)


def _worst_situasi(rollups: list[Rollup]) -> str | None:
    """Return the worst state in a kecamatan of these, or reported for a whole kabupaten."""
    states = {
        state
        for rollup in rollups
        for state in SITUASI
        if getattr(rollup, f"situasi_{state}") or rollup.kabupaten_state == state
    }
    return next((state for state in reversed(SITUASI) if state in states), None)
