"""Neutrality: cases by step, class and age; and the word that there is none, told from silence."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from situasi.analysis import neutrality
from situasi.analysis.neutrality import NeutralitySummary
from situasi.domain import feed_schemas
from tests.builders import report, rows_of, wib
from tests.effort import examples

NOON = wib("12.00")
TARGET = timedelta(days=14)


def told(step: str | None, days_ago: int = 0, **stated: Any) -> dict[str, Any]:
    """A row of a case, told so many days before noon of the election day."""
    at = NOON - timedelta(days=days_ago, hours=1)
    return report(**{"at": at, "langkah": step, "id": "N-1", **stated})


def found(*rows: dict[str, Any], at: datetime = NOON, kecamatan: tuple[str, ...] = ()
          ) -> NeutralitySummary:  # fmt: skip
    return neutrality.compute_summary(
        rows_of(feed_schemas.NEUTRALITY, *rows), at, TARGET, kecamatan
    )


# No case, and no word.


def test_no_word_at_all_is_not_the_same_as_the_word_that_there_is_no_case() -> None:
    assert found().state == "belum_ada_laporan"
    assert found(told("nihil")).state == "nihil"


def test_the_last_word_of_none_says_when_and_by_whom() -> None:
    word = found(
        told("nihil", 3, pelapor="Polsek"), told("nihil", 1, pelapor="Sipropam", satuan="Polres")
    ).nihil
    assert word is not None
    assert (word.reported_at, word.reporter, word.unit) == (
        NOON - timedelta(days=1, hours=1),
        "Sipropam",
        "Polres",
    )


def test_the_word_of_none_is_no_case() -> None:
    view = found(told("nihil"), told("informasi", id="N-2"))
    assert list(view.cases["id"]) == ["N-2"]
    assert view.state == "kasus"


def test_when_all_cases_are_closed_that_is_said_and_they_are_still_listed() -> None:
    view = found(told("informasi", 5), told("tidak_terbukti", 1))
    assert view.state == "selesai"
    assert len(view.cases) == 1
    assert view.open_cases.empty


def test_a_row_known_after_the_moment_is_not_known_yet() -> None:
    assert found(told("informasi", -2)).state == "belum_ada_laporan"


# Cases.


def test_rows_with_the_same_id_are_one_case_at_its_newest_step() -> None:
    view = found(told("klarifikasi", 4), told("informasi", 6), told("lp_propam", 2))
    assert list(view.cases["langkah"]) == ["lp_propam"]


def test_an_exercise_and_a_real_case_with_one_id_are_two() -> None:
    assert len(found(told("informasi"), told("informasi", latihan=True)).cases) == 2


def test_a_later_step_that_leaves_class_or_code_out_does_not_unsay_them() -> None:
    case = found(
        told("gelar_perkara", 4, kelas="sedang", pelanggaran="N05"), told("sidang", 1)
    ).cases.iloc[0]
    assert (case["langkah"], case["kelas"], case["pelanggaran"]) == ("sidang", "sedang", "N05")


def test_two_units_in_one_case_are_shown_as_a_doubt() -> None:
    view = found(told("informasi", 2, satuan="Polsek A"), told("sidang", 1, satuan="Polsek B"))
    assert list(view.cases["conflicting_units"]) == ["Polsek A, Polsek B"]


def test_every_sanction_told_is_kept_each_once() -> None:
    view = found(
        told("putusan", 3, sanksi="patsus"), told("putusan", 2, sanksi="mutasi_demosi"),
        told("selesai", 1, sanksi="patsus"), told("putusan", 1, id="N-2", sanksi="patsus"),
    )  # fmt: skip
    assert view.cases["sanctions"].tolist() == [("patsus", "mutasi_demosi"), ("patsus",)]
    assert neutrality.count_sanctions(view) == {"patsus": 2, "mutasi_demosi": 1}


# Age against the target.


def test_age_counts_from_the_lp_where_there_is_one_and_says_so() -> None:
    case = found(told("informasi", 20), told("lp_propam", 5), told("sidang", 1)).cases.iloc[0]
    assert case["since_what"] == "lp_propam"
    assert case["age"] == timedelta(days=5, hours=1)
    assert not case["overdue"]


def test_age_counts_from_the_first_word_where_there_is_no_lp() -> None:
    case = found(told("informasi", 20), told("klarifikasi", 5)).cases.iloc[0]
    assert case["since_what"] == "kabar_pertama"
    assert case["overdue"]


@pytest.mark.parametrize(("hours", "overdue"), [(0, False), (1, True)])
def test_a_case_is_overdue_only_past_the_target(hours: int, overdue: bool) -> None:
    started = NOON - TARGET - timedelta(hours=hours)
    case = found(report(at=started, langkah="lp_propam")).cases.iloc[0]
    assert case["overdue"] == overdue


def test_a_closed_case_stops_ageing_and_is_never_overdue() -> None:
    case = found(told("lp_propam", 60), told("selesai", 40)).cases.iloc[0]
    assert case["age"] == timedelta(days=20)
    assert not case["overdue"]


# By step, class and code.


def test_a_step_that_nobody_told_is_not_assumed_to_have_been_passed() -> None:
    view = found(told("informasi", 5), told("sidang", 1))
    steps = {r.langkah: (r.now, r.ever) for r in neutrality.build_funnel(view).itertuples()}
    assert steps["informasi"] == (0, 1)
    assert steps["gelar_perkara"] == (0, 0)
    assert steps["sidang"] == (1, 1)


STEPS = st.sampled_from([step for step in feed_schemas.LANGKAH if step != "nihil"])
CODES = st.sampled_from([None, "N01", "N05"])
ROWS = st.lists(st.tuples(st.sampled_from("abcd"), STEPS, CODES), max_size=20)


@settings(max_examples=examples(40))
@given(ROWS)
def test_every_case_is_counted_once_by_step_by_class_and_by_code(
    rows: list[tuple[str, str, str | None]],
) -> None:
    view = found(
        *(told(step, len(rows) - n, id=one, pelanggaran=code)
          for n, (one, step, code) in enumerate(rows))
    )  # fmt: skip
    number = len({one for one, _, _ in rows})
    assert len(view.cases) == number
    assert neutrality.build_funnel(view)["now"].sum() == number
    assert neutrality.build_class_table(view)["cases"].sum() == number
    assert sum(neutrality.count_by_breach(view).values()) == number
    assert len(view.open_cases) + (~view.cases["open"]).sum() == number


@settings(max_examples=examples(40))
@given(ROWS)
def test_the_newest_step_and_the_steps_ever_told_are_those_of_reading_row_by_row(
    rows: list[tuple[str, str, str | None]],
) -> None:
    view = found(*(told(step, len(rows) - n, id=one) for n, (one, step, _) in enumerate(rows)))
    newest = {one: step for one, step, _ in rows}
    assert dict(zip(view.cases["id"], view.cases["langkah"], strict=True)) == newest
    ever = {r.langkah: r.ever for r in neutrality.build_funnel(view).itertuples()}
    for step, number in ever.items():
        assert number == len({one for one, told_step, _ in rows if told_step == step})


def test_class_and_code_that_nobody_named_are_counted_apart() -> None:
    view = found(told("informasi"), told("informasi", id="N-2", kelas="berat", pelanggaran="N01"))
    classes = {r.kelas: r.cases for r in neutrality.build_class_table(view).itertuples()}
    assert classes == {None: 1, "berat": 1}
    assert neutrality.count_by_breach(view) == {None: 1, "N01": 1}


def test_a_filter_keeps_cases_and_words_that_name_no_kecamatan() -> None:
    rows = (
        told("informasi", kecamatan="16.10.04"), told("informasi", id="N-2", kecamatan=None),
        told("nihil", kecamatan="16.10.05", id="N-3"),
    )  # fmt: skip
    other = found(*rows, kecamatan=("16.10.05",))
    assert list(other.cases["id"]) == ["N-2"]
    assert other.nihil is not None
    assert found(*rows, kecamatan=("16.10.04",)).nihil is None


def test_nothing_known_gives_empty_tables() -> None:
    view = found()
    assert neutrality.build_funnel(view)["ever"].sum() == 0
    assert neutrality.build_class_table(view).empty
    assert neutrality.count_by_breach(view) == {}
    assert neutrality.count_sanctions(view) == {}
