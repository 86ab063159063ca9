"""What one viewer sees: the moment, the language, the theme, the picture behind the page."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TypeVar

import streamlit as st

from situasi.access import viewer_header
from situasi.access.roles import Role, Viewer
from situasi.analysis import view_time as moments
from situasi.analysis.as_of import AsOfView
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.situation.feed_staleness import FeedState
from situasi.analysis.situation.overview import Overview
from situasi.board import Board
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.work_limits import OWNER
from situasi.domain.register import Register
from situasi.figures.theme import Theme, select_theme
from situasi.live import access_scope
from situasi.live.analysis_cache import AnalysisCache
from situasi.live.snapshot import SnapshotView
from situasi.presentation import view_text
from situasi.ui import tenant

Found = TypeVar("Found")
_ACT_FAILED = "_act_failed"  # see situasi/streamlit_patches/acts.py, which says so
# What is the same all through one run of the frame, and dear to ask for again and again.
_RUN: ContextVar[dict[str, object] | None] = ContextVar("run", default=None)
# (known frames by feed, register, moment, what else was asked) -> anything
Work = Callable[..., Found]


@contextmanager
def one_run() -> Iterator[None]:
    """Ask once for what `of_run` gives, until the end of this run."""
    token = _RUN.set({})
    try:
        yield
    finally:
        _RUN.reset(token)


def of_run(name: str, ask: Callable[[], Found]) -> Found:
    """What this asks for; asked once in a run, and each time outside of one."""
    run = _RUN.get()
    if run is None:
        return ask()
    if name not in run:
        run[name] = ask()
    return run[name]  # type: ignore[return-value]


def now() -> datetime:
    return datetime.now(UTC)


def speak() -> str:
    """Use the language that the address asks for (`?lang=en`); Indonesian otherwise."""
    return i18n.set_language(str(st.query_params.get("lang", i18n.LANGUAGES[0])))


def viewer_theme() -> Theme:
    return select_theme(st.context.theme.type)


# Who asks without a word of the gate: nobody, who sees nothing.
NOBODY = Viewer("", Role("", frozenset(), frozenset()))


def viewer() -> Viewer:
    """Who looks, as the gate says it, with what they may see and do on this page."""
    return of_run("viewer", lambda: tenant.viewer(_account()) or NOBODY)


def account() -> Viewer:
    """Who looks, as the gate says it, whatever page this is."""
    return _account() or NOBODY


def _account() -> Viewer | None:
    return viewer_header.decode_viewer(word_of_the_gate())


def chosen_board() -> Board:
    """The board that this run is about, in the process of a command above."""
    return of_run("board", lambda: tenant.board(_account()))


def hides(feed: str, column: str) -> bool:
    """Whether this viewer is not shown these cells: that is not the same as nobody told."""
    return (feed, column) in access_scope.scope_of(viewer()).hidden_columns


def word_of_the_gate() -> str:
    """What the gate wrote when it let this viewer's WebSocket in."""
    return str(st.context.headers.get(viewer_header.HEADER_NAME) or "")


def register() -> Register:
    """The register of what the viewer may see."""
    return board().analysis_cache.register(access_scope.scope_of(viewer()))


def picture() -> SnapshotView:
    return board().refresher.current_view()


def wrote() -> None:
    """Show what this page just wrote: whoever acts must see that it was taken."""
    board().refresher.refresh()


def failed_acts() -> list[tuple[str, str]]:
    """The line that the viewer's last act failed, said once; nothing where it went well."""
    return [view_text.failed_act()] if st.session_state.pop(_ACT_FAILED, False) else []


def moment(chosen: datetime | None, shown: SnapshotView) -> ViewTime:
    """The moment that is shown: the chosen one where it is past, or the present."""
    zone = board().register.election.zone
    return moments.resolve_view_time(chosen, now(), shown.snapshot.exercise_at, zone)


def _findings() -> AnalysisCache:
    """What finds for this viewer, whose past moments wait for those of nobody else."""
    OWNER.set(viewer().name)
    return board().analysis_cache


def compute(work: Work[Found], shown: SnapshotView, at: ViewTime, *asked: Hashable) -> Found:
    """What this analysis finds at this moment (Findings.of), of what the viewer may see."""
    return _findings().compute(work, shown.snapshot, at, access_scope.scope_of(viewer()), *asked)  # type: ignore[no-any-return]


def whole(work: Work[Found], shown: SnapshotView, at: ViewTime, *asked: Hashable) -> Found:
    """What this work finds of the whole snapshot (Findings.whole)."""
    return _findings().compute_on_snapshot(
        work, shown.snapshot, at, access_scope.scope_of(viewer()), *asked
    )  # type: ignore[no-any-return]


def known(shown: SnapshotView, at: ViewTime) -> AsOfView:
    """The rows known at this moment, by feed, of those that the viewer may see."""
    return _findings().known_rows(shown.snapshot, at, access_scope.scope_of(viewer()))


def situation(shown: SnapshotView, wanted: Selection, at: ViewTime) -> Overview:
    """The overview of this selection, found once for all viewers of the same view."""
    return _findings().compute_overview(shown.snapshot, at, access_scope.scope_of(viewer()), wanted)


def heard(shown: SnapshotView, at: ViewTime) -> tuple[FeedState, ...]:
    """Which feeds should be speaking at this moment, and when each last did."""
    return _findings().feed_states(shown.snapshot, at, access_scope.scope_of(viewer()))
