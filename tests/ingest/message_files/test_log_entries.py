"""Logs of a post: entries by the hour; and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.ingest.message_files.log_entries import split_log

PLACES = frozenset(("tanjung", "gelam", "elang"))
LINES = st.sampled_from(
    ["0715 Elang 1 : TPS 1 buka", "08.20 aman", "pukul 0910 nihil", "lanjutan", "", "27/11/2024"]
)


@given(st.lists(LINES, max_size=9).map("\n".join))
def test_no_letter_of_a_log_is_lost(text: str) -> None:
    entries = split_log(text, PLACES)
    assert entries is None or "".join(entry.header + entry.text for entry in entries) == text


@pytest.mark.parametrize(
    "hour", ["0910", "09.10", "09:10", "pukul 0910", "Pkl. 09.10 WIB", "09.10 -"]
)
def test_an_entry_begins_with_its_hour_however_written(hour: str) -> None:
    entries = split_log(f"07.00 buka\n{hour} TPS 1 aman\n", PLACES)
    assert entries is not None
    assert [(entry.clock, entry.text) for entry in entries] == [
        ("07.00", "buka\n"), ("09.10", "TPS 1 aman\n"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "0910 pemilih hadir\n0912 pemilih hadir", "TPS 1 aman\nTPS 2 aman", "0910 aman",
        "10.30 TPS 1\n07.00 TPS 2\n12.00 TPS 3\n06.00 TPS 4\n13.00 x", "1. Desa A\n2. Desa B",
        "jam 9 TPS 1 buka\nTPS 2 buka\nTPS 3 buka\n0910 aman",
    ],
)  # fmt: skip
def test_other_texts_are_no_log(text: str) -> None:
    assert split_log(text, PLACES) is None


def test_a_call_sign_is_kept_apart_and_a_place_is_not() -> None:
    entries = split_log("0700 Garuda 1 : buka\n0800 Garuda 2 : TPS 1 aman\n", PLACES)
    assert entries is not None and [entry.sender for entry in entries] == ["Garuda 1", "Garuda 2"]
    places = split_log("0700 Gelam 1 : aman\n0800 Gelam 2 : nihil\n", PLACES)
    assert places is not None and [entry.text for entry in places] == [
        "Gelam 1 : aman\n", "Gelam 2 : nihil\n",
    ]  # fmt: skip
