"""Rates on made-up days of known truth: the small version of `python -m tests.bench alerts`."""

from __future__ import annotations

import pytest

from situasi.domain.register import Register
from tests.bench import alerts as bench
from tests.effort import effort

pytestmark = pytest.mark.slow


def test_of_what_was_planted_all_is_raised_at_once_and_nothing_else(register: Register) -> None:
    for rule, rates in bench.exact(register, 2, seed=3).items():
        assert (rates.missed, rates.false) == (0, 0), rule
        assert rates.planted > 0, rule
        assert max(map(abs, rates.delays)) <= 1, rule


def test_bursts_are_seldom_false_and_seldom_missed(register: Register) -> None:
    quiet = bench.bursts(register, effort(40, check=16), seed=11, planted=False)
    assert quiet.false_a_day <= 1
    some = bench.bursts(register, effort(40, check=16), seed=12, planted=True)
    assert some.missed <= 0.08
    assert some.false_a_day <= 1
