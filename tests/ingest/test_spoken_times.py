"""Ranges, approximations and hours as people say them: the start is read, the rest is told."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.ingest.parsing.cells import UnreadableCell
from situasi.ingest.parsing.datetimes import combine_date_and_clock, read_time
from situasi.ingest.parsing.spoken_times import take_range_end

WIB = ZoneInfo("Asia/Jakarta")
DAY = "27/11/2024"


def at(hour: int, minute: int = 0, zone: str = "Asia/Jakarta") -> datetime:
    return datetime(2024, 11, 27, hour, minute, tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("written", "moment", "told"),
    [
        ("10.00 s.d. 12.00 WIB", at(10), "sampai 12.00"),
        ("10.00 s/d 12.00", at(10), "sampai 12.00"),
        ("10.00 sd 12.00 WITA", at(9), "sampai 12.00"),
        ("10.00 WIB s.d. 12.00 WIB", at(10), "sampai 12.00"),
        ("10.00 sampai dengan 12.00 WIB", at(10), "sampai 12.00"),
        ("10.00 - 12.00 WIB", at(10), "sampai 12.00"),
        ("10.00-12.00", at(10), "sampai 12.00"),
        ("10:00 \u2013 12:00", at(10), "sampai 12:00"),
        ("19.30 - selesai", at(19, 30), "sampai selesai"),
        ("19.30 WIB s.d. selesai", at(19, 30), "sampai selesai"),
        ("08.00 s/d selesai", at(8), "sampai selesai"),
        ("pukul 08.00 s/d selesai", at(8), "sampai selesai"),
        ("jam 9 s.d. 11", at(9), "sampai 11"),
        ("9 s.d. 11 WIB", at(9), "sampai 11"),
        ("\u00b1 10.15", at(10, 15), "perkiraan"),
        ("sekira pukul 10.15 WIB", at(10, 15), "perkiraan"),
        ("pkl. 9", at(9), "dibaca"),
        ("jam 9 pagi", at(9), "dibaca"),
        ("jam 9 malam", at(21), "dibaca"),
        ("1 siang", at(13), "dibaca"),
        ("12 siang", at(12), "dibaca"),
        ("7.30 malam", at(19, 30), "dibaca"),
        ("19.30 malam", at(19, 30), ""),
        ("9.15 Wib", at(9, 15), ""),
        ("9.15 UTC", at(16, 15), ""),
        ("09:15Z", at(16, 15), ""),
        ("09:15+07:00", at(9, 15), ""),
        ("09.15 WIT", at(7, 15), ""),
        (9.15, at(9, 15), "bilangan"),
        (0.375, at(9), ""),
    ],
)
def test_a_clock_as_the_field_writes_it(written: object, moment: datetime, told: str) -> None:
    read = combine_date_and_clock(DAY, written, WIB)  # type: ignore[arg-type]
    assert read.moment == moment
    assert told in (read.note or "")


@pytest.mark.parametrize(
    "written",
    ["Rabu, 27 November 2024 pukul 10.00 WIB s.d. selesai", "27/11/2024 10.00 - 12.00",
     "27/11/2024 jam 10 pagi", "27-11-2024 10.00 s/d 12.00 WIB", "27/11/2024 10.00-12.00 WIB"],
)  # fmt: skip
def test_a_range_behind_a_date_begins_with_its_start(written: str) -> None:
    read = read_time(written, WIB)
    assert (read.moment, read.precision) == (at(10), "menit")
    assert read.note is not None


@pytest.mark.parametrize(
    "written",
    ["7", "7.3", "9 sore", "12 malam", "1 malam", "selesai", "s.d. 12.00", "20.00 pagi", "25 pagi"],
)
def test_an_hour_that_means_two_or_none_is_refused(written: str) -> None:
    with pytest.raises(UnreadableCell):
        combine_date_and_clock(DAY, written, WIB)


@pytest.mark.parametrize(
    "written", ["27/11/2024 07:30-08:00", "2024-11-27 07:30-08:00", "25 s.d. 27 November 2024"]
)
def test_a_hyphen_that_may_be_an_offset_and_a_range_of_days_are_refused(written: str) -> None:
    with pytest.raises(UnreadableCell):
        read_time(written, WIB)


@pytest.mark.parametrize(
    "written",
    ["27.11.24 - 07.30", "27/11/2024 - 07.30", "27-11-2024 - 07:30", "27.11.2024, 07.30"],
)
def test_a_hyphen_between_date_and_clock_is_no_range(written: str) -> None:
    read = read_time(written, WIB)
    assert (read.moment, read.note) == (at(7, 30), None)


clocks = st.tuples(st.integers(0, 23), st.integers(0, 59))


@given(
    clocks, clocks, st.sampled_from(["s.d.", "s/d", "sampai", "-"]), st.sampled_from(["", " WIB"])
)
def test_the_start_of_any_range_is_read_or_its_end_where_that_is_asked(
    start: tuple[int, int], end: tuple[int, int], mark: str, zone: str
) -> None:
    written = f"{start[0]:02d}.{start[1]:02d} {mark} {end[0]:02d}.{end[1]:02d}{zone}"
    assert combine_date_and_clock(DAY, written, WIB).moment == at(*start)
    last = take_range_end(written)
    assert (last is not None) == (end > start)
    assert last is None or combine_date_and_clock(DAY, last, WIB).moment == at(*end)


@given(st.text("0123456789.:- sdjampukl/WIBselesaipagimalam", max_size=30))
def test_any_text_is_a_moment_of_that_day_or_refused(text: str) -> None:
    try:
        moment = combine_date_and_clock(DAY, text, WIB).moment
    except UnreadableCell:
        return
    assert abs((moment - at(12)).total_seconds()) <= 36 * 3600
