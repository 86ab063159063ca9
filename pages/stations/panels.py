"""The panels of the page TPS: the cells, those that are late, and one TPS with its history."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st
from markupsafe import Markup

from pages.stations import markup as stations_markup
from pages.stations.markup import Cell, Group
from situasi.analysis.queries import reads
from situasi.analysis.stations.reporting_status import STATES
from situasi.analysis.stations.status import ARRIVED_BOX_PHASES, NO_PHASE
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.feed_schemas import FASE, TPS
from situasi.domain.labels import label
from situasi.domain.register import Register
from situasi.ui import filters, page_layout, render_cache, session, url_state
from situasi.ui.components import markup
from situasi.ui.page_layout import PageContext
from situasi.ui.tables import stations, table_view
from situasi.ui.tables.table_view import Table
from situasi.ui.wording import stations as said

COLOURS = ("fase", "pelaporan")
# What a cell needs: fewer columns are walked quicker.
_DRAWN = ("code", "kecamatan", "desa", "nomor", "fase", "state", "owed", "owed_hour", "late_min")
# By state the cells are calm where all is well; trouble is shown by its sign.
_CALM = {"lapor": 4, "diragukan": 4, "ditunggu": 1}


def colour_filter(chosen: dict[str, str]) -> Callable[[Any], None]:
    """The switch between phase and state; writes its choice into `chosen`."""

    def draw(place: Any) -> None:
        names = {"fase": _("Fase"), "pelaporan": _("Pelaporan")}
        chosen["warna"] = filters.render_single_filter(
            place.segmented_control, "warna", _("Warna"), COLOURS, names.__getitem__, required=True
        )

    return draw


def station_filter(chosen: dict[str, str]) -> Callable[[Any], None]:
    """The one TPS whose history is shown; writes its code into `chosen`."""

    def draw(place: Any) -> None:
        names = {"": _("pilih satu TPS"), **_names()}
        codes = ["", *session.register().tps["code"]]
        chosen["tps"] = filters.render_single_filter(
            place.selectbox, "tps", _("TPS"), codes, lambda code: names.get(code, code)
        )

    return draw


def _names() -> dict[str, str]:
    register = board().register
    return {code: said.format_name(code) for code in register.tps["code"]}


def grid_panel(found: pd.DataFrame, colour: str, chosen: str) -> None:
    """Every TPS as one cell, and a legend whose counts add up to all of them."""
    theme = session.get_theme()
    _legend(found, colour)
    asked = (colour, chosen, _link())
    stations_markup.grid(
        render_cache.get_or_build("petak", asked, (found,), partial(_blocks, asked)), theme
    )


def _blocks(asked: tuple[str, str, str], found: pd.DataFrame) -> Markup:
    groups = [
        Group(
            board().register.name_of(str(code)),
            i18n.format_number(len(own)),
            [_cell(one, *asked) for one in own.itertuples()],
        )
        for code, own in found[list(_DRAWN)].groupby("kecamatan", sort=False)
    ]
    return stations_markup.blocks(groups)


def _cell(one: Any, colour: str, chosen: str, link: str) -> Cell:
    told = [said.phase(one.fase), label("lapor", one.state)]
    if one.owed:
        told[1] += ": " + said.format_owed_report(one.owed, one.owed_hour)
    if not pd.isna(one.late_min):
        told.append(_("{n} menit").format(n=i18n.format_number(int(one.late_min))))
    title = f"TPS {one.nomor:03d} {board().register.name_of(one.desa)} · " + " · ".join(told)
    return Cell(title, link + one.code, _tone(one, colour), one.state, one.code == chosen)


def _tone(one: Any, colour: str) -> int | None:
    if colour == "fase":
        return FASE.index(one.fase) if isinstance(one.fase, str) else None
    return _CALM.get(one.state)


def _link() -> str:
    """The address of this view, up to the code of a TPS: encoded once for all cells."""
    asked = [pair for pair in url_state.get_parameters() if pair[0] != "tps"]
    return "?" + urlencode([*asked, ("tps", "")])


def _legend(found: pd.DataFrame, colour: str) -> None:
    if colour == "fase":
        counted = found["fase"].fillna(NO_PHASE).value_counts()
        marks = [
            (place, "", f"{said.phase(code)} {i18n.format_number(int(counted.get(code, 0)))}")
            for place, code in [(None, NO_PHASE), *enumerate(FASE)]
        ]
    else:
        counted = found["state"].value_counts()
        marks = [
            (
                _CALM.get(code),
                code,
                f"{label('lapor', code)} {i18n.format_number(counted.get(code, 0))}",
            )
            for code in STATES
        ]
    total = _("jumlah {n} TPS").format(n=i18n.format_number(len(found)))
    if colour == "fase":
        total += " · " + _("tepi merah: terlambat, arsir: tak terjangkau, titik: diragukan")
    stations_markup.legend(marks, session.get_theme(), total)


def late_panel(found: pd.DataFrame) -> None:
    """Those that owe a report, the longest first."""
    table = render_cache.get_or_build("terlambat", None, (found,), _late)
    page_layout.render_section_title(
        _("Terlambat melapor: {n} TPS").format(n=i18n.format_number(len(table)))
    )
    if not len(table):
        markup.render_empty_state(_("Tidak ada TPS yang terlambat melapor pada saat ini."))
        return
    table_view.render_table(table, "terlambat", _("TPS terlambat melapor"))
    st.caption(_("Batas waktu dan giliran menagih adalah usulan; ubah di rules.toml."))


def _late(found: pd.DataFrame) -> Table:
    return stations.build_late_reports_table(found[found["late_min"].notna()])


def box_panel(found: pd.DataFrame) -> None:
    """Ballot boxes that have left their TPS and not reached the PPK, the longest away first."""
    table = render_cache.get_or_build("kotak_jalan", None, (found,), _boxes)
    if len(table):
        page_layout.render_section_title(
            _("Kotak belum sampai PPK: {n}").format(n=i18n.format_number(len(table)))
        )
        table_view.render_table(table, "kotak_jalan", _("Kotak belum sampai PPK"), visible_rows=8)


def _boxes(found: pd.DataFrame) -> Table:
    moving = found["box"].notna() & ~found["box"].isin(ARRIVED_BOX_PHASES)
    return stations.build_ballot_boxes_table(found[moving])


@reads(TPS)
def history(
    known: Mapping[str, pd.DataFrame],
    register: Register,  # noqa: ARG001
    at: datetime,  # noqa: ARG001
    code: str,
) -> pd.DataFrame:
    """All reports of one TPS."""
    rows = known["tps"]
    desa, _dot, number = code.rpartition(".")
    return rows[(rows["desa"] == desa) & (rows["tps"] == number)]


def detail_panel(view: PageContext, found: pd.DataFrame, code: str) -> None:
    """One TPS: what is known, and every report of it."""
    one = next(found[found["code"] == code].itertuples(), None)
    if one is None:
        return
    register = board().register
    told: Any = one
    heads = _("belum ada hitungan") if pd.isna(told.hadir) else i18n.format_number(int(told.hadir))
    pairs = [
        (_("pelaporan"), label("lapor", told.state)),
        (_("fase"), said.phase(told.fase)),
        (_("hadir dari DPT"), f"{heads} / {said.format_dpt(told.dpt, told.estimated) or '–'}"),
        (_("kerawanan"), label("kerawanan", told.kerawanan)),
        (_("polsek"), register.kecamatan[told.kecamatan].polsek),
    ]
    if told.owed:
        pairs.append((_("ditagih"), said.format_owed_report(told.owed, told.owed_hour)))
    if told.doubts:
        pairs.append((_("diragukan karena"), said.format_anomalies(told.doubts)))
    stations_markup.facts(said.format_name(code), pairs)
    reports = stations.build_reports_table(view.compute(history, code))
    table_view.render_table(
        reports, "riwayat", _("Riwayat {tps}").format(tps=said.format_name(code)), visible_rows=8
    )
