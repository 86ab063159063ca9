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

# Figures by name, and until when they hold by themselves (microseconds; None: for good).
_SectionResult = tuple[dict[str, Any], int | None]
# A roll-up reads a kabupaten whole: row by row is never right, though a server that has not yet
# counted its rows (just after many came) would take them for few.
_SESSION_SETTINGS = {"postgresql": ("SET LOCAL enable_nestloop = off", "SET LOCAL jit = off")}
MAX_CRITICAL_CASES = 6  # that one kabupaten hands up


@dataclass(frozen=True)
class RollupParameters:
    """By what the figures of one kabupaten are reckoned: its day, its rules, its register.

    since: the midnight that begins the election day; until: the end of the watched day.
    situasi_valid, word_every: of its election (thresholds, rules.personnel). offset: of its zone
    from UTC on that day. tps: the TPS of its register (code -> voters on the list, None: not
    known); None: the register is not known here, and every TPS that is named counts.
    """

    midnight: datetime
    day_end: datetime
    situasi_valid: timedelta
    word_every: timedelta
    utc_offset: timedelta
    voters_by_tps: Mapping[str, int | None] | None = None


@dataclass(frozen=True)
class CriticalCase:
    """An open case that is tinggi or merah; merged ones are one. uraian: its newest words."""

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
    """One kabupaten at one moment. A count is None where nothing was received that tells it.

    version: of its store (0: nothing ever came); seal: of that entry of its trail. at: the moment
    against which it is reckoned; live: with all that is known by now (else as it was known at
    `at`). exercise: `at` is the clock of an exercise there. rehearsal: any row is LATIHAN.
    received_at: when the row stored
    last was stored; reported_at: when the newest row was known. good_until: the figures hold so
    long, if no row comes (None: for good).

    tps_reported: TPS that told a phase or a count. reached: by phase (records.FASE) how many TPS
    have come so far, or further. tps_counted: TPS with a count of heads; heads: in their newest
    counts; rated, dpt_told: heads in, and voters on the list of, those whose list is known
    (None: the register is not known here). register: whether only TPS of the register count.

    incidents_day: cases of the election day; incidents_open: of those, still open; open_tingkat:
    by weight (None: nobody weighed it). serious_open: open ones of the day that are tinggi or
    merah. jenis: cases of the day by kind. situasi_*: kecamatan in that state.
    everywhere: the worst stated for the whole kabupaten. serious: the newest serious open ones.

    officers_posted: police posted to TPS; officers_present: of those, there by their last word.
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
        return None if self.reached is None else self.reached["dibuka"]

    @property
    def tps_closed(self) -> int | None:
        return None if self.reached is None else self.reached["ditutup"]

    @property
    def tps_done(self) -> int | None:
        """TPS that have counted to the end."""
        return None if self.reached is None else self.reached["hitung_selesai"]


class RollupReader:
    """The roll-ups of the kabupaten of one contest, each asked in one unchanging view of its rows.

    scoped: the option of a connection under which statements over `tables` mean this kabupaten.
    numbers: the last entry of each kabupaten's trail.
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
        # By kabupaten: end of the trail, version and its seal.
        self._known_positions: dict[str, tuple[int, AuditPosition]] = {}
        self._turns = count()
        self._sections: dict[str, _CachedSections] = {}

    def read_positions(self) -> dict[str, AuditPosition]:
        """Version of the store, and its seal, of every kabupaten from which anything ever came.

        One small question, and another for each kabupaten whose trail moved and for one more in
        turn: another store that took the place of one may end at the same number. Raises
        StoreError.
        """
        with self._backend.read_connection() as connection:
            numbers = self._read_entry_numbers(connection)
        turn = next(self._turns) % max(len(numbers), 1)
        for at, (kabupaten, number) in enumerate(numbers.items()):
            known = self._known_positions.get(kabupaten)
            if known is None or known[0] != number or at == turn:
                with self._read_connection(kabupaten) as connection:
                    self._known_positions[kabupaten] = (
                        number,
                        audit_log.read_data_head(connection),
                    )
        return {kabupaten: self._known_positions[kabupaten][1] for kabupaten in numbers}

    def compute(
        self, kabupaten: str, parameters: RollupParameters, now: datetime, *, live: bool = True
    ) -> Rollup:
        """The roll-up of a kabupaten from which something came.

        live: with all that is known by now; of an exercise by its own clock. Otherwise as it was
        known at `now`. Raises StoreError.
        """
        with self._read_connection(kabupaten) as connection:
            state = audit_log.read_data_head(connection)
            held = self._sections.get(kabupaten)
            if (
                held is None
                or held.parameters is not parameters
                or not live
                or not held.is_from_store(connection)
            ):
                held = _CachedSections(parameters, state, {})
            found = _RollupQuery(connection, held, kabupaten, now, live).compute(*state)
        if live:
            self._sections[kabupaten] = _CachedSections(parameters, state, held.by_name)
        return found

    @contextmanager
    def _read_connection(self, kabupaten: str) -> Iterator[sa.Connection]:
        with self._backend.read_connection() as connection:
            for setting in _SESSION_SETTINGS.get(connection.dialect.name, ()):
                connection.exec_driver_sql(setting)
            yield connection.execution_options(**self._connection_options(kabupaten))

    def close(self) -> None:
        self._backend.close()


def open_rollup_reader(
    url: str, contest: str, kabupaten: str = "", *, is_replica: bool = False
) -> RollupReader:
    """The roll-ups of this contest in the database at this address.

    kabupaten: whose store it is, where that is a file of SQLite. follows: see open_store.
    Raises StoreError.
    """
    address = parse_url(url)
    if address.get_backend_name() != "sqlite":
        return _open_postgres(address, contest, is_replica)
    scope = Scope(contest, kabupaten) if kabupaten else None
    return RollupReader(
        sqlite.open_backend(address, scope),
        lambda _: {},
        lambda one: {kabupaten: audit_log.read_head(one)[0]},
    )


def _open_postgres(url: sa.URL, contest: str, is_replica: bool) -> RollupReader:
    # Its driver is loaded where it is used.
    from situasi.store.engines import postgres, postgres_schema

    def scoped(kabupaten: str) -> dict[str, Any]:
        return {
            "schema_translate_map": {None: postgres_schema.schema_name(Scope(contest, kabupaten))}
        }

    def numbers(connection: sa.Connection) -> dict[str, int]:
        if not postgres_schema.has_base_tables(connection):
            return {}
        given = postgres_schema.last_issued.c
        asked = sa.select(given.kabupaten, given.number).where(given.contest == contest)
        return {kabupaten: int(number) for kabupaten, number in connection.execute(asked)}

    backend = postgres.PostgresBackend(url, Scope(contest, ""), is_replica)
    return RollupReader(backend, scoped, numbers)


@dataclass(frozen=True)
class _CachedSection:
    """Some figures, which hold while their feeds stay, from one moment (microseconds) to another.

    rests_on: the last rows of those feeds and of what was taken back. until: None for good.
    """

    depends_on: tuple[int, ...]
    valid_from_us: int
    valid_until_us: int | None
    figures: dict[str, Any]


@dataclass(frozen=True)
class _CachedSections:
    """What was last found of one kabupaten: a report changes the part of its own feed."""

    parameters: RollupParameters
    position: AuditPosition
    by_name: dict[str, _CachedSection]

    def is_from_store(self, connection: sa.Connection) -> bool:
        """Whether this store is still the one of which they were found."""
        number, seal = self.position
        return audit_log.read_hash(connection, number) == seal


class _RollupQuery:
    """The questions of one roll-up, over one connection. parts: kept up to date where live."""

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
        self._at = self._now
        fresh = self._fetch(conditions.select_feed_freshness(self._live))
        rehearsal = any(row.made for row in fresh)
        clock = self._exercise_now() if rehearsal and self._live else None
        self._at = clock or self._now
        self._last_numbers = {row.feed: row.last for row in fresh}
        parts = [
            self._section("tps", (TPS,), self._station_section),
            self._section("cases", (INCIDENTS, MERGES), self._case_section),
            self._section("crowd", (INCIDENTS,), self._situasi_section),
            self._section("force", (ROSTER, POSTINGS, PERSONNEL), self._officer_section),
        ]
        until = [one.valid_until_us for one in parts if one.valid_until_us is not None]
        return Rollup(
            kabupaten=self._kabupaten,
            version=version,
            audit_hash=audit_hash,
            at=self._at,
            live=self._live,
            exercise=clock is not None,
            rehearsal=rehearsal,
            received_at=_latest(row.stored for row in fresh),
            reported_at=_latest(row.known for row in fresh),
            valid_until=from_micros(min(until)) if until and self._live and not clock else None,
            register=self._parameters.voters_by_tps is not None,
            waiting=self._count_waiting() if self._live else None,
            **{name: told for part in parts for name, told in part.figures.items()},
        )

    def _section(
        self, name: str, feeds: tuple[Feed, ...], compute_section: Callable[[], _SectionResult]
    ) -> _CachedSection:
        """Found anew only where rows came or were taken back, or its time is over."""
        at = to_micros(self._at)
        rests_on = (
            *(self._last_numbers[feed.name] for feed in feeds),
            self._last_numbers["withdrawals"],
        )
        held = self._sections.get(name)
        if held is None or not _is_valid(held, rests_on, at):
            told, until = compute_section()
            held = self._sections[name] = _CachedSection(rests_on, at, until, told)
        return held

    def _fetch(self, statement: Any, **extra_values: Any) -> list[Any]:
        terms = self._parameters
        values = {
            "at": to_micros(self._at),
            "since": to_micros(terms.midnight),
            "until": to_micros(terms.day_end),
            "offset": _to_micros(terms.utc_offset),
            "every": _to_micros(terms.word_every),
        }
        return list(self._connection.execute(statement, {**values, **extra_values}))

    def _exercise_now(self) -> datetime | None:
        found = self._fetch(conditions.select_exercise_clock())
        told = json.loads(found[0].value) if found else None
        return datetime.fromisoformat(told["at"]) if told else None

    def _count_waiting(self) -> int:
        return sum(quarantine_queries.count_waiting(self._connection).values())

    def _station_section(self) -> _SectionResult:
        register = self._parameters.voters_by_tps
        asked = stations.select_station_counts(
            self._dialect, is_live=self._live, has_register=register is not None
        )
        (found,) = self._fetch(asked, listed=json.dumps(register))
        told = found._mapping
        if not found.spoke:
            return {}, None
        return {
            "tps_reported": int(found.spoke),
            "reached": {fase: int(told[fase]) for fase in FASE},
            "tps_counted": int(found.counted),
            "heads": _to_int(found.heads),
            "rated": _to_int(found.rated),
            "dpt_told": _to_int(found.dpt),
        }, None

    def _case_section(self) -> _SectionResult:
        ((heard,),) = self._fetch(incidents.select_day_row_count(is_live=self._live))
        if not heard:
            return {}, None
        found = self._fetch(incidents.select_case_counts(self._dialect, is_live=self._live))
        grave = int(sum(row.grave for row in found))
        return {
            "incidents_day": sum(row.n for row in found),
            "incidents_open": sum(row.n for row in found if row.open),
            "open_tingkat": _sum_by_name(
                (_word_at(row.tingkat, TINGKAT), row.n) for row in found if row.open
            ),
            "jenis": _sum_by_name((row.jenis, row.n) for row in found),
            "serious_open": grave,
            "serious": self._critical_cases() if grave else (),
        }, None

    def _critical_cases(self) -> tuple[CriticalCase, ...]:
        asked = incidents.select_critical_cases(self._dialect, is_live=self._live)
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
            for row in self._fetch(asked, most=MAX_CRITICAL_CASES)
        )

    def _situasi_section(self) -> _SectionResult:
        found = self._fetch(incidents.select_situasi(is_live=self._live))
        valid = _to_micros(self._parameters.situasi_valid)
        fresh = to_micros(self._at) - valid
        area = [row for row in found if row.kecamatan is not None]
        alarms = [SITUASI[row.alarm] for row in area if row.alarm is not None]
        calm = [row.calm for row in area
                if row.alarm is None and row.calm is not None and row.calm >= fresh]  # fmt: skip
        everywhere = (_word_at(row.alarm, SITUASI) for row in found if row.kecamatan is None)
        told: dict[str, Any] = {"everywhere": next(everywhere, None)}
        if alarms or calm:
            told["situasi_hijau"] = len(calm)
            told["situasi_kuning"] = alarms.count("kuning")
            told["situasi_merah"] = alarms.count("merah")
        return told, min(calm) + valid if calm else None

    def _officer_section(self) -> _SectionResult:
        (found,) = self._fetch(officers.select_officer_counts(is_live=self._live))
        # What begins at a moment is not yet so before it.
        begins = None if found.begins is None else found.begins - 1
        ends = [one for one in (found.lapses, begins) if one is not None]
        told = {
            "officers_posted": int(found.posted) if found.known else None,
            "officers_present": int(found.present) if found.known else None,
        }
        return told, min(ends, default=None)


def _is_valid(section: _CachedSection, depends_on: tuple[int, ...], at_us: int) -> bool:
    within = section.valid_from_us <= at_us and (
        section.valid_until_us is None or at_us <= section.valid_until_us
    )
    return section.depends_on == depends_on and within


def _to_micros(duration: timedelta) -> int:
    return duration // timedelta(microseconds=1)


def _to_int(number: Any) -> int | None:
    return None if number is None else int(number)


def _word_at(place: int | None, scale: tuple[str, ...]) -> str | None:
    return None if place is None else scale[place]


def _sum_by_name(pairs: Any) -> dict[Any, int]:
    found: dict[Any, int] = {}
    for name, number in pairs:
        found[name] = found.get(name, 0) + int(number)
    return found


def _latest(moments: Any) -> datetime | None:
    told = [one for one in moments if one is not None]
    return from_micros(max(told)) if told else None
