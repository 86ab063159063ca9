"""Which count of a TPS stands: the last of a minute, and the end before an hourly one."""

from __future__ import annotations

from typing import Any

from situasi.domain.feed_schemas import FASE
from tests.analysis.builders_tps import standing, told

CLOSED = FASE.index("ditutup")


def newest(*rows: dict[str, Any]) -> tuple[float, bool]:
    """The newest count that stands, and whether it is one of the end."""
    counts = standing(*rows)
    return float(counts.voters_present[-1]), bool(counts.fase_index[-1] >= CLOSED)


def test_an_hourly_count_of_the_closing_minute_told_later_does_not_replace_the_end() -> None:
    end = told(hadir=300, fase="ditutup", at="13.00", known="13.05")
    hourly = told(hadir=296, at="13.00", known="13.20")
    assert newest(end, hourly) == (300, True)
    assert newest(hourly, end) == (300, True)


def test_of_two_counts_of_the_end_the_last_reported_stands() -> None:
    first = told(hadir=300, fase="ditutup", at="13.00", known="13.05")
    second = told(hadir=301, fase="ditutup", at="13.00", known="13.20")
    assert newest(first, second) == (301, True)


def test_of_two_hourly_counts_of_a_minute_the_last_reported_stands() -> None:
    assert newest(
        told(hadir=90, at="09.00", known="09.05"), told(hadir=80, at="09.00", known="09.20")
    ) == (80, False)


def test_a_count_without_its_hour_stands_neither_before_nor_behind_one_of_an_hour() -> None:
    hourless = told(hadir=318, at="00.00", known="18.00", precision="hari")
    assert standing(hourless, told(hadir=200, at="11.00")).voters_present.tolist() == [200]
    assert len(standing(hourless)) == 0
