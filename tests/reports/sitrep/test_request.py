"""Of which time a laporan is, and when the next is due."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.analysis.view_time import ViewTime
from situasi.domain.register import Register
from situasi.reports.sitrep import request as sitrep_request
from situasi.reports.sitrep import schedule
from situasi.reports.sitrep.letterhead import SitrepTemplateError
from situasi.reports.sitrep.request import SitrepRequestError
from tests.builders import DAY, wib


def test_a_laporan_situasi_is_of_the_election_day_as_the_page_is(register: Register) -> None:
    found = sitrep_request.build_request("situasi", wib("12.30"), register.election)
    assert (found.since, found.until) == (DAY, DAY + timedelta(days=1))


@pytest.mark.parametrize(
    ("clock", "day"), [("12.30", 0), ("23.59", 0), ("00.00", -1), ("00.01", 0)]
)
def test_a_laporan_harian_is_of_its_day_and_at_midnight_of_the_one_that_ended(
    register: Register, clock: str, day: int
) -> None:
    found = sitrep_request.build_request("harian", wib(clock), register.election)
    assert found.since == DAY + timedelta(days=day)
    assert found.until - found.since == timedelta(days=1)


@pytest.mark.parametrize(
    ("kind", "begin", "end", "said"),
    [("rahasia", None, None, "rahasia"), ("anev", wib("12.00"), wib("12.00"), "kurun"),
     ("anev", wib("12.00"), wib("10.00"), "kurun")],
)  # fmt: skip
def test_what_cannot_be_made_is_refused_in_words(
    register: Register, kind: str, begin: datetime | None, end: datetime | None, said: str
) -> None:
    with pytest.raises(SitrepRequestError, match=said):
        sitrep_request.build_request(kind, wib("12.30"), register.election, since=begin, until=end)


def test_a_laporan_of_a_past_period_is_of_what_was_known_at_its_end(register: Register) -> None:
    found = sitrep_request.build_request(
        "anev", wib("18.00"), register.election, since=wib("08.00"), until=wib("10.00")
    )
    at = sitrep_request.choose_view_time(None, found, wib("18.00"), None)
    assert (at.at, at.live) == (wib("10.00"), False)
    still_open = sitrep_request.build_request("anev", wib("18.00"), register.election)
    assert sitrep_request.choose_view_time(None, still_open, wib("18.00"), None).live
    later = sitrep_request.choose_view_time(wib("12.00"), found, wib("18.00"), None)
    assert later.at == wib("12.00")


@given(
    length=st.integers(1, 5_000), late=st.integers(-4_000, 4_000), begin=st.integers(-9_000, 900)
)
def test_the_period_before_is_as_long_ends_where_this_begins_and_is_known_as_far(
    length: int, late: int, begin: int
) -> None:
    since = DAY + timedelta(minutes=begin)
    until = since + timedelta(minutes=length)
    at = max(until + timedelta(minutes=late), since + timedelta(minutes=1))
    asked = sitrep_request.SitrepRequest("anev", since, until, ("16.10.05",))
    found, known = sitrep_request.build_previous_request(
        asked, ViewTime(at, live=False, is_exercise=False)
    )
    assert found.until == since
    assert found.until - found.since == min(until, at) - since
    assert known - found.until == at - min(until, at)
    assert found.kecamatan == asked.kecamatan


@pytest.mark.parametrize(
    ("text", "minutes"), [("2h", 120), ("2j", 120), ("30m", 30), ("90 menit", 90), ("24h", 1440)]
)
def test_an_interval_is_written_as_people_do(text: str, minutes: int) -> None:
    assert schedule.parse_interval(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "0h", "2", "7h", "25h", "-2h", "1e9h", "h", "٢h", "99999m"])
def test_an_interval_that_does_not_fit_a_day_is_refused(text: str) -> None:
    with pytest.raises(SitrepRequestError, match="selang"):
        schedule.parse_interval(text)


class Clock:
    """A clock that a test sets, and what a schedule made and told by it."""

    def __init__(self, step: str = "2h") -> None:
        self.now = wib("07.10")
        self.asked: list[datetime] = []
        self.made: list[datetime] = []
        self.told: list[str] = []
        self.there: set[datetime] = set()
        self.broken: Exception | None = None
        self.step = step
        self.begin()

    def begin(self) -> None:
        """The program is started anew."""
        hoped = (OSError, SitrepTemplateError)
        self.plan = schedule.Schedule(
            schedule.parse_interval(self.step),
            lambda: self.now,
            self._make,
            self.told.append,
            hoped,
        )

    def _make(self, due: datetime) -> str | None:
        if self.broken is not None:
            raise self.broken
        self.asked.append(due)
        if due in self.there:
            return None
        self.there.add(due)
        self.made.append(due)
        return f"dibuat {due:%H.%M}"

    def at(self, clock: str) -> None:
        self.now = wib(clock)
        self.plan.run_due()


def test_what_is_due_is_made_once_at_even_hours_of_the_clock() -> None:
    clock = Clock()
    for time in ("07.10", "07.11", "07.59", "08.00", "08.00", "09.59", "10.03", "11.00"):
        clock.at(time)
    assert clock.made == clock.asked == [wib("06.00"), wib("08.00"), wib("10.00")]


def test_a_restart_makes_nothing_twice_and_what_was_missed_last() -> None:
    clock = Clock()
    clock.at("08.01")
    clock.begin()
    clock.at("08.02")
    assert clock.made == [wib("08.00")]
    clock.begin()  # it was down from 08.02 to 13.30
    clock.at("13.30")
    assert clock.made == [wib("08.00"), wib("12.00")]
    assert clock.told == ["dibuat 08.00", "dibuat 12.00"]


def test_it_goes_on_after_an_error_and_says_so() -> None:
    clock = Clock()
    clock.broken = OSError("No space left on device")
    clock.at("08.00")
    clock.at("08.00")
    assert len(clock.told) == 1  # told once, not with every look
    assert "08.00 gagal: No space left on device" in clock.told[0]
    clock.at("08.02")
    assert len(clock.told) == 2
    clock.broken = None
    clock.at("08.04")
    assert clock.made == [wib("08.00")]
    clock.broken = SitrepTemplateError("templat rusak")
    clock.at("10.00")
    clock.broken = None
    clock.at("12.00")
    assert clock.made == [wib("08.00"), wib("12.00")]


def test_a_fault_of_the_program_is_told_as_one_and_ends_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = Clock()
    clock.broken = ZeroDivisionError()
    clock.at("08.00")
    assert "ZeroDivisionError" in caplog.text
    clock.broken = None
    clock.at("10.00")
    assert clock.made == [wib("10.00")]


def test_a_clock_that_is_set_back_does_not_stop_it() -> None:
    clock = Clock()
    clock.now = wib("20.00")
    clock.plan.run_due()
    clock.at("08.00")
    clock.at("08.01")
    assert clock.made == [wib("20.00"), wib("08.00")]


def test_it_waits_until_the_next_boundary_and_never_long() -> None:
    clock, waited = Clock("30m"), []

    def wait(seconds: float) -> bool:
        waited.append(seconds)
        clock.now += timedelta(seconds=seconds)
        return len(clock.made) == 4

    clock.plan.run(wait)
    assert clock.made == [wib("07.00"), wib("07.30"), wib("08.00"), wib("08.30")]
    assert 0 < max(waited) <= 20


@given(minutes=st.integers(0, 3 * 1440), step=st.sampled_from([15, 30, 60, 120, 360, 1440]))
def test_the_last_due_is_the_nearest_boundary_before(minutes: int, step: int) -> None:
    now = DAY + timedelta(minutes=minutes)
    due = schedule.compute_last_due(now, timedelta(minutes=step))
    slow = max(
        one for n in range(4 * 1440 // step) if (one := DAY + n * timedelta(minutes=step)) <= now
    )
    assert due == slow
