"""Changes since a briefing as text: the four lists, their key figures, states before and now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

import pandas as pd

from situasi.analysis.incidents.cases import is_critical
from situasi.analysis.situation.changes import (
    SILENT_KINDS,
    WITHDRAWN,
    WORSENED_KINDS,
    Changes,
)
from situasi.common.formats import format_counts, format_number
from situasi.common.i18n import _
from situasi.domain.labels import N_, label
from situasi.domain.register import Register
from situasi.domain.rules import CriticalRule
from situasi.figures.theme import Theme
from situasi.presentation import incident_item, place_names
from situasi.presentation.map_measures import MapMeasure, build_count_measure
from situasi.presentation.model import KpiText


@dataclass(frozen=True)
class ChangeList:
    """One of the four lists. name: of the field of Changes that holds its rows."""

    key: str
    name: str
    title: str
    empty_text: str

    def get_rows(self, changes: Changes) -> pd.DataFrame:
        """Return the rows of this list."""
        rows: pd.DataFrame = getattr(changes, self.name)
        return rows

    def format_heading(self, changes: Changes, briefing_name: str) -> str:
        """Return how many rows it has since when."""
        count = format_number(len(self.get_rows(changes)))
        return _(self.title).format(n=count, briefing=briefing_name)


# In reading order.
LISTS = (
    ChangeList("baru", "new",
               N_("{n} kejadian baru sejak {briefing}"), N_("Tidak ada kejadian baru.")),
    ChangeList("memburuk", "worse",
               N_("{n} hal memburuk sejak {briefing}"), N_("Tidak ada yang memburuk.")),
    ChangeList("selesai", "closed",
               N_("{n} kejadian selesai sejak {briefing}"),
               N_("Tidak ada kejadian yang selesai.")),
    ChangeList("diam", "silent",
               N_("{n} masih diam sejak {briefing}"),
               N_("Tidak ada sumber, kecamatan, atau TPS yang masih diam.")),
)  # fmt: skip


def format_kpis(changes: Changes, critical: CriticalRule) -> dict[str, KpiText]:
    """Return the number of changes in each list and of which kinds, by the key of the list."""
    grave_count = int(is_critical(changes.new, critical).sum())
    closed_new_count = int(changes.closed["before"].isna().sum())
    kpi_texts = (
        KpiText(
            "baru",
            _("Baru"),
            _format_case_count(len(changes.new)),
            format_counts(_("{n} berat"), n=grave_count),
            alarm=grave_count > 0,
        ),
        KpiText(
            "memburuk",
            _("Memburuk"),
            format_number(len(changes.worse)),
            _format_kind_counts(changes.worse, WORSENED_KINDS),
            alarm=len(changes.worse) > 0,
        ),
        KpiText(
            "selesai",
            _("Selesai"),
            _format_case_count(len(changes.closed)),
            format_counts(_("{n} di antaranya juga baru"), n=closed_new_count),
        ),
        KpiText(
            "diam",
            _("Masih diam"),
            format_number(len(changes.silent)),
            _format_kind_counts(changes.silent, SILENT_KINDS),
        ),
    )
    return {kpi_text.key: kpi_text for kpi_text in kpi_texts}


def build_measure(
    changes: Changes, kecamatan: Sequence[str], theme: Theme
) -> tuple[str, MapMeasure]:
    """Build the map measure of what is new or worse in each kecamatan."""
    counts = dict.fromkeys(kecamatan, 0)
    for rows in (changes.new, changes.worse):
        for code in rows["kecamatan"]:
            if code in counts:
                counts[code] += 1
    return _("Baru dan memburuk"), build_count_measure(counts, theme, "")


def _format_case_count(count: int) -> str:
    return format_counts(_("{n} kejadian"), n=count)


def _format_kind_counts(rows: pd.DataFrame, kinds: tuple[str, ...]) -> str:
    """Return a text like '2 tingkat naik · 14 TPS terlambat atau diragukan'."""
    counts = rows["kind"].value_counts()
    texts = [
        f"{format_number(int(counts[kind]))} {format_kind(kind)}"
        for kind in kinds
        if kind in counts
    ]
    return " · ".join(texts) or _("tidak ada")


def format_kind(kind: str) -> str:
    """Return the name of a kind of changes.WORSENED_KINDS or changes.SILENT_KINDS."""
    return {
        "tingkat": _("tingkat naik"),
        "situasi": _("situasi memburuk"),
        "lewat": _("penanganan lewat waktu"),
        "tanpa_petugas": _("TPS tanpa petugas"),
        "lapor": _("TPS terlambat atau diragukan"),
        "sumber": _("sumber"),
        "kecamatan": _("kecamatan"),
        "tps": _("TPS"),
    }[kind]


def format_state(kind: object, code: object, *, at_briefing: bool = False) -> str:
    """Return a state of a row of `worse` in words, on the scale of its kind."""
    if kind == "tanpa_petugas":
        return _("ada atau belum dinilai") if at_briefing else _("tanpa petugas")
    if kind == "lewat":
        return (
            _("{step} lewat batas").format(step=incident_item.format_step(code))
            if _is_stated(code)
            else _("dalam batas")
        )
    if not _is_stated(code):
        return _("belum ditimbang") if kind == "tingkat" else _("belum dinyatakan")
    return label(str(kind), code)


def format_silence(code: object) -> str:
    """Return how a silent row reports: the state of a TPS, else that it is silent."""
    return label("lapor", code) if _is_stated(code) else _("senyap")


def format_status(code: object) -> str:
    """Return the status of a row of `closed`, before or now."""
    if code == WITHDRAWN:
        return _("ditarik")
    return label("status", code) if _is_stated(code) else _("belum diketahui")


def format_incident_kind(row: Any) -> str:
    """Return the kind of the incident that a row is of; "" where it is of none."""
    return label("jenis", row.jenis) if _is_stated(row.jenis) else ""


def format_place(register: Register, row: Any) -> str:
    """Return the place of a row of `worse` or `silent`, depending on its kind."""
    if row.kind == "sumber":
        return label("feed", row.case)
    if row.kind in ("tps", "lapor", "tanpa_petugas"):
        return place_names.format_station(register, row.case)
    if row.kind in ("kecamatan", "situasi"):
        is_named = _is_stated(row.kecamatan)
        return register.name_of(row.kecamatan) if is_named else _("seluruh kabupaten")
    return place_names.format_case_place(register, row)


def _is_stated(cell: object) -> TypeGuard[str]:
    return isinstance(cell, str)
