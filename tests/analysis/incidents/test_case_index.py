"""The case index: always what the slow, obvious way finds in the same rows."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from situasi.analysis.incidents import case_index, cases
from situasi.analysis.incidents.case_index import CaseIndex
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.incidents.encoded_rows import DictionaryEncoder
from situasi.domain import feed_schemas
from tests.analysis.slow import build_case_table
from tests.builders import incident, wib
from tests.builders import incidents as rows_with

CLOCKS = ["07.00", "08.00", "08.30", "09.00", "10.00", "11.00"]
AREAS = ["16.10.01", "16.10.02", None]
row = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["1", "2", "3", "4"]),
        "kecamatan": st.sampled_from(AREAS),
        "at": st.sampled_from(CLOCKS),
        "known": st.sampled_from(CLOCKS),
        "reported_at": st.sampled_from([None, *map(wib, CLOCKS)]),
        "jenis": st.sampled_from(["logistik", "logistik", "nihil"]),
        "tingkat": st.sampled_from([*feed_schemas.TINGKAT, None]),
        "situasi": st.sampled_from([*feed_schemas.SITUASI, None]),
        "status": st.sampled_from(feed_schemas.STATUS),
        "ditugaskan": st.sampled_from(["Regu 1", "Regu 2", None]),
        "rujukan": st.sampled_from(["kpu", None]),
        "latihan": st.sampled_from([False, False, True]),
        "withdrawn_at": st.sampled_from([None, None, None, *map(wib, CLOCKS)]),
    }
)
rows_told = st.lists(row, max_size=25)
wanted = st.builds(
    Selection,
    kecamatan=st.sets(st.sampled_from(["16.10.01", "16.10.02"])).map(tuple),
    jenis=st.sampled_from([(), ("logistik",), ("never said",)]),
    tingkat=st.sets(st.sampled_from(feed_schemas.TINGKAT)).map(tuple),
    status=st.sets(st.sampled_from(feed_schemas.STATUS)).map(tuple),
    since=st.sampled_from([None, wib("08.00")]),
    until=st.sampled_from([None, wib("10.00")]),
)


def frame(told: list[dict[str, Any]]) -> pd.DataFrame:
    return rows_with(*(incident(**one) for one in told)).astype({"case": "object"})


def delivered(rows: pd.DataFrame, cuts: list[int]) -> CaseIndex:
    """The cases after the rows came in slices, each read as the snapshot reads it.

    What is taken back at all is told with the last slice, as when somebody does it late.
    """
    coder = DictionaryEncoder()
    edges = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
    whole = rows.assign(withdrawn_at=pd.Series(pd.NaT, rows.index, "datetime64[us, UTC]"))
    found = case_index.build_from_encoded(coder.build_encoded_rows(rows.head(0)))
    for start, end in pairwise(edges):
        coder.add_rows(whole.iloc[start:end])
        coded = coder.build_encoded_rows(whole.head(end))
        found = found.with_updates(coded, np.unique(coded.case_codes[start:]))
    last = coder.build_encoded_rows(rows)
    return found.with_updates(
        last, np.unique(last.case_codes[rows["withdrawn_at"].notna().to_numpy()])
    )


@given(rows_told, st.lists(st.integers(0, 25), max_size=4))
def test_cases_that_grew_by_deliveries_equal_those_found_anew(
    told: list[dict[str, Any]], cuts: list[int]
) -> None:
    rows = frame(told)
    slow = build_case_table(cases.filter_known(rows, None))
    pd.testing.assert_frame_equal(delivered(rows, cuts).to_frame(), slow)


@given(rows_told, st.lists(st.integers(0, 25), max_size=4), st.sampled_from(CLOCKS))
def test_cases_of_a_past_moment_equal_those_of_the_rows_known_then(
    told: list[dict[str, Any]], cuts: list[int], clock: str
) -> None:
    rows, at = frame(told), wib(clock)
    slow = build_case_table(cases.filter_known(rows, at))
    grown = delivered(rows, cuts)
    pd.testing.assert_frame_equal(grown.as_of(at).to_frame(), slow)
    earlier = at - timedelta(hours=1)
    pd.testing.assert_frame_equal(
        grown.as_of(at).as_of(earlier).to_frame(),
        build_case_table(cases.filter_known(rows, earlier)),
    )


@given(rows_told, st.lists(st.integers(0, 25), max_size=4))
def test_many_states_that_moved_are_settled_without_a_change(
    told: list[dict[str, Any]], cuts: list[int]
) -> None:
    rows = frame(told)
    grown = delivered(rows, cuts)
    pd.testing.assert_frame_equal(grown._compact().to_frame(), grown.to_frame())


@given(rows_told, st.lists(st.integers(0, 25), max_size=4), wanted)
def test_choosing_by_numbers_equals_choosing_by_words(
    told: list[dict[str, Any]], cuts: list[int], asked: Selection
) -> None:
    rows = frame(told)
    found, every = delivered(rows, cuts), build_case_table(cases.filter_known(rows, None))
    chosen = cases.drop_nihil(cases.select(every, asked)).reset_index(drop=True)
    pd.testing.assert_frame_equal(found.to_frame(case_index.matches_selection(asked)), chosen)
    assert found.count(case_index.matches_selection(asked)) == len(chosen)
    opened = cases.filter_open(every).reset_index(drop=True)
    pd.testing.assert_frame_equal(found.to_frame(case_index.is_open), opened)
    known = cases.filter_known(rows, None)
    heard = cases.select(known, asked)[list(case_index.KNOWN_TIME_COLUMNS)]
    pd.testing.assert_frame_equal(found.list_known_times(asked), heard)


@given(rows_told, st.sets(st.integers(0, 24)))
def test_cases_named_by_their_keys_are_there_besides_and_left_out_of_a_count(
    told: list[dict[str, Any]], picks: set[int]
) -> None:
    rows = frame(told)
    found, every = case_index.build(rows), build_case_table(cases.filter_known(rows, None))
    keys = {str(rows["case"].iloc[at]) for at in picks if at < len(rows)} | {"never heard of"}
    besides = every[every["case"].isin(keys) | every.index.isin(cases.filter_open(every).index)]
    shown = found.to_frame(case_index.is_open, keys)
    pd.testing.assert_frame_equal(shown, besides.reset_index(drop=True))
    left = cases.filter_open(every[~every["case"].isin(keys)])
    assert found.count(case_index.is_open, keys) == len(left)


@given(rows_told, st.sets(st.sampled_from(["16.10.01", "16.10.02"]), min_size=1))
def test_cases_of_an_area_equal_those_of_its_rows(
    told: list[dict[str, Any]], area: set[str]
) -> None:
    rows = frame(told)
    inside = rows[rows["kecamatan"].isin(area) | rows["kecamatan"].isna()]
    seen = case_index.build(rows).restrict(tuple(area), None)
    pd.testing.assert_frame_equal(
        seen.to_frame(), build_case_table(cases.filter_known(inside, None))
    )
    then = wib("09.00")
    pd.testing.assert_frame_equal(
        seen.as_of(then).to_frame(), build_case_table(cases.filter_known(inside, then))
    )


def test_older_cases_do_not_change_when_newer_ones_grow_out_of_them() -> None:
    rows = frame([{"id": "A", "status": "dilaporkan"}, {"id": "A", "known": "09.00",
                  "status": "selesai"}])  # fmt: skip
    coder = DictionaryEncoder()
    coder.add_rows(rows.head(1))
    before = case_index.build_from_encoded(coder.build_encoded_rows(rows.head(1)))
    coder.add_rows(rows.tail(1))
    after = before.with_updates(coder.build_encoded_rows(rows), np.array([0]))
    assert before.to_frame()["status"].tolist() == ["dilaporkan"]
    assert after.to_frame()["status"].tolist() == ["selesai"]
