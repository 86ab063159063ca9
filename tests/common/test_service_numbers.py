"""NRP and NIP in a text: found however they are written, and nothing else is taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.common.file_names import sanitize_name
from situasi.common.service_numbers import (
    mask_service_numbers,
    may_any_hold_number,
    may_hold_number,
)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("87041234", "*****"), ("an. 87041234/Bripka", "an. *****/Bripka"),
        ("NRP 87041234 hadir", "NRP ***** hadir"), ("NRP: 8704 1234", "NRP: *****"),
        ("nrp.8704-1234.", "nrp.*****."), ("87 04 1234", "*****"), ("87.04.1234", "*****"),
        ("NIP 198704122010011003", "NIP *****"), ("19870412 201001 1 003", "*****"),
        ("NRP/NIP 87041234", "NRP/NIP *****"), ("NRP 5041234", "NRP *****"),
        ("05041234", "*****"), ("21080123450688", "*****"), ("NRP 87041234 3 orang",
        "NRP ***** 3 orang"), ("NRP 512345", "NRP *****"), ("x87041234.csv", "x*****.csv"),
        ("87041234-1234-1234-1234-123456789012", "*****-1234-1234-1234-123456789012"),
        ("649763a3-84c0-4522-a6bf-30f12345678e 87041234",
         "649763a3-84c0-4522-a6bf-30f12345678e *****"),
    ],
)  # fmt: skip
def test_a_service_number_leaves_no_digit(text: str, kept: str) -> None:
    assert mask_service_numbers(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "27112024", "20241127", "27/11/2024 08.03", "05.11.2024", "05112024", "NRP 27112024",
        "16.10.04.2001.001", "1610042001001", "-3.25041234", "104.65041234", "20241127093000",
        "081234567890", "1234567", "P-0001", "TPS 3 hadir 118 dari 465", "L 98 P 102 jumlah 200",
        "2024-11-27T08:03:00+07:00", "07.05 1234 orang", "0705-1130", "nrpx", "Rp75000000",
        "NIPAH 1234", "649763a3-84c0-4522-a6bf-30f87041234e",
    ],
)  # fmt: skip
def test_dates_codes_coordinates_and_counts_stay(text: str) -> None:
    assert mask_service_numbers(text) == text


@given(st.text(alphabet="NRPnip 0123456789.-/x\n", max_size=60))
def test_what_is_masked_stays_as_it_is(text: str) -> None:
    once = mask_service_numbers(text)
    assert mask_service_numbers(once) == once


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Plotting BRIPKA 87041234.xlsx", "Plotting BRIPKA petugas.xlsx"),
        ("87041234_27112024.csv", "petugas_27112024.csv"),
        ("NRP 87041234 27 NOV 2024.csv", "NRP petugas 27 NOV 2024.csv"),
        ("Turnout 27-11-2024.csv", "Turnout 27-11-2024.csv"),
    ],
)
def test_a_file_name_keeps_its_date_and_loses_the_nrp(name: str, kept: str) -> None:
    assert sanitize_name(name) == kept
    assert sanitize_name(kept) == kept


@given(st.lists(st.text(alphabet="NRPnip 0123456789.-/x\n", max_size=30), max_size=4))
def test_a_column_is_looked_through_as_its_texts_are(texts: list[str]) -> None:
    if any(map(may_hold_number, texts)):
        assert may_any_hold_number([*texts, None])
