"""Table columns: values that can be sorted, their screen texts, and their file columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Union

import pandas as pd

from situasi.common.formats import (
    format_date,
    format_duration,
    format_number,
    format_time,
    format_time_by_precision,
)
from situasi.common.i18n import _
from situasi.presentation.numbers import format_rank
from situasi.reports.csv_tables import is_missing
from situasi.ui import tenant

Cells = Union["Column", Iterable[object]]

MISSING = "–"
# Wider texts are cut on the screen; a click on the cell shows the full text.
MAX_WIDTH_PX = 300

_MINUTE = timedelta(minutes=1)
# Stored a little finer than displayed; further digits mean nothing.
_STORED_DECIMALS = 2


@dataclass(frozen=True)
class Column:
    """Values of one column, in the order of the rows.

    values: text, numbers or times, by which rows sort; missing where unknown. format_cells: returns
    the screen texts of the first n rows, for a screen that shows this day; None where the values
    are text. build_file_columns: returns the file columns by heading; None for the values alone.
    heading_prefix: stands before the heading on a screen. keep_when_empty: the column stays on the
    screen even if it is empty. is_machine_time: times of the computer's clock, beside which an
    exercise has another.
    """

    values: pd.Series[Any]
    format_cells: Callable[[int, date], list[str]] | None = None
    build_file_columns: Callable[[str], Mapping[str, pd.Series[Any]]] | None = None
    heading_prefix: str = ""
    keep_when_empty: bool = False
    max_width_px: int = MAX_WIDTH_PX
    is_machine_time: bool = False

    def to_file_columns(self, heading: str) -> Mapping[str, pd.Series[Any]]:
        """Return the columns of a file, by heading."""
        return (
            self.build_file_columns(heading) if self.build_file_columns else {heading: self.values}
        )

    def is_empty(self) -> bool:
        """Return whether there are rows and all cells of this column are empty."""
        return len(self.values) > 0 and bool((self.values.isna() | (self.values == "")).all())


def text_column(
    cells: Iterable[object],
    screen_texts: Iterable[str] | None = None,
    max_width_px: int = MAX_WIDTH_PX,
) -> Column:
    """Return a column of text; screen_texts: the same text with signs for the screen only."""
    values = pd.Series(["" if is_missing(cell) else str(cell) for cell in cells], dtype="object")
    if screen_texts is None:
        return Column(values, max_width_px=max_width_px)
    texts = list(screen_texts)
    return Column(values, lambda n, _day: texts[:n], max_width_px=max_width_px)


def identifier_column(cells: Iterable[Any]) -> Column:
    """Return a column of numbers that are identifiers, written without grouping."""
    return Column(_to_integers(cells))


def number_column(
    cells: Iterable[Any],
    digits: int = 0,
    *,
    estimated: bool | Iterable[bool] = False,
    unit: str = "",
    keep_when_empty: bool = True,
) -> Column:
    """Return a column of numbers in the format of the language: 30.483, 63,5 %, ≈ 15.315.

    estimated: whether all numbers are a perkiraan, or which rows. unit: after each number on a
    screen, in the heading of a file.
    """
    values = _to_decimals(cells) if digits else _to_integers(cells)
    if isinstance(estimated, bool):
        note = _("perkiraan") if estimated else ""
        return Column(
            values,
            lambda n, _day: _format_numbers(values.head(n), digits, unit),
            lambda heading: {_annotate_heading(heading, note, unit): values},
            "≈ " if estimated else "",
            keep_when_empty,
        )
    marks = pd.Series(list(estimated), dtype="bool")
    return Column(
        values,
        lambda n, _day: _mark_estimates(_format_numbers(values.head(n), digits, unit), marks),
        lambda heading: {
            _annotate_heading(heading, unit): values,
            **_build_estimate_column(heading, values, marks),
        },
        keep_when_empty=keep_when_empty,
    )


def percent_column(cells: Iterable[Any], *, estimated: bool | Iterable[bool] = False) -> Column:
    """Return a column of percentages: 63,5 %."""
    return number_column(cells, 1, estimated=estimated, unit="%")


def range_column(lower: Iterable[Any], upper: Iterable[Any], estimated: Iterable[bool]) -> Column:
    """Return a column of percentage ranges: 41,2–78,0 %; one number where nothing lies between."""
    low, high = _to_decimals(lower), _to_decimals(upper)
    marks = pd.Series(list(estimated), dtype="bool")

    def format_cells(n: int, _day: date) -> list[str]:
        lows, highs = _format_numbers(low.head(n), 1), _format_numbers(high.head(n), 1)
        ranges = zip(lows, highs, low.head(n).notna(), strict=True)
        texts = [
            (f"{least} %" if least == most else f"{least}–{most} %") if known else MISSING
            for least, most, known in ranges
        ]
        return _mark_estimates(texts, marks)

    def build_file_columns(heading: str) -> dict[str, pd.Series[Any]]:
        return {
            _("{what}: paling rendah (%)").format(what=heading): low,
            _("{what}: paling tinggi (%)").format(what=heading): high,
            **_build_estimate_column(heading, low, marks),
        }

    return Column(low, format_cells, build_file_columns, keep_when_empty=True)


def rank_column(table: pd.DataFrame) -> Column:
    """Return a column of ranks with those they have when the weights move: 2 (1–4).

    table: with the columns of analysis.rank_ranges.build_rank_columns.
    """
    ranks, first, last = (_to_integers(table[name]) for name in ("rank", "rank_first", "rank_last"))
    return Column(
        ranks,
        lambda n, _day: [format_rank(row) or MISSING for row in table.head(n).itertuples()],
        lambda heading: {
            heading: ranks,
            _("{what}: terbaik").format(what=heading): first,
            _("{what}: terburuk").format(what=heading): last,
        },
        keep_when_empty=True,
    )


def ratio_column(
    counts: Iterable[Any],
    totals: Iterable[Any],
    total_heading: str,
    template: str = "",
    unknown_total: str = MISSING,
) -> Column:
    """Return a column of numbers with their totals: 33 dari 34.

    total_heading: heading of the totals in a file; {what} stands for the heading of the numbers.
    unknown_total: text for a total that is unknown.
    """
    values, all_totals = _to_integers(counts), _to_integers(totals)
    template = template or _("{n} dari {all}")

    def format_cells(n: int, _day: date) -> list[str]:
        total_texts = [
            unknown_total if text == MISSING else text
            for text in _format_numbers(all_totals.head(n))
        ]
        pairs = zip(_format_numbers(values.head(n)), total_texts, strict=True)
        known = values.head(n).notna()
        return [template.format(n=count, all=total) if is_known else MISSING
                for (count, total), is_known in zip(pairs, known, strict=True)]  # fmt: skip

    return Column(
        values,
        format_cells,
        lambda heading: {heading: values, total_heading.format(what=heading): all_totals},
        keep_when_empty=True,
    )


def duration_column(cells: Iterable[Any]) -> Column:
    """Return a column of durations in whole minutes: 4 jam 2 menit."""
    values = _to_integers(None if is_missing(cell) else cell // _MINUTE for cell in cells)

    def format_cells(n: int, _day: date) -> list[str]:
        texts = {v: format_duration(int(v) * _MINUTE) for v in values.head(n).dropna().unique()}
        return [texts.get(v, MISSING) for v in values.head(n)]

    return Column(
        values, format_cells, lambda heading: {_annotate_heading(heading, _("menit")): values}
    )


def time_column(cells: Iterable[Any]) -> Column:
    """Return a column of local times; with the date unless all are of the day shown."""
    local = _to_local_times(cells)
    dates = local.dt.date

    def format_cells(n: int, day: date) -> list[str]:
        if bool((local.isna() | (dates == day)).all()):
            return [MISSING if at is pd.NaT else format_time(at) for at in local.head(n)]
        days = {d: format_date(d) for d in dates.head(n).dropna().unique()}
        pairs = zip(local.head(n), dates.head(n), strict=True)
        return [MISSING if at is pd.NaT else f"{days[d]} {format_time(at)}" for at, d in pairs]

    return Column(
        local,
        format_cells,
        lambda heading: {_annotate_heading(heading, _get_zone_label()): _without_zone(local)},
    )


def machine_time_column(cells: Iterable[Any]) -> Column:
    """Return a column of when the board itself did something; in an exercise the table says so."""
    return replace(time_column(cells), is_machine_time=True)


def imprecise_time_column(cells: Iterable[Any], precisions: Iterable[str]) -> Column:
    """Return a column of times that may be known only to the day or the month.

    precisions: of the records, "menit", "hari" or "bulan".
    """
    local = _to_local_times(cells)
    exact = list(precisions)

    def format_cells(n: int, day: date) -> list[str]:
        pairs = list(zip(local.head(n), exact, strict=False))
        same_day = all(at is pd.NaT or at.date() == day
                       for at, p in zip(local, exact, strict=True) if p == "menit")  # fmt: skip
        return [_format_imprecise_time(at, p, same_day) for at, p in pairs]

    def build_file_columns(heading: str) -> dict[str, pd.Series[Any]]:
        pairs = zip(_without_zone(local), exact, strict=True)
        cells = [_truncate_to_precision(at, p) for at, p in pairs]
        return {_annotate_heading(heading, _get_zone_label()): pd.Series(cells, dtype="object")}

    return Column(local, format_cells, build_file_columns)


def date_column(cells: Iterable[Any]) -> Column:
    """Return a column of dates: 27 Nov 2024."""
    dates = pd.Series(list(cells), dtype="datetime64[s]")

    def format_cells(n: int, _day: date) -> list[str]:
        return [MISSING if at is pd.NaT else format_date(at) for at in dates.head(n)]

    def build_file_columns(heading: str) -> dict[str, pd.Series[Any]]:
        python_dates = [None if at is pd.NaT else at.date() for at in dates]
        return {heading: pd.Series(python_dates, dtype="object")}

    return Column(dates, format_cells, build_file_columns)


def _to_integers(cells: Iterable[Any]) -> pd.Series[Any]:
    return pd.Series(pd.array(list(cells), dtype="Int64"))


def _to_decimals(cells: Iterable[Any]) -> pd.Series[Any]:
    return pd.Series(pd.array(list(cells), dtype="Float64")).round(_STORED_DECIMALS)


def _format_numbers(values: pd.Series[Any], digits: int = 0, unit: str = "") -> list[str]:
    """Return each number as text; equal numbers are formatted once."""
    suffix = f" {unit}" if unit else ""
    texts = {v: format_number(v, digits) + suffix for v in values.dropna().unique()}
    return [texts.get(value, MISSING) for value in values]


def _mark_estimates(texts: list[str], estimated: pd.Series[Any]) -> list[str]:
    pairs = zip(texts, estimated, strict=False)
    return [f"≈ {text}" if is_estimate and text != MISSING else text for text, is_estimate in pairs]


def _build_estimate_column(
    heading: str, values: pd.Series[Any], estimated: pd.Series[Any]
) -> dict[str, pd.Series[Any]]:
    """Return a file column that says which numbers under the heading are a perkiraan."""
    marks = estimated.map({True: _("ya"), False: _("tidak")}).astype("object")
    return {_("{what} perkiraan").format(what=heading): marks.where(values.notna(), "")}


def _annotate_heading(heading: str, *notes: str) -> str:
    """Return a file heading with unit, zone or perkiraan in brackets; ingest ignores brackets."""
    text = ", ".join(filter(None, notes))
    return f"{heading} ({text})" if text else heading


def _get_zone_label() -> str:
    return tenant.get_info().zone_label


def _to_local_times(cells: Iterable[Any]) -> pd.Series[Any]:
    times: pd.Series[Any] = pd.to_datetime(pd.Series(list(cells), dtype="object"), utc=True)
    local: pd.Series[Any] = times.dt.tz_convert(tenant.get_info().zone)
    return local


def _without_zone(local: pd.Series[Any]) -> pd.Series[Any]:
    naive: pd.Series[Any] = local.dt.tz_localize(None)
    return naive


def _format_imprecise_time(at: Any, precision: str, same_day: bool) -> str:
    if at is pd.NaT:
        return MISSING
    return (
        format_time(at)
        if same_day and precision == "menit"
        else format_time_by_precision(at, precision)
    )


def _truncate_to_precision(at: pd.Timestamp, precision: str) -> datetime | date | str | None:
    """Return the time for a file, without an hour or a day that is unknown."""
    if pd.isna(at):
        return None
    if precision == "menit":
        return at.to_pydatetime()
    return at.date() if precision == "hari" else f"{at:%Y-%m}"
