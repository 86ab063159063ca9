"""Tables of the Masukan page as people read them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pandas as pd

from situasi import records, words
from situasi.board import current as board
from situasi.ingest import Ledger
from situasi.labels import label
from situasi.records import Column, Kind
from situasi.screen import tables
from situasi.words import _


def feeds_table(feeds: pd.DataFrame) -> pd.DataFrame:
    """Every feed: when last heard, and where its rows are."""
    return pd.DataFrame(
        {
            _("laporan"): [label("feed", feed) for feed in feeds["feed"]],
            _("keadaan"): [_state(row) for row in feeds.itertuples()],
            _("kabar terakhir"): tables.clock(feeds["last"]),
            _("kiriman"): feeds["deliveries"],
            **_counts(feeds),
            _("di papan"): feeds["standing"],
            _("menunggu"): feeds["waiting"],
        }
    )


def sources_table(sources: pd.DataFrame) -> pd.DataFrame:
    """Every file of every feed."""
    table = pd.DataFrame(
        {
            _("berkas"): sources["source"],
            _("laporan"): [label("feed", feed) for feed in sources["feed"]],
            _("kabar terakhir"): tables.clock(sources["last"]),
            _("dicatat"): tables.clock(sources["delivered"]),
            _("kiriman"): sources["deliveries"],
            **_counts(sources),
            _("di papan"): sources["standing"],
            _("ditarik"): sources["taken_back"],
        }
    )
    return tables.marked(table, sources["made_up"])


def ledger_table(ledger: pd.DataFrame) -> pd.DataFrame:
    """Every delivery, with who brought it, and who took it back and why."""
    table = pd.DataFrame(
        {
            _("no"): ledger["batch"],
            _("dicatat"): tables.clock(ledger["recorded_at"]),
            _("laporan"): [label("feed", feed) for feed in ledger["feed"]],
            _("berkas"): ledger["source"],
            _("oleh"): ledger["actor"],
            **_counts(ledger),
            _("di papan"): ledger["standing"],
            _("ditarik"): [_taken_back(row) for row in ledger.itertuples()],
            _("sidik SHA-256"): ledger["sha256"].str[:12],
        }
    )
    return tables.marked(table, ledger["made_up"])


def waiting_table(
    waiting: pd.DataFrame, taken_back: Collection[int], made_up: Collection[int]
) -> pd.DataFrame:
    """Rows in quarantine. taken_back, made_up: batches that were withdrawn, that are LATIHAN."""
    table = pd.DataFrame(
        {
            _("no karantina"): waiting["number"],
            _("laporan"): [label("feed", feed) for feed in waiting["feed"]],
            _("berkas"): waiting["source"],
            _("baris"): waiting["row"],
            _("alasan"): ["; ".join(reasons) for reasons in waiting["reasons"]],
            _("dicatat"): tables.clock(waiting["recorded_at"]),
            _("catatan"): [
                _("dari kiriman yang ditarik") if batch in taken_back else ""
                for batch in waiting["batch"]
            ],
        }
    )
    return tables.marked(table, waiting["batch"].isin(list(made_up)))


def reasons_table(reasons: pd.DataFrame) -> pd.DataFrame:
    """Why rows wait, the most frequent reason first."""
    return pd.DataFrame(
        {
            _("baris"): reasons["rows"],
            _("alasan"): reasons["kind"],
            _("laporan"): [label("feed", feed) for feed in reasons["feed"]],
            _("berkas"): reasons["sources"],
            _("contoh"): reasons["example"],
        }
    )


def refused_table(ledger: Ledger) -> pd.DataFrame:
    """The faulty rows of a file that is only tried."""
    return pd.DataFrame(
        {
            _("baris"): [
                f"{one['sheet']} {one['row']}" if "sheet" in one else str(one["row"])
                for one in ledger.reasons
            ],
            _("alasan"): ["; ".join(one["reasons"]) for one in ledger.reasons],
        }
    )


def stored_table(feed: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of a feed as they will be stored, without the columns that none of them fills."""
    table = {_("baris"): rows["row"]}
    for column in records.FEEDS[feed].columns:
        values = rows[column.name]
        if column.name == "latihan" or values.isna().all():
            continue
        table[_heading(column)] = _as_read(column, values)
    return tables.marked(pd.DataFrame(table), rows["latihan"])


def _heading(column: Column) -> str:
    return _("kecamatan") if column.name == "kecamatan" else column.heading


def _as_read(column: Column, values: pd.Series[Any]) -> pd.Series[Any]:
    if column.kind is Kind.TIME:
        return tables.clock(values)
    if column.name == "kecamatan":
        return values.map(board().register.name_of)
    return values


def equation(read: int, accepted: int, duplicate: int, quarantined: int) -> str:
    """Where the rows read are: the three always add up."""
    return _("{read} dibaca = {a} diterima + {d} ganda + {q} karantina").format(
        read=words.number(read),
        a=words.number(accepted),
        d=words.number(duplicate),
        q=words.number(quarantined),
    )


def _counts(table: pd.DataFrame) -> dict[str, pd.Series[Any]]:
    return {
        _("dibaca"): table["read"],
        _("diterima"): table["accepted"],
        _("ganda"): table["duplicate"],
        _("karantina"): table["quarantined"],
    }


def _state(row: Any) -> str:
    if row.silent:
        return _("senyap")
    if pd.isna(row.last):
        return _("belum ada laporan")
    return _("melapor") if row.expected else _("tidak ditunggu")


def _taken_back(row: Any) -> str:
    if not row.taken_back:
        return ""
    said = [_("{n} baris").format(n=words.number(row.taken_back)), row.taken_back_by, row.reason]
    return " · ".join(part for part in said if isinstance(part, str))
