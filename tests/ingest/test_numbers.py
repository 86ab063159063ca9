"""Numbers as people write them: heads, degrees, TPS, yes and no."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.ingest.parsing.cells import UnreadableCell
from situasi.ingest.parsing.coordinates import read_plain_degrees
from situasi.ingest.parsing.numbers import (
    MAX_COUNT,
    read_count,
    read_decimal,
    read_joined_point,
    read_point,
    read_tps,
    read_yesno,
)

anything = st.one_of(
    st.none(), st.text(), st.floats(), st.integers(), st.booleans(),
    st.from_regex(r"[-+0-9., ;°'\"NSEWLUBT/]{1,30}", fullmatch=True),
)  # fmt: skip


@pytest.mark.parametrize(
    ("written", "count"),
    [
        ("1.234", 1234), ("1,234", 1234), ("1 234", 1234), ("1\u00a0234", 1234),
        ("1.234.567", 1_234_567), ("412 orang", 412), ("412 Pemilih", 412), (412.0, 412),
        ("412,0", 412), ("412.00", 412), ("412.000", 412_000), ("1.234,00", 1234), ("007", 7),
        (0, 0), ("0", 0),
    ],
)  # fmt: skip
def test_a_count_is_read_with_any_thousands_mark(written: object, count: int) -> None:
    assert read_count(written) == count  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("-5", "negatif"), (-5, "negatif"), ("12,5", "bulat"), (12.5, "bulat"), ("0.123", "bulat"),
        ("1.23", "bulat"), ("1,234,00", "bukan bilangan"), ("1.234.56", "bukan bilangan"),
        ("nihil", "bukan bilangan"), ("sekitar 400", "bukan bilangan"), ("400-500", "bukan"),
        (True, "bukan bilangan"), (math.inf, "bulat"), (None, "kosong"), ("-", "kosong"),
        ("9" * 300, "bukan bilangan"), (10**30, "terlalu besar"), ("081234567890", "terlalu besar"),
        ("412" + " " * 300 + "x", "bukan bilangan"),
    ],
)  # fmt: skip
def test_what_is_no_count_of_heads_is_refused(written: object, said: str) -> None:
    with pytest.raises(UnreadableCell, match=said):
        read_count(written)  # type: ignore[arg-type]


@given(st.integers(0, MAX_COUNT), st.sampled_from([".", ",", " "]))
def test_a_grouped_count_is_read_back(count: int, mark: str) -> None:
    assert read_count(f"{count:,}".replace(",", mark)) == count


@given(anything)
def test_a_count_is_a_whole_number_in_range_or_refused(cell: object) -> None:
    try:
        count = read_count(cell)  # type: ignore[arg-type]
    except UnreadableCell:
        return
    assert type(count) is int
    assert 0 <= count <= MAX_COUNT


@pytest.mark.parametrize(
    ("written", "number"),
    [("-3,2535", -3.2535), ("-3.2535", -3.2535), ("\u22123,5", -3.5), ("1.234,5", 1234.5),
     ("1,234.5", 1234.5), ("1,234", 1.234), ("-3,2535E+00", -3.2535), (-3.25, -3.25), (4, 4.0)],
)  # fmt: skip
def test_a_decimal_is_read_with_point_or_comma(written: object, number: float) -> None:
    assert read_decimal(written) == pytest.approx(number)  # type: ignore[arg-type]


@pytest.mark.parametrize("written", ["1.234.567", "-3.253.500", "nan", "inf", "1e999", "", True,
                                     math.nan, math.inf, 10**400, "1,2,3", "--3"])  # fmt: skip
def test_what_is_no_finite_decimal_is_refused(written: object) -> None:
    with pytest.raises(UnreadableCell):
        read_decimal(written)  # type: ignore[arg-type]


@given(anything)
def test_a_decimal_is_finite_or_refused(cell: object) -> None:
    try:
        assert math.isfinite(read_decimal(cell))  # type: ignore[arg-type]
    except UnreadableCell:
        return


HERE = (-3.2525, 104.65)


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        ("-3,2525", "104,65"), (-3.2525, 104.65), ("3°15'9\"S", "104°39'E"),
        ("3°15′9″ LS", "104° 39′ BT"), ("3º15’9”LS", "104º39’BT"), ("3 15 9 S", "104 39 0 E"),
        ("S 3.2525", "E 104.65"), ("3,2525 LS", "104,65 BT"), ("-3.2525 LS", "104.65"),
        ("104.65 BT", "3.2525 LS"), ("3.2525 lintang selatan", "104.65 bujur timur"),
    ],
)  # fmt: skip
def test_a_point_is_read_from_two_cells(lat: object, lon: object) -> None:
    assert read_point(lat, lon) == pytest.approx(HERE)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "written",
    [
        "-3.2525, 104.65", "-3,2525; 104,65", "-3,2525 104,65", "-3.2525 104.65", "-3,2525, 104,65",
        "-3.2525,104.65", "(-3.2525, 104.65)", "-3.2525/104.65", "3°15'9\"S 104°39'E",
        "104°39'E 3°15'9\"S", "S3°15'9\", E104°39'", "3,2525 LS; 104,65 BT", "LS 3,2525 BT 104,65",
        "-3.2525 104.65 0 4.8", "-3.2525 104.65 -12.5 0.0",
        "https://maps.google.com/?q=-3.2525,104.65", "https://maps.example/maps?z=1&q=-3.2525%2C104.65",
    ],
)  # fmt: skip
def test_a_point_is_read_from_one_cell(written: str) -> None:
    assert read_joined_point(written) == pytest.approx(HERE)


def test_bare_numbers_exchanged_are_left_to_the_boundaries() -> None:
    assert read_point("104.65", "-3.25") == (104.65, -3.25)


@pytest.mark.parametrize("written", ["-3,25,104,65", "-3,104", "3,104", "-3.25", "1 2 3", "a, b",
                                     "-325.35, 104", "3.25 S 3.25 S", "", None, "3°75'S 104°E",
                                     "-3.25 U, 104 T"])  # fmt: skip
def test_a_joined_point_that_can_be_read_two_ways_or_none_is_refused(written: object) -> None:
    with pytest.raises(UnreadableCell):
        read_joined_point(written)  # type: ignore[arg-type]


@pytest.mark.parametrize(("lat", "lon"), [(None, 104), ("-3,25", "-"), ("-32535", "104"),
                                          ("91 S", "104"), ("-3 N", "104"), ("3.5 15 S", "104"),
                                          (math.nan, 1), (math.inf, 1), (True, 1), ("104 BT", "3"),
                                          (10**400, 1)])  # fmt: skip
def test_half_a_point_or_one_beyond_the_earth_is_refused(lat: object, lon: object) -> None:
    with pytest.raises(UnreadableCell, match="koordinat"):
        read_point(lat, lon)  # type: ignore[arg-type]


@given(st.floats(-89.99, 89.99), st.floats(-179.99, 179.99))
def test_a_point_in_degrees_and_minutes_is_read_back(lat: float, lon: float) -> None:
    def dms(value: float, letters: str) -> str:
        seconds = round(abs(value) * 3600, 2)
        degrees, rest = divmod(seconds, 3600)
        return f"{degrees:.0f}°{rest // 60:.0f}'{rest % 60:05.2f}\"{letters[value < 0]}"

    read = read_joined_point(f"{dms(lat, 'NS')} {dms(lon, 'EW')}")
    assert read == pytest.approx((lat, lon), abs=1e-5)


@given(anything, anything)
def test_a_point_is_two_finite_degrees_or_refused(lat: object, lon: object) -> None:
    for read in (lambda: read_point(lat, lon), lambda: read_joined_point(lat)):  # type: ignore[arg-type]
        try:
            point = read()
        except UnreadableCell:
            continue
        assert all(math.isfinite(degrees) and abs(degrees) <= 180 for degrees in point)


@pytest.mark.parametrize(
    ("written", "number"),
    [("1", "001"), ("01", "001"), (1, "001"), (1.0, "001"), ("TPS 001", "001"), ("TPS02", "002"),
     ("tps no. 2", "002"), ("TPS-02", "002"), ("TPS 02 Desa Anu", "002"), ("TPS 3, Desa X", "003"),
     ("Kelurahan Anu TPS 02", "002"), ("TPS 02 Desa Seri Kembang 3", "002"), ("999", "999")],
)  # fmt: skip
def test_a_tps_number_is_three_digits(written: object, number: str) -> None:
    assert read_tps(written) == number  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "said"),
    [("TPS 1 dan 2", "lebih dari satu"), ("TPS 1, 2", "lebih dari satu"), ("TPS 1-3", "lebih dari"),
     ("TPS 1 TPS 2", "lebih dari"), ("TPS 3 s/d 5", "lebih dari"), ("1 dan 2", "bukan nomor"),
     ("0", "bukan nomor"), ("1000", "bukan nomor"), ("TPS 1234", "bukan nomor"), (1.5, "bukan"),
     ("TPS II", "bukan nomor"), (True, "bukan nomor"), (None, "bukan nomor"), ("-1", "bukan"),
     ("Desa Anu 2", "bukan nomor"), ("x" * 500, "bukan nomor")],
)  # fmt: skip
def test_what_is_not_one_tps_number_is_refused(written: object, said: str) -> None:
    with pytest.raises(UnreadableCell, match=said):
        read_tps(written)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "answer"),
    [("ya", True), ("TIDAK", False), (True, True), (False, False), (1, True), (0.0, False),
     ("LATIHAN", True), ("no", False)],
)  # fmt: skip
def test_yes_and_no_are_read(written: object, answer: bool) -> None:
    assert read_yesno(written) is answer  # type: ignore[arg-type]


@pytest.mark.parametrize("written", ["t", "", None, 2, "mungkin", "x" * 500])
def test_neither_yes_nor_no_is_refused(written: object) -> None:
    with pytest.raises(UnreadableCell, match="bukan ya atau tidak"):
        read_yesno(written)  # type: ignore[arg-type]


@given(
    st.lists(
        st.one_of(
            st.none(),
            st.floats(-200, 200).map(lambda n: f"{n:.6f}"),
            st.sampled_from(["-3,25", "3°15'S", "", "nan", "1e2", " 104.65", "-0.0", "999.5"]),
        )
    )
)
def test_plain_decimals_read_together_equal_those_read_one_by_one(cells: list[str | None]) -> None:
    for cell, degrees in zip(cells, read_plain_degrees(cells), strict=True):
        if not math.isnan(degrees):
            assert cell is not None
            assert read_point(cell, cell) == (degrees, degrees)
