"""Tables that people read and take along: on the screen, and as files that leave the board."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.presentation import explanations as whys
from situasi.presentation.explanations.model import Why
from situasi.reports import csv_tables
from situasi.ui import audit, filters, higher_command_session, session, tenant, url_state
from situasi.ui.components import markup
from situasi.ui.tables import columns as cells
from situasi.ui.tables import dataframe
from situasi.ui.tables.columns import Cells, Column

# More rows than this are not read on a screen; a filter or an export finds them.
MOST_ROWS = 2_000
# Rows in sight; of a longer table the others are scrolled.
IN_SIGHT = 10
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Table:
    """Columns of one length by their headings, the mark LATIHAN first where any row is made up."""

    columns: Mapping[str, Column]
    _laid: dict[Hashable, dataframe.Laid] = field(default_factory=dict, repr=False, compare=False)

    def __len__(self) -> int:
        return max((len(column.values) for column in self.columns.values()), default=0)

    @property
    def made_up(self) -> bool:
        return _("LATIHAN") in self.columns

    def on_screen(self, aside: Sequence[str] = ()) -> dict[str, Column]:
        """Without columns that say nothing, and those put aside: they stay in the file."""
        return {
            heading: column
            for heading, column in self.columns.items()
            if heading not in aside and (column.needed or not column.is_empty())
        }

    def laid_out(self, aside: Sequence[str], n: int, day: date) -> dataframe.Laid:
        """The first n rows of on_screen as grid.laid_out gives them, laid out once."""
        asked = (*aside, n, day, i18n.current_language())
        if asked not in self._laid:
            self._laid[asked] = dataframe.laid_out(self.on_screen(aside), n, day)
        return self._laid[asked]

    def file(self) -> pd.DataFrame:
        """Everything as real values: numbers, moments, words."""
        parts = [column.in_file(heading) for heading, column in self.columns.items()]
        return pd.DataFrame({name: values for part in parts for name, values in part.items()})


def table(columns: Mapping[str, Cells], made_up: bool | Iterable[bool] = False) -> Table:
    """A table of these columns; plain cells are words.

    made_up: which rows are, or whether all are. Whoever copies or saves the table takes the
    mark along.
    """
    made = {
        heading: column if isinstance(column, Column) else cells.text(column)
        for heading, column in columns.items()
    }
    rows = len(Table(made))
    assert {len(column.values) for column in made.values()} <= {rows}, "columns of one length"
    marks = [made_up] * rows if isinstance(made_up, bool) else list(made_up)
    if any(marks):
        marked = cells.text(_("LATIHAN") if one else "" for one in marks)
        made = {_("LATIHAN"): marked, **made}
    return Table(made)


def behind(title: str, rows: pd.DataFrame, key: str) -> None:
    """The cases behind a number, one click away, and sent only when somebody clicks.

    title: with {n} for their number.
    """
    opens(title.format(n=i18n.format_number(len(rows))), lambda: readable(rows), key)


def opens(title: str, made: Callable[[], Table], key: str) -> None:
    """A popover with a table, made and sent only when somebody opens it."""
    opened = st.popover(title, key=key, on_change="rerun")
    if opened.open:
        with opened:
            say_why(key)
            shown(made(), f"isi_{key}", title)


def say_why(key: str) -> None:
    """By which rule the rows of this table are counted."""
    why = _why(key)
    if why is None:
        return
    version = _("versi data {n}").format(n=i18n.format_number(_version()))
    markup.reason(
        _("Cara hitung"),
        why.rule,
        [
            (_("Batas"), why.bounds()),
            (_("Dari"), " · ".join(filter(None, (why.sources(), version)))),
        ],
    )


def _why(key: str) -> Why | None:
    if tenant.is_above():
        return whys.above(key, higher_command_session.command())
    return whys.of(url_state.page(), key, board().register.election)


def _moment() -> session.Moment:
    """The moment of the page."""
    if tenant.is_above():
        return higher_command_session.moment()
    return session.moment(filters.past_moment(), session.picture())


def _version() -> int:
    return (
        higher_command_session.version()
        if tenant.is_above()
        else session.picture().snapshot.version
    )


def shown(
    table: Table,
    key: str,
    title: str,
    *,
    most: int = IN_SIGHT,
    aside: Sequence[str] = (),
    counted: str = "",
    **options: Any,
) -> Any:
    """A table with its downloads; what st.dataframe gives (a selection, if asked for).

    title: what the table holds, in words; it names the file too. most: rows in sight. aside:
    headings of columns for the file alone. counted: under which key its rule is told, where that
    is another. options: of st.dataframe.
    """
    at = _moment()
    rows = min(len(table), MOST_ROWS)
    drawn, widths = table.laid_out(aside, rows, at.at.date())
    found = st.dataframe(
        drawn,
        height=dataframe.height(rows, most),
        hide_index=True,
        alt=title,
        key=key,
        placeholder=cells.MISSING,
        column_config=widths,
        **options,
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        if len(table) > MOST_ROWS:
            said = _("{n} dari {all} baris; saring untuk melihat yang lain")
            st.caption(
                said.format(n=i18n.format_number(MOST_ROWS), all=i18n.format_number(len(table)))
            )
        if dataframe.is_cut(table.on_screen(aside), rows):
            st.caption(_("Teks yang panjang dipotong di sini; unduhan memuat semuanya."))
        downloads(table, key, title, at, counted)
    return found


def downloads(table: Table, key: str, title: str, at: session.Moment, counted: str = "") -> None:
    """The whole table as CSV and XLSX; the file is made when somebody asks for it."""
    name = _file_name(title, f"{at.at:%Y%m%d-%H%M}", table.made_up)
    desk = tenant.desk()
    facts = {
        _("Papan"): desk.name,
        _("Isi"): title,
        _("Keadaan pada"): f"{i18n.format_long_date(at.at)} {i18n.format_time(at.at)} "
        + desk.zone_label,
        _("Saringan"): filters.in_words(),
        _("Baris"): i18n.format_number(len(table)),
        _("Versi data"): i18n.format_number(_version()),
        **_rule(counted or key),
    }
    band = ""
    if table.made_up:
        band = _("LATIHAN — memuat laporan buatan, bukan keadaan sebenarnya")
        facts[_("LATIHAN")] = _("memuat laporan buatan, bukan keadaan sebenarnya")
    for kind, make, mime in (
        ("CSV", lambda: csv_tables.as_csv(table.file()), "text/csv"),
        ("XLSX", lambda: csv_tables.as_xlsx(table.file(), facts, band), _XLSX),
    ):
        audit.download(
            kind,
            _as_now(make),
            {"table": key, "title": title},
            kind.lower(),
            len(table),
            file_name=f"{name}.{kind.lower()}",
            mime=mime,
            key=f"{key}_{kind}",
            type="tertiary",
            disabled=not len(table),
        )


def _rule(key: str) -> dict[str, str]:
    """The rule of a table, for whoever has only its file."""
    why = _why(key)
    if why is None:
        return {}
    said = {
        _("Cara hitung"): why.rule,
        _("Batas (rules.toml, usulan)"): why.bounds(),
        _("Dari laporan"): why.sources(),
    }
    return {name: text for name, text in said.items() if text}


def _as_now(make: Callable[[], bytes]) -> Callable[[], bytes]:
    """Made later, in another thread, in the language of now."""
    now = copy_context()
    return lambda: now.copy().run(make)


def _file_name(title: str, at: str, made_up: bool) -> str:
    plain = "".join(sign if sign.isalnum() else "-" for sign in title.lower())
    parts = ["LATIHAN" if made_up else "", "-".join(filter(None, plain.split("-")))[:60], at]
    return "_".join(filter(None, parts))


def readable(rows: pd.DataFrame) -> Table:
    """Cases as a table with the headings of our files."""
    register = board().register
    return table(
        {
            _("waktu"): cells.vague(rows["occurred_at"], rows["precision"]),
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
        },
        rows["latihan"],
    )
