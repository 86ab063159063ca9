"""Probable duplicates side by side; nothing is merged unless somebody says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from pages.incidents import actions as incidents_actions
from pages.incidents import markup as incidents_markup
from pages.incidents import tables as incidents_tables
from pages.incidents.markup import Side
from situasi.analysis.incidents.duplicates import DuplicateCandidate
from situasi.analysis.situation.worklist import Worklist
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import page_layout, render_cache
from situasi.ui.components import markup
from situasi.ui.page_layout import View
from situasi.ui.tables import table_view
from situasi.ui.wording import incidents as say

# More pairs than this nobody compares at once; the table has them all.
SIDE_BY_SIDE = 4


def twins_panel(found: Worklist, view: View) -> None:
    """The likeliest pairs, and all of them as a table."""
    with markup.bar():
        page_layout.section(_("Kemungkinan laporan ganda"))
        if found.duplicate_candidates:
            title = _("Semua {n} pasang").format(
                n=i18n.format_number(len(found.duplicate_candidates))
            )
            if not found.has_all_pairs:
                title = _("{n} dari sedikitnya {all} pasang").format(
                    n=i18n.format_number(len(found.duplicate_candidates)),
                    all=i18n.format_number(found.pair_count),
                )
            table_view.opens(title, partial(incidents_tables.pairs, found), "pasangan")
        if len(found.orphan_merges):
            odd = _("{n} keputusan gabung tanpa laporan").format(
                n=i18n.format_number(len(found.orphan_merges))
            )
            table_view.opens(odd, partial(incidents_tables.strangers, found), "gabung_asing")
    incidents_actions.trouble()
    if not found.has_all_pairs:
        st.caption(
            _(
                "Terlalu banyak laporan yang mirip untuk ditunjukkan semuanya: yang paling mungkin "
                "dari tiap kecamatan ada di sini, dan yang sama persis ditunjukkan sebagai satu. "
                "Semua laporannya tetap ada di daftar kejadian."
            )
        )
    if not found.duplicate_candidates:
        markup.empty(_("Tidak ada dua laporan yang mirip tempat, waktu, jenis dan katanya."))
        return
    incidents_actions.note(view)
    shown = found.duplicate_candidates[:SIDE_BY_SIDE]
    cases = tuple(dict.fromkeys(case for pair in shown for case in (pair.first, pair.second)))
    asked = (cases, view.at.at.date())
    sides = render_cache.once(
        "pasangan", asked, (found.cases, found.first_texts), partial(_sides, cases, view)
    )
    columns = st.columns(2, gap="medium")
    for at, pair in enumerate(shown):
        with columns[at % 2]:
            one, other = sides[pair.first], sides[pair.second]
            _pair(pair, one, other)
            if incidents_actions.allowed(view):
                _decisions(pair, bool(one.exercise))


def _sides(
    chosen: Sequence[str], view: View, cases: pd.DataFrame, texts: Mapping[str, str]
) -> dict[str, Side]:
    rows = cases.set_index("case", drop=False).loc[list(chosen)].itertuples()
    return {
        case: _side(row, texts.get(case, ""), view) for case, row in zip(chosen, rows, strict=True)
    }


def _pair(pair: DuplicateCandidate, one: Side, other: Side) -> None:
    score = _("Nilai {n} dari 100").format(n=i18n.format_number(pair.score))
    incidents_markup.pair(score, say.reasons(pair), one, other)


def _decisions(pair: DuplicateCandidate, made_up: bool) -> None:
    with st.container(horizontal=True):
        for act, title in (("gabung", _("Gabungkan")), ("pisah", _("Dua kejadian berbeda"))):
            incidents_actions.decision(act, title, pair.first, pair.second, made_up)


def _side(row: Any, text: str, view: View) -> Side:
    """One of the two, in the words by which it was compared: its first."""
    return Side(
        tingkat=row.tingkat if isinstance(row.tingkat, str) else None,
        title=label("jenis", row.jenis),
        place=say.place(row),
        when=say.happened(row, view.at.at),
        text=text,
        exercise=_("LATIHAN") if row.latihan else "",
        source=" · ".join(filter(None, (row.id, row.pelapor or "", label("status", row.status)))),
    )
