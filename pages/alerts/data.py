"""Data of Peringatan: the alerts at a time, the source rows, and the status of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import pandas as pd

from situasi.access.roles import Viewer
from situasi.actions import acknowledgements, alert_actions
from situasi.actions.acknowledgements import Acknowledgement
from situasi.actions.alert_actions import AlertRecord
from situasi.analysis.alerts import engine
from situasi.analysis.alerts.episodes import Alerts
from situasi.analysis.queries import reads
from situasi.analysis.view_time import cache_minute
from situasi.board import current_board as board
from situasi.domain.feed_schemas import INCIDENTS, NEUTRALITY, TPS
from situasi.domain.register import Register
from situasi.live.snapshot import SnapshotView
from situasi.store import Store
from situasi.ui import render_cache
from situasi.ui.page_context import PageContext
from situasi.ui.render_cache import cached_records

# Rules that are hidden from viewers who may not see this screen.
_SCREEN_BY_RULE = {
    "netralitas": "netralitas",
    "tanpa_petugas": "personel",
    "kurang_pola": "personel",
}
_SOURCE_FEEDS = (INCIDENTS, TPS, NEUTRALITY)

AlertRecords = tuple[dict[str, AlertRecord], dict[str, Acknowledgement]]


@dataclass(frozen=True)
class AlertSet:
    """Alerts of the analysis with their source rows (rows: by feed, indexed by seq)."""

    alerts: Alerts
    rows: Mapping[str, pd.DataFrame]

    def members_of(self, key: str) -> pd.DataFrame:
        """Return the current and former members of an alert."""
        positions = self._positions_by_key.get(key, [])
        return self.alerts.members.take(positions)

    def latest_of(self, key: str, member: str) -> Mapping[str, Any]:
        """Return the latest row of an alert about this member."""
        return self._latest_members[key, member]

    def find_source_row(self, feed: str, seq: int) -> Any:
        """Return the source row, columns as attributes; None if it may not be seen."""
        return self._source_rows.get((feed, seq))

    @cached_property
    def _positions_by_key(self) -> dict[str, Any]:
        return {str(key): at for key, at in self.alerts.members.groupby("key").indices.items()}

    # Used for every alert of a list; reading a frame takes a millisecond each time.
    @cached_property
    def _latest_members(self) -> dict[tuple[str, str], Mapping[str, Any]]:
        newest = self.alerts.members.drop_duplicates(["key", "member"], keep="last")
        members: list[Any] = newest.to_dict("records")
        return {(member["key"], member["member"]): member for member in members}

    @cached_property
    def _source_rows(self) -> dict[tuple[str, int], Any]:
        rows: list[tuple[str, Any]] = [
            (feed, row) for feed, rows in self.rows.items() for row in rows.itertuples(index=False)
        ]
        return {(feed, int(row.seq)): row for feed, row in rows}


@dataclass(frozen=True)
class AlertFilter:
    """Which alerts are shown; empty: all. kecamatan: also keeps alerts without one."""

    levels: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    kecamatan: tuple[str, ...] = ()


@dataclass(frozen=True)
class AlertView:
    """The alerts that the viewer may see and selected.

    alert_set: all that the viewer may see. alerts: the selected ones (alert_actions.with_status),
    of which `open` and `ended` are parts. withdrawn: actions on alerts that no longer exist.
    """

    alert_set: AlertSet
    alerts: pd.DataFrame
    withdrawn: Mapping[str, AlertRecord]

    @property
    def open(self) -> pd.DataFrame:
        """The open alerts."""
        return self.alerts[self.alerts["open"]]

    @property
    def ended(self) -> pd.DataFrame:
        """The alerts that are not open."""
        return self.alerts[~self.alerts["open"]]


@reads(*_SOURCE_FEEDS, depends_on=(engine.compute_alerts,))
def compute_alert_set(
    known: Mapping[str, pd.DataFrame], _register: Register, _at: datetime, alerts: Alerts
) -> AlertSet:
    """Compute the alerts with their source rows."""
    members = alerts.members[alerts.members["seq"] >= 0]
    rows = {}
    for feed in _SOURCE_FEEDS:
        if feed.name in known:
            frame = known[feed.name]
            seqs = members["seq"][members["feed"] == feed.name]
            rows[feed.name] = frame[frame["seq"].isin(seqs)].set_index("seq", drop=False)
    return AlertSet(alerts, rows)


def compute_alert_view(context: PageContext, alert_filter: AlertFilter) -> AlertView:
    """Compute the selected alerts of this context."""
    alert_set = context.compute(compute_alert_set)
    minute, access = cache_minute(context.view_time), context.snapshot_view.access_position
    records, acknowledged = load_records(context.snapshot_view)
    owners = {code: rule.owner for code, rule in board().register.election.alerts.rules.items()}

    # Actions within the minute shown count as done by now.
    until = minute + timedelta(minutes=1) if context.view_time.live else minute

    def build_table(alerts: AlertSet) -> pd.DataFrame:
        return alert_actions.with_status(alerts.alerts, records, acknowledged, owners, until)

    table = render_cache.get_or_build("hidup", (access, until), (alert_set,), build_table)
    return render_cache.get_or_build(
        "peringatan",
        (access, alert_filter, context.viewer),
        (alert_set, table),
        lambda alerts, table: AlertView(
            alerts, _apply_filter(table, alert_filter), _select_withdrawn(alerts, records, context)
        ),
    )


def load_records(snapshot_view: SnapshotView) -> AlertRecords:
    """Return all actions and acknowledgements; those read last if the store is unreadable."""
    return cached_records("peringatan", snapshot_view, _read_records, ({}, {}))


def _read_records(store: Store) -> AlertRecords:
    return alert_actions.load_all(store), acknowledgements.load_all(store)


def _apply_filter(table: pd.DataFrame, alert_filter: AlertFilter) -> pd.DataFrame:
    levels = board().register.election.alerts.levels
    mask = pd.Series(True, table.index)
    if alert_filter.levels:
        mask &= table["level"].isin([levels.index(level) for level in alert_filter.levels])
    if alert_filter.rules:
        mask &= table["rule"].isin(alert_filter.rules)
    if alert_filter.statuses:
        mask &= table["life"].isin(alert_filter.statuses)
    if alert_filter.kecamatan:
        mask &= table["kecamatan"].isin(alert_filter.kecamatan) | table["kecamatan"].isna()
    return table[mask]


def _select_withdrawn(
    alert_set: AlertSet, alert_records: Mapping[str, AlertRecord], context: PageContext
) -> dict[str, AlertRecord]:
    """Return withdrawn alerts; none with a limited area, where other alerts are computed."""
    if context.viewer.area:
        return {}
    return {
        key: record
        for key, record in alert_actions.find_withdrawn(
            alert_set.alerts, alert_records, context.view_time.at
        ).items()
        if _may_see_rule(context.viewer, key.partition("|")[0])
    }


def _may_see_rule(viewer: Viewer, rule: str) -> bool:
    screen = _SCREEN_BY_RULE.get(rule)
    return screen is None or viewer.role.may_see(screen)


def list_visible_rules(viewer: Viewer) -> list[str]:
    """Return the rules of this election that the viewer may see."""
    return [rule for rule in board().register.election.alerts.rules if _may_see_rule(viewer, rule)]
