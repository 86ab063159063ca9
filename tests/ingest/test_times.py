"""Times as people write them: every form read, nothing ambiguous guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from situasi.ingest.parsing.cells import UnreadableCell
from situasi.ingest.parsing.date_parser import parse_date_parts
from situasi.ingest.parsing.datetimes import (
    ParsedTime,
    _apply_zone,
    _read_common_shape,
    combine_date_and_clock,
    read_time,
)

WIB = ZoneInfo("Asia/Jakarta")
NEW_YORK = ZoneInfo("America/New_York")
_MONTHS = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember"
_SHORT = "Jan Peb Mrt Apr Mei Jun Jul Agt Sep Okt Nop Des"
_DAYS = "Senin Selasa Rabu Kamis Jum'at Sabtu Minggu"
MONTHS, SHORT, DAYS = _MONTHS.split(), _SHORT.split(), _DAYS.split()


def naive(*parts: int) -> datetime:
    """A moment without a zone, as spreadsheets hold them."""
    return datetime(*parts, tzinfo=UTC).replace(tzinfo=None)  # type: ignore[misc, arg-type]


def wib(hour: int, minute: int = 0, second: int = 0, day: int = 27) -> datetime:
    return datetime(2024, 11, day, hour, minute, second, tzinfo=WIB)


def slow(cell: str, zone: ZoneInfo = WIB) -> ParsedTime:
    """The obvious reading, never the quick one."""
    return _apply_zone(parse_date_parts(cell), zone, cell)


def refused(cell: object) -> str:
    with pytest.raises(UnreadableCell) as error:
        read_time(cell, WIB)  # type: ignore[arg-type]
    return str(error.value)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("27/11/2024 8:03", wib(8, 3)),
        ("27-11-2024 07.30 WIB", wib(7, 30)),
        ("27.11.2024 07.30", wib(7, 30)),
        ("Rabu, 27 Nop 2024 pukul 07.30 WIB", wib(7, 30)),
        ("Pada hari Rabu tanggal 27 November 2024 pukul 07.30 Wib.", wib(7, 30)),
        ("27 Nov 24 0730", wib(7, 30)),
        ("27/11/24 07.30", wib(7, 30)),
        ("27-XI-2024 07:30", wib(7, 30)),
        ("27 / 11 / 2024  07:30", wib(7, 30)),
        ("27/11/2024, 07.30.15", wib(7, 30, 15)),
        ("27/11/2024 - 07.30", wib(7, 30)),
        ("November 27, 2024 7:30 PM", wib(19, 30)),
        ("27/11/2024 12:05 AM", wib(0, 5)),
        ("[07.30, 27/11/2024]", wib(7, 30)),
        ("07.30 WIB, Rabu 27 November 2024", wib(7, 30)),
        ("2024-11-27 08:03:04", wib(8, 3, 4)),
        ("2024-11-27T08:03:00+07:00", wib(8, 3)),
        ("2024-11-27T01:03:00Z", wib(8, 3)),
        ("2024-11-26T20:03:00-05:00", wib(8, 3)),
        ("2024-11-27T01:03:00.250Z", wib(8, 3) + timedelta(milliseconds=250)),
        ("20241127 0803", wib(8, 3)),
        ("20241127T010300Z", wib(8, 3)),
        ("27/11/2024 09.30 WITA", wib(8, 30)),
        ("27/11/2024 09.30 WIT", wib(7, 30)),
        ("27/11/2024 07.30 GMT+7", wib(7, 30)),
        ("27/11/2024 24.00", wib(0, 0, day=28)),
        ("27/11/2024 00.00", wib(0)),
        ("\u200e27/11/2024\u00a007.30", wib(7, 30)),
        (45623.335416666667, wib(8, 3)),
        ("45623,3354166667", wib(8, 3)),
        ("45623.3354166667", wib(8, 3)),
        (naive(2024, 11, 27, 8, 3), wib(8, 3)),
        (datetime(2024, 11, 27, 1, 3, tzinfo=UTC), wib(8, 3)),
        (datetime(2024, 11, 27, 0, 0, tzinfo=timezone(timedelta(hours=7))), wib(0)),
    ],
)
def test_a_time_as_people_write_it_is_read_to_the_minute(written: object, moment: datetime) -> None:
    read = read_time(written, WIB)  # type: ignore[arg-type]
    assert read == ParsedTime(moment.astimezone(UTC), "menit")
    assert read.moment.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "written",
    [
        "27/11/2024", "27.11.2024", "27-11-24", "27 November 2024", "27Nov2024", "2024-11-27",
        "2024/11/27", "20241127", 20241127, "Rabu 27 Nopember 2024", "27/11/2024 WIB", 45623,
        45623.0, "45623", date(2024, 11, 27), naive(2024, 11, 27), "tgl 27-11-2024",
    ],
)  # fmt: skip
def test_a_date_alone_is_the_start_of_its_local_day(written: object) -> None:
    assert read_time(written, WIB) == ParsedTime(wib(0).astimezone(UTC), "hari")  # type: ignore[arg-type]


@pytest.mark.parametrize("written", ["2024-11", "November 2024", "Nop. 2024", "11/2024", "2024/11"])
def test_a_month_alone_is_the_start_of_its_month(written: str) -> None:
    assert read_time(written, WIB) == ParsedTime(wib(0, day=1).astimezone(UTC), "bulan")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("31/02/2024", "bukan tanggal yang ada"),
        ("29/02/2023", "bukan tanggal yang ada"),
        ("11/27/2024", "bulan sebelum hari"),
        ("11-27-24 08.00", "bulan sebelum hari"),
        ("27/11/2024 25.10", "jam 25.10 tidak ada"),
        ("27/11/2024 24.01", "jam 24.01 tidak ada"),
        ("27/11/2024 07.60", "jam 07.60 tidak ada"),
        ("27/11/2024 13:30 PM", "AM/PM"),
        ("Kamis, 27 November 2024", "adalah hari Rabu"),
        ("27 Novemver 2024", 'bulan "novemver" tidak dikenal'),
        ("27/11/1924", "di luar 1990-2100"),
        ("27/11/2101", "di luar 1990-2100"),
        ("27/11", "tanpa tahun"),
        ("27 November 07.30", "tanpa tahun"),
        ("07.30 WIB", "tanpa tanggal"),
        ("27/11/2024 07:30-08:00", "rentang"),
        ("2024-11-27 07:30-08:00", "rentang"),
        ("2024-11-27T08:03+15:00", "selisih UTC"),
        ("27/11/2024 7.3", "tidak terbaca"),
        ("27/11/2024 7", "tidak terbaca"),
        ("Nov 24", "tidak terbaca"),
        ("2024", "tidak terbaca"),
        ("kemarin", "tidak terbaca"),
        ("27112024", "tidak terbaca"),
        (1732669380, "tidak terbaca"),
        (12.5, "tidak terbaca"),
        (True, "tidak terbaca"),
        (float("inf"), "tidak terbaca"),
        ("27/11/2024" + " " * 300 + "x", "tidak terbaca"),
        ("\u0662\u0667/11/2024", "bukan Latin"),
        ("-", "waktu kosong"),
        ("", "waktu kosong"),
        (None, "waktu kosong"),
        (float("nan"), "waktu kosong"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(written: object, said: str) -> None:
    assert said in refused(written)


def test_the_reason_quotes_what_was_written_and_shortens_what_is_long() -> None:
    assert refused("31/02/2024") == 'waktu "31/02/2024" bukan tanggal yang ada'
    assert len(refused("x" * 10_000)) < 160


def test_an_approximate_time_is_read_with_a_note() -> None:
    read = read_time("27 November 2024 sekira pukul 07.30 WIB", WIB)
    assert read.moment == wib(7, 30)
    assert read.note is not None
    assert "perkiraan" in read.note


def test_a_local_time_skipped_or_doubled_by_a_clock_change_is_refused() -> None:
    for written in ("10/03/2024 02.30", "03/11/2024 01.30"):
        with pytest.raises(UnreadableCell, match="dua kali"):
            read_time(written, NEW_YORK)
    assert read_time("10/03/2024 03.30", NEW_YORK).moment == datetime(
        2024, 3, 10, 7, 30, tzinfo=UTC
    )


@pytest.mark.parametrize("clock", ["7.30", "07:30:00", "0730", "07.30 WIB", "pukul 07.30", "730",
                                   730, 0.3125, "0,3125", time(7, 30), timedelta(hours=7.5),
                                   naive(1899, 12, 30, 7, 30), naive(2024, 11, 27, 7, 30),
                                   "27/11/2024 07.30"])  # fmt: skip
@pytest.mark.parametrize("day", ["27/11/2024", naive(2024, 11, 27), 45623, "Rabu, 27 Nov 2024"])
def test_date_and_clock_in_two_cells_make_one_moment(day: object, clock: object) -> None:
    assert combine_date_and_clock(day, clock, WIB) == ParsedTime(
        wib(7, 30).astimezone(UTC), "menit"
    )  # type: ignore[arg-type]


def test_an_empty_clock_leaves_the_date_alone() -> None:
    assert combine_date_and_clock("27/11/2024", None, WIB).precision == "hari"
    assert combine_date_and_clock("27/11/2024 07.30", "-", WIB).moment == wib(7, 30)


def test_a_clock_names_its_own_zone_and_may_close_the_day() -> None:
    assert combine_date_and_clock("27/11/2024", "08.30 WITA", WIB).moment == wib(7, 30)
    assert combine_date_and_clock("27/11/2024 WITA", "08.30", WIB).moment == wib(7, 30)
    assert combine_date_and_clock("27/11/2024", "24.00", WIB).moment == wib(0, day=28)


@pytest.mark.parametrize(
    ("day", "clock", "said"),
    [
        (None, "07.30", "tanpa tanggal"),
        ("November 2024", "07.30", "tanpa hari"),
        ("27/11/2024", "7", "tidak terbaca"),
        ("27/11/2024", 7, "tidak terbaca"),
        ("27/11/2024", 7.3, "tidak terbaca"),
        ("27/11/2024", "pagi", "tidak terbaca"),
        ("27/11/2024", "25.00", "jam 25.00 tidak ada"),
        ("27/11/2024", "28/11/2024 07.30", "bertentangan"),
        ("27/11/2024 08.00", "07.30", "bertentangan"),
        ("27/11/2024", timedelta(hours=30), "tidak terbaca"),
        ("31/02/2024", "07.30", "bukan tanggal yang ada"),
    ],
)
def test_date_and_clock_that_do_not_fit_are_refused(day: object, clock: object, said: str) -> None:
    with pytest.raises(UnreadableCell, match=said):
        combine_date_and_clock(day, clock, WIB)  # type: ignore[arg-type]


moments = st.datetimes(naive(1990, 1, 1), naive(2100, 12, 31)).map(
    lambda at: at.replace(microsecond=0)
)
STYLES = (
    "{d:02}/{m:02}/{y} {H:02}:{M:02}:{S:02}",
    "{d}/{m}/{y} {H}.{M:02}.{S:02}",
    "{d}-{m}-{y} {H:02}:{M:02}:{S:02} WIB",
    "{d}.{m}.{y} pukul {H:02}.{M:02}.{S:02}",
    "{d} {month} {y} {H:02}.{M:02}.{S:02}",
    "{day}, {d} {month} {y} pukul {H:02}.{M:02}.{S:02} WIB",
    "{day} {d} {short} {y} {H:02}{M:02}{S:02}",
    "{y}-{m:02}-{d:02} {H:02}:{M:02}:{S:02}",
    "{y}-{m:02}-{d:02}T{H:02}:{M:02}:{S:02}+07:00",
    "{y}{m:02}{d:02}T{H:02}{M:02}{S:02}",
)


def styled(style: str, at: datetime) -> str:
    return style.format(
        d=at.day, m=at.month, y=at.year, H=at.hour, M=at.minute, S=at.second,
        month=MONTHS[at.month - 1], short=SHORT[at.month - 1], day=DAYS[at.weekday()],
    )  # fmt: skip


@given(at=moments, style=st.sampled_from(STYLES))
def test_a_moment_written_in_any_style_is_read_back(at: datetime, style: str) -> None:
    assert read_time(styled(style, at), WIB).moment == at.replace(tzinfo=WIB)


@given(at=moments)
def test_an_excel_serial_is_read_back_to_the_second(at: datetime) -> None:
    serial = (at - naive(1899, 12, 30)) / timedelta(days=1)
    assert read_time(serial, WIB).moment == at.replace(tzinfo=WIB)


@given(
    st.one_of(
        st.builds(styled, st.sampled_from(STYLES), moments),
        st.from_regex(
            r"(Rabu, )?[0-3]?[0-9][/. -]([01]?[0-9]|Nop|Mei|Foo)[/. -](20)?[0-9]{2}"
            r"(,? (pukul )?[0-2]?[0-9][:.][0-6][0-9]([:.][0-6][0-9])?)?( WI(B|TA))?",
            fullmatch=True,
        ),
        st.from_regex(
            r"20[0-9]{2}-[0-1][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-6][0-9](:[0-6][0-9])?"
            r"(\.[0-9]{3})?(Z|[+-][0-2][0-9]:[0-7][0-9])?",
            fullmatch=True,
        ),
    ),
    st.sampled_from([WIB, NEW_YORK]),
)
@example("2024-11-27T08:03+15:00", WIB)
@example("2024-11-27T08:03+07:70", WIB)
@example("2024-11-27T08:03-13:59", WIB)
@example("27/11/2024 24.00", WIB)
@example("10/03/2024 02.30", NEW_YORK)
def test_the_quick_reading_never_differs_from_the_slow_one(text: str, zone: ZoneInfo) -> None:
    quick = _read_common_shape(text, zone)
    if quick is not None:
        assert quick == slow(text, zone)


@given(st.one_of(st.text(), st.from_regex(r"[0-9/.: -]{1,24}", fullmatch=True), st.floats(),
                 st.integers(), st.booleans(), st.datetimes(), st.dates()))  # fmt: skip
def test_anything_at_all_is_a_moment_in_range_or_a_refusal(cell: object) -> None:
    try:
        read = read_time(cell, WIB)  # type: ignore[arg-type]
    except UnreadableCell as refusal:
        said = str(refusal)
    else:
        said = "waktu terbaca"
        assert datetime(1989, 12, 31, tzinfo=UTC) <= read.moment <= datetime(2101, 1, 2, tzinfo=UTC)
        assert read.precision in ("menit", "hari", "bulan")
    assert said.startswith("waktu")


@given(st.one_of(st.text(max_size=12), st.floats(), st.integers(), st.times(), st.timedeltas()))
def test_any_clock_beside_a_date_stays_on_that_day_or_is_refused(clock: object) -> None:
    try:
        read = combine_date_and_clock("27/11/2024", clock, WIB)  # type: ignore[arg-type]
    except UnreadableCell:
        return
    assert timedelta(hours=-8) <= read.moment - wib(0) <= timedelta(hours=38)


@pytest.mark.parametrize("style", [STYLES[at] for at in (0, 1, 2, 3, 4, 5, 7, 8)])
def test_the_styles_that_fill_whole_files_are_read_quickly(style: str) -> None:
    """Speed itself is the benchmark's; this holds that these never fall to the slow reading."""
    assert _read_common_shape(styled(style, naive(2024, 11, 27, 7, 30, 15)), WIB) is not None
