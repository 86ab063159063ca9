"""Activities and stages as tables, on the page and as files."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from situasi.analysis.activities.activities import UNSTATED_FUNGSI, WHOLE_KABUPATEN
from situasi.analysis.activities.sop_checklist import ChecklistItem
from situasi.board import current_board as board
from situasi.common.i18n import _
from situasi.domain.feed_schemas import FUNGSI
from situasi.domain.labels import label
from situasi.presentation import activities as activity_words
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

_TEXT_WIDTH_PX = 200


def _format_stage(row: Any, stage_names: Mapping[str, str]) -> str:
    if not row.stages:
        return _("tidak diketahui")
    names = "; ".join(stage_names[code] for code in row.stages)
    return names if row.stage_basis == "dinyatakan" else (
        f"{names} ({label('tahap_dasar', row.stage_basis)})"
    )  # fmt: skip


def build_activity_table(rows: pd.DataFrame) -> Table:
    """Build the table of these activities in the given order, with the headings of our files."""
    register = board().register
    activities: list[Any] = list(rows.itertuples())
    shown_names = activity_words.list_stage_names(register)
    own_names = {stage.code: stage.name for stage in register.stages}
    columns: dict[str, Cells] = {
        _("waktu"): imprecise_time_column(rows["occurred_at"], rows["precision"]),
        _("keadaan"): [label("giat_state", row.state) for row in activities],
        _("giat"): [label("giat", row.giat) for row in activities],
        _("kecamatan"): [register.name_of(row.kecamatan) for row in activities],
        _("lokasi"): text_column(rows["lokasi"], max_width_px=_TEXT_WIDTH_PX),
        _("uraian"): rows["uraian"],
        _("fungsi"): [activity_words.format_fungsi(row.fungsi) for row in activities],
        _("tahap"): text_column(
            # A file is to be taken back in: it holds the names that the definition has.
            [_format_stage(row, own_names) for row in activities],
            [_format_stage(row, shown_names) for row in activities],
            max_width_px=_TEXT_WIDTH_PX,
        ),
        _("SOP"): rows["sop"],
        _("mitra"): rows["mitra"],
        _("jumlah"): rows["jumlah"],
        _("tidak dikenal"): rows["unknown_code"],
        _("pelapor"): rows["pelapor"],
        _("catatan periksa"): rows["flags"],
        _("sumber"): rows["sumber"],
        _("id"): rows["id"],
    }
    return make_table(columns, rows["latihan"])


def build_stage_table(stages: pd.DataFrame) -> Table:
    """Build the table of the stages with their dates, and whether a source gives them."""
    columns: dict[str, Cells] = {
        _("kode"): stages["code"],
        _("tahap"): stages["name"],
        _("mulai"): date_column(stages["start"]),
        _("selesai"): date_column(stages["end"]),
        _("keadaan"): [label("tahap", state) for state in stages["state"]],
        _("lingkup"): stages["scope"],
        _("tanggal"): [
            _("tersumber") if is_sure else _("belum pasti") for is_sure in stages["sure"]
        ],
        _("catatan"): stages["note"],
        _("sumber"): stages["source"],
    }  # fmt: skip
    return make_table(columns)


def build_matrix_table(
    counts: pd.DataFrame, activities: pd.DataFrame, kecamatan_codes: list[str]
) -> Table:
    """Build the table of done and all activities ("3/4") by place and fungsi; empty without any.

    counts: analysis.activities.activities.build_matrix of these activities. kecamatan_codes: always
    listed.
    """
    register = board().register
    other_places = [
        place for place in dict.fromkeys(counts["place"]) if place not in register.kecamatan
    ]
    places = [
        WHOLE_KABUPATEN,
        *kecamatan_codes,
        *(place for place in other_places if place != WHOLE_KABUPATEN),
    ]
    sums = counts.groupby("place")[["done", "all"]].sum()
    by_fungsi = counts.pivot(index="place", columns="fungsi", values=["done", "all"]).reindex(
        places
    )
    missing = pd.Series(np.nan, places)
    totals = sums.reindex(places)
    columns: dict[str, Cells] = {
        _("kecamatan"): [
            _("seluruh kabupaten") if place == WHOLE_KABUPATEN else register.name_of(place)
            for place in places
        ],
        _("semua"): _build_done_column(totals["done"], totals["all"]),
    }
    for code in (*FUNGSI, UNSTATED_FUNGSI):
        parts = [by_fungsi.get((name, code), missing) for name in ("done", "all")]
        columns[activity_words.format_fungsi(code)] = _build_done_column(*parts)
    exercise_places = activities[activities["latihan"]]["kecamatan"]
    exercise_codes = set(exercise_places.where(exercise_places.notna(), WHOLE_KABUPATEN))
    return make_table(columns, (place in exercise_codes for place in places))


def _build_done_column(done: pd.Series, total: pd.Series) -> Column:
    return ratio_column(done, total, _("{what}: semua giat"), "{n}/{all}")


def build_joint_table(counts: pd.DataFrame) -> Table:
    """Build the table of joint work by partner. counts: of activities.build_partner_table."""
    columns: dict[str, Cells] = {
        _("mitra"): counts["mitra"],
        _("terlaksana"): number_column(counts["done"]),
        _("semua giat"): number_column(counts["all"]),
        _("terakhir terlaksana"): imprecise_time_column(
            counts["last"].where(counts["done"] > 0), counts["precision"]
        ),
    }
    return make_table(columns, counts["is_exercise"])


def build_checklist_table(activities: pd.DataFrame, lines: list[ChecklistItem]) -> Table:
    """Build the table of the SOP list, each line with its activities."""
    register = board().register
    rows: list[Any] = list(activities.itertuples())
    groups = [[rows[position] for position in line.activity_positions] for line in lines]
    columns: dict[str, Cells] = {
        _("kode"): [line.item.code for line in lines],
        _("tahap"): text_column(
            [activity_words.format_stages(register, (line.item.stage,)) for line in lines],
            max_width_px=_TEXT_WIDTH_PX,
        ),
        _("butir"): [line.item.text for line in lines],
        _("keadaan"): [activity_words.format_sop_state(line) for line in lines],
        _("giat di baliknya"): [
            "; ".join(
                f"{row.id} {activity_words.format_occurrence_time(register, row)}" for row in group
            )
            for group in groups
        ],
        _("fungsi"): [activity_words.format_fungsi(line.item.fungsi) for line in lines],
        _("giat"): [label("giat", line.item.giat) for line in lines],
        _("dasar"): [line.item.basis for line in lines],
    }
    return make_table(columns, (any(row.latihan for row in group) for group in groups))
