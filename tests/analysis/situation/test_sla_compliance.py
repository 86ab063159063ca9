"""Punctuality: each step and each TPS is in exactly one place, and late is late."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.analysis.as_of import AsOfView
from situasi.analysis.incidents import cases as incidents_cases
from situasi.analysis.incidents import milestones
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.situation import sla_compliance
from situasi.analysis.situation.overview import (
    compute_case_overview,
    compute_overviews_by_kecamatan,
)
from situasi.analysis.stations.status import build_station_table
from situasi.domain.feed_schemas import FASE, MERGES, STATUS, TPS
from situasi.domain.register import Register
from tests.builders import case_table, incident, report, rows_of, wib
from tests.builders import incidents as rows_of_incidents

AT = wib("12.30")


def _told(cases: list[tuple[str, int, str]]) -> list[dict[str, object]]:
    """Words of cases: number of the case, minute of the day, status."""
    return [
        incident(id=f"K-{case}", at=wib("06.00") + timedelta(minutes=minute), status=status,
                 tingkat="tinggi")
        for case, minute, status in cases
    ]  # fmt: skip


_CASES = st.lists(
    st.tuples(st.sampled_from("ABCD"), st.integers(0, 380), st.sampled_from(STATUS[:5])),
    min_size=1,
    max_size=12,
)


@given(cases=_CASES)
def test_each_case_is_in_exactly_one_place_of_each_step(
    register: Register, cases: list[tuple[str, int, str]]
) -> None:
    rows = rows_of_incidents(*_told(cases))
    shown, lived = case_table(rows), milestones.compute_milestones(rows)
    service = register.election.rules.service_levels
    found = sla_compliance.build_step_table(shown, lived, service, AT)
    limits = milestones.step_limits(service["tinggi"])
    for step in milestones.STEPS:
        slow = {"in_time": 0, "late": 0, "waiting": 0, "overdue": 0}
        for case in shown["case"]:
            start, reached = lived.loc[case, "start"], lived.loc[case, step]
            late = (pd.Timestamp(AT) if pd.isna(reached) else reached) - start > limits[step]
            slow[("overdue" if late else "waiting") if pd.isna(reached)
                 else "late" if late else "in_time"] += 1  # fmt: skip
        assert found.loc[step].to_dict() == slow
    overdue = milestones.find_overdue(incidents_cases.filter_open(shown), lived, service, AT)
    assert len(overdue) <= found["overdue"].sum()


def test_a_phase_told_after_its_time_is_late_and_one_never_told_is_missing(
    register: Register,
) -> None:
    code = register.tps["code"].iloc[0]
    one = {"kecamatan": "16.10.01", "desa": code[:13], "tps": "001", "lingkup": "tps"}
    known = {"tps": rows_of(TPS, report(**one, at="07.40", fase="dibuka"))}
    found = sla_compliance.build_phase_table(build_station_table(known, register, AT), register, AT)
    assert list(found.index) == ["logistik_tiba", "dibuka"]
    opened = found.loc["dibuka"]
    assert (opened["late"], opened["in_time"], opened["missing"]) == (1, 0, 666)
    # Who was opened had its boxes; when they came nobody told.
    assert found.loc["logistik_tiba", "untimed"] == 1


@pytest.mark.parametrize("clock", ["06.00", "07.15", "13.30", "23.30"])
def test_only_what_was_due_is_judged_and_all_tps_are_counted(
    register: Register, clock: str
) -> None:
    empty = build_station_table({"tps": rows_of(TPS)}, register, wib(clock))
    found = sla_compliance.build_phase_table(empty, register, wib(clock))
    due = [d.fase for d in register.election.rules.tps.phase_deadlines if wib(clock).time() >= d.at]
    assert list(found.index) == due
    assert set(found.index) <= set(FASE)
    parts = found[["in_time", "late", "untimed", "missing"]].sum(axis=1)
    assert (parts == len(register.tps)).all()


@given(cases=_CASES, area=st.lists(st.sampled_from(["16.10.04", "16.10.05", None]), min_size=12))
def test_the_overviews_of_all_kecamatan_at_once_are_those_of_each(
    register: Register, cases: list[tuple[str, int, str]], area: list[str | None]
) -> None:
    told = [dict(row, kecamatan=where) for row, where in zip(_told(cases), area, strict=False)]
    known = AsOfView({"incidents": rows_of_incidents(*told), "merges": rows_of(MERGES)}, AT)
    codes, wanted = ["16.10.04", "16.10.05"], Selection(since=wib("00.00"), until=wib("23.00"))
    every = compute_overviews_by_kecamatan(known, register.election, codes, wanted, AT)
    for code in codes:
        own = Selection(kecamatan=(code,), since=wanted.since, until=wanted.until)
        alone = compute_case_overview(known, register.election, codes, own, AT)
        for name, value in vars(every[code]).items():
            other = vars(alone)[name]
            if isinstance(value, pd.DataFrame):
                pd.testing.assert_frame_equal(value, other)
            else:
                assert value == other, name
