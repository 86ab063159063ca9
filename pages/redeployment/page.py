"""Pergeseran: where officers are missing, whom to move there, and what was decided."""

from __future__ import annotations

from pages.redeployment import decisions
from pages.redeployment import plan as plans
from pages.redeployment import shortfalls as gaps
from situasi.analysis.redeployment.plan import compute_needs
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import page_layout
from situasi.ui.components.kpi_row import render_kpi_row


def show() -> None:
    view = page_layout.begin_page(label("screen", "pergeseran"))
    found = view.compute(compute_needs, view.kecamatan)
    if not found.coverage.has_postings:
        page_layout.render_missing_data(
            _("Belum ada plotting personel ke TPS; kekurangan belum dapat dihitung.")
        )
        decisions.render_history_panel(view)
        return
    render_kpi_row(gaps.build_kpis(found))
    gaps.render_shortfalls_panel(view, found)
    decisions.render_outcome()
    plan = plans.render_plan_panel(view, found)
    if plan is not None:
        decisions.render_decision_bar(view, plan)
    decisions.render_history_panel(view)
