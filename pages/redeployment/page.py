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
from situasi.ui.components import markup
from situasi.ui.components.kpi_row import render_kpi_row
from situasi.ui.page_context import PageContext
from situasi.ui.render_cache import cached_records
from situasi.ui.tables import table_view

_OUTCOME_KEY = "_rencana_kabar"
_REASON_KEY = "tolak_alasan"


def show(context: PageContext) -> None:
    """Draw the page Pergeseran."""
    context = page_layout.begin_page(context, label("screen", "pergeseran"))
    needs = context.compute(compute_needs, context.kecamatan)
    if not needs.coverage.has_postings:
        page_layout.render_missing_data(
            _("Belum ada plotting personel ke TPS; kekurangan belum dapat dihitung.")
        )
        render_history_panel(context)
        return
    render_kpi_row(shortfalls.build_kpis(context, needs))
    shortfalls.render_shortfalls_panel(context, needs)
    render_outcome()
    plan_view = plan.render_plan_panel(context, needs)
    if plan_view is not None:
        render_decision_bar(context, plan_view)
    render_history_panel(context)


def render_decision_bar(context: PageContext, plan_view: PlanView) -> None:
    """Draw the two decisions, for a viewer who may decide, in the live view."""
    with plan_view.decision_slot:
        _render_decisions(context, plan_view)


def _render_decisions(context: PageContext, plan_view: PlanView) -> None:
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

    _run_decision(decide)


def _on_refuse(plan_view: PlanView) -> None:
    reason = str(st.session_state.get(_REASON_KEY, ""))
    stored = plan_view.stored_plan
    _run_decision(
        lambda context: redeployment_orders.refuse(
            board().store, context.viewer, stored.id, stored.plan.moves, reason, session.now(),
            context.exercise_at,
        )
    )  # fmt: skip


def _recompute_needs(kecamatan: tuple[str, ...]) -> RedeploymentNeeds:
    """Return the needs as known now, from a fresh snapshot."""
    session.refresh_after_write()
    return page_context.get_current().at_present().compute(compute_needs, kecamatan)


def _run_decision(decide: Callable[[PageContext], PlanDecision]) -> None:
    """Run the decision and keep its outcome for `render_outcome`."""
    session.use_url_language()
    context = page_context.get_current()
    if not context.view_time.live:
        return
    try:
        decision = decide(context)
    except (PlanRefused, StoreError) as error:
        st.session_state[_OUTCOME_KEY] = str(error)
        return
    session.refresh_after_write()
    plan.discard_plan()
    st.session_state[_OUTCOME_KEY] = decision


def render_outcome() -> None:
    """Show the outcome of the last decision once."""
    result: PlanDecision | str | None = st.session_state.pop(_OUTCOME_KEY, None)
    if isinstance(result, str):
        st.warning(markup.escape_markdown(_("Tidak ada yang ditulis: {why}").format(why=result)))
    elif result is not None and result.accepted:
        text = _("{n} petugas diperintahkan bergeser ({plan}).")
        st.success(
            markup.escape_markdown(text.format(n=format_number(len(result.moves)), plan=result.id))
        )
    elif result is not None:
        st.info(markup.escape_markdown(_("Penolakan disimpan: {why}").format(why=result.reason)))


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
