"""The queries of one roll-up, in sections that are computed again only where rows changed."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import sqlalchemy as sa

from situasi.domain.feed_schemas import (
    FASE,
    INCIDENTS,
    MERGES,
    PERSONNEL,
    POSTINGS,
    ROSTER,
    TPS,
    Feed,
    stored_dtypes,
)
from situasi.higher_command.rollups import conditions, officers, stations
from situasi.higher_command.rollups.cases import compute_case_figures
from situasi.higher_command.rollups.model import CountHour, Rollup, RollupParameters
from situasi.store import frame_reader, quarantine_queries
from situasi.store.audit import hash_chain
from situasi.store.audit.hash_chain import AuditPosition
from situasi.store.timestamps import from_micros, to_micros

# Figures by name, and until when they hold without new rows (microseconds; None: no limit).
_SectionResult = tuple[dict[str, Any], int | None]


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
        return hash_chain.read_hash(connection, number) == audit_hash


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
        self._connection, self._kabupaten = connection, kabupaten
        self._parameters = sections.parameters
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
            waiting=sum(quarantine_queries.count_waiting(self._connection).values())
            if self._live
            else None,
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
            "every": parameters.checkin_valid // timedelta(microseconds=1),
        }
        return list(self._connection.execute(statement, {**values, **extra_values}))

    def _exercise_now(self) -> datetime | None:
        rows = self._fetch(conditions.select_exercise_clock())
        clock = json.loads(rows[0].value) if rows else None
        return datetime.fromisoformat(clock["at"]) if clock else None

    def _station_section(self) -> _SectionResult:
        register = self._parameters.voters_by_tps
        query = stations.select_station_counts(
            self._dialect, is_live=self._live, has_register=register is not None
        )
        (counts,) = self._fetch(query, listed=json.dumps(register))
        count_by_name = counts._mapping
        if not counts.reported:
            return {}, None
        hours = self._fetch_count_hours()
        return {
            "tps_reported": int(counts.reported),
            "reached": {fase: int(count_by_name[fase]) for fase in FASE},
            "tps_counted": int(counts.counted),
            "heads": _to_int(counts.heads),
            "turnout_heads": _to_int(counts.turnout_heads),
            "turnout_dpt": _to_int(counts.dpt),
            "count_hours": hours,
        }, None

    def _fetch_count_hours(self) -> dict[int, CountHour]:
        rounds = self._parameters.count_rounds
        if rounds is None:
            return {}
        rows = self._fetch(
            stations.select_count_hours(self._dialect, is_live=self._live),
            listed=json.dumps(self._parameters.voters_by_tps),
            first=to_micros(rounds.opens - rounds.lead),
            interval=rounds.interval // timedelta(microseconds=1),
            last=rounds.last,
        )
        return {
            rounds.find_hour(row.round): CountHour(
                int(row.newest), int(row.told), int(row.heads), int(row.voters)
            )
            for row in rows
        }

    def _case_section(self) -> _SectionResult:
        incidents, merges = self._read_rows(INCIDENTS), self._read_rows(MERGES)
        figures, valid_until = compute_case_figures(
            self._kabupaten, incidents, merges, self._parameters, self._at
        )
        return figures, None if valid_until is None else to_micros(valid_until)

    def _read_rows(self, feed: Feed) -> pd.DataFrame:
        """Return the valid rows of a feed; unless live, as known at the moment."""
        query = conditions.select_valid_rows(feed.name, self._live).params(at=to_micros(self._at))
        return frame_reader.read_frame(self._connection, query, stored_dtypes(feed))

    def _officer_section(self) -> _SectionResult:
        (counts,) = self._fetch(officers.select_officer_counts(is_live=self._live))
        # What begins at a time does not hold yet one microsecond before.
        before_start = None if counts.begins is None else counts.begins - 1
        ends = [end for end in (counts.lapses, before_start) if end is not None]
        figures = {
            "officers_posted": int(counts.posted) if counts.known else None,
            "officers_present": int(counts.present) if counts.known else None,
            "officers_silent": int(counts.silent) if counts.known else None,
            "officers_returned": int(counts.returned) if counts.known else None,
        }
        return figures, min(ends, default=None)


def _is_valid(section: _CachedSection, depends_on: tuple[int, ...], at_us: int) -> bool:
    is_in_time = section.valid_from_us <= at_us and (
        section.valid_until_us is None or at_us <= section.valid_until_us
    )
    return section.depends_on == depends_on and is_in_time


def _to_int(number: Any) -> int | None:
    return None if number is None else int(number)


def _latest(moments: Any) -> datetime | None:
    known_moments = [moment for moment in moments if moment is not None]
    return from_micros(max(known_moments)) if known_moments else None
