"""What a viewer may see: other rows are removed before anything is computed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from situasi.access.roles import GUARDED_COLUMNS, GUARDED_TEXT_COLUMNS, Viewer
from situasi.analysis.as_of import AsOfView
from situasi.analysis.incidents.case_index import CaseIndex
from situasi.domain import feed_schemas
from situasi.ingest.messages.sender import remove_names


@dataclass(frozen=True)
class AccessScope:
    """Visible rows and cells; equal for all viewers with the same rights, who share results.

    feeds: feeds that may be loaded. area: visible kecamatan; empty: all. hidden_columns: (feed,
    column) whose cells are emptied. redacted_columns: (feed, column) whose cells are shown without
    names of persons.
    """

    feeds: tuple[str, ...]
    area: tuple[str, ...] = ()
    hidden_columns: tuple[tuple[str, str], ...] = ()
    redacted_columns: tuple[tuple[str, str], ...] = ()


@lru_cache(maxsize=1024)
def scope_of(viewer: Viewer) -> AccessScope:
    """Return the access scope of this viewer."""

    def hidden(screen_by_column: Mapping[tuple[str, str], str]) -> tuple[tuple[str, str], ...]:
        items = screen_by_column.items()
        return tuple(column for column, screen in items if not viewer.role.may_see(screen))

    return AccessScope(
        feeds=viewer.role.readable_feeds(tuple(feed_schemas.FEEDS)),
        area=tuple(sorted(viewer.area)),
        hidden_columns=hidden(GUARDED_COLUMNS),
        redacted_columns=hidden(GUARDED_TEXT_COLUMNS),
    )


def filter_frames(
    frames: Mapping[str, pd.DataFrame], access: AccessScope
) -> dict[str, pd.DataFrame]:
    """Return the frames by feed, without the rows and cells outside this scope.

    A row without a kecamatan is about the whole kabupaten, and everyone may see it.
    """
    visible = {feed: _filter_feed(feed, frames[feed], access) for feed in access.feeds}
    if access.area and "merges" in visible:
        cases = set(visible["incidents"]["case"])
        visible["merges"] = _merges_between(
            visible["merges"], lambda keys: [key in cases for key in keys]
        )
    return visible


def filter_known(
    frames: Mapping[str, pd.DataFrame], cases: CaseIndex, access: AccessScope, at: datetime | None
) -> AsOfView:
    """Return what this scope sees of the rows known at a moment (None: now), computed on demand.

    frames, cases: of a snapshot.
    """
    visible_cases = cases.restrict(
        access.area, lambda rows: _filter_feed("incidents", rows, access)
    )

    def filter_rows(feed: str, rows: pd.DataFrame) -> pd.DataFrame:
        visible = _filter_feed(feed, rows, access)
        if access.area and feed == "merges":
            return _merges_between(visible, visible_cases.contains_each)
        return visible

    return AsOfView({feed: frames[feed] for feed in access.feeds}, at, visible_cases, filter_rows)


def _filter_feed(feed: str, frame: pd.DataFrame, access: AccessScope) -> pd.DataFrame:
    """Return the rows and cells of a feed in this scope; a part of its columns is enough."""
    if access.area:
        frame = frame[frame["kecamatan"].isin(access.area) | frame["kecamatan"].isna()]
    columns = frame.columns
    cells = {
        column: _text_column(frame, [None] * len(frame))
        for column in _columns_of(feed, access.hidden_columns)
        if column in columns
    }
    for column in _columns_of(feed, access.redacted_columns):
        if column in columns:
            cells[column] = _text_column(frame, [_redact_names(cell) for cell in frame[column]])
    return frame.assign(**cells) if cells else frame


def _text_column(frame: pd.DataFrame, cells: list[str | None]) -> pd.Series[Any]:
    """Return a column as the store returns it: None for a missing value, never NaN."""
    return pd.Series(cells, frame.index, dtype="object")


def _columns_of(feed: str, columns: tuple[tuple[str, str], ...]) -> list[str]:
    return [column for column_feed, column in columns if column_feed == feed]


@lru_cache(maxsize=1 << 16)
def _redact_names(cell: str | None) -> str | None:
    """Remove names; each text is processed once, for all guests and all versions."""
    return remove_names(cell) if isinstance(cell, str) else None


def _merges_between(
    merges: pd.DataFrame, are_visible: Callable[[Iterable[str]], list[bool]]
) -> pd.DataFrame:
    """Return merges of which both cases are visible: others would reveal a hidden case."""
    first_visible, second_visible = (
        np.array(are_visible(merges[name]), dtype=bool) for name in ("kasus", "ke")
    )
    visible_merges: pd.DataFrame = merges[first_visible & second_visible]
    return visible_merges
