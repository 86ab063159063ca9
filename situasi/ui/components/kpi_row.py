"""KPIs in a row; a click on one opens the rows behind it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from situasi.common.formats import format_number
from situasi.common.i18n import _
from situasi.ui.components import markup
from situasi.ui.components.markup import Card
from situasi.ui.tables import table_view
from situasi.ui.tables.table_view import Table


@dataclass(frozen=True)
class KpiValue:
    """A number of a KPI that can be compared between two moments.

    value: None or missing where it is unknown. label: what it counts; "" for the KPI itself.
    """

    value: float | None
    label: str = ""
    digits: int = 0
    is_estimated: bool = False

    @property
    def is_known(self) -> bool:
        """Whether there is a value."""
        return self.value is not None and not pd.isna(self.value)

    @property
    def number(self) -> float:
        """The value as a number; only for a known one."""
        assert self.value is not None, "only what is known is compared"
        return float(self.value)


@dataclass(frozen=True)
class Kpi:
    """A card and the rows behind it.

    build_table: builds the table when somebody opens it; None where nothing can be listed. values:
    what can be compared with another moment, by `label`.
    """

    key: str
    card: Card
    build_table: Callable[[], Table] | None = None
    values: tuple[KpiValue, ...] = ()


def build_count_kpi(
    key: str, card: Card, build_table: Callable[[pd.DataFrame], Table], rows: pd.DataFrame
) -> Kpi:
    """Build the KPI of a number of rows, which its table lists."""
    return Kpi(key, card, lambda: build_table(rows), (KpiValue(len(rows)),))


@dataclass(frozen=True)
class Baseline:
    """The KPIs at a briefing, and its name: "taklimat 09.00"."""

    briefing_name: str
    kpis: Sequence[Kpi]

    def format_change(self, kpi: Kpi) -> str:
        """Return how this KPI changed, in words; "" if it has no number now.

        A number that was unknown at the briefing is not compared: it did not grow from zero.
        """
        values = [value for value in kpi.values if value.is_known]
        if not values:
            return ""
        old_values = (value for old in self.kpis if old.key == kpi.key for value in old.values)
        previous = {value.label: value for value in old_values if value.is_known}
        pairs = [(value, previous[value.label]) for value in values if value.label in previous]
        if not pairs:
            return _("{briefing}: belum ada pembanding").format(briefing=self.briefing_name)
        change = " · ".join(filter(None, (_format_difference(value, old) for value, old in pairs)))
        if not change:
            return _("tetap sejak {briefing}").format(briefing=self.briefing_name)
        return _("{change} sejak {briefing}").format(change=change, briefing=self.briefing_name)


def _format_difference(current: KpiValue, previous: KpiValue) -> str:
    """Return a text like '+3 terlambat'; "" where nothing changed."""
    change = round(current.number - previous.number, current.digits)
    if change == 0:
        return ""
    prefix = "≈ " if current.is_estimated or previous.is_estimated else ""
    text = f"{prefix}{'+' if change > 0 else '−'}{format_number(abs(change), current.digits)}"
    return f"{text} {current.label}".strip()


def reserve_row() -> DeltaGenerator:
    """Return a container for KPIs that are known only after the parts below are computed."""
    return st.container(key="angka")


def render_kpi_row(
    kpis: Sequence[Kpi], baseline: Baseline | None = None, container: DeltaGenerator | None = None
) -> None:
    """Draw the KPIs side by side, as many in a line as fit.

    baseline: what they are compared with. container: returned by `reserve_row` before.
    """
    with container or reserve_row():
        markup.render_cards(tuple(_build_card(kpi, baseline) for kpi in kpis))
        # The style sheet lays each button over its card, so that a click anywhere opens it.
        for kpi in kpis:
            if kpi.build_table is not None:
                table_view.render_table_popover(kpi.card.title, kpi.build_table, f"baris_{kpi.key}")
            else:
                markup.render_placeholder()


def _build_card(kpi: Kpi, baseline: Baseline | None) -> Card:
    change = baseline.format_change(kpi) if baseline else ""
    # One change is enough: the change since the briefing replaces that of the last hour.
    return replace(kpi.card, side_note="" if change else kpi.card.side_note, change=change)
