"""The tables of Peringatan."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd

from pages.alerts import wording as say
from pages.alerts.data import AlertSet
from situasi.board import current_board as board
from situasi.common.i18n import _
from situasi.presentation import alerts as telling
from situasi.ui.tables import columns as cells
from situasi.ui.tables.table_view import Table, make_table

_CAUSE_WIDTH_PX = 420  # pixels


def build_alerts_table(alerts: pd.DataFrame, alert_set: AlertSet, at: datetime) -> Table:
    """Alerts, in the order given. lives: of alerting.lives."""
    rules = board().register.election.alerts
    rows: list[Any] = list(alerts.itertuples())
    return make_table(
        {
            _("derajat"): cells.text_column(
                [telling.format_level(rules, row.level) for row in rows],
                [telling.format_severity(rules, row.level) for row in rows],
            ),
            _("sebab"): cells.text_column(
                [say.format_cause(row, alert_set, at) for row in rows], max_width_px=_CAUSE_WIDTH_PX
            ),
            _("sejak"): cells.time_column(alerts["raised"]),
            _("kecamatan"): [say.format_place(row) for row in rows],
            _("pemilik"): [say.format_owner(row) for row in rows],
            _("keadaan"): [_format_status(row) for row in rows],
            _("berakhir"): cells.time_column(alerts["until"]),
            _("aturan"): [telling.format_rule(rules, row.rule) for row in rows],
            _("dilihat oleh"): alerts["seen_by"],
            _("sampai dilihat"): cells.duration_column(alerts["to_seen"]),
            _("ditindak oleh"): alerts["acted_by"],
            _("sampai ditindak"): cells.duration_column(alerts["to_acted"]),
            _("tindakan"): alerts["action"],
            _("ditutup oleh"): alerts["closed_by"],
            _("alasan"): alerts["reason"],
        },
        alerts["latihan"],
    )


# Headings of the list that only its file has, beside a detail that tells them.
def list_file_only_headings() -> tuple[str, ...]:
    return (
        _("kecamatan"), _("aturan"), _("dilihat oleh"), _("sampai dilihat"), _("ditindak oleh"),
        _("sampai ditindak"), _("tindakan"), _("ditutup oleh"), _("alasan"),
    )  # fmt: skip


def _format_status(row: Any) -> str:
    said = telling.format_status(row.life)
    return _("{life}, mereda").format(life=said) if row.open and row.fading else said


def build_members_table(
    rule: str, members: pd.DataFrame, alert_set: AlertSet, at: datetime
) -> Table:
    """Whom an alert concerns and concerned, and the rows behind. some: of Alerts.members."""
    rows = members.to_dict("records")
    behind = [say.find_source_row(one, alert_set) for one in rows]

    def told(name: str) -> list[object]:
        return [getattr(row, name, None) for row in behind]

    return make_table(
        {
            _("yang dimaksud"): [say.format_member(rule, one, alert_set) for one in rows],
            _("masih"): [_("ya") if one["now"] else _("tidak") for one in rows],
            _("mulai"): cells.time_column(members["begin"]),
            _("sampai"): cells.time_column(members["end"]),
            _("keterangan"): [say.format_member_value(rule, one, at) for one in rows],
            _("uraian"): told("uraian"),
            _("sumber"): told("sumber"),
            _("id"): told("id"),
        },
        members["latihan"],
    )
