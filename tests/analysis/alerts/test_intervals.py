"""Spells: what holds at a moment is what the other analyses say of what was known then."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from situasi.analysis import neutrality, timestamps
from situasi.analysis.alerts import engine as work
from situasi.analysis.alerts.episodes import Alerts
from situasi.analysis.alerts.intervals import MINUTE_US
from situasi.analysis.as_of import AsOfView
from situasi.analysis.incidents import cases, merging, milestones
from situasi.analysis.personnel import coverage
from situasi.analysis.situation import overview
from situasi.analysis.stations import anomalies, ballot_boxes
from situasi.analysis.stations import status as stations_status
from situasi.analysis.stations.reports import build_tps_reports, select_current_counts
from situasi.board import Board
from situasi.domain import feed_schemas
from situasi.domain.feed_schemas import FASE, STATUS, TINGKAT
from situasi.domain.register import Register
from tests import queries
from tests.analysis.builders_tps import known as known_reports
from tests.analysis.builders_tps import small, told
from tests.analysis.slow import build_case_table
from tests.bench import alerts as bench
from tests.bench.alert_calls import FLOOD_IN_TEN_MINUTES
from tests.builders import incident, report, rows_of, wib
from tests.builders import incidents as rows_with
from tests.effort import examples

PARTS = (
    work.compute_case_intervals,
    work.compute_station_intervals,
    work.compute_staffing_intervals,
)


def holding(spelled: pd.DataFrame, rule: str, at: datetime) -> set[str]:
    moment = timestamps.to_us(at)
    mine = spelled[spelled["rule"] == rule]
    return set(mine["member"][(mine["begin"] <= moment) & (moment < mine["end"])])


@pytest.mark.slow
def test_when_each_rule_concerns_the_most_and_at_other_hours_the_pages_name_the_same(
    rehearsed: Board,
) -> None:
    frames, register = rehearsed.refresher.current_view().snapshot.frames, rehearsed.register
    end = wib("23.30")
    whole = AsOfView(frames, end)
    spelled = pd.concat([queries.run(part, whole, register, end) for part in PARTS])
    busiest = {rule: find_busiest_minute(rows) for rule, rows in spelled.groupby("rule")}
    for at in {*busiest.values(), wib("08.47"), wib("12.58"), wib("16.20"), wib("20.45")}:
        known = AsOfView(frames, at)
        expected = _expected(known, register, at)
        assert expected.keys() == busiest.keys()
        for rule, named in expected.items():
            assert holding(spelled, rule, at) == named, (at, rule)
            assert named or busiest[rule] != at, rule  # nothing holds in vain


def find_busiest_minute(spelled: pd.DataFrame) -> datetime:
    """Find a whole minute at which the most members are concerned."""
    minutes = (np.sort(spelled["begin"].unique()) // MINUTE_US + 1) * MINUTE_US
    counts = [((spelled["begin"] <= at) & (at < spelled["end"])).sum() for at in minutes]
    return timestamps.from_us(int(minutes[int(np.argmax(counts))]))


@pytest.mark.slow
def test_a_polsek_can_answer_what_the_rehearsed_day_calls_it_for(rehearsed: Board) -> None:
    frames, register = rehearsed.refresher.current_view().snapshot.frames, rehearsed.register
    alerts: Alerts = queries.run(work.compute_alerts, frames, register, wib("23.59"))
    load = bench.load_of(alerts.table, register)
    # Three of four alerts join what a Polsek was called for already; nobody is called twice within
    # ten minutes, nor more than once in two hours of the watch; the posko hears half of a flood.
    assert 0 < 3 * load.calls <= load.alerts
    open_alerts, open_lines = load.most_open
    assert 4 * open_lines <= open_alerts
    watch_h = (register.election.day_end - register.election.day_start) / timedelta(hours=1)
    assert load.calls_per_polsek[1] <= watch_h / 2
    assert load.in_ten_minutes[0] == 1
    assert load.in_ten_minutes[1] <= FLOOD_IN_TEN_MINUTES / 2


def find_silent(known: Any, register: Register, at: datetime) -> set[str]:
    """Find the TPS that owe a report too long, among those that have no alert of their own."""
    election, rule = register.election, register.election.alerts.rules["tps_diam"]
    tps = election.rules.tps
    due = tuple(one for one in tps.phase_deadlines if one.fase not in rule.excluded_phases)
    rules = replace(election.rules, tps=replace(tps, phase_deadlines=due))
    asked = replace(register, election=replace(election, rules=rules))
    table = queries.run(stations_status.build_station_table, known, asked, at)
    return set(table["code"][table["late_min"].fillna(0) > rule.grace / timedelta(minutes=1)])


def _expected(known: AsOfView, register: Register, at: datetime) -> dict[str, set[str]]:
    election = register.election
    closes = election.local_time(election.tps_closes)
    force = queries.run(coverage.compute_coverage, known, register, at).tps
    tps = queries.run(stations_status.build_station_table, known, register, at)
    unopened = ~tps["fase"].isin(FASE[FASE.index("dibuka") :])
    wrong = anomalies.find_anomalies(
        select_current_counts(build_tps_reports(known["tps"], register), register), register
    )
    wrong = wrong[wrong["current"]]
    every = build_case_table(known["incidents"])
    opened = cases.filter_open(every)
    moved = is_overdue(tps, at - election.alerts.rules["kotak"].grace)
    late = milestones.find_overdue(
        opened, milestones.compute_milestones(known["incidents"]), election.rules.service_levels, at
    )
    feeds = overview.compute_feed_states(known, election, at)
    arrived = election.local_time(election.rules.personnel.arrive_by) <= at
    return {
        "tanpa_petugas": set(force["code"][force["absent"]]) if arrived else set(),
        "kurang_pola": set(force["code"][force["below"]]) if at < closes else set(),
        "belum_dibuka": set(tps["code"][unopened]) if at > wib("07.30") else set(),
        "hadir_turun": set(wrong["code"][wrong["kind"] == "turun"]),
        "hadir_lebih": set(wrong["code"][wrong["kind"] == "melebihi"]),
        "kotak": set(tps["code"][moved]),
        "tps_diam": find_silent(known, register, at),
        "berat": set(opened["case"][is_grave(opened)]),
        "keramaian": set(opened["case"][(opened["situasi"] == "kuning") & ~is_grave(opened)]),
        "lewat_waktu": set(late["case"]),
        "sumber_senyap": {one.feed for one in feeds if one.is_silent},
    }


def is_overdue(tps: pd.DataFrame, left_before: datetime) -> Any:
    return tps["box"].isin(ballot_boxes.MOVING) & (tps["box_at"] < left_before)


def is_grave(rows: Any) -> Any:
    return (rows["tingkat"] == "tinggi") | (rows["situasi"] == "merah")


WORDS = st.lists(
    st.tuples(
        st.sampled_from("ABC"),
        st.integers(0, 40),  # minutes after 08.00 when it was known
        st.integers(0, 6),  # and so long before that it was told
        st.sampled_from([*TINGKAT, None]),
        st.sampled_from(["hijau", "kuning", "merah", None]),
        st.sampled_from([s for s in STATUS if s != "nihil"]),
    ),
    min_size=1,
    max_size=8,
)
BONDS = st.lists(
    st.tuples(st.sampled_from(["AB", "BC", "CA"]), st.integers(0, 45),
              st.sampled_from(["gabung", "gabung", "pisah"])),
    max_size=3,
)  # fmt: skip


@settings(max_examples=examples(60))
@given(WORDS, BONDS, st.integers(0, 300))
def test_merged_cases_and_words_known_out_of_turn_stand_as_the_lists_say(
    register: Register, told: list[Any], bound: list[Any], after: int
) -> None:
    start, rules = wib("08.00"), register.election.rules
    rows = rows_with(
        *(
            incident(id=name, known=start + timedelta(minutes=known), tingkat=weight,
                     reported_at=start + timedelta(minutes=known - before), situasi=state,
                     status=status)
            for name, known, before, weight, state, status in told
        )
    )  # fmt: skip
    case = dict(zip(rows["id"], rows["case"], strict=True))
    merges = rows_of(
        feed_schemas.MERGES,
        *(
            report(kasus=case.get(pair[0], "?"), ke=case.get(pair[1], "?"), tindakan=act,
                   at=start + timedelta(minutes=known), id=f"G{n}")
            for n, (pair, known, act) in enumerate(bound)
        ),
    )  # fmt: skip
    at = start + timedelta(minutes=after)
    end = start + timedelta(minutes=400)
    spelled = queries.run(
        work.compute_case_intervals, {"incidents": rows, "merges": merges}, register, end
    )

    known = rows[rows["known_at"] <= at]
    decided = merges[merges["known_at"] <= at]
    every = build_case_table(known)
    stands = merging.find_canonical_cases(every, decided)
    opened = cases.filter_open(merging.collapse(every, stands))
    lived = milestones.collapse(milestones.compute_milestones(known), stands)
    late = milestones.find_overdue(opened, lived, rules.service_levels, at)
    assert holding(spelled, "berat", at) == set(opened["case"][is_grave(opened)])
    crowds = opened["case"][(opened["situasi"] == "kuning") & ~is_grave(opened)]
    assert holding(spelled, "keramaian", at) == set(crowds)
    assert holding(spelled, "lewat_waktu", at) == set(late["case"])


TOLD = st.lists(
    st.tuples(
        st.integers(0, 2),  # the TPS
        st.integers(0, 100),  # so many times ten minutes after 06.00 it was so
        st.integers(0, 9),  # and so many times ten minutes later known
        st.sampled_from([*FASE, None]),
        st.sampled_from([None, 90, 120]),
        st.integers(0, 5),  # the report, which a later row corrects
    ),
    min_size=1,
    max_size=8,
)
STILL_ON_ITS_WAY = [(0, 0, 0, "kotak_bergeser", None, 0), (0, 1, 0, "kotak_bergeser", None, 1)]


@settings(max_examples=examples(60))
@example(STILL_ON_ITS_WAY, 16)  # said again, it left no later
@given(TOLD, st.integers(0, 107))  # of one day: until 23.50
def test_tps_silent_too_long_and_boxes_on_their_way_are_those_of_the_page(
    words: list[Any], after: int
) -> None:
    few, step = small(3), timedelta(minutes=10)
    codes = few.tps["code"].tolist()
    known = known_reports(
        *(
            told(of=codes[place], id=f"T{place}{report}", fase=fase, hadir=hadir,
                 at=wib("06.00") + so * step, known=wib("06.00") + (so + late) * step)
            for place, so, late, fase, hadir, report in words
        )
    )  # fmt: skip
    at = wib("06.00") + after * step
    spelled = queries.run(work.compute_station_intervals, known, few, wib("23.59"))
    rows = {"tps": known["tps"][known["tps"]["known_at"] <= at]}
    table = queries.run(stations_status.build_station_table, rows, few, at)
    if len(rows["tps"]):
        assert holding(spelled, "tps_diam", at) == find_silent(rows, few, at)
    grace = few.election.alerts.rules["kotak"].grace
    assert holding(spelled, "kotak", at) == set(table["code"][is_overdue(table, at - grace)])


STEPS = st.lists(
    st.tuples(st.sampled_from("AB"), st.integers(0, 30), st.integers(0, 2),
              st.sampled_from([*feed_schemas.LANGKAH[1:], None])),
    max_size=6,
)  # fmt: skip


@settings(max_examples=examples(60))
@given(STEPS, st.integers(0, 60))
def test_neutrality_cases_past_their_days_are_those_of_the_page(
    register: Register, told: list[Any], after: int
) -> None:
    target = register.election.rules.neutrality_target
    start = wib("08.00") - timedelta(days=60)
    rows = rows_of(
        feed_schemas.NEUTRALITY,
        *(
            report(id=name, at=start + timedelta(days=day),
                   known=start + timedelta(days=day, hours=5 * late), langkah=step,
                   reported_at=start + timedelta(days=day))
            for name, day, late, step in told
        ),
    )  # fmt: skip
    end = start + timedelta(days=90)
    spelled = queries.run(work.compute_neutrality_intervals, {"neutrality": rows}, register, end)
    at = start + timedelta(days=after, hours=11)
    known = rows[rows["known_at"] <= at]
    page = neutrality.compute_summary(known, at, target)
    assert holding(spelled, "netralitas", at) == set(page.overdue_cases["case"])
