"""KPIs at the last briefing, as the baseline of those on a page."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from situasi.actions.briefings import Briefing, format_name
from situasi.analysis.view_time import ViewTime
from situasi.ui import briefings, render_cache
from situasi.ui.components.kpi_row import Baseline, Kpi, render_kpi_row
from situasi.ui.page_context import PageContext, Query

T = TypeVar("T")


def context_at_briefing(context: PageContext, briefing: Briefing) -> PageContext:
    """Return the same context at the time of a briefing."""
    at = briefing.at.astimezone(context.view_time.at.tzinfo)
    return replace(context, view_time=ViewTime(at, live=False, is_exercise=False))


def compute_baseline(
    context: PageContext,
    page: str,
    compute_inputs: Callable[[PageContext], tuple[Any, ...]],
    build_kpis: Callable[..., Sequence[Kpi]],
) -> Baseline | None:
    """Return the KPIs of a page at the selected briefing; None if there is none.

    compute_inputs: what the KPIs were computed from then, cached while its rows stay. build_kpis:
    builds the KPIs from these inputs, once for the same inputs.
    """
    briefing = briefings.get_selected(context)
    if briefing is None:
        return None
    inputs = compute_inputs(context_at_briefing(context, briefing))
    kpis = render_cache.get_or_build(f"{page}, before", context.kecamatan, inputs, build_kpis)
    return Baseline(format_name(briefing, context.view_time), kpis)


def render_kpis(
    context: PageContext,
    page: str,
    data: T,
    build_kpis: Callable[[T], Sequence[Kpi]],
    query: Query[Any],
    *args: Hashable,
) -> None:
    """Draw the KPIs of a page beside those at the selected briefing.

    data: what the query gives now. query, args: of PageContext.compute.
    """
    baseline = compute_baseline(
        context, page, lambda past: (past.compute(query, *args),), build_kpis
    )
    render_kpi_row(build_kpis(data), baseline)
