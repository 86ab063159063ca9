"""What Peringatan says in words: why, where, since when, whose, and who is meant."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd

from pages.alerts.data import AlertSet
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.feed_schemas import INCIDENTS, NEUTRALITY
from situasi.domain.labels import label
from situasi.presentation import alerts as telling
from situasi.ui.wording import incidents, stations


def format_cause(row: Any, alert_set: AlertSet, at: datetime) -> str:
    """Why an alert was raised. row: of alerting.lives."""
    what = None
    if isinstance(row.member, str):
        what = format_member(row.rule, alert_set.latest_of(row.key, row.member), alert_set)
    return telling.format_cause(
        board().register.election,
        row.rule,
        row.n,
        where=format_place(row),
        what=what,
        value=format_value(row, at),
        since=incidents.format_time(row.since, at),
    )


def format_place(row: Any) -> str:
    return board().register.name_of(row.kecamatan)


def format_owner(row: Any) -> str:
    """Who has an alert: a Polsek by its name."""
    code = row.kecamatan
    if row.owner == "Polsek" and isinstance(code, str) and code in board().register.kecamatan:
        return stations.format_chaser(row.owner, code)
    return str(row.owner)


def format_member(rule: str, member_row: Any, alert_set: AlertSet) -> str:
    """The name of what an alert is about. one: a row of Alerts.members."""
    if rule == "sumber_senyap":
        return label("feed", member_row["member"])
    row = find_source_row(member_row, alert_set)
    if member_row["feed"] == INCIDENTS.name and row is not None:
        return f"{label('jenis', row.jenis)} · {incidents.format_place(row)}"
    if member_row["feed"] in (INCIDENTS.name, NEUTRALITY.name):
        return str(member_row["member"]).partition("|")[0]
    return stations.format_name(member_row["member"])


def find_source_row(member_row: Any, alert_set: AlertSet) -> Any:
    """The row by which something began; None: it was not told, or may not be seen."""
    return alert_set.find_source_row(member_row["feed"], member_row["seq"])


def format_value(row: Any, at: datetime) -> str:
    """What its rule tells of an alert besides, in words."""
    return _format_value(row.rule, row.value, at)


def _format_value(rule: str, value: Any, at: datetime) -> str:
    if value is None or value != value:
        return ""
    if rule == "keramaian":
        return label("situasi", value)
    if rule == "lewat_waktu":
        return incidents.format_step(value)
    if rule in ("hadir_turun", "hadir_lebih"):
        return i18n.format_number(value)
    if rule == "beruntun":
        return i18n.format_number(value, 1)
    if rule == "tps_diam":
        return _("jumlah hadir") if value == "hadir" else label("fase", value)
    if isinstance(value, datetime):
        return incidents.format_time(pd.Timestamp(value), at)
    return str(value)


def format_member_value(rule: str, member_row: Any, at: datetime) -> str:
    """The same of one member."""
    return _format_value(rule, member_row["value"], at)


def format_action(code: str) -> str:
    """What somebody did with an alert (alerting.DEEDS)."""
    return telling.format_status(code)
