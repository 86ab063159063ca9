"""Dates in a message, also those that leave out their year or month."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from situasi.ingest.messages.message_text import Passage
from situasi.ingest.messages.time_mentions import find_days

ZONE, VOTING_DAY = ZoneInfo("Asia/Jakarta"), date(2024, 11, 27)


def days_of(text: str, near: date | None = VOTING_DAY) -> list[tuple[str, str]]:
    return [
        (text[slice(*mention.span)], mention.day.isoformat())
        for mention in find_days(Passage(text), ZONE, near)
    ]


@pytest.mark.parametrize(
    ("text", "words", "day"),
    [
        ("logistik tiba tgl 26 nov jam 16.00", "26 nov", "2024-11-26"),
        ("26 November pukul 16.00 logistik tiba", "26 November", "2024-11-26"),
        ("tgl 26 jam 16.00", "26", "2024-11-26"),
        ("tanggal 26/11 jam 16.00", "26/11", "2024-11-26"),
        ("26 Nov 24 pukul 10.00", "26 Nov 24", "2024-11-26"),
        ("27 nov 45 org", "27 nov", "2024-11-27"),
        ("27 nov 2024 10.00", "27 nov 2024", "2024-11-27"),
        ("tgl 2 jan", "2 jan", "2025-01-02"),
        ("tgl 31", "31", "2024-10-31"),
    ],
)
def test_a_date_without_its_year_is_the_nearest_to_the_day_of_the_message(
    text: str, words: str, day: str
) -> None:
    assert days_of(text) == [(words, day)]


@pytest.mark.parametrize(
    "text",
    ["TPS 3 des Meranjat I", "tps 2 nov", "hadir 77/402", "16.10.04.2001", "tgl 32", "2,5 jan"],
)
def test_other_numbers_are_no_dates(text: str) -> None:
    assert days_of(text) == []


def test_without_a_day_to_compare_only_a_whole_date_is_one() -> None:
    assert days_of("tgl 26 nov, 27 nov 2024", None) == [("27 nov 2024", "2024-11-27")]
