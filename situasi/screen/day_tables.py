"""The rows behind the key figures of Situasi, as tables that people read."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from situasi.analysis.day import Day
from situasi.analysis.overview import Overview
from situasi.board import current as board
from situasi.labels import label
from situasi.screen import tables
from situasi.words import _


def states(found: Overview) -> pd.DataFrame:
    """The situasi of each kecamatan, and when it was stated."""
    return pd.DataFrame(
        {
            _("kecamatan"): _names(found.states["kecamatan"]),
            _("situasi"): [
                label("situasi", state) if isinstance(state, str) else _("belum dinyatakan")
                for state in found.states["situasi"]
            ],
            _("dinyatakan"): tables.clock(pd.to_datetime(found.states["stated_at"], utc=True)),
        }
    )


def turnout(day: Day, codes: list[str]) -> pd.DataFrame:
    """Heads and rates of each kecamatan, with what they are of."""
    rows = day.turnout.loc[codes]
    return _marked(
        pd.DataFrame(
            {
                _("kecamatan"): _names(rows.index),
                _("hadir"): rows["heads"].where(rows["told"] > 0),
                _("partisipasi TPS yang melapor (%)"): rows["rate"].round(1),
                _("paling rendah (%)"): rows["least"].round(1),
                _("paling tinggi (%)"): rows["most"].round(1),
                _("TPS melapor"): rows["told"],
                _("TPS"): rows["tps"],
                _("DPT"): rows["dpt"],
                _("DPT perkiraan"): rows["estimated"].map({True: _("ya"), False: _("tidak")}),
            }
        ),
        day,
    )


def late(tps: pd.DataFrame) -> pd.DataFrame:
    """The TPS that are late, out of reach or doubted, the latest first."""
    rows = tps[tps["state"].isin(["terlambat", "tak_terjangkau", "diragukan"])]
    rows = rows.sort_values(["late_min", "code"], ascending=[False, True], na_position="last")
    table = pd.DataFrame(
        {
            _("kecamatan"): _names(rows["kecamatan"]),
            _("desa"): _names(rows["desa"]),
            _("TPS"): rows["nomor"],
            _("keadaan lapor"): [label("lapor", state) for state in rows["state"]],
            _("terlambat (menit)"): rows["late_min"],
            _("dicari oleh"): rows["chaser"],
            _("fase"): [label("fase", fase) for fase in rows["fase"]],
            _("terakhir melapor"): tables.clock(rows["last_at"]),
        }
    )
    return tables.marked(table, tps["latihan"].reindex(table.index))


def gaps(day: Day, codes: list[str]) -> pd.DataFrame:
    """Required, posted and present officers of each kecamatan."""
    rows = day.gaps.loc[codes]
    known = rows["known"]
    return _marked(
        pd.DataFrame(
            {
                _("kecamatan"): _names(rows.index),
                _("perlu menurut pola (perkiraan)"): rows["required"],
                _("ditempatkan"): rows["posted"].where(known),
                _("hadir"): rows["present"].where(known),
                _("TPS tanpa petugas"): rows["tps_uncovered"].where(known),
                _("TPS"): rows["tps"],
            }
        ),
        day,
    )


def feeds(found: Overview) -> pd.DataFrame:
    """Each feed that is expected to speak, and when it last did."""
    return pd.DataFrame(
        {
            _("sumber"): [label("feed", feed.feed) for feed in found.feeds],
            _("laporan terakhir"): [_moment(feed.last) for feed in found.feeds],
            _("keadaan"): [
                _("senyap") if feed.silent else _("melapor") if feed.last else _("belum melapor")
                for feed in found.feeds
            ],
        }
    )


def _moment(at: datetime | None) -> str:
    if at is None:
        return ""
    return f"{at.astimezone(board().register.election.zone):%d/%m/%Y %H.%M}"


def _names(codes: pd.Index | pd.Series) -> list[str]:
    return [board().register.name_of(code) for code in codes]


def _marked(table: pd.DataFrame, day: Day) -> pd.DataFrame:
    made_up = bool(day.stations["latihan"].any())
    return tables.marked(table, pd.Series(made_up, table.index))
