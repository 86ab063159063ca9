"""Tables of the rows behind the KPIs of Situasi."""

from collections.abc import Iterable

import pandas as pd

from situasi.analysis.incidents import cases
from situasi.analysis.situation.area_summary import AreaSummary, find_phases_reached
from situasi.analysis.situation.feed_staleness import FeedState
from situasi.analysis.situation.overview import Overview
from situasi.board import current_board as board
from situasi.common.i18n import _
from situasi.domain.feed_schemas import TINGKAT
from situasi.domain.labels import label
from situasi.ui.tables.columns import (
    Cells,
    duration_column,
    number_column,
    percent_column,
    range_column,
    ratio_column,
    time_column,
)
from situasi.ui.tables.table_view import Table, make_table


def build_areas_table(overview: Overview, day_summary: AreaSummary, is_exercise: bool) -> Table:
    """Build the table of kecamatan with all measures of the map."""
    codes = list(overview.crowd_states["kecamatan"])
    open_counts = cases.count_by_kecamatan(overview.open_cases)
    scores = day_summary.priority_scores.set_index("kecamatan").loc[codes]
    rates, gaps = day_summary.turnout.loc[codes], day_summary.coverage_gaps.loc[codes]
    phases = find_phases_reached(day_summary.phases).loc[codes]
    columns: dict[str, Cells] = {
        _("kecamatan"): _area_names(codes),
        _("situasi"): [_format_situasi(state) for state in overview.crowd_states["situasi"]],
        _("kejadian terbuka"): number_column(
            open_counts.get(code, 0)
            if code in open_counts or code in overview.reporting_kecamatan
            else None
            for code in codes
        ),
        _("nilai"): number_column(scores["score"], 1),
        _("partisipasi"): percent_column(
            rates["common_rate"].fillna(rates["rate"]), estimated=rates["rate_estimated"]
        ),
        _("fase terjauh"): [label("fase", fase) for fase in phases["fase"]],
        _("TPS di fase itu"): ratio_column(
            phases["reached"].where(phases["fase"].notna()), phases["tps"], _("TPS")
        ),
        _("personel hadir"): number_column(gaps["present"].where(gaps["known"])),
        _("personel perlu"): number_column(gaps["required"], estimated=True),
    }
    return make_table(columns, is_exercise)


def build_situasi_table(overview: Overview, is_exercise: bool) -> Table:
    """Build the table of the situasi of each kecamatan, and when it was stated."""
    columns: dict[str, Cells] = {
        _("kecamatan"): _area_names(overview.crowd_states["kecamatan"]),
        _("situasi"): [_format_situasi(state) for state in overview.crowd_states["situasi"]],
        _("dinyatakan"): time_column(overview.crowd_states["stated_at"]),
    }
    return make_table(columns, is_exercise)


def _format_situasi(situasi: object) -> str:
    return label("situasi", situasi) if isinstance(situasi, str) else _("belum dinyatakan")


def build_turnout_table(day_summary: AreaSummary, codes: list[str]) -> Table:
    """Build the table of voters present and rates of each kecamatan, with the totals."""
    rows = day_summary.turnout.loc[codes]
    columns: dict[str, Cells] = {
        _("kecamatan"): _area_names(rows.index),
        _("partisipasi TPS yang melapor"): percent_column(
            rows["rate"], estimated=rows["rate_estimated"]
        ),
        _("pada jam sama"): percent_column(rows["common_rate"], estimated=rows["rate_estimated"]),
        _("hadir"): number_column(rows["voters_present"].where(rows["tps_counted"] > 0)),
        _("TPS melapor"): ratio_column(rows["tps_counted"], rows["tps"], _("TPS")),
        _("batas seluruhnya"): range_column(rows["least"], rows["most"], rows["estimated"]),
        _("DPT"): number_column(rows["dpt"], estimated=rows["estimated"]),
    }
    return make_table(columns, _has_exercise_rows(day_summary))


def build_late_stations_table(tps: pd.DataFrame) -> Table:
    """Build the table of TPS that are late, unreachable or doubted, the latest first."""
    rows = tps[tps["state"].isin(["terlambat", "tak_terjangkau", "diragukan"])]
    rows = rows.sort_values(["late_min", "code"], ascending=[False, True], na_position="last")
    columns: dict[str, Cells] = {
        _("kecamatan"): _area_names(rows["kecamatan"]),
        _("desa"): _area_names(rows["desa"]),
        _("TPS"): [f"{nomor:03d}" for nomor in rows["nomor"]],
        _("keadaan lapor"): [label("lapor", state) for state in rows["state"]],
        _("terlambat"): duration_column(pd.to_timedelta(rows["late_min"], "min")),
        _("dicari oleh"): rows["chaser"],
        _("fase"): [label("fase", fase) for fase in rows["fase"]],
        _("terakhir melapor"): time_column(rows["last_at"]),
    }
    return make_table(columns, rows["latihan"])


def build_staffing_table(day_summary: AreaSummary, codes: list[str]) -> Table:
    """Build the table of required, posted and present officers of each kecamatan."""
    rows = day_summary.coverage_gaps.loc[codes]
    known = rows["known"]
    columns: dict[str, Cells] = {
        _("kecamatan"): _area_names(rows.index),
        _("perlu menurut pola"): number_column(rows["required"], estimated=True),
        _("ditempatkan"): number_column(rows["posted"].where(known)),
        _("hadir"): number_column(rows["present"].where(known)),
        _("TPS tanpa petugas"): number_column(rows["absent"].where(known)),
        _("TPS"): number_column(rows["tps"]),
    }
    return make_table(columns, _has_exercise_rows(day_summary))


def build_feeds_table(overview: Overview, places: pd.DataFrame, is_exercise: bool) -> Table:
    """Build the table of expected feeds and when each last reported, and of silent places.

    places: of analysis.situation.silent_places.
    """
    feeds = overview.feed_states
    no_place, no_ratio = [""] * len(feeds), [float("nan")] * len(feeds)
    no_time = [None] * len(places)
    columns: dict[str, Cells] = {
        _("sumber"): [
            *(label("feed", feed.feed) for feed in feeds),
            *(label("feed", feed) for feed in places["feed"]),
        ],
        _("kecamatan"): [*no_place, *_area_names(places["kecamatan"])],
        _("keadaan"): [*map(_format_feed_state, feeds), *(_("senyap") for _place in no_time)],
        _("tanpa kabar"): number_column(pd.Series([*no_ratio, *places["silent"]])),
        _("dari"): number_column(pd.Series([*no_ratio, *places["due"]])),
        _("laporan terakhir"): time_column([*(feed.last_known_at for feed in feeds), *no_time]),
    }
    return make_table(columns, is_exercise)


def _format_feed_state(feed: FeedState) -> str:
    if feed.is_silent:
        return _("senyap")
    return _("melapor") if feed.last_known_at else _("belum melapor")


def build_timeline_table(overview: Overview) -> Table:
    """Build the table of incidents by tingkat in each time slot."""
    slots = overview.slots[overview.slots.index <= overview.at]
    by_tingkat = {label("tingkat", code): number_column(slots[code]) for code in reversed(TINGKAT)}
    columns: dict[str, Cells] = {
        _("pukul"): time_column(slots.index),
        **by_tingkat,
        label("tingkat", None): number_column(slots["belum"]),
        _("jumlah"): number_column(slots.sum(axis=1)),
    }
    return make_table(columns, bool(overview.selected_cases["latihan"].any()))


def _area_names(codes: Iterable[str]) -> list[str]:
    return [board().register.name_of(code) for code in codes]


def _has_exercise_rows(day_summary: AreaSummary) -> bool:
    return bool(day_summary.stations["latihan"].any())
