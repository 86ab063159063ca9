"""Tables of the pages TPS and Partisipasi."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from situasi.board import current_board as board
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.presentation import text_tables
from situasi.ui.tables.columns import (
    Cells,
    Column,
    duration_column,
    number_column,
    text_column,
    time_column,
)
from situasi.ui.tables.table_view import Table, make_table
from situasi.ui.wording import stations as wording

# Limits by column for half of a screen of 1366 pixels; longer names wrap.
_HALF_WIDTHS_PX = (110, 110, 110, 106, 120, 104)


def _build_place_columns(rows: pd.DataFrame) -> dict[str, list[str]]:
    register = board().register
    return {
        _("kecamatan"): [register.name_of(code) for code in rows["kecamatan"]],
        _("desa"): [register.name_of(code) for code in rows["desa"]],
        _("TPS"): [f"{nomor:03d}" for nomor in rows["nomor"]],
    }


def build_stations_table(rows: pd.DataFrame) -> Table:
    """Build the table of TPS: phase, reporting state, voters present and DPT."""
    columns: dict[str, Cells] = {
        **_build_place_columns(rows),
        _("fase"): [text_tables.format_phase(code) for code in rows["fase"]],
        _("pelaporan"): [label("lapor", code) for code in rows["state"]],
        _("hadir"): number_column(rows["hadir"]),
        _("DPT"): number_column(rows["dpt"], estimated=rows["estimated"]),
        _("hadir pada"): time_column(rows["hadir_at"]),
        _("laporan terakhir"): time_column(rows["last_at"]),
        _("diragukan karena"): [wording.format_anomalies(kinds) for kinds in rows["doubts"]],
    }
    return make_table(columns, rows["latihan"])


def build_additional_voters_table(rows: pd.DataFrame) -> Table:
    """Build the table of TPS that reported voters of DPTb and DPK separately."""
    separate = rows[rows["hadir_dptb"].notna() | rows["hadir_dpk"].notna()]
    columns: dict[str, Cells] = {
        **_build_place_columns(separate),
        _("hadir"): number_column(separate["hadir"]),
        "DPTb": number_column(separate["hadir_dptb"]),
        "DPK": number_column(separate["hadir_dpk"]),
        _("hadir pada"): time_column(separate["hadir_at"]),
    }
    return make_table(columns, separate["latihan"])


def build_late_reports_table(rows: pd.DataFrame, *, is_half: bool = False) -> Table:
    """Build the table of TPS that owe a report: since when, and who asks for it.

    is_half: it has half of the page, so that its rows are two lines high.
    """
    ordered = rows.sort_values("late_min", ascending=False, kind="stable")
    chasers = zip(ordered["chaser"], ordered["kecamatan"], strict=True)
    chaser_texts = [wording.format_chaser(chaser, place) for chaser, place in chasers]
    places = _build_place_columns(ordered)
    columns: dict[str, Column] = {
        **{heading: text_column(cells) for heading, cells in places.items()},
        _("terlambat"): _build_late_column(ordered),
        _("ditagih"): _build_owed_column(ordered),
        _("giliran"): text_column(chaser_texts),
    }
    if not is_half:
        return make_table(columns, ordered["latihan"])
    limited = {
        heading: replace(column, max_width_px=width_px)
        for (heading, column), width_px in zip(columns.items(), _HALF_WIDTHS_PX, strict=True)
    }
    return make_table(limited, ordered["latihan"], row_lines=2)


def _build_late_column(rows: pd.DataFrame) -> Column:
    """Return how late; a file has the state and the last report beside it."""
    late = duration_column(pd.to_timedelta(rows["late_min"], "min"))

    def build_file_columns(heading: str) -> dict[str, pd.Series[Any]]:
        state = text_column(label("lapor", state) for state in rows["state"])
        return {
            **late.to_file_columns(heading),
            **state.to_file_columns(_("keadaan")),
            **time_column(rows["last_at"]).to_file_columns(_("laporan terakhir")),
        }

    return replace(late, build_file_columns=build_file_columns)


def _build_owed_column(rows: pd.DataFrame) -> Column:
    """Return what is owed; on a screen with a state other than "terlambat", which may wrap."""
    owed_reports = zip(rows["owed"], rows["owed_hour"], strict=True)
    texts = [wording.format_owed_report(fase, hour) for fase, hour in owed_reports]
    states = ["" if state == "terlambat" else label("lapor", state) for state in rows["state"]]
    return text_column(
        texts, [" · ".join(filter(None, pair)) for pair in zip(texts, states, strict=True)]
    )


def build_ballot_boxes_table(rows: pd.DataFrame) -> Table:
    """Build the table of outstanding ballot boxes: where, since when, with which escort.

    rows: of analysis.stations.ballot_boxes.build_outstanding_table, in its order.
    """
    escorts = zip(rows["escort"], rows["unescorted"], strict=True)
    columns: dict[str, Cells] = {
        **_build_place_columns(rows),
        _("kotak"): [label("kotak", code) for code in rows["custody"]],
        _("sejak"): time_column(rows["since"]),
        _("pengawal"): [_("tidak disebut") if is_alone else escort for escort, is_alone in escorts],
    }
    return make_table(columns, rows["latihan"])


def build_anomalies_table(rows: pd.DataFrame) -> Table:
    """Build the table of doubted counts with the reason, newest first."""
    newest = rows.sort_values("occurred_at", ascending=False, kind="stable")
    reasons = zip(newest["kind"], newest["against"], newest["estimated"], strict=True)
    columns: dict[str, Cells] = {
        **_build_place_columns(newest),
        _("waktu"): time_column(newest["occurred_at"]),
        _("hadir"): number_column(newest["voters_present"]),
        _("diragukan karena"): [wording.format_anomaly_reason(*reason) for reason in reasons],
        _("terbaru"): [_("ya") if is_current else "" for is_current in newest["current"]],
    }
    return make_table(columns, newest["latihan"])


def build_reports_table(rows: pd.DataFrame) -> Table:
    """Build the table of TPS reports as received, newest first."""
    newest = rows.sort_values(["occurred_at", "seq"], ascending=False, kind="stable")
    register = board().register
    columns: dict[str, Cells] = {
        _("waktu"): time_column(newest["occurred_at"]),
        _("dilaporkan"): time_column(newest["reported_at"]),
        _("kecamatan"): [register.name_of(c) if c else "" for c in newest["kecamatan"].fillna("")],
        _("desa"): newest["desa_text"],
        _("TPS"): newest["tps"],
        _("fase"): [label("fase", code) for code in newest["fase"]],
        _("hadir"): number_column(newest["hadir"]),
        _("kontak"): [_contact_name(code) for code in newest["kontak"]],
        _("pengawal"): newest["pengawal"],
        _("pelapor"): newest["pelapor"],
        _("uraian"): newest["uraian"],
        _("catatan periksa"): newest["flags"],
    }
    return make_table(columns, newest["latihan"])


def _contact_name(code: str | None) -> str:
    names = {"terjangkau": _("terjangkau"), "tak_terjangkau": _("tak terjangkau")}
    return names.get(code, "") if isinstance(code, str) else ""
