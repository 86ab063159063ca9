"""Data of Peringatan: the alerts at a time, the source rows, and the status of each."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from situasi.access.roles import Viewer
from situasi.actions import alert_actions, alert_list
from situasi.actions.alert_actions import AlertRecord
from situasi.actions.alert_list import NO_RECORDS, AlertRecords
from situasi.analysis.alerts import groups
from situasi.analysis.alerts.alert_set import AlertSet, compute_alert_set
from situasi.analysis.view_time import cache_minute
from situasi.board import current_board as board
from situasi.live.snapshot import SnapshotView
from situasi.ui import render_cache
from situasi.ui.page_context import PageContext
from situasi.ui.render_cache import cached_records

# Rules that are hidden from viewers who may not see this screen.
_SCREEN_BY_RULE = {
    "netralitas": "netralitas",
    "tanpa_petugas": "personel",
    "kurang_pola": "personel",
}


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


def compute_alert_view(context: PageContext, alert_filter: AlertFilter) -> AlertView:
    """Compute the selected alerts of this context."""
    alert_set, access = context.compute(compute_alert_set), context.snapshot_view.access_position
    records, rules = load_records(context.snapshot_view), board().register.election.alerts
    table = render_cache.get_or_build(
        "hidup",
        (access, cache_minute(context.view_time), context.view_time.live),
        (alert_set,),
        lambda alerts: alert_list.build_status_table(alerts, records, rules, context.view_time),
    )
    return render_cache.get_or_build(
        "peringatan",
        (access, alert_filter, context.viewer),
        (alert_set, table),
        lambda alerts, table: AlertView(
            alerts,
            _apply_filter(table, alert_filter),
            _select_withdrawn(alerts, records.actions, context),
        ),
    )


def load_records(snapshot_view: SnapshotView) -> AlertRecords:
    """Return all actions and acknowledgements; those read last if the store is unreadable."""
    return cached_records("peringatan", snapshot_view, alert_list.load_records, NO_RECORDS)


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


def build_open_groups(alert_view: AlertView, selected: str | None) -> pd.DataFrame:
    """Build the open alerts by Polsek (groups.build_groups), with those not seen yet (`unseen`).

    selected: key of the alert that is open in the detail; it leads its group.
    """
    open_alerts = alert_view.open
    posts = groups.list_posts(open_alerts, board().register)
    table = groups.build_groups(open_alerts, posts)
    unseen = posts[open_alerts["life"] == alert_actions.NEW].value_counts()
    table["unseen"] = [int(unseen.get(post, 0)) for post in table["post"]]
    for post in posts[open_alerts["key"] == selected]:
        table.loc[table["post"] == post, "lead"] = selected
    return table


def select_group(alert_view: AlertView, key: str) -> pd.DataFrame:
    """Return the open alerts of the same Polsek as this one; none if it is not open."""
    open_alerts = alert_view.open
    posts = groups.list_posts(open_alerts, board().register)
    return open_alerts[posts.isin(posts[open_alerts["key"] == key])]
