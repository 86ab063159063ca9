"""Which messages one key may confirm, and which must be asked."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.ingest.messages.extractor import MessageExtractor
from situasi.ingest.messages.proposal import Proposal
from tests.ingest.messages.delivered_texts import extract_text, has_sent_time

SENT = datetime(2024, 11, 27, 3, 5, tzinfo=UTC)  # 10.05 WIB


def read(reader: MessageExtractor, text: str) -> Proposal:
    return extract_text(reader, text, SENT, "+62 812-3456-7890")


@pytest.mark.parametrize(
    "text",
    [
        "TPS 3 Ds Lorok hadir 118 jam 09.00, aman",
        "TPS 3 Ds Lorok: DPT 465 hadir 118",
        "TPS 1 s/d 3 Ds Lorok dibuka pkl 07.00 wib",
        "16.10.04.2012.001 hadir 120 jam 09.00",
    ],
)
def test_a_message_of_which_nothing_is_open_is_clear(reader: MessageExtractor, text: str) -> None:
    found = read(reader, text)
    assert found.is_clear, found


@pytest.mark.parametrize(
    "text",
    [
        "TPS 3 Ds Lorok aman, 118",  # a number that was not understood
        "TPS 3 Ds Lorok aman, dua orang luka",
        "TPS 3 Ds Lorok 118 org",  # a question
        "TPS 3 aman",  # of which desa?
        "TPS 2 Ds Tanjung Gelm Kec Inderalaya dibuka pkl 07.05",  # misspelt
        "TPS 3 Ds Lorok dibuka pkl 07.05. TPS 4 belum dibuka",  # something left out
        "Kecelakaan Ds Lorok jam 07.30, 1 motor",  # a number only in the description
        "TPS 3 Ds Lorok hadir 2024",  # more than a TPS can have
        "siap 86",
        "",
    ],
)
def test_a_message_of_which_anything_is_open_is_not_clear(
    reader: MessageExtractor, text: str
) -> None:
    assert not read(reader, text).is_clear


def test_a_misspelt_place_is_told_with_its_row(reader: MessageExtractor) -> None:
    (row,) = read(reader, "TPS 2 Ds Tanjung Gelm Kec Indralaya dibuka pkl 07.05").rows
    assert row.is_complete and "Tanjung Gelam" in row.doubts[0]


def test_a_tps_that_its_desa_does_not_have_is_told_with_its_row(reader: MessageExtractor) -> None:
    found = read(reader, "TPS 39 Ds Lorok hadir 118 jam 09.00")
    (row,) = found.rows
    assert row.doubts == ("TPS 039 tidak ada di daftar Lorok",)
    assert row.is_complete and not found.is_clear


def test_the_sent_time_is_marked_where_it_stands_for_a_time_that_is_not_named(
    reader: MessageExtractor,
) -> None:
    (named,) = read(reader, "TPS 3 Ds Lorok hadir 118 jam 09.00").rows
    (unnamed,) = read(reader, "TPS 3 Ds Lorok hadir 118").rows
    assert (has_sent_time(named), has_sent_time(unnamed)) == (False, True)
    assert unnamed.cells["waktu"] == "27/11/2024 10.05"


def test_of_the_sender_of_a_program_only_the_last_digits_are_kept(
    reader: MessageExtractor,
) -> None:
    found = read(reader, "TPS 3 Ds Lorok hadir 118")
    assert (found.pelapor, found.sent_at) == ("*****890", SENT)


def test_a_text_of_unknown_time_has_its_time_asked(reader: MessageExtractor) -> None:
    (row,) = extract_text(reader, "TPS 3 Ds Lorok hadir 118", None).rows
    assert [unclear.heading for unclear in row.unclear_cells] == ["waktu"]


@given(number=st.integers(100, 9999), rest=st.sampled_from(["aman", "nihil", "aman kondusif"]))
def test_calm_with_a_number_that_no_row_holds_is_never_clear(
    reader: MessageExtractor, number: int, rest: str
) -> None:
    found = read(reader, f"TPS 3 Ds Lorok {rest}, kode {number}")
    assert found.rows and str(number) in found.unread_numbers and not found.is_clear
