"""Builds a command above: a folder that names its kabupaten, each with an invented election."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from situasi.access.audit_log import AuditLog
from situasi.board import Board
from situasi.domain import higher_command as commands
from situasi.domain.feed_schemas import FASE
from situasi.domain.higher_command import FILE_NAME, HigherCommand, Member
from situasi.domain.settings import Settings
from situasi.higher_command.app import BoardPool, HigherCommandApp, open_member_board
from situasi.higher_command.rollup_cache import HigherCommandOverview, RollupCache
from situasi.higher_command.rollups.model import CriticalCase, Rollup
from situasi.store import open_store
from tests.builders_election import CODE, KABUPATEN, invented_election

CONTEST = "contoh-2030"
DAY = date(2030, 11, 20)
# 12.00 WITA on the invented election day.
NOON = datetime(2030, 11, 20, 4, tzinfo=UTC)

_TOML = """\
[command]
name = "{name}"
level = "{level}"
code = "{code}"
contest = "contoh-2030"
operation = "Operasi Contoh 2030"

[day]
date = {day}
zone = "Asia/Makassar"
zone_label = "WITA"
tps_opens = 07:00:00
tps_closes = 13:00:00
watch_from = 04:00:00
watch_until = 00:00:00

[register]

[thresholds]
silent_after_min = 90
situasi_valid_min = 180
word_every_min = 210

[parts]
{parts}
"""


_HEADING = "kode,nama,satuan,pemilihan,tps,dpt,perkiraan,zona,label_zona,sumber\n"


@dataclass(frozen=True)
class Kabupaten:
    """A member of an invented command. open: with an election folder of its own."""

    code: str
    name: str
    open: bool = True
    tps: int | None = 18
    dpt: int | None = 5400


def kabupaten_election(
    folder: Path, code: str, name: str, day: date = DAY, contest: str = CONTEST
) -> Path:
    """The invented election (three kecamatan, 18 TPS) under another code and name."""
    invented_election(folder)
    for file in folder.rglob("*"):
        if file.suffix in {".toml", ".csv", ".geojson"} and file.name != "rules.toml":
            text = file.read_text("utf-8")
            file.write_text(_of(text, code, name, day), "utf-8")
    toml = folder / "election.toml"
    told = toml.read_text("utf-8")
    toml.write_text(told.replace("[election]", f'[election]\ncontest = "{contest}"', 1), "utf-8")
    return folder


def _of(text: str, code: str, name: str, day: date) -> str:
    told = text.replace(CODE, code).replace(KABUPATEN, name)
    return told.replace(f"{DAY}", f"{day}")


def command_folder(
    folder: Path,
    *members: Kabupaten,
    day: date = DAY,
    code: str = "99",
    name: str = "Polda Contoh",
    level: str = "polda",
    parts: Mapping[str, str] | None = None,
) -> Path:
    """Write the folder of a command with these kabupaten, and an election folder for each open."""
    folder.mkdir(parents=True, exist_ok=True)
    named = {"99": "Provinsi Contoh"} if parts is None else parts
    told = "\n".join(f'"{part}" = "{called}"' for part, called in named.items())
    toml = _TOML.format(name=name, level=level, code=code, parts=told, day=day)
    (folder / FILE_NAME).write_text(toml, "utf-8")
    with (folder / "kabupaten.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        file.write(_HEADING)
        for one in members:
            election = folder / f"election-{one.code}"
            if one.open:
                kabupaten_election(election, one.code, one.name, day)
            writer.writerow(
                [one.code, one.name, f"Polres {one.name}", election.name if one.open else "",
                 "" if one.tps is None else one.tps, "" if one.dpt is None else one.dpt, "tidak",
                 "", "", "rekaan"]
            )  # fmt: skip
    return folder


class Told:
    """Instead of Overseeing: what a test says the roll-ups are. past: at any past moment."""

    def __init__(
        self, now: HigherCommandOverview, past: HigherCommandOverview | None = None
    ) -> None:
        self.now, self.past = now, past

    def current_overview(self) -> HigherCommandOverview:
        return self.now

    def overview_at(self, at: datetime) -> HigherCommandOverview:
        return replace(self.past or self.now, at=at, live=False)

    def close(self) -> None:
        pass


def overview(command: HigherCommand, *rollups: Rollup, **stated: Any) -> HigherCommandOverview:
    """At NOON, of these roll-ups, asked just now."""
    held = {one.kabupaten: one for one in rollups}
    return HigherCommandOverview(
        command, NOON, live=True, rollups=held, **{"checked_at": NOON, **stated}
    )


def rollup(kabupaten: str, **stated: Any) -> Rollup:
    """A kabupaten of 18 TPS from which everything was told, five minutes ago."""
    told: dict[str, Any] = {
        "version": 7,
        "at": NOON,
        "live": True,
        "received_at": NOON - timedelta(minutes=5),
        "reported_at": NOON - timedelta(minutes=6),
        "register": True,
        "tps_reported": 12,
        "reached": {fase: 12 if fase == "dibuka" else 0 for fase in FASE},
        "tps_counted": 10,
        "heads": 1200,
        "turnout_heads": 1200,
        "turnout_dpt": 3000,
        "incidents_day": 9,
        "incidents_open": 4,
        "open_tingkat": {"rendah": 3, "tinggi": 1},
        "critical_open": 1,
        "jenis": {"kericuhan": 9},
        "situasi_hijau": 2,
        "situasi_kuning": 1,
        "situasi_merah": 0,
        "officers_posted": 40,
        "officers_present": 36,
        "officers_silent": 1,
        "officers_returned": 0,
        "waiting": 0,
        "critical_cases": (serious(kabupaten),),
    }
    return Rollup(kabupaten, **{**told, **stated})


def serious(kabupaten: str, **stated: Any) -> CriticalCase:
    """An open case that is tinggi."""
    told: dict[str, Any] = {
        "case": "K-1 kericuhan",
        "occurred_at": NOON - timedelta(minutes=20),
        "known_at": NOON - timedelta(minutes=15),
        "kecamatan": f"{kabupaten}.01",
        "desa": None,
        "desa_text": "Pasar",
        "tps": None,
        "jenis": "kericuhan",
        "tingkat": "tinggi",
        "situasi": None,
        "status": "ditangani",
        "uraian": f"Kericuhan di {kabupaten}.",
        "rehearsal": False,
    }
    return CriticalCase(kabupaten, **{**told, **stated})


def headquarters(
    folder: Path, settings: Settings, found: HigherCommandOverview | None = None
) -> HigherCommandApp:
    """The command of this folder, each kabupaten in a file of its own beside that of the command.

    found: its roll-ups; none of any kabupaten where none are given.
    """
    command = commands.load(folder)
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    store = open_store(settings.store_url)

    def opens(member: Member) -> Board:
        there = replace(settings, store_url=store_of(settings, member.code))
        return open_member_board(there, command, member, store, lambda: NOON)

    told = cast(RollupCache, Told(found or overview(command)))
    names = {f"{one.code}.01": "Batu Gading" for one in command.members}
    return HigherCommandApp(
        settings, command, store, told, AuditLog(store, lambda: NOON), BoardPool(command, opens),
        kecamatan=names,
    )  # fmt: skip


def store_of(settings: Settings, code: str) -> str:
    """Address of the store of a kabupaten of `headquarters`."""
    return f"sqlite:///{(settings.data_folder / code).as_posix()}.db"
