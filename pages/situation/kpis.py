"""The strip of key figures: how many, how grave, how fresh, and who is silent."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pandas as pd

from pages.situation import tables as situation_tables
from situasi.access.roles import SCREENS
from situasi.analysis import view_time as moments
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.situation import area_summary as days
from situasi.analysis.situation import crowd_state
from situasi.analysis.situation.area_summary import AreaSummary
from situasi.analysis.situation.overview import Overview
from situasi.analysis.turnout import summary
from situasi.board import current_board as board
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.figures.theme import SITUASI
from situasi.live.snapshot import SnapshotView
from situasi.presentation import kpis as telling
from situasi.ui import comparison, render_cache, session
from situasi.ui.components import markup
from situasi.ui.components.kpi_row import Before, Count, Figure
from situasi.ui.page_layout import View
from situasi.ui.session import ViewTime
from situasi.ui.tables import table_view

_MINUTE = timedelta(minutes=1)


def figures(found: Overview, day: AreaSummary, at: ViewTime, shown: SnapshotView) -> list[Figure]:
    """The figures of this moment that the viewer may see."""
    now, waiting = _now(at), _waiting(at, shown)
    # Ages are told in minutes: until the next one they are the same.
    age = None if found.newest_time is None else (now - found.newest_time.at) // _MINUTE
    asked = (now.date(), age, waiting)
    every = render_cache.once(
        "angka", asked, (found, day), partial(_figures, now=now, waiting=waiting)
    )
    # Of what a viewer may not see nothing is said, not even that it is missing.
    role = session.viewer().role
    return [one for one in every if one.key not in SCREENS or role.may_see(one.key)]


def _figures(
    found: Overview, day: AreaSummary, *, now: datetime, waiting: int | None
) -> list[Figure]:
    codes = list(found.crowd_states["kecamatan"])
    tps = day.stations[day.stations["kecamatan"].isin(codes)]
    rates = summary.compute_total(day.turnout.loc[codes])
    zone = board().register.election.zone_label
    known = found.newest_time is not None
    rate = Count(
        rates["rate"] if rates["told"] else None, _("poin"), 1, bool(rates["told_estimated"])
    )
    every = [
        (telling.opened(found), lambda: table_view.readable(found.open_cases),
         (Count(len(found.open_cases) if known else None),)),
        (telling.states(found), lambda: situation_tables.states(found), _situasi_counts(found)),
        (telling.turnout(rates), lambda: situation_tables.turnout(day, codes), (rate,)),
        (telling.stations(tps), lambda: situation_tables.late(tps),
         (Count(_late(tps), _("terlambat")),)),
        (telling.personnel(day, codes), lambda: situation_tables.gaps(day, codes),
         (Count(_present(day, codes)),)),
        (telling.newest(found, now, zone), lambda: table_view.readable(found.selected_cases),
         (Count(len(found.selected_cases) if known else None, _("kejadian")),)),
        (telling.sources(found, waiting), lambda: situation_tables.feeds(found),
         (Count(_silent(found)),)),
    ]  # fmt: skip
    return [Figure(one.key, markup.card_of(one), rows, counts) for one, rows, counts in every]


def before(view: View, wanted: Selection) -> Before | None:
    """The figures of the last briefing, of the same selection."""

    def find(past: View) -> tuple[Overview, AreaSummary]:
        asked = moments.shift_window(wanted, view.at.at - past.at.at)
        return session.situation(past.shown, asked, past.at), past.compute(
            days.compute_area_summary
        )

    def then(found: Overview, day: AreaSummary) -> list[Figure]:
        at = ViewTime(found.at, live=False, is_exercise=False)
        return figures(found, day, at, view.shown)

    return comparison.before(view, "situasi", find, then)


def _situasi_counts(found: Overview) -> tuple[Count, ...]:
    states = crowd_state.count_states(found.crowd_states)
    stated = found.crowd_states["situasi"].notna().any()
    return tuple(
        Count(states.get(state, 0) if stated else None, label("situasi", state))
        for state in reversed(SITUASI)
    )


def _late(tps: pd.DataFrame) -> int:
    return int(tps["state"].isin(["terlambat", "tak_terjangkau"]).sum())


def _present(day: AreaSummary, codes: list[str]) -> float | None:
    rows = day.coverage_gaps.loc[codes]
    known = rows[rows["known"]]
    return None if known.empty else float(known["present"].sum())


def _silent(found: Overview) -> float | None:
    if not any(feed.is_expected for feed in found.feed_states):
        return None
    return sum(feed.is_silent for feed in found.feed_states)


def _now(at: ViewTime) -> datetime:
    now = session.now() if at.live and not at.is_exercise else at.at
    return now.astimezone(at.at.tzinfo)


def _waiting(at: ViewTime, shown: SnapshotView) -> int | None:
    """Rows that wait for a correction; None where the viewer is not told of them."""
    viewer = session.viewer()
    # The count is of the whole kabupaten: it is told to those who may look at all of it.
    if not at.live or not viewer.role.may_see("masukan") or viewer.area:
        return None
    seen = viewer.role.readable_feeds(tuple(shown.snapshot.quarantine_counts))
    return sum(shown.snapshot.quarantine_counts[feed] for feed in seen)
