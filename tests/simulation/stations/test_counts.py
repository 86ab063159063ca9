"""Heads counted on the rehearsal day: their parts, and the counts that are told wrong."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.domain.boundaries import Boundaries
from situasi.domain.register import Register
from situasi.simulation import context
from situasi.simulation.context import SimulationContext
from situasi.simulation.stations import count_errors, counts, turnout
from situasi.simulation.stations.count_errors import CountError
from tests.simulation.builders import Rows, register, squares

Tps = tuple[str, str, str]


@pytest.fixture(scope="module")
def counted(day: dict[str, Rows]) -> dict[Tps, Rows]:
    """The rows with heads of each TPS in the order counted."""
    found: dict[Tps, Rows] = defaultdict(list)
    for row in sorted(day["tps"], key=lambda row: (row["fase"] == "ditutup", row["waktu"])):
        if row["hadir"]:
            found[row["kode_kecamatan"], row["desa"], row["tps"]].append(row)
    return found


@pytest.fixture(scope="module")
def stage(ogan_ilir: Register, boundaries: Boundaries) -> SimulationContext:
    return context.build_context(ogan_ilir, boundaries, 2024)


@pytest.fixture(scope="module")
def drawn(stage: SimulationContext) -> dict[str, CountError]:
    return count_errors.draw_count_errors(
        stage, turnout.draw_final_counts(stage.register, random.Random(1))
    )


def test_parts_are_apart_in_most_closing_words_and_add_up(counted: dict[Tps, Rows]) -> None:
    closing = [own[-1] for own in counted.values() if own[-1]["fase"] == "ditutup"]
    apart = [row for row in closing if row["hadir_dpt"]]
    assert 0.75 * len(closing) < len(apart) < len(closing)
    for own in counted.values():
        for row in own:
            parts = [row["hadir_dpt"], row["hadir_dptb"], row["hadir_dpk"]]
            assert all(parts) or not any(parts)
            assert not any(parts) or sum(map(int, parts)) == int(row["hadir"])


def test_parts_before_closing_come_from_noon_on_and_dpk_only_at_its_end(
    counted: dict[Tps, Rows],
) -> None:
    apart = [row for own in counted.values() for row in own if row["hadir_dpt"] and not row["fase"]]
    assert {row["waktu"][11:16] for row in apart} == {"12:00", "13:00"}
    assert {row["hadir_dpk"] for row in apart if row["waktu"][11:16] == "12:00"} == {"0"}
    assert any(row["hadir_dpk"] != "0" for row in apart)


def test_each_kind_of_wrong_count_has_a_handful(drawn: dict[str, CountError]) -> None:
    kinds = Counter(slip.kind for slip in drawn.values())
    assert set(kinds) == {"lost_digit", "above_list", "late_start", "copied"}
    assert all(3 <= count <= 13 for count in kinds.values())


def test_a_lost_digit_falls_one_exceeds_the_list_and_a_late_start_jumps(
    ogan_ilir: Register, counted: dict[Tps, Rows]
) -> None:
    names = {(d.kecamatan, d.name): code for code, d in ogan_ilir.desa.items()}
    voters = ogan_ilir.voters_by_tps
    rules = ogan_ilir.election.rules.tps
    fallen = exceeding = jumped = 0
    for (kecamatan, desa, number), own in counted.items():
        listed = voters[f"{names[kecamatan, desa]}.{number}"]
        told = [int(row["hadir"]) for row in own]
        exceeds = 1.3 * listed < max(told) < rules.impossible_list_factor * listed
        exceeding += exceeds
        steps = [after - before for before, after in pairwise(told)]
        fallen += any(step < 0 for step in steps) and not exceeds
        jumped += any(step > rules.max_hourly_share * listed for step in steps) and min(steps) >= 0
    assert exceeding >= 2
    assert fallen >= 3
    assert jumped >= 2


def test_a_few_desa_tell_one_number_from_all_their_tps_at_one_hour(
    ogan_ilir: Register, counted: dict[Tps, Rows]
) -> None:
    told: Counter[tuple[str, str, str, str]] = Counter()
    for (kecamatan, desa, _), own in counted.items():
        told.update((kecamatan, desa, row["waktu"], row["hadir"]) for row in own)
    copied = {key[:2] for key, n in told.items() if n >= ogan_ilir.election.rules.tps.min_repeats}
    assert len(copied) == 2


def test_a_small_register_has_one_slip(stage: SimulationContext) -> None:
    place = register((9, 7, 4))
    small = context.build_context(place, squares(sorted(place.kecamatan)), 1)
    found = count_errors.draw_count_errors(
        small, turnout.draw_final_counts(place, random.Random(1))
    )
    assert [slip.kind for slip in found.values()] == ["lost_digit"]


@given(count=st.integers(20, 900), later=st.integers(0, 5))
def test_a_slip_touches_no_hour_but_those_it_is_about(count: int, later: int) -> None:
    place = register((3,))
    clock = context.build_context(place, squares(sorted(place.kecamatan)), 1).clock
    hour, other = clock.opens + timedelta(hours=3), clock.opens + timedelta(hours=4 + later)
    for kind in ("lost_digit", "above_list", "late_start", "copied"):
        slip = CountError(kind, hour, count=7)
        assert slip.apply(count, other) == count
        before = slip.apply(count, hour - timedelta(hours=1))
        assert (before < count) if kind == "late_start" else (before == count)
        assert slip.is_report_required(hour) and not slip.is_report_required(other)
    assert CountError("copied", hour, count=7).apply(count, hour) == 7
    assert CountError("late_start", hour).apply(count, hour) == count


@given(total=st.integers(0, 900), seed=st.integers(0, 999))
def test_the_parts_of_a_final_count_are_never_more_than_all(total: int, seed: int) -> None:
    people = counts.draw_final_count(total, random.Random(seed))
    cells = {heading: int(value) for heading, value in people.to_cells().items()}
    assert min(cells.values()) >= 0
    assert cells["hadir"] == total
    assert cells["hadir_dpt"] + cells["hadir_dptb"] + cells["hadir_dpk"] == total
