"""Tables in words, each cell as it is read: for whoever has them without the board."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from situasi.analysis.situation.feed_staleness import FeedState
from situasi.analysis.stations.status import NO_PHASE
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.domain.register import Register
from situasi.presentation import incident_item

NO_VALUE = "–"


@dataclass(frozen=True)
class TextTable:
    """A table. count: its rows in words, "N dari M" where some were left out."""

    title: str
    count_text: str
    headings: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    note: str = ""


def format_phase(code: str | None) -> str:
    """The furthest phase of a TPS; that none was told is said so."""
    return (
        label("fase", code) if isinstance(code, str) and code != NO_PHASE else _("belum ada fase")
    )


def build_case_table(
    open_cases: pd.DataFrame, register: Register, at: datetime, max_rows: int
) -> TextTable:
    """Open cases, the last heard of first. opened: Overview.open. at: of the zone shown."""
    newest = open_cases.sort_values(["known_at", "seq"], ascending=False, kind="stable").head(
        max_rows
    )
    every: list[Any] = list(newest.itertuples())
    rows = []
    for row in every:
        item = incident_item.build_item(row, register, at)
        rows.append(
            (
                item.tingkat_label,
                item.last_report,
                item.title,
                item.place,
                item.status,
                item.occurrence or NO_VALUE,
                incident_item.shorten_text(item.text),
                str(row.id),
                _("LATIHAN") if item.is_exercise else "",
            )
        )
    head = (
        _("tingkat"), _("kabar"), _("jenis"), _("tempat"), _("status"), _("terjadi"),
        _("uraian"), _("id"), "",
    )  # fmt: skip
    return TextTable(_("Kejadian terbuka"), _format_count(len(rows), len(open_cases)), head, rows)


def build_station_table(tps: pd.DataFrame, register: Register, at: datetime) -> TextTable:
    """Every TPS with its phase and state. found: analysis.stations.stations."""
    every: list[Any] = list(tps.itertuples())
    rows = [
        (
            register.name_of(one.kecamatan),
            register.name_of(one.desa),
            f"{one.nomor:03d}",
            format_phase(one.fase),
            label("lapor", one.state),
            NO_VALUE if pd.isna(one.hadir) else i18n.format_number(int(one.hadir)),
            _format_time(one.last_at, at),
        )
        for one in every
    ]
    head = (
        _("kecamatan"), _("desa"), _("TPS"), _("fase"), _("pelaporan"), _("hadir"),
        _("laporan terakhir"),
    )  # fmt: skip
    return TextTable(_("Semua TPS"), i18n.format_number(len(rows)), head, rows)


def build_feed_table(feed_states: Sequence[FeedState], at: datetime) -> TextTable:
    """Each source and its last word."""
    rows = [
        (
            label("feed", one.feed),
            _format_time(one.last_known_at, at) if one.last_known_at else _("belum melapor"),
            _format_feed_state(one),
        )
        for one in feed_states
    ]
    head = (_("sumber"), _("laporan terakhir"), _("keadaan"))
    return TextTable(_("Sumber"), i18n.format_number(len(rows)), head, rows)


def _format_feed_state(feed_state: FeedState) -> str:
    if not feed_state.is_expected:
        return _("di luar jam pemantauan")
    return _("senyap") if feed_state.is_silent else _("melapor")


def _format_time(moment: Any, at: datetime) -> str:
    """The clock time, and the day where it is another than that of `at`."""
    if pd.isna(moment):
        return NO_VALUE
    local = moment.astimezone(at.tzinfo)
    same = local.date() == at.date()
    return (
        i18n.format_time(local) if same else f"{i18n.format_date(local)} {i18n.format_time(local)}"
    )


def _format_count(row_count: int, total: int) -> str:
    if row_count == total:
        return i18n.format_number(total)
    return _("{n} dari {all}").format(
        n=i18n.format_number(row_count), all=i18n.format_number(total)
    )
