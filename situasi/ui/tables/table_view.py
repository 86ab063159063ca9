"""Tables that people read and take along: on the screen, and as files that leave the board."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from situasi.analysis.view_time import ViewTime
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.presentation import explanations as whys
from situasi.presentation.explanations.model import Explanation
from situasi.reports import csv_tables
from situasi.ui import audit, filters, higher_command_session, session, tenant, url_state
from situasi.ui.components import markup
from situasi.ui.tables import columns as cells
from situasi.ui.tables import dataframe
from situasi.ui.tables.columns import Cells, Column

# More rows than this are not read on a screen; a filter or an export finds them.
MAX_ROWS = 2_000
# Rows in sight; of a longer table the others are scrolled.
VISIBLE_ROWS = 10
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Table:
    """Columns of one length by their headings, the mark LATIHAN first where any row is made up."""

    columns: Mapping[str, Column]
    _layouts: dict[Hashable, dataframe.TableLayout] = field(
        default_factory=dict, repr=False, compare=False
    )

    def __len__(self) -> int:
        return max((len(column.values) for column in self.columns.values()), default=0)

    @property
    def is_exercise(self) -> bool:
        return _("LATIHAN") in self.columns

    def select_screen_columns(self, file_only: Sequence[str] = ()) -> dict[str, Column]:
        """Without columns that say nothing, and those put aside: they stay in the file."""
        return {
            heading: column
            for heading, column in self.columns.items()
            if heading not in file_only and (column.keep_when_empty or not column.is_empty())
        }

    def get_layout(self, file_only: Sequence[str], n: int, day: date) -> dataframe.TableLayout:
        """The first n rows of on_screen as grid.laid_out gives them, laid out once."""
        asked = (*file_only, n, day, i18n.current_language())
        if asked not in self._layouts:
            self._layouts[asked] = dataframe.build_layout(
                self.select_screen_columns(file_only), n, day
            )
        return self._layouts[asked]

    def to_file_frame(self) -> pd.DataFrame:
        """Everything as real values: numbers, moments, words."""
        parts = [column.to_file_columns(heading) for heading, column in self.columns.items()]
        return pd.DataFrame({name: values for part in parts for name, values in part.items()})


def make_table(columns: Mapping[str, Cells], is_exercise: bool | Iterable[bool] = False) -> Table:
    """A table of these columns; plain cells are words.

    made_up: which rows are, or whether all are. Whoever copies or saves the table takes the
    mark along.
    """
    made = {
        heading: column if isinstance(column, Column) else cells.text_column(column)
        for heading, column in columns.items()
    }
    rows = len(Table(made))
    assert {len(column.values) for column in made.values()} <= {rows}, "columns of one length"
    marks = [is_exercise] * rows if isinstance(is_exercise, bool) else list(is_exercise)
    if any(marks):
        marked = cells.text_column(_("LATIHAN") if one else "" for one in marks)
        made = {_("LATIHAN"): marked, **made}
    return Table(made)


def render_incidents_popover(title: str, rows: pd.DataFrame, key: str) -> None:
    """The cases behind a number, one click away, and sent only when somebody clicks.

    title: with {n} for their number.
    """
    render_table_popover(
        title.format(n=i18n.format_number(len(rows))), lambda: build_incidents_table(rows), key
    )


def render_table_popover(title: str, build: Callable[[], Table], key: str) -> None:
    """A popover with a table, made and sent only when somebody opens it."""
    opened = st.popover(title, key=key, on_change="rerun")
    if opened.open:
        with opened:
            render_explanation(key)
            render_table(build(), f"isi_{key}", title)


def render_explanation(key: str) -> None:
    """By which rule the rows of this table are counted."""
    why = _find_explanation(key)
    if why is None:
        return
    version = _("versi data {n}").format(n=i18n.format_number(_get_data_version()))
    markup.render_explanation(
        _("Cara hitung"),
        why.rule,
        [
            (_("Batas"), why.format_limits()),
            (_("Dari"), " · ".join(filter(None, (why.format_feeds(), version)))),
        ],
    )


def _find_explanation(key: str) -> Explanation | None:
    if tenant.is_higher_command():
        return whys.find_for_higher_command(key, higher_command_session.get_command())
    return whys.find(url_state.get_current_page(), key, board().register.election)


def _get_view_time() -> ViewTime:
    """The moment of the page."""
    if tenant.is_higher_command():
        return higher_command_session.get_view_time()
    return session.get_view_time(filters.get_past_time(), session.get_snapshot_view())


def _get_data_version() -> int:
    return (
        higher_command_session.get_version()
        if tenant.is_higher_command()
        else session.get_snapshot_view().snapshot.version
    )


def render_table(
    table: Table,
    key: str,
    title: str,
    *,
    visible_rows: int = VISIBLE_ROWS,
    file_only: Sequence[str] = (),
    explanation_key: str = "",
    **options: Any,
) -> Any:
    """A table with its downloads; what st.dataframe gives (a selection, if asked for).

    title: what the table holds, in words; it names the file too. most: rows in sight. aside:
    headings of columns for the file alone. counted: under which key its rule is told, where that
    is another. options: of st.dataframe.
    """
    at = _get_view_time()
    rows = min(len(table), MAX_ROWS)
    drawn, widths = table.get_layout(file_only, rows, at.at.date())
    found = st.dataframe(
        drawn,
        height=dataframe.compute_height(rows, visible_rows),
        hide_index=True,
        alt=title,
        key=key,
        placeholder=cells.MISSING,
        column_config=widths,
        **options,
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        if len(table) > MAX_ROWS:
            said = _("{n} dari {all} baris; saring untuk melihat yang lain")
            st.caption(
                said.format(n=i18n.format_number(MAX_ROWS), all=i18n.format_number(len(table)))
            )
        if dataframe.is_truncated(table.select_screen_columns(file_only), rows):
            st.caption(_("Teks yang panjang dipotong di sini; unduhan memuat semuanya."))
        render_downloads(table, key, title, at, explanation_key)
    return found


def render_downloads(
    table: Table, key: str, title: str, view_time: ViewTime, explanation_key: str = ""
) -> None:
    """The whole table as CSV and XLSX; the file is made when somebody asks for it."""
    name = _build_file_name(title, f"{view_time.at:%Y%m%d-%H%M}", table.is_exercise)
    desk = tenant.get_info()
    facts = {
        _("Papan"): desk.name,
        _("Isi"): title,
        _(
            "Keadaan pada"
        ): f"{i18n.format_long_date(view_time.at)} {i18n.format_time(view_time.at)} "
        + desk.zone_label,
        _("Saringan"): filters.format_active_filters(),
        _("Baris"): i18n.format_number(len(table)),
        _("Versi data"): i18n.format_number(_get_data_version()),
        **_describe_rule(explanation_key or key),
    }
    band = ""
    if table.is_exercise:
        band = _("LATIHAN — memuat laporan buatan, bukan keadaan sebenarnya")
        facts[_("LATIHAN")] = _("memuat laporan buatan, bukan keadaan sebenarnya")
    for kind, make, mime in (
        ("CSV", lambda: csv_tables.build_csv(table.to_file_frame()), "text/csv"),
        ("XLSX", lambda: csv_tables.build_xlsx(table.to_file_frame(), facts, band), _XLSX),
    ):
        audit.render_download_button(
            kind,
            _bind_context(make),
            {"table": key, "title": title},
            kind.lower(),
            len(table),
            file_name=f"{name}.{kind.lower()}",
            mime=mime,
            key=f"{key}_{kind}",
            type="tertiary",
            disabled=not len(table),
        )


def _describe_rule(key: str) -> dict[str, str]:
    """The rule of a table, for whoever has only its file."""
    why = _find_explanation(key)
    if why is None:
        return {}
    said = {
        _("Cara hitung"): why.rule,
        _("Batas (rules.toml, usulan)"): why.format_limits(),
        _("Dari laporan"): why.format_feeds(),
    }
    return {name: text for name, text in said.items() if text}


def _bind_context(build_file: Callable[[], bytes]) -> Callable[[], bytes]:
    """Made later, in another thread, in the language of now."""
    now = copy_context()
    return lambda: now.copy().run(build_file)


def _build_file_name(title: str, at: str, is_exercise: bool) -> str:
    plain = "".join(sign if sign.isalnum() else "-" for sign in title.lower())
    parts = ["LATIHAN" if is_exercise else "", "-".join(filter(None, plain.split("-")))[:60], at]
    return "_".join(filter(None, parts))


def build_incidents_table(rows: pd.DataFrame) -> Table:
    """Cases as a table with the headings of our files."""
    register = board().register
    return make_table(
        {
            _("waktu"): cells.imprecise_time_column(rows["occurred_at"], rows["precision"]),
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
