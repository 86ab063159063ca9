"""Activities and stages as tables that people read and take along."""

from __future__ import annotations

from typing import Any

import pandas as pd

from situasi import words
from situasi.analysis.activities import UNSTATED, WHOLE
from situasi.analysis.sop import Line
from situasi.board import current as board
from situasi.labels import label
from situasi.records import FUNGSI
from situasi.screen import tables
from situasi.words import _


def fungsi_name(code: str | None) -> str:
    if not isinstance(code, str):
        return ""
    return _("fungsi tidak disebut") if code == UNSTATED else label("giat", code)


def when(row: Any) -> str:
    """When an activity is or was, as exactly as its sender knew."""
    return _moment(row.occurred_at, row.precision)


def _moment(at: Any, precision: str) -> str:
    local = at.tz_convert(board().register.election.zone)
    if precision == "bulan":
        return words.month(local)
    return f"{local:%d/%m/%Y}" if precision == "hari" else f"{local:%d/%m/%Y %H.%M}"


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


def readable(rows: pd.DataFrame) -> pd.DataFrame:
    """Activities with the headings of our files, in the order given."""
    register = board().register
    listed: list[Any] = list(rows.itertuples())
    table = pd.DataFrame(
        {
            _("waktu"): [when(row) for row in listed],
            _("keadaan"): [label("giat_state", row.state) for row in listed],
            _("giat"): [label("giat", row.giat) for row in listed],
            _("fungsi"): [fungsi_name(row.fungsi) for row in listed],
            _("kecamatan"): [register.name_of(row.kecamatan) for row in listed],
            _("lokasi"): rows["lokasi"].to_list(),
            _("uraian"): rows["uraian"].to_list(),
            _("tahap"): [_stage(row) for row in listed],
            _("SOP"): rows["sop"].to_list(),
            _("mitra"): rows["mitra"].to_list(),
            _("jumlah"): rows["jumlah"].to_list(),
            _("tidak dikenal"): rows["strange"].to_list(),
            _("pelapor"): rows["pelapor"].to_list(),
            _("catatan periksa"): rows["flags"].to_list(),
            _("sumber"): rows["sumber"].to_list(),
            _("id"): rows["id"].to_list(),
        },
        index=rows.index,
    )
    return tables.marked(table.fillna(""), rows["latihan"])


def short(rows: pd.DataFrame, *left_out: str) -> pd.DataFrame:
    """The same without the columns that are empty in every row, or named."""
    table = readable(rows)
    held = [name for name in table if name not in left_out and (table[name] != "").any()]
    return table[held]


def timetable(found: pd.DataFrame) -> pd.DataFrame:
    """Stages with their dates, and whether a source gives them."""
    return pd.DataFrame(
        {
            _("kode"): found["code"],
            _("tahap"): found["name"],
            _("mulai"): _days(found["start"]),
            _("selesai"): _days(found["end"]),
            _("keadaan"): [label("tahap", state) for state in found["state"]],
            _("lingkup"): found["scope"],
            _("tanggal"): [
                _("tersumber") if sure else _("belum pasti") for sure in found["sure"]
            ],
            _("catatan"): found["note"],
            _("sumber"): found["source"],
        }
    )  # fmt: skip


def _days(dates: pd.Series) -> pd.Series:
    told: pd.Series = dates.dt.strftime("%d/%m/%Y")
    return told.where(dates.notna(), _("tidak ditemukan"))


def matrix(counted: pd.DataFrame, cases: pd.DataFrame, chosen: list[str]) -> pd.DataFrame:
    """Done of all by place and fungsi, "3/4"; empty where no activity is known.

    counted: of analysis.activities.matrix of these cases. chosen: places listed in any case.
    """
    register = board().register
    cells = {
        (row.place, row.fungsi): f"{row.done}/{row.all}"
        for row in counted.itertuples()
    }  # fmt: skip
    others = [p for p in dict.fromkeys(counted["place"]) if p not in register.kecamatan]
    places = [WHOLE, *chosen, *(place for place in others if place != WHOLE)]
    sums = counted.groupby("place")[["done", "all"]].sum()
    totals = {row.Index: f"{row.done}/{row.all}" for row in sums.itertuples()}
    table = pd.DataFrame(
        {
            _("kecamatan"): [
                _("seluruh kabupaten") if place == WHOLE else register.name_of(place)
                for place in places
            ],
            _("semua"): [totals.get(place, "") for place in places],
            **{
                fungsi_name(code): [cells.get((place, code), "") for place in places]
                for code in (*FUNGSI, UNSTATED)
            },
        }
    )
    made_up = cases[cases["latihan"]]["kecamatan"]
    drilled = set(made_up.where(made_up.notna(), WHOLE))
    return tables.marked(table, pd.Series([place in drilled for place in places]))


def joint(counted: pd.DataFrame) -> pd.DataFrame:
    """Joint work by institution, of analysis.activities.joint."""
    listed: list[Any] = list(counted.itertuples())
    table = pd.DataFrame(
        {
            _("mitra"): counted["mitra"],
            _("terlaksana"): counted["done"],
            _("semua giat"): counted["all"],
            _("terakhir terlaksana"): [
                _moment(row.last, row.precision) if row.done else _("belum") for row in listed
            ],
        }
    )
    return tables.marked(table, counted["made_up"])


def checklist(cases: pd.DataFrame, lines: list[Line]) -> pd.DataFrame:
    """The SOP list, each line with the activities behind it."""
    told: list[Any] = list(cases.itertuples())
    listed = [
        (
            line.item.code,
            stage_names((line.item.stage,)),
            line.item.text,
            fungsi_name(line.item.fungsi),
            label("giat", line.item.giat),
            label("sop", line.state),
            "; ".join(f"{row.id} {when(row)}" for row in (told[at] for at in line.behind)),
            line.item.basis,
            _("LATIHAN") if any(told[at].latihan for at in line.behind) else "",
        )
        for line in lines
    ]
    heads = (
        _("kode"), _("tahap"), _("butir"), _("fungsi"), _("giat"), _("keadaan"),
        _("giat di baliknya"), _("dasar"), _("LATIHAN"),
    )  # fmt: skip
    table = pd.DataFrame(listed, columns=list(heads))
    return table if (table[_("LATIHAN")] != "").any() else table.drop(columns=_("LATIHAN"))
