"""Alarms: what interrupts a wall, since which row, and what does not."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from situasi.analysis import queries
from situasi.analysis.situation.critical import find_critical_cases
from situasi.domain import feed_schemas
from situasi.domain.feed_schemas import SITUASI, STATUS, STATUS_CLOSED, TINGKAT
from situasi.domain.register import Register
from tests.builders import incident, report, rows_of, wib
from tests.builders import incidents as rows_with


def found(
    register: Register, *rows: dict[str, Any], merges: tuple[dict[str, Any], ...] = ()
) -> Any:
    known = {"incidents": rows_with(*rows), "merges": rows_of(feed_schemas.MERGES, *merges)}
    return queries.run(find_critical_cases, known, register, wib("12.00"))


def test_grave_is_what_is_weighed_tinggi_or_stated_merah(register: Register) -> None:
    some = found(
        register,
        incident(id="A", tingkat="tinggi"),
        incident(id="B", tingkat="rendah", situasi="merah"),
        incident(id="C", tingkat="sedang", situasi="kuning"),
    )
    assert list(some["id"]) == ["B", "A"]


def test_a_case_is_grave_since_the_row_that_made_it_so(register: Register) -> None:
    some = found(
        register,
        incident(id="A", tingkat="sedang", known="08.00"),
        incident(id="B", tingkat="tinggi", known="08.10"),
        incident(id="A", tingkat="tinggi", known="08.20"),
        incident(id="A", tingkat=None, status="ditangani", known="08.30"),
    )
    assert list(zip(some["id"], some["grave_seq"], strict=True)) == [("A", 3), ("B", 2)]
    assert some["grave_at"].iloc[0] == wib("08.20")


def test_a_closed_case_interrupts_nobody(register: Register) -> None:
    some = found(
        register,
        incident(id="A", tingkat="tinggi"),
        incident(id="A", tingkat=None, status="selesai", known="09.00"),
    )
    assert some.empty
    assert found(register).empty


def test_merged_reports_are_one_alarm_that_names_them_all(register: Register) -> None:
    rows = [incident(id="A", known="08.00"), incident(id="B", tingkat="tinggi", known="08.30")]
    one, other = rows_with(*rows)["case"]
    merged = report(kasus=other, ke=one, tindakan="gabung")
    some = found(register, *rows, merges=(merged,))
    assert list(some["id"]) == ["A"]
    assert set(some["members"].iloc[0]) == {one, other}
    assert some["grave_seq"].iloc[0] == 2


@given(
    st.lists(
        st.tuples(
            st.sampled_from("ABC"),
            st.sampled_from([*TINGKAT, None]),
            st.sampled_from([*SITUASI, None]),
            st.sampled_from([s for s in STATUS if s != "nihil"]),
        ),
        max_size=12,
    )
)
def test_alarms_are_those_that_a_slow_reading_finds(
    register: Register, told: list[tuple[str, str | None, str | None, str]]
) -> None:
    rows = [
        incident(id=name, tingkat=weight, situasi=state, status=status, known=f"08.{at:02}")
        for at, (name, weight, state, status) in enumerate(told)
    ]
    expected = {}
    for name in "ABC":
        mine = [(at, w, s, status) for at, (n, w, s, status) in enumerate(told, 1) if n == name]
        weights = [w for _, w, _, _ in mine if w]
        states = [s for _, _, s, _ in mine if s]
        last = (weights[-1:] or [None])[0], (states[-1:] or [None])[0]
        if (
            mine
            and mine[-1][3] not in STATUS_CLOSED
            and (last[0] == "tinggi" or last[1] == "merah")
        ):
            expected[name] = min(at for at, w, s, _ in mine if w == "tinggi" or s == "merah")
    some = found(register, *rows)
    assert dict(zip(some["id"], some["grave_seq"], strict=True)) == expected
    assert some["grave_seq"].is_monotonic_decreasing
