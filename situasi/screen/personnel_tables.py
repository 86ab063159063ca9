"""Tables of the page Personel: areas, agencies, TPS and officers, as people read them."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from situasi import records, words
from situasi.analysis.officers import AS_POLICE, UNKNOWN
from situasi.board import current as board
from situasi.labels import label
from situasi.screen import session, tables
from situasi.words import _


def kecamatan_name(code: str) -> str:
    return board().register.name_of(code)


def polsek_name(name: str) -> str:
    return name or _("tanpa polsek")


def agency_name(code: object) -> str:
    """The word for an agency; a dash of words where nobody stated it."""
    known = isinstance(code, str) and code != UNKNOWN
    return label("instansi", str(code)) if known else _("belum disebut")


def areas(rows: pd.DataFrame, heading: str, name: Callable[[str], str]) -> pd.DataFrame:
    """Areas with what is required, posted and present; empty where no posting is known."""
    told = rows["known"]
    linmas = rows["linmas_posted"].sum() > 0

    def said(column: str, where: pd.Series = told) -> pd.Series:
        return rows[column].astype("Int64").where(where)

    table = {
        heading: [name(str(area)) for area in rows.index],
        _("TPS"): rows["tps"],
        _("≈ perlu"): rows["required"],
        _("diplot"): said("posted"),
        _("hadir"): said("present"),
        _("tanpa kabar"): said("tanpa_kabar"),
        _("belum tiba"): said("belum_tiba"),
        _("TPS tanpa petugas"): said("absent"),
        _("≈ TPS di bawah pola"): said("below"),
        _("≈ linmas perlu"): rows["required_linmas"],
    }
    if linmas:
        table[_("linmas diplot")] = said("linmas_posted")
        table[_("linmas hadir")] = said("linmas_present")
    return _with_mark(pd.DataFrame(table).reset_index(drop=True))


def _with_mark(table: pd.DataFrame) -> pd.DataFrame:
    """The table marked where the board holds made-up rows: sums cannot be parted."""
    made_up = pd.Series(session.picture().snapshot.rehearsal, table.index, dtype="bool")
    return tables.marked(table, made_up)


def agencies(rows: pd.DataFrame, roster: bool) -> pd.DataFrame:
    """Agencies with roster, duties and states; the roster is empty where none was delivered."""
    table = {
        _("instansi"): [agency_name(code) for code in rows.index],
        _("di daftar"): rows["roster"].astype("Int64") if roster else None,
        _("diplot"): rows["posted"],
        _("di TPS"): rows["tps"],
        _("kecamatan"): rows["kecamatan"],
        _("cadangan"): rows["cadangan"],
        _("patroli"): rows["patroli"],
        _("hadir"): rows["hadir"],
        _("tanpa kabar"): rows["tanpa_kabar"],
        _("belum tiba"): rows["belum_tiba"],
        _("belum lapor diri"): rows["mute"],
        _("lapor diri tanpa plotting"): rows["unposted"],
    }
    return _with_mark(pd.DataFrame(table).reset_index(drop=True))


def checkins(rows: pd.DataFrame) -> pd.DataFrame:
    """Officers by their last word, by kecamatan (officers.by_last_word)."""
    table = {
        _("kecamatan"): [
            kecamatan_name(code) if code else _("tidak disebut") for code in rows.index
        ],
        _("petugas"): rows["officers"],
        **{label("checkin", code): rows[code] for code in records.CHECKIN},
    }
    return _with_mark(pd.DataFrame(table).reset_index(drop=True))


def tps(rows: pd.DataFrame, posts: pd.DataFrame) -> pd.DataFrame:
    """TPS of manning.by_tps with their state and their officers, by number."""
    named = posts[posts["code"].isin(rows["code"]) & posts["group"].isin(AS_POLICE)]
    officers = named.groupby("code")["petugas"].agg(", ".join)
    made_up = named.groupby("code")["latihan"].any()
    table = pd.DataFrame(
        {
            _("kecamatan"): [kecamatan_name(code) for code in rows["kecamatan"]],
            _("desa"): [kecamatan_name(code) for code in rows["desa"]],
            _("TPS"): [f"{number:03d}" for number in rows["nomor"]],
            _("keadaan"): [label("kehadiran", state) for state in rows["state"]],
            _("≈ perlu"): _part(rows["need"]),
            _("kekuatan diplot"): _part(rows["strength"]),
            _("kekuatan hadir"): _part(rows["strength_present"]),
            _("petugas diplot"): rows["code"].map(officers).fillna(""),
            _("kerawanan"): [label("kerawanan", level) for level in rows["kerawanan"]],
            _("polsek"): [polsek_name(name) for name in rows["polsek"]],
        }
    )
    return tables.marked(table, rows["code"].map(made_up).fillna(False).astype("bool"))


def _part(shares: pd.Series) -> list[str]:
    """Parts of officers as people write them: 0,25."""
    return [words.number(share, 2) for share in shares]


def officers(rows: pd.DataFrame, posts: pd.DataFrame) -> pd.DataFrame:
    """Officers of officers.officers: number, agency, duty, where, state and last word."""
    mine = posts[posts["petugas"].isin(rows.index)]
    told = mine["desa_text"].fillna(mine["desa"]).fillna("") + " " + mine["tps"].fillna("?")
    places = told.groupby(mine["petugas"]).agg(", ".join).reindex(rows.index)
    table = pd.DataFrame(
        {
            _("petugas"): rows.index.to_numpy(),
            _("instansi"): [agency_name(code) for code in rows["instansi"]],
            _("pangkat"): rows["pangkat"].fillna("").to_numpy(),
            _("satuan"): rows["satuan"].fillna("").to_numpy(),
            _("penugasan"): [_duty(code) for code in rows["duty"]],
            _("kecamatan"): [", ".join(map(kecamatan_name, sorted(a))) for a in rows["areas"]],
            _("tempat"): places.fillna(rows["lokasi"]).fillna("").to_numpy(),
            _("keadaan"): [label("kehadiran", state) for state in rows["state"]],
            _("lapor terakhir"): [label("checkin", word) for word in rows["checkin"]],
            _("waktu lapor"): tables.clock(rows["checkin_at"]).to_numpy(),
        }
    )
    return tables.marked(table, rows["latihan"].reset_index(drop=True))


def _duty(code: object) -> str:
    return label("penugasan", code) if isinstance(code, str) else _("tanpa plotting")


def strange_tps(posts: pd.DataFrame) -> pd.DataFrame:
    """Postings whose TPS the register does not have, as they were written."""
    rows = posts[posts["code"].isna()].reset_index(drop=True)
    table = pd.DataFrame(
        {
            _("petugas"): rows["petugas"],
            _("kecamatan"): [board().register.name_of(code) for code in rows["kecamatan"]],
            _("desa"): rows["desa_text"].fillna(rows["desa"]).fillna(""),
            _("TPS"): rows["tps"].fillna(""),
        }
    )
    return tables.marked(table, rows["latihan"])


def curve(rows: pd.DataFrame) -> pd.DataFrame:
    """The curve through the day as numbers."""
    times = [words.clock(moment) for moment in rows.index]
    table = pd.DataFrame(
        {
            _("pukul"): times,
            _("hadir"): rows["present"].to_numpy(),
            _("tanpa kabar"): rows["silent"].to_numpy(),
        }
    )
    return _with_mark(table)
