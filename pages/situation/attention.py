"""Perlu perhatian: the kecamatan to look at first, in one line; a click opens why."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from situasi.analysis.situation.area_summary import AreaSummary
from situasi.analysis.situation.priority_score import PARTS
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import filters, render_cache
from situasi.ui.components import markup
from situasi.ui.tables import table_view
from situasi.ui.tables.columns import number, percent
from situasi.ui.tables.table_view import Table, table

NAMED = 3


def attention_panel(day: AreaSummary, kecamatan: list[str]) -> None:
    """The chosen kecamatan with the highest scores; behind a click their parts, and all scores."""
    scores, first = render_cache.once(
        "perhatian", tuple(kecamatan), (day,), partial(_first, kecamatan)
    )
    opened = st.popover(_told(scores, first), key="nilai", on_change="rerun")
    if not opened.open:
        return
    with opened:
        for one in first:
            _parts(one)
        table_view.say_why("nilai")
        table_view.shown(_table(scores, made_up=_made_up(day)), "isi_nilai", _("Semua nilai"))


def _told(scores: pd.DataFrame, first: list[Any]) -> str:
    """Who comes first, in one line."""
    if first:
        said = " · ".join(
            f"{markup.plain(_name(one))} {i18n.format_number(round(one.score))}" for one in first
        )
    else:
        judged = scores["score"].notna().any()
        said = _("tidak ada") if judged else _("belum ada yang dapat dinilai")
    return "**" + _("Perlu perhatian") + "** " + said


def _name(one: Any) -> str:
    return board().register.name_of(one.kecamatan)


def _first(kecamatan: list[str], day: AreaSummary) -> tuple[pd.DataFrame, list[Any]]:
    """Their scores, and those to look at first."""
    scores = day.priority_scores[day.priority_scores["kecamatan"].isin(kecamatan)]
    return scores, list(scores[scores["score"] > 0].head(NAMED).itertuples())


def _made_up(day: AreaSummary) -> bool:
    return bool(day.stations["latihan"].any())


def _parts(one: Any) -> None:
    """What the score of one kecamatan is made of, and the way to it alone."""
    weights = board().register.election.rules.priority_weights
    with markup.bar():
        st.markdown(
            f"**{markup.plain(_name(one))}** {i18n.format_number(round(one.score))}",
            width="content",
        )
        st.button(
            _("Hanya kecamatan ini"),
            key=f"hanya_{one.kecamatan}",
            on_click=filters.only_kecamatan,
            args=(one.kecamatan,),
        )
    markup.bars(
        [
            (
                label("perhatian", part),
                None if pd.isna(share := getattr(one, part)) else float(share),
                _points(share, weights[part]),
            )
            for part in PARTS
        ]
    )
    st.caption(
        _("Nilai 0–100; dinilai dari {share} % bobot. Bobot: rules.toml (usulan).").format(
            share=i18n.format_number(100 * one.assessed)
        )
    )


def _points(share: float, weight: float) -> str:
    if pd.isna(share):
        return _("belum diketahui")
    return _("{points} dari {most}").format(
        points=i18n.format_number(share * weight, 1), most=i18n.format_number(weight)
    )


def _table(scores: pd.DataFrame, *, made_up: bool) -> Table:
    weights = board().register.election.rules.priority_weights
    points = {
        f"{label('perhatian', part)} /{i18n.format_number(weights[part])}": number(
            scores[part] * weights[part], 1
        )
        for part in PARTS
    }
    return table(
        {
            _("kecamatan"): [board().register.name_of(code) for code in scores["kecamatan"]],
            _("nilai"): number(scores["score"], 1),
            **points,
            _("dinilai dari bobot"): percent(100 * scores["assessed"]),
        },
        made_up,
    )
