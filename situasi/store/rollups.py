"""Roll-ups: the figures of one kabupaten, computed in the database that holds its store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Terms:
    """By what the figures of one kabupaten are reckoned: its day, its rules, its register.

    since: the midnight that begins the election day; until: the end of the watched day.
    situasi_valid, word_every: of its election (thresholds, rules.personnel). offset: of its zone
    from UTC on that day. tps: the TPS of its register (code -> voters on the list, None: not
    known); None: the register is not known here, and every TPS that is named counts.
    """

    since: datetime
    until: datetime
    situasi_valid: timedelta
    word_every: timedelta
    offset: timedelta
    tps: Mapping[str, int | None] | None = None


@dataclass(frozen=True)
class Serious:
    """An open case that is tinggi or merah. place: desa (its name as written) and TPS, if told."""

    kabupaten: str
    case: str
    occurred_at: datetime
    known_at: datetime
    kecamatan: str | None
    place: str
    jenis: str
    tingkat: str | None
    situasi: str | None
    status: str
    uraian: str
    rehearsal: bool


@dataclass(frozen=True)
class Rollup:
    """One kabupaten at one moment. A count is None where nothing was received that tells it.

    version: of its store (0: nothing ever came). at: the moment against which it is reckoned;
    live: with all that is known by now (else as it was known at `at`). exercise: `at` is the
    clock of an exercise there. rehearsal: any row is LATIHAN. received_at: when the row stored
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
    good_until: datetime | None = None
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
    jenis: Mapping[str, int] | None = None
    situasi_hijau: int | None = None
    situasi_kuning: int | None = None
    situasi_merah: int | None = None
    everywhere: str | None = None
    serious: tuple[Serious, ...] = ()
    officers_posted: int | None = None
    officers_present: int | None = None
    waiting: int | None = None

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
