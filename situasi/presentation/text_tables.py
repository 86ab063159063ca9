"""Tables in which every cell is text, for readers outside the board."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from situasi.analysis.situation.feed_staleness import FeedState
from situasi.analysis.stations.status import NO_PHASE
from situasi.common.formats import format_number, format_ratio
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.domain.register import Register
from situasi.presentation import incident_item
from situasi.presentation.numbers import format_moment

NO_VALUE = "–"


@dataclass(frozen=True)
class TextTable:
    """A table. count_text: its number of rows, as "N dari M" if some were left out."""

    title: str
    count_text: str
    headings: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def format_phase(code: str | None) -> str:
    """Return the label of the furthest phase of a TPS, or that none was reported."""
    return (
        label("fase", code) if isinstance(code, str) and code != NO_PHASE else _("belum ada fase")
    )


def build_case_table(
    open_cases: pd.DataFrame, register: Register, at: datetime, max_rows: int
) -> TextTable:
    """Build the table of open cases, the last reported first. at: in the time zone of the page."""
    newest = open_cases.sort_values(["known_at", "seq"], ascending=False, kind="stable").head(
        max_rows
    )
    case_rows: list[Any] = list(newest.itertuples())
    rows = []
    for row in case_rows:
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
    """Build the table of all TPS with phase and state. tps: of build_station_table."""
    station_rows: list[Any] = list(tps.itertuples())
    rows = [
        (
            register.name_of(station.kecamatan),
            register.name_of(station.desa),
            f"{station.nomor:03d}",
            format_phase(station.fase),
            label("lapor", station.state),
            NO_VALUE if pd.isna(station.hadir) else format_number(int(station.hadir)),
            _format_time(station.last_at, at),
        )
        for station in station_rows
    ]
    head = (
        _("kecamatan"), _("desa"), _("TPS"), _("fase"), _("pelaporan"), _("hadir"),
        _("laporan terakhir"),
    )  # fmt: skip
    return TextTable(_("Semua TPS"), format_number(len(rows)), head, rows)


def build_feed_table(feed_states: Sequence[FeedState], at: datetime) -> TextTable:
    """Build the table of the feeds and their last reports."""
    rows = [
        (
            label("feed", feed.feed),
            _format_time(feed.last_known_at, at) if feed.last_known_at else _("belum melapor"),
            _format_feed_state(feed),
        )
        for feed in feed_states
    ]
    head = (_("sumber"), _("laporan terakhir"), _("keadaan"))
    return TextTable(_("Sumber"), format_number(len(rows)), head, rows)


def _format_feed_state(feed_state: FeedState) -> str:
    if not feed_state.is_expected:
        return _("di luar jam pemantauan")
    return _("senyap") if feed_state.is_silent else _("melapor")


def _format_time(moment: Any, at: datetime) -> str:
    return NO_VALUE if pd.isna(moment) else format_moment(moment, at)


def _format_count(row_count: int, total: int) -> str:
    if row_count == total:
        return format_number(total)
    return format_ratio(row_count, total)
