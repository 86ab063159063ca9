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
from situasi.analysis.as_of import Known
from situasi.analysis.incidents.case_index import Cases
from situasi.domain import feed_schemas
from situasi.domain.register import Register
from situasi.ingest.messages.sender import remove_names


@dataclass(frozen=True)
class Sight:
    """Which rows and cells; equal for all viewers who may see the same, who share what is found.

    feeds: those whose rows may be loaded. area: the kecamatan of which; empty: all. hidden:
    (feed, column) whose cells are not. nameless: (feed, column) whose cells are without names.
    """

    feeds: tuple[str, ...]
    area: tuple[str, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    nameless: tuple[tuple[str, str], ...] = ()


@lru_cache(maxsize=1024)
def of(viewer: Viewer) -> Sight:
    """The sight of this viewer."""
    return Sight(
        feeds=viewer.role.readable_feeds(tuple(feed_schemas.FEEDS)),
        area=tuple(sorted(viewer.area)),
        hidden=tuple(c for c, screen in GUARDED_COLUMNS.items() if not viewer.role.may_see(screen)),
        nameless=tuple(
            c for c, screen in GUARDED_TEXT_COLUMNS.items() if not viewer.role.may_see(screen)
        ),
    )


def seen(frames: Mapping[str, pd.DataFrame], sight: Sight) -> dict[str, pd.DataFrame]:
    """The frames by feed, less what this sight does not reach.

    A row that names no kecamatan is of the whole kabupaten, and concerns everyone.
    """
    found = {feed: _seen(feed, frames[feed], sight) for feed in sight.feeds}
    if sight.area and "merges" in found:
        cases = set(found["incidents"]["case"])
        found["merges"] = _between(found["merges"], lambda keys: [key in cases for key in keys])
    return found


def known(
    frames: Mapping[str, pd.DataFrame], cases: Cases, sight: Sight, at: datetime | None
) -> Known:
    """What this sight reaches of what was known at a moment (None: now), made when asked for.

    frames, cases: of a snapshot.
    """
    reached = cases.seen(sight.area, lambda rows: _seen("incidents", rows, sight))

    def see(feed: str, rows: pd.DataFrame) -> pd.DataFrame:
        found = _seen(feed, rows, sight)
        return _between(found, reached.has) if sight.area and feed == "merges" else found

    return Known({feed: frames[feed] for feed in sight.feeds}, at, reached, see)


def _seen(feed: str, frame: pd.DataFrame, sight: Sight) -> pd.DataFrame:
    """The rows and cells of a feed that this sight reaches; some of its columns are enough."""
    if sight.area:
        frame = frame[frame["kecamatan"].isin(sight.area) | frame["kecamatan"].isna()]
    there = frame.columns
    cells = {c: _cells(frame, [None] * len(frame)) for c in _of(feed, sight.hidden) if c in there}
    for column in _of(feed, sight.nameless):
        if column in there:
            cells[column] = _cells(frame, [_without_names(cell) for cell in frame[column]])
    return frame.assign(**cells) if cells else frame


def _cells(frame: pd.DataFrame, cells: list[str | None]) -> pd.Series[Any]:
    """A column as the store gives it: None where there is nothing, never NaN."""
    return pd.Series(cells, frame.index, dtype="object")


def _of(feed: str, cells: tuple[tuple[str, str], ...]) -> list[str]:
    return [column for of_feed, column in cells if of_feed == feed]


@lru_cache(maxsize=1 << 16)
def _without_names(cell: str | None) -> str | None:
    """Each text is read once, for all guests and all versions."""
    return remove_names(cell) if isinstance(cell, str) else None


def _between(merges: pd.DataFrame, are_seen: Callable[[Iterable[str]], list[bool]]) -> pd.DataFrame:
    """The merges of cases that are seen: one that names another would tell of it."""
    one, other = (np.array(are_seen(merges[name]), dtype=bool) for name in ("kasus", "ke"))
    between: pd.DataFrame = merges[one & other]
    return between


def register(every: Register, sight: Sight) -> Register:
    """The register of what is seen, so that every figure is of that."""
    return every.restrict_to(sight.area)
