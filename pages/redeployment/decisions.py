"""Accepting or refusing a plan, and the list of what was decided."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

import streamlit as st

from pages.redeployment import plan as redeployment_plan
from pages.redeployment import tables as redeployment_tables
from pages.redeployment.plan import Shown
from situasi.actions import redeployment_orders
from situasi.actions.redeployment_orders import PlanDecision, PlanRefused
from situasi.analysis.redeployment import plan
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.store.interface import StoreError
from situasi.ui import filters, page_layout, session
from situasi.ui.components import markup
from situasi.ui.page_layout import PageContext
from situasi.ui.render_cache import cached_records
from situasi.ui.tables import table_view

_SAID = "_rencana_kabar"
_REASON = "tolak_alasan"


def decision_bar(view: PageContext, shown: Shown) -> None:
    """The two decisions, for whoever may decide, at the present."""
    with shown.place:
        _decisions(view, shown)


def _decisions(view: PageContext, shown: Shown) -> None:
    if not redeployment_orders.may_decide(session.viewer()):
        st.caption(_("Menyetujui dan menolak rencana adalah tugas pimpinan atau operator."))
        return
    if not view.view_time.live:
        st.caption(_("Kembali ke langsung untuk menyetujui atau menolak."))
        return
    with st.container(horizontal=True, key="putusan"):
        _accepting(shown)
        _refusing(shown)


def _accepting(shown: Shown) -> None:
    title = _("Setujui {n} langkah").format(n=i18n.format_number(len(shown.chosen)))
    opened = st.popover(title, key="setujui", on_change="rerun", disabled=not shown.possible)
    if not opened.open:
        return
    with opened:
        st.caption(
            _("Perintah berlaku sejak sekarang dan ditulis sebagai plotting atas nama Anda, "
              "seluruhnya atau tidak sama sekali.")
        )  # fmt: skip
        st.button(_("Tulis perintah"), key="setujui_tulis", type="primary", on_click=_accept,
                  args=(shown,))  # fmt: skip


def _refusing(shown: Shown) -> None:
    opened = st.popover(_("Tolak rencana"), key="tolak", on_change="rerun")
    if not opened.open:
        return
    with opened, st.form("tolak_isi", border=False):
        st.text_input(_("Alasan"), key=_REASON, max_chars=redeployment_orders.MAX_REASON_LENGTH)
        st.form_submit_button(_("Simpan penolakan"), type="primary", on_click=_refuse,
                              args=(shown,))  # fmt: skip


def _accept(shown: Shown) -> None:
    kept = shown.kept
    left_out = len(kept.plan.moves) - len(shown.chosen)

    def decide() -> PlanDecision:
        return redeployment_orders.accept(
            board(), session.viewer(), kept.id, shown.chosen, left_out,
            lambda: _needed(kept.needs.chosen_kecamatan), session.now(), _played(),
        )  # fmt: skip

    _decided(decide)


def _refuse(shown: Shown) -> None:
    reason = str(st.session_state.get(_REASON, ""))
    kept = shown.kept
    _decided(
        lambda: redeployment_orders.refuse(
            board().store, session.viewer(), kept.id, kept.plan.moves, reason, session.now(),
            _played(),
        )
    )  # fmt: skip


def _needed(kecamatan: tuple[str, ...]) -> plan.RedeploymentNeeds:
    """What is needed by what is known now, read anew."""
    session.refresh_after_write()
    shown = session.get_snapshot_view()
    return session.compute(plan.compute_needs, shown, session.get_view_time(None, shown), kecamatan)


def _played() -> datetime | None:
    return session.get_snapshot_view().snapshot.exercise_at


def _decided(decide: Callable[[], PlanDecision]) -> None:
    """Do it, and keep what came of it for `told`."""
    session.use_url_language()
    if not session.get_view_time(filters.get_past_time(), session.get_snapshot_view()).live:
        return
    try:
        made = decide()
    except (PlanRefused, StoreError) as error:
        st.session_state[_SAID] = str(error)
        return
    session.refresh_after_write()
    redeployment_plan.forget()
    st.session_state[_SAID] = made


def told() -> None:
    """Say once what came of the last decision."""
    said: PlanDecision | str | None = st.session_state.pop(_SAID, None)
    if isinstance(said, str):
        st.warning(markup.escape_markdown(_("Tidak ada yang ditulis: {why}").format(why=said)))
    elif said is not None and said.accepted:
        done = _("{n} petugas diperintahkan bergeser ({plan}).")
        st.success(
            markup.escape_markdown(done.format(n=i18n.format_number(len(said.moves)), plan=said.id))
        )
    elif said is not None:
        st.info(markup.escape_markdown(_("Penolakan disimpan: {why}").format(why=said.reason)))


def past_panel(view: PageContext) -> None:
    """What had been decided by the moment that is shown."""
    page_layout.render_section_title(_("Rencana yang diputuskan"))
    area = session.viewer().area
    every = cached_records(
        f"pergeseran {area}",
        view.snapshot_view,
        partial(redeployment_orders.load_all, area=area),
        [],
    )
    some = [one for one in every if view.view_time.live or one.at <= view.view_time.at]
    if not some:
        markup.render_empty_state(_("Belum ada rencana yang disetujui atau ditolak."))
        return
    table_view.render_table(
        redeployment_tables.decisions(some), "putusan_rencana", _("Rencana yang diputuskan")
    )
