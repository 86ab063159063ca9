"""The timeline: every case with an hour is in exactly one slot."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from situasi.analysis.incidents.timeline import count_by_slot, count_without_hour
from tests.builders import DAY, case_table, incident, incidents, wib

START, END = wib("04.00"), DAY + timedelta(days=1)


def test_a_case_lies_in_the_quarter_of_an_hour_in_which_it_happened() -> None:
    slots = count_by_slot(
        case_table(incidents(incident(at="08.14"), incident(id="B", at="08.15"))), START, END
    )
    assert slots.loc[wib("08.00"), "rendah"] == 1
    assert slots.loc[wib("08.15"), "rendah"] == 1
    assert slots.to_numpy().sum() == 2


def test_unweighed_cases_have_their_own_column() -> None:
    slots = count_by_slot(case_table(incidents(incident(tingkat=None))), START, END)
    assert slots["belum"].sum() == 1


def test_a_case_of_which_only_the_day_is_known_is_counted_apart() -> None:
    found = case_table(incidents(incident(at="08.00", precision="hari")))
    assert count_by_slot(found, START, END).to_numpy().sum() == 0
    assert count_without_hour(found, START, END) == 1


def test_an_empty_day_has_all_its_slots() -> None:
    slots = count_by_slot(case_table(incidents()), START, END)
    assert slots.shape == (80, 4)
    assert slots.to_numpy().sum() == 0


@given(st.lists(st.integers(min_value=0, max_value=24 * 60 - 1), max_size=30))
def test_slots_equal_counting_by_hand(minutes: list[int]) -> None:
    rows = [
        incident(id=str(n), at=DAY + timedelta(minutes=minute)) for n, minute in enumerate(minutes)
    ]
    slots = count_by_slot(case_table(incidents(*rows)), START, END)
    for slot in slots.index:
        by_hand = sum(
            slot <= DAY + timedelta(minutes=m) < slot + timedelta(minutes=15) for m in minutes
        )
        assert slots.loc[slot].sum() == by_hand
