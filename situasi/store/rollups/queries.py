"""The queries of one roll-up, in sections that are computed again only where rows changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from situasi.domain.feed_schemas import (
    FASE,
    INCIDENTS,
    MERGES,
    PERSONNEL,
    POSTINGS,
    ROSTER,
    SITUASI,
    STATUS,
    TINGKAT,
    TPS,
    Feed,
)
from situasi.store import quarantine_queries
from situasi.store.audit import audit_log
from situasi.store.audit.audit_log import AuditPosition
from situasi.store.rollups import conditions, incidents, officers, stations
from situasi.store.rollups.model import CriticalCase, Rollup, RollupParameters
from situasi.store.timestamps import from_micros, to_micros

# Figures by name, and until when they hold without new rows (microseconds; None: no limit).
_SectionResult = tuple[dict[str, Any], int | None]
MAX_CRITICAL_CASES = 6  # per kabupaten


@dataclass(frozen=True)
class _CachedSection:
    """Some figures, valid while their feeds stay unchanged, between two times (microseconds).

    depends_on: the last row numbers of those feeds and of withdrawals. valid_until_us: None without
    limit.
    """

    depends_on: tuple[int, ...]
    valid_from_us: int
    valid_until_us: int | None
    figures: dict[str, Any]


@dataclass(frozen=True)
class CachedSections:
    """The last results of one kabupaten: a new report changes only the section of its feed."""

    parameters: RollupParameters
    position: AuditPosition
    by_name: dict[str, _CachedSection]

    def is_from_store(self, connection: sa.Connection) -> bool:
        """Return whether the sections were computed from this store."""
        number, audit_hash = self.position
        return audit_log.read_hash(connection, number) == audit_hash


class RollupQuery:
    """The queries of one roll-up on one connection; live ones update the cached sections."""

    def __init__(
        self,
        connection: sa.Connection,
        sections: CachedSections,
        kabupaten: str,
        now: datetime,
        live: bool,
    ) -> None:
        self._connection, self._parameters, self._kabupaten = (
            connection,
            sections.parameters,
            kabupaten,
        )
        self._live, self._now, self._sections = live, now, sections.by_name
        self._dialect = connection.dialect.name
        self._last_numbers: dict[str, int] = {}

    def compute(self, version: int, audit_hash: str) -> Rollup:
        """Return the roll-up."""
        self._at = self._now
        freshness = self._fetch(conditions.select_feed_freshness(self._live))
        rehearsal = any(row.made for row in freshness)
        exercise_now = self._exercise_now() if rehearsal and self._live else None
        self._at = exercise_now or self._now
        self._last_numbers = {row.feed: row.last for row in freshness}
        sections = [
            self._section("tps", (TPS,), self._station_section),
            self._section("cases", (INCIDENTS, MERGES), self._case_section),
            self._section("crowd", (INCIDENTS,), self._situasi_section),
            self._section("force", (ROSTER, POSTINGS, PERSONNEL), self._officer_section),
        ]
        valid_until = [part.valid_until_us for part in sections if part.valid_until_us is not None]
        return Rollup(
            kabupaten=self._kabupaten,
            version=version,
            audit_hash=audit_hash,
            at=self._at,
            live=self._live,
            exercise=exercise_now is not None,
            rehearsal=rehearsal,
            received_at=_latest(row.stored for row in freshness),
            reported_at=_latest(row.known for row in freshness),
            valid_until=from_micros(min(valid_until))
            if valid_until and self._live and not exercise_now
            else None,
            register=self._parameters.voters_by_tps is not None,
            waiting=self._count_waiting() if self._live else None,
            **{name: figure for section in sections for name, figure in section.figures.items()},
        )

    def _section(
        self, name: str, feeds: tuple[Feed, ...], compute_section: Callable[[], _SectionResult]
    ) -> _CachedSection:
        """Return the section; compute it again after new rows or withdrawals, or once invalid."""
        at_us = to_micros(self._at)
        depends_on = (
            *(self._last_numbers[feed.name] for feed in feeds),
            self._last_numbers["withdrawals"],
        )
        section = self._sections.get(name)
        if section is None or not _is_valid(section, depends_on, at_us):
            figures, valid_until_us = compute_section()
            section = self._sections[name] = _CachedSection(
                depends_on, at_us, valid_until_us, figures
            )
        return section

    def _fetch(self, statement: Any, **extra_values: Any) -> list[Any]:
        parameters = self._parameters
        values = {
            "at": to_micros(self._at),
            "since": to_micros(parameters.midnight),
            "until": to_micros(parameters.day_end),
            "offset": _to_micros(parameters.utc_offset),
            "every": _to_micros(parameters.checkin_valid),
        }
        return list(self._connection.execute(statement, {**values, **extra_values}))

    def _exercise_now(self) -> datetime | None:
        rows = self._fetch(conditions.select_exercise_clock())
        clock = json.loads(rows[0].value) if rows else None
        return datetime.fromisoformat(clock["at"]) if clock else None

    def _count_waiting(self) -> int:
        return sum(quarantine_queries.count_waiting(self._connection).values())

    def _station_section(self) -> _SectionResult:
        register = self._parameters.voters_by_tps
        query = stations.select_station_counts(
            self._dialect, is_live=self._live, has_register=register is not None
        )
        (counts,) = self._fetch(query, listed=json.dumps(register))
        count_by_name = counts._mapping
        if not counts.reported:
            return {}, None
        return {
            "tps_reported": int(counts.reported),
            "reached": {fase: int(count_by_name[fase]) for fase in FASE},
            "tps_counted": int(counts.counted),
            "heads": _to_int(counts.heads),
            "turnout_heads": _to_int(counts.turnout_heads),
            "turnout_dpt": _to_int(counts.dpt),
        }, None

    def _case_section(self) -> _SectionResult:
        ((row_count,),) = self._fetch(incidents.select_day_row_count(is_live=self._live))
        if not row_count:
            return {}, None
        rows = self._fetch(incidents.select_case_counts(self._dialect, is_live=self._live))
        critical_count = int(sum(row.grave for row in rows))
        return {
            "incidents_day": sum(row.n for row in rows),
            "incidents_open": sum(row.n for row in rows if row.open),
            "open_tingkat": _sum_by_name(
                (_word_at(row.tingkat, TINGKAT), row.n) for row in rows if row.open
            ),
            "jenis": _sum_by_name((row.jenis, row.n) for row in rows),
            "critical_open": critical_count,
            "critical_cases": self._critical_cases() if critical_count else (),
        }, None

    def _critical_cases(self) -> tuple[CriticalCase, ...]:
        query = incidents.select_critical_cases(self._dialect, is_live=self._live)
        return tuple(
            CriticalCase(
                kabupaten=self._kabupaten,
                case=row.case,
                occurred_at=from_micros(row.occurred_at),
                known_at=from_micros(row.known_at),
                kecamatan=row.kecamatan,
                desa=row.desa,
                desa_text=row.desa_text,
                tps=row.tps,
                jenis=row.jenis,
                tingkat=_word_at(row.tingkat, TINGKAT),
                situasi=_word_at(row.situasi, SITUASI),
                status=_word_at(row.step, STATUS),
                uraian=row.uraian,
                rehearsal=bool(row.latihan),
            )
            for row in self._fetch(query, most=MAX_CRITICAL_CASES)
        )

    def _situasi_section(self) -> _SectionResult:
        rows = self._fetch(incidents.select_situasi(is_live=self._live))
        valid_us = _to_micros(self._parameters.situasi_valid)
        since_us = to_micros(self._at) - valid_us
        known = [row for row in rows if row.kecamatan is not None]
        alarms = [SITUASI[row.alarm] for row in known if row.alarm is not None]
        calm = [row.calm for row in known
                if row.alarm is None and row.calm is not None and row.calm >= since_us]  # fmt: skip
        everywhere = (_word_at(row.alarm, SITUASI) for row in rows if row.kecamatan is None)
        figures: dict[str, Any] = {"kabupaten_state": next(everywhere, None)}
        if alarms or calm:
            figures["situasi_hijau"] = len(calm)
            figures["situasi_kuning"] = alarms.count("kuning")
            figures["situasi_merah"] = alarms.count("merah")
        return figures, min(calm) + valid_us if calm else None

    def _officer_section(self) -> _SectionResult:
        (counts,) = self._fetch(officers.select_officer_counts(is_live=self._live))
        # What begins at a time does not hold yet one microsecond before.
        before_start = None if counts.begins is None else counts.begins - 1
        ends = [end for end in (counts.lapses, before_start) if end is not None]
        figures = {
            "officers_posted": int(counts.posted) if counts.known else None,
            "officers_present": int(counts.present) if counts.known else None,
        }
        return figures, min(ends, default=None)


def _is_valid(section: _CachedSection, depends_on: tuple[int, ...], at_us: int) -> bool:
    is_in_time = section.valid_from_us <= at_us and (
        section.valid_until_us is None or at_us <= section.valid_until_us
    )
    return section.depends_on == depends_on and is_in_time


def _to_micros(duration: timedelta) -> int:
    return duration // timedelta(microseconds=1)


def _to_int(number: Any) -> int | None:
    return None if number is None else int(number)


def _word_at(index: int | None, scale: tuple[str, ...]) -> str | None:
    return None if index is None else scale[index]


def _sum_by_name(pairs: Any) -> dict[Any, int]:
    sums: dict[Any, int] = {}
    for name, number in pairs:
        sums[name] = sums.get(name, 0) + int(number)
    return sums


def _latest(moments: Any) -> datetime | None:
    known_moments = [moment for moment in moments if moment is not None]
    return from_micros(max(known_moments)) if known_moments else None
