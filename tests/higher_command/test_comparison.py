"""The kabupaten side by side: every sum is the sum of its lines, and missing is not zero."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.domain import higher_command as commands
from situasi.domain.higher_command import HigherCommand
from situasi.higher_command import comparison
from situasi.higher_command.rollup_cache import COUNTS
from situasi.higher_command.rollups.model import CountHour
from situasi.higher_command.turnout import Turnout, compute_turnout, sum_count_hours
from tests.builders_above import NOON, Kabupaten, command_folder, overview, rollup

CODES = ("98.01", "98.02", "99.01", "99.02")
# Counts that a roll-up holds as they are, and not by phase.
HELD = [name for name in COUNTS if name not in {"tps_opened", "tps_closed", "tps_done"}]


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> HigherCommand:
    folder: Path = command_folder(
        tmp_path_factory.mktemp("mabes"),
        *(Kabupaten(code, code, open=False) for code in CODES),
        code="", name="Mabes", level="mabes", parts={"98": "Satu", "99": "Dua"},
    )  # fmt: skip
    return commands.load(folder)


_counts = st.none() | st.integers(0, 500)
_told = st.dictionaries(
    st.sampled_from(CODES), st.fixed_dictionaries(dict.fromkeys(HELD, _counts)), max_size=4
)


@given(_told)
def test_every_sum_is_that_of_those_who_told_and_says_how_many_they_are(
    nation: HigherCommand, told: dict[str, dict[str, Any]]
) -> None:
    found = overview(nation, *(rollup(code, **counts) for code, counts in told.items()))
    for part in ("98", "99"):
        lines = {one.code: one for one in comparison.build_unit_summaries(found, part)}
        (whole,) = [one for one in comparison.build_unit_summaries(found) if one.code == part]
        assert whole == comparison.build_total_summary(found, part)
        for name in HELD:
            known = [told[code][name] for code in lines
                     if code in told and told[code][name] is not None]  # fmt: skip
            assert whole.counts[name] == (sum(known) if known else None)
            assert whole.reporting_by_count[name] == len(known)
            assert whole.is_partial(name) == (len(known) < len(lines))
        assert (
            whole.reporting_count == sum(code in told for code in lines) <= whole.member_count == 2
        )


def test_the_worst_situasi_anywhere_is_that_of_the_whole(nation: HigherCommand) -> None:
    calm = {"situasi_hijau": 3, "situasi_kuning": 0, "situasi_merah": 0}
    silent = dict.fromkeys(calm)
    found = overview(
        nation, rollup("98.01", **calm), rollup("98.02", **silent, kabupaten_state="kuning"),
        rollup("99.01", **silent),
    )  # fmt: skip
    assert [one.state for one in comparison.build_unit_summaries(found)] == ["kuning", None]
    assert [one.state for one in comparison.build_unit_summaries(found, "98")] == [
        "hijau",
        "kuning",
    ]


def test_a_turnout_of_estimated_voters_is_one_of_the_whole_too(nation: HigherCommand) -> None:
    found = overview(nation, rollup("98.01"), rollup("98.02", turnout_heads=None, heads=None))
    marked = comparison.build_unit_summaries(found, estimated={"98.01", "98.02"})
    assert [one.rate_estimated for one in marked] == [True, False]
    own = comparison.build_unit_summaries(found, "98", {"98.02"})
    assert [one.rate_estimated for one in own] == [False, False]


# Head counts by hour: of the first some are old, the second told none of 10.00 yet.
LATE = {480: CountHour(2, 10, 100, 1000), 600: CountHour(8, 8, 320, 800)}
EARLY = {540: CountHour(5, 5, 90, 500)}


def test_like_hour_is_summed_with_like_hour_and_an_earlier_one_is_marked(
    nation: HigherCommand,
) -> None:
    found = overview(
        nation, rollup("98.01", count_hours=LATE), rollup("98.02", count_hours=EARLY),
        rollup("99.01"),
    )  # fmt: skip
    whole = comparison.build_total_summary(found, "98")
    assert whole.turnout == Turnout(40.0, 600, stale=7, is_common=True, common_tps=8)
    own, old = comparison.build_unit_summaries(found, "98")
    assert (own.turnout, own.is_rate_old) == (Turnout(40.0, 600, 2, True, 8), False)
    assert (old.turnout.rate, old.turnout.hour, old.is_rate_old) == (40.0, 540, True)
    assert own.is_hour_apart and old.is_hour_apart
    # Of a kabupaten whose hours are not known here nothing is said of its age.
    assert [unit.is_rate_old for unit in comparison.build_unit_summaries(found, "99")] == [
        False,
        False,
    ]


@given(st.lists(st.lists(st.sampled_from((0, 420, 480, 540, 600)), min_size=1), min_size=1))
def test_the_hour_of_a_turnout_is_the_last_that_half_of_the_tps_told(
    newest_hours: list[list[int]],
) -> None:
    parts = [{hour: CountHour(one.count(hour)) for hour in set(one)} for one in newest_hours]
    every = sorted(hour for one in newest_hours for hour in one)
    found = compute_turnout(sum_count_hours(parts), None, None)
    assert found.hour == every[len(every) // 2]
    assert found.stale == sum(hour < every[len(every) // 2] for hour in every)


def test_what_came_last_is_when_it_was_stored_and_of_then_when_it_was_known(
    nation: HigherCommand,
) -> None:
    stored, known = NOON - timedelta(minutes=2), NOON - timedelta(minutes=9)
    one = rollup("98.01", received_at=stored, reported_at=known)
    (line, _other) = comparison.build_unit_summaries(overview(nation, one), "98")
    assert line.copied_at == stored
    (line, _other) = comparison.build_unit_summaries(
        overview(nation, replace(one, live=False)), "98"
    )
    assert line.copied_at == known
    (line, _other) = comparison.build_unit_summaries(
        overview(nation, replace(one, exercise=True)), "98"
    )
    assert line.copied_at is None and line.exercise_at == NOON


def test_only_where_nothing_came_from_any_of_it_a_province_is_silent(nation: HigherCommand) -> None:
    old = NOON - timedelta(hours=3)
    found = overview(nation, rollup("98.01", received_at=old), rollup("98.02"))
    some, none = comparison.build_unit_summaries(found)
    assert (some.silent_count, some.is_silent) == (1, False)
    assert (none.silent_count, none.is_silent) == (2, True)
