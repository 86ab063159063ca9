"""Texts of one alert: cause, place, owner and members."""

from datetime import datetime
from typing import Any

from situasi.analysis.alerts.alert_set import AlertSet
from situasi.common.formats import format_number
from situasi.common.i18n import _
from situasi.domain.feed_schemas import INCIDENTS, NEUTRALITY
from situasi.domain.labels import label
from situasi.domain.register import Register
from situasi.presentation import alerts, incident_item, place_names
from situasi.presentation.numbers import format_moment


def format_cause(row: Any, alert_set: AlertSet, register: Register, at: datetime) -> str:
    """Return why an alert was raised; row: of alert_actions.with_status."""
    member_name = None
    if isinstance(row.member, str):
        member = alert_set.latest_of(row.key, row.member)
        member_name = format_member(row.rule, member, alert_set, register)
    return alerts.format_cause(
        register.election,
        row.rule,
        row.n,
        where=register.name_of(row.kecamatan),
        what=member_name,
        value=_format_value(row.rule, row.value, at),
        since=format_moment(row.since, at),
    )


def format_owner(row: Any, register: Register) -> str:
    """Return the owner of an alert: a Polsek by its name."""
    return place_names.format_owner(register, str(row.owner), row.kecamatan)


def format_member(rule: str, member_row: Any, alert_set: AlertSet, register: Register) -> str:
    """Return the name of a member; member_row: of Alerts.members."""
    if rule == "sumber_senyap":
        return label("feed", member_row["member"])
    row = find_source_row(member_row, alert_set)
    if member_row["feed"] == INCIDENTS.name and row is not None:
        place = place_names.format_case_place(register, row)
        return f"{incident_item.format_kind(row)} · {place}"
    if member_row["feed"] in (INCIDENTS.name, NEUTRALITY.name):
        return str(member_row["member"]).partition("|")[0]
    return place_names.format_station(register, member_row["member"])


def find_source_row(member_row: Any, alert_set: AlertSet) -> Any:
    """Return the row that started a membership; None if unknown or not visible."""
    return alert_set.find_source_row(member_row["feed"], member_row["seq"])


def _format_value(rule: str, value: Any, at: datetime) -> str:
    if value is None or value != value:
        return ""
    if rule == "keramaian":
        return label("situasi", value)
    if rule == "lewat_waktu":
        return incident_item.format_step(value)
    if rule in ("hadir_turun", "hadir_lebih"):
        return format_number(value)
    if rule == "beruntun":
        return alerts.format_excess(value)
    if rule == "tps_diam":
        return _("jumlah hadir") if value == "hadir" else label("fase", value)
    if isinstance(value, datetime):
        return format_moment(value, at)
    return str(value)


def format_member_value(rule: str, member_row: Any, at: datetime) -> str:
    """Return the additional value of one member in words."""
    return _format_value(rule, member_row["value"], at)
