"""The alerts at a moment, with the rows that they are of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import pandas as pd

from situasi.analysis.alerts import engine
from situasi.analysis.alerts.episodes import Alerts
from situasi.analysis.queries import reads
from situasi.domain.feed_schemas import INCIDENTS, NEUTRALITY, TPS
from situasi.domain.register import Register

_SOURCE_FEEDS = (INCIDENTS, TPS, NEUTRALITY)


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


@reads(*_SOURCE_FEEDS, depends_on=(engine.compute_alerts_without_neutrality,))
def compute_set_without_neutrality(
    known: Mapping[str, pd.DataFrame], register: Register, at: datetime, alerts: Alerts
) -> AlertSet:
    """Compute the same of the alerts that are no matter of neutrality."""
    return compute_alert_set(known, register, at, alerts)
