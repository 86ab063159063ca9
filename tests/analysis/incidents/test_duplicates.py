"""Likeness: probable pairs, each with its reasons; nothing is merged."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.analysis.incidents import candidate_pairs, duplicates, milestones
from situasi.analysis.incidents.candidate_pairs import fair_share
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.incidents.duplicates import DuplicateCandidate
from situasi.analysis.situation import worklist
from situasi.domain import feed_schemas
from situasi.domain.register import Register
from situasi.domain.rules import DuplicateRules
from tests import queries
from tests.analysis import slow
from tests.analysis.builders_tps import whole
from tests.bench import judgements
from tests.bench.alike import flood
from tests.builders import case_table, incident, report, rows_of, wib
from tests.builders import incidents as rows_with

RULES = DuplicateRules(
    max_km=2.0,
    max_interval=timedelta(hours=2),
    min_text_similarity=60,
    min_score=60,
    criterion_points={
        "tps": 40, "near": 35, "desa": 30, "kecamatan": 10,
        "kind": 20, "akin": 10, "time": 15, "words": 25,
    },
    similar_kinds=(frozenset({"unjuk_rasa", "kericuhan"}),),
)  # fmt: skip
HERE = {"desa_text": "Sakatiga", "tps": "001", "lat": -3.25, "lon": 104.65}


def pairs(*rows: dict[str, Any], rules: DuplicateRules = RULES) -> list[DuplicateCandidate]:
    frame = rows_with(*(incident(id=f"K-{at}", **row) for at, row in enumerate(rows)))
    found = duplicates.find_pairs(case_table(frame), milestones.find_first_texts(frame), rules)
    return found.to_candidates(np.arange(len(found.left)))


def test_the_same_place_time_kind_and_words_are_one_with_every_reason() -> None:
    (pair,) = pairs(HERE | {"at": "08.00"}, HERE | {"at": "08.12"})
    assert pair.score > 90
    assert (pair.reasons.place_match, pair.reasons.kind_match) == ("tps", "kind")
    assert pair.reasons.time_gap == timedelta(minutes=12)
    assert (pair.reasons.distance_km, pair.reasons.text_similarity) == (0.0, 100.0)
    assert (pair.first[:3], pair.second[:3]) == ("K-0", "K-1")


def test_two_stations_of_a_desa_are_two_places() -> None:
    assert pairs(HERE, HERE | {"tps": "002"}) == []


def test_two_desa_of_a_kecamatan_are_two_places_unless_their_points_are_near() -> None:
    there = HERE | {"desa_text": "Tanjung Gelam", "tps": None}
    assert [pair.reasons.place_match for pair in pairs(HERE, there)] == ["near"]
    assert pairs(HERE, there | {"lat": None}) == []


def test_who_names_only_the_kecamatan_may_mean_any_desa_of_it() -> None:
    vague = HERE | {"desa_text": None, "tps": None, "lat": None, "lon": None}
    assert [pair.reasons.place_match for pair in pairs(HERE, vague)] == ["kecamatan"]


def test_near_points_match_over_the_border_of_two_kecamatan() -> None:
    there = HERE | {"kecamatan": "16.10.05", "lat": -3.26, "tps": None, "desa_text": None}
    (pair,) = pairs(HERE, there)
    assert pair.reasons.place_match == "near"
    assert pairs(HERE, there | {"lat": -3.30}) == []


def test_what_lies_too_far_apart_in_time_is_two() -> None:
    assert pairs(HERE | {"at": "08.00"}, HERE | {"at": "10.01"}) == []
    assert len(pairs(HERE | {"at": "08.00"}, HERE | {"at": "10.00"})) == 1


def test_of_a_day_without_hour_the_time_gives_no_reason() -> None:
    (pair,) = pairs(HERE | {"at": "00.00", "precision": "hari"}, HERE | {"at": "16.00"})
    assert pair.reasons.time_gap is None


def test_a_month_is_no_time_to_compare() -> None:
    assert pairs(HERE | {"precision": "bulan"}, HERE) == []


def test_an_exercise_is_never_like_what_is_real() -> None:
    assert pairs(HERE, HERE | {"latihan": True}) == []


def test_akin_kinds_count_less_than_the_same() -> None:
    row = HERE | {"jenis": "unjuk_rasa"}
    (same,) = pairs(row, row)
    (akin,) = pairs(row, HERE | {"jenis": "kericuhan"})
    (other,) = pairs(row, HERE | {"jenis": "hoaks"})
    assert same.score > akin.score > other.score
    assert (akin.reasons.kind_match, other.reasons.kind_match) == ("akin", "")


def test_a_report_without_words_is_judged_by_the_rest() -> None:
    (pair,) = pairs(HERE | {"uraian": None}, HERE | {"uraian": None})
    assert pair.reasons.text_similarity is None


def test_nihil_is_like_nothing() -> None:
    assert pairs(HERE | {"jenis": "nihil", "status": "nihil"}, HERE | {"jenis": "nihil"}) == []


def test_words_are_compared_without_case_and_signs() -> None:
    (pair,) = pairs(
        HERE | {"uraian": "Logistik TERLAMBAT!"}, HERE | {"uraian": "terlambat, logistik"}
    )
    assert pair.reasons.text_similarity == 100


one = st.fixed_dictionaries(
    {
        "kecamatan": st.sampled_from(["16.10.04", "16.10.05", None]),
        "desa_text": st.sampled_from(["Sakatiga", "Tanjung Gelam", None]),
        "tps": st.sampled_from(["001", "002", None]),
        "at": st.sampled_from(["00.00", "07.59", "08.00", "09.59", "10.00", "23.00"]),
        "precision": st.sampled_from(["menit", "menit", "hari", "bulan"]),
        "lat": st.sampled_from([-3.25, -3.26, -3.40, None]),
        "lon": st.sampled_from([104.65, 104.66]),
        "jenis": st.sampled_from(["unjuk_rasa", "kericuhan", "nihil"]),
        "uraian": st.sampled_from(["Massa di jalan.", "Massa datang ke jalan.", "Hujan.", None]),
        "latihan": st.booleans(),
    }
)


def slow_pairs(rows: list[dict[str, Any]], rules: DuplicateRules) -> list[DuplicateCandidate]:
    frame = rows_with(*(incident(id=f"K-{at}", **row) for at, row in enumerate(rows)))
    return slow.twins(case_table(frame), milestones.find_first_texts(frame), rules)


@given(st.lists(one, max_size=7))
def test_the_quick_way_finds_what_holding_all_against_all_finds(
    rows: list[dict[str, Any]],
) -> None:
    low = replace(RULES, min_score=20)
    assert pairs(*rows, rules=low) == slow_pairs(rows, low)


@given(one, one)
def test_likeness_is_the_same_both_ways(first: dict[str, Any], second: dict[str, Any]) -> None:
    low = replace(RULES, min_score=0)
    there = {
        frozenset((p.first[:3], p.second[:3])): p.score for p in pairs(first, second, rules=low)
    }
    back = {
        frozenset((p.first[:3], p.second[:3])): p.score for p in pairs(second, first, rules=low)
    }
    assert there == back


def test_looking_for_pairs_changes_no_argument() -> None:
    frame = rows_with(incident(id="A", **HERE), incident(id="B", **HERE))
    found = case_table(frame)
    before = found.copy(deep=True)
    duplicates.find_pairs(found, milestones.find_first_texts(frame), RULES)
    pd.testing.assert_frame_equal(found, before)


def found_of(rows: pd.DataFrame, *, budget: int = candidate_pairs.MAX_COMPARED) -> Any:
    return duplicates.find_pairs(case_table(rows), milestones.find_first_texts(rows), RULES, budget)


def test_a_day_of_some_hundred_reports_is_compared_as_ever() -> None:
    random = np.random.default_rng(3)
    desa = ["Sakatiga", "Tanjung Gelam", None]
    rows = rows_with(
        *(
            incident(
                id=f"K-{at}", at=f"{7 + at % 9:02d}.{at * 7 % 60:02d}",
                kecamatan=f"16.10.{1 + at % 3:02d}", desa_text=desa[at % 2],
                tps=f"{1 + at % 4:03d}" if at % 2 else None,
                lat=-3.25 - float(random.integers(0, 9)) / 100, lon=104.65,
                jenis=["unjuk_rasa", "kericuhan", "hoaks"][int(random.integers(3))],
                uraian=f"Massa {['datang', 'pulang', 'ribut'][int(random.integers(3))]} di jalan",
            )
            for at in range(150)
        )
    )  # fmt: skip
    quick, cases = found_of(rows), case_table(rows)
    assert quick.is_complete
    pairs_of = quick.to_candidates(np.arange(len(quick.left)))
    assert pairs_of == slow.twins(cases, milestones.find_first_texts(rows), RULES)
    assert len(pairs_of) > 200


@pytest.mark.parametrize("worded", [False, True])
def test_what_is_compared_of_a_flood_is_bounded(
    worded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[int] = []
    quick = duplicates._measure_pairs

    def counted(cases: Any, one: Any, other: Any, rules: DuplicateRules) -> Any:
        compared.append(len(one))
        return quick(cases, one, other, rules)

    monkeypatch.setattr(duplicates, "_measure_pairs", counted)
    for size in (1_000, 2_000, 4_000):
        found_of(flood(size, worded=worded), budget=20_000)
    assert max(compared) <= 20_000 + 4_000  # all pairs of the last are eight millions


def test_of_long_texts_only_so_many_characters_are_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[int] = []
    quick = duplicates.process.cpdist

    def counted(texts: list[str], others: list[str], **how: Any) -> Any:
        compared.append(sum(map(len, texts)) + sum(map(len, others)))
        return quick(texts, others, **how)

    monkeypatch.setattr(duplicates.process, "cpdist", counted)
    monkeypatch.setattr(duplicates, "_MAX_CHARS_PER_RUN", 20_000)
    pairs(*({**HERE, "uraian": f"{at} massa di jalan " * 50} for at in range(30)))
    assert 0 < max(compared) <= 20_000  # whole texts are twenty times as many


@pytest.mark.parametrize("worded", [False, True])
def test_memory_for_a_flood_grows_no_faster_than_the_flood(worded: bool) -> None:
    def peak(size: int) -> int:
        rows = flood(size, worded=worded)
        cases, texts = case_table(rows), milestones.find_first_texts(rows)
        tracemalloc.start()
        duplicates.find_pairs(cases, texts, RULES, 20_000)
        held = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return held

    peak(100)  # what is loaded with the first
    assert peak(8_000) < 2.5 * peak(4_000)


def seen(rows: pd.DataFrame, *decided: dict[str, Any]) -> worklist.Worklist:
    known = {"incidents": rows, "merges": rows_of(feed_schemas.MERGES, *decided)}
    found = queries.run(worklist.compute_worklist, known, whole(), wib("20.00"), Selection())
    assert isinstance(found, worklist.Worklist)
    return found


def test_reports_that_look_the_same_are_shown_as_one_pair_that_says_how_many() -> None:
    found = seen(flood(300, worded=False))
    (pair,) = found.duplicate_candidates
    assert (pair.lookalike_count, found.pair_count, found.has_all_pairs) == (300, 299, False)
    assert len(found.selected_cases) == 300  # every case is there


def test_after_a_decision_the_next_of_the_same_reports_is_proposed() -> None:
    rows = flood(30, worded=False)
    (first,) = seen(rows).duplicate_candidates
    both = {"kasus": first.first, "ke": first.second}
    for act in ("gabung", "pisah"):
        found = seen(rows, report(**both, tindakan=act))
        (pair,) = found.duplicate_candidates
        assert (pair.first, pair.second) != (first.first, first.second)
        assert found.pair_count == 28


def test_a_flood_in_one_kecamatan_hides_no_pair_of_another() -> None:
    there = {
        "kecamatan": "16.10.05",
        "desa_text": "Bakung",
        "tps": "003",
        "lat": None,
        "at": "08.00",
    }
    noise = flood(1_500, worded=True)
    real = rows_with(
        incident(id="A", uraian="Kotak suara rusak.", **there),
        incident(id="B", uraian="Ada kotak rusak di sini.", **there),
    )
    found = seen(pd.concat([noise, real.assign(seq=[5_001, 5_002])], ignore_index=True))
    assert {"A", "B"} in [{p.first[:1], p.second[:1]} for p in found.duplicate_candidates]
    assert len(found.duplicate_candidates) <= worklist.MAX_PAIRS
    assert found.pair_count > len(found.duplicate_candidates) and not found.has_all_pairs


@pytest.mark.parametrize("desa", ["Tanjung Gelam", None])
def test_a_flood_hides_no_pair_of_its_own_kecamatan_that_agrees_in_place_or_words(
    desa: str | None,
) -> None:
    real = rows_with(
        *(incident(id=name, at=at, desa_text=there, tps="009", lat=None, lon=None,
                   jenis="hoaks", uraian="Pesan palsu beredar.")
          for name, at, there in (("A", "07.30", "Tanjung Gelam"), ("B", "08.30", desa)))
    )  # fmt: skip
    rows = pd.concat([flood(2_000, worded=True), real.assign(seq=[5_001, 5_002])])
    found = found_of(rows.reset_index(drop=True), budget=10_000)
    likely = found.to_candidates(np.arange(len(found.left)))
    assert {"A", "B"} in [{p.first[:1], p.second[:1]} for p in likely]
    assert not found.is_complete


def test_whatever_lies_near_is_compared_at_every_latitude_of_the_country() -> None:
    lon = 123.0 + np.arange(600) * 0.0001  # one behind the other, eleven metres apart
    lat = np.full(600, -10.9)
    blocks = candidate_pairs.BlockingKeys(
        time_us=np.zeros(600, dtype="int64"),
        has_hour=np.ones(600, dtype=bool),
        is_exercise=np.zeros(600, dtype=bool),
        area=np.full(600, -1),
        lat=lat,
        lon=lon,
    )
    found = candidate_pairs.find_candidates(blocks, RULES.max_interval, RULES.max_km, 10**9)
    one, other = np.triu_indices(600, 1)
    near = (
        candidate_pairs.flat_distance_km(lat[one], lon[one], lat[other], lon[other]) <= RULES.max_km
    )
    held = set(zip(found.left.tolist(), found.right.tolist(), strict=True))
    assert held >= set(zip(one[near].tolist(), other[near].tolist(), strict=True))


def test_beyond_the_budget_each_case_is_held_against_the_next_in_time() -> None:
    nowhere = np.full(200, np.nan)
    blocks = candidate_pairs.BlockingKeys(
        time_us=np.arange(200) * 1_000_000,
        has_hour=np.ones(200, dtype=bool),
        is_exercise=np.zeros(200, dtype=bool),
        area=np.zeros(200, dtype="int64"),
        lat=nowhere,
        lon=nowhere,
    )
    found = candidate_pairs.find_candidates(blocks, RULES.max_interval, RULES.max_km, 600)
    assert not found.is_complete
    assert set(found.right - found.left) == {1, 2, 3}


@given(st.lists(st.integers(0, 50), max_size=30), st.integers(0, 400))
def test_a_fair_share_is_the_largest_that_all_can_have(counts: list[int], budget: int) -> None:
    every = np.array(counts, dtype="int64")
    share = fair_share(every, budget)
    if sum(counts) <= budget:
        assert share == max(counts, default=0)
    else:
        assert np.minimum(every, share).sum() <= budget < np.minimum(every, share + 1).sum()


def test_on_a_labelled_set_most_pairs_are_found_and_few_are_none(register: Register) -> None:
    score = judgements.score_duplicates(register, range(3))
    assert score.true > 100
    assert score.recall >= 0.85
    assert score.precision >= 0.72
