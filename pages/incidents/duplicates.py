"""Probable duplicates side by side; nothing is merged without a decision."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from pages.incidents import actions, tables
from pages.incidents import markup as incidents_markup
from pages.incidents.markup import ComparedCase
from situasi.analysis.incidents.duplicates import DuplicateCandidate
from situasi.analysis.situation.worklist import Worklist
from situasi.common.formats import format_counts
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import page_layout, render_cache
from situasi.ui.components import markup
from situasi.ui.page_context import PageContext
from situasi.ui.tables import table_view
from situasi.ui.wording import incidents

# Nobody compares more pairs at once; the table has them all.
MAX_PAIRS = 4


def render_duplicates_panel(worklist: Worklist, context: PageContext) -> None:
    """Draw the most probable pairs, and a table of all of them."""
    with markup.row():
        page_layout.render_section_title(_("Kemungkinan laporan ganda"))
        if worklist.duplicate_candidates:
            title = format_counts(_("Semua {n} pasang"), n=len(worklist.duplicate_candidates))
            if not worklist.has_all_pairs:
                title = format_counts(
                    _("{n} dari sedikitnya {all} pasang"),
                    n=len(worklist.duplicate_candidates),
                    all=worklist.pair_count,
                )
            table_view.render_table_popover(
                title, partial(tables.build_duplicates_table, worklist), "pasangan"
            )
        if len(worklist.orphan_merges):
            orphans = format_counts(
                _("{n} keputusan gabung tanpa laporan"), n=len(worklist.orphan_merges)
            )
            table_view.render_table_popover(
                orphans, partial(tables.build_dangling_merges_table, worklist), "gabung_asing"
            )
    if not worklist.has_all_pairs:
        st.caption(
            _(
                "Terlalu banyak laporan yang mirip untuk ditunjukkan semuanya: yang paling mungkin "
                "dari tiap kecamatan ada di sini, dan yang sama persis ditunjukkan sebagai satu. "
                "Semua laporannya tetap ada di daftar kejadian."
            )
        )
    if not worklist.duplicate_candidates:
        markup.render_empty_state(
            _("Tidak ada dua laporan yang mirip tempat, waktu, jenis dan katanya.")
        )
        return
    actions.render_merge_hint(context)
    pairs = worklist.duplicate_candidates[:MAX_PAIRS]
    cases = tuple(dict.fromkeys(case for pair in pairs for case in (pair.first, pair.second)))
    dependencies = (cases, context.view_time.at.date())
    compared = render_cache.get_or_build(
        "pasangan",
        dependencies,
        (worklist.cases, worklist.first_texts),
        partial(_build_compared_cases, cases, context),
    )
    columns = st.columns(2, gap="medium")
    for index, pair in enumerate(pairs):
        with columns[index % 2]:
            first, second = compared[pair.first], compared[pair.second]
            _render_pair(pair, first, second)
            if context.may_act("gabung"):
                _render_decisions(pair, bool(first.exercise_label))


def _build_compared_cases(
    case_keys: Sequence[str], context: PageContext, cases: pd.DataFrame, texts: Mapping[str, str]
) -> dict[str, ComparedCase]:
    rows = cases.set_index("case", drop=False).loc[list(case_keys)].itertuples()
    return {
        case: _build_compared_case(row, texts.get(case, ""), context)
        for case, row in zip(case_keys, rows, strict=True)
    }


def _render_pair(pair: DuplicateCandidate, first: ComparedCase, second: ComparedCase) -> None:
    score = format_counts(_("Nilai {n} dari 100"), n=pair.score)
    incidents_markup.render_pair(score, incidents.format_duplicate_reasons(pair), first, second)


def _render_decisions(pair: DuplicateCandidate, is_exercise: bool) -> None:
    reason = ", ".join(incidents.format_duplicate_reasons(pair))
    with st.container(horizontal=True):
        actions.render_decision(
            "gabung", _("Gabungkan"), pair.first, pair.second, is_exercise, reason
        )
        actions.render_decision(
            "pisah", _("Dua kejadian berbeda"), pair.first, pair.second, is_exercise
        )


def _build_compared_case(row: Any, text: str, context: PageContext) -> ComparedCase:
    """Build one case of a pair, with its first text, by which it was compared."""
    return ComparedCase(
        tingkat=row.tingkat if isinstance(row.tingkat, str) else None,
        title=label("jenis", row.jenis),
        place=incidents.format_place(row),
        when=incidents.format_occurrence_time(row, context.view_time.at),
        text=text,
        exercise_label=_("LATIHAN") if row.latihan else "",
        source=" · ".join(filter(None, (row.id, row.pelapor or "", label("status", row.status)))),
    )
