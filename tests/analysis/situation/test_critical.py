"""Alarms: what interrupts a wall, since which row, and what does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.analysis.alerts import engine
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.redeployment.shortfalls import find_critical_places
from situasi.analysis.situation.critical import find_critical_cases, find_critical_events
from situasi.analysis.timestamps import to_us
from situasi.domain import feed_schemas
from situasi.domain.feed_schemas import SITUASI, STATUS, STATUS_CLOSED, TINGKAT
from situasi.domain.register import Register
from situasi.domain.rules import CriticalRule
from situasi.higher_command.rollup_cache import build_parameters
from situasi.higher_command.rollups.cases import compute_case_figures
from tests import queries
from tests.builders import incident, report, rows_of, wib
from tests.builders import incidents as rows_with
from tests.queries import compute_overview


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


SEDANG = CriticalRule(tingkat=("sedang", "tinggi"), situasi=())


@pytest.mark.parametrize(("rule", "expected"), [(CriticalRule(), "BDH"), (SEDANG, "BCH")])
def test_everything_that_asks_for_critical_cases_finds_the_same_by_the_rule_of_the_election(
    register: Register, rule: CriticalRule, expected: str
) -> None:
    election = register.election
    own = replace(
        register, election=replace(election, rules=replace(election.rules, critical=rule))
    )
    yesterday = wib("08.00") - timedelta(days=1)
    rows = rows_with(
        incident(id="A", tingkat="rendah", desa="16.10.05.2001"),
        incident(id="B", tingkat="tinggi", desa="16.10.05.2002"),
        incident(id="C", tingkat="sedang", situasi="kuning", desa="16.10.05.2003"),
        incident(id="D", tingkat="rendah", situasi="merah", desa="16.10.05.2004"),
        incident(id="E", tingkat="tinggi", situasi="merah", desa="16.10.05.2005"),
        incident(id="E", tingkat=None, status="selesai", desa="16.10.05.2005", known="09.00"),
        incident(id="F", tingkat="sedang", situasi="merah", desa="16.10.05.2006"),
        incident(id="F", tingkat="rendah", situasi="hijau", desa="16.10.05.2006", known="09.00"),
        incident(id="H", tingkat="tinggi", desa="16.10.05.2007", at=yesterday, known=yesterday),
    )
    known, at = {"incidents": rows, "merges": rows_of(feed_schemas.MERGES)}, wib("12.00")
    wall = queries.run(find_critical_cases, known, own, at)
    assert "".join(sorted(wall["id"])) == expected

    cases = set(wall["case"])
    intervals = queries.run(engine.compute_case_intervals, known, own, at)
    now = (intervals["begin"] <= to_us(at)) & (intervals["end"] > to_us(at))
    assert set(intervals["member"][now & (intervals["rule"] == "berat")]) == cases
    shown = compute_overview(known, own.election, list(own.kecamatan), Selection(), at, live=True)
    assert shown.critical_count == len(cases)
    assert find_critical_places(shown.open_cases, rule) == set(wall["desa"])
    parameters = build_parameters(own)
    above, _until = compute_case_figures("16.10", rows, known["merges"], parameters, at)
    assert above["critical_open"] == len(cases)
    assert {one.case for one in above["critical_cases"]} == cases
    events = queries.run(find_critical_events, known, own, at)
    assert cases - {one.case for one in events} <= {
        case for case, name in zip(wall["case"], wall["id"], strict=True) if name == "H"
    }


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
