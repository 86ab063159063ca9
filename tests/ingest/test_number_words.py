"""Numbers in words are read as they are spoken, and nothing else is."""

import pytest

from situasi.ingest.parsing.number_words import parse_number_words

ONES = ["", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"]


def spell(number: int) -> str:
    if number < 10:
        return ONES[number]
    if number < 20:
        return {10: "sepuluh", 11: "sebelas"}.get(number) or f"{ONES[number - 10]} belas"
    if number < 100:
        return f"{ONES[number // 10]} puluh {ONES[number % 10]}".strip()
    hundreds = "seratus" if number < 200 else f"{ONES[number // 100]} ratus"
    return f"{hundreds} {spell(number % 100)}".strip()


def test_every_number_of_ten_to_999_is_read_as_it_is_spelled() -> None:
    assert [parse_number_words(spell(number).title()) for number in range(10, 1000)] == [
        *range(10, 1000)
    ]


@pytest.mark.parametrize(
    "text", ["", "dua", "puluh", "satu dua tiga", "lima seratus", "dua puluh sepuluh", "dua ribu"]
)
def test_other_words_are_no_number(text: str) -> None:
    assert parse_number_words(text) is None
