"""The tables behind the turnout outlook: by kecamatan, how well it did, how it was tested."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pandas as pd

from pages.turnout.data import TurnoutData
from situasi.analysis.turnout.forecast import TurnoutForecast, compute_total
from situasi.analysis.turnout.forecast import build_kecamatan_table as by_kecamatan
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.forecast_parameters import KABUPATEN
from situasi.ui.tables.columns import (
    number_column,
    range_column,
    ratio_column,
    text_column,
    time_column,
)
from situasi.ui.tables.columns import percent_column as percents
from situasi.ui.tables.table_view import Table, make_table


def build_forecast_rows(kecamatan: Collection[str], forecast: TurnoutForecast) -> pd.DataFrame:
    """The chosen kecamatan (none: all) as one, then each: analysis.outlook.areas, and `name`."""
    each = by_kecamatan(forecast)
    each = each[each.index.isin(list(kecamatan))] if kecamatan else each
    names = [forecast.register.name_of(str(code)) for code in each.index]
    if len(each) == 1:
        return each.assign(name=names)
    first = pd.DataFrame([compute_total(forecast, kecamatan)]).assign(
        name=_("Semua pilihan") if kecamatan else forecast.register.name_of(None)
    )
    return pd.concat([first, each.assign(name=names)], ignore_index=True)


def build_forecast_rates(kecamatan: Collection[str], forecast: TurnoutForecast) -> pd.DataFrame:
    """The same as figures.outlook draws it, in percent of the list."""
    shown = build_forecast_rows(kecamatan, forecast).reset_index(drop=True)
    known = shown["enough"].astype(bool)
    share = {name: _percent_of_dpt(shown, name).where(known) for name in ("centre", "low", "high")}
    heads = _percent_of_dpt(shown, "counted").where(shown["told"].astype("float64") > 0)
    return pd.DataFrame({**share, "counted": heads, "name": shown["name"]})


def _percent_of_dpt(rows: pd.DataFrame, name: str) -> pd.Series:
    values: pd.Series = 100 * rows[name].astype("float64") / rows["dpt"].astype("float64")
    return values


def build_forecast_table(
    kecamatan: Collection[str], forecast: TurnoutForecast, data: TurnoutData
) -> Table:
    """The estimate, and what the plain ways would say."""
    each = build_forecast_rows(kecamatan, forecast)
    known = each["enough"].astype(bool)
    low, high = (_percent_of_dpt(each, name).where(known) for name in ("low", "high"))
    return make_table(
        {
            _("kecamatan"): each["name"],
            _("perkiraan akhir"): percents(
                _percent_of_dpt(each, "centre").where(known), estimated=True
            ),
            _("selang"): range_column(low, high, [True] * len(each)),
            _("perkiraan hadir"): number_column(
                each["centre"].astype("float64").round(), estimated=True
            ),
            _("menurut laju andaian"): percents(_percent_of_dpt(each, "paced"), estimated=True),
            _("menurut TPS melapor"): percents(_percent_of_dpt(each, "scaled"), estimated=True),
            _("sejauh ini dibagi DPT"): percents(
                _percent_of_dpt(each, "so_far"), estimated=each["estimated"]
            ),
            _("TPS dipakai"): ratio_column(each["told"], each["tps"], _("TPS")),
            _("sudah angka akhir"): number_column(each["ended"]),
            _("disisihkan"): number_column(each["set_aside"]),
            _("catatan"): [
                "" if enough else _("belum cukup laporan; hanya bagian dari jumlah")
                for enough in known
            ],
        },
        bool(data.stations["latihan"].any()),
    )


def build_forecast_errors_table(errors: pd.DataFrame, data: TurnoutData) -> Table:
    """How far the outlook of earlier hours was from the end, in kecamatan whose end is known.

    each: of turnout_work.scored.
    """
    names = ["kecamatan", "at", "final", "dpt", "enough", "centre", "low", "high"]
    errors = errors.reindex(columns=names)
    known = errors["enough"].eq(True)
    final = _percent_of_dpt(errors, "final")
    centre, low, high = (
        _percent_of_dpt(errors, name).where(known) for name in ("centre", "low", "high")
    )
    inside = (low <= final) & (final <= high)
    return make_table(
        {
            _("kecamatan"): [board().register.name_of(code) for code in errors["kecamatan"]],
            _("perkiraan pukul"): time_column(errors["at"]),
            _("perkiraan akhir"): percents(centre, estimated=True),
            _("selang"): range_column(low, high, [True] * len(errors)),
            _("akhir"): percents(final, estimated=True),
            _("meleset (poin)"): number_column(centre - final, 1, estimated=True),
            _("dalam selang"): text_column(
                (_("ya") if held else _("tidak")) if sure else ""
                for held, sure in zip(inside, known, strict=True)
            ),
        },
        bool(data.stations["latihan"].any()),
    )


def build_calibration_table() -> Table:
    """What was measured on simulated days, when the outlook was calibrated."""
    fitted = board().register.election.turnout_parameters
    each = fitted.evaluation if fitted else ()
    return make_table(
        {
            _("pukul"): [f"{one.at:%H.%M}" for one in each],
            _("tingkat"): [
                _("kabupaten") if one.level == KABUPATEN else _("kecamatan") for one in each
            ],
            _("selang memuat kebenaran"): percents([one.covered for one in each]),
            _("lebar selang (± poin)"): number_column([one.width for one in each], 1),
            _("meleset: model (poin)"): number_column([one.model for one in each], 1),
            _("meleset: laju andaian (poin)"): number_column([one.paced for one in each], 1),
            _("meleset: TPS melapor (poin)"): number_column([one.scaled for one in each], 1),
            _("meleset: sejauh ini (poin)"): number_column([one.so_far for one in each], 1),
        },
        is_exercise=True,
    )


def build_turnout_table(data: TurnoutData) -> Table:
    """Turnout of each kecamatan with its denominators."""
    register, rows = board().register, data.areas
    told = rows["told"] > 0
    made = data.stations.groupby("kecamatan")["latihan"].any()
    return make_table(
        {
            _("kecamatan"): [register.name_of(str(code)) for code in rows.index],
            _("partisipasi"): percents(rows["rate"], estimated=rows["told_estimated"]),
            _("hadir"): number_column(rows["heads"].where(told)),
            _("DPT TPS melapor"): number_column(
                rows["dpt_told"].where(told), estimated=rows["told_estimated"]
            ),
            _("TPS melapor"): ratio_column(rows["told"], rows["tps"], _("TPS")),
            _("catatan"): [_format_note(one) for one in rows.itertuples()],
            _("batas seluruhnya"): range_column(rows["least"], rows["most"], rows["estimated"]),
            _("DPT"): number_column(rows["dpt"], estimated=rows["estimated"]),
        },
        (bool(made.get(code, False)) for code in rows.index),
    )


def _format_note(row: Any) -> str:
    notes = [_("rendah")] if row.is_low else []
    if row.doubted:
        notes.append(_("{n} TPS diragukan").format(n=i18n.format_number(int(row.doubted))))
    return ", ".join(notes)


def build_curve_table(data: TurnoutData) -> Table:
    """The curve as numbers."""
    rows = data.curve
    return make_table(
        {
            _("waktu"): time_column(rows.index),
            _("hadir"): number_column(rows["heads"]),
            _("TPS melapor"): number_column(rows["told"]),
            _("partisipasi"): percents(rows["rate"], estimated=bool(data.total["told_estimated"])),
            _("partisipasi andaian"): percents(rows["expected"], estimated=True),
        },
        bool(data.stations["latihan"].any()),
    )


def build_reported_totals_table(rows: pd.DataFrame) -> Table:
    """Totals that a desa or kecamatan told, beside its TPS."""
    register = board().register
    return make_table(
        {
            _("lingkup"): rows["lingkup"],
            _("kecamatan"): [
                register.name_of(c) if c else "" for c in rows["kecamatan"].fillna("")
            ],
            _("desa"): rows["desa_text"],
            _("waktu"): time_column(rows["occurred_at"]),
            _("total dilaporkan"): number_column(rows["heads"]),
            _("jumlah dari TPS"): number_column(rows["tps_heads"]),
            _("TPS melapor"): ratio_column(rows["tps_told"], rows["tps"], _("TPS")),
        },
        rows["latihan"],
    )
