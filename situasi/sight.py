"""What a viewer may see: rows that are not theirs are taken away before anything is computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from situasi import records
from situasi.regions import Register
from situasi.roles import GUARDED_COLUMNS, Viewer


@dataclass(frozen=True)
class Sight:
    """Which rows and cells; equal for all viewers who may see the same, who share what is found.

    feeds: those whose rows may be loaded. area: the kecamatan of which; empty: all. hidden:
    (feed, column) whose cells are not.
    """

    feeds: tuple[str, ...]
    area: tuple[str, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()


def of(viewer: Viewer) -> Sight:
    """The sight of this viewer."""
    return Sight(
        feeds=viewer.role.feeds(tuple(records.FEEDS)),
        area=tuple(sorted(viewer.area)),
        hidden=tuple(c for c, screen in GUARDED_COLUMNS.items() if not viewer.role.sees(screen)),
    )


def seen(frames: Mapping[str, pd.DataFrame], sight: Sight) -> dict[str, pd.DataFrame]:
    """The frames by feed, less what this sight does not reach.

    A row that names no kecamatan is of the whole kabupaten, and concerns everyone.
    """
    found = {}
    for feed in sight.feeds:
        frame = frames[feed]
        if sight.area:
            frame = frame[frame["kecamatan"].isin(sight.area) | frame["kecamatan"].isna()]
        for hidden_feed, column in sight.hidden:
            if hidden_feed == feed:
                frame = frame.assign(**{column: pd.Series(None, frame.index, dtype="object")})
        found[feed] = frame
    if sight.area and "merges" in found:
        found["merges"] = _between(found["merges"], found["incidents"])
    return found


def _between(merges: pd.DataFrame, incidents: pd.DataFrame) -> pd.DataFrame:
    """The merges of cases that are seen: one that names another would tell of it."""
    cases = set(incidents["case"])
    return merges[merges["kasus"].isin(cases) & merges["ke"].isin(cases)]


def register(every: Register, sight: Sight) -> Register:
    """The register of what is seen, so that every figure is of that."""
    return every.within(sight.area)
