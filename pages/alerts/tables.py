"""Tables of Peringatan."""

from datetime import datetime
from typing import Any

import pandas as pd

from pages.alerts.data import AlertView
from situasi.analysis.alerts.alert_set import AlertSet
from situasi.board import current_board as board
from situasi.common.i18n import _
from situasi.presentation import alert_causes
from situasi.presentation import alerts as alert_texts
from situasi.ui.tables.columns import (
    MAX_WIDTH_PX,
    Cells,
    duration_column,
    number_column,
    text_column,
    time_column,
)
from situasi.ui.tables.table_view import Table, make_table

URL_PARAMETER = "alert"  # of the selected alert
_CAUSE_WIDTH_PX = 460  # owner and state stand after it
# Beside another panel, on a screen of 1366 px; there the cause takes more than one line.
_SHORT_CAUSE_WIDTH_PX, _NARROW_CAUSE_WIDTH_PX = 200, 145
_NARROW_OWNER_WIDTH_PX, _NARROW_STATE_WIDTH_PX = 78, 64


def build_alerts_table(
    alerts: pd.DataFrame, alert_set: AlertSet, at: datetime, *, is_narrow: bool = False
) -> Table:
    """Build the table of alerts in the given order; alerts: of alert_actions.with_status.

    is_narrow: beside another panel, where the bars alone tell the severity.
    """
    register = board().register
    rules = register.election.alerts
    rows: list[Any] = list(alerts.itertuples())
    format_level = alert_texts.format_bars if is_narrow else alert_texts.format_severity
    columns: dict[str, Cells] = {
        _("derajat"): text_column(
            [alert_texts.format_level(rules, row.level) for row in rows],
            [format_level(rules, row.level) for row in rows],
        ),
        _("sebab"): text_column(
            [alert_causes.format_cause(row, alert_set, register, at) for row in rows],
            max_width_px=_NARROW_CAUSE_WIDTH_PX if is_narrow else _CAUSE_WIDTH_PX,
        ),
        _("sejak"): time_column(alerts["raised"]),
        _("kecamatan"): [register.name_of(row.kecamatan) for row in rows],
        _("pemilik"): text_column(
            [alert_causes.format_owner(row, register) for row in rows],
            max_width_px=_NARROW_OWNER_WIDTH_PX if is_narrow else MAX_WIDTH_PX,
        ),
        _("keadaan"): text_column(
            [format_status(row) for row in rows],
            max_width_px=_NARROW_STATE_WIDTH_PX if is_narrow else MAX_WIDTH_PX,
        ),
        _("berakhir"): time_column(alerts["until"]),
        _("aturan"): [alert_texts.format_rule(rules, row.rule) for row in rows],
        _("dilihat oleh"): alerts["seen_by"],
        _("sampai dilihat"): duration_column(alerts["to_seen"]),
        _("ditindak oleh"): alerts["acted_by"],
        _("sampai ditindak"): duration_column(alerts["to_acted"]),
        _("tindakan"): alerts["action"],
        _("ditutup oleh"): alerts["closed_by"],
        _("alasan"): alerts["reason"],
    }
    return make_table(columns, alerts["latihan"])


def build_groups_table(groups: pd.DataFrame, alert_view: AlertView, at: datetime) -> Table:
    """Build the table of Polsek with open alerts; groups: of data.build_open_groups."""
    register = board().register
    rules = register.election.alerts
    leads = alert_view.open.drop_duplicates("key").set_index("key", drop=False)
    lead_rows: list[Any] = list(leads.loc[groups["lead"]].itertuples())
    columns: dict[str, Cells] = {
        _("derajat"): text_column(
            [alert_texts.format_level(rules, level) for level in groups["level"]],
            [alert_texts.format_severity(rules, level) for level in groups["level"]],
        ),
        _("polsek"): [post or register.election.kabupaten for post in groups["post"]],
        _("sebab"): text_column(
            [
                alert_causes.format_cause(row, alert_view.alert_set, register, at)
                for row in lead_rows
            ],
            max_width_px=_SHORT_CAUSE_WIDTH_PX,
        ),
        _("peringatan"): number_column(groups["n"]),
        _("belum dilihat"): number_column(groups["unseen"]),
        _("terakhir"): time_column(groups["raised"]),
    }  # fmt: skip
    return make_table(columns, groups["latihan"])


def list_file_only_headings() -> tuple[str, ...]:
    """Return the headings that are only in the file; on the screen the detail has them."""
    return (
        _("kecamatan"), _("aturan"), _("dilihat oleh"), _("sampai dilihat"), _("ditindak oleh"),
        _("sampai ditindak"), _("tindakan"), _("ditutup oleh"), _("alasan"),
    )  # fmt: skip


def format_status(row: Any) -> str:
    """Return the status of an alert, and whether its cause fades."""
    status = alert_texts.format_status(row.life)
    return _("{life}, mereda").format(life=status) if row.open and row.fading else status


def build_members_table(
    rule: str, members: pd.DataFrame, alert_set: AlertSet, at: datetime
) -> Table:
    """Build the table of current and former members with their source rows."""
    rows = members.to_dict("records")
    source_rows = [alert_causes.find_source_row(row, alert_set) for row in rows]
    columns: dict[str, Cells] = {
        _("yang dimaksud"): [
            alert_causes.format_member(rule, row, alert_set, board().register) for row in rows
        ],
        _("masih"): [_("ya") if row["now"] else _("tidak") for row in rows],
        _("mulai"): time_column(members["begin"]),
        _("sampai"): time_column(members["end"]),
        _("keterangan"): [alert_causes.format_member_value(rule, row, at) for row in rows],
        _("uraian"): [getattr(row, "uraian", None) for row in source_rows],
        _("sumber"): [getattr(row, "sumber", None) for row in source_rows],
        _("id"): [getattr(row, "id", None) for row in source_rows],
    }
    return make_table(columns, members["latihan"])
