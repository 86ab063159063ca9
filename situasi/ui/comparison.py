"""Since the last briefing: the figures of its moment, beside those that a page shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from situasi.actions.briefings import Briefing
from situasi.analysis.view_time import ViewTime
from situasi.ui import briefings, render_cache
from situasi.ui.components.kpi_row import Baseline, Kpi
from situasi.ui.page_layout import PageContext


def context_at_briefing(context: PageContext, briefing: Briefing) -> PageContext:
    """The same view at the moment of a briefing."""
    at = briefing.at.astimezone(context.view_time.at.tzinfo)
    return PageContext(
        context.snapshot_view, ViewTime(at, live=False, is_exercise=False), context.kecamatan
    )


def compute_baseline(
    context: PageContext,
    page: str,
    compute_inputs: Callable[[PageContext], tuple[Any, ...]],
    build_kpis: Callable[..., Sequence[Kpi]],
) -> Baseline | None:
    """The figures of a page as they were at the briefing; None where there was none yet.

    find: what was found then, each kept elsewhere while its rows stay. figures: given these, the
    figures of the page; of the same findings they are made once.
    """
    one = briefings.get_selected(context.snapshot_view, context.view_time)
    if one is None:
        return None
    told = render_cache.get_or_build(
        f"{page}, before",
        context.kecamatan,
        compute_inputs(context_at_briefing(context, one)),
        build_kpis,
    )
    return Baseline(briefings.format_name(one, context.view_time), told)
