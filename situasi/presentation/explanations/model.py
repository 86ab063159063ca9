"""The explanation of a figure: its rule, its thresholds and its feeds, as text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time, timedelta

from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.election import Election
from situasi.domain.labels import label


@dataclass(frozen=True)
class Explanation:
    """How a number is computed.

    limits: the thresholds from the election folder that the rule uses, as (name, value) texts.
    feeds: codes of the feeds whose rows are counted.
    """

    rule: str
    limits: tuple[tuple[str, str], ...] = ()
    feeds: tuple[str, ...] = ()

    def format_limits(self) -> str:
        """Return the limits in one line; "" without any."""
        return " · ".join(f"{name} {value}" for name, value in self.limits)

    def format_feeds(self) -> str:
        """Return the feeds in one line."""
        return ", ".join(label("feed", feed) for feed in self.feeds)


ExplanationBuilder = Callable[[Election], Explanation]


def explain(rule: str, *feeds: str) -> Callable[[object], Explanation]:
    """Return the builder of an explanation without limits. rule: marked by N_."""
    return lambda _definition: Explanation(_(rule), feeds=feeds)


def format_minutes(span: timedelta) -> str:
    """Return a duration such as "30 menit"."""
    return _("{n} menit").format(n=i18n.format_number(span / timedelta(minutes=1)))


def format_clock(at: time) -> str:
    """Return a clock time such as "07.15"."""
    return f"{at:%H.%M}"
