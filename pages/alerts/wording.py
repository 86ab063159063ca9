"""What Peringatan says in words: why, where, since when, whose, and who is meant."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd

from pages.alerts.data import Raised
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.feed_schemas import INCIDENTS, NEUTRALITY
from situasi.domain.labels import label
from situasi.presentation import alerts as telling
from situasi.ui.wording import incidents, stations


def cause(row: Any, found: Raised, at: datetime) -> str:
    """Why an alert was raised. row: of alerting.lives."""
    what = None
    if isinstance(row.member, str):
        what = member(row.rule, found.last_of(row.key, row.member), found)
    return telling.cause(
        board().register.election,
        row.rule,
        row.n,
        where=where(row),
        what=what,
        value=value(row, at),
        since=incidents.moment(row.since, at),
    )


def where(row: Any) -> str:
    return board().register.name_of(row.kecamatan)


def owner(row: Any) -> str:
    """Who has an alert: a Polsek by its name."""
    code = row.kecamatan
    if row.owner == "Polsek" and isinstance(code, str) and code in board().register.kecamatan:
        return stations.turn(row.owner, code)
    return str(row.owner)


def member(rule: str, one: Any, found: Raised) -> str:
    """The name of what an alert is about. one: a row of Alerts.members."""
    if rule == "sumber_senyap":
        return label("feed", one["member"])
    row = behind(one, found)
    if one["feed"] == INCIDENTS.name and row is not None:
        return f"{label('jenis', row.jenis)} · {incidents.place(row)}"
    if one["feed"] in (INCIDENTS.name, NEUTRALITY.name):
        return str(one["member"]).partition("|")[0]
    return stations.name(one["member"])


def behind(one: Any, found: Raised) -> Any:
    """The row by which something began; None: it was not told, or may not be seen."""
    return found.row(one["feed"], one["seq"])


def value(row: Any, at: datetime) -> str:
    """What its rule tells of an alert besides, in words."""
    return _value(row.rule, row.value, at)


def _value(rule: str, told: Any, at: datetime) -> str:
    if told is None or told != told:
        return ""
    if rule == "keramaian":
        return label("situasi", told)
    if rule == "lewat_waktu":
        return incidents.step(told)
    if rule in ("hadir_turun", "hadir_lebih"):
        return i18n.format_number(told)
    if rule == "beruntun":
        return i18n.format_number(told, 1)
    if rule == "tps_diam":
        return _("jumlah hadir") if told == "hadir" else label("fase", told)
    if isinstance(told, datetime):
        return incidents.moment(pd.Timestamp(told), at)
    return str(told)


def of_member(rule: str, one: Any, at: datetime) -> str:
    """The same of one member."""
    return _value(rule, one["value"], at)


def deed(code: str) -> str:
    """What somebody did with an alert (alerting.DEEDS)."""
    return telling.life(code)
