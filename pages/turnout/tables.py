"""The tables behind the turnout outlook: by kecamatan, how well it did, how it was tested."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pandas as pd

from pages.turnout.data import Work
from situasi.analysis.turnout.forecast import TurnoutForecast, compute_total
from situasi.analysis.turnout.forecast import build_kecamatan_table as by_kecamatan
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.forecast_parameters import KABUPATEN
from situasi.ui.tables.columns import bounds, moments, number, part, text
from situasi.ui.tables.columns import percent as percents
from situasi.ui.tables.table_view import Table, table


def rows(kecamatan: Collection[str], found: TurnoutForecast) -> pd.DataFrame:
    """The chosen kecamatan (none: all) as one, then each: analysis.outlook.areas, and `name`."""
    each = by_kecamatan(found)
    each = each[each.index.isin(list(kecamatan))] if kecamatan else each
    names = [found.register.name_of(str(code)) for code in each.index]
    if len(each) == 1:
        return each.assign(name=names)
    first = pd.DataFrame([compute_total(found, kecamatan)]).assign(
        name=_("Semua pilihan") if kecamatan else found.register.name_of(None)
    )
    return pd.concat([first, each.assign(name=names)], ignore_index=True)


def rates(kecamatan: Collection[str], found: TurnoutForecast) -> pd.DataFrame:
    """The same as figures.outlook draws it, in percent of the list."""
    shown = rows(kecamatan, found).reset_index(drop=True)
    known = shown["enough"].astype(bool)
    share = {name: _share(shown, name).where(known) for name in ("centre", "low", "high")}
    heads = _share(shown, "counted").where(shown["told"].astype("float64") > 0)
    return pd.DataFrame({**share, "counted": heads, "name": shown["name"]})


def _share(shown: pd.DataFrame, name: str) -> pd.Series:
    values: pd.Series = 100 * shown[name].astype("float64") / shown["dpt"].astype("float64")
    return values


def areas(kecamatan: Collection[str], shown: TurnoutForecast, found: Work) -> Table:
    """The estimate, and what the plain ways would say."""
    each = rows(kecamatan, shown)
    known = each["enough"].astype(bool)
    low, high = (_share(each, name).where(known) for name in ("low", "high"))
    return table(
        {
            _("kecamatan"): each["name"],
            _("perkiraan akhir"): percents(_share(each, "centre").where(known), estimated=True),
            _("selang"): bounds(low, high, [True] * len(each)),
            _("perkiraan hadir"): number(each["centre"].astype("float64").round(), estimated=True),
            _("menurut laju andaian"): percents(_share(each, "paced"), estimated=True),
            _("menurut TPS melapor"): percents(_share(each, "scaled"), estimated=True),
            _("sejauh ini dibagi DPT"): percents(
                _share(each, "so_far"), estimated=each["estimated"]
            ),
            _("TPS dipakai"): part(each["told"], each["tps"], _("TPS")),
            _("sudah angka akhir"): number(each["ended"]),
            _("disisihkan"): number(each["set_aside"]),
            _("catatan"): [
                "" if enough else _("belum cukup laporan; hanya bagian dari jumlah")
                for enough in known
            ],
        },
        bool(found.found["latihan"].any()),
    )


def scored(each: pd.DataFrame, found: Work) -> Table:
    """How far the outlook of earlier hours was from the end, in kecamatan whose end is known.

    each: of turnout_work.scored.
    """
    names = ["kecamatan", "at", "final", "dpt", "enough", "centre", "low", "high"]
    each = each.reindex(columns=names)
    known = each["enough"].eq(True)
    final = _share(each, "final")
    centre, low, high = (_share(each, name).where(known) for name in ("centre", "low", "high"))
    inside = (low <= final) & (final <= high)
    return table(
        {
            _("kecamatan"): [board().register.name_of(code) for code in each["kecamatan"]],
            _("perkiraan pukul"): moments(each["at"]),
            _("perkiraan akhir"): percents(centre, estimated=True),
            _("selang"): bounds(low, high, [True] * len(each)),
            _("akhir"): percents(final, estimated=True),
            _("meleset (poin)"): number(centre - final, 1, estimated=True),
            _("dalam selang"): text(
                (_("ya") if held else _("tidak")) if sure else ""
                for held, sure in zip(inside, known, strict=True)
            ),
        },
        bool(found.found["latihan"].any()),
    )


def tested() -> Table:
    """What was measured on simulated days, when the outlook was calibrated."""
    fitted = board().register.election.turnout_parameters
    each = fitted.evaluation if fitted else ()
    return table(
        {
            _("pukul"): [f"{one.at:%H.%M}" for one in each],
            _("tingkat"): [
                _("kabupaten") if one.level == KABUPATEN else _("kecamatan") for one in each
            ],
            _("selang memuat kebenaran"): percents([one.covered for one in each]),
            _("lebar selang (± poin)"): number([one.width for one in each], 1),
            _("meleset: model (poin)"): number([one.model for one in each], 1),
            _("meleset: laju andaian (poin)"): number([one.paced for one in each], 1),
            _("meleset: TPS melapor (poin)"): number([one.scaled for one in each], 1),
            _("meleset: sejauh ini (poin)"): number([one.so_far for one in each], 1),
        },
        made_up=True,
    )


def kecamatan_turnout(found: Work) -> Table:
    """Turnout of each kecamatan with its denominators."""
    register, rows = board().register, found.areas
    told = rows["told"] > 0
    made = found.found.groupby("kecamatan")["latihan"].any()
    return table(
        {
            _("kecamatan"): [register.name_of(str(code)) for code in rows.index],
            _("partisipasi"): percents(rows["rate"], estimated=rows["told_estimated"]),
            _("hadir"): number(rows["heads"].where(told)),
            _("DPT TPS melapor"): number(
                rows["dpt_told"].where(told), estimated=rows["told_estimated"]
            ),
            _("TPS melapor"): part(rows["told"], rows["tps"], _("TPS")),
            _("catatan"): [_note(one) for one in rows.itertuples()],
            _("batas seluruhnya"): bounds(rows["least"], rows["most"], rows["estimated"]),
            _("DPT"): number(rows["dpt"], estimated=rows["estimated"]),
        },
        (bool(made.get(code, False)) for code in rows.index),
    )


def _note(one: Any) -> str:
    notes = [_("rendah")] if one.is_low else []
    if one.doubted:
        notes.append(_("{n} TPS diragukan").format(n=i18n.format_number(int(one.doubted))))
    return ", ".join(notes)


def curve(found: Work) -> Table:
    """The curve as numbers."""
    rows = found.curve
    return table(
        {
            _("waktu"): moments(rows.index),
            _("hadir"): number(rows["heads"]),
            _("TPS melapor"): number(rows["told"]),
            _("partisipasi"): percents(rows["rate"], estimated=bool(found.whole["told_estimated"])),
            _("partisipasi andaian"): percents(rows["expected"], estimated=True),
        },
        bool(found.found["latihan"].any()),
    )


def totals(found: pd.DataFrame) -> Table:
    """Totals that a desa or kecamatan told, beside its TPS."""
    register = board().register
    return table(
        {
            _("lingkup"): found["lingkup"],
            _("kecamatan"): [
                register.name_of(c) if c else "" for c in found["kecamatan"].fillna("")
            ],
            _("desa"): found["desa_text"],
            _("waktu"): moments(found["occurred_at"]),
            _("total dilaporkan"): number(found["heads"]),
            _("jumlah dari TPS"): number(found["tps_heads"]),
            _("TPS melapor"): part(found["tps_told"], found["tps"], _("TPS")),
        },
        found["latihan"],
    )
