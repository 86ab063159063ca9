"""A cache of the roll-ups of all kabupaten of a higher command, shared by all viewers."""

import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import pandas as pd

from situasi.common.lru_dict import LruDict
from situasi.domain import election
from situasi.domain import register as domain_register
from situasi.domain.election import Election
from situasi.domain.higher_command import HigherCommand, Member, members_under
from situasi.domain.register import Register
from situasi.higher_command.rollups.model import (
    CountHour,
    CountRounds,
    CriticalCase,
    Rollup,
    RollupParameters,
)
from situasi.higher_command.rollups.reader import RollupReader
from situasi.higher_command.turnout import Turnout, compute_turnout, sum_count_hours
from situasi.store.audit.hash_chain import AuditPosition
from situasi.store.model import StoreError

# The fields of Rollup that can be added over kabupaten.
COUNTS = (
    "tps_reported", "tps_opened", "tps_closed", "tps_done", "tps_counted",
    "heads", "turnout_heads", "turnout_dpt",
    "incidents_day", "incidents_open", "critical_open",
    "situasi_hijau", "situasi_kuning", "situasi_merah",
    "officers_posted", "officers_present", "officers_silent", "officers_returned", "waiting",
)  # fmt: skip
_MAX_PAST_OVERVIEWS = 16
_Positions = tuple[tuple[str, AuditPosition], ...]


@dataclass(frozen=True)
class RollupTotal:
    """The sum over some kabupaten. What a kabupaten did not report is missing, not zero.

    member_count: how many there are; reporting_count: how many ever sent anything. counts: by
    COUNTS the sum over those that reported it, None if none did; reporting_by_count: how many did.
    count_hours: the sums of those of Rollup, each hour by the clocks there. tps, dpt: of all
    members, None where one is unknown; estimated: whether one is a perkiraan.
    """

    member_count: int
    reporting_count: int
    counts: Mapping[str, int | None]
    reporting_by_count: Mapping[str, int]
    count_hours: Mapping[int, CountHour]
    tps: int | None
    dpt: int | None
    estimated: bool
    rehearsal: bool

    @property
    def turnout(self) -> Turnout:
        """Return the turnout of TPS with a known list, of one hour where some counts are old."""
        counts = self.counts
        return compute_turnout(self.count_hours, counts["turnout_heads"], counts["turnout_dpt"])


@dataclass(frozen=True)
class HigherCommandOverview:
    """What is known at `at` of all kabupaten, in the order of the command's members.

    rollups: by code, only of those that ever sent anything. live: all that is known by now.
    checked_at: when the database last answered; trouble: why it cannot be read now, so that the
    roll-ups are the last good ones.
    """

    command: HigherCommand
    at: datetime
    live: bool
    rollups: Mapping[str, Rollup]
    checked_at: datetime
    trouble: str | None = None

    def total(self, code: str = "") -> RollupTotal:
        """Return the sum over the members under a code (of a province); over all for ""."""
        members = members_under(self.command, code)
        rollups = [self.rollups[member.code] for member in members if member.code in self.rollups]
        is_complete = len(members) == len(self.command.members)
        values = {name: [getattr(rollup, name) for rollup in rollups] for name in COUNTS}
        reporting = {name: len(cells) - cells.count(None) for name, cells in values.items()}
        return RollupTotal(
            member_count=len(members),
            reporting_count=len(rollups),
            counts={name: _sum_known(cells) for name, cells in values.items()},
            reporting_by_count=reporting,
            count_hours=sum_count_hours(rollup.count_hours for rollup in rollups),
            tps=self.command.tps if is_complete else _sum_if_complete(m.tps for m in members),
            dpt=self.command.dpt if is_complete else _sum_if_complete(m.dpt for m in members),
            estimated=any(member.estimated for member in members),
            rehearsal=any(rollup.rehearsal for rollup in rollups),
        )

    def critical_cases(self, code: str = "", limit: int = 6) -> list[CriticalCase]:
        """Return the newest open cases that are tinggi or merah, of the members under a code."""
        codes = {member.code for member in members_under(self.command, code)}
        rollups = (rollup for at, rollup in self.rollups.items() if at in codes)
        cases = (case for rollup in rollups for case in rollup.critical_cases)
        return sorted(cases, key=lambda case: case.known_at, reverse=True)[:limit]

    def silent_members(self, code: str = "") -> list[Member]:
        """Return the members under a code that sent nothing for too long on a monitored day.

        A past time, and an exercise, are measured by when the newest row was known.
        """
        return [member for member in members_under(self.command, code) if self._is_silent(member)]

    def _is_silent(self, member: Member) -> bool:
        rollup = self.rollups.get(member.code)
        at = rollup.at if rollup and rollup.exercise else self.at
        day = self.command.in_zone_of(member)
        if not day.day_start <= at < day.day_end:
            return False
        if rollup is None:
            return True
        last_at = rollup.reported_at if rollup.exercise or not self.live else rollup.received_at
        return last_at is None or at - last_at > self.command.silent_after


def _sum_known(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _sum_if_complete(values: Iterable[int | None]) -> int | None:
    all_values = list(values)
    return None if None in all_values else _sum_known(all_values)


def build_parameters(register: Register) -> RollupParameters:
    """Return the roll-up parameters of a kabupaten with a known register."""
    definition = register.election
    voters = register.tps.set_index("code")["dpt"]
    return RollupParameters(
        midnight=definition.midnight,
        day_end=definition.day_end,
        situasi_valid=definition.thresholds.situasi_valid,
        checkin_valid=definition.rules.personnel.report_interval,
        critical=definition.rules.critical,
        voters_by_tps={
            str(code): None if pd.isna(dpt) else int(dpt) for code, dpt in voters.items()
        },
        count_rounds=_build_count_rounds(definition),
    )


def _build_count_rounds(definition: Election) -> CountRounds:
    opens = definition.local_time(definition.tps_opens)
    rule = definition.rules.tps
    duration = definition.local_time(definition.tps_closes) - opens
    return CountRounds(opens, rule.count_interval, rule.lead_time, duration // rule.count_interval)


def _member_parameters(command: HigherCommand, member: Member) -> RollupParameters:
    if member.election_folder is not None:
        return build_parameters(domain_register.load(election.load(member.election_folder)))
    day = command.in_zone_of(member)
    return RollupParameters(
        midnight=day.midnight,
        day_end=day.day_end,
        situasi_valid=command.situasi_valid,
        checkin_valid=command.checkin_valid,
        critical=command.critical,
    )


class RollupCache:
    """Keeps the roll-ups, and computes again only those that changed.

    If the database does not answer, the last good ones stay, with the reason. While one caller
    refreshes, others get what is cached.
    """

    def __init__(
        self, rollup_reader: RollupReader, command: HigherCommand, clock: Callable[[], datetime]
    ) -> None:
        self._rollup_reader, self._clock = rollup_reader, clock
        self._parameters = {
            member.code: _member_parameters(command, member) for member in command.members
        }
        self._refresh_lock, self._past_lock = threading.Lock(), threading.Lock()
        self._past_overviews: LruDict[tuple[datetime, _Positions], HigherCommandOverview]
        self._past_overviews = LruDict(_MAX_PAST_OVERVIEWS)
        now = clock()
        self._overview = HigherCommandOverview(command, now, live=True, rollups={}, checked_at=now)
        self._is_loaded = False

    def current_overview(self) -> HigherCommandOverview:
        """Return all that is known by now; costs one small query when nothing has changed."""
        if self._refresh_lock.acquire(blocking=not self._is_loaded):
            try:
                self._refresh()
                self._is_loaded = True
            finally:
                self._refresh_lock.release()
        return self._overview

    def _refresh(self) -> None:
        now = self._clock()
        minute = now.replace(second=0, microsecond=0)
        rollups, trouble = dict(self._overview.rollups), None
        try:
            positions = self._read_positions()
            rollups = {code: rollup for code, rollup in rollups.items() if code in positions}
            for code in positions:
                if not _is_current(rollups.get(code), positions[code], minute):
                    rollups[code] = self._rollup_reader.compute(
                        code, self._parameters[code], minute
                    )
        except StoreError as error:
            trouble = str(error)
        checked_at = self._overview.checked_at if trouble else now
        ordered = {code: rollups[code] for code in self._parameters if code in rollups}
        self._overview = replace(
            self._overview, at=now, rollups=ordered, checked_at=checked_at, trouble=trouble
        )

    def overview_at(self, at: datetime) -> HigherCommandOverview:
        """Return the overview as known at a past time; without roll-ups if that is impossible.

        Computed again after new rows, which may belong to that time.
        """
        with self._past_lock:
            try:
                positions = self._read_positions()
                key = (at, tuple(positions.items()))
                if key not in self._past_overviews:
                    self._past_overviews[key] = self._compute_past(at, positions)
            except StoreError as error:
                return replace(self._overview, at=at, live=False, rollups={}, trouble=str(error))
            self._past_overviews.move_to_end(key)
            return self._past_overviews[key]

    def _compute_past(self, at: datetime, codes: Collection[str]) -> HigherCommandOverview:
        rollups = {
            code: self._rollup_reader.compute(code, self._parameters[code], at, live=False)
            for code in codes
        }
        # Members without known rows had sent nothing by then.
        known = {code: rollup for code, rollup in rollups.items() if rollup.reported_at is not None}
        now = self._clock()
        return replace(
            self._overview, at=at, live=False, rollups=known, checked_at=now, trouble=None
        )

    def _read_positions(self) -> dict[str, AuditPosition]:
        """Return the positions of the members' stores, in order; other stores are ignored."""
        positions = self._rollup_reader.read_positions()
        return {code: positions[code] for code in self._parameters if positions.get(code, (0,))[0]}

    def close(self) -> None:
        """Close the connections."""
        self._rollup_reader.close()


def _is_current(rollup: Rollup | None, position: AuditPosition, now: datetime) -> bool:
    """Return whether the figures of a roll-up are still valid now."""
    if rollup is None or (rollup.version, rollup.audit_hash) != position:
        return False
    return rollup.valid_until is None or now <= rollup.valid_until
