"""Numbers as text: an estimate is marked, and what nobody told is no number."""

from __future__ import annotations

import math
from types import SimpleNamespace

from situasi.presentation import numbers


def test_a_share_of_an_estimated_list_is_marked_and_one_that_nobody_told_is_a_dash() -> None:
    assert numbers.format_percent(63.46) == "63,5 %"
    assert numbers.format_percent(63.46, is_estimated=True) == "≈ 63,5 %"
    assert numbers.format_percent(math.nan, is_estimated=True) == "–"
    assert numbers.format_voters(30_483, False) == "30.483"
    assert numbers.format_voters(30_483, True) == "≈ 30.483"


def test_bounds_between_which_nothing_lies_are_one_number() -> None:
    assert numbers.format_bounds(SimpleNamespace(least=41.2, most=78)) == "41,2–78,0 %"
    assert numbers.format_bounds(SimpleNamespace(least=63.42, most=63.44)) == "63,4 %"
