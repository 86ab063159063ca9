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
WIDEST = 300

_MINUTE = timedelta(minutes=1)
# Shares are kept a little finer than they are read; further digits mean nothing.
_FINEST = 2


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
    said: Callable[[int, date], list[str]] | None = None
    filed: Callable[[str], Mapping[str, pd.Series[Any]]] | None = None
    sign: str = ""
    needed: bool = False
    widest: int = WIDEST

    def in_file(self, heading: str) -> Mapping[str, pd.Series[Any]]:
        return self.filed(heading) if self.filed else {heading: self.values}

    def is_empty(self) -> bool:
        """Whether there are rows, and none has anything here."""
        return len(self.values) > 0 and bool((self.values.isna() | (self.values == "")).all())


def text(
    cells: Iterable[object], shown: Iterable[str] | None = None, widest: int = WIDEST
) -> Column:
    """Words; nothing where there is none. shown: the same with signs that only a screen shows."""
    values = pd.Series(["" if _unknown(cell) else str(cell) for cell in cells], dtype="object")
    if shown is None:
        return Column(values, widest=widest)
    said = list(shown)
    return Column(values, lambda n, _day: said[:n], widest=widest)


def serial(cells: Iterable[Any]) -> Column:
    """Numbers that name something: written as they are, never grouped."""
    return Column(_whole(cells))


def number(
    cells: Iterable[Any],
    digits: int = 0,
    *,
    estimated: bool | Iterable[bool] = False,
    unit: str = "",
    needed: bool = True,
) -> Column:
    """Numbers as the language writes them: 30.483, 63,5 %, ≈ 15.315.

    estimated: whether all are a perkiraan, or which rows. unit: after each number on a screen,
    in the heading of a file.
    """
    values = _fine(cells) if digits else _whole(cells)
    if isinstance(estimated, bool):
        note = _("perkiraan") if estimated else ""
        return Column(
            values,
            lambda n, _day: _told(values.head(n), digits, unit),
            lambda heading: {_noted(heading, note, unit): values},
            "≈ " if estimated else "",
            needed,
        )
    about = pd.Series(list(estimated), dtype="bool")
    return Column(
        values,
        lambda n, _day: _about(_told(values.head(n), digits, unit), about),
        lambda heading: {_noted(heading, unit): values, **_estimates(heading, values, about)},
        needed=needed,
    )


def percent(cells: Iterable[Any], *, estimated: bool | Iterable[bool] = False) -> Column:
    """Shares of a hundred: 63,5 %."""
    return number(cells, 1, estimated=estimated, unit="%")


def bounds(least: Iterable[Any], most: Iterable[Any], estimated: Iterable[bool]) -> Column:
    """Shares between which the truth lies: 41,2–78,0 %."""
    low, high = _fine(least), _fine(most)
    about = pd.Series(list(estimated), dtype="bool")

    def said(n: int, _day: date) -> list[str]:
        ends = zip(_told(low.head(n), 1), _told(high.head(n), 1, "%"), strict=True)
        known = low.head(n).notna()
        spans = ["–".join(pair) if told else MISSING
                 for pair, told in zip(ends, known, strict=True)]  # fmt: skip
        return _about(spans, about)

    def filed(heading: str) -> dict[str, pd.Series[Any]]:
        return {
            _("{what}: paling rendah (%)").format(what=heading): low,
            _("{what}: paling tinggi (%)").format(what=heading): high,
            **_estimates(heading, low, about),
        }

    return Column(low, said, filed, needed=True)


def part(
    some: Iterable[Any],
    every: Iterable[Any],
    whole: str,
    form: str = "",
    unknown: str = MISSING,
) -> Column:
    """A number and what it is of: 33 dari 34.

    whole: the heading of the second number in a file; with {what} for the heading of the first.
    unknown: what is said of a second number that nobody knows.
    """
    values, wholes = _whole(some), _whole(every)
    form = form or _("{n} dari {all}")

    def said(n: int, _day: date) -> list[str]:
        of = [unknown if word == MISSING else word for word in _told(wholes.head(n))]
        pairs = zip(_told(values.head(n)), of, strict=True)
        known = values.head(n).notna()
        return [form.format(n=one, all=every) if told else MISSING
                for (one, every), told in zip(pairs, known, strict=True)]  # fmt: skip

    return Column(
        values,
        said,
        lambda heading: {heading: values, whole.format(what=heading): wholes},
        needed=True,
    )


def span(cells: Iterable[Any]) -> Column:
    """Lengths of time, as whole minutes: 4 jam 2 menit."""
    minutes = _whole(None if _unknown(cell) else cell // _MINUTE for cell in cells)

    def said(n: int, _day: date) -> list[str]:
        known = {
            m: i18n.format_duration(int(m) * _MINUTE) for m in minutes.head(n).dropna().unique()
        }
        return [known.get(m, MISSING) for m in minutes.head(n)]

    return Column(minutes, said, lambda heading: {_noted(heading, _("menit")): minutes})


def moments(cells: Iterable[Any]) -> Column:
    """Moments on the clock of the election, with the day unless all are of the day shown."""
    local = _local(cells)
    dates = local.dt.date

    def said(n: int, day: date) -> list[str]:
        if bool((local.isna() | (dates == day)).all()):
            return [MISSING if at is pd.NaT else i18n.format_time(at) for at in local.head(n)]
        known = {d: i18n.format_date(d) for d in dates.head(n).dropna().unique()}
        told = zip(local.head(n), dates.head(n), strict=True)
        return [MISSING if at is pd.NaT else f"{known[d]} {i18n.format_time(at)}" for at, d in told]

    return Column(local, said, lambda heading: {_noted(heading, _zone()): _naive(local)})


def vague(cells: Iterable[Any], precisions: Iterable[str]) -> Column:
    """Moments of which some senders knew only the day or the month: no more is said.

    precisions: of records, "menit", "hari" or "bulan".
    """
    local = _local(cells)
    exact = list(precisions)

    def said(n: int, day: date) -> list[str]:
        told = list(zip(local.head(n), exact, strict=False))
        here = all(at is pd.NaT or at.date() == day
                   for at, known in zip(local, exact, strict=True) if known == "menit")  # fmt: skip
        return [_vaguely(at, known, here) for at, known in told]

    def filed(heading: str) -> dict[str, pd.Series[Any]]:
        cells = [_as_known(at, known) for at, known in zip(_naive(local), exact, strict=True)]
        return {_noted(heading, _zone()): pd.Series(cells, dtype="object")}

    return Column(local, said, filed)


def days(cells: Iterable[Any]) -> Column:
    """Dates: 27 Nov 2024."""
    dates = pd.Series(list(cells), dtype="datetime64[s]")

    def said(n: int, _day: date) -> list[str]:
        return [MISSING if at is pd.NaT else i18n.format_date(at) for at in dates.head(n)]

    def filed(heading: str) -> dict[str, pd.Series[Any]]:
        plain = [None if at is pd.NaT else at.date() for at in dates]
        return {heading: pd.Series(plain, dtype="object")}

    return Column(dates, said, filed)


def _unknown(cell: object) -> bool:
    return cell is None or cell is pd.NA or cell is pd.NaT or cell != cell


def _whole(cells: Iterable[Any]) -> pd.Series[Any]:
    return pd.Series(pd.array(list(cells), dtype="Int64"))


def _fine(cells: Iterable[Any]) -> pd.Series[Any]:
    return pd.Series(pd.array(list(cells), dtype="Float64")).round(_FINEST)


def _told(values: pd.Series[Any], digits: int = 0, unit: str = "") -> list[str]:
    """Each number in words. Few are different, and those are written once."""
    after = f" {unit}" if unit else ""
    known = {v: i18n.format_number(v, digits) + after for v in values.dropna().unique()}
    return [known.get(value, MISSING) for value in values]


def _about(said: list[str], estimated: pd.Series[Any]) -> list[str]:
    told = zip(said, estimated, strict=False)
    return [f"≈ {word}" if about and word != MISSING else word for word, about in told]


def _estimates(
    heading: str, values: pd.Series[Any], estimated: pd.Series[Any]
) -> dict[str, pd.Series[Any]]:
    """For a file: which numbers under the heading are a perkiraan."""
    marks = estimated.map({True: _("ya"), False: _("tidak")}).astype("object")
    return {_("{what} perkiraan").format(what=heading): marks.where(values.notna(), "")}


def _noted(heading: str, *notes: str) -> str:
    """A heading of a file with unit, zone or perkiraan in brackets: our door reads past them."""
    said = ", ".join(filter(None, notes))
    return f"{heading} ({said})" if said else heading


def _zone() -> str:
    return tenant.desk().zone_label


def _local(cells: Iterable[Any]) -> pd.Series[Any]:
    times: pd.Series[Any] = pd.to_datetime(pd.Series(list(cells), dtype="object"), utc=True)
    local: pd.Series[Any] = times.dt.tz_convert(tenant.desk().zone)
    return local


def _naive(local: pd.Series[Any]) -> pd.Series[Any]:
    naive: pd.Series[Any] = local.dt.tz_localize(None)
    return naive


def _vaguely(at: Any, known: str, here: bool) -> str:
    if at is pd.NaT:
        return MISSING
    return (
        i18n.format_time(at)
        if here and known == "menit"
        else i18n.format_time_by_precision(at, known)
    )


def _as_known(at: pd.Timestamp, known: str) -> datetime | date | str | None:
    """What a file holds: no clock or day that nobody told."""
    if pd.isna(at):
        return None
    if known == "menit":
        return at.to_pydatetime()
    return at.date() if known == "hari" else f"{at:%Y-%m}"
