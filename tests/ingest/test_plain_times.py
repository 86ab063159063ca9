"""Columns of times read at once: never another moment than reading cell by cell gives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from situasi.ingest.parsing.datetime_columns import DatetimeColumn, read_plain_times, to_datetime64
from situasi.ingest.parsing.datetimes import ParsedTime, read_time
from tests.effort import examples

WIB = ZoneInfo("Asia/Jakarta")
ZONES = st.sampled_from([WIB, ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Jayapura")])
# Near the shapes, sound and unsound alike: month 13, hour 24, 31 April, other signs.
NEARLY = (
    st.from_regex(
        r"[0-3][0-9][/.-][01][0-9][/.-]20[0-9]{2} [0-2][0-9][:.][0-6][0-9]", fullmatch=True
    )
    | st.from_regex(
        r"[0-3][0-9][/-][01][0-9][/-][12][0-9]{3} [0-2][0-9][:.][0-6][0-9]([:.][0-6][0-9])?",
        fullmatch=True,
    )
    | st.from_regex(
        r"20[0-9]{2}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-6][0-9](:[0-6][0-9])?"
        r"(Z|\+[01][0-9]:[0-6][0-9]|-0[0-9]:00)?",
        fullmatch=True,
    )
)
CELLS = NEARLY | st.text("0123456789/-.: TZ+\x00٣", max_size=27) | st.none() | st.integers()


@settings(max_examples=examples(1_500))
@given(st.lists(CELLS, max_size=4), ZONES)
@example(["31/03/2024 02.30", "27/10/2024 02.30"], ZoneInfo("Europe/Berlin"))
@example(["29/02/2024 07.30", "29/02/2023 07.30", "2024-11-27T07:30:00+14:00"], WIB)
@example(["27/11/2024 07.30\x00", "27/11/2024 07.30.15 lebih dari itu"], WIB)
def test_what_is_read_at_once_is_what_reading_one_by_one_gives(
    cells: list[str | int | None], zone: ZoneInfo
) -> None:
    found = read_plain_times(cells, zone)
    assert len(found) == len(cells)
    for cell, at in zip(cells, DatetimeColumn(found), strict=True):
        if at is not None:
            assert read_time(cell, zone) == ParsedTime(at, "menit")


@pytest.mark.parametrize(
    "written",
    [
        "27/11/2024 07.30",
        "27/11/2024 07:30",
        "27-11-2024 07.30.00",
        "27-11-2024 07:30:00",
        "2024-11-27 07:30:00",
        "2024-11-27T07:30",
        "2024-11-27T07:30:00+07:00",
        "2024-11-27T00:30:00Z",
    ],
)
def test_the_shapes_that_fill_whole_files_are_read_at_once(written: str) -> None:
    assert DatetimeColumn(read_plain_times([written], WIB))[0] == datetime(
        2024, 11, 27, 0, 30, tzinfo=UTC
    )


@pytest.mark.parametrize(
    "written", ["27/13/2024 07.30", "31/04/2024 07.30", "27/11/2024 24.00", "27/11/2024", "", None]
)
def test_whatever_is_doubtful_or_only_a_day_is_left_to_the_slow_reading(written: str) -> None:
    assert np.isnat(read_plain_times([written], WIB)).all()


MOMENTS = st.none() | st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1))


@given(st.lists(MOMENTS), st.integers(0, 5))
def test_moments_kept_as_numbers_come_back_aware(naive: list[datetime | None], at: int) -> None:
    zone = WIB
    given_moments = [None if one is None else one.replace(tzinfo=zone) for one in naive]
    nat = np.datetime64("NaT", "us")
    numbers = [nat if one is None else to_datetime64(one) for one in given_moments]
    moments = DatetimeColumn(np.array(numbers, dtype="datetime64[us]"))
    assert list(moments) == given_moments
    assert [moments[row] for row in range(len(moments))] == given_moments
    assert list(moments[at:]) == given_moments[at:]
    assert all(one.utcoffset() == timedelta(0) for one in moments if one)
