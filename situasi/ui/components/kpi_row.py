"""Key figures in a row; a click on one opens the rows behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from situasi.common import i18n
from situasi.common.i18n import _
from situasi.ui.components import markup
from situasi.ui.components.markup import Card
from situasi.ui.tables import table_view
from situasi.ui.tables.table_view import Table


@dataclass(frozen=True)
class Count:
    """A number that a figure tells, by which two moments are compared.

    value: None or missing where nobody knows. word: what it counts; "" for the figure itself.
    """

    value: float | None
    word: str = ""
    digits: int = 0
    estimated: bool = False

    @property
    def known(self) -> bool:
        return self.value is not None and not pd.isna(self.value)

    @property
    def number(self) -> float:
        assert self.value is not None, "only what is known is compared"
        return float(self.value)


@dataclass(frozen=True)
class Figure:
    """A card and what stands behind it.

    rows: gives the table when somebody opens it; None where nothing can be listed. counts: what
    can be compared with another moment, by `word`.
    """

    key: str
    card: Card
    rows: Callable[[], Table] | None = None
    counts: tuple[Count, ...] = ()


@dataclass(frozen=True)
class Before:
    """The figures of a briefing, and what it is called: "taklimat 09.00"."""

    name: str
    figures: Sequence[Figure]

    def since(self, figure: Figure) -> str:
        """How this figure has changed, in words; "" for one that is no number now.

        A number that nobody knew then is compared with nothing: it did not grow from zero.
        """
        counts = [one for one in figure.counts if one.known]
        if not counts:
            return ""
        then = {
            one.word: one
            for other in self.figures
            if other.key == figure.key
            for one in other.counts
            if one.known
        }
        pairs = [(one, then[one.word]) for one in counts if one.word in then]
        if not pairs:
            return _("{briefing}: belum ada pembanding").format(briefing=self.name)
        said = " · ".join(filter(None, (_changed(one, other) for one, other in pairs)))
        if not said:
            return _("tetap sejak {briefing}").format(briefing=self.name)
        return _("{change} sejak {briefing}").format(change=said, briefing=self.name)


def _changed(now: Count, then: Count) -> str:
    """'+3 terlambat'; "" where it is the same."""
    change = round(now.number - then.number, now.digits)
    if change == 0:
        return ""
    about = "≈ " if now.estimated or then.estimated else ""
    said = f"{about}{'+' if change > 0 else '−'}{i18n.format_number(abs(change), now.digits)}"
    return f"{said} {now.word}".strip()


def place() -> DeltaGenerator:
    """Where figures go that can be told only after what stands below them."""
    return st.container(key="angka")


def figure_row(
    figures: Sequence[Figure],
    before: Before | None = None,
    there: DeltaGenerator | None = None,
) -> None:
    """Draw the figures side by side, as many in a line as fit.

    before: what they are compared with. there: a `place` of before.
    """
    with there or place():
        markup.cards(tuple(_card(figure, before) for figure in figures))
        # The style sheet lays each over the card of the same number: a click anywhere on it.
        for figure in figures:
            if figure.rows is not None:
                table_view.opens(figure.card.title, figure.rows, f"baris_{figure.key}")
            else:
                markup.gap()


def _card(figure: Figure, before: Before | None) -> Card:
    since = before.since(figure) if before else ""
    # One change is enough: that of the last hour gives way.
    return replace(figure.card, aside="" if since else figure.card.aside, since=since)
