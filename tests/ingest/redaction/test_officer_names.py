"""Names of officers in one list: which may be of one person."""

from __future__ import annotations

import pytest

from situasi.ingest.redaction.officer_names import parse_ranked_name


def may_be_one(first: tuple[str, str], second: tuple[str, str]) -> bool:
    one, other = parse_ranked_name(*first), parse_ranked_name(*second)
    assert one is not None
    assert other is not None
    assert one.may_be(other) == other.may_be(one)
    return one.may_be(other)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("BAYU SETIAWAN, S.H.", "Bripka"), ("Bayu Setiawan", "BRIPKA")),
        (("Bayu S.", ""), ("Bayu Setiawan", "Bripka")),
        (("B. Setiawan", "Aipda"), ("Bayu Setiawan", "Bripka")),
        (("Bayu Setyawan", "Bripka"), ("Bayu Setiawan", "Bripka")),
        (("Setiawan", ""), ("Bripka Bayu Setiawan", "")),
        (("Mhd. Yusuf", "Aiptu"), ("Muhammad Yusuf", "Aiptu")),
        (("Moh Yusuf", "Aipda"), ("M. Yusuf", "Aiptu")),
        (("Nur Jannah", ""), ("Nurjanah", "")),
        (("Abd. Karim", ""), ("Abdul Karim", "")),
    ],
)
def test_a_name_cut_short_or_with_a_slip_is_of_one_person(first, second):
    assert may_be_one(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("Bayu Setiawan", ""), ("Wahyu Nugroho", "")),
        (("Bayu Setiawan", ""), ("Bayu Kurniawan", "")),
        (("Bayu Setiawan", ""), ("Dedi Setiawan", "")),
        (("Bayu Setiawan", "Bripka"), ("D. Setiawan", "Bripka")),
        (("Eko Wardi", "Bripda"), ("E. Wardiman", "Aiptu")),
        (("Aiptu Eko Wardi", ""), ("Bripda Eko Wardis", "")),
    ],
)
def test_another_word_or_a_slip_under_another_rank_is_another_person(first, second):
    assert not may_be_one(first, second)


@pytest.mark.parametrize("text", ["", "-", "87010678", "Bripka"])
def test_what_is_no_name_is_none(text):
    assert parse_ranked_name(text, "Bripka") is None
