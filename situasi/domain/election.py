"""The definition of one election, read from its folder: what, when, by which thresholds."""

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
    """When the board calls something silent, stale or late. All from election.toml."""

    silent_after: dict[str, timedelta]  # by feed: longer without a report is silence
    situasi_valid: timedelta  # a stated hijau older than this is silence again
    future_tolerance: timedelta  # a time further ahead of the clock than this is refused
    history_after: timedelta  # a row stored this long after its own time is history
    coordinate_tolerance_km: float  # how far a point may lie outside its polygon


@dataclass(frozen=True)
class Election:
    """One election in one kabupaten. Times of day are local; `zone` says where.

    calibrated: what the intervals of the turnout outlook rest on; None: not made for these rules.
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
    seat_kecamatan: str | None = None  # the kecamatan in which the command stands
    roads_file: Path | None = (
        None  # lines of roads and rivers (GeoJSON), where there is such a file
    )

    def local_time(self, at: time, day: date | None = None) -> datetime:
        """An aware moment on the election day (or another) at this time of day."""
        return datetime.combine(day or self.day, at, self.zone)

    @property
    def day_start(self) -> datetime:
        return self.local_time(self.watch_from)

    @property
    def day_end(self) -> datetime:
        """The end of the watched day; 00.00 means the midnight that closes it."""
        end = self.local_time(self.watch_until)
        return end if end > self.day_start else end + timedelta(days=1)


def load(folder: Path) -> Election:
    """Read `election.toml` and `rules.toml` in this folder, and `alerts.toml` where there is one.

    Raises DefinitionError naming the file, the line or entry that is missing or wrong, and what
    to do.
    """
    definition, day = folder / "election.toml", folder / "rules.toml"
    with wrap_definition_errors(definition):
        told = tomllib.loads(definition.read_text("utf-8"))
    with wrap_definition_errors(day):
        of_the_day = rules.parse(tomllib.loads(day.read_text("utf-8")))
    with wrap_definition_errors(definition):
        election = _build(folder, told, of_the_day)
    mark = forecast_fingerprint(election)
    with wrap_definition_errors(folder / forecast_parameters.FILE_NAME):
        election = replace(election, turnout_parameters=forecast_parameters.load(folder, mark))
    watched = folder / "alerts.toml"
    if not watched.is_file():
        return election
    with wrap_definition_errors(watched):
        read = alert_rules.parse(tomllib.loads(watched.read_text("utf-8")))
    return replace(election, alerts=read)


def forecast_fingerprint(election: Election) -> str:
    """calibrated.fingerprint of this election."""
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
            TimelineMark(_read_entry(m, "at", time), m["label"]) for m in day["moments"]
        ),
        thresholds=_parse_thresholds(raw["thresholds"]),
        rules=day_rules,
        boundaries_folder=(folder / area["boundaries"]).resolve(),
        seat_kecamatan=area.get("seat"),
        roads_file=(folder / area["ways"]).resolve() if "ways" in area else None,
    )


def _read_entry(table: dict[str, Any], name: str, kind: type[EntryT]) -> EntryT:
    """The entry of this name, which must be of this kind and of no narrower one."""
    found = table[name]
    if type(found) is not kind:
        raise ValueError(f"{name} = {found!r} bukan {_TYPE_NAMES[kind]}")
    return found


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
