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
from situasi.analysis.view_time import cache_minute
from situasi.board import current_board as board
from situasi.domain.feed_schemas import INCIDENTS, NEUTRALITY, TPS
from situasi.domain.register import Register
from situasi.live.snapshot import SnapshotView
from situasi.store.interface import Store
from situasi.ui import render_cache, session
from situasi.ui.page_layout import PageContext
from situasi.ui.render_cache import cached_records

# Rules of which a viewer knows nothing who may not see the screen.
_SCREEN_BY_RULE = {
    "netralitas": "netralitas",
    "tanpa_petugas": "personel",
    "kurang_pola": "personel",
}
_SOURCE_FEEDS = (INCIDENTS, TPS, NEUTRALITY)

AlertRecords = tuple[dict[str, AlertRecord], dict[str, Acknowledgement]]


@dataclass(frozen=True)
class AlertSet:
    """alerts: of the analysis. rows: by feed, the rows behind them by seq."""

    alerts: Alerts
    rows: Mapping[str, pd.DataFrame]

    def members_of(self, key: str) -> pd.DataFrame:
        """Whom the alert concerns and concerned."""
        at = self._positions_by_key.get(key, [])
        return self.alerts.members.take(at)

    def latest_of(self, key: str, member: str) -> Mapping[str, Any]:
        """What the alert told of this member last."""
        return self._latest_members[key, member]

    def find_source_row(self, feed: str, seq: int) -> Any:
        """The row behind, by its columns' names; None where it may not be seen."""
        return self._source_rows.get((feed, seq))

    @cached_property
    def _positions_by_key(self) -> dict[str, Any]:
        return {str(key): at for key, at in self.alerts.members.groupby("key").indices.items()}

    # Each is asked for every alert of a list, and a frame takes a millisecond to answer.
    @cached_property
    def _latest_members(self) -> dict[tuple[str, str], Mapping[str, Any]]:
        newest = self.alerts.members.drop_duplicates(["key", "member"], keep="last")
        every: list[Any] = newest.to_dict("records")
        return {(one["key"], one["member"]): one for one in every}

    @cached_property
    def _source_rows(self) -> dict[tuple[str, int], Any]:
        every: list[tuple[str, Any]] = [
            (feed, row) for feed, rows in self.rows.items() for row in rows.itertuples(index=False)
        ]
        return {(feed, int(row.seq)): row for feed, row in every}


@dataclass(frozen=True)
class AlertFilter:
    """Which alerts are shown; empty: all. kecamatan: and those of none."""

    levels: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    kecamatan: tuple[str, ...] = ()


@dataclass(frozen=True)
class AlertView:
    """raised: all that the viewer may see. lives: alerting.lives of the chosen ones; open, ended:
    parts of it. withdrawn: what was done with alerts that are no more."""

    alert_set: AlertSet
    alerts: pd.DataFrame
    withdrawn: Mapping[str, AlertRecord]

    @property
    def open(self) -> pd.DataFrame:
        return self.alerts[self.alerts["open"]]

    @property
    def ended(self) -> pd.DataFrame:
        return self.alerts[~self.alerts["open"]]


@reads(*_SOURCE_FEEDS, depends_on=(analysis.compute_alerts,))
def compute_alert_set(
    known: Mapping[str, pd.DataFrame],
    _register: Register,
    _at: datetime,
    alerts: Alerts,
) -> AlertSet:
    """The alerts with the rows behind them."""
    behind = alerts.members[alerts.members["seq"] >= 0]
    rows = {}
    for feed in _SOURCE_FEEDS:
        if feed.name in known:
            frame = known[feed.name]
            mine = behind["seq"][behind["feed"] == feed.name]
            rows[feed.name] = frame[frame["seq"].isin(mine)].set_index("seq", drop=False)
    return AlertSet(alerts, rows)


def compute_alert_view(context: PageContext, alert_filter: AlertFilter) -> AlertView:
    """The chosen alerts of this view."""
    every = context.compute(compute_alert_set)
    minute, access = cache_minute(context.view_time), context.snapshot_view.access_position
    kept, heeded = load_records(context.snapshot_view)
    owners = {code: one.owner for code, one in board().register.election.alerts.rules.items()}

    # What was done within the shown minute was done by now.
    until = minute + timedelta(minutes=1) if context.view_time.live else minute

    def lived(some: AlertSet) -> pd.DataFrame:
        return alert_actions.with_status(some.alerts, kept, heeded, owners, until)

    told = render_cache.get_or_build("hidup", (access, until), (every,), lived)
    return render_cache.get_or_build(
        "peringatan",
        (access, alert_filter, session.viewer()),
        (every, told),
        lambda some, table: AlertView(
            some, _apply_filter(table, alert_filter), _select_withdrawn(some, kept, context)
        ),
    )


def load_records(snapshot_view: SnapshotView) -> AlertRecords:
    """All deeds and acknowledgements; the last that were read where the store cannot be read."""
    return cached_records("peringatan", snapshot_view, _read_records, ({}, {}))


def _read_records(store: Store) -> AlertRecords:
    return alert_actions.load_all(store), acknowledgements.load_all(store)


def _apply_filter(table: pd.DataFrame, alert_filter: AlertFilter) -> pd.DataFrame:
    levels = board().register.election.alerts.levels
    keep = pd.Series(True, table.index)
    if alert_filter.levels:
        keep &= table["level"].isin([levels.index(one) for one in alert_filter.levels])
    if alert_filter.rules:
        keep &= table["rule"].isin(alert_filter.rules)
    if alert_filter.statuses:
        keep &= table["life"].isin(alert_filter.statuses)
    if alert_filter.kecamatan:
        keep &= table["kecamatan"].isin(alert_filter.kecamatan) | table["kecamatan"].isna()
    return table[keep]


def _select_withdrawn(
    alert_set: AlertSet, alert_records: Mapping[str, AlertRecord], context: PageContext
) -> dict[str, AlertRecord]:
    """Of alerts that this viewer would have seen. Of a part of the area other alerts are made."""
    viewer = session.viewer()
    if viewer.area:
        return {}
    return {
        key: one
        for key, one in alert_actions.find_withdrawn(
            alert_set.alerts, alert_records, context.view_time.at
        ).items()
        if may_see_rule(key.partition("|")[0])
    }


def may_see_rule(rule: str) -> bool:
    """Whether this viewer knows of alerts of this rule at all."""
    screen = _SCREEN_BY_RULE.get(rule)
    return screen is None or session.viewer().role.may_see(screen)


def list_visible_rules() -> list[str]:
    """The rules of this election that the viewer knows of."""
    return [code for code in board().register.election.alerts.rules if may_see_rule(code)]
