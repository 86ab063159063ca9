"""The kabupaten side by side, or the provinces: a line each, from their roll-ups."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from situasi.domain.feed_schemas import SITUASI
from situasi.domain.higher_command import MABES, HigherCommand, Member
from situasi.higher_command.rollup_cache import COUNTS, HigherCommandOverview, RollupTotal
from situasi.store.rollups.queries import Rollup


@dataclass(frozen=True)
class UnitSummary:
    """One kabupaten or province. Of a count that nobody told: None.

    unit: whose board it is, as people call it; "" for a province. members: kabupaten in it;
    reporting: from how many anything ever came; silent: from how many nothing came for too long.
    opens: whether there is something to open. state: the worst situasi that holds anywhere in it.
    counts, told: by COUNTS, and how many of the members told it. copied_at: when what lies here
    last came; of a past moment, when the newest of it was known; None too while an exercise runs
    there, whose clock is `exercise_at`. now: the clock against which it is reckoned.
    rate_estimated: the voters of some TPS of which the turnout is are a perkiraan.
    """

    code: str
    name: str
    unit: str
    member_count: int
    reporting_count: int
    silent_count: int
    is_openable: bool
    state: str | None
    tps: int | None
    dpt: int | None
    estimated: bool
    counts: Mapping[str, int | None]
    told: Mapping[str, int]
    rate: float | None
    rate_estimated: bool
    copied_at: datetime | None
    exercise_at: datetime | None
    reported_at: datetime | None
    now: datetime
    zone: ZoneInfo
    zone_label: str
    rehearsal: bool
    is_aggregate: bool

    @property
    def is_silent(self) -> bool:
        """Whether nothing came from any of it for too long."""
        return 0 < self.member_count == self.silent_count

    def is_partial(self, count: str) -> bool:
        """Whether some of it did not tell this, so that there may be more."""
        return self.told[count] < self.member_count


def build_unit_summaries(
    overview: HigherCommandOverview, code: str = "", estimated: Collection[str] = frozenset()
) -> list[UnitSummary]:
    """A line for each province of the nation, for each kabupaten of a Polda, in their order.

    code: of the province that is looked at, where the command is that of the nation. estimated:
    kabupaten of which the voters of some TPS are a perkiraan.
    """
    command = overview.command
    if command.level == MABES and not code:
        return [
            _summarize_members(overview, part, name, estimated)
            for part, name in command.subdivisions.items()
        ]
    silent = {one.code for one in overview.silent_members(code)}
    return [
        _summarize_member(overview, one, one.code in silent, one.code in estimated)
        for one in _members_under(command, code)
    ]


def build_total_summary(
    overview: HigherCommandOverview, code: str = "", estimated: Collection[str] = frozenset()
) -> UnitSummary:
    """All of what `lines` gives, in one."""
    return _summarize_members(
        overview, code, overview.command.subdivisions.get(code, overview.command.name), estimated
    )


def _members_under(command: HigherCommand, code: str) -> list[Member]:
    return [one for one in command.members if not code or one.province == code]


def _summarize_member(
    overview: HigherCommandOverview, member: Member, is_silent: bool, is_estimated: bool
) -> UnitSummary:
    rollup = overview.rollups.get(member.code)
    total = overview.total(member.code)
    return UnitSummary(
        code=member.code,
        name=member.name,
        unit=member.command,
        member_count=1,
        reporting_count=total.reporting_count,
        silent_count=int(is_silent),
        is_openable=member.election_folder is not None,
        state=_worst_situasi([rollup] if rollup else []),
        rate_estimated=is_estimated and total.rate is not None,
        copied_at=_copied_time(rollup) if rollup else None,
        exercise_at=rollup.at if rollup and rollup.exercise else None,
        reported_at=rollup.reported_at if rollup else None,
        now=_floor_to_minute(overview.at),
        zone=member.zone,
        zone_label=member.zone_label,
        is_aggregate=False,
        **_total_fields(total),
    )


def _floor_to_minute(at: datetime) -> datetime:
    """Ages are told in minutes: within one, what is drawn of the same stays the same."""
    return at.replace(second=0, microsecond=0)


def _summarize_members(
    overview: HigherCommandOverview, code: str, name: str, estimated: Collection[str]
) -> UnitSummary:
    command = overview.command
    members = _members_under(command, code)
    some = [overview.rollups[one.code] for one in members if one.code in overview.rollups]
    newest = max((one for one in some if _copied_time(one)), key=_known_copied_time, default=None)
    total = overview.total(code)
    return UnitSummary(
        code=code,
        name=name,
        unit="",
        member_count=total.member_count,
        reporting_count=total.reporting_count,
        silent_count=len(overview.silent_members(code)),
        is_openable=bool(members),
        state=_worst_situasi(some),
        rate_estimated=any(one.kabupaten in estimated and one.rated is not None for one in some),
        copied_at=_copied_time(newest) if newest else None,
        exercise_at=max((one.at for one in some if one.exercise), default=None),
        reported_at=max((one.reported_at for one in some if one.reported_at), default=None),
        now=_floor_to_minute(overview.at),
        zone=members[0].zone if members else command.zone,
        zone_label=members[0].zone_label if members else command.zone_label,
        is_aggregate=True,
        **_total_fields(total),
    )


def _total_fields(total: RollupTotal) -> dict[str, Any]:
    return {
        "tps": total.tps,
        "dpt": total.dpt,
        "estimated": total.estimated,
        "counts": {name: total.counts[name] for name in COUNTS},
        "told": total.reporting_by_count,
        "rate": total.rate,
        "rehearsal": total.rehearsal,
    }


def _copied_time(rollup: Rollup) -> datetime | None:
    if rollup.exercise:
        return None
    return rollup.received_at if rollup.live else rollup.reported_at


def _known_copied_time(rollup: Rollup) -> datetime:
    at = _copied_time(rollup)
    assert at is not None, "asked before"
    return at


def _worst_situasi(rollups: list[Rollup]) -> str | None:
    """The worst that holds in a kecamatan of these, or was stated for a whole kabupaten."""
    there = {
        state
        for one in rollups
        for state in SITUASI
        if getattr(one, f"situasi_{state}") or one.everywhere == state
    }
    return next((state for state in reversed(SITUASI) if state in there), None)
