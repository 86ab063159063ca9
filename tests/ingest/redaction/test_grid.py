"""What waits holds no votes, no numbers of persons and no names; codes, times and places stay."""

from __future__ import annotations

import pytest

from situasi.board import Board
from situasi.ingest.readers.grid import Sheet
from situasi.ingest.redaction.grid import redact_sheets
from situasi.ingest.redaction.persons import REDACTED

NRP = "87041234"


def redacted(board: Board, *rows: list[object]) -> list[list[object]]:
    sheet = Sheet("", list(rows), list(range(1, len(rows) + 1)))
    (result,), _ = redact_sheets([sheet], board.ingest_context)
    return result.rows


def cell(board: Board, heading: str, value: object) -> object:
    rows = redacted(board, ["kolom", heading, "lain"], ["a", value, "b"], ["c", value, "d"])
    return rows[1][1]


def test_names_under_a_word_for_persons_are_replaced_and_units_and_counts_stay(
    board: Board,
) -> None:
    rows = redacted(
        board,
        ["Petugas lapangan", "Satuan petugas", "Jumlah personel"],
        ["Andi Wijaya", "Polsek Pemulutan", 2],
        ["Budi, S.H.", "Linmas", 3],
    )
    assert [row[0] for row in rows[1:]] == [REDACTED, REDACTED]
    assert [row[1:] for row in rows[1:]] == [["Polsek Pemulutan", 2], ["Linmas", 3]]


@pytest.mark.parametrize(
    "value", [NRP, int(NRP), float(NRP), f"Bripka Andi {NRP}", f"nrp {NRP[:4]} {NRP[4:]}",
              "198703152010011002", "0812-7345-6789", "1610040101870001"]
)  # fmt: skip
def test_numbers_of_persons_are_masked_in_any_column(board: Board, value: object) -> None:
    shown = str(cell(board, "Isian", value))
    digits = "".join(filter(str.isdigit, str(value).removesuffix(".0")))
    assert digits not in "".join(filter(str.isdigit, shown))
    assert "Andi" not in shown


@pytest.mark.parametrize(
    "value", ["1610042001", "1610042001001", "20241127", "20241127T080300", "2024-11-27 08:03:00",
              1732669380, 1732669380000, "-3.2145678", "104.6501234", -3.2145678, 118, "118 org",
              "10.00 s.d. 12.00 WIB", "Tanjung Gelam", True, None]
)  # fmt: skip
def test_codes_times_places_and_counts_stay(board: Board, value: object) -> None:
    assert cell(board, "Isian", value) == value


def test_identifiers_stay_apart_but_an_nrp_is_none(board: Board) -> None:
    assert cell(board, "_id", 312345678) == 312345678
    assert NRP not in str(cell(board, "id", NRP))
    of_a_form = "uuid:cdd9917e-bbe1-41ba-b90a-15c673131467/tahapan[1]"
    assert cell(board, "PARENT_KEY", of_a_form) == of_a_form
    assert NRP not in str(cell(board, "KEY", f"{of_a_form} {NRP}"))


def test_names_of_persons_are_replaced_and_names_of_places_stay(board: Board) -> None:
    rows = redacted(
        board,
        ["Nama Petugas", "Nama", "TPS"],
        ["Andi Wijaya", "Tanjung Gelam", 1],
        [NRP, "Tanjung Seteko", 2],
        [f"Bripka Andi {NRP}", "Tanjung Seteko", 3],
    )
    mark = board.ingest_context.officer_key.mark_number(NRP)
    assert [row[0] for row in rows[1:]] == [REDACTED, mark, mark]
    assert [row[1] for row in rows[1:3]] == ["Tanjung Gelam", "Tanjung Seteko"]


@pytest.mark.parametrize(
    "value", [NRP, int(NRP), float(NRP), f"NRP. {NRP}", f"{NRP[:4]} {NRP[4:]}"]
)
def test_an_nrp_becomes_the_mark_by_which_its_officer_is_known(board: Board, value: object) -> None:
    mark = board.ingest_context.officer_key.mark_number(NRP)
    assert cell(board, "NRP/NIP", value) == mark


def test_a_sentence_keeps_the_mark_and_loses_the_name(board: Board) -> None:
    mark = board.ingest_context.officer_key.mark_number(NRP)
    shown = str(cell(board, "Isian", f"Bripka Andi {NRP} sdh di TPS 3"))
    assert mark in shown
    assert "TPS 3" in shown
    assert "Andi" not in shown


def test_a_lost_zero_is_restored_and_what_a_spreadsheet_destroyed_is_removed(board: Board) -> None:
    mark = board.ingest_context.officer_key.mark_number("02041234")
    shown = cell(board, "NRP", 2041234)
    assert shown == cell(board, "Isian", 2041234) == f"{mark} (nol di depan dipulihkan)"
    assert cell(board, "NRP", "8,70412E+07") == REDACTED


def test_columns_of_votes_are_removed_with_their_headings(board: Board) -> None:
    sheet = Sheet(
        "",
        [
            ["HASIL PEMUNGUTAN"],
            ["Desa", "TPS", "PEROLEHAN SUARA", None, "Ket"],
            [None, None, "01", "02"],
            ["Tanjung Gelam", 1, 211, 187, "aman"],
            ["Tanjung Gelam", 2, 199, 154, "aman"],
        ],
        [1, 2, 3, 4, 5],
        merges=(((2, 2), (2, 3)), ((2, 4), (3, 4))),
    )
    (result,), notes = redact_sheets([sheet], board.ingest_context)
    assert not {211, 187, 199, 154} & {value for row in result.rows for value in row}
    assert [row[-1] for row in result.rows[3:]] == ["aman", "aman"]
    assert result.merges == (((2, 2), (3, 2)),)
    assert any("perolehan suara" in note for note in notes)


def test_votes_in_a_sentence_are_removed(board: Board) -> None:
    shown = str(
        cell(board, "Keterangan", "TPS 3 selesai, paslon 01 211 suara, paslon 02 187 suara")
    )
    assert "211" not in shown
    assert "187" not in shown
