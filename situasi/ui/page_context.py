"""What a page shows: built once in a script run, and given to its panels and tables."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from situasi.access.roles import Viewer
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.situation.feed_staleness import FeedState
from situasi.analysis.situation.overview import Overview
from situasi.analysis.stations.places import compute_station_places, locate_desa
from situasi.analysis.view_time import ViewTime
from situasi.board import current_board as board
from situasi.common.work_limits import OWNER
from situasi.domain.register import Register
from situasi.domain.road_network import Geography
from situasi.figures.theme import Theme
from situasi.live import access_scope
from situasi.live.analysis_cache import AnalysisView
from situasi.live.snapshot import Snapshot, SnapshotView
from situasi.ui import filters, session

T = TypeVar("T")
# (known frames by feed, register, time, other arguments) -> anything
Query = Callable[..., T]


@dataclass(frozen=True)
class PageContext:
    """What a page shows: snapshot, time, viewer and kecamatan (empty: all)."""

    snapshot_view: SnapshotView
    view_time: ViewTime
    viewer: Viewer
    kecamatan: tuple[str, ...] = ()

    @property
    def snapshot(self) -> Snapshot:
        """The rows and their versions."""
        return self.snapshot_view.snapshot

    @property
    def has_exercise_rows(self) -> bool:
        """Whether the board has exercise rows, which cannot be separated in sums."""
        return self.snapshot.rehearsal

    @property
    def exercise_at(self) -> datetime | None:
        """The time of the exercise clock; None if no exercise is running."""
        return self.snapshot.exercise_at

    @property
    def register(self) -> Register:
        """The register limited to what the viewer may see."""
        return self._analysis_view.register

    @property
    def theme(self) -> Theme:
        """The colours of the viewer's browser."""
        return session.get_theme()

    @property
    def geography(self) -> Geography:
        """The geography, with each desa where its TPS are as far as that is known."""
        return locate_desa(board().geography, self.compute(compute_station_places))

    def may_act(self, action: str) -> bool:
        """Return whether the viewer may do this now; nobody writes while viewing the past."""
        return self.view_time.live and self.viewer.role.may(action)

    def at_present(self) -> PageContext:
        """Return the same context at the present, whatever time is chosen on the page."""
        return replace(self, view_time=session.get_view_time(None, self.snapshot_view))

    def selected_kecamatan(self) -> list[str]:
        """Return the selected kecamatan, all if none was selected."""
        codes = self.register.kecamatan
        return [code for code in codes if not self.kecamatan or code in self.kecamatan]

    def compute(self, query: Query[T], *args: Hashable) -> T:
        """Compute a query on what the viewer may see (AnalysisView.compute)."""
        result: T = self._analysis_view.compute(query, *args)
        return result

    def compute_on_snapshot(self, query: Query[T], *args: Hashable) -> T:
        """Compute a query on the whole snapshot (AnalysisView.compute_on_snapshot)."""
        result: T = self._analysis_view.compute_on_snapshot(query, *args)
        return result

    def compute_overview(self, selection: Selection) -> Overview:
        """Return the overview of this selection, computed once for all viewers of the view."""
        return self._analysis_view.compute_overview(selection)

    def get_feed_states(self) -> tuple[FeedState, ...]:
        """Return which feeds should report at this time, and when each last did."""
        return self._analysis_view.feed_states()

    @property
    def _analysis_view(self) -> AnalysisView:
        OWNER.set(self.viewer.name)  # past times are limited per viewer
        scope = access_scope.scope_of(self.viewer)
        return board().analysis_cache.view(self.snapshot, self.view_time, scope)


def get_current() -> PageContext:
    """Return the context of this run, of all kecamatan.

    A callback and a fragment run without the script of the page: each call builds a new one there.
    """
    return session.per_run("page_context", _build)


def _build() -> PageContext:
    snapshot_view = session.get_snapshot_view()
    view_time = session.get_view_time(filters.get_past_time(), snapshot_view)
    return PageContext(snapshot_view, view_time, session.viewer())
