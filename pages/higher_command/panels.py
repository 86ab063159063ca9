"""The newest grave cases of all kabupaten, newest first."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.higher_command import app
from situasi.higher_command.rollup_cache import Overview
from situasi.presentation.incident_item import Item, short
from situasi.store.rollups.queries import Serious
from situasi.ui.components import markup
from situasi.ui.tables import table_view
from situasi.ui.tables.columns import moments
from situasi.ui.tables.table_view import Table, table

LISTED = 12


def serious_panel(found: Overview, part: str) -> None:
    """What is open and tinggi or merah."""
    cases = found.serious(part, LISTED)
    with markup.bar():
        st.markdown("**" + _("Kejadian serius terbaru") + "**", width="content")
        if cases:
            title = _("{n} kejadian serius").format(n=i18n.number(len(cases)))
            table_view.opens(title, lambda: _table(found, cases), "serius")
    with st.container(key="serius_terbaru"):
        if cases:
            items = [_item(found, one) for one in cases]
            markup.written(markup.report_list(items, _("LATIHAN")))
        elif found.total(part).counts["serious_open"] is None:
            markup.empty(_("Belum ada laporan kejadian dari kabupaten mana pun."))
        else:
            markup.empty(_("Tidak ada kejadian serius yang terbuka pada yang melapor."))


def _item(found: Overview, one: Serious) -> Item:
    at, now = (moment.astimezone(found.command.zone) for moment in (one.known_at, _now(found, one)))
    heard = i18n.ago(at, now)
    return Item(
        tingkat=one.tingkat,
        tingkat_name=label("tingkat", one.tingkat),
        title=label("jenis", one.jenis),
        place=_place(found, one),
        text=short(one.uraian or ""),
        status=label("status", one.status),
        when=heard,
        heard=heard,
        happened="",
        rehearsal=one.rehearsal,
    )


def _now(found: Overview, one: Serious) -> datetime:
    rollup = found.rollups[one.kabupaten]
    return rollup.at if rollup.exercise else found.at


def _place(found: Overview, one: Serious) -> str:
    there = app.current()
    known = there.kecamatan if there else {}
    parts_of = (
        found.command.member(one.kabupaten).name,
        known.get(one.kecamatan or "", one.kecamatan or ""),
        one.desa_text or "",
        f"TPS {one.tps}" if one.tps else "",
    )
    return " · ".join(filter(None, parts_of))


def _table(found: Overview, cases: list[Serious]) -> Table:
    return table(
        {
            _("diketahui"): moments(one.known_at for one in cases),
            _("terjadi"): moments(one.occurred_at for one in cases),
            _("tempat"): [_place(found, one) for one in cases],
            _("jenis"): [label("jenis", one.jenis) for one in cases],
            _("tingkat"): [label("tingkat", one.tingkat) for one in cases],
            _("situasi"): [label("situasi", one.situasi) if one.situasi else "" for one in cases],
            _("status"): [label("status", one.status) for one in cases],
            _("uraian"): [one.uraian for one in cases],
        },
        [one.rehearsal for one in cases],
    )
