"""The alerts of a moment with what people did about them: for the page, wall, API and laporan."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from situasi.actions import acknowledgements, alert_actions
from situasi.actions.acknowledgements import Acknowledgement
from situasi.actions.alert_actions import NEW, AlertRecord
from situasi.analysis.alerts.alert_set import (
    AlertSet,
    compute_alert_set,
    compute_set_without_neutrality,
)
from situasi.analysis.view_time import ViewTime, cache_minute
from situasi.domain.alert_rules import AlertRules
from situasi.live.analysis_cache import AnalysisView
from situasi.store import Store


@dataclass(frozen=True)
class AlertRecords:
    """What people did, as stored: actions by alert, acknowledgements by case."""

    actions: Mapping[str, AlertRecord]
    acknowledged: Mapping[str, Acknowledgement]


NO_RECORDS = AlertRecords({}, {})


def load_records(store: Store) -> AlertRecords:
    """Return everything that people did about alerts. Raises StoreError."""
    return AlertRecords(alert_actions.load_all(store), acknowledgements.load_all(store))


@dataclass(frozen=True)
class AlertList:
    """Alerts with their status (alert_actions.with_status), and the rows that they are of."""

    alert_set: AlertSet
    table: pd.DataFrame

    @property
    def open(self) -> pd.DataFrame:
        """The open alerts, the gravest first, then the newest."""
        return self.table[self.table["open"]]

    @property
    def unseen(self) -> pd.DataFrame:
        """The open alerts about which nobody did anything."""
        return self.table[self.table["life"] == NEW]

    def select(self, kecamatan: Collection[str]) -> "AlertList":
        """Return those of these kecamatan (none: all) and those of no kecamatan."""
        if not kecamatan:
            return self
        area = self.table["kecamatan"]
        return AlertList(self.alert_set, self.table[area.isin(list(kecamatan)) | area.isna()])

    def without(self, rule: str) -> "AlertList":
        """Return those of other rules."""
        return AlertList(self.alert_set, self.table[self.table["rule"] != rule])


def build_status_table(
    alert_set: AlertSet, records: AlertRecords, rules: AlertRules, view_time: ViewTime
) -> pd.DataFrame:
    """Return the alerts with what was done about them by then (alert_actions.with_status)."""
    owners = {code: rule.owner for code, rule in rules.rules.items()}
    until = cache_minute(view_time)
    if view_time.live:  # actions within the minute shown count as done by now
        until += timedelta(minutes=1)
    return alert_actions.with_status(
        alert_set.alerts, records.actions, records.acknowledged, owners, until
    )


def build_alert_list(
    view: AnalysisView, records: AlertRecords, *, neutrality: bool = True
) -> AlertList:
    """Return the alerts that a scope may see at its time.

    neutrality: whether cases of neutrality count, also within an alert of several cases.
    """
    alert_set = view.compute(compute_alert_set if neutrality else compute_set_without_neutrality)
    rules = view.register.election.alerts
    return AlertList(alert_set, build_status_table(alert_set, records, rules, view.view_time))
