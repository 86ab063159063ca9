"""Builds a command above: a folder that names its kabupaten, each with an invented election."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from situasi.command import NAME
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
    (folder / NAME).write_text(toml, "utf-8")
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
