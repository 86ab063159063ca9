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

MISSING = "–"


@dataclass(frozen=True)
class Listed:
    """A table. count: its rows in words, "N dari M" where some were left out."""

    title: str
    count: str
    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    note: str = ""


def phase(code: str | None) -> str:
    """The furthest phase of a TPS; that none was told is said so."""
    return (
        label("fase", code) if isinstance(code, str) and code != NO_PHASE else _("belum ada fase")
    )


def cases(opened: pd.DataFrame, register: Register, at: datetime, most: int) -> Listed:
    """Open cases, the last heard of first. opened: Overview.open. at: of the zone shown."""
    newest = opened.sort_values(["known_at", "seq"], ascending=False, kind="stable").head(most)
    every: list[Any] = list(newest.itertuples())
    rows = []
    for row in every:
        item = incident_item.item(row, register, at)
        rows.append(
            (
                item.tingkat_name,
                item.heard,
                item.title,
                item.place,
                item.status,
                item.happened or MISSING,
                incident_item.short(item.text),
                str(row.id),
                _("LATIHAN") if item.rehearsal else "",
            )
        )
    head = (
        _("tingkat"), _("kabar"), _("jenis"), _("tempat"), _("status"), _("terjadi"),
        _("uraian"), _("id"), "",
    )  # fmt: skip
    return Listed(_("Kejadian terbuka"), _counted(len(rows), len(opened)), head, rows)


def stations(found: pd.DataFrame, register: Register, at: datetime) -> Listed:
    """Every TPS with its phase and state. found: analysis.stations.stations."""
    every: list[Any] = list(found.itertuples())
    rows = [
        (
            register.name_of(one.kecamatan),
            register.name_of(one.desa),
            f"{one.nomor:03d}",
            phase(one.fase),
            label("lapor", one.state),
            MISSING if pd.isna(one.hadir) else i18n.format_number(int(one.hadir)),
            _when(one.last_at, at),
        )
        for one in every
    ]
    head = (
        _("kecamatan"), _("desa"), _("TPS"), _("fase"), _("pelaporan"), _("hadir"),
        _("laporan terakhir"),
    )  # fmt: skip
    return Listed(_("Semua TPS"), i18n.format_number(len(rows)), head, rows)


def feeds(heard: Sequence[FeedState], at: datetime) -> Listed:
    """Each source and its last word."""
    rows = [
        (
            label("feed", one.feed),
            _when(one.last_known_at, at) if one.last_known_at else _("belum melapor"),
            _said(one),
        )
        for one in heard
    ]
    head = (_("sumber"), _("laporan terakhir"), _("keadaan"))
    return Listed(_("Sumber"), i18n.format_number(len(rows)), head, rows)


def _said(one: FeedState) -> str:
    if not one.is_expected:
        return _("di luar jam pemantauan")
    return _("senyap") if one.is_silent else _("melapor")


def _when(moment: Any, at: datetime) -> str:
    """The clock time, and the day where it is another than that of `at`."""
    if pd.isna(moment):
        return MISSING
    local = moment.astimezone(at.tzinfo)
    same = local.date() == at.date()
    return (
        i18n.format_time(local) if same else f"{i18n.format_date(local)} {i18n.format_time(local)}"
    )


def _counted(some: int, every: int) -> str:
    if some == every:
        return i18n.format_number(every)
    return _("{n} dari {all}").format(n=i18n.format_number(some), all=i18n.format_number(every))
