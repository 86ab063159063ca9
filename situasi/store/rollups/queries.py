"""Roll-ups: the figures of one kabupaten, computed in the database that holds its store."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
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
from situasi.store.engines import sqlite
from situasi.store.engines.engine import Backend
from situasi.store.interface import Scope
from situasi.store.rollups import conditions, incidents, officers, stations
from situasi.store.timestamps import from_micros, to_micros
from situasi.store.url import parse_url

# Figures by name, and until when they hold without new rows (microseconds; None: no limit).
_SectionResult = tuple[dict[str, Any], int | None]
# A roll-up reads all rows of a kabupaten: nested loops are never right, though a server with
# outdated statistics (just after many rows came) may choose them.
_SESSION_SETTINGS = {"postgresql": ("SET LOCAL enable_nestloop = off", "SET LOCAL jit = off")}
MAX_CRITICAL_CASES = 6  # per kabupaten


@dataclass(frozen=True)
class RollupParameters:
    """The parameters of one kabupaten's figures: its election day, its rules, its register.

    midnight: the start of the election day; day_end: the end of the monitored day. situasi_valid,
    word_every: from its election (thresholds, rules.personnel). utc_offset: of its zone on that
    day. voters_by_tps: the TPS of its register (code -> voters on the list, None: unknown); None:
    the register is not known here, and every TPS named in a report counts.
    """

    midnight: datetime
    day_end: datetime
    situasi_valid: timedelta
    word_every: timedelta
    utc_offset: timedelta
    voters_by_tps: Mapping[str, int | None] | None = None


@dataclass(frozen=True)
class CriticalCase:
    """An open case that is tinggi or merah; merged cases are one. uraian: its newest text."""

    kabupaten: str
    case: str
    occurred_at: datetime
    known_at: datetime
    kecamatan: str | None
    desa: str | None
    desa_text: str | None
    tps: str | None
    jenis: str | None
    tingkat: str | None
    situasi: str | None
    status: str | None
    uraian: str | None
    rehearsal: bool


@dataclass(frozen=True)
class Rollup:
    """The figures of one kabupaten at one moment. A count is None where no received row has it.

    version: of its store (0: nothing ever came); audit_hash: of that audit log entry. at: the time
    the figures refer to; live: with all that is known by now (otherwise as known at `at`).
    exercise: `at` is the clock of an exercise there. rehearsal: any row is LATIHAN. received_at:
    when the last row was stored; reported_at: when the newest row was known. valid_until: the
    figures hold until then if no row comes (None: without limit).

    tps_reported: TPS that reported a phase or a count. reached: by phase (feed_schemas.FASE) how
    many TPS have reached it or a later one. tps_counted: TPS with a count of voters present; heads:
    the sum of their newest counts; rated, dpt_told: present voters, and voters on the list, of
    those whose list is known (None: the register is not known here). register: whether only TPS of
    the register count.

    incidents_day: cases of the election day; incidents_open: those still open; open_tingkat: open
    ones by tingkat (None: not assessed). serious_open: open ones of the day that are tinggi or
    merah. jenis: cases of the day by kind. situasi_*: kecamatan in that state. everywhere: the
    worst state reported for the whole kabupaten. serious: the newest serious open ones.

    officers_posted: police posted to TPS; officers_present: those present by their last check-in.
    waiting: rows in quarantine (only live).
    """

    kabupaten: str
    version: int
    at: datetime
    live: bool
    exercise: bool = False
    rehearsal: bool = False
    received_at: datetime | None = None
    reported_at: datetime | None = None
    valid_until: datetime | None = None
    register: bool = False
    tps_reported: int | None = None
    reached: Mapping[str, int] | None = None
    tps_counted: int | None = None
    heads: int | None = None
    rated: int | None = None
    dpt_told: int | None = None
    incidents_day: int | None = None
    incidents_open: int | None = None
    open_tingkat: Mapping[str | None, int] | None = None
    serious_open: int | None = None
    jenis: Mapping[str | None, int] | None = None
    situasi_hijau: int | None = None
    situasi_kuning: int | None = None
    situasi_merah: int | None = None
    everywhere: str | None = None
    serious: tuple[CriticalCase, ...] = ()
    officers_posted: int | None = None
    officers_present: int | None = None
    waiting: int | None = None
    audit_hash: str = audit_log.GENESIS_HASH

    @property
    def tps_opened(self) -> int | None:
        """Return how many TPS have opened."""
        return None if self.reached is None else self.reached["dibuka"]

    @property
    def tps_closed(self) -> int | None:
        """Return how many TPS have closed."""
        return None if self.reached is None else self.reached["ditutup"]

    @property
    def tps_done(self) -> int | None:
        """Return how many TPS have finished counting."""
        return None if self.reached is None else self.reached["hitung_selesai"]


class RollupReader:
    """Computes roll-ups of the kabupaten of one contest, each on one unchanging state of its rows.

    connection_options: connection options under which statements on the store's tables read this
    kabupaten. read_entry_numbers: reads the last audit log number of each kabupaten.
    """

    def __init__(
        self,
        backend: Backend,
        connection_options: Callable[[str], dict[str, Any]],
        read_entry_numbers: Callable[[sa.Connection], dict[str, int]],
    ) -> None:
        self._backend, self._connection_options, self._read_entry_numbers = (
            backend,
            connection_options,
            read_entry_numbers,
        )
        # By kabupaten: last entry number, version and its hash.
        self._known_positions: dict[str, tuple[int, AuditPosition]] = {}
        self._turns = count()
        self._sections: dict[str, _CachedSections] = {}

    def read_positions(self) -> dict[str, AuditPosition]:
        """Return version and its hash for every kabupaten that ever sent anything.

        One small query, one more for each kabupaten whose audit log moved, and one for a further
        kabupaten in turn: a store that was replaced may end at the same number. Raises StoreError.
        """
        with self._backend.read_connection() as connection:
            numbers = self._read_entry_numbers(connection)
        checked_index = next(self._turns) % max(len(numbers), 1)
        for index, (kabupaten, number) in enumerate(numbers.items()):
            known_position = self._known_positions.get(kabupaten)
            if known_position is None or known_position[0] != number or index == checked_index:
                with self._read_connection(kabupaten) as connection:
                    self._known_positions[kabupaten] = (
                        number,
                        audit_log.read_data_head(connection),
                    )
        return {kabupaten: self._known_positions[kabupaten][1] for kabupaten in numbers}

    def compute(
        self, kabupaten: str, parameters: RollupParameters, now: datetime, *, live: bool = True
    ) -> Rollup:
        """Return the roll-up of a kabupaten that sent something.

        live: with all that is known by now; during an exercise by its own clock. Otherwise as it
        was known at `now`. Raises StoreError.
        """
        with self._read_connection(kabupaten) as connection:
            position = audit_log.read_data_head(connection)
            sections = self._sections.get(kabupaten)
            if (
                sections is None
                or sections.parameters is not parameters
                or not live
                or not sections.is_from_store(connection)
            ):
                sections = _CachedSections(parameters, position, {})
            rollup = _RollupQuery(connection, sections, kabupaten, now, live).compute(*position)
        if live:
            self._sections[kabupaten] = _CachedSections(parameters, position, sections.by_name)
        return rollup

    @contextmanager
    def _read_connection(self, kabupaten: str) -> Iterator[sa.Connection]:
        with self._backend.read_connection() as connection:
            for setting in _SESSION_SETTINGS.get(connection.dialect.name, ()):
                connection.exec_driver_sql(setting)
            yield connection.execution_options(**self._connection_options(kabupaten))

    def close(self) -> None:
        """Close all connections."""
        self._backend.close()


def open_rollup_reader(
    url: str, contest: str, kabupaten: str = "", *, is_replica: bool = False
) -> RollupReader:
    """Open the roll-ups of this contest in the database at this address.

    kabupaten: the owner of the store, if it is an SQLite file. is_replica: see open_store. Raises
    StoreError.
    """
    address = parse_url(url)
    if address.get_backend_name() != "sqlite":
        return _open_postgres(address, contest, is_replica)
    scope = Scope(contest, kabupaten) if kabupaten else None
    return RollupReader(
        sqlite.open_backend(address, scope),
        lambda _: {},
        lambda connection: {kabupaten: audit_log.read_head(connection)[0]},
    )


def _open_postgres(url: sa.URL, contest: str, is_replica: bool) -> RollupReader:
    # The driver is imported only when it is needed.
    from situasi.store.engines import postgres, postgres_schema

    def connection_options(kabupaten: str) -> dict[str, Any]:
        return {
            "schema_translate_map": {None: postgres_schema.schema_name(Scope(contest, kabupaten))}
        }

    def read_entry_numbers(connection: sa.Connection) -> dict[str, int]:
        if not postgres_schema.has_base_tables(connection):
            return {}
        issued = postgres_schema.last_issued.c
        query = sa.select(issued.kabupaten, issued.number).where(issued.contest == contest)
        return {kabupaten: int(number) for kabupaten, number in connection.execute(query)}

    backend = postgres.PostgresBackend(url, Scope(contest, ""), is_replica)
    return RollupReader(backend, connection_options, read_entry_numbers)


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
class _CachedSections:
    """The last results of one kabupaten: a new report changes only the section of its feed."""

    parameters: RollupParameters
    position: AuditPosition
    by_name: dict[str, _CachedSection]

    def is_from_store(self, connection: sa.Connection) -> bool:
        """Return whether the sections were computed from this store."""
        number, audit_hash = self.position
        return audit_log.read_hash(connection, number) == audit_hash


class _RollupQuery:
    """The queries of one roll-up on one connection; live ones update the cached sections."""

    def __init__(
        self,
        connection: sa.Connection,
        sections: _CachedSections,
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
            "every": _to_micros(parameters.word_every),
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
        if not counts.spoke:
            return {}, None
        return {
            "tps_reported": int(counts.spoke),
            "reached": {fase: int(count_by_name[fase]) for fase in FASE},
            "tps_counted": int(counts.counted),
            "heads": _to_int(counts.heads),
            "rated": _to_int(counts.rated),
            "dpt_told": _to_int(counts.dpt),
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
            "serious_open": critical_count,
            "serious": self._critical_cases() if critical_count else (),
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
        figures: dict[str, Any] = {"everywhere": next(everywhere, None)}
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
