"""The roll-up of one kabupaten: its figures at one moment, and what they depend on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from situasi.domain.rules import DEFAULT_CRITICAL, CriticalRule
from situasi.store.audit import hash_chain


@dataclass(frozen=True)
class CountRounds:
    """The hours of the head counts of one kabupaten, as analysis.stations.count_rounds has them.

    opens: of its TPS, in its zone; last: the number of the round of the closing.
    """

    opens: datetime
    interval: timedelta
    lead: timedelta
    last: int

    def find_hour(self, number: int) -> int:
        """Return the hour of a round, in minutes after midnight."""
        at = self.opens + number * self.interval
        return 60 * at.hour + at.minute


@dataclass(frozen=True)
class CountHour:
    """The head counts of one hour.

    newest: TPS whose newest count is of it. told: TPS that told one of it; heads, voters: of those
    whose list is known, voters present by the last of these, and voters on the list.
    """

    newest: int = 0
    told: int = 0
    heads: int = 0
    voters: int = 0

    def __add__(self, other: "CountHour") -> "CountHour":
        """Return the sum of both, which are of the same hour."""
        return CountHour(
            self.newest + other.newest,
            self.told + other.told,
            self.heads + other.heads,
            self.voters + other.voters,
        )


@dataclass(frozen=True)
class RollupParameters:
    """The parameters of one kabupaten's figures: its election day, its rules, its register.

    midnight: the start of the election day, in its zone; day_end: the end of the monitored day.
    situasi_valid, checkin_valid, critical: from its election (thresholds, rules). voters_by_tps:
    the TPS of its register (code -> voters on the list, None: unknown); None: the register is not
    known here, and every TPS named in a report counts. count_rounds: None without a register.
    """

    midnight: datetime
    day_end: datetime
    situasi_valid: timedelta
    checkin_valid: timedelta
    critical: CriticalRule = DEFAULT_CRITICAL
    voters_by_tps: Mapping[str, int | None] | None = None
    count_rounds: CountRounds | None = None

    @property
    def zone(self) -> tzinfo:
        """Return the time zone of the kabupaten."""
        assert self.midnight.tzinfo is not None, "a local time"
        return self.midnight.tzinfo


@dataclass(frozen=True)
class CriticalCase:
    """An open case that is critical; merged cases are one. uraian: its newest text."""

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
    the sum of their newest counts; turnout_heads, turnout_dpt: voters present, and voters on the
    list, of those whose list is known (None: the register is not known here). count_hours: by the
    hour of the count, in minutes after midnight there; empty where the register is not known.
    register: whether only TPS of the register count.

    incidents_day: cases of the election day; incidents_open: those still open; open_tingkat: open
    ones by tingkat (None: not assessed). critical_open: open ones of any
    day that are critical. jenis: cases of the day by kind. situasi_*: kecamatan in that state.
    kabupaten_state: the worst state reported for the whole kabupaten. critical_cases: the newest of
    critical_open.

    officers_posted: police posted to TPS; of these by their last check-in officers_present,
    officers_silent (came, and said nothing for too long) and officers_returned.
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
    turnout_heads: int | None = None
    turnout_dpt: int | None = None
    count_hours: Mapping[int, CountHour] = field(default_factory=dict)
    incidents_day: int | None = None
    incidents_open: int | None = None
    open_tingkat: Mapping[str | None, int] | None = None
    critical_open: int | None = None
    jenis: Mapping[str | None, int] | None = None
    situasi_hijau: int | None = None
    situasi_kuning: int | None = None
    situasi_merah: int | None = None
    kabupaten_state: str | None = None
    critical_cases: tuple[CriticalCase, ...] = ()
    officers_posted: int | None = None
    officers_present: int | None = None
    officers_silent: int | None = None
    officers_returned: int | None = None
    waiting: int | None = None
    audit_hash: str = hash_chain.GENESIS_HASH

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
