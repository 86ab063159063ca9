"""What a viewer may see: rows that are not theirs are taken away before anything is computed."""

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
from situasi.domain.register import Register
from situasi.ingest.messages.sender import remove_names


@dataclass(frozen=True)
class AccessScope:
    """Which rows and cells; equal for all viewers who may see the same, who share what is found.

    feeds: those whose rows may be loaded. area: the kecamatan of which; empty: all. hidden:
    (feed, column) whose cells are not. nameless: (feed, column) whose cells are without names.
    """

    feeds: tuple[str, ...]
    area: tuple[str, ...] = ()
    hidden_columns: tuple[tuple[str, str], ...] = ()
    redacted_columns: tuple[tuple[str, str], ...] = ()


@lru_cache(maxsize=1024)
def scope_of(viewer: Viewer) -> AccessScope:
    """The sight of this viewer."""
    return AccessScope(
        feeds=viewer.role.readable_feeds(tuple(feed_schemas.FEEDS)),
        area=tuple(sorted(viewer.area)),
        hidden_columns=tuple(
            c for c, screen in GUARDED_COLUMNS.items() if not viewer.role.may_see(screen)
        ),
        redacted_columns=tuple(
            c for c, screen in GUARDED_TEXT_COLUMNS.items() if not viewer.role.may_see(screen)
        ),
    )


def filter_frames(
    frames: Mapping[str, pd.DataFrame], access: AccessScope
) -> dict[str, pd.DataFrame]:
    """The frames by feed, less what this sight does not reach.

    A row that names no kecamatan is of the whole kabupaten, and concerns everyone.
    """
    found = {feed: _filter_feed(feed, frames[feed], access) for feed in access.feeds}
    if access.area and "merges" in found:
        cases = set(found["incidents"]["case"])
        found["merges"] = _merges_between(
            found["merges"], lambda keys: [key in cases for key in keys]
        )
    return found


def filter_known(
    frames: Mapping[str, pd.DataFrame], cases: CaseIndex, access: AccessScope, at: datetime | None
) -> AsOfView:
    """What this sight reaches of what was known at a moment (None: now), made when asked for.

    frames, cases: of a snapshot.
    """
    reached = cases.restrict(access.area, lambda rows: _filter_feed("incidents", rows, access))

    def see(feed: str, rows: pd.DataFrame) -> pd.DataFrame:
        found = _filter_feed(feed, rows, access)
        return (
            _merges_between(found, reached.contains_each)
            if access.area and feed == "merges"
            else found
        )

    return AsOfView({feed: frames[feed] for feed in access.feeds}, at, reached, see)


def _filter_feed(feed: str, frame: pd.DataFrame, access: AccessScope) -> pd.DataFrame:
    """The rows and cells of a feed that this sight reaches; some of its columns are enough."""
    if access.area:
        frame = frame[frame["kecamatan"].isin(access.area) | frame["kecamatan"].isna()]
    there = frame.columns
    cells = {
        c: _text_column(frame, [None] * len(frame))
        for c in _columns_of(feed, access.hidden_columns)
        if c in there
    }
    for column in _columns_of(feed, access.redacted_columns):
        if column in there:
            cells[column] = _text_column(frame, [_redact_names(cell) for cell in frame[column]])
    return frame.assign(**cells) if cells else frame


def _text_column(frame: pd.DataFrame, cells: list[str | None]) -> pd.Series[Any]:
    """A column as the store gives it: None where there is nothing, never NaN."""
    return pd.Series(cells, frame.index, dtype="object")


def _columns_of(feed: str, columns: tuple[tuple[str, str], ...]) -> list[str]:
    return [column for of_feed, column in columns if of_feed == feed]


@lru_cache(maxsize=1 << 16)
def _redact_names(cell: str | None) -> str | None:
    """Each text is read once, for all guests and all versions."""
    return remove_names(cell) if isinstance(cell, str) else None


def _merges_between(
    merges: pd.DataFrame, are_visible: Callable[[Iterable[str]], list[bool]]
) -> pd.DataFrame:
    """The merges of cases that are seen: one that names another would tell of it."""
    one, other = (np.array(are_visible(merges[name]), dtype=bool) for name in ("kasus", "ke"))
    between: pd.DataFrame = merges[one & other]
    return between


def filter_register(register: Register, access: AccessScope) -> Register:
    """The register of what is seen, so that every figure is of that."""
    return register.restrict_to(access.area)
