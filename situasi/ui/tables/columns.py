"""The columns of a table: real values that sort, words for them, and how a file holds them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Union

import pandas as pd

from situasi.common import i18n
from situasi.common.i18n import _
from situasi.ui import tenant

Cells = Union["Column", Iterable[object]]

MISSING = "–"
# Words that need more pixels than this are cut on the screen; a click on the cell shows them all.
MAX_WIDTH_PX = 300

_MINUTE = timedelta(minutes=1)
# Shares are kept a little finer than they are read; further digits mean nothing.
_STORED_DECIMALS = 2


@dataclass(frozen=True)
class Column:
    """Values of one column, in the order of the rows.

    values: what sorts: text, numbers or moments; missing where nobody told. said: the first n
    as people read them, on a screen that shows this day; None where the values are words.
    filed: the columns of a file by heading, made from the heading; None for the values alone.
    sign: stands before the heading on a screen. needed: stays on the screen though it is empty.
    widest: pixels.
    """

    values: pd.Series[Any]
    format_cells: Callable[[int, date], list[str]] | None = None
    build_file_columns: Callable[[str], Mapping[str, pd.Series[Any]]] | None = None
    heading_prefix: str = ""
    keep_when_empty: bool = False
    max_width_px: int = MAX_WIDTH_PX

    def to_file_columns(self, heading: str) -> Mapping[str, pd.Series[Any]]:
        return (
            self.build_file_columns(heading) if self.build_file_columns else {heading: self.values}
        )

    def is_empty(self) -> bool:
        """Whether there are rows, and none has anything here."""
        return len(self.values) > 0 and bool((self.values.isna() | (self.values == "")).all())


def text_column(
    cells: Iterable[object],
    screen_texts: Iterable[str] | None = None,
    max_width_px: int = MAX_WIDTH_PX,
) -> Column:
    """Words; nothing where there is none. shown: the same with signs that only a screen shows."""
    values = pd.Series(["" if _is_missing(cell) else str(cell) for cell in cells], dtype="object")
    if screen_texts is None:
        return Column(values, max_width_px=max_width_px)
    said = list(screen_texts)
    return Column(values, lambda n, _day: said[:n], max_width_px=max_width_px)


def identifier_column(cells: Iterable[Any]) -> Column:
    """Numbers that name something: written as they are, never grouped."""
    return Column(_to_integers(cells))


def number_column(
    cells: Iterable[Any],
    digits: int = 0,
    *,
    estimated: bool | Iterable[bool] = False,
    unit: str = "",
    keep_when_empty: bool = True,
) -> Column:
    """Numbers as the language writes them: 30.483, 63,5 %, ≈ 15.315.

    estimated: whether all are a perkiraan, or which rows. unit: after each number on a screen,
    in the heading of a file.
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
    about = pd.Series(list(estimated), dtype="bool")
    return Column(
        values,
        lambda n, _day: _mark_estimates(_format_numbers(values.head(n), digits, unit), about),
        lambda heading: {
            _annotate_heading(heading, unit): values,
            **_build_estimate_column(heading, values, about),
        },
        keep_when_empty=keep_when_empty,
    )


def percent_column(cells: Iterable[Any], *, estimated: bool | Iterable[bool] = False) -> Column:
    """Shares of a hundred: 63,5 %."""
    return number_column(cells, 1, estimated=estimated, unit="%")


def range_column(lower: Iterable[Any], upper: Iterable[Any], estimated: Iterable[bool]) -> Column:
    """Shares between which the truth lies: 41,2–78,0 %."""
    low, high = _to_decimals(lower), _to_decimals(upper)
    about = pd.Series(list(estimated), dtype="bool")

    def said(n: int, _day: date) -> list[str]:
        ends = zip(
            _format_numbers(low.head(n), 1), _format_numbers(high.head(n), 1, "%"), strict=True
        )
        known = low.head(n).notna()
        spans = ["–".join(pair) if told else MISSING
                 for pair, told in zip(ends, known, strict=True)]  # fmt: skip
        return _mark_estimates(spans, about)

    def filed(heading: str) -> dict[str, pd.Series[Any]]:
        return {
            _("{what}: paling rendah (%)").format(what=heading): low,
            _("{what}: paling tinggi (%)").format(what=heading): high,
            **_build_estimate_column(heading, low, about),
        }

    return Column(low, said, filed, keep_when_empty=True)


def ratio_column(
    counts: Iterable[Any],
    totals: Iterable[Any],
    total_heading: str,
    template: str = "",
    unknown_total: str = MISSING,
) -> Column:
    """A number and what it is of: 33 dari 34.

    whole: the heading of the second number in a file; with {what} for the heading of the first.
    unknown: what is said of a second number that nobody knows.
    """
    values, wholes = _to_integers(counts), _to_integers(totals)
    template = template or _("{n} dari {all}")

    def said(n: int, _day: date) -> list[str]:
        of = [
            unknown_total if word == MISSING else word for word in _format_numbers(wholes.head(n))
        ]
        pairs = zip(_format_numbers(values.head(n)), of, strict=True)
        known = values.head(n).notna()
        return [template.format(n=one, all=every) if told else MISSING
                for (one, every), told in zip(pairs, known, strict=True)]  # fmt: skip

    return Column(
        values,
        said,
        lambda heading: {heading: values, total_heading.format(what=heading): wholes},
        keep_when_empty=True,
    )


def duration_column(cells: Iterable[Any]) -> Column:
    """Lengths of time, as whole minutes: 4 jam 2 menit."""
    minutes = _to_integers(None if _is_missing(cell) else cell // _MINUTE for cell in cells)

    def said(n: int, _day: date) -> list[str]:
        known = {
            m: i18n.format_duration(int(m) * _MINUTE) for m in minutes.head(n).dropna().unique()
        }
        return [known.get(m, MISSING) for m in minutes.head(n)]

    return Column(minutes, said, lambda heading: {_annotate_heading(heading, _("menit")): minutes})


def time_column(cells: Iterable[Any]) -> Column:
    """Moments on the clock of the election, with the day unless all are of the day shown."""
    local = _to_local_times(cells)
    dates = local.dt.date

    def said(n: int, day: date) -> list[str]:
        if bool((local.isna() | (dates == day)).all()):
            return [MISSING if at is pd.NaT else i18n.format_time(at) for at in local.head(n)]
        known = {d: i18n.format_date(d) for d in dates.head(n).dropna().unique()}
        told = zip(local.head(n), dates.head(n), strict=True)
        return [MISSING if at is pd.NaT else f"{known[d]} {i18n.format_time(at)}" for at, d in told]

    return Column(
        local,
        said,
        lambda heading: {_annotate_heading(heading, _get_zone_label()): _without_zone(local)},
    )


def imprecise_time_column(cells: Iterable[Any], precisions: Iterable[str]) -> Column:
    """Moments of which some senders knew only the day or the month: no more is said.

    precisions: of records, "menit", "hari" or "bulan".
    """
    local = _to_local_times(cells)
    exact = list(precisions)

    def said(n: int, day: date) -> list[str]:
        told = list(zip(local.head(n), exact, strict=False))
        here = all(at is pd.NaT or at.date() == day
                   for at, known in zip(local, exact, strict=True) if known == "menit")  # fmt: skip
        return [_format_imprecise_time(at, known, here) for at, known in told]

    def filed(heading: str) -> dict[str, pd.Series[Any]]:
        cells = [
            _truncate_to_precision(at, known)
            for at, known in zip(_without_zone(local), exact, strict=True)
        ]
        return {_annotate_heading(heading, _get_zone_label()): pd.Series(cells, dtype="object")}

    return Column(local, said, filed)


def date_column(cells: Iterable[Any]) -> Column:
    """Dates: 27 Nov 2024."""
    dates = pd.Series(list(cells), dtype="datetime64[s]")

    def said(n: int, _day: date) -> list[str]:
        return [MISSING if at is pd.NaT else i18n.format_date(at) for at in dates.head(n)]

    def filed(heading: str) -> dict[str, pd.Series[Any]]:
        plain = [None if at is pd.NaT else at.date() for at in dates]
        return {heading: pd.Series(plain, dtype="object")}

    return Column(dates, said, filed)


def _is_missing(cell: object) -> bool:
    return cell is None or cell is pd.NA or cell is pd.NaT or cell != cell


def _to_integers(cells: Iterable[Any]) -> pd.Series[Any]:
    return pd.Series(pd.array(list(cells), dtype="Int64"))


def _to_decimals(cells: Iterable[Any]) -> pd.Series[Any]:
    return pd.Series(pd.array(list(cells), dtype="Float64")).round(_STORED_DECIMALS)


def _format_numbers(values: pd.Series[Any], digits: int = 0, unit: str = "") -> list[str]:
    """Each number in words. Few are different, and those are written once."""
    after = f" {unit}" if unit else ""
    known = {v: i18n.format_number(v, digits) + after for v in values.dropna().unique()}
    return [known.get(value, MISSING) for value in values]


def _mark_estimates(texts: list[str], estimated: pd.Series[Any]) -> list[str]:
    told = zip(texts, estimated, strict=False)
    return [f"≈ {word}" if about and word != MISSING else word for word, about in told]


def _build_estimate_column(
    heading: str, values: pd.Series[Any], estimated: pd.Series[Any]
) -> dict[str, pd.Series[Any]]:
    """For a file: which numbers under the heading are a perkiraan."""
    marks = estimated.map({True: _("ya"), False: _("tidak")}).astype("object")
    return {_("{what} perkiraan").format(what=heading): marks.where(values.notna(), "")}


def _annotate_heading(heading: str, *notes: str) -> str:
    """A heading of a file with unit, zone or perkiraan in brackets: our door reads past them."""
    said = ", ".join(filter(None, notes))
    return f"{heading} ({said})" if said else heading


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
        i18n.format_time(at)
        if same_day and precision == "menit"
        else i18n.format_time_by_precision(at, precision)
    )


def _truncate_to_precision(at: pd.Timestamp, precision: str) -> datetime | date | str | None:
    """What a file holds: no clock or day that nobody told."""
    if pd.isna(at):
        return None
    if precision == "menit":
        return at.to_pydatetime()
    return at.date() if precision == "hari" else f"{at:%Y-%m}"
