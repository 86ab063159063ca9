"""The panels of Netralitas: the state in one sentence, the process, the cases, the rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from pages.neutrality import legal_basis
from pages.neutrality import markup as neutrality_markup
from pages.neutrality.markup import ProcessStep
from pages.neutrality.tables import build_case_table, build_class_table
from situasi.analysis import neutrality
from situasi.analysis.neutrality import NeutralitySummary, NilDeclaration
from situasi.analysis.queries import reads
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.feed_schemas import KELAS, NEUTRALITY, PELANGGARAN
from situasi.domain.labels import label
from situasi.domain.register import Register
from situasi.ui import page_layout
from situasi.ui.components import markup
from situasi.ui.components.kpi_row import Kpi, KpiValue
from situasi.ui.components.markup import Card
from situasi.ui.tables import table_view


@reads(NEUTRALITY)
def compute_neutrality(
    frames: Mapping[str, pd.DataFrame],
    register: Register,
    at: datetime,
    kecamatan: tuple[str, ...],
) -> NeutralitySummary | None:
    """Return the summary; None if the viewer may not load the feed."""
    rows = frames.get("neutrality")
    if rows is None:
        return None
    return neutrality.compute_summary(
        rows, at, register.election.rules.neutrality_target, kecamatan
    )


def render_state_panel(overview: NeutralitySummary, at: datetime) -> None:
    """Draw whether there are cases; "nothing reported" is a state of its own."""
    if overview.state == "belum_ada_laporan":
        neutrality_markup.render_statement(
            overview.state,
            _("Belum ada laporan"),
            _("Belum ada kabar apa pun tentang netralitas. Ini tidak berarti tidak ada kasus."),
            _("Kirim laporan nihil atau kasus lewat data/inbox/ atau Masukan."),
        )
        return
    title, sentence = {
        "nihil": (_("Tidak ada kasus"), _("Dinyatakan nihil, bukan sekadar belum dilaporkan.")),
        "selesai": (_("Tidak ada kasus terbuka"), _("Semua kasus yang dilaporkan sudah selesai.")),
        "kasus": (_("Ada kasus terbuka"), _format_counts(overview)),
    }[overview.state]
    neutrality_markup.render_statement(
        overview.state, title, sentence, _format_last_nihil(overview.nihil, at)
    )


def _format_counts(overview: NeutralitySummary) -> str:
    return i18n.format_counts(
        _("{n} kasus terbuka dari {all} yang dilaporkan."),
        n=len(overview.open_cases),
        all=len(overview.cases),
    )


def _format_last_nihil(declaration: NilDeclaration | None, at: datetime) -> str:
    if declaration is None:
        return _("Belum pernah ada laporan nihil.")
    local = declaration.reported_at.astimezone(at.tzinfo)
    names = dict.fromkeys(filter(None, [declaration.reporter, declaration.unit]))
    reporter = ", ".join(names) or _("pelapor tidak disebut")
    text = _("Nihil terakhir: {day} {clock} {zone}, oleh {who}").format(
        day=i18n.format_date(local),
        clock=i18n.format_time(local),
        zone=board().register.election.zone_label,
        who=reporter,
    )
    return text + " · " + _("LATIHAN") if declaration.is_exercise else text


def build_kpis(overview: NeutralitySummary | None) -> list[Kpi]:
    """Build the key figures; none if nothing was reported on neutrality."""
    if overview is None or overview.state == "belum_ada_laporan":
        return []
    ended = overview.cases[~overview.cases["open"]]
    classed_count = int(overview.cases["kelas"].notna().sum())
    return [
        Kpi(
            "kasus",
            _build_open_card(overview),
            lambda: build_case_table(overview.open_cases),
            (KpiValue(len(overview.open_cases)),),
        ),
        Kpi(
            "lampau",
            _build_overdue_card(overview),
            lambda: build_case_table(overview.overdue_cases),
            (KpiValue(len(overview.overdue_cases)),),
        ),
        Kpi(
            "kelas",
            _build_class_card(overview),
            lambda: build_case_table(overview.cases),
            (KpiValue(classed_count),),
        ),
        Kpi(
            "akhir",
            _build_ended_card(overview),
            lambda: build_case_table(ended),
            (KpiValue(len(ended)),),
        ),
    ]


def _format_target_days() -> str:
    return i18n.format_number(board().register.election.rules.neutrality_target.days)


def _build_open_card(overview: NeutralitySummary) -> Card:
    return Card(
        _("Kasus terbuka"),
        i18n.format_ratio(len(overview.open_cases), len(overview.cases)),
        _("dari semua kasus"),
    )


def _build_overdue_card(overview: NeutralitySummary) -> Card:
    late = len(overview.overdue_cases)
    title = _("Lewat {n} hari").format(n=_format_target_days())
    note = _("dari kasus terbuka, sejak LP atau kabar pertama")
    return Card(title, i18n.format_ratio(late, len(overview.open_cases)), note, is_alarm=bool(late))


def _build_class_card(overview: NeutralitySummary) -> Card:
    counts = overview.cases["kelas"].value_counts()
    parts = [f"{label('kelas', code)} {i18n.format_number(int(counts[code]))}"
            for code in KELAS if code in counts]  # fmt: skip
    classed_count = int(counts.sum())
    note = " · ".join(parts) or _("belum ada gelar perkara yang menetapkan kelas")
    return Card(_("Sudah berkelas"), i18n.format_ratio(classed_count, len(overview.cases)), note)


def _build_ended_card(overview: NeutralitySummary) -> Card:
    counts = overview.cases["langkah"].value_counts()
    parts = [f"{label('langkah', step)} {i18n.format_number(int(counts.get(step, 0)))}"
            for step in neutrality.END_STEPS]  # fmt: skip
    return Card(
        _("Kasus berakhir"),
        i18n.format_ratio(int((~overview.cases["open"]).sum()), len(overview.cases)),
        " · ".join(parts),
    )


def render_path_panel(overview: NeutralitySummary) -> None:
    """Draw the steps of the process with their cases, and the sanctions."""
    with markup.row():
        page_layout.render_section_title(_("Langkah perkara"))
        table_view.render_table_popover(
            _("Menurut langkah dan kelas"), lambda: build_class_table(overview), "netral_kelas"
        )
    steps = neutrality.build_funnel(overview)
    bars = [_build_step(row) for row in steps.itertuples()]
    neutrality_markup.render_path(
        bars[: len(neutrality.PATH_STEPS)], bars[len(neutrality.PATH_STEPS) :]
    )
    st.caption(_("Penuh: kasus yang kini di langkah itu. Pudar: kasus yang pernah di langkah itu."))
    counts = neutrality.count_sanctions(overview)
    parts = [f"{label('sanksi', code)} {i18n.format_number(n)}" for code, n in counts.items()]
    page_layout.render_section_title(_("Sanksi"))
    st.markdown(" · ".join(parts) or _("Belum ada sanksi yang dilaporkan."))


def _build_step(row: Any) -> ProcessStep:
    text = _("{now} kini · {ever} pernah")
    return ProcessStep(
        label("langkah", row.langkah), row.now, row.ever,
        i18n.format_counts(text, now=row.now, ever=row.ever),
    )  # fmt: skip


def render_cases_panel(overview: NeutralitySummary) -> None:
    """Draw the table of all cases."""
    page_layout.render_section_title(
        _("Kasus, umur terhadap target {n} hari").format(n=_format_target_days())
    )
    table_view.render_table(
        build_case_table(overview.cases), "netral_kasus", _("Kasus netralitas"), visible_rows=20
    )


def render_legend_panel(overview: NeutralitySummary | None) -> None:
    """Draw the kinds of violation with their numbers of cases."""
    counts = neutrality.count_by_breach(overview) if overview else {}
    page_layout.render_section_title(_("Jenis pelanggaran"))
    neutrality_markup.render_violation_codes(
        [
            (code, label("pelanggaran", code), _format_case_count(counts.get(code, 0)))
            for code in PELANGGARAN
        ]
    )
    without_code = counts.get(None, 0)
    if without_code:
        st.caption(i18n.format_counts(_("{n} kasus tanpa kode pelanggaran"), n=without_code))


def _format_case_count(count: int) -> str:
    return i18n.format_counts(_("{n} kasus"), n=count) if count else ""


def render_rules_panel() -> None:
    """Draw the rules in short with their sources."""
    page_layout.render_section_title(_("Aturan singkat dan sumbernya"))
    neutrality_markup.render_rules(
        [(_(name), _(content), source) for name, content, source in legal_basis.RULES],
        _(legal_basis.NOTE),
    )
