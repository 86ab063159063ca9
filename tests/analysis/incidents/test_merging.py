"""Merging: counted once, nothing lost, undone exactly."""

from __future__ import annotations

from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from situasi.analysis.incidents import cases as incidents_cases
from situasi.analysis.incidents import merging
from situasi.analysis.incidents.cases import Selection
from situasi.domain import election, feed_schemas
from tests.analysis import slow
from tests.analysis.slow import merge_cases
from tests.builders import WIB, case_table, incident, report, rows_of
from tests.builders import incidents as rows_with
from tests.builders_election import invented_election
from tests.queries import compute_overview


def cases(*rows: dict[str, Any]) -> pd.DataFrame:
    return case_table(rows_with(*rows))


def key(found: pd.DataFrame, name: str) -> str:
    return str(found.loc[found["id"] == name, "case"].iloc[0])


def said(found: pd.DataFrame, one: str, other: str, act: str = "gabung", **stated: Any) -> Any:
    return report(kasus=key(found, one), ke=key(found, other), tindakan=act, **stated)


def merges(*rows: dict[str, Any]) -> pd.DataFrame:
    return rows_of(feed_schemas.MERGES, *rows)


def test_two_cases_found_to_be_one_are_one_row_with_both_counted_in_it() -> None:
    found = cases(incident(id="A", known="08.00"), incident(id="B", known="08.30"))
    one = merge_cases(found, merges(said(found, "B", "A")))
    assert one[["id", "gabungan"]].to_dict("records") == [{"id": "A", "gabungan": 2}]


def test_the_earliest_known_stands_for_the_group_whichever_way_they_were_merged() -> None:
    found = cases(
        incident(id="A", known="08.30"), incident(id="B", known="08.00"), incident(id="C")
    )
    stands = merging.find_canonical_cases(
        found, merges(said(found, "A", "B"), said(found, "A", "C"))
    )
    assert set(stands.values()) == {key(found, "B")}


def test_a_group_is_as_grave_as_its_gravest_and_open_while_one_of_it_is() -> None:
    found = cases(
        incident(id="A", known="08.00", tingkat="rendah", status="selesai"),
        incident(id="B", known="08.10", tingkat="tinggi", situasi="kuning", status="ditangani"),
        incident(id="C", known="08.20", tingkat=None, status="dilaporkan"),
    )
    one = merge_cases(found, merges(said(found, "A", "B"), said(found, "B", "C"))).iloc[0]
    assert (one["tingkat"], one["situasi"], one["status"]) == ("tinggi", "kuning", "ditangani")
    assert one["id"] == "A"


def test_a_group_whose_cases_are_all_closed_is_closed() -> None:
    found = cases(
        incident(id="A", status="selesai"), incident(id="B", known="09.00", status="tidak_terbukti")
    )
    one = merge_cases(found, merges(said(found, "A", "B")))
    assert incidents_cases.filter_open(one).empty


def test_a_group_nobody_weighed_is_not_low() -> None:
    found = cases(incident(id="A", tingkat=None), incident(id="B", tingkat=None))
    one = merge_cases(found, merges(said(found, "A", "B")))
    assert incidents_cases.count_by_tingkat(one) == {None: 1}


def test_what_was_parted_again_is_two_and_may_be_merged_anew() -> None:
    found = cases(incident(id="A"), incident(id="B"))
    words = [
        said(found, "A", "B", known="09.00"),
        said(found, "B", "A", "pisah", known="09.10"),
        said(found, "A", "B", known="09.20"),
    ]
    counted = [len(merge_cases(found, merges(*words[:n]))) for n in range(4)]
    assert counted == [2, 1, 2, 1]


def test_the_newest_word_counts_by_when_it_was_told_not_by_when_it_came() -> None:
    found = cases(incident(id="A"), incident(id="B"))
    late = [
        said(found, "A", "B", "pisah", known="09.30"),
        said(found, "A", "B", "gabung", known="09.00"),
    ]
    assert len(merge_cases(found, merges(*late))) == 2
    assert merging.find_rejected_pairs(merges(*late)) == {
        frozenset((key(found, "A"), key(found, "B")))
    }


def test_an_exercise_never_merges_what_is_real() -> None:
    found = cases(incident(id="A"), incident(id="B"), incident(id="C", latihan=True))
    mixed = merges(said(found, "A", "C"), said(found, "A", "B", latihan=True))
    assert len(merge_cases(found, mixed)) == 3


def test_a_merge_with_a_case_that_is_not_known_binds_nothing_and_is_listed() -> None:
    found = cases(incident(id="A"), incident(id="B"))
    odd = merges(report(kasus=key(found, "A"), ke="gone", tindakan="gabung"))
    assert len(merge_cases(found, odd)) == 2
    assert merging.find_orphan_merges(found, odd)["ke"].tolist() == ["gone"]


def test_a_group_stands_in_the_list_where_the_one_last_told_stood() -> None:
    found = cases(
        incident(id="A", known="08.00"), incident(id="X", known="08.10"),
        incident(id="B", known="08.20"),
    )  # fmt: skip
    one = merge_cases(found, merges(said(found, "A", "B")))
    assert one["id"].tolist() == ["X", "A"]
    assert one["known_at"].is_monotonic_increasing


def test_a_group_is_drawn_where_any_of_it_has_a_point() -> None:
    found = cases(incident(id="A", lat=None, lon=None), incident(id="B", lat=-3.1, lon=104.7))
    one = merge_cases(found, merges(said(found, "A", "B"))).iloc[0]
    assert (one["lat"], one["lon"]) == (-3.1, 104.7)


def test_merging_changes_no_argument() -> None:
    found = cases(incident(id="A"), incident(id="B"))
    before = found.copy(deep=True)
    merge_cases(found, merges(said(found, "A", "B")))
    pd.testing.assert_frame_equal(found, before)


NAMES = ["A", "B", "C", "D", "E"]
act = st.tuples(
    st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(["gabung", "gabung", "pisah"])
)


def five() -> pd.DataFrame:
    return cases(*(incident(id=name, known=f"08.0{at}") for at, name in enumerate(NAMES)))


def slow_groups(acts: list[tuple[str, str, str]]) -> set[frozenset[str]]:
    """The obvious way: remember each pair's last word, then walk from case to case."""
    last = {frozenset((one, other)): what for one, other, what in acts}
    bound = {pair for pair, what in last.items() if what == "gabung"}
    groups = set()
    for name in NAMES:
        reached = {name}
        for _ in NAMES:
            reached |= {n for pair in bound if pair & reached for n in pair}
        groups.add(frozenset(reached))
    return groups


@given(st.lists(act, max_size=10))
def test_groups_equal_the_slow_walk_and_no_case_is_lost(acts: list[tuple[str, str, str]]) -> None:
    found = five()
    told = merges(*(said(found, *one) for one in acts))
    one = merge_cases(found, told)
    stands = merging.find_canonical_cases(found, told)
    name_of = dict(zip(found["case"], found["id"], strict=True))
    groups: dict[str, set[str]] = {}
    for case in found["case"]:
        groups.setdefault(stands.get(case, case), set()).add(name_of[case])
    assert set(map(frozenset, groups.values())) == slow_groups(acts)
    assert one["gabungan"].sum() == len(found)
    assert set(one["case"]) == set(groups)


@given(st.lists(act, max_size=8), act)
def test_parting_undoes_a_merge_exactly(
    before: list[tuple[str, str, str]], new: tuple[str, str, str]
) -> None:
    one, other, _ = new
    pair = {one, other}
    before = [old for old in before if set(old[:2]) != pair]  # the pair had no word yet
    found = five()
    acts = [*before, (one, other, "gabung"), (other, one, "pisah")]
    then = merge_cases(found, merges(*(said(found, *a) for a in before)))
    again = merge_cases(found, merges(*(said(found, *a) for a in acts)))
    pd.testing.assert_frame_equal(again, then)


def test_situasi_counts_a_merged_case_once_and_parted_again_twice(tmp_path: Any) -> None:
    defined = election.load(invented_election(tmp_path / "election"))
    rows = rows_with(
        incident(id="A", known="08.00"), incident(id="B", known="08.10", situasi="kuning")
    )
    found = case_table(rows)

    def seen(clock: str) -> Any:
        hour, minute = map(int, clock.split("."))
        frames = {name: rows_of(feed) for name, feed in feed_schemas.FEEDS.items()}
        told = merges(
            said(found, "A", "B", known="09.00"), said(found, "A", "B", "pisah", known="10.00")
        )
        frames |= {"incidents": rows, "merges": told}
        at = rows["known_at"].iloc[0].tz_convert(WIB).replace(hour=hour, minute=minute)
        return compute_overview(
            frames, defined, ["16.10.04"], Selection(), at.to_pydatetime(), live=False
        )

    assert [len(seen(clock).open_cases) for clock in ("08.59", "09.00", "10.00")] == [2, 1, 2]
    assert (seen("09.30").open_count_hour_ago, seen("10.30").open_count_hour_ago) == (2, 1)
    assert seen("09.30").crowd_states["situasi"].tolist() == ["kuning"]


told = st.fixed_dictionaries(
    {
        "known": st.sampled_from(["08.00", "08.10", "08.20"]),
        "tingkat": st.sampled_from(["rendah", "sedang", "tinggi", None]),
        "situasi": st.sampled_from(["hijau", "kuning", "merah", None]),
        "status": st.sampled_from(["dilaporkan", "ditangani", "diteruskan", "selesai"]),
        "lat": st.sampled_from([-3.1, -3.2, None]),
        "ditugaskan": st.sampled_from(["Polsek", "Polres", None]),
        "rujukan": st.sampled_from(["bawaslu", None]),
    }
)


@given(st.lists(told, min_size=5, max_size=5), st.lists(act, max_size=8))
def test_groups_made_together_equal_each_made_by_itself(
    rows: list[dict[str, Any]], acts: list[tuple[str, str, str]]
) -> None:
    found = cases(*(incident(id=name, **row) for name, row in zip(NAMES, rows, strict=True)))
    decided = merges(*(said(found, *one) for one in acts))
    quick, slowly = merge_cases(found, decided), slow.merged(found, decided)
    pd.testing.assert_frame_equal(quick, slowly, check_dtype=False)
