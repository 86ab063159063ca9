"""Tables of the page Personel: areas, agencies, TPS and officers."""

from collections.abc import Callable

import pandas as pd

from situasi.analysis.personnel.coverage import is_end_of_duty
from situasi.analysis.personnel.officers import POLICE_GROUPS, UNKNOWN
from situasi.board import current_board as board
from situasi.common.i18n import _
from situasi.domain import feed_schemas
from situasi.domain.labels import label
from situasi.domain.officer_marks import is_number_mark, shorten_mark
from situasi.ui.tables.columns import (
    Cells,
    imprecise_time_column,
    number_column,
    ratio_column,
    time_column,
)
from situasi.ui.tables.table_view import Table, make_table


def kecamatan_name(code: str) -> str:
    """Return the name of a kecamatan."""
    return board().register.name_of(code)


def polsek_name(name: str) -> str:
    """Return the name of a Polsek, or a text where there is none."""
    return name or _("tanpa polsek")


def officer_names(postings: pd.DataFrame) -> pd.Series:
    """Return how to call the officer of each posting: by number, else rank, unit and short mark."""
    names = [
        " ".join([*(part for part in known if isinstance(part, str)), shorten_mark(petugas)])
        if is_number_mark(petugas)
        else petugas
        for petugas, *known in zip(
            postings["petugas"], postings["pangkat"], postings["satuan"], strict=True
        )
    ]
    return pd.Series(names, postings.index, dtype="object")


def agency_name(code: object) -> str:
    """Return the name of an agency, or a text where it is not stated."""
    is_known = isinstance(code, str) and code != UNKNOWN
    return label("instansi", str(code)) if is_known else _("belum disebut")


def build_areas_table(
    rows: pd.DataFrame, heading: str, name_of: Callable[[str], str], is_exercise: bool
) -> Table:
    """Build the table of areas: required, posted, present; missing where postings are unknown.

    is_exercise: any row is of an exercise, which cannot be separated in sums; so in all tables.
    """
    known = rows["known"]
    present = {_("hadir"): number_column(rows["present"].where(known))}
    silent = {_("tanpa kabar"): number_column(rows["tanpa_kabar"].where(known))}
    gaps = {
        _("tanpa petugas"): number_column(rows["absent"].where(known)),
        _("di bawah pola"): number_column(rows["below"].where(known), estimated=True),
    }
    if is_end_of_duty(rows[["released", "tps", "kembali", "posted"]].sum()):
        # Who is home or silent is asked then, not where somebody is missing.
        returned = {_("sudah kembali"): number_column(rows["kembali"].where(known))}
        states = {**returned, **silent, **present, **gaps}
    else:
        states = {**present, **gaps, **silent}
    columns: dict[str, Cells] = {
        heading: [name_of(str(area)) for area in rows.index],
        _("TPS"): number_column(rows["tps"]),
        _("perlu"): number_column(rows["required"], estimated=True),
        _("diplot"): number_column(rows["posted"].where(known)),
        **states,
        _("belum tiba"): number_column(rows["belum_tiba"].where(known)),
        _("linmas perlu"): number_column(rows["required_linmas"], estimated=True),
    }
    if rows["linmas_posted"].sum() > 0:
        columns[_("linmas hadir")] = ratio_column(
            rows["linmas_present"].where(known), rows["linmas_posted"].where(known),
            _("linmas diplot"),
        )  # fmt: skip
    return make_table(columns, is_exercise)


def build_agencies_table(rows: pd.DataFrame, has_roster: bool, is_exercise: bool) -> Table:
    """Build the table of agencies: roster (missing if there is none), duties and states."""
    columns: dict[str, Cells] = {
        _("instansi"): [agency_name(code) for code in rows.index],
        _("di daftar"): number_column(rows["roster"] if has_roster else [None] * len(rows)),
        _("diplot"): number_column(rows["posted"]),
        _("hadir"): number_column(rows["hadir"]),
        _("tanpa kabar"): number_column(rows["tanpa_kabar"]),
        _("belum tiba"): number_column(rows["belum_tiba"]),
        _("belum lapor diri"): number_column(rows["mute"]),
        _("di TPS"): number_column(rows["tps"]),
        _("kecamatan"): number_column(rows["kecamatan"]),
        _("cadangan"): number_column(rows["cadangan"]),
        _("patroli"): number_column(rows["patroli"]),
        _("lapor diri tanpa plotting"): number_column(rows["unposted"]),
    }
    return make_table(columns, is_exercise)


def build_checkins_table(rows: pd.DataFrame, is_exercise: bool) -> Table:
    """Build the table of officers by last check-in and kecamatan (count_by_last_checkin)."""
    columns: dict[str, Cells] = {
        _("kecamatan"): [
            kecamatan_name(code) if code else _("tidak disebut") for code in rows.index
        ],
        _("petugas"): number_column(rows["officers"]),
        **{label("checkin", code): number_column(rows[code]) for code in feed_schemas.CHECKIN},
    }
    return make_table(columns, is_exercise)


def build_tps_table(rows: pd.DataFrame, postings: pd.DataFrame) -> Table:
    """Build the table of TPS with their state and their officers, by number."""
    police = postings[postings["code"].isin(rows["code"]) & postings["group"].isin(POLICE_GROUPS)]
    officers = officer_names(police).groupby(police["code"]).agg(", ".join)
    of_exercise = police.loc[police["latihan"], "code"]
    columns: dict[str, Cells] = {
        _("kecamatan"): [kecamatan_name(code) for code in rows["kecamatan"]],
        _("desa"): [kecamatan_name(code) for code in rows["desa"]],
        _("TPS"): [f"{nomor:03d}" for nomor in rows["nomor"]],
        _("keadaan"): [label("kehadiran", state) for state in rows["state"]],
        _("perlu"): number_column(rows["need"], 2, estimated=True),
        _("kekuatan diplot"): number_column(rows["strength"], 2),
        _("kekuatan hadir"): number_column(rows["strength_present"], 2),
        _("petugas diplot"): rows["code"].map(officers),
        _("kerawanan"): [label("kerawanan", level) for level in rows["kerawanan"]],
        _("polsek"): [polsek_name(name) for name in rows["polsek"]],
    }
    return make_table(columns, rows["code"].isin(of_exercise))


def build_officers_table(rows: pd.DataFrame, postings: pd.DataFrame) -> Table:
    """Build the table of officers: number, agency, duty, place, state and last check-in."""
    own = postings[postings["petugas"].isin(rows.index)]
    places = find_posting_places(own).reindex(rows.index)
    columns: dict[str, Cells] = {
        _("petugas"): [shorten_mark(petugas) for petugas in rows.index],
        _("instansi"): [agency_name(code) for code in rows["instansi"]],
        _("keadaan"): [label("kehadiran", state) for state in rows["state"]],
        _("penugasan"): [duty_name(code) for code in rows["duty"]],
        _("kecamatan"): [", ".join(map(kecamatan_name, sorted(a))) for a in rows["areas"]],
        _("tempat"): places.fillna(rows["lokasi"]),
        _("lapor terakhir"): [label("checkin", word) for word in rows["checkin"]],
        _("waktu lapor"): time_column(rows["checkin_at"]),
        _("pangkat"): rows["pangkat"],
        _("satuan"): rows["satuan"],
    }
    return make_table(columns, rows["latihan"])


def find_posting_places(postings: pd.DataFrame) -> pd.Series:
    """Return desa and numbers of the TPS of each officer, as text by petugas."""
    desa = postings["desa_text"].fillna(postings["desa"]).fillna("")
    names = desa + " " + postings["tps"].fillna("?")
    return names.groupby(postings["petugas"]).agg(", ".join)


def build_checkins_of_officer_table(rows: pd.DataFrame) -> Table:
    """Build the table of all check-ins of one officer, newest first."""
    newest = rows.sort_values(["occurred_at", "seq"], ascending=False, kind="stable")
    columns: dict[str, Cells] = {
        _("waktu"): imprecise_time_column(newest["occurred_at"], newest["precision"]),
        _("lapor"): [label("checkin", word) for word in newest["checkin"]],
        **_build_place_columns(newest),
        _("uraian"): newest["uraian"],
        _("pelapor"): newest["pelapor"],
        _("catatan periksa"): newest["flags"],
    }
    return make_table(columns, newest["latihan"])


def build_orders_of_officer_table(rows: pd.DataFrame) -> Table:
    """Build the table of all orders of one officer, newest first; without a time: from the start.

    A later order replaces the earlier ones.
    """
    newest = rows.sort_values(["occurred_at", "seq"], ascending=False, kind="stable")
    columns: dict[str, Cells] = {
        _("berlaku sejak"): imprecise_time_column(newest["occurred_at"], newest["precision"]),
        _("penugasan"): [duty_name(code) for code in newest["penugasan"]],
        **_build_place_columns(newest),
        _("lokasi"): newest["lokasi"],
        _("uraian"): newest["uraian"],
        _("pelapor"): newest["pelapor"],
    }
    return make_table(columns, newest["latihan"])


def _build_place_columns(rows: pd.DataFrame) -> dict[str, Cells]:
    return {
        _("kecamatan"): [kecamatan_name(code) if code else "" for code in rows["kecamatan"]],
        _("tempat"): list(map(_format_place, rows["desa_text"], rows["tps"])),
    }


def _format_place(desa: object, tps: object) -> str:
    """Return desa and TPS of a row; tps: one number or several, joined by commas."""
    stations = f"TPS {tps.replace(',', ', ')}" if isinstance(tps, str) else None
    return " · ".join(part for part in (desa, stations) if isinstance(part, str))


def duty_name(code: object) -> str:
    """Return the name of a duty, or that nobody was posted."""
    return label("penugasan", code) if isinstance(code, str) else _("tanpa plotting")


def build_unknown_tps_table(postings: pd.DataFrame) -> Table:
    """Build the table of postings whose TPS is not in the register, as they were written."""
    rows = postings[postings["code"].isna()]
    columns: dict[str, Cells] = {
        _("petugas"): officer_names(rows),
        _("kecamatan"): [board().register.name_of(code) for code in rows["kecamatan"]],
        _("desa"): rows["desa_text"].fillna(rows["desa"]),
        _("TPS"): rows["tps"],
    }
    return make_table(columns, rows["latihan"])


def build_presence_curve_table(rows: pd.DataFrame, is_exercise: bool) -> Table:
    """Build the table of presence through the day."""
    columns: dict[str, Cells] = {
        _("pukul"): time_column(rows.index),
        _("hadir"): number_column(rows["present"]),
        _("tanpa kabar"): number_column(rows["silent"]),
    }
    return make_table(columns, is_exercise)
