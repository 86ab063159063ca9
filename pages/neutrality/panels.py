"""The panels of Netralitas: the state in one sentence, the path, the cases, the rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from pages.neutrality import legal_basis
from pages.neutrality import markup as pieces
from pages.neutrality.markup import Step
from pages.neutrality.tables import by_class, readable
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
def work(
    known: Mapping[str, pd.DataFrame],
    register: Register,
    at: datetime,
    kecamatan: tuple[str, ...],
) -> NeutralitySummary | None:
    """What is known; None for a viewer for whom the feed is never loaded."""
    rows = known.get("neutrality")
    if rows is None:
        return None
    return neutrality.compute_summary(
        rows, at, register.election.rules.neutrality_target, kecamatan
    )


def state_panel(found: NeutralitySummary, at: datetime) -> None:
    """Whether there is any case; told apart: nobody said anything."""
    if found.state == "belum_ada_laporan":
        pieces.statement(
            found.state,
            _("Belum ada laporan"),
            _("Belum ada kabar apa pun tentang netralitas. Ini tidak berarti tidak ada kasus."),
            _("Kirim laporan nihil atau kasus lewat data/inbox/ atau Masukan."),
        )
        return
    title, sentence = {
        "nihil": (_("Tidak ada kasus"), _("Dinyatakan nihil, bukan sekadar belum dilaporkan.")),
        "selesai": (_("Tidak ada kasus terbuka"), _("Semua kasus yang dilaporkan sudah selesai.")),
        "kasus": (_("Ada kasus terbuka"), _counted(found)),
    }[found.state]
    pieces.statement(found.state, title, sentence, _last_nihil(found.nihil, at))


def _counted(found: NeutralitySummary) -> str:
    return _("{n} kasus terbuka dari {all} yang dilaporkan.").format(
        n=i18n.format_number(len(found.open_cases)), all=i18n.format_number(len(found.cases))
    )


def _last_nihil(word: NilDeclaration | None, at: datetime) -> str:
    if word is None:
        return _("Belum pernah ada laporan nihil.")
    local = word.reported_at.astimezone(at.tzinfo)
    named = dict.fromkeys(filter(None, [word.reporter, word.unit]))
    who = ", ".join(named) or _("pelapor tidak disebut")
    text = _("Nihil terakhir: {day} {clock} {zone}, oleh {who}").format(
        day=i18n.format_date(local), clock=i18n.format_time(local), zone=board().register.election.zone_label,
        who=who,
    )  # fmt: skip
    return text + " · " + _("LATIHAN") if word.made_up else text


def figures(found: NeutralitySummary | None) -> list[Kpi]:
    """None where nobody has said anything of neutrality."""
    if found is None or found.state == "belum_ada_laporan":
        return []
    ended = found.cases[~found.cases["open"]]
    classed = int(found.cases["kelas"].notna().sum())
    return [
        Kpi("kasus", _open_card(found), lambda: readable(found.open_cases),
               (KpiValue(len(found.open_cases)),)),
        Kpi("lampau", _overdue_card(found), lambda: readable(found.overdue_cases),
               (KpiValue(len(found.overdue_cases)),)),
        Kpi("kelas", _class_card(found), lambda: readable(found.cases), (KpiValue(classed),)),
        Kpi("akhir", _ended_card(found), lambda: readable(ended), (KpiValue(len(ended)),)),
    ]  # fmt: skip


def _of(part: int, whole: int) -> str:
    return _("{n} dari {all}").format(n=i18n.format_number(part), all=i18n.format_number(whole))


def _target() -> str:
    return i18n.format_number(board().register.election.rules.neutrality_target.days)


def _open_card(found: NeutralitySummary) -> Card:
    return Card(
        _("Kasus terbuka"), _of(len(found.open_cases), len(found.cases)), _("dari semua kasus")
    )


def _overdue_card(found: NeutralitySummary) -> Card:
    late = len(found.overdue_cases)
    title = _("Lewat {n} hari").format(n=_target())
    note = _("dari kasus terbuka, sejak LP atau kabar pertama")
    return Card(title, _of(late, len(found.open_cases)), note, is_alarm=bool(late))


def _class_card(found: NeutralitySummary) -> Card:
    counts = found.cases["kelas"].value_counts()
    said = [f"{label('kelas', code)} {i18n.format_number(int(counts[code]))}"
            for code in KELAS if code in counts]  # fmt: skip
    classed = int(counts.sum())
    note = " · ".join(said) or _("belum ada gelar perkara yang menetapkan kelas")
    return Card(_("Sudah berkelas"), _of(classed, len(found.cases)), note)


def _ended_card(found: NeutralitySummary) -> Card:
    ends = found.cases["langkah"].value_counts()
    said = [f"{label('langkah', end)} {i18n.format_number(int(ends.get(end, 0)))}"
            for end in neutrality.END_STEPS]  # fmt: skip
    return Card(
        _("Kasus berakhir"), _of(int((~found.cases["open"]).sum()), len(found.cases)),
        " · ".join(said),
    )  # fmt: skip


def path_panel(found: NeutralitySummary) -> None:
    with markup.row():
        page_layout.render_section_title(_("Langkah perkara"))
        table_view.render_table_popover(
            _("Menurut langkah dan kelas"), lambda: by_class(found), "netral_kelas"
        )
    steps = neutrality.build_funnel(found)
    told = [_step(row) for row in steps.itertuples()]
    pieces.path(told[: len(neutrality.PATH_STEPS)], told[len(neutrality.PATH_STEPS) :])
    st.caption(_("Penuh: kasus yang kini di langkah itu. Pudar: kasus yang pernah di langkah itu."))
    counts = neutrality.count_sanctions(found)
    said = [f"{label('sanksi', code)} {i18n.format_number(n)}" for code, n in counts.items()]
    page_layout.render_section_title(_("Sanksi"))
    st.markdown(" · ".join(said) or _("Belum ada sanksi yang dilaporkan."))


def _step(row: Any) -> Step:
    said = _("{now} kini · {ever} pernah")
    return Step(
        label("langkah", row.langkah), row.now, row.ever,
        said.format(now=i18n.format_number(row.now), ever=i18n.format_number(row.ever)),
    )  # fmt: skip


def cases_panel(found: NeutralitySummary) -> None:
    page_layout.render_section_title(_("Kasus, umur terhadap target {n} hari").format(n=_target()))
    table_view.render_table(
        readable(found.cases), "netral_kasus", _("Kasus netralitas"), visible_rows=20
    )


def legend_panel(found: NeutralitySummary | None) -> None:
    counts = neutrality.count_by_breach(found) if found else {}
    page_layout.render_section_title(_("Jenis pelanggaran"))
    pieces.codes([(code, label("pelanggaran", code), _cases(counts.get(code, 0)))
                  for code in PELANGGARAN])  # fmt: skip
    unnamed = counts.get(None, 0)
    if unnamed:
        st.caption(_("{n} kasus tanpa kode pelanggaran").format(n=i18n.format_number(unnamed)))


def _cases(number: int) -> str:
    return _("{n} kasus").format(n=i18n.format_number(number)) if number else ""


def rules_panel() -> None:
    page_layout.render_section_title(_("Aturan singkat dan sumbernya"))
    pieces.rules(
        [(_(name), _(content), source) for name, content, source in legal_basis.RULES],
        _(legal_basis.NOTE),
    )
