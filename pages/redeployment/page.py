"""Pergeseran: where officers are missing, who should move there, and what was decided."""

from pages.redeployment import decisions, plan, shortfalls
from situasi.analysis.redeployment.plan import compute_needs
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import page_layout
from situasi.ui.components.kpi_row import render_kpi_row
from situasi.ui.page_context import PageContext


def show(context: PageContext) -> None:
    """Draw the page Pergeseran."""
    context = page_layout.begin_page(context, label("screen", "pergeseran"))
    needs = context.compute(compute_needs, context.kecamatan)
    if not needs.coverage.has_postings:
        page_layout.render_missing_data(
            _("Belum ada plotting personel ke TPS; kekurangan belum dapat dihitung.")
        )
        decisions.render_history_panel(context)
        return
    render_kpi_row(shortfalls.build_kpis(context, needs))
    shortfalls.render_shortfalls_panel(context, needs)
    decisions.render_outcome()
    plan_view = plan.render_plan_panel(context, needs)
    if plan_view is not None:
        decisions.render_decision_bar(context, plan_view)
    decisions.render_history_panel(context)
