"""The level above: the roll-ups of all its kabupaten, kept in memory for all who look."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from situasi.domain import election
from situasi.domain import register as domain_register
from situasi.domain.feed_schemas import FASE
from situasi.domain.higher_command import HigherCommand, Member, members_under
from situasi.domain.register import Register
from situasi.store.audit.audit_log import AuditPosition
from situasi.store.interface import StoreError
from situasi.store.rollups.queries import CriticalCase, Rollup, RollupParameters, RollupReader

# Of Rollup, what adds up over kabupaten.
COUNTS = (
    "tps_reported", "tps_opened", "tps_closed", "tps_done", "tps_counted",
    "heads", "rated", "dpt_told",
    "incidents_day", "incidents_open", "serious_open",
    "situasi_hijau", "situasi_kuning", "situasi_merah",
    "officers_posted", "officers_present", "waiting",
)  # fmt: skip
_MAX_PAST_OVERVIEWS = 16  # past moments that are kept


@dataclass(frozen=True)
class RollupTotal:
    """The sum over some kabupaten. What a kabupaten did not tell is missing, not zero.

    members: how many there are; reporting: from how many anything ever came. counts: by COUNTS the
    sum over those that told it, None where nobody did; told: how many of them did. reached,
    open_tingkat, jenis: the sums of those of Rollup, None where nobody told. tps, dpt: of all
    members, None where that of one is not known; estimated: whether one is a perkiraan.
    """

    member_count: int
    reporting_count: int
    counts: Mapping[str, int | None]
    reporting_by_count: Mapping[str, int]
    reached: Mapping[str, int] | None
    open_tingkat: Mapping[str | None, int] | None
    jenis: Mapping[str | None, int] | None
    tps: int | None
    dpt: int | None
    estimated: bool
    rehearsal: bool

    @property
    def rate(self) -> float | None:
        """Percent of the voters on the lists of the TPS that told; None where nobody did."""
        heads, voters = self.counts["rated"], self.counts["dpt_told"]
        return 100 * heads / voters if heads is not None and voters else None


@dataclass(frozen=True)
class HigherCommandOverview:
    """What is known at `at` of all kabupaten, in the order of the command's members.

    rollups: by code, only of those from which anything ever came. live: all that is known by
    now. checked_at: when the database was last asked with success; trouble: why it cannot be
    asked now, and the roll-ups are the last good ones.
    """

    command: HigherCommand
    at: datetime
    live: bool
    rollups: Mapping[str, Rollup]
    checked_at: datetime
    trouble: str | None = None

    def total(self, code: str = "") -> RollupTotal:
        """The sum over the members under a code (of a province); over all under ""."""
        members = members_under(self.command, code)
        found = [self.rollups[one.code] for one in members if one.code in self.rollups]
        whole = len(members) == len(self.command.members)
        each = {name: [getattr(one, name) for one in found] for name in COUNTS}
        return RollupTotal(
            member_count=len(members),
            reporting_count=len(found),
            counts={name: _sum_known(told) for name, told in each.items()},
            reporting_by_count={name: len(told) - told.count(None) for name, told in each.items()},
            reached=_sum_by_name(FASE, [one.reached for one in found]),
            open_tingkat=_sum_by_name((), [one.open_tingkat for one in found]),
            jenis=_sum_by_name((), [one.jenis for one in found]),
            tps=self.command.tps if whole else _sum_if_complete(one.tps for one in members),
            dpt=self.command.dpt if whole else _sum_if_complete(one.dpt for one in members),
            estimated=any(one.estimated for one in members),
            rehearsal=any(one.rehearsal for one in found),
        )

    def critical_cases(self, code: str = "", limit: int = 6) -> list[CriticalCase]:
        """The newest open cases that are tinggi or merah, of the members under a code."""
        codes = {one.code for one in members_under(self.command, code)}
        every = [case for at, one in self.rollups.items() if at in codes for case in one.serious]
        return sorted(every, key=lambda case: case.known_at, reverse=True)[:limit]

    def silent_members(self, code: str = "") -> list[Member]:
        """The members under a code from which nothing came for too long, while it is watched.

        A past moment, and an exercise, are reckoned by when the newest row was known.
        """
        return [one for one in members_under(self.command, code) if self._is_silent(one)]

    def _is_silent(self, member: Member) -> bool:
        found = self.rollups.get(member.code)
        at = found.at if found and found.exercise else self.at
        if not self.command.day_start(member) <= at < self.command.day_end(member):
            return False
        if found is None:
            return True
        told = found.reported_at if found.exercise or not self.live else found.received_at
        return told is None or at - told > self.command.silent_after


def _sum_known(values: Iterable[int | None]) -> int | None:
    known = [one for one in values if one is not None]
    return sum(known) if known else None


def _sum_if_complete(values: Iterable[int | None]) -> int | None:
    every = list(values)
    return None if None in every else _sum_known(every)


def _sum_by_name(
    names: Iterable[str], values: Iterable[Mapping[Any, int] | None]
) -> dict[Any, int] | None:
    known = [one for one in values if one is not None]
    found: dict[Any, int] = dict.fromkeys(names, 0)
    for one in known:
        for name, number in one.items():
            found[name] = found.get(name, 0) + number
    return found if known else None


def build_parameters(register: Register) -> RollupParameters:
    """By what a kabupaten is reckoned whose register is known."""
    own = register.election
    since = own.local_time(datetime.min.time())
    voters = register.tps.set_index("code")["dpt"]
    return RollupParameters(
        midnight=since,
        day_end=own.day_end,
        situasi_valid=own.thresholds.situasi_valid,
        word_every=own.rules.personnel.report_interval,
        utc_offset=since.utcoffset() or timedelta(0),
        voters_by_tps={
            str(code): None if pd.isna(dpt) else int(dpt) for code, dpt in voters.items()
        },
    )


def _member_parameters(command: HigherCommand, member: Member) -> RollupParameters:
    if member.election_folder is not None:
        return build_parameters(domain_register.load(election.load(member.election_folder)))
    since = command.midnight(member)
    return RollupParameters(
        midnight=since,
        day_end=command.day_end(member),
        situasi_valid=command.situasi_valid,
        word_every=command.word_every,
        utc_offset=since.utcoffset() or timedelta(0),
    )


class RollupCache:
    """Keeps the roll-ups, and asks again only for those that have moved.

    A database that cannot be asked leaves the last good ones in place, with the reason. Whoever
    comes while another asks is given what is held.
    """

    def __init__(
        self, rollup_reader: RollupReader, command: HigherCommand, clock: Callable[[], datetime]
    ) -> None:
        self._rollup_reader, self._clock = rollup_reader, clock
        self._parameters = {one.code: _member_parameters(command, one) for one in command.members}
        self._refresh_lock, self._past_lock = threading.Lock(), threading.Lock()
        self._past_overviews: OrderedDict[
            tuple[datetime, tuple[tuple[str, AuditPosition], ...]], HigherCommandOverview
        ]
        self._past_overviews = OrderedDict()
        now = clock()
        self._overview = HigherCommandOverview(command, now, live=True, rollups={}, checked_at=now)
        self._is_loaded = False

    def current_overview(self) -> HigherCommandOverview:
        """All that is known by now; costs one small question when nothing has changed."""
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
        found, trouble = dict(self._overview.rollups), None
        try:
            states = self._read_positions()
            found = {code: one for code, one in found.items() if code in states}
            for code in states:
                if not _is_current(found.get(code), states[code], minute):
                    found[code] = self._rollup_reader.compute(code, self._parameters[code], minute)
        except StoreError as error:
            trouble = str(error)
        checked = self._overview.checked_at if trouble else now
        ordered = {code: found[code] for code in self._parameters if code in found}
        self._overview = replace(
            self._overview, at=now, rollups=ordered, checked_at=checked, trouble=trouble
        )

    def overview_at(self, at: datetime) -> HigherCommandOverview:
        """As it was known at a past moment; where that cannot be found out, without roll-ups.

        Found anew once rows came that may be of then.
        """
        with self._past_lock:
            try:
                states = self._read_positions()
                asked = (at, tuple(states.items()))
                if asked not in self._past_overviews:
                    self._past_overviews[asked] = self._compute_past(at, states)
            except StoreError as error:
                return replace(self._overview, at=at, live=False, rollups={}, trouble=str(error))
            self._past_overviews.move_to_end(asked)
            while len(self._past_overviews) > _MAX_PAST_OVERVIEWS:
                self._past_overviews.popitem(last=False)
            return self._past_overviews[asked]

    def _compute_past(self, at: datetime, codes: Collection[str]) -> HigherCommandOverview:
        found = {
            code: self._rollup_reader.compute(code, self._parameters[code], at, live=False)
            for code in codes
        }
        # From whom nothing was known then, nothing had come.
        spoke = {code: one for code, one in found.items() if one.reported_at is not None}
        return replace(
            self._overview, at=at, live=False, rollups=spoke, checked_at=self._clock(), trouble=None
        )

    def _read_positions(self) -> dict[str, AuditPosition]:
        """The states of the members' stores, in order; of others nothing is asked."""
        states = self._rollup_reader.read_positions()
        return {code: states[code] for code in self._parameters if states.get(code, (0,))[0]}

    def close(self) -> None:
        self._rollup_reader.close()


def _is_current(rollup: Rollup | None, position: AuditPosition, now: datetime) -> bool:
    """Whether the figures of a roll-up are still those of now."""
    if rollup is None or (rollup.version, rollup.audit_hash) != position:
        return False
    return rollup.valid_until is None or now <= rollup.valid_until
