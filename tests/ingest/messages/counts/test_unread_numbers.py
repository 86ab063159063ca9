"""No number of a message is left unmentioned: read into a row, asked about, or told as not read."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from situasi.board import Board
from situasi.ingest.messages.chat_splitter import Message, split_chat
from situasi.ingest.messages.counts.unread_numbers import find_unread_numbers
from situasi.ingest.messages.extractor import MessageExtractor
from situasi.ingest.messages.message_text import Span
from situasi.ingest.messages.proposal import Proposal
from tests.effort import examples


def read(reader: MessageExtractor, text: str) -> Proposal:
    return reader.extract(Message(text, "27/11/24 10.05 - Budi: ", "Budi", "27/11/24", "10.05"))


def digits(*texts: str) -> Counter[str]:
    """Every run of digits, but what is left of a masked number."""
    return Counter(one for text in texts for one in re.findall(r"(?<!\d)(?<!\*{5})\d+", text))


def mentioned(found: Proposal) -> Counter[str]:
    """What the operator sees of the numbers: words understood, questions, and lists."""
    told: Counter[str] = Counter()
    for row in found.rows:
        asked = [one.reason for one in row.unclear_cells] + [
            row.cells.get(one.heading, "") for one in row.unclear_cells
        ]
        heard = [one.words for one in row.recognised_cells if one.words != "waktu pesan dikirim"]
        # One phrase may fill cells of several rows; the same number twice is counted below.
        told |= digits(*heard, *asked, *(_date(row.cells.get("waktu", ""))))
    return told + digits(*found.unread_numbers, *found.description_numbers)


def _date(waktu: str) -> list[str]:
    """A date that was told is in the cell, in other digits perhaps: 24 for 2024."""
    short = waktu.replace("/20", "/")
    return [waktu, short, *(re.sub(r"\b0", "", one) for one in (waktu, short))]


def test_a_number_that_stands_in_no_row_is_told(reader: MessageExtractor) -> None:
    found = read(reader, "TPS 7 Ds Lorok aman, 210")
    assert [row.cells["jenis"] for row in found.rows] == ["nihil"]
    assert found.unread_numbers == ("210",)


def test_heads_told_without_a_word_that_they_came_are_asked_and_never_lost(
    reader: MessageExtractor,
) -> None:
    found = read(reader, "tps 3 tanjung seteko 118 org, aman")
    (heads,) = [row for row in found.rows if row.feed == "tps"]
    assert (heads.cells["hadir"], heads.is_complete, found.unread_numbers) == ("118", False, ())


@pytest.mark.parametrize(
    "code", ["16.10.04.2012.001", "1610042012001", "TPS 16.10.04.2012.001", "tps 1610042012001"]
)
def test_a_code_is_a_place_and_never_a_day(reader: MessageExtractor, code: str) -> None:
    found = read(reader, f"{code} hadir 120 jam 09.00")
    (row,) = found.rows
    assert row.cells["waktu"] == "27/11/2024 09.00"
    assert (row.cells["desa"], row.cells["tps"], row.cells["hadir"]) == (
        "Tanjung Seteko", "001", "120",
    )  # fmt: skip
    assert found.unread_numbers == ()


@pytest.mark.parametrize("code", ["16.10.04.9999.001", "18.01.04.2001.001", "18.01.04.2001"])
def test_a_code_that_the_register_has_not_is_told_as_not_understood(
    reader: MessageExtractor, code: str
) -> None:
    found = read(reader, f"TPS {code} hadir 120 jam 09.00")
    assert found.unread_numbers == (code,)
    assert all("2004" not in row.cells.get("waktu", "") for row in found.rows)


def test_a_code_that_is_asked_about_stands_in_the_question(reader: MessageExtractor) -> None:
    found = read(reader, "16.10.04.9999.001 Ds Lorok 16.10.04.2012.001 TPS 3 118 org")
    (row,) = found.rows
    assert (
        "desa",
        "beberapa desa disebut (Lorok, Tanjung Seteko (16.10.04.2012.001)): yang mana?",
    ) in (row.unclear_cells)
    assert found.unread_numbers == ("16.10.04.9999.001",)
    assert not digits(found.text) - mentioned(found) - digits("16.10.04.001")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("TPS 3 Ds Lorok aman 3*118", "118"),
        ("TPS 3 Ds Lorok aman **118", "118"),
        ("TPS 3 Ds Lorok aman \u0661\u0662\u0660", "\u0661\u0662\u0660"),
        ("TPS 3 Ds Lorok aman, dua orang luka", "dua orang"),
        ("hati2 banjir Ds Lorok jam 09.00", "2"),
    ],
)
def test_a_number_is_told_however_it_is_written(
    reader: MessageExtractor, text: str, number: str
) -> None:
    found = read(reader, text)
    assert found.rows and number in (*found.unread_numbers, *found.description_numbers)
    assert not found.is_clear


def test_a_digit_in_a_box_is_a_digit(reader: MessageExtractor) -> None:
    found = read(reader, "TPS 3\ufe0f\u20e3 Ds Lorok aman")
    assert (found.rows[0].cells["tps"], found.unread_numbers) == ("003", ())


def test_a_masked_number_is_no_count_and_is_not_told(reader: MessageExtractor) -> None:
    found = read(reader, "TPS 1 Ds Lorok hadir 20, hub 0812-3456-7890")
    assert (found.rows[0].cells["hadir"], found.unread_numbers) == ("20", ())


def test_numbers_past_what_is_read_are_told_too(reader: MessageExtractor) -> None:
    found = read(reader, "TPS 1 Ds Lorok aman. " + "kata " * 2000 + "hadir 4711")
    assert "4711" in found.unread_numbers


def test_a_number_half_read_is_told_whole() -> None:
    assert find_unread_numbers("jam 07.05 ada 12/465", [Span(4, 6)]) == ("07.05", "12/465")
    assert find_unread_numbers("ada 118465 orang", [Span(4, 7)]) == ("118465",)


def test_only_what_counts_the_lines_of_a_list_from_one_is_no_number() -> None:
    assert find_unread_numbers("1. aman\n2) ramai\n3. aman", []) == ()
    assert find_unread_numbers("3. orang luka\n9. rumah rusak", []) == ("3", "9")
    assert find_unread_numbers("1. orang luka", []) == ("1",)


pieces = st.sampled_from(
    [
        "TPS 3", "tps 1,2", "TPS 1 s/d 3", "tps 03", "Ds Lorok", "tanjung seteko", "Kec Indralaya",
        "hadir", "118 org", "118/465", "4 pers", "DPT 490", "L 60 P 70", "total 130", "aman",
        "nihil", "keributan", "dibuka", "ditutup", "jam 9", "pkl 07.05 wib", "07.00 - 08.00",
        "27/11/2024", "27.11.24", "16.10.04.2012.001", "1610042012001", "16.10.04.9999.001",
        "-3.25,104.65", "45%", "1.205", "0812-3456-7890", "RT 05", "dikawal 2 personil",
        "kotak bergeser", "petugas P-014", "tiba di", "1.", "2)", "s.d. jam 10", "x12y",
        "3*118", "118 dari 465", "07.00: 20, 08.00: 45", "TPS 1=118, TPS 2=97", "jam 9 kurang 10",
        "TPS | DPT | HADIR\n1 | 465 | 118", "https://maps.google.com/?q=-3.25,104.65", "masing2",
        "TPS 1-3 hadir 40, 45, 50", "jam setengah 8", "0915 wib", "118org", "L60/P58",
        "\u0661\u0662", "kemarin", "3\u00b015'04\"S 104\u00b039'05\"E", "TPS 3\ufe0f\u20e3",
        "dpt 465 hadir 118",
        "paslon 01", "tidak terjangkau", "\n", ",", ".", ":", ";", "-", "/", "999999", "0",
    ]
)  # fmt: skip
said = st.lists(pieces | st.text("0123456789.,:/-% aTPS\n", max_size=8), max_size=14)


@settings(max_examples=examples(150))
@given(parts=said)
def test_every_number_of_any_message_is_read_asked_about_or_told(
    reader: MessageExtractor, parts: list[str]
) -> None:
    text = " ".join(parts)
    for message in split_chat(f"27/11/24 10.05 - Budi: {text}"):
        found = reader.extract(message)
        told, written = mentioned(found), digits(_without_numbering(found.text))
        missing = {one for one in written if one not in told}
        assert not missing, (found.text, missing, found)


@settings(max_examples=examples(60))
@given(parts=said, extra=st.integers(1000, 9999))
def test_a_number_more_is_a_number_more_that_is_told(
    reader: MessageExtractor, parts: list[str], extra: int
) -> None:
    """What is told once for two is told of neither: each place in the text counts."""
    text = " ".join(parts).replace(str(extra), "")
    twice = f"{text}\nkode bebas {extra}\nkode bebas {extra}"
    found = read(reader, twice)
    # Where votes are told they are taken out, and never told again.
    assert found.unread_numbers.count(str(extra)) == found.text.count(f"bebas {extra}")


def _without_numbering(text: str) -> str:
    """The text without the numbers that only count the lines of a list."""
    items = re.findall(r"(?m)^ *([0-9]{1,2})[.)] +(?=[^\W\d_])", text)
    if len(items) < 2 or list(map(int, items)) != list(range(1, len(items) + 1)):
        return text
    return re.sub(r"(?m)^ *[0-9]{1,2}[.)] +(?=[^\W\d_])", "", text)


@pytest.mark.parametrize("unknown", ["16.10.99.2001.001", "16.10.04.2999.001"])
def test_what_is_told_of_a_tps_that_nobody_knows_is_of_no_other_tps(
    reader: MessageExtractor, any_board: Board, unknown: str
) -> None:
    known = str(any_board.register.tps["code"].iloc[1])
    found = read(reader, f"tps {unknown} hadir 120 jam 09.00, tps {known} hadir 90 jam 09.00")
    strange, named = found.rows
    assert (named.cells["tps"], named.cells["hadir"]) == (known[-3:], "90")
    assert strange.cells["hadir"] == "120" and "desa" not in strange.cells
    assert "kode TPS tidak dikenal" in [one.reason for one in strange.unclear_cells]
    assert not strange.is_complete


@pytest.mark.parametrize(
    ("text", "present"),
    [
        ("TPS 3 Tanjung Seteko: 84", "84"),
        ("jumlah pemilih hadir s.d. pukul 09.00 di TPS 3 Tanjung Seteko 84", "84"),
        ("TPS 3 Tanjung Seteko laki 40 perempuan 44 jumlah 84", "84"),
        ("TPS 3 Tanjung Seteko L 40 P 44 jam 09.00", None),
        ("TPS 3 Tanjung Seteko 40 lk, 44 pr", None),
    ],
)
def test_a_number_that_may_be_of_voters_beside_its_tps_is_asked_and_not_lost(
    reader: MessageExtractor, text: str, present: str | None
) -> None:
    found = reader.extract(Message(text), date(2024, 11, 27))
    [row] = found.rows
    assert (row.cells["tps"], row.cells.get("hadir")) == ("003", present)
    assert "hadir" in {cell.heading for cell in row.unclear_cells}
    assert found.unread_numbers == ()


@pytest.mark.parametrize(
    "text",
    ["TPS 3 Tanjung Seteko DPT L 240 P 244", "TPS 3 Tanjung Seteko: saksi L 4 P 3",
     "TPS 3 Tanjung Seteko: 5 saksi", "TPS 3 Tanjung Seteko perolehan L 40 P 44"],
)  # fmt: skip
def test_numbers_of_others_beside_a_tps_are_no_voters_present(
    reader: MessageExtractor, text: str
) -> None:
    found = reader.extract(Message(text), date(2024, 11, 27))
    assert not [row for row in found.rows if row.feed == "tps"]
    assert found.unread_numbers
