"""The explanation of a figure: its rule, its thresholds and its feeds, as text."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from situasi.common.formats import format_counts
from situasi.common.i18n import _
from situasi.domain.election import Election
from situasi.domain.labels import label

CASE_FEEDS = ("incidents", "merges")
OFFICER_FEEDS = ("roster", "postings", "personnel")

Limits = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Explanation:
    """How a number is computed.

    limits: the thresholds from the election folder that the rule uses, as (name, value) texts.
    feeds: codes of the feeds whose rows are counted.
    """

    rule: str
    limits: Limits = ()
    feeds: tuple[str, ...] = ()

    def format_limits(self) -> str:
        """Return the limits in one line; "" without any."""
        return " · ".join(f"{name} {value}" for name, value in self.limits)

    def format_feeds(self) -> str:
        """Return the feeds in one line."""
        return ", ".join(label("feed", feed) for feed in self.feeds)


# Of an Election, or of the HigherCommand for the figures of its page.
ExplanationBuilder = Callable[[Any], Explanation]


def explain(
    rule: str,
    *feeds: str,
    limits: Callable[[Any], Limits] = lambda _definition: (),
    values: Callable[[Any], Mapping[str, str]] = lambda _definition: {},
) -> ExplanationBuilder:
    """Return the builder of an explanation.

    rule: marked by N_. limits: reads the thresholds. values: reads what the braces in the rule
    stand for.
    """
    return lambda definition: Explanation(
        _(rule).format(**values(definition)), limits(definition), feeds
    )


def list_patterns(election: Election) -> Limits:
    """Return the staffing patterns as limits, such as "kurang rawan 2-8-16"."""
    return tuple(
        (label("kerawanan", kind), f"{pattern.polri}-{pattern.tps}-{pattern.linmas}")
        for kind, pattern in election.rules.staffing_patterns.by_kerawanan.items()
    )


def format_minutes(span: timedelta) -> str:
    """Return a duration such as "30 menit"."""
    return format_counts(_("{n} menit"), n=span / timedelta(minutes=1))


def format_clock(at: time) -> str:
    """Return a clock time such as "07.15"."""
    return f"{at:%H.%M}"
