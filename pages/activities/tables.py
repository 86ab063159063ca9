"""Activities and stages as tables that people read and take along."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from situasi.analysis.activities.activities import UNSTATED_FUNGSI, WHOLE_KABUPATEN
from situasi.analysis.activities.sop_checklist import ChecklistItem
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.feed_schemas import FUNGSI
from situasi.domain.labels import label
from situasi.ui.tables.columns import (
    Cells,
    Column,
    date_column,
    imprecise_time_column,
    number_column,
    ratio_column,
    text_column,
)
from situasi.ui.tables.table_view import Table, make_table

_PLACE = 200  # pixels


def fungsi_name(code: str | None) -> str:
    if not isinstance(code, str):
        return ""
    return _("fungsi tidak disebut") if code == UNSTATED_FUNGSI else label("giat", code)


def when(row: Any) -> str:
    """When an activity is or was, as exactly as its sender knew."""
    return i18n.format_time_by_precision(
        row.occurred_at.tz_convert(board().register.election.zone), row.precision
    )


def stage_names(codes: tuple[str, ...]) -> str:
    names = {stage.code: stage.name for stage in board().register.stages}
    return "; ".join(names[code] for code in codes)


def _stage(row: Any) -> str:
    if not row.stages:
        return _("tidak diketahui")
    said = stage_names(row.stages)
    return said if row.stage_basis == "dinyatakan" else (
        f"{said} ({label('tahap_dasar', row.stage_basis)})"
    )  # fmt: skip


def readable(rows: pd.DataFrame) -> Table:
    """Activities with the headings of our files, in the order given."""
    register = board().register
    listed: list[Any] = list(rows.itertuples())
    return make_table(
        {
            _("waktu"): imprecise_time_column(rows["occurred_at"], rows["precision"]),
            _("keadaan"): [label("giat_state", row.state) for row in listed],
            _("giat"): [label("giat", row.giat) for row in listed],
            _("kecamatan"): [register.name_of(row.kecamatan) for row in listed],
            _("lokasi"): text_column(rows["lokasi"], max_width_px=_PLACE),
            _("uraian"): rows["uraian"],
            _("fungsi"): [fungsi_name(row.fungsi) for row in listed],
            _("tahap"): text_column([_stage(row) for row in listed], max_width_px=_PLACE),
            _("SOP"): rows["sop"],
            _("mitra"): rows["mitra"],
            _("jumlah"): rows["jumlah"],
            _("tidak dikenal"): rows["strange"],
            _("pelapor"): rows["pelapor"],
            _("catatan periksa"): rows["flags"],
            _("sumber"): rows["sumber"],
            _("id"): rows["id"],
        },
        rows["latihan"],
    )


def timetable(found: pd.DataFrame) -> Table:
    """Stages with their dates, and whether a source gives them."""
    return make_table(
        {
            _("kode"): found["code"],
            _("tahap"): found["name"],
            _("mulai"): date_column(found["start"]),
            _("selesai"): date_column(found["end"]),
            _("keadaan"): [label("tahap", state) for state in found["state"]],
            _("lingkup"): found["scope"],
            _("tanggal"): [
                _("tersumber") if sure else _("belum pasti") for sure in found["sure"]
            ],
            _("catatan"): found["note"],
            _("sumber"): found["source"],
        }
    )  # fmt: skip


def matrix(counted: pd.DataFrame, cases: pd.DataFrame, chosen: list[str]) -> Table:
    """Done of all by place and fungsi, "3/4"; missing where no activity is known.

    counted: of analysis.activities.matrix of these cases. chosen: places listed in any case.
    """
    register = board().register
    others = [p for p in dict.fromkeys(counted["place"]) if p not in register.kecamatan]
    places = [WHOLE_KABUPATEN, *chosen, *(place for place in others if place != WHOLE_KABUPATEN)]
    sums = counted.groupby("place")[["done", "all"]].sum()
    wide = counted.pivot(index="place", columns="fungsi", values=["done", "all"]).reindex(places)
    nothing = pd.Series(np.nan, places)
    all_of = sums.reindex(places)
    columns: dict[str, Cells] = {
        _("kecamatan"): [
            _("seluruh kabupaten") if place == WHOLE_KABUPATEN else register.name_of(place)
            for place in places
        ],
        _("semua"): _done(all_of["done"], all_of["all"]),
    }
    for code in (*FUNGSI, UNSTATED_FUNGSI):
        own = [wide.get((what, code), nothing) for what in ("done", "all")]
        columns[fungsi_name(code)] = _done(*own)
    made_up = cases[cases["latihan"]]["kecamatan"]
    drilled = set(made_up.where(made_up.notna(), WHOLE_KABUPATEN))
    return make_table(columns, (place in drilled for place in places))


def _done(done: pd.Series, every: pd.Series) -> Column:
    return ratio_column(done, every, _("{what}: semua giat"), "{n}/{all}")


def joint(counted: pd.DataFrame) -> Table:
    """Joint work by institution, of analysis.activities.joint."""
    return make_table(
        {
            _("mitra"): counted["mitra"],
            _("terlaksana"): number_column(counted["done"]),
            _("semua giat"): number_column(counted["all"]),
            _("terakhir terlaksana"): imprecise_time_column(
                counted["last"].where(counted["done"] > 0), counted["precision"]
            ),
        },
        counted["made_up"],
    )


def checklist(cases: pd.DataFrame, lines: list[ChecklistItem]) -> Table:
    """The SOP list, each line with the activities behind it."""
    told: list[Any] = list(cases.itertuples())
    behind = [[told[at] for at in line.activity_positions] for line in lines]
    return make_table(
        {
            _("kode"): [line.item.code for line in lines],
            _("tahap"): text_column(
                [stage_names((line.item.stage,)) for line in lines], max_width_px=_PLACE
            ),
            _("butir"): [line.item.text for line in lines],
            _("keadaan"): [label("sop", line.state) for line in lines],
            _("giat di baliknya"): [
                "; ".join(f"{row.id} {when(row)}" for row in rows) for rows in behind
            ],
            _("fungsi"): [fungsi_name(line.item.fungsi) for line in lines],
            _("giat"): [label("giat", line.item.giat) for line in lines],
            _("dasar"): [line.item.basis for line in lines],
        },
        (any(row.latihan for row in rows) for rows in behind),
    )
