"""Netralitas: cases against police officers, by step, class and age."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from pages.neutrality import markup as neutrality_markup
from pages.neutrality.markup import ProcessStep
from pages.neutrality.tables import build_case_table, build_class_table
from situasi.analysis import neutrality
from situasi.analysis.neutrality import NeutralitySummary, NilDeclaration
from situasi.analysis.queries import reads
from situasi.board import current_board as board
from situasi.common.formats import (
    format_counts,
    format_date,
    format_number,
    format_ratio,
    format_time,
)
from situasi.common.i18n import _
from situasi.domain.feed_schemas import KELAS, NEUTRALITY, PELANGGARAN
from situasi.domain.labels import N_, label
from situasi.domain.register import Register
from situasi.ui import audit, comparison, page_layout
from situasi.ui.components import markup
from situasi.ui.components.kpi_row import Kpi, KpiValue, build_count_kpi
from situasi.ui.components.markup import Card
from situasi.ui.page_context import PageContext
from situasi.ui.tables import table_view

# Name, summary in our own words, source URL.
RULES: tuple[tuple[str, str, str], ...] = (
    (
        N_("TAP MPR VII/2000 pasal 10; UU 2/2002 pasal 28"),
        N_("Polri netral dalam politik; anggota tidak memilih dan tidak dipilih."),
        "https://onlineluwuraya.co.id/pemilu-serentak-2024-kapolres-palopo-tegaskan-kepada-personilnya-untuk-netral",
    ),
    (
        N_("PP 2/2003 pasal 5, 7, 8, 9"),
        N_("Politik praktis adalah pelanggaran disiplin: tindakan atau hukuman disiplin."),
        "https://nasional.kompas.com/copy/2020/09/10/11445971/anggota-polisi-tidak-netral-selama-pilkada-2020-terancam-kena-sanksi",
    ),
    (
        N_("Perpol 7/2022 pasal 4 huruf h dan pasal 8; PP 1/2003 pasal 12"),
        N_("Kode etik mewajibkan netralitas; pelanggaran etik dapat berujung PTDH."),
        "https://wahananews.co/nasional/propam-polri-siapkan-sanksi-bagi-anggota-yang-abaikan-netralitas-dalam-pemilu-2024-9acai2WlIQ/2",
    ),
    (
        N_("Surat telegram Kapolri nomor 2407, Oktober 2023"),
        N_("Perintah netralitas dan aturan media sosial untuk pemilihan 2024."),
        "https://merdeka.com/amp/peristiwa/polisi-dilarang-pose-jari-dukung-capres-bisa-dipecat-tidak-hormat-jika-melanggar-63717-mvk.html",
    ),
    (
        N_("STR/800/XI/HUK.7.1/2020"),
        N_("Perintah netralitas Pilkada 2020 dengan sedikitnya dua belas larangan."),
        "https://nasional.sindonews.com/newsread/241478/13/kapolri-keluarkan-tr-netralitas-pilkada-ini-yang-tidak-boleh-dilakukan-anggota-polri-1606039891/10",
    ),
    (
        N_("Target waktu Propam, Desember 2023"),
        N_("Perkara etik selesai dalam 14 hari."),
        "https://belu.inews.id/read/383506/dilarang-pose-foto-komitmen-polri-netral-di-pemilu-2024/2",
    ),
)

NOTE = N_(
    "Kode N01–N15 disusun papan ini dari perintah 2019, 2020, dan 2024; bukan kode resmi. "
    "Perintah Polda Sumsel atau Polres untuk 2024 tidak ditemukan."
)


def show(context: PageContext) -> None:
    """Draw the page Netralitas."""
    context = page_layout.begin_page(context, label("screen", "netralitas"))
    summary = context.compute(compute_neutrality, context.kecamatan)
    if summary is None:
        markup.render_empty_state(_("Halaman ini tidak dibuka untuk peran Anda."))
        return
    audit.log_viewed({"neutrality"}, "netralitas")
    render_state_panel(summary, context.view_time.at)
    if len(summary.cases):
        comparison.render_kpis(
            context, "netralitas", summary, build_kpis, compute_neutrality, context.kecamatan
        )
        left, right = st.columns([7, 13], gap="medium")
        with left:
            render_path_panel(summary)
        with right:
            render_cases_panel(summary)

    left, right = st.columns([11, 9], gap="medium")
    with left:
        render_legend_panel(summary)
    with right:
        render_rules_panel()


@reads(NEUTRALITY)
def compute_neutrality(
    frames: Mapping[str, pd.DataFrame], register: Register, at: datetime, kecamatan: tuple[str, ...]
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
    return format_counts(
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
        day=format_date(local),
        clock=format_time(local),
        zone=board().register.election.zone_label,
        who=reporter,
    )
    return text + " · " + _("LATIHAN") if declaration.is_exercise else text


def build_kpis(overview: NeutralitySummary | None) -> list[Kpi]:
    """Build the key figures; none if nothing was reported on neutrality."""
    if overview is None or overview.state == "belum_ada_laporan":
        return []
    return [
        _build_open_kpi(overview),
        _build_overdue_kpi(overview),
        _build_class_kpi(overview),
        _build_ended_kpi(overview),
    ]


def _format_target_days() -> str:
    return format_number(board().register.election.rules.neutrality_target.days)


def _build_open_kpi(overview: NeutralitySummary) -> Kpi:
    value = format_ratio(len(overview.open_cases), len(overview.cases))
    card = Card(_("Kasus terbuka"), value, _("dari semua kasus"))
    return build_count_kpi("kasus", card, build_case_table, overview.open_cases)


def _build_overdue_kpi(overview: NeutralitySummary) -> Kpi:
    late = overview.overdue_cases
    title = _("Lewat {n} hari").format(n=_format_target_days())
    value = format_ratio(len(late), len(overview.open_cases))
    note = _("dari kasus terbuka, sejak LP atau kabar pertama")
    card = Card(title, value, note, is_alarm=not late.empty)
    return build_count_kpi("lampau", card, build_case_table, late)


def _build_class_kpi(overview: NeutralitySummary) -> Kpi:
    counts = overview.cases["kelas"].value_counts()
    parts = [f"{label('kelas', code)} {format_number(int(counts[code]))}"
            for code in KELAS if code in counts]  # fmt: skip
    value = format_ratio(int(counts.sum()), len(overview.cases))
    note = " · ".join(parts) or _("belum ada gelar perkara yang menetapkan kelas")
    card, count = Card(_("Sudah berkelas"), value, note), KpiValue(int(counts.sum()))
    return Kpi("kelas", card, lambda: build_case_table(overview.cases), (count,))


def _build_ended_kpi(overview: NeutralitySummary) -> Kpi:
    ended = overview.cases[~overview.cases["open"]]
    counts = overview.cases["langkah"].value_counts()
    parts = [f"{label('langkah', step)} {format_number(int(counts.get(step, 0)))}"
            for step in neutrality.END_STEPS]  # fmt: skip
    value = format_ratio(len(ended), len(overview.cases))
    card = Card(_("Kasus berakhir"), value, " · ".join(parts))
    return build_count_kpi("akhir", card, build_case_table, ended)


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
    parts = [f"{label('sanksi', code)} {format_number(n)}" for code, n in counts.items()]
    page_layout.render_section_title(_("Sanksi"))
    st.markdown(" · ".join(parts) or _("Belum ada sanksi yang dilaporkan."))


def _build_step(row: Any) -> ProcessStep:
    text = _("{now} kini · {ever} pernah")
    return ProcessStep(
        label("langkah", row.langkah), row.now, row.ever,
        format_counts(text, now=row.now, ever=row.ever),
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
        st.caption(format_counts(_("{n} kasus tanpa kode pelanggaran"), n=without_code))


def _format_case_count(count: int) -> str:
    return format_counts(_("{n} kasus"), n=count) if count else ""


def render_rules_panel() -> None:
    """Draw the rules in short with their sources."""
    page_layout.render_section_title(_("Aturan singkat dan sumbernya"))
    neutrality_markup.render_rules(
        [(_(name), _(content), source) for name, content, source in RULES], _(NOTE)
    )
