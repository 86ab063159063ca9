"""The tables of the pages TPS and Partisipasi, as people read them."""

from __future__ import annotations

import pandas as pd

from situasi.board import current as board
from situasi.labels import label
from situasi.screen import stations_words as said
from situasi.screen import tables
from situasi.words import _


def _places(found: pd.DataFrame) -> dict[str, list[str]]:
    register = board().register
    return {
        _("kecamatan"): [register.name_of(code) for code in found["kecamatan"]],
        _("desa"): [register.name_of(code) for code in found["desa"]],
        _("TPS"): [f"{number:03d}" for number in found["nomor"]],
    }


def stations(found: pd.DataFrame) -> pd.DataFrame:
    """TPS with phase, state, heads and list."""
    table = pd.DataFrame(
        _places(found)
        | {
            _("fase"): [said.phase(code) for code in found["fase"]],
            _("pelaporan"): [label("lapor", code) for code in found["state"]],
            _("hadir"): found["hadir"].to_numpy(),
            _("hadir pada"): tables.clock(found["hadir_at"]).to_numpy(),
            _("DPT"): _lists(found),
            _("laporan terakhir"): tables.clock(found["last_at"]).to_numpy(),
            _("diragukan karena"): [said.doubts(kinds) for kinds in found["doubts"]],
        }
    )
    return tables.marked(table, found["latihan"].reset_index(drop=True))


def late(found: pd.DataFrame) -> pd.DataFrame:
    """TPS that owe a report: since when, and whose turn it is."""
    longest = found.sort_values("late_min", ascending=False, kind="stable")
    missing = zip(longest["owed"], longest["owed_hour"], strict=True)
    turns = zip(longest["chaser"], longest["kecamatan"], strict=True)
    table = pd.DataFrame(
        _places(longest)
        | {
            _("ditagih"): [said.owed(what, hour) for what, hour in missing],
            _("terlambat (menit)"): longest["late_min"].to_numpy(),
            _("giliran"): [said.turn(chaser, place) for chaser, place in turns],
            _("laporan terakhir"): tables.clock(longest["last_at"]).to_numpy(),
        }
    )
    return tables.marked(table, longest["latihan"].reset_index(drop=True))


def boxes(found: pd.DataFrame) -> pd.DataFrame:
    """Ballot boxes that have moved: where, since when, with whom."""
    longest = found.sort_values("box_at", kind="stable")
    table = pd.DataFrame(
        _places(longest)
        | {
            _("kotak"): [label("fase", code) for code in longest["box"]],
            _("sejak"): tables.clock(longest["box_at"]).to_numpy(),
            _("pengawal"): longest["escort"].fillna("").to_numpy(),
        }
    )
    return tables.marked(table, longest["latihan"].reset_index(drop=True))


def doubted(found: pd.DataFrame) -> pd.DataFrame:
    """Doubted counts with the reason; newest first."""
    newest = found.sort_values("occurred_at", ascending=False, kind="stable")
    reasons = zip(newest["kind"], newest["against"], newest["estimated"], strict=True)
    table = pd.DataFrame(
        _places(newest)
        | {
            _("waktu"): tables.clock(newest["occurred_at"]).to_numpy(),
            _("hadir"): newest["heads"].astype("int64").to_numpy(),
            _("diragukan karena"): [said.why(*reason) for reason in reasons],
            _("masih terbaru"): [_("ya") if one else "" for one in newest["current"]],
        }
    )
    return tables.marked(table, newest["latihan"].reset_index(drop=True))


def reports(rows: pd.DataFrame) -> pd.DataFrame:
    """TPS reports as they came; newest first."""
    newest = rows.sort_values(["occurred_at", "seq"], ascending=False, kind="stable")
    register = board().register
    table = pd.DataFrame(
        {
            _("waktu"): tables.clock(newest["occurred_at"]),
            _("dilaporkan"): tables.clock(newest["reported_at"]),
            _("kecamatan"): [
                register.name_of(c) if c else "" for c in newest["kecamatan"].fillna("")
            ],
            _("desa"): newest["desa_text"].fillna(""),
            _("TPS"): newest["tps"].fillna(""),
            _("fase"): [label("fase", code) for code in newest["fase"]],
            _("hadir"): newest["hadir"],
            _("kontak"): [_contact(code) for code in newest["kontak"]],
            _("pengawal"): newest["pengawal"].fillna(""),
            _("pelapor"): newest["pelapor"].fillna(""),
            _("uraian"): newest["uraian"].fillna(""),
            _("catatan periksa"): newest["flags"].fillna(""),
        }
    ).reset_index(drop=True)
    return tables.marked(table, newest["latihan"].reset_index(drop=True))


def _contact(code: str | None) -> str:
    known = {"terjangkau": _("terjangkau"), "tak_terjangkau": _("tak terjangkau")}
    return known.get(code, "") if isinstance(code, str) else ""


def _lists(found: pd.DataFrame) -> list[str]:
    return [said.dpt(n, e) for n, e in zip(found["dpt"], found["estimated"], strict=True)]
