"""Spells: what holds at a moment is what the other analyses say of what was known then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from situasi.analysis import neutrality, queries, timestamps
from situasi.analysis.alerts import engine as work
from situasi.analysis.alerts.episodes import Alerts
from situasi.analysis.alerts.groups import FLOOD_IN_TEN_MINUTES
from situasi.analysis.as_of import AsOfView
from situasi.analysis.incidents import cases, merging, milestones
from situasi.analysis.personnel import coverage
from situasi.analysis.situation import overview
from situasi.analysis.stations import anomalies
from situasi.analysis.stations import status as stations_status
from situasi.analysis.stations.reports import build_tps_reports, select_current_counts
from situasi.board import Board, open_board
from situasi.domain import feed_schemas
from situasi.domain.feed_schemas import FASE, STATUS, TINGKAT
from situasi.domain.register import Register
from situasi.simulation.seed import seed_store
from tests.analysis.slow import build_case_table
from tests.bench import alerts as bench
from tests.builders import incident, report, rows_of, wib
from tests.builders import incidents as rows_with
from tests.conftest import NOON, settings_in
from tests.effort import examples

PARTS = (
    work.compute_case_intervals,
    work.compute_station_intervals,
    work.compute_staffing_intervals,
)


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    folder = tmp_path_factory.mktemp("alerts")
    opened = open_board(settings_in(folder, SITUASI_REHEARSAL="yes"), lambda: NOON)
    seed_store(opened, NOON, lambda _told: None)
    yield opened
    opened.close()


def holding(spelled: pd.DataFrame, rule: str, at: datetime) -> set[str]:
    moment = timestamps.to_us(at)
    mine = spelled[spelled["rule"] == rule]
    return set(mine["member"][(mine["begin"] <= moment) & (moment < mine["end"])])


@pytest.mark.slow
def test_at_every_minute_of_the_rehearsed_day_the_same_tps_officers_and_cases_are_concerned(
    rehearsed: Board,
) -> None:
    frames, register = rehearsed.refresher.current_view().snapshot.frames, rehearsed.register
    end = wib("23.30")
    whole = AsOfView(frames, end)
    spelled = pd.concat([queries.run(part, whole, register, end) for part in PARTS])
    for clock in ("05.40", "06.55", "07.31", "08.47", "09.27", "10.13", "12.58", "15.20", "20.45"):
        at = wib(clock)
        for rule, expected in _expected(AsOfView(frames, at), register, at).items():
            assert holding(spelled, rule, at) == expected, (clock, rule)


@pytest.mark.slow
def test_a_polsek_can_answer_what_the_rehearsed_day_calls_it_for(rehearsed: Board) -> None:
    frames, register = rehearsed.refresher.current_view().snapshot.frames, rehearsed.register
    alerts: Alerts = queries.run(work.compute_alerts, frames, register, wib("23.59"))
    load = bench.load_of(alerts.table, register)
    assert load.alerts > load.calls > 0
    assert load.most_open[1] <= 7 < load.most_open[0]
    assert load.calls_per_polsek[1] <= 10
    of_polsek, of_all = load.in_ten_minutes
    assert of_polsek <= 2 and of_all <= FLOOD_IN_TEN_MINUTES


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
    late = milestones.find_overdue(
        opened, milestones.compute_milestones(known["incidents"]), election.rules.service_levels, at
    )
    feeds = overview.compute_feed_states(known, election, at)
    arrived = election.local_time(election.rules.personnel.arrive_by) <= at < closes
    return {
        "tanpa_petugas": set(force["code"][force["absent"]]) if arrived else set(),
        "kurang_pola": set(force["code"][force["below"]]) if at < closes else set(),
        "belum_dibuka": set(tps["code"][unopened]) if at > wib("07.30") else set(),
        "hadir_turun": set(wrong["code"][wrong["kind"] == "turun"]),
        "hadir_lebih": set(wrong["code"][wrong["kind"] == "melebihi"]),
        "berat": set(opened["case"][is_grave(opened)]),
        "keramaian": set(opened["case"][(opened["situasi"] == "kuning") & ~is_grave(opened)]),
        "lewat_waktu": set(late["case"]),
        "sumber_senyap": {one.feed for one in feeds if one.is_silent},
    }


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
