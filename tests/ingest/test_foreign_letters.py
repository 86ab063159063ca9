"""Letters and digits of other scripts look like ours and are never taken for them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.board import Board
from situasi.ingest.parsing.cells import UnreadableCell, find_foreign_letters
from situasi.ingest.parsing.count_columns import build_count_reader
from situasi.ingest.parsing.numbers import read_count, read_decimal, read_tps, read_tps_list
from tests.builders_files import report
from tests.ingest.door import accepted, deliver, reasons

LOOKALIKES = {
    "K": "\u041a", "T": "\u0422", "a": "\u0430", "e": "\u0435", "o": "\u043e", "p": "\u0440",
    "c": "\u0441", "A": "\u0391", "B": "\u0392", "H": "\u0397", "I": "\u0399", "i": "\u0456",
}  # fmt: skip


@pytest.mark.parametrize(
    "plain",
    ["", "Kericuhan", "Jum\u02bcat", "caf\u00e9", "\u201cputus\u201d", "5\u00b0", "1\u00aa"],
)
def test_latin_texts_hold_no_foreign_letters(plain: str) -> None:
    assert find_foreign_letters(plain) == ""


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("\u041aericuhan", "\u041a"),
        ("\u0422PS 01", "\u0422"),
        ("TPS \u0663", "\u0663"),
        ("1\u00b2", "\u00b2"),
        ("\u0391\u0391B", "\u0391"),
    ],
)
def test_foreign_letters_and_digits_are_named(text: str, letters: str) -> None:
    assert find_foreign_letters(text) == letters


@given(st.sampled_from(sorted(LOOKALIKES)), st.text("KTaeopcABHIi", max_size=6), st.integers(0, 6))
def test_one_lookalike_anywhere_is_found(letter: str, text: str, at: int) -> None:
    assert find_foreign_letters(text[:at] + LOOKALIKES[letter] + text[at:]) == LOOKALIKES[letter]


@pytest.mark.parametrize("read", [read_count, read_decimal, read_tps, read_tps_list])
@pytest.mark.parametrize("cell", ["\u0661\u0662", "1\u00b2", "\u0967", "12\u0430"])
def test_no_number_is_read_from_digits_of_other_scripts(read, cell: str) -> None:
    with pytest.raises(UnreadableCell, match="bukan Latin"):
        read(cell)
    with pytest.raises(UnreadableCell, match="bukan Latin"):
        build_count_reader([cell])(cell)


@pytest.mark.parametrize(
    ("feed", "stated"),
    [
        ("incidents", {"jenis": "\u041aericuhan"}),
        ("incidents", {"kode_kecamatan": "", "kecamatan": "Indr\u0430laya"}),
        ("incidents", {"kode_kecamatan": "\u0661\u0666.10.04", "kecamatan": ""}),
        ("incidents", {"tps": "\u0422PS 01"}),
        ("tps", {"tps": "\u0422PS 01"}),
        ("tps", {"fase": "dibuk\u0430"}),
        ("tps", {"hadir": "1\u0662"}),
        ("incidents", {"waktu": "27 Nov\u0435mber 2024 08.00"}),
    ],
)  # fmt: skip
def test_a_cell_with_a_lookalike_is_not_recognised_and_the_letters_are_named(
    board: Board, feed: str, stated: dict[str, object]
) -> None:
    assert "bukan Latin" in reasons(board, feed, **stated)


def test_a_desa_with_a_lookalike_is_a_doubt(board: Board) -> None:
    found = accepted(board, "incidents", desa="T\u0430njung Gelam")
    assert found["desa"] is None
    assert "U+0430" in found["flags"]


def test_a_heading_with_a_lookalike_is_none_of_ours_and_said(board: Board) -> None:
    row = report("incidents", **{"uraian \u0416": "x"})
    ledger = deliver(board, "incidents", row)
    assert any("U+0416" in note for note in ledger.notes)
    assert board.ingest_context.vocabulary.find_column("tps", "\u0422PS") is None


def test_votes_under_a_heading_with_lookalikes_are_refused_as_votes(board: Board) -> None:
    assert board.ingest_context.is_vote_heading("su\u0430ra sah")
    assert board.ingest_context.is_vote_heading("P\u0430slon 1")
