"""The page Kesiapan: every step to a board that is ready, its state, and what comes next."""

import streamlit as st
from markupsafe import Markup

from pages.readiness.steps import MISSING, PARTIAL, READY, Step, list_steps
from situasi.analysis.personnel import coverage as coverage_analysis
from situasi.common import i18n
from situasi.common.formats import format_counts
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui.components import markup
from situasi.ui.page_context import PageContext
from situasi.ui.page_layout import render_header

_WALL = "layar"
# A shape beside the word: colour alone tells nothing here.
_SIGNS = {READY: "✓", PARTIAL: "½", MISSING: "–"}


def show(context: PageContext) -> None:
    """Draw the page Kesiapan."""
    render_header(context, label("screen", "kesiapan"))
    st.caption(
        _("Yang perlu ada sebelum hari pemungutan suara, dari atas ke bawah. Keadaan dihitung dari "
          "isi papan sendiri: akun, daftar pemilihan, laporan yang diterima, dan layar yang "
          "membaca. Sebagian berarti ada, tetapi belum lengkap.")
    )  # fmt: skip
    if context.has_exercise_rows:
        st.caption(_("Papan ini memuat baris LATIHAN; daftar dan plotting latihan ikut dihitung."))
    steps = list_steps(context, context.compute(coverage_analysis.compute_coverage))
    ready = sum(step.state == READY for step in steps)
    st.markdown(
        "**" + format_counts(_("{n} dari {all} langkah siap"), n=ready, all=len(steps)) + "**"
    )
    rows = Markup("").join(_build_step(context, step) for step in steps)
    markup.render(Markup('<ol class="si-steps">{}</ol>').format(rows))


def _build_step(context: PageContext, step: Step) -> Markup:
    next_act = markup.format_if(Markup("<p>▸ {}</p>"), step.next_act)
    return Markup(
        '<li><i aria-hidden="true">{}</i><div><b>{}</b> <span class="si-chip">{}</span>'
        "<p>{}</p>{}</div>{}</li>"
    ).format(
        _SIGNS[step.state], step.name, label("kesiapan", step.state), step.known, next_act,
        _build_link(context, step.screen),
    )  # fmt: skip


def _build_link(context: PageContext, screen: str) -> Markup:
    """Build the link to the page of a step, if the viewer may open it."""
    if screen == _WALL:
        return markup.build_header_link(_("Buka layar"), "/layar")
    if not screen or not context.viewer.may_open(screen):
        return Markup()
    url = f"{screen}?lang={i18n.current_language()}"
    return markup.build_header_link(label("screen", screen), url)
