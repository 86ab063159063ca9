"""The tables of Peringatan."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd

from pages.alerts import wording as say
from pages.alerts.data import Raised
from situasi.board import current_board as board
from situasi.common.i18n import _
from situasi.presentation import alerts as telling
from situasi.ui.tables import columns as cells
from situasi.ui.tables.table_view import Table, table

_CAUSE = 420  # pixels


def listed(lives: pd.DataFrame, found: Raised, at: datetime) -> Table:
    """Alerts, in the order given. lives: of alerting.lives."""
    rules = board().register.election.alerts
    rows: list[Any] = list(lives.itertuples())
    return table(
        {
            _("derajat"): cells.text(
                [telling.level(rules, row.level) for row in rows],
                [telling.sign(rules, row.level) for row in rows],
            ),
            _("sebab"): cells.text([say.cause(row, found, at) for row in rows], widest=_CAUSE),
            _("sejak"): cells.moments(lives["raised"]),
            _("kecamatan"): [say.where(row) for row in rows],
            _("pemilik"): [say.owner(row) for row in rows],
            _("keadaan"): [_life(row) for row in rows],
            _("berakhir"): cells.moments(lives["until"]),
            _("aturan"): [telling.rule(rules, row.rule) for row in rows],
            _("dilihat oleh"): lives["seen_by"],
            _("sampai dilihat"): cells.span(lives["to_seen"]),
            _("ditindak oleh"): lives["acted_by"],
            _("sampai ditindak"): cells.span(lives["to_acted"]),
            _("tindakan"): lives["action"],
            _("ditutup oleh"): lives["closed_by"],
            _("alasan"): lives["reason"],
        },
        lives["latihan"],
    )


# Headings of the list that only its file has, beside a detail that tells them.
def aside() -> tuple[str, ...]:
    return (
        _("kecamatan"), _("aturan"), _("dilihat oleh"), _("sampai dilihat"), _("ditindak oleh"),
        _("sampai ditindak"), _("tindakan"), _("ditutup oleh"), _("alasan"),
    )  # fmt: skip


def _life(row: Any) -> str:
    said = telling.life(row.life)
    return _("{life}, mereda").format(life=said) if row.open and row.fading else said


def members(rule: str, some: pd.DataFrame, found: Raised, at: datetime) -> Table:
    """Whom an alert concerns and concerned, and the rows behind. some: of Alerts.members."""
    rows = some.to_dict("records")
    behind = [say.behind(one, found) for one in rows]

    def told(name: str) -> list[object]:
        return [getattr(row, name, None) for row in behind]

    return table(
        {
            _("yang dimaksud"): [say.member(rule, one, found) for one in rows],
            _("masih"): [_("ya") if one["now"] else _("tidak") for one in rows],
            _("mulai"): cells.moments(some["begin"]),
            _("sampai"): cells.moments(some["end"]),
            _("keterangan"): [say.of_member(rule, one, at) for one in rows],
            _("uraian"): told("uraian"),
            _("sumber"): told("sumber"),
            _("id"): told("id"),
        },
        some["latihan"],
    )
