"""One kecamatan: its turnout beside its neighbours and past elections, and each of its TPS."""

import pandas as pd
import streamlit as st

from pages.turnout import tables
from pages.turnout.data import TurnoutData
from situasi.analysis.turnout.area_comparison import build_comparison
from situasi.board import current_board as board
from situasi.common.i18n import _
from situasi.presentation.numbers import format_percent
from situasi.ui import page_layout, render_cache
from situasi.ui.components import markup
from situasi.ui.page_context import PageContext
from situasi.ui.tables import table_view

_VISIBLE_TPS = 10


def render_area_panel(context: PageContext, data: TurnoutData) -> None:
    """Draw the panel where exactly one kecamatan is chosen."""
    if len(context.kecamatan) != 1 or context.kecamatan[0] not in data.all_areas.index:
        return
    code = context.kecamatan[0]
    neighbours = board().boundaries.list_neighbours(code)
    rows = build_comparison(
        data.all_areas, context.register, context.view_time.at, code, neighbours
    )
    left, right = st.columns([12, 8], gap="medium")
    with left:
        _render_comparison(context, code, rows, has_hidden=len(rows) - 2 < len(neighbours))
    with right:
        page_layout.render_section_title(
            _("TPS {kecamatan}, yang terendah dahulu").format(
                kecamatan=board().register.name_of(code)
            )
        )
        table = render_cache.get_or_build(
            "tps_kecamatan", None, (data.stations,), tables.build_area_stations_table
        )
        table_view.render_table(
            table, "tps_kecamatan", _("TPS kecamatan"), visible_rows=_VISIBLE_TPS
        )


def _render_comparison(
    context: PageContext, code: str, rows: pd.DataFrame, *, has_hidden: bool
) -> None:
    name, rules = board().register.name_of(code), board().register.election.rules.turnout
    page_layout.render_section_title(
        _("{kecamatan} di samping tetangganya dan {label}").format(
            kecamatan=name, label=rules.reference_label
        )
    )
    table = tables.build_comparison_table(rows, has_exercise_rows=context.has_exercise_rows)
    table_view.render_table(
        table, "tetangga", _("Kecamatan dan tetangganya"), visible_rows=len(rows)
    )
    notes: list[str] = []
    past = dict(zip(rows.index, rows["past"].astype("float64"), strict=True))
    if pd.isna(past[code]):
        text = _("Angka {label} {kecamatan} sendiri belum diketahui; "
                 "kabupaten {percent}.")  # fmt: skip
        percent = format_percent(past[""])
        notes.append(text.format(label=rules.reference_label, kecamatan=name, percent=percent))
    if has_hidden:
        notes.append(_("Tetangga di luar wilayah Anda tidak ditunjukkan."))
    if notes:
        st.caption(markup.escape_markdown(" ".join(notes)))
