"""The definition of one election, read from its folder: names, times, thresholds and rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from situasi.domain import alert_rules, forecast_parameters, past_turnout, real_days, rules
from situasi.domain.alert_rules import AlertRules
from situasi.domain.definition_errors import (
    REMEDY,
    DefinitionError,
    read_toml,
    wrap_definition_errors,
)
from situasi.domain.definition_fields import (
    CHECKED,
    CalendarDay,
    Clock,
    Filled,
    Hours,
    Interval,
    Minutes,
    Number,
    Points,
    flatten_tables,
    only,
    parse_definition,
)
from situasi.domain.definition_tables import read_table
from situasi.domain.feed_schemas import FEEDS
from situasi.domain.forecast_parameters import ForecastParameters
from situasi.domain.rules import Rules

# Files without which an election is complete: one of another name would be missed in silence.
_OPTIONAL_FILES = (
    "alerts.toml", "english.csv", "outlook.toml", "own_days.toml", "past_turnout.csv",
    "tps_kpu.csv", "water.toml",
)  # fmt: skip
_REQUIRED_FILES = (
    "election.toml", "rules.toml", "kecamatan.csv", "desa.csv", "tps.csv",
    "polsek.csv", "aliases.csv", "tahapan.csv", "sop.csv",
)  # fmt: skip


def _resolve_path(entry: object, info: ValidationInfo[Path]) -> Path:
    """Return a path that is relative to the folder of the election."""
    if not isinstance(entry, str):
        raise ValueError(f"{entry!r} bukan teks")
    return (info.context / entry).resolve()


def _check_after_opening(closes: time, info: ValidationInfo) -> time:
    opens = info.data.get("tps_opens", time.min)
    if closes <= opens:
        raise ValueError(f"{closes:%H.%M} tidak sesudah tps_opens {opens:%H.%M}")
    return closes


def _check_before_opening(start: time, info: ValidationInfo) -> time:
    opens = info.data.get("tps_opens", time.max)
    if start > opens:
        raise ValueError(f"{start:%H.%M} sesudah tps_opens {opens:%H.%M}")
    return start


@dataclass(frozen=True)
class TimelineMark:
    """A fixed moment of the day, drawn on the timeline."""

    at: Clock
    label: str


@dataclass(frozen=True)
class Thresholds:
    """Limits after which the board calls something silent, outdated or late. From election.toml."""

    # by feed: longer without a report is silence
    silent_after: Annotated[dict[str, Interval], Field(alias="silent_after_min"), only(*FEEDS)]
    # a reported hijau older than this counts as silence
    situasi_valid: Annotated[Interval, Field(alias="situasi_valid_min")]
    # a time further ahead of the clock than this is refused
    future_tolerance: Annotated[Minutes, Field(alias="future_tolerance_min")]
    # a row stored this long after its own time is history
    history_after: Annotated[Hours, Field(alias="history_after_h")]
    coordinate_tolerance_km: Annotated[
        Points, Field(le=100)
    ]  # how far a point may lie outside its polygon


@dataclass(frozen=True)
class ElectionDay:
    """The election day of a definition folder (slug: its name). Times of day are local, in `zone`.

    An alias is the table and entry of `election.toml` and of `command.toml`.
    """

    folder: Path
    slug: str
    day: Annotated[CalendarDay, Field(alias="day.date")]
    zone: Annotated[ZoneInfo, Field(alias="day.zone")]
    zone_label: Annotated[str, Field(alias="day.zone_label")]
    tps_opens: Annotated[Clock, Field(alias="day.tps_opens")]
    tps_closes: Annotated[
        Clock, Field(alias="day.tps_closes"), AfterValidator(_check_after_opening)
    ]
    watch_from: Annotated[
        Clock, Field(alias="day.watch_from"), AfterValidator(_check_before_opening)
    ]
    watch_until: Annotated[Clock, Field(alias="day.watch_until")]

    def local_time(self, at: time, day: date | None = None) -> datetime:
        """Return this time of day on the election day (or another) as an aware datetime."""
        return datetime.combine(day or self.day, at, self.zone)

    def count_days_left(self, at: datetime) -> int:
        """Return the days from this moment until the voting; 0 on the day and after it."""
        return max(0, (self.day - at.astimezone(self.zone).date()).days)

    @property
    def midnight(self) -> datetime:
        """Return the beginning of the election day."""
        return self.local_time(time.min)

    @property
    def day_start(self) -> datetime:
        """Return the start of the watched day."""
        return self.local_time(self.watch_from)

    @property
    def day_end(self) -> datetime:
        """Return the end of the watched day; 00.00 means the midnight that ends it."""
        end = self.local_time(self.watch_until)
        return end if end > self.day_start else end + timedelta(days=1)


@dataclass(frozen=True)
class Election(ElectionDay):
    """One election in one kabupaten.

    kind: what is elected, as a word. contest: the election across all kabupaten, as a word for
    addresses: pilkada-2024. seat_kecamatan: that of the command's seat. roads_file: lines of roads
    and rivers (GeoJSON). turnout_parameters: calibration of the turnout forecast; None: not made
    for these rules. past_turnout: of past_turnout.load, by code. english: the words of its files
    (stages, SOP, scenarios, sources) in English, by the Indonesian ones; `english.csv`.
    """

    contest: Annotated[Filled, Field(alias="election.contest")]
    name: Annotated[Filled, Field(alias="election.name")]
    kabupaten_code: Annotated[Filled, Field(alias="kabupaten.code")]
    kabupaten: Annotated[Filled, Field(alias="kabupaten.name")]
    command: Annotated[Filled, Field(alias="election.command")]
    operation: Annotated[str, Field(alias="election.operation")]
    ballot: Annotated[str, Field(alias="election.ballot")]
    candidates: Annotated[tuple[str, ...], Field(alias="election.candidates")]
    dpt_total: Annotated[Number, Field(alias="register.dpt")]
    tps_total: Annotated[Number, Field(alias="register.tps")]
    timeline_marks: Annotated[tuple[TimelineMark, ...], Field(alias="day.moments")]
    thresholds: Thresholds
    rules: Annotated[Rules, CHECKED]
    boundaries_folder: Annotated[
        Path, Field(alias="kabupaten.boundaries"), BeforeValidator(_resolve_path)
    ]
    kind: Annotated[str | None, Field(alias="election.kind")] = None
    turnout_parameters: Annotated[ForecastParameters | None, CHECKED] = None
    past_turnout: Annotated[Mapping[str, float], CHECKED] = field(default_factory=dict)
    english: Annotated[Mapping[str, str], CHECKED] = field(default_factory=dict)
    alerts: Annotated[AlertRules, CHECKED] = alert_rules.NO_RULES
    seat_kecamatan: Annotated[str | None, Field(alias="kabupaten.seat")] = None
    roads_file: Annotated[
        Path | None, Field(alias="kabupaten.ways"), BeforeValidator(_resolve_path)
    ] = None


def load(folder: Path) -> Election:
    """Read `election.toml` and `rules.toml` in this folder, and `alerts.toml` if present.

    Raises DefinitionError naming the file, the missing or wrong entry, and what to do.
    """
    definition, rules_path = folder / "election.toml", folder / "rules.toml"
    raw = read_toml(definition)
    with wrap_definition_errors(rules_path):
        day_rules = rules.parse(read_toml(rules_path))
    with wrap_definition_errors(definition):
        election = _build(folder, raw, day_rules)
    real_days.load_own(folder)  # only checked: calibration reads it
    rules_hash = forecast_fingerprint(election)
    with wrap_definition_errors(folder / forecast_parameters.FILE_NAME):
        election = replace(
            election,
            turnout_parameters=forecast_parameters.load(folder, rules_hash),
            past_turnout=past_turnout.load(folder),
            english=_load_english(folder / "english.csv"),
        )
    _check_file_names(folder)
    alerts_path = folder / "alerts.toml"
    if not alerts_path.is_file():
        return election
    with wrap_definition_errors(alerts_path):
        alerts = alert_rules.parse(read_toml(alerts_path))
    return replace(election, alerts=alerts)


@dataclass(frozen=True)
class _EnglishRow:
    indonesia: Filled
    english: Filled


def _load_english(path: Path) -> dict[str, str]:
    """Return the English words by the Indonesian; empty without a file."""
    rows = read_table(path, _EnglishRow, "indonesia") if path.is_file() else []
    return {row.indonesia: row.english for row in rows}


def _check_file_names(folder: Path) -> None:
    """Raise DefinitionError where a file that is not there seems to be there, misspelt."""
    names = {path.name for path in folder.iterdir() if path.suffix in {".toml", ".csv"}}
    unknown = sorted(names.difference(_OPTIONAL_FILES, _REQUIRED_FILES))
    for name in sorted(set(_OPTIONAL_FILES) - names):
        for other in get_close_matches(name, unknown, n=1, cutoff=0.85):
            raise DefinitionError(f"{folder / other}: maksudnya {name}? {REMEDY}")


def forecast_fingerprint(election: Election) -> str:
    """Return forecast_parameters.fingerprint of this election."""
    return forecast_parameters.fingerprint(
        election.folder, election.rules, election.tps_opens, election.tps_closes
    )


def _build(folder: Path, raw: dict[str, Any], day_rules: Rules) -> Election:
    entries = {
        "folder": folder,
        "slug": folder.name,
        "rules": day_rules,
        "election.contest": folder.name,
        **flatten_tables(raw, "election", "kabupaten", "day", "register"),
    }
    return parse_definition(Election, entries, context=folder)
