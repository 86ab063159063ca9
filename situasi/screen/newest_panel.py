"""The newest reports, newest first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from situasi import words
from situasi.analysis import incidents
from situasi.analysis.overview import Overview
from situasi.board import current as board
from situasi.labels import label
from situasi.screen import filters, parts, tables
from situasi.screen.parts import Item
from situasi.screen.session import Moment
from situasi.words import _

LISTED = 40
# As tall as the map and its legend beside it.
HEIGHT = 478
# A report that came later than this after the event says when that was.
LATE = timedelta(minutes=30)


def newest_panel(found: Overview, at: Moment) -> None:
    newest = incidents.newest_first(found.shown, LISTED)
    with parts.bar():
        st.markdown("**" + _("Laporan terbaru") + "**", width="content")
        if found.elsewhen:
            st.button(
                _("{n} di luar rentang waktu · tampilkan").format(n=words.number(found.elsewhen)),
                on_click=filters.all_times,
                type="tertiary",
            )
        tables.behind(_("Semua {n} laporan"), found.shown.iloc[::-1], "semua_laporan")
    with st.container(height=HEIGHT, border=False, key="laporan"):
        parts.report_list(
            [_item(row, at) for row in newest.itertuples()],
            _("Belum ada laporan pada pilihan ini. Letakkan berkas laporan di folder data/inbox/."),
            _("LATIHAN"),
        )


def _when(row: Any, at: Moment) -> str:
    """When it was last heard of, and when it happened if that was clearly earlier.

    Where only the day or month of it is known, that and no more.
    """
    happened = row.occurred_at.tz_convert(at.at.tzinfo)
    if row.precision != "menit":
        return words.day(happened) if row.precision == "hari" else words.month(happened)
    heard = words.ago(row.known_at.to_pydatetime().astimezone(at.at.tzinfo), at.at)
    if row.first_known - row.occurred_at <= LATE:
        return heard
    same = happened.date() == at.at.date()
    time = words.clock(happened) if same else f"{words.day(happened)} {words.clock(happened)}"
    return _("terjadi {time} · {heard}").format(time=time, heard=heard)


def _host(address: str | None) -> str:
    """Who published a report; nothing where its address is none."""
    try:
        return urlsplit(address or "").hostname or ""
    except ValueError:
        return ""


def _item(row: Any, at: Moment) -> Item:
    place = board().register.name_of(row.kecamatan)
    details = [part for part in (row.desa_text, f"TPS {row.tps}" if row.tps else None) if part]
    return Item(
        tingkat=row.tingkat if isinstance(row.tingkat, str) else None,
        tingkat_name=label("tingkat", row.tingkat),
        title=label("jenis", row.jenis),
        place=" · ".join([place, *details]),
        text=row.uraian or "",
        status=label("status", row.status),
        when=_when(row, at),
        doubt=row.flags or "",
        source=_host(row.sumber),
        rehearsal=bool(row.latihan),
    )
