"""Tables of turnout and its forecast: by kecamatan, forecast errors, calibration."""

from collections.abc import Collection
from typing import Any

import pandas as pd

from pages.turnout.data import TurnoutData
from situasi.analysis.turnout.forecast import TurnoutForecast, build_kecamatan_table, compute_total
from situasi.board import current_board as board
from situasi.common.formats import format_counts, format_time
from situasi.common.i18n import _
from situasi.domain.forecast_parameters import KABUPATEN
from situasi.ui.tables.columns import (
    Cells,
    number_column,
    percent_column,
    range_column,
    ratio_column,
    text_column,
    time_column,
)
from situasi.ui.tables.table_view import Table, make_table

_NOTE_WIDTH_PX = 206  # old and doubted counts, both, seen at a desk


def build_forecast_rows(kecamatan: Collection[str], forecast: TurnoutForecast) -> pd.DataFrame:
    """Return the total of the selected kecamatan (none: all), then each of them.

    Columns of forecast.build_kecamatan_table, and `name`.
    """
    areas = build_kecamatan_table(forecast)
    areas = areas[areas.index.isin(list(kecamatan))] if kecamatan else areas
    names = [forecast.register.name_of(str(code)) for code in areas.index]
    if len(areas) == 1:
        return areas.assign(name=names)
    total_row = pd.DataFrame([compute_total(forecast, kecamatan)]).assign(
        name=_("Semua pilihan") if kecamatan else forecast.register.name_of(None)
    )
    return pd.concat([total_row, areas.assign(name=names)], ignore_index=True)


def build_forecast_rates(kecamatan: Collection[str], forecast: TurnoutForecast) -> pd.DataFrame:
    """Return the forecast in percent of the DPT, as build_forecast_chart expects it."""
    rows = build_forecast_rows(kecamatan, forecast).reset_index(drop=True)
    has_forecast = rows["enough"].astype(bool)
    rates = {
        name: _percent_of_dpt(rows, name).where(has_forecast) for name in ("centre", "low", "high")
    }
    counted = _percent_of_dpt(rows, "counted").where(rows["used"].astype("float64") > 0)
    return pd.DataFrame({**rates, "counted": counted, "name": rows["name"]})


def _percent_of_dpt(rows: pd.DataFrame, name: str) -> pd.Series:
    values: pd.Series = 100 * rows[name].astype("float64") / rows["dpt"].astype("float64")
    return values


def build_forecast_table(
    kecamatan: Collection[str], forecast: TurnoutForecast, data: TurnoutData
) -> Table:
    """Build the table of the forecast and of simpler estimates."""
    each = build_forecast_rows(kecamatan, forecast)
    has_forecast = each["enough"].astype(bool)
    low, high = (_percent_of_dpt(each, name).where(has_forecast) for name in ("low", "high"))
    columns: dict[str, Cells] = {
        _("kecamatan"): each["name"],
        _("perkiraan akhir"): percent_column(
            _percent_of_dpt(each, "centre").where(has_forecast), estimated=True
        ),
        _("selang"): range_column(low, high, [True] * len(each)),
        _("perkiraan hadir"): number_column(
            each["centre"].astype("float64").round(), estimated=True
        ),
        _("menurut laju andaian"): percent_column(_percent_of_dpt(each, "paced"), estimated=True),
        _("menurut TPS melapor"): percent_column(_percent_of_dpt(each, "scaled"), estimated=True),
        _("sejauh ini dibagi DPT"): percent_column(
            _percent_of_dpt(each, "so_far"), estimated=each["estimated"]
        ),
        _("TPS dipakai"): ratio_column(each["used"], each["tps"], _("TPS")),
        _("sudah angka akhir"): number_column(each["ended"]),
        _("disisihkan"): number_column(each["set_aside"]),
        _("catatan"): [
            "" if enough else _("belum cukup laporan; hanya bagian dari jumlah")
            for enough in has_forecast
        ],
    }
    return make_table(columns, bool(data.stations["latihan"].any()))


def build_forecast_errors_table(errors: pd.DataFrame, data: TurnoutData) -> Table:
    """Build the table of earlier forecasts and the final count of their kecamatan.

    errors: of turnout.data.compute_forecast_errors.
    """
    names = ["kecamatan", "at", "final", "dpt", "enough", "centre", "low", "high"]
    errors = errors.reindex(columns=names)
    has_forecast = errors["enough"].eq(True)
    final = _percent_of_dpt(errors, "final")
    centre, low, high = (
        _percent_of_dpt(errors, name).where(has_forecast) for name in ("centre", "low", "high")
    )
    is_inside = (low <= final) & (final <= high)
    columns: dict[str, Cells] = {
        _("kecamatan"): [board().register.name_of(code) for code in errors["kecamatan"]],
        _("perkiraan pukul"): time_column(errors["at"]),
        _("perkiraan akhir"): percent_column(centre, estimated=True),
        _("selang"): range_column(low, high, [True] * len(errors)),
        _("akhir"): percent_column(final, estimated=True),
        _("meleset (poin)"): number_column(centre - final, 1, estimated=True),
        _("dalam selang"): text_column(
            (_("ya") if inside else _("tidak")) if known else ""
            for inside, known in zip(is_inside, has_forecast, strict=True)
        ),
    }
    return make_table(columns, bool(data.stations["latihan"].any()))


def build_calibration_table() -> Table:
    """Build the table of forecast errors on real days left out of the calibration."""
    parameters = board().register.election.turnout_parameters
    scores = parameters.tested if parameters else ()
    columns: dict[str, Cells] = {
        _("pukul"): [f"{score.at:%H.%M}" for score in scores],
        _("tingkat"): [
            _("kabupaten") if score.level == KABUPATEN else _("kecamatan") for score in scores
        ],
        _("selang memuat kebenaran"): percent_column([score.covered for score in scores]),
        _("pada hari terburuk"): percent_column([score.worst for score in scores]),
        _("hari"): number_column([score.days for score in scores]),
        _("lebar selang (± poin)"): number_column([score.width for score in scores], 1),
        _("meleset: model (poin)"): number_column([score.model for score in scores], 1),
        _("meleset: banding hari lain (poin)"): number_column([score.ratio for score in scores], 1),
        _("meleset: TPS melapor (poin)"): number_column([score.scaled for score in scores], 1),
        _("meleset: sejauh ini (poin)"): number_column([score.so_far for score in scores], 1),
    }
    return make_table(columns)


def build_turnout_table(data: TurnoutData) -> Table:
    """Build the table of turnout of each kecamatan with its denominators."""
    register, rows = board().register, data.areas
    has_counts = rows["tps_counted"] > 0
    has_exercise = data.stations.groupby("kecamatan")["latihan"].any()
    columns: dict[str, Cells] = {
        _("kecamatan"): [register.name_of(str(code)) for code in rows.index],
        _("partisipasi"): percent_column(rows["rate"], estimated=rows["rate_estimated"]),
        _("pada jam sama"): percent_column(rows["common_rate"], estimated=rows["rate_estimated"]),
        _("hadir"): number_column(rows["voters_present"].where(has_counts)),
        _("TPS melapor"): ratio_column(rows["tps_counted"], rows["tps"], _("TPS")),
        _("catatan"): text_column(
            [_format_note(row) for row in rows.itertuples()], max_width_px=_NOTE_WIDTH_PX
        ),
        _("DPT TPS melapor"): number_column(
            rows["dpt_counted"].where(has_counts), estimated=rows["rate_estimated"]
        ),
        _("batas seluruhnya"): range_column(
            rows["least"].where(has_counts), rows["most"].where(has_counts), rows["estimated"]
        ),
        _("DPT"): number_column(rows["dpt"], estimated=rows["estimated"]),
    }
    return make_table(columns, (bool(has_exercise.get(code, False)) for code in rows.index))


def build_comparison_table(rows: pd.DataFrame, *, has_exercise_rows: bool) -> Table:
    """Build the table of a kecamatan and its neighbours; rows: of build_comparison."""
    register = board().register
    estimated = rows["rate_estimated"]
    columns: dict[str, Cells] = {
        _("kecamatan"): [register.name_of(str(code) or None) for code in rows.index],
        _("partisipasi"): percent_column(rows["rate"], estimated=estimated),
        _("selisih (poin)"): number_column(rows["gap"], 1, estimated=estimated),
        _("lampau kini"): percent_column(rows["paced"], estimated=True),
        _("lampau akhir"): percent_column(rows["past"]),
        _("hitungan"): time_column(rows["hour"]),
        _("TPS melapor"): ratio_column(rows["tps_counted"], rows["tps"], _("TPS")),
    }
    return make_table(columns, has_exercise_rows)


def build_area_stations_table(rows: pd.DataFrame) -> Table:
    """Build the table of TPS, the lowest turnout first; those with an old count after them."""
    rate = (
        100 * rows["hadir"].astype("float64") / rows["dpt"].astype("float64").where(rows["dpt"] > 0)
    )
    ordered = rows.assign(rate=rate, is_unknown=rate.isna()).sort_values(
        ["is_unknown", "is_stale", "rate", "code"], kind="stable"
    )
    register = board().register
    columns: dict[str, Cells] = {
        _("desa"): [register.name_of(code) for code in ordered["desa"]],
        _("TPS"): [f"{number:03d}" for number in ordered["nomor"]],
        _("partisipasi"): percent_column(ordered["rate"], estimated=ordered["estimated"]),
        _("hadir"): number_column(ordered["hadir"]),
        _("DPT"): number_column(ordered["dpt"], estimated=ordered["estimated"]),
        _("hadir pada"): time_column(ordered["hadir_at"]),
    }
    return make_table(columns, ordered["latihan"])


def _format_note(row: Any) -> str:
    notes = [_("rendah")] if row.is_low else []
    if row.is_stale:
        notes.append(_("hitungan {time}").format(time=format_time(row.count_hour)))
    elif row.stale:
        notes.append(format_counts(_("{n} hitungan lama"), n=int(row.stale)))
    if row.doubted:
        notes.append(format_counts(_("{n} TPS diragukan"), n=int(row.doubted)))
    return ", ".join(notes)


def build_curve_table(data: TurnoutData) -> Table:
    """Build the table of the turnout curve."""
    rows = data.curve
    columns: dict[str, Cells] = {
        _("waktu"): time_column(rows.index),
        _("hadir"): number_column(rows["voters_present"]),
        _("TPS melapor"): number_column(rows["tps_counted"]),
        _("partisipasi"): percent_column(
            rows["rate"], estimated=bool(data.total["rate_estimated"])
        ),
        _("partisipasi andaian"): percent_column(rows["expected"], estimated=True),
    }
    return make_table(columns, bool(data.stations["latihan"].any()))


def build_reported_totals_table(rows: pd.DataFrame) -> Table:
    """Build the table of totals reported for a desa or kecamatan, beside its TPS."""
    register = board().register
    columns: dict[str, Cells] = {
        _("lingkup"): rows["lingkup"],
        _("kecamatan"): [
            register.name_of(code) if code else "" for code in rows["kecamatan"].fillna("")
        ],
        _("desa"): rows["desa_text"],
        _("waktu"): time_column(rows["occurred_at"]),
        _("total dilaporkan"): number_column(rows["voters_present"]),
        _("jumlah dari TPS"): number_column(rows["tps_voters_present"]),
        _("TPS melapor"): ratio_column(rows["tps_counted"], rows["tps"], _("TPS")),
    }
    return make_table(columns, rows["latihan"])
