"""The definition of one election, read from its folder: names, times, thresholds and rules."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from situasi.domain import alert_rules, forecast_parameters, rules
from situasi.domain.alert_rules import AlertRules
from situasi.domain.definition_errors import wrap_definition_errors
from situasi.domain.forecast_parameters import ForecastParameters
from situasi.domain.rules import Rules

EntryT = TypeVar("EntryT")


@dataclass(frozen=True)
class TimelineMark:
    """A fixed moment of the day, drawn on the timeline."""

    at: time
    label: str


@dataclass(frozen=True)
class Thresholds:
    """Limits after which the board calls something silent, outdated or late. From election.toml."""

    silent_after: dict[str, timedelta]  # by feed: longer without a report is silence
    situasi_valid: timedelta  # a reported hijau older than this counts as silence
    future_tolerance: timedelta  # a time further ahead of the clock than this is refused
    history_after: timedelta  # a row stored this long after its own time is history
    coordinate_tolerance_km: float  # how far a point may lie outside its polygon


@dataclass(frozen=True)
class Election:
    """One election in one kabupaten. Times of day are local, in `zone`.

    turnout_parameters: calibration of the turnout forecast; None: not made for these rules.
    """

    folder: Path
    slug: str
    contest: str  # the election across all kabupaten, as a word for addresses: pilkada-2024
    name: str
    kabupaten_code: str
    kabupaten: str
    command: str
    operation: str
    ballot: str
    candidates: tuple[str, ...]
    day: date
    zone: ZoneInfo
    zone_label: str
    tps_opens: time
    tps_closes: time
    watch_from: time
    watch_until: time
    dpt_total: int
    tps_total: int
    timeline_marks: tuple[TimelineMark, ...]
    thresholds: Thresholds
    rules: Rules
    boundaries_folder: Path
    turnout_parameters: ForecastParameters | None = None
    alerts: AlertRules = alert_rules.NO_RULES
    seat_kecamatan: str | None = None  # the kecamatan of the command's seat
    roads_file: Path | None = (
        None  # lines of roads and rivers (GeoJSON), where there is such a file
    )

    def local_time(self, at: time, day: date | None = None) -> datetime:
        """Return this time of day on the election day (or another) as an aware datetime."""
        return datetime.combine(day or self.day, at, self.zone)

    @property
    def day_start(self) -> datetime:
        """Return the start of the watched day."""
        return self.local_time(self.watch_from)

    @property
    def day_end(self) -> datetime:
        """Return the end of the watched day; 00.00 means the midnight that ends it."""
        end = self.local_time(self.watch_until)
        return end if end > self.day_start else end + timedelta(days=1)


def load(folder: Path) -> Election:
    """Read `election.toml` and `rules.toml` in this folder, and `alerts.toml` if present.

    Raises DefinitionError naming the file, the missing or wrong entry, and what to do.
    """
    definition, rules_path = folder / "election.toml", folder / "rules.toml"
    with wrap_definition_errors(definition):
        raw = tomllib.loads(definition.read_text("utf-8"))
    with wrap_definition_errors(rules_path):
        day_rules = rules.parse(tomllib.loads(rules_path.read_text("utf-8")))
    with wrap_definition_errors(definition):
        election = _build(folder, raw, day_rules)
    rules_hash = forecast_fingerprint(election)
    with wrap_definition_errors(folder / forecast_parameters.FILE_NAME):
        election = replace(
            election, turnout_parameters=forecast_parameters.load(folder, rules_hash)
        )
    alerts_path = folder / "alerts.toml"
    if not alerts_path.is_file():
        return election
    with wrap_definition_errors(alerts_path):
        alerts = alert_rules.parse(tomllib.loads(alerts_path.read_text("utf-8")))
    return replace(election, alerts=alerts)


def forecast_fingerprint(election: Election) -> str:
    """Return forecast_parameters.fingerprint of this election."""
    return forecast_parameters.fingerprint(
        election.folder, election.rules, election.tps_opens, election.tps_closes
    )


def _build(folder: Path, raw: dict[str, Any], day_rules: Rules) -> Election:
    election, area, day = raw["election"], raw["kabupaten"], raw["day"]
    return Election(
        folder=folder,
        slug=folder.name,
        contest=election.get("contest", folder.name),
        name=election["name"],
        kabupaten_code=area["code"],
        kabupaten=area["name"],
        command=election["command"],
        operation=election["operation"],
        ballot=election["ballot"],
        candidates=tuple(election["candidates"]),
        day=_read_entry(day, "date", date),
        zone=ZoneInfo(day["zone"]),
        zone_label=day["zone_label"],
        tps_opens=_read_entry(day, "tps_opens", time),
        tps_closes=_read_entry(day, "tps_closes", time),
        watch_from=_read_entry(day, "watch_from", time),
        watch_until=_read_entry(day, "watch_until", time),
        dpt_total=_read_entry(raw["register"], "dpt", int),
        tps_total=_read_entry(raw["register"], "tps", int),
        timeline_marks=tuple(
            TimelineMark(_read_entry(mark, "at", time), mark["label"]) for mark in day["moments"]
        ),
        thresholds=_parse_thresholds(raw["thresholds"]),
        rules=day_rules,
        boundaries_folder=(folder / area["boundaries"]).resolve(),
        seat_kecamatan=area.get("seat"),
        roads_file=(folder / area["ways"]).resolve() if "ways" in area else None,
    )


def _read_entry(table: dict[str, Any], name: str, kind: type[EntryT]) -> EntryT:
    """Return the entry of this name. Raises ValueError if its type is not exactly `kind`."""
    value = table[name]
    if type(value) is not kind:
        raise ValueError(f"{name} = {value!r} bukan {_TYPE_NAMES[kind]}")
    return value


_TYPE_NAMES: dict[type, str] = {
    date: "tanggal (2024-11-27, tanpa tanda kutip)",
    time: "jam (07:00:00, tanpa tanda kutip)",
    int: "bilangan bulat",
}


def _parse_thresholds(raw: dict[str, Any]) -> Thresholds:
    return Thresholds(
        silent_after={
            feed: timedelta(minutes=minutes) for feed, minutes in raw["silent_after_min"].items()
        },
        situasi_valid=timedelta(minutes=raw["situasi_valid_min"]),
        future_tolerance=timedelta(minutes=raw["future_tolerance_min"]),
        history_after=timedelta(hours=raw["history_after_h"]),
        coordinate_tolerance_km=float(raw["coordinate_tolerance_km"]),
    )
