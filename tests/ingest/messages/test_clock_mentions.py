"""Times of day in running text, and numbers that are none."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.ingest.messages.clock_mentions import find_clocks
from situasi.ingest.messages.message_text import Passage
from situasi.ingest.messages.time_mentions import find_days

WIB = ZoneInfo("Asia/Jakarta")


def clocks(text: str) -> list[tuple[tuple[int, ...], int]]:
    return [(clock.hours, clock.minute) for clock in find_clocks(Passage(text))]


@given(
    hour=st.integers(5, 23),
    minute=st.integers(0, 59),
    form=st.sampled_from(
        [
            "pkl {h:02d}.{m:02d}", "pukul {h:02d}:{m:02d} WIB", "jam {h}.{m:02d}",
            "jm {h:02d}.{m:02d}", "pkl{h:02d}.{m:02d}",
            "j. {h:02d}.{m:02d}", "{h}.{m:02d} wib", "{h:02d}.{m:02d}Wib", "{h:02d}:{m:02d}",
            "{h:02d}.{m:02d}", "{h:02d}{m:02d} wib", "pkl {h:02d}{m:02d}", "jam {h:02d},{m:02d}",
            "s.d. {h:02d}.{m:02d}", "Pkl.{h:02d}.{m:02d}", "pkl : {h:02d}.{m:02d}",
        ]
    ),
    around=st.sampled_from(["{}", "dibuka {}", "{} dibuka", "TPS 3 Ds Lorok dibuka {}, aman"]),
)  # fmt: skip
def test_a_time_is_the_same_however_it_is_written(
    hour: int, minute: int, form: str, around: str
) -> None:
    assert clocks(around.format(form.format(h=hour, m=minute))) == [((hour,), minute)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("jam 9", ((9, 21), 0)),
        ("jam 9 pagi", ((9,), 0)),
        ("jam 9 mlm", ((21,), 0)),
        ("jam 9 kurang 10", ((8, 20), 50)),
        ("jam 9 lewat seperempat", ((9, 21), 15)),
        ("jam setengah 10", ((9, 21), 30)),
        ("jam setengah dua belas", ((11,), 30)),
        ("jam 9 lebih 45 orang", ((9, 21), 0)),
        ("jam 12", ((12,), 0)),
        ("jam 9 pemilih hadir sebanyak 89", ((9, 21), 0)),
        ("jam 9 orang yang datang 51", ((9, 21), 0)),
        ("07.00:20", ((7,), 0)),
    ],
)
def test_spoken_times(text: str, expected: tuple[tuple[int, ...], int]) -> None:
    assert clocks(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "TPS 1.45", "TPS 07.00", "rp 10.50", "10.15 km", "10.15 rb", "01:45", "45.10", "07.60",
        "-03.25, 104.65", "12.11.2024", "tgl 12.11", "16.10.04.2012.001", "dpt 10.15", "0915",
        "jam 9/10", "jam 25", "118.45", "10.15%", "no 10.15", "1610",
    ],
)  # fmt: skip
def test_what_is_no_time_is_left(text: str) -> None:
    assert clocks(text) == []


@pytest.mark.parametrize("text", ["07.00 - 08.00", "jam 7-8", "jam 7 s/d 8", "10.00 s.d selesai"])
def test_a_range_is_one_time_that_must_be_asked(text: str) -> None:
    (clock,) = find_clocks(Passage(text))
    assert clock.is_range and clock.full_span == (0, len(text))


@pytest.mark.parametrize(
    "text", ["16.10.04", "16.10.04.2001", "16.10.04.2001.001", "16.10.04.2001.001 hadir"]
)
def test_a_code_is_no_date(text: str) -> None:
    assert find_days(Passage(text), WIB, date(2024, 11, 27)) == []
    assert find_days(Passage("26.11.24 dan"), WIB, date(2024, 11, 27))[0].day == date(2024, 11, 26)
