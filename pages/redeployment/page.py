"""Pergeseran: where officers are missing, who should move there, and what was decided."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from pages.redeployment import plan, shortfalls, tables
from pages.redeployment.plan import PlanView
from situasi.actions import redeployment_orders
from situasi.actions.redeployment_orders import PlanDecision, PlanRefused
from situasi.analysis.redeployment.plan import RedeploymentNeeds, compute_needs
from situasi.board import current_board as board
from situasi.common.formats import format_counts, format_number
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.store.model import StoreError
from situasi.ui import page_context, page_layout, session
from situasi.ui.components import markup, receipt
from situasi.ui.components.kpi_row import render_kpi_row
from situasi.ui.page_context import PageContext
from situasi.ui.render_cache import cached_records
from situasi.ui.tables import table_view

_REASON_KEY = "tolak_alasan"


def show(context: PageContext) -> None:
    """Draw the page Pergeseran."""
    context = page_layout.begin_page(context, label("screen", "pergeseran"))
    needs = context.compute(compute_needs, context.kecamatan)
    if not needs.coverage.has_postings:
        page_layout.render_missing_data(
            _("Belum ada plotting personel ke TPS; kekurangan belum dapat dihitung."), context
        )
        render_history_panel(context)
        return
    render_kpi_row(shortfalls.build_kpis(context, needs))
    shortfalls.render_shortfalls_panel(context, needs)
    plan_view = plan.render_plan_panel(context, needs)
    if plan_view is not None:
        with plan_view.decision_slot:
            render_decision_bar(context, plan_view)
    render_history_panel(context)


def render_decision_bar(context: PageContext, plan_view: PlanView) -> None:
    """Draw the two decisions, for a viewer who may decide, in the live view."""
    if not redeployment_orders.may_decide(context.viewer):
        st.caption(_("Menyetujui dan menolak rencana adalah tugas pimpinan atau operator."))
        return
    if not context.view_time.live:
        st.caption(_("Kembali ke langsung untuk menyetujui atau menolak."))
        return
    with st.container(horizontal=True, key="putusan"):
        _render_accept_form(plan_view)
        _render_refuse_form(plan_view)


def _render_accept_form(plan_view: PlanView) -> None:
    title = format_counts(_("Setujui {n} langkah"), n=len(plan_view.selected_moves))
    opened = st.popover(title, key="setujui", on_change="rerun", disabled=not plan_view.is_feasible)
    if not opened.open:
        return
    with opened:
        st.caption(
            _("Perintah berlaku sejak sekarang dan ditulis sebagai plotting atas nama Anda, "
              "seluruhnya atau tidak sama sekali.")
        )  # fmt: skip
        st.button(_("Tulis perintah"), key="setujui_tulis", type="primary", on_click=_on_accept,
                  args=(plan_view,))  # fmt: skip


def _render_refuse_form(plan_view: PlanView) -> None:
    opened = st.popover(_("Tolak rencana"), key="tolak", on_change="rerun")
    if not opened.open:
        return
    with opened, st.form("tolak_isi", border=False):
        st.text_input(_("Alasan"), key=_REASON_KEY, max_chars=redeployment_orders.MAX_REASON_LENGTH)
        st.form_submit_button(_("Simpan penolakan"), type="primary", on_click=_on_refuse,
                              args=(plan_view,))  # fmt: skip


def _on_accept(plan_view: PlanView) -> None:
    stored = plan_view.stored_plan
    left_out = len(stored.plan.moves) - len(plan_view.selected_moves)

    def decide(context: PageContext) -> PlanDecision:
        return redeployment_orders.accept(
            board(),
            context.viewer,
            stored.id,
            plan_view.selected_moves,
            left_out,
            lambda: _recompute_needs(stored.needs.chosen_kecamatan),
            session.now(),
            context.exercise_at,
        )

    _run_decision(decide, stored.id, "setujui")


def _on_refuse(plan_view: PlanView) -> None:
    reason = str(st.session_state.get(_REASON_KEY, ""))
    stored = plan_view.stored_plan
    _run_decision(
        lambda context: redeployment_orders.refuse(
            board().store, context.viewer, stored.id, stored.plan.moves, reason, session.now(),
            context.exercise_at,
        ),
        stored.id, "tolak",
    )  # fmt: skip


def _recompute_needs(kecamatan: tuple[str, ...]) -> RedeploymentNeeds:
    """Return the needs as known now, from a fresh snapshot."""
    session.refresh_after_write()
    return page_context.get_current().at_present().compute(compute_needs, kecamatan)


def _run_decision(decide: Callable[[PageContext], PlanDecision], plan_id: str, form: str) -> None:
    """Run the decision, close its form and say what was written."""
    session.use_url_language()
    context = page_context.get_current()
    if not context.view_time.live or receipt.is_repeated(("rencana", plan_id, form), form):
        return
    try:
        decision = decide(context)
    except (PlanRefused, StoreError) as error:
        receipt.refuse(_("Tidak ada yang ditulis: {why}").format(why=error))
        return
    session.refresh_after_write()
    plan.discard_plan()
    text = _("Penolakan disimpan: {why}").format(why=decision.reason)
    if decision.accepted:
        text = _("{n} petugas diperintahkan bergeser ({plan}).").format(
            n=format_number(len(decision.moves)), plan=decision.id
        )
    receipt.confirm(text, act=("rencana", plan_id, form), form=form, undo=partial(_undo, decision))


def _undo(decision: PlanDecision) -> None:
    """Take the decision back."""
    viewer = page_context.get_current().viewer
    redeployment_orders.undo(board().store, viewer, decision, session.now())


def render_history_panel(context: PageContext) -> None:
    """Draw the plans that were decided by the time of the view."""
    page_layout.render_section_title(_("Rencana yang diputuskan"))
    area = context.viewer.area
    all_rows = cached_records(
        f"pergeseran {area}",
        context.snapshot_view,
        partial(redeployment_orders.load_all, area=area),
        [],
    )
    rows = [row for row in all_rows if context.view_time.live or row.at <= context.view_time.at]
    if not rows:
        markup.render_empty_state(_("Belum ada rencana yang disetujui atau ditolak."))
        return
    table_view.render_table(
        tables.build_decision_table(rows), "putusan_rencana", _("Rencana yang diputuskan")
    )
