"""Phase and voters present: of one TPS, or of all TPS of a desa in one table."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from situasi import forms
from situasi.board import current as board
from situasi.labels import label
from situasi.records import FASE
from situasi.screen import page, parts, report_door, report_entry, report_sending, session
from situasi.screen.report_door import Held
from situasi.words import _

_FEED = "tps"
_HEADINGS = ("tps", "fase", "hadir", "pengawal", "jam", "pelapor")
_CLOCK = "lapor_jam_desa"
# Rows that were held, by TPS, and how often the table was sent: it begins empty again.
_LEFT, _TURN = "_lapor_desa_tertahan", "_lapor_desa_giliran"

Left = dict[str, tuple[forms.Cells, Held]]


def station_panel() -> None:
    left, right = st.columns([1, 1], gap="medium")
    with left:
        page.section(_("Satu TPS"))
        _kecamatan, desa = report_entry.place_boxes()
        _one(desa)
        report_sending.start_anew(_FEED, _HEADINGS)
    with right:
        _whole(desa)


def _one(desa: str | None) -> None:
    with st.form("isian_tps", border=False):
        first = st.columns(3)
        report_entry.tps_box(first[0], desa)
        report_entry.choice(first[1], "fase", _("Fase"), FASE, _("ketik fase"))
        report_entry.text(first[2], "hadir", _("Pemilih hadir"), _("jumlah orang"), 20)
        second = st.columns(3)
        report_entry.text(second[0], "pengawal", _("Pengawal kotak"), _("nomor petugas"), 120)
        report_entry.clock(second[1])
        report_entry.teller(second[2])
        report_sending.button(_FEED, _HEADINGS, _("Kirim laporan TPS"))


def _whole(desa: str | None) -> None:
    """All TPS of the desa; a cell left empty tells nothing."""
    page.section(_("Semua TPS satu desa"))
    if desa is None:
        parts.empty(_("Pilih kecamatan dan desa: semua TPS-nya muncul di sini dalam satu tabel."))
        return
    turn = st.session_state.setdefault(_TURN, 0)
    with st.form(f"isian_desa_{desa}", border=False):
        table = st.data_editor(
            _table(desa), hide_index=True, width="stretch", key=f"lapor_tabel_{desa}_{turn}",
            column_config=_columns(), disabled=["tps"], height="content",
            placeholder="",
        )  # fmt: skip
        place = st.columns(2)[0]
        place.text_input(_("Jam untuk semua"), key=_CLOCK, placeholder=_("sekarang"), max_chars=40)
        pressed = st.form_submit_button(_("Kirim yang terisi"), type="primary")
    st.caption(_("Sel kosong tidak mengirim apa pun; nol ditulis 0."))
    if pressed:
        _send(desa, table)
        st.rerun()


def _columns() -> dict[str, Any]:
    config = st.column_config
    return {
        "tps": config.TextColumn("TPS", width=60),
        "fase": config.SelectboxColumn(
            _("fase"), options=list(FASE), format_func=lambda code: label("fase", str(code))
        ),
        # A column of numbers swallows the first digit that is typed into it: 187 became 87.
        "hadir": config.TextColumn(_("hadir"), max_chars=20, width=80),
        "pengawal": config.TextColumn(_("pengawal"), max_chars=120),
    }


def _left() -> Left:
    found: Left = st.session_state.setdefault(_LEFT, {})
    return found


def _table(desa: str) -> pd.DataFrame:
    """The TPS of the desa, empty but for rows that wait to be corrected."""
    tps = session.register().tps
    numbers = [f"{number:03d}" for number in tps.loc[tps["desa"] == desa, "nomor"]]
    kept = {name: cells for name, (cells, _held) in _left().items() if cells["kode_desa"] == desa}
    told = [kept.get(number, {}) for number in numbers]
    return pd.DataFrame(
        {
            "tps": numbers,
            "fase": pd.Series([cells.get("fase") for cells in told], dtype="object"),
            "hadir": pd.Series([cells.get("hadir") for cells in told], dtype="object"),
            "pengawal": pd.Series([cells.get("pengawal") for cells in told], dtype="object"),
        }
    )


def _send(desa: str, table: pd.DataFrame) -> None:
    register, left = board().register, _left()
    written = str(st.session_state.get(_CLOCK) or "")
    typed: list[dict[str, Any]] = table.to_dict("records")  # type: ignore[assignment]
    rows = forms.stations(register, desa, typed, report_entry.sent(), written)
    if not rows:
        return
    sent = [report_door.corrected(row, left.get(row["tps"], (row, None))[1]) for row in rows]
    answer = report_door.send(_FEED, sent, report_sending.SOURCE)
    report_sending.tell(register.name_of(desa), answer)
    if answer.refused is None:
        st.session_state[_LEFT] = {rows[at]["tps"]: (rows[at], h) for at, h in answer.held.items()}
        st.session_state[_TURN] += 1
