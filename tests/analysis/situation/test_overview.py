"""The overview by numbers: whatever comes, the same as everything made anew from every row."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from situasi.analysis.as_of import AsOfView
from situasi.analysis.incidents import case_index, merging
from situasi.analysis.incidents import cases as incidents_cases
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.situation import crowd_state
from situasi.analysis.situation.overview import Overview
from situasi.analysis.situation.priority_score import compute_priority_scores
from situasi.domain import election, feed_schemas
from situasi.live import access_scope
from situasi.live.access_scope import AccessScope
from tests.analysis import slow
from tests.analysis.incidents.test_case_index import CLOCKS, delivered, frame, rows_told, wanted
from tests.analysis.situation.test_priority_score import RULES, gaps, stations
from tests.analysis.slow import build_case_table, merge_cases
from tests.builders import report, rows_of, wib
from tests.builders_election import invented_election
from tests.effort import examples
from tests.queries import compute_overview

HERE, THERE = "16.10.04", "16.10.05"
CODES = ["16.10.01", "16.10.02", "16.10.04"]
cuts = st.lists(st.integers(0, 25), max_size=3)
clock = st.sampled_from(CLOCKS)
deed = st.tuples(
    st.integers(0, 24), st.integers(0, 24), st.sampled_from(["gabung", "gabung", "pisah"]), clock
)
deeds = st.lists(deed, max_size=6)


@cache
def defined() -> election.Election:
    return election.load(invented_election(Path(tempfile.mkdtemp()) / "election"))


def frames_of(
    told: list[dict[str, Any]], said: list[tuple[int, int, str, str]]
) -> dict[str, pd.DataFrame]:
    rows = frame(told)
    keys, made_up = rows["case"].tolist(), rows["latihan"].tolist()
    merges = [
        report(kasus=keys[one], ke=keys[other], tindakan=act, known=at, latihan=made_up[one])
        for one, other, act, at in said
        if max(one, other) < len(keys)
    ]
    empty = {name: rows_of(feed) for name, feed in feed_schemas.FEEDS.items()}
    return {**empty, "incidents": rows, "merges": rows_of(feed_schemas.MERGES, *merges)}


def assert_same(found: Overview, expected: Overview) -> None:
    for name, value in vars(expected).items():
        ours = getattr(found, name)
        if isinstance(value, pd.DataFrame):
            ours, value = ours.reset_index(drop=True), value.reset_index(drop=True)
            if name == "slots":
                ours, value = found.slots, expected.slots
            pd.testing.assert_frame_equal(ours, value, obj=name, check_dtype=not ours.empty)
        else:
            assert ours == value, name


@settings(max_examples=examples(60))
@given(rows_told, deeds, wanted, clock, st.booleans())
def test_the_overview_equals_the_one_made_from_every_row(
    told: list[dict[str, Any]],
    said: list[tuple[int, int, str, str]],
    asked: Selection,
    at: str,
    live: bool,
) -> None:
    frames, moment = frames_of(told, said), wib(at)
    found = compute_overview(frames, defined(), CODES, asked, moment, live=live)
    assert_same(found, slow.overview(frames, defined(), CODES, asked, moment, live=live))


@settings(max_examples=examples(60))
@given(rows_told, cuts, deeds, clock, st.sampled_from([(), ("16.10.01",)]), st.booleans())
def test_what_a_viewer_may_see_is_the_same_by_rows_and_by_cases_that_grew(
    told: list[dict[str, Any]],
    cut: list[int],
    said: list[tuple[int, int, str, str]],
    at: str,
    area: tuple[str, ...],
    live: bool,
) -> None:
    frames, moment = frames_of(told, said), wib(at)
    limit = None if live else moment
    hidden, nameless = (("incidents", "ditugaskan"),), (("incidents", "uraian"),)
    reach = AccessScope(tuple(feed_schemas.FEEDS), area, hidden, nameless)
    seen = access_scope.filter_frames(frames, reach)
    quick = access_scope.filter_known(frames, delivered(frames["incidents"], cut), reach, limit)
    slowly = AsOfView(seen, limit)
    for feed in feed_schemas.FEEDS:
        pd.testing.assert_frame_equal(quick[feed], incidents_cases.filter_known(seen[feed], limit))
        assert quick.last_known_at(feed, moment) == slowly.last_known_at(feed, moment)
    pd.testing.assert_frame_equal(quick.cases.to_frame(), build_case_table(quick["incidents"]))


@settings(max_examples=examples(60))
@given(rows_told, deeds, clock)
def test_the_lively_cases_tell_as_much_of_crowds_and_weights_as_all_of_them(
    told: list[dict[str, Any]], said: list[tuple[int, int, str, str]], at: str
) -> None:
    told = [{**one, "kecamatan": {"16.10.01": HERE, "16.10.02": THERE}.get(one["kecamatan"])}
            for one in told]  # fmt: skip
    frames, moment, valid = frames_of(told, said), wib(at), timedelta(hours=3)
    every = merge_cases(build_case_table(frames["incidents"]), frames["merges"])
    lively = case_index.any_of(case_index.is_open, case_index.is_known_since(moment - valid))
    cases = case_index.build_from_known(frames["incidents"])
    few = merging.build_merged_cases(cases, frames["merges"]).to_frame(lively)
    states = crowd_state.build_kecamatan_table(every, [HERE, THERE], moment, valid)
    pd.testing.assert_frame_equal(
        crowd_state.build_kecamatan_table(few, [HERE, THERE], moment, valid), states
    )
    scores = [
        compute_priority_scores(found, states, stations(), {}, gaps(), RULES)
        for found in (every, few)
    ]
    pd.testing.assert_frame_equal(scores[1], scores[0])
