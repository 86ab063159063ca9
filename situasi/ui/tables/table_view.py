"""Tables on the screen and as downloads."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from situasi.analysis.view_time import ViewTime
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.formats import format_counts, format_long_date, format_number, format_time
from situasi.common.i18n import _
from situasi.presentation import explanations, view_text
from situasi.presentation.explanations.model import Explanation
from situasi.reports import csv_tables
from situasi.ui import audit, filters, higher_command_session, page_context, tenant, url_state
from situasi.ui.components import case_links, markup
from situasi.ui.tables import columns as table_columns
from situasi.ui.tables import dataframe
from situasi.ui.tables.columns import Cells, Column

# More rows are not read on a screen; a filter or an export finds them.
MAX_ROWS = 2_000
# Visible rows; a longer table scrolls.
VISIBLE_ROWS = 10
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Table:
    """Columns of equal length by heading; the mark LATIHAN first if any row is of an exercise.

    On the screen it stands only where rows of an exercise and real ones mix: a page with any row of
    an exercise has a band.
    row_cases: the case of each row, which a click on the row opens; empty where rows are no cases.
    is_mixed: whether rows of an exercise stand beside real ones. row_lines: that texts may take,
    where columns are too narrow for one.
    """

    columns: Mapping[str, Column]
    row_cases: tuple[str, ...] = ()
    is_mixed: bool = False
    row_lines: int = 1
    _layouts: dict[Hashable, dataframe.TableLayout] = field(
        default_factory=dict, repr=False, compare=False
    )

    def __len__(self) -> int:
        return max((len(column.values) for column in self.columns.values()), default=0)

    @property
    def is_exercise(self) -> bool:
        """Whether any row is of an exercise."""
        return _("LATIHAN") in self.columns

    def select_screen_columns(self, file_only: Sequence[str] = ()) -> dict[str, Column]:
        """Return the columns without empty and `file_only` ones, which only the file has."""
        if not self.is_mixed:
            file_only = (*file_only, _("LATIHAN"))
        return {
            heading: column
            for heading, column in self.columns.items()
            if heading not in file_only and (column.keep_when_empty or not column.is_empty())
        }

    def get_layout(self, file_only: Sequence[str], n: int, day: date) -> dataframe.TableLayout:
        """Return the layout of the first n rows (dataframe.build_layout), built once."""
        key = (*file_only, n, day, i18n.current_language())
        if key not in self._layouts:
            self._layouts[key] = dataframe.build_layout(
                self.select_screen_columns(file_only), n, day
            )
        return self._layouts[key]

    def to_file_frame(self) -> pd.DataFrame:
        """Return the whole table as typed values: numbers, times and text."""
        parts = [column.to_file_columns(heading) for heading, column in self.columns.items()]
        return pd.DataFrame({name: values for part in parts for name, values in part.items()})


def make_table(
    columns: Mapping[str, Cells],
    is_exercise: bool | Iterable[bool | None] = False,
    row_cases: Iterable[str] = (),
    row_lines: int = 1,
) -> Table:
    """Build a table of these columns; plain cells are text.

    is_exercise: which rows are of an exercise, or whether all are; None: a row of neither, which
    holds nothing. The mark stays with the table when it is copied or saved. row_cases, row_lines:
    as of a Table.
    """
    by_heading = {
        heading: column if isinstance(column, Column) else table_columns.text_column(column)
        for heading, column in columns.items()
    }
    rows = len(Table(by_heading))
    assert {len(column.values) for column in by_heading.values()} <= {rows}, "columns of one length"
    marks = [is_exercise] * rows if isinstance(is_exercise, bool) else list(is_exercise)
    if any(marks):
        mark = table_columns.text_column(_("LATIHAN") if marked else "" for marked in marks)
        by_heading = {_("LATIHAN"): mark, **by_heading}
    return Table(by_heading, tuple(row_cases), any(marks) and False in marks, row_lines)


def render_table_popover(title: str, build: Callable[[], Table], key: str) -> None:
    """Draw a popover with a table that is built and sent only when opened."""
    popover = st.popover(title, key=key, on_change="rerun")
    if popover.open:
        with popover:
            render_explanation(key)
            # The page may have a table of the same title.
            render_table(
                build(), f"isi_{key}", title, alt=_("Rincian: {title}").format(title=title)
            )


def render_explanation(key: str) -> None:
    """Draw the rule by which the rows of this table are counted."""
    explanation = _find_explanation(key)
    if explanation is None:
        return
    version = format_counts(_("versi data {n}"), n=_get_data_version())
    markup.render_explanation(
        _("Cara hitung"),
        explanation.rule,
        [
            (_("Batas"), explanation.format_limits()),
            (_("Dari"), " · ".join(filter(None, (explanation.format_feeds(), version)))),
        ],
    )


def _find_explanation(key: str) -> Explanation | None:
    if tenant.is_higher_command():
        return explanations.find_for_higher_command(key, higher_command_session.get_command())
    return explanations.find(url_state.get_current_page(), key, board().register.election)


def _get_view_time() -> ViewTime:
    """Return the time that the page shows."""
    if tenant.is_higher_command():
        return higher_command_session.get_view_time()
    return page_context.get_current().view_time


def _get_data_version() -> int:
    return (
        higher_command_session.get_version()
        if tenant.is_higher_command()
        else page_context.get_current().snapshot.version
    )


def render_table(
    table: Table,
    key: str,
    title: str,
    *,
    visible_rows: int = VISIBLE_ROWS,
    row_lines: int | None = None,
    file_only: Sequence[str] = (),
    explanation_key: str = "",
    **options: Any,
) -> Any:
    """Draw a table with its downloads; return what st.dataframe returns (a selection).

    title: what the table holds, in words; also used for the file name. row_lines: as of a
    Table, None: what the table says. file_only: headings of columns for the
    file alone. explanation_key: key of the rule, if it differs from `key`. options:
    of st.dataframe.
    """
    view_time = _get_view_time()
    rows = min(len(table), MAX_ROWS)
    row_height_px = dataframe.compute_row_height_px(row_lines or table.row_lines)
    layout, widths = table.get_layout(file_only, rows, view_time.at.date())
    opens_cases = bool(table.row_cases) and "on_select" not in options and case_links.may_open()
    if opens_cases:
        options["on_select"] = partial(case_links.request_selected_row, key, table.row_cases)
        options["selection_mode"] = "single-row"
    options.setdefault("alt", title)
    selection = st.dataframe(
        layout,
        height=dataframe.compute_height(rows, visible_rows, row_height_px),
        row_height=row_height_px,
        hide_index=True,
        key=key,
        placeholder=table_columns.MISSING,
        column_config=widths,
        **options,
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        if len(table) > MAX_ROWS:
            template = _("{n} dari {all} baris; saring untuk melihat yang lain")
            st.caption(format_counts(template, n=MAX_ROWS, all=len(table)))
        if dataframe.is_truncated(table.select_screen_columns(file_only), rows):
            st.caption(_("Teks yang panjang dipotong di sini; unduhan memuat semuanya."))
        if opens_cases:
            st.caption(_("Pilih satu baris untuk membuka kejadiannya."))
        if note := _describe_machine_times(table):
            st.caption(note)
        render_downloads(table, key, title, view_time, explanation_key)
    return selection


def _describe_machine_times(table: Table) -> str:
    """Return which columns are not of the clock that the page shows; "" where all are."""
    if tenant.is_higher_command() or page_context.get_current().exercise_at is None:
        return ""
    headings = [heading for heading, column in table.columns.items() if column.is_machine_time]
    return view_text.describe_machine_times(headings) if headings else ""


def render_downloads(
    table: Table, key: str, title: str, view_time: ViewTime, explanation_key: str = ""
) -> None:
    """Draw downloads of the whole table as CSV and XLSX; a file is built on request."""
    name = _build_file_name(title, f"{view_time.at:%Y%m%d-%H%M}", table.is_exercise)
    facts = _build_facts(
        title, view_time, len(table), explanation_key or key, filters.format_active_filters()
    )
    if note := _describe_machine_times(table):
        facts[_("Waktu")] = note
    for file_format, build, mime in (
        ("CSV", lambda: csv_tables.build_csv(table.to_file_frame()), "text/csv"),
        ("XLSX", partial(_build_xlsx, table, facts), _XLSX),
    ):
        audit.render_download_button(
            file_format,
            _bind_context(build),
            {"table": key, "title": title},
            file_format.lower(),
            len(table),
            file_name=f"{name}.{file_format.lower()}",
            mime=mime,
            key=f"{key}_{file_format}",
            type="tertiary",
            disabled=not len(table),
        )


def render_deferred_download(
    text: str,
    build: Callable[[], Table],
    title: str,
    filter_text: str,
    key: str,
    row_count: int,
    *,
    explanation_key: str = "",
) -> None:
    """Draw a download as XLSX of a table that is computed only when it is asked for.

    filter_text: what selects its rows, in words. explanation_key: key of the rule, if it differs
    from `key`.
    """
    view_time, context = _get_view_time(), page_context.get_current()
    # The file is built in another thread, which has no page.
    facts = _build_facts(title, view_time, row_count, explanation_key or key, filter_text)

    def build_file() -> bytes:
        table = build()
        return _build_xlsx(table, {**facts, _("Baris"): format_number(len(table))})

    audit.render_download_button(
        text,
        _bind_context(build_file),
        {"table": key, "title": title},
        "xlsx",
        row_count,
        file_name=_build_file_name(title, f"{view_time.at:%Y%m%d-%H%M}", context.has_exercise_rows)
        + ".xlsx",
        mime=_XLSX,
        key=key,
        type="tertiary",
    )


def _build_facts(
    title: str, view_time: ViewTime, row_count: int, key: str, filter_text: str
) -> dict[str, str]:
    """Return what a file says of itself."""
    info = tenant.get_info()
    return {
        _("Papan"): info.name,
        _("Isi"): title,
        _("Keadaan pada"): f"{format_long_date(view_time.at)} {format_time(view_time.at)} "
        + info.zone_label,
        _("Saringan"): filter_text,
        _("Baris"): format_number(row_count),
        _("Versi data"): format_number(_get_data_version()),
        **_describe_rule(key),
    }


def _build_xlsx(table: Table, facts: dict[str, str]) -> bytes:
    """Return the table as a workbook; one with rows of an exercise says so."""
    # Imported on first use: openpyxl would add a tenth of a second to every start.
    from situasi.reports.xlsx_tables import Sheet, build_workbook

    banner = ""
    if table.is_exercise:
        banner = _("LATIHAN — memuat laporan buatan, bukan keadaan sebenarnya")
        facts = {**facts, _("LATIHAN"): _("memuat laporan buatan, bukan keadaan sebenarnya")}
    return build_workbook([Sheet("Data", table.to_file_frame())], facts, banner)


def _describe_rule(key: str) -> dict[str, str]:
    """Return the rule of a table, for readers who have only the file."""
    explanation = _find_explanation(key)
    if explanation is None:
        return {}
    texts = {
        _("Cara hitung"): explanation.rule,
        _("Batas (rules.toml, usulan)"): explanation.format_limits(),
        _("Dari laporan"): explanation.format_feeds(),
    }
    return {name: text for name, text in texts.items() if text}


def _bind_context(build_file: Callable[[], bytes]) -> Callable[[], bytes]:
    """Bind the current context (language), because the file is built later in another thread."""
    context = copy_context()
    return lambda: context.copy().run(build_file)


def _build_file_name(title: str, at: str, is_exercise: bool) -> str:
    slug = "".join(sign if sign.isalnum() else "-" for sign in title.lower())
    parts = ["LATIHAN" if is_exercise else "", "-".join(filter(None, slug.split("-")))[:60], at]
    return "_".join(filter(None, parts))
