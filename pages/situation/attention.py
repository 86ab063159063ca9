"""Perlu perhatian: the kecamatan with the highest priority scores, and why."""

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from situasi.analysis.rank_ranges import WEIGHT_DOUBT
from situasi.analysis.situation.area_summary import AreaSummary
from situasi.analysis.situation.priority_score import PARTS
from situasi.board import current_board as board
from situasi.common.formats import format_number
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.presentation.numbers import format_rank
from situasi.ui import filters, render_cache
from situasi.ui.components import markup
from situasi.ui.tables import table_view
from situasi.ui.tables.columns import Cells, number_column, percent_column, rank_column
from situasi.ui.tables.table_view import Table, make_table

MAX_NAMED = 3


def render_attention_panel(day_summary: AreaSummary, kecamatan: list[str]) -> None:
    """Draw the highest scores of the chosen kecamatan; on click their parts and all scores."""
    scores, top_rows = render_cache.get_or_build(
        "perhatian", tuple(kecamatan), (day_summary,), partial(_select_top, kecamatan)
    )
    popover = st.popover(_format_title(scores, top_rows), key="nilai", on_change="rerun")
    if not popover.open:
        return
    with popover:
        for row in top_rows:
            _render_parts(row)
        table_view.render_explanation("nilai")
        table_view.render_table(
            _build_table(scores, is_exercise=_has_exercise_rows(day_summary)),
            "isi_nilai",
            _("Semua nilai"),
        )


def _format_title(scores: pd.DataFrame, top_rows: list[Any]) -> str:
    """Return the kecamatan with the highest scores in one line."""
    if top_rows:
        text = " · ".join(
            f"{markup.escape_markdown(_area_name(row))} {format_number(round(row.score))}"
            for row in top_rows
        )
    else:
        has_scores = scores["score"].notna().any()
        text = _("tidak ada") if has_scores else _("belum ada yang dapat dinilai")
    return "**" + _("Perlu perhatian") + "** " + text


def _area_name(row: Any) -> str:
    return board().register.name_of(row.kecamatan)


def _select_top(kecamatan: list[str], day_summary: AreaSummary) -> tuple[pd.DataFrame, list[Any]]:
    """Return the scores of these kecamatan, and the rows with the highest."""
    scores = day_summary.priority_scores[day_summary.priority_scores["kecamatan"].isin(kecamatan)]
    return scores, list(scores[scores["score"] > 0].head(MAX_NAMED).itertuples())


def _has_exercise_rows(day_summary: AreaSummary) -> bool:
    return bool(day_summary.stations["latihan"].any())


def _render_parts(row: Any) -> None:
    """Draw the parts of a score, and a button that filters by its kecamatan."""
    weights = board().register.election.rules.priority_weights
    with markup.row():
        st.markdown(
            f"**{markup.escape_markdown(_area_name(row))}** {format_number(round(row.score))}",
            width="content",
        )
        st.button(
            _("Hanya kecamatan ini"),
            key=f"hanya_{row.kecamatan}",
            on_click=filters.select_kecamatan,
            args=(row.kecamatan,),
        )
    markup.render_bars(
        [
            (
                label("perhatian", part),
                None if pd.isna(share := getattr(row, part)) else float(share),
                _format_points(share, weights[part]),
            )
            for part in PARTS
        ]
    )
    note = _(
        "Nilai 0–100; dinilai dari {share} % bobot. Peringkat {rank} bila tiap bobot (rules.toml, "
        "usulan) bergeser {doubt} %."
    )
    st.caption(
        note.format(
            share=format_number(100 * row.assessed),
            rank=format_rank(row),
            doubt=format_number(100 * WEIGHT_DOUBT),
        )
    )


def _format_points(share: float, weight: float) -> str:
    if pd.isna(share):
        return _("belum diketahui")
    return _("{points} dari {most}").format(
        points=format_number(share * weight, 1), most=format_number(weight)
    )


def _build_table(scores: pd.DataFrame, *, is_exercise: bool) -> Table:
    weights = board().register.election.rules.priority_weights
    points = {
        f"{label('perhatian', part)} /{format_number(weights[part])}": number_column(
            scores[part] * weights[part], 1
        )
        for part in PARTS
    }
    columns: dict[str, Cells] = {
        _("kecamatan"): [board().register.name_of(code) for code in scores["kecamatan"]],
        _("nilai"): number_column(scores["score"], 1),
        _("peringkat"): rank_column(scores),
        **points,
        _("dinilai dari bobot"): percent_column(100 * scores["assessed"]),
    }
    return make_table(columns, is_exercise)
