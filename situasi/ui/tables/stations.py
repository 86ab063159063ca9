"""The tables of the pages TPS and Partisipasi, as people read them."""

from __future__ import annotations

import pandas as pd

from situasi.board import current_board as board
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui.tables.columns import moments, number, span
from situasi.ui.tables.table_view import Table, table
from situasi.ui.wording import stations as said


def _places(found: pd.DataFrame) -> dict[str, list[str]]:
    register = board().register
    return {
        _("kecamatan"): [register.name_of(code) for code in found["kecamatan"]],
        _("desa"): [register.name_of(code) for code in found["desa"]],
        _("TPS"): [f"{nomor:03d}" for nomor in found["nomor"]],
    }


def stations(found: pd.DataFrame) -> Table:
    """TPS with phase, state, heads and list."""
    return table(
        {
            **_places(found),
            _("fase"): [said.phase(code) for code in found["fase"]],
            _("pelaporan"): [label("lapor", code) for code in found["state"]],
            _("hadir"): number(found["hadir"]),
            _("DPT"): number(found["dpt"], estimated=found["estimated"]),
            _("hadir pada"): moments(found["hadir_at"]),
            _("laporan terakhir"): moments(found["last_at"]),
            _("diragukan karena"): [said.doubts(kinds) for kinds in found["doubts"]],
        },
        found["latihan"],
    )


def lists(found: pd.DataFrame) -> Table:
    """TPS that told heads of the lists DPTb and DPK apart."""
    apart = found[found["hadir_dptb"].notna() | found["hadir_dpk"].notna()]
    return table(
        {
            **_places(apart),
            _("hadir"): number(apart["hadir"]),
            "DPTb": number(apart["hadir_dptb"]),
            "DPK": number(apart["hadir_dpk"]),
            _("hadir pada"): moments(apart["hadir_at"]),
        },
        apart["latihan"],
    )


def late(found: pd.DataFrame) -> Table:
    """TPS that owe a report: since when, and whose turn it is."""
    longest = found.sort_values("late_min", ascending=False, kind="stable")
    missing = zip(longest["owed"], longest["owed_hour"], strict=True)
    turns = zip(longest["chaser"], longest["kecamatan"], strict=True)
    return table(
        {
            **_places(longest),
            _("terlambat"): span(pd.to_timedelta(longest["late_min"], "min")),
            _("ditagih"): [said.owed(what, hour) for what, hour in missing],
            _("giliran"): [said.turn(chaser, place) for chaser, place in turns],
            _("laporan terakhir"): moments(longest["last_at"]),
        },
        longest["latihan"],
    )


def boxes(found: pd.DataFrame) -> Table:
    """Ballot boxes that have moved: where, since when, with whom."""
    longest = found.sort_values("box_at", kind="stable")
    return table(
        {
            **_places(longest),
            _("kotak"): [label("fase", code) for code in longest["box"]],
            _("sejak"): moments(longest["box_at"]),
            _("pengawal"): longest["escort"],
        },
        longest["latihan"],
    )


def doubted(found: pd.DataFrame) -> Table:
    """Doubted counts with the reason; newest first."""
    newest = found.sort_values("occurred_at", ascending=False, kind="stable")
    reasons = zip(newest["kind"], newest["against"], newest["estimated"], strict=True)
    return table(
        {
            **_places(newest),
            _("waktu"): moments(newest["occurred_at"]),
            _("hadir"): number(newest["heads"]),
            _("diragukan karena"): [said.why(*reason) for reason in reasons],
            _("terbaru"): [_("ya") if one else "" for one in newest["current"]],
        },
        newest["latihan"],
    )


def reports(rows: pd.DataFrame) -> Table:
    """TPS reports as they came; newest first."""
    newest = rows.sort_values(["occurred_at", "seq"], ascending=False, kind="stable")
    register = board().register
    return table(
        {
            _("waktu"): moments(newest["occurred_at"]),
            _("dilaporkan"): moments(newest["reported_at"]),
            _("kecamatan"): [
                register.name_of(c) if c else "" for c in newest["kecamatan"].fillna("")
            ],
            _("desa"): newest["desa_text"],
            _("TPS"): newest["tps"],
            _("fase"): [label("fase", code) for code in newest["fase"]],
            _("hadir"): number(newest["hadir"]),
            _("kontak"): [_contact(code) for code in newest["kontak"]],
            _("pengawal"): newest["pengawal"],
            _("pelapor"): newest["pelapor"],
            _("uraian"): newest["uraian"],
            _("catatan periksa"): newest["flags"],
        },
        newest["latihan"],
    )


def _contact(code: str | None) -> str:
    known = {"terjangkau": _("terjangkau"), "tak_terjangkau": _("tak terjangkau")}
    return known.get(code, "") if isinstance(code, str) else ""
