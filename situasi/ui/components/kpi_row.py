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
class KpiValue:
    """A number that a figure tells, by which two moments are compared.

    value: None or missing where nobody knows. word: what it counts; "" for the figure itself.
    """

    value: float | None
    label: str = ""
    digits: int = 0
    is_estimated: bool = False

    @property
    def is_known(self) -> bool:
        return self.value is not None and not pd.isna(self.value)

    @property
    def number(self) -> float:
        assert self.value is not None, "only what is known is compared"
        return float(self.value)


@dataclass(frozen=True)
class Kpi:
    """A card and what stands behind it.

    rows: gives the table when somebody opens it; None where nothing can be listed. counts: what
    can be compared with another moment, by `word`.
    """

    key: str
    card: Card
    build_table: Callable[[], Table] | None = None
    values: tuple[KpiValue, ...] = ()


@dataclass(frozen=True)
class Baseline:
    """The figures of a briefing, and what it is called: "taklimat 09.00"."""

    briefing_name: str
    kpis: Sequence[Kpi]

    def format_change(self, kpi: Kpi) -> str:
        """How this figure has changed, in words; "" for one that is no number now.

        A number that nobody knew then is compared with nothing: it did not grow from zero.
        """
        counts = [one for one in kpi.values if one.is_known]
        if not counts:
            return ""
        then = {
            one.label: one
            for other in self.kpis
            if other.key == kpi.key
            for one in other.values
            if one.is_known
        }
        pairs = [(one, then[one.label]) for one in counts if one.label in then]
        if not pairs:
            return _("{briefing}: belum ada pembanding").format(briefing=self.briefing_name)
        said = " · ".join(filter(None, (_format_difference(one, other) for one, other in pairs)))
        if not said:
            return _("tetap sejak {briefing}").format(briefing=self.briefing_name)
        return _("{change} sejak {briefing}").format(change=said, briefing=self.briefing_name)


def _format_difference(current: KpiValue, previous: KpiValue) -> str:
    """'+3 terlambat'; "" where it is the same."""
    change = round(current.number - previous.number, current.digits)
    if change == 0:
        return ""
    about = "≈ " if current.is_estimated or previous.is_estimated else ""
    said = f"{about}{'+' if change > 0 else '−'}{i18n.format_number(abs(change), current.digits)}"
    return f"{said} {current.label}".strip()


def reserve_row() -> DeltaGenerator:
    """Where figures go that can be told only after what stands below them."""
    return st.container(key="angka")


def render_kpi_row(
    kpis: Sequence[Kpi],
    baseline: Baseline | None = None,
    container: DeltaGenerator | None = None,
) -> None:
    """Draw the figures side by side, as many in a line as fit.

    before: what they are compared with. there: a `place` of before.
    """
    with container or reserve_row():
        markup.render_cards(tuple(_build_card(figure, baseline) for figure in kpis))
        # The style sheet lays each over the card of the same number: a click anywhere on it.
        for figure in kpis:
            if figure.build_table is not None:
                table_view.render_table_popover(
                    figure.card.title, figure.build_table, f"baris_{figure.key}"
                )
            else:
                markup.render_placeholder()


def _build_card(kpi: Kpi, baseline: Baseline | None) -> Card:
    since = baseline.format_change(kpi) if baseline else ""
    # One change is enough: that of the last hour gives way.
    return replace(kpi.card, side_note="" if since else kpi.card.side_note, change=since)
