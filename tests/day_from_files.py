"""The rehearsal day read from its feed files alone: slow, obvious, and none of our analysis.

Every function answers one question of a briefing from the CSV rows that had been told by a
moment (waktu_lapor), with dicts and loops.
"""

from __future__ import annotations

import csv
import tomllib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

Row = dict[str, str]
Tps = tuple[str, str, str]  # kecamatan code, desa, number

PHASES = (
    "logistik_tiba", "dibuka", "ditutup", "hitung_mulai", "hitung_selesai", "kotak_bergeser",
    "kotak_tiba_pps", "kotak_tiba_ppk", "kotak_tiba_kpu",
)  # fmt: skip
CLOSED = PHASES.index("ditutup")
ENDS = ("selesai", "tidak_terbukti", "nihil")
POLICE = ("polri", "bko_polda", "brimob")


@dataclass(frozen=True)
class Day:
    """The files of a rehearsal and the election folder they were made for."""

    files: Path
    election: Path

    def rules(self) -> dict[str, dict[str, object]]:
        return tomllib.loads((self.election / "rules.toml").read_text("utf-8"))

    def told(self, feed: str, at: datetime) -> list[Row]:
        """The rows of a feed that had been told by `at`, in the order told."""
        rows, moments = _read(self.files / f"{feed}.csv")
        return rows[: bisect_right(moments, at)]


@cache  # asked again for each of many moments
def _read(file: Path) -> tuple[list[Row], list[datetime]]:
    """The rows of a file in the order told, and when each was."""
    with file.open(encoding="utf-8", newline="") as opened:
        rows = sorted(csv.DictReader(opened), key=_told)
    return rows, [_told(row) for row in rows]


def _told(row: Row) -> datetime:
    return datetime.fromisoformat(row["waktu_lapor"] or row["waktu"])


def _when(row: Row) -> datetime:
    return datetime.fromisoformat(row["waktu"])


def _tps(row: Row) -> Tps:
    return row["kode_kecamatan"], row["desa"], row["tps"]


def _newest(rows: Iterable[Row], key: str = "id") -> dict[str, Row]:
    """The last word on each report."""
    return {row[key]: row for row in rows}


def heads(day: Day, at: datetime) -> dict[Tps, int]:
    """The newest count of voters of each TPS that told one; of one minute that of the end."""
    found: dict[Tps, tuple[tuple[datetime, bool], int]] = {}
    for row in day.told("tps", at):
        parts = [row[name] for name in ("hadir_dpt", "hadir_dptb", "hadir_dpk")]
        counted = row["hadir"] or (row["hadir_dpt"] and str(sum(int(p or 0) for p in parts)))
        if not counted or not row["tps"]:
            continue
        before, order = found.get(_tps(row)), (_when(row), row["fase"] in PHASES[CLOSED:])
        if before is None or order >= before[0]:
            found[_tps(row)] = (order, int(counted))
    return {tps: count for tps, (_, count) in found.items()}


def unopened(day: Day, at: datetime, every: Iterable[Tps]) -> set[Tps]:
    """Return the TPS without a report that they opened or counted voters."""
    opened = {tps for tps, count in heads(day, at).items() if count > 0}
    for row in day.told("tps", at):
        if row["fase"] in PHASES[1:]:
            opened.add(_tps(row))
    return set(every) - opened


def open_incidents(day: Day, at: datetime) -> dict[str, Row]:
    """Return the newest row of each incident that is not closed."""
    newest = _newest(day.told("incidents", at))
    return {
        name: row
        for name, row in newest.items()
        if row["jenis"] != "nihil" and row["status"] not in ENDS
    }


def overdue(day: Day, at: datetime) -> set[str]:
    """The open incidents whose next step is late by the rules of the election."""
    service = day.rules()["service"]
    rows = defaultdict(list)
    for row in day.told("incidents", at):
        rows[row["id"]].append(row)
    late = set()
    for name in open_incidents(day, at):
        states = [row["status"] for row in rows[name]]
        weight = next((r["tingkat"] for r in reversed(rows[name]) if r["tingkat"]), "belum")
        if not {"diverifikasi", "ditangani", "diteruskan", *ENDS} & set(states):
            step = "verify_min"
        elif not {"ditangani", "diteruskan", *ENDS} & set(states):
            step = "handle_min"
        else:
            step = "close_min"
        allowed = service[weight][step]  # type: ignore[index]
        if at > _told(rows[name][0]) + timedelta(minutes=allowed):
            late.add(name)
    return late


def posted_police(day: Day, at: datetime) -> dict[str, set[Tps]]:
    """The TPS of each police officer whose newest order is to TPS."""
    agency = {row["petugas"]: row["instansi"] for row in day.told("roster", at)}
    newest: dict[str, list[Row]] = {}
    for row in day.told("postings", at):
        before = newest.get(row["petugas"])
        if before is None or _when(row) > _when(before[0]):
            newest[row["petugas"]] = [row]
        elif _when(row) == _when(before[0]):
            before.append(row)
    found = defaultdict(set)
    for officer, order in newest.items():
        for row in order:
            if row["penugasan"] == "tps" and agency.get(officer) in POLICE:
                for number in _numbers(row["tps"]):
                    found[officer].add((row["kode_kecamatan"], row["desa"], number))
    return dict(found)


def _numbers(written: str) -> list[str]:
    """'001', '1,2' or '1-3', as the files of the rehearsal write a list of TPS."""
    numbers: list[int] = []
    for part in written.replace(" ", "").split(","):
        first, _, last = part.partition("-")
        numbers += range(int(first), int(last or first) + 1)
    return [f"{number:03d}" for number in numbers]


def present_police(day: Day, at: datetime) -> set[str]:
    """Of those, who has spoken from the post within the time in which word is due."""
    word = timedelta(minutes=day.rules()["personnel_reports"]["word_every_min"])  # type: ignore[arg-type]
    posted = posted_police(day, at)
    last: dict[str, Row] = {}
    for row in day.told("personnel", at):
        before = last.get(row["petugas"])
        if _when(row) <= at and (before is None or _when(row) >= _when(before)):
            last[row["petugas"]] = row
    return {
        officer
        for officer in posted
        if officer in last
        and last[officer]["checkin"] in {"tiba_di_tps", "laporan_berkala"}
        and at - _when(last[officer]) <= word
    }


def planned_for(day: Day, at: datetime, stage: str) -> set[str]:
    """The activities of a stage that are planned and neither done nor called off."""
    newest: dict[str, Row] = {}
    stages: dict[str, str] = {}
    for row in day.told("activities", at):
        newest[row["id"]] = row
        stages[row["id"]] = row["tahapan"] or stages.get(row["id"], "")
    return {
        name
        for name, row in newest.items()
        if row["status"] == "rencana" and stages[name] == stage and at - _when(row) <= _LAPSE
    }


_LAPSE = timedelta(hours=24)


def last_told(day: Day, feed: str, at: datetime) -> datetime | None:
    """When the newest row of a feed was told."""
    return max(map(_told, day.told(feed, at)), default=None)


def neutrality_cases(day: Day, at: datetime) -> set[str]:
    """The cases that are more than a nihil."""
    return {row["id"] for row in day.told("neutrality", at) if row["langkah"] != "nihil"}
