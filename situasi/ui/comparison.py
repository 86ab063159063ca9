"""Since the last briefing: the figures of its moment, beside those that a page shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from situasi.actions.briefings import Briefing
from situasi.ui import briefings, render_cache
from situasi.ui.components.kpi_row import Before, Figure
from situasi.ui.page_layout import View
from situasi.ui.session import ViewTime


def past(view: View, one: Briefing) -> View:
    """The same view at the moment of a briefing."""
    at = one.at.astimezone(view.at.at.tzinfo)
    return View(view.shown, ViewTime(at, live=False, is_exercise=False), view.kecamatan)


def before(
    view: View,
    screen: str,
    find: Callable[[View], tuple[Any, ...]],
    figures: Callable[..., Sequence[Figure]],
) -> Before | None:
    """The figures of a page as they were at the briefing; None where there was none yet.

    find: what was found then, each kept elsewhere while its rows stay. figures: given these, the
    figures of the page; of the same findings they are made once.
    """
    one = briefings.chosen(view.shown, view.at)
    if one is None:
        return None
    told = render_cache.once(f"{screen}, before", view.kecamatan, find(past(view, one)), figures)
    return Before(briefings.name(one, view.at), told)
