"""Perlu perhatian: the kecamatan to look at first; a click opens why."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from situasi import words
from situasi.analysis.attention import PARTS
from situasi.analysis.day import Day
from situasi.board import current as board
from situasi.labels import label
from situasi.screen import filters, parts, tables
from situasi.screen.columns import number, percent
from situasi.screen.tables import Table, table
from situasi.words import _

NAMED = 3


def attention_panel(day: Day, kecamatan: list[str]) -> None:
    """The chosen kecamatan with the highest scores, and all of them in a table."""
    scores = day.attention[day.attention["kecamatan"].isin(kecamatan)]
    st.markdown("**" + _("Perlu perhatian") + "**", width="content")
    for one in scores[scores["score"] > 0].head(NAMED).itertuples():
        _chip(one)
    if not (scores["score"] > 0).any():
        judged = scores["score"].notna().any()
        said = _("tidak ada") if judged else _("belum ada yang dapat dinilai")
        st.caption(said, width="content")
    tables.opens(_("Semua nilai"), lambda: _table(scores, made_up=_made_up(day)), "nilai")


def _made_up(day: Day) -> bool:
    return bool(day.stations["latihan"].any())


def _chip(one: Any) -> None:
    name = board().register.name_of(one.kecamatan)
    opened = st.popover(
        f"{name} {words.number(round(one.score))}", key=f"nilai_{one.kecamatan}", on_change="rerun"
    )
    if not opened.open:
        return
    weights = board().register.election.rules.attention
    with opened:
        parts.bars(
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
                share=words.number(100 * one.assessed)
            )
        )
        st.button(
            _("Hanya kecamatan ini"),
            key=f"hanya_{one.kecamatan}",
            on_click=filters.only_kecamatan,
            args=(one.kecamatan,),
        )


def _points(share: float, weight: float) -> str:
    if pd.isna(share):
        return _("belum diketahui")
    return _("{points} dari {most}").format(
        points=words.number(share * weight, 1), most=words.number(weight)
    )


def _table(scores: pd.DataFrame, *, made_up: bool) -> Table:
    weights = board().register.election.rules.attention
    points = {
        f"{label('perhatian', part)} /{words.number(weights[part])}": number(
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
