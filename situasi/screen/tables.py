"""Tables that people read and take along: headings of our files, words for codes, local time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from situasi import words
from situasi.board import current as board
from situasi.labels import label
from situasi.reports import tabular
from situasi.screen import filters, session
from situasi.words import _

# More rows than this are not read on a screen; a filter or an export finds them.
MOST_ROWS = 2_000
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def behind(title: str, rows: pd.DataFrame, key: str) -> None:
    """The cases behind a number, one click away, and sent only when somebody clicks.

    title: with {n} for their number.
    """
    opens(title.format(n=words.number(len(rows))), lambda: readable(rows), key)


def opens(title: str, table: Callable[[], pd.DataFrame], key: str) -> None:
    """A popover with a readable table, made and sent only when somebody opens it."""
    opened = st.popover(title, key=key, on_change="rerun")
    if opened.open:
        with opened:
            shown(table(), f"{key}_isi", title)


def shown(table: pd.DataFrame, key: str, title: str, **options: Any) -> Any:
    """A readable table with its downloads; what st.dataframe gives (a selection, if asked for).

    title: what the table holds, in words; it names the file too. options: of st.dataframe.
    """
    found = st.dataframe(table.head(MOST_ROWS), hide_index=True, alt=title, key=key, **options)
    with st.container(horizontal=True, vertical_alignment="center"):
        if len(table) > MOST_ROWS:
            said = _("{n} dari {all} baris; saring untuk melihat yang lain")
            st.caption(said.format(n=words.number(MOST_ROWS), all=words.number(len(table))))
        downloads(table, key, title)
    return found


def downloads(table: pd.DataFrame, key: str, title: str) -> None:
    """The whole table as CSV and XLSX; the file is made when somebody asks for it."""
    at = session.moment(filters.past_moment(), session.picture())
    made_up = _("LATIHAN") in table.columns
    name = _file_name(title, f"{at.at:%Y%m%d-%H%M}", made_up)
    facts = {
        _("Papan"): board().register.election.command,
        _("Isi"): title,
        _("Keadaan pada"): f"{words.long_day(at.at)} {words.clock(at.at)} "
        + board().register.election.zone_label,
        _("Saringan"): filters.in_words(),
        _("Baris"): words.number(len(table)),
    }
    band = ""
    if made_up:
        band = _("LATIHAN — memuat laporan buatan, bukan keadaan sebenarnya")
        facts[_("LATIHAN")] = _("memuat laporan buatan, bukan keadaan sebenarnya")
    for kind, make, mime in (
        ("CSV", partial(tabular.as_csv, table), "text/csv"),
        ("XLSX", partial(tabular.as_xlsx, table, facts, band), _XLSX),
    ):
        st.download_button(
            kind,
            make,
            file_name=f"{name}.{kind.lower()}",
            mime=mime,
            key=f"{key}_{kind}",
            on_click="ignore",
            type="tertiary",
            disabled=table.empty,
        )


def _file_name(title: str, at: str, made_up: bool) -> str:
    plain = "".join(sign if sign.isalnum() else "-" for sign in title.lower())
    parts = ["LATIHAN" if made_up else "", "-".join(filter(None, plain.split("-")))[:60], at]
    return "_".join(filter(None, parts))


def marked(table: pd.DataFrame, made_up: pd.Series) -> pd.DataFrame:
    """The table with LATIHAN before rows that are made up, where any is.

    Whoever copies or saves the table takes the mark along.
    """
    if made_up.any():
        mark = [_("LATIHAN") if one else "" for one in made_up]
        table.insert(0, _("LATIHAN"), pd.Series(mark, index=table.index, dtype="object"))
    return table


def clock(times: pd.Series) -> pd.Series:
    """Aware moments as local text, empty where there is none."""
    zone = board().register.election.zone
    text: pd.Series = times.dt.tz_convert(zone).dt.strftime("%d/%m/%Y %H.%M")
    return text.where(times.notna(), "")


def readable(rows: pd.DataFrame) -> pd.DataFrame:
    """Cases as a table with the headings of our files."""
    register = board().register
    table = pd.DataFrame(
        {
            _("waktu"): clock(rows["occurred_at"]),
            _("tingkat"): [label("tingkat", code) for code in rows["tingkat"]],
            _("jenis"): [label("jenis", code) for code in rows["jenis"]],
            _("kecamatan"): [register.name_of(code) for code in rows["kecamatan"]],
            _("desa"): rows["desa_text"],
            _("TPS"): rows["tps"],
            _("status"): [label("status", code) for code in rows["status"]],
            _("uraian"): rows["uraian"],
            _("catatan periksa"): rows["flags"],
            _("sumber"): rows["sumber"],
            _("id"): rows["id"],
        }
    )
    return marked(table, rows["latihan"])
