"""What Peringatan shows: the alerts of a moment, the rows behind, how far each is in its life."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import pandas as pd

from situasi.actions import acknowledgements, alert_actions
from situasi.actions.acknowledgements import Acknowledgement
from situasi.actions.alert_actions import AlertRecord
from situasi.analysis.alerts import engine as analysis
from situasi.analysis.alerts.episodes import Alerts
from situasi.analysis.queries import reads
from situasi.board import current_board as board
from situasi.domain.feed_schemas import INCIDENTS, NEUTRALITY, TPS
from situasi.domain.register import Register
from situasi.live.snapshot import SnapshotView
from situasi.store.interface import Store
from situasi.ui import render_cache, session
from situasi.ui.page_layout import View
from situasi.ui.render_cache import records

# Rules of which a viewer knows nothing who may not see the screen.
_GUARDED = {"netralitas": "netralitas", "tanpa_petugas": "personel", "kurang_pola": "personel"}
_BEHIND = (INCIDENTS, TPS, NEUTRALITY)

Known = tuple[dict[str, AlertRecord], dict[str, Acknowledgement]]


@dataclass(frozen=True)
class Raised:
    """alerts: of the analysis. rows: by feed, the rows behind them by seq."""

    alerts: Alerts
    rows: Mapping[str, pd.DataFrame]

    def members_of(self, key: str) -> pd.DataFrame:
        """Whom the alert concerns and concerned."""
        at = self._places.get(key, [])
        return self.alerts.members.take(at)

    def last_of(self, key: str, member: str) -> Mapping[str, Any]:
        """What the alert told of this member last."""
        return self._lasts[key, member]

    def row(self, feed: str, seq: int) -> Any:
        """The row behind, by its columns' names; None where it may not be seen."""
        return self._told.get((feed, seq))

    @cached_property
    def _places(self) -> dict[str, Any]:
        return {str(key): at for key, at in self.alerts.members.groupby("key").indices.items()}

    # Each is asked for every alert of a list, and a frame takes a millisecond to answer.
    @cached_property
    def _lasts(self) -> dict[tuple[str, str], Mapping[str, Any]]:
        newest = self.alerts.members.drop_duplicates(["key", "member"], keep="last")
        every: list[Any] = newest.to_dict("records")
        return {(one["key"], one["member"]): one for one in every}

    @cached_property
    def _told(self) -> dict[tuple[str, int], Any]:
        every: list[tuple[str, Any]] = [
            (feed, row) for feed, rows in self.rows.items() for row in rows.itertuples(index=False)
        ]
        return {(feed, int(row.seq)): row for feed, row in every}


@dataclass(frozen=True)
class Wanted:
    """Which alerts are shown; empty: all. kecamatan: and those of none."""

    levels: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    lives: tuple[str, ...] = ()
    kecamatan: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shown:
    """raised: all that the viewer may see. lives: alerting.lives of the chosen ones; open, ended:
    parts of it. withdrawn: what was done with alerts that are no more."""

    raised: Raised
    lives: pd.DataFrame
    withdrawn: Mapping[str, AlertRecord]

    @property
    def open(self) -> pd.DataFrame:
        return self.lives[self.lives["open"]]

    @property
    def ended(self) -> pd.DataFrame:
        return self.lives[~self.lives["open"]]


@reads(*_BEHIND, depends_on=(analysis.compute_alerts,))
def raised(
    known: Mapping[str, pd.DataFrame],
    _register: Register,
    _at: datetime,
    found: Alerts,
) -> Raised:
    """The alerts with the rows behind them."""
    behind = found.members[found.members["seq"] >= 0]
    rows = {}
    for feed in _BEHIND:
        if feed.name in known:
            frame = known[feed.name]
            mine = behind["seq"][behind["feed"] == feed.name]
            rows[feed.name] = frame[frame["seq"].isin(mine)].set_index("seq", drop=False)
    return Raised(found, rows)


def found(view: View, wanted: Wanted) -> Shown:
    """The chosen alerts of this view."""
    every = view.compute(raised)
    minute, access = session.cache_minute(view.at), view.shown.access_position
    kept, heeded = known(view.shown)
    owners = {code: one.owner for code, one in board().register.election.alerts.rules.items()}

    # What was done within the shown minute was done by now.
    until = minute + timedelta(minutes=1) if view.at.live else minute

    def lived(some: Raised) -> pd.DataFrame:
        return alert_actions.with_status(some.alerts, kept, heeded, owners, until)

    told = render_cache.once("hidup", (access, until), (every,), lived)
    return render_cache.once(
        "peringatan", (access, wanted, session.viewer()), (every, told),
        lambda some, table: Shown(some, _chosen(table, wanted), _withdrawn(some, kept, view)),
    )  # fmt: skip


def known(shown: SnapshotView) -> Known:
    """All deeds and acknowledgements; the last that were read where the store cannot be read."""
    return records("peringatan", shown, _known, ({}, {}))


def _known(store: Store) -> Known:
    return alert_actions.load_all(store), acknowledgements.load_all(store)


def _chosen(table: pd.DataFrame, wanted: Wanted) -> pd.DataFrame:
    levels = board().register.election.alerts.levels
    keep = pd.Series(True, table.index)
    if wanted.levels:
        keep &= table["level"].isin([levels.index(one) for one in wanted.levels])
    if wanted.rules:
        keep &= table["rule"].isin(wanted.rules)
    if wanted.lives:
        keep &= table["life"].isin(wanted.lives)
    if wanted.kecamatan:
        keep &= table["kecamatan"].isin(wanted.kecamatan) | table["kecamatan"].isna()
    return table[keep]


def _withdrawn(some: Raised, kept: Mapping[str, AlertRecord], view: View) -> dict[str, AlertRecord]:
    """Of alerts that this viewer would have seen. Of a part of the area other alerts are made."""
    viewer = session.viewer()
    if viewer.area:
        return {}
    return {
        key: one
        for key, one in alert_actions.find_withdrawn(some.alerts, kept, view.at.at).items()
        if sees(key.partition("|")[0])
    }


def sees(rule: str) -> bool:
    """Whether this viewer knows of alerts of this rule at all."""
    screen = _GUARDED.get(rule)
    return screen is None or session.viewer().role.may_see(screen)


def rules() -> list[str]:
    """The rules of this election that the viewer knows of."""
    return [code for code in board().register.election.alerts.rules if sees(code)]
