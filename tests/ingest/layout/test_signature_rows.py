"""Signatures below a table are left out with their row numbers; no other row is."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.board import Board
from situasi.ingest.layout.signature_rows import drop_signatures, format_notes
from situasi.ingest.readers.table_builder import Block, UnreadRow
from situasi.ingest.tables import to_cell_array
from tests.ingest.door import everything_kept
from tests.ingest.readers.build import csv_text, look, put
from tests.ingest.test_pipeline import bring

WIDTH = 6


def row(*cells: object) -> list[object]:
    return [*cells, *[None] * (WIDTH - len(cells))]


FULL = row("27/11/2024 09.00", "Indralaya", "Tanjung Seteko", "001", "118", "aman")
SIGNED = [
    row(None, None, None, "Indralaya, 27 November 2024"),
    row(None, None, None, "KABAG OPS"),
    row(),
    row(None, None, None, "AGUS SALIM"),
    row(None, None, None, "NRP 74080345"),
]


def left(rows: list[list[object]], *, in_blocks: bool = False) -> tuple[list[object], list[int]]:
    """The rows that stay, and the numbers of those that are left out; the first row is 2."""
    dropped: list[int] = []
    cells = [list(cells) for cells in rows]
    parts = (
        [(2, Block([to_cell_array(column) for column in zip(*cells, strict=True)]))]
        if in_blocks
        else list(enumerate(cells, start=2))
    )
    kept: list[object] = []
    for _, part in drop_signatures(iter(parts), WIDTH, dropped):  # type: ignore[arg-type]
        kept += list(part.iterate_rows()) if isinstance(part, Block) else [part]
    return kept, dropped


@pytest.mark.parametrize("in_blocks", [False, True])
def test_a_signature_is_left_out_with_its_row_numbers(in_blocks: bool) -> None:
    kept, dropped = left([FULL, *SIGNED], in_blocks=in_blocks)
    assert kept == [FULL]
    assert dropped == [3, 4, 6, 7]
    assert "baris 3, 4, 6, 7" in format_notes(dropped)[0]


def test_where_an_order_was_issued_begins_its_signature() -> None:
    issued = [row(None, "Dikeluarkan di : Indralaya"), row(None, "Pada tanggal : 26 November 2024")]
    kept, dropped = left([FULL, *issued, *SIGNED[1:]])
    assert kept == [FULL]
    assert dropped == [3, 4, 5, 7, 8]


def test_two_who_sign_side_by_side_and_a_row_after_them() -> None:
    signed = [
        row("Mengetahui,", None, None, "Yang membuat"),
        row("KAPOLSEK", None, None, "OPERATOR"),
        row("BUDI", None, None, "ANI"),
        row("AKP NRP 74080345", None, None, "BRIPKA NRP 87010678"),
    ]
    kept, dropped = left([*signed, FULL])
    assert (kept, dropped) == ([FULL], [2, 3, 4, 5])


@pytest.mark.parametrize(
    "lone",
    [
        row(None, None, None, None, None, "Kepala desa dianiaya warga"),
        row("KAPOLSEK"),
        row(None, "Indralaya", None, "001"),
        row("Jumlah", None, None, None, "118"),
        row("27/11/2024", "Kapolsek melapor aman"),
        row(None, None, None, None, None, "TPS 3 ricuh 27 November 2024"),
    ],
)
def test_a_row_that_proves_no_signature_stays(lone: list[object]) -> None:
    assert left([FULL, lone, FULL]) == ([FULL, lone, FULL], [])


@pytest.mark.parametrize("width", [1, 5])
def test_a_list_of_numbers_is_no_signature(width: int) -> None:
    rows = [(n, [f"8704123{n}", *[None] * (width - 1)]) for n in (2, 3, 4)]
    assert list(drop_signatures(iter(rows), width, [])) == rows


def test_a_total_below_an_office_ends_the_signature() -> None:
    total = row("Jumlah", None, None, None, "118")
    kept, dropped = left([*SIGNED, total])
    assert (kept, len(dropped)) == ([total], 4)


def is_filled(cells: object) -> bool:
    return isinstance(cells, UnreadRow) or any(cell is not None for cell in cells)  # type: ignore[attr-defined]


def test_names_below_an_office_without_any_proof_wait_without_their_text() -> None:
    kept, dropped = left([FULL, row("KABAG OPS"), row(), row("AGUS SALIM"), FULL])
    assert (kept[0], kept[-1], dropped) == (FULL, FULL, [])
    held = [part for part in kept[1:-1] if isinstance(part, UnreadRow)]
    assert len(held) == 2
    assert "AGUS" not in str(held)


cells = st.sampled_from(
    [None, "Indralaya", "KABAG OPS", "NRP 74080345", "12", "Mengetahui,", "aman"]
)


@given(st.lists(st.lists(cells, min_size=WIDTH, max_size=WIDTH), min_size=1, max_size=12))
def test_rows_in_blocks_are_the_rows_one_by_one_and_none_is_lost(rows: list[list[object]]) -> None:
    kept, dropped = left(rows)
    blocks, from_blocks = left(rows, in_blocks=True)
    filled = [cells for cells in rows if is_filled(cells)]
    assert len(list(filter(is_filled, kept))) + len(dropped) == len(filled)
    assert dropped == from_blocks
    assert list(filter(is_filled, blocks)) == list(filter(is_filled, kept))


@given(
    st.lists(
        st.lists(st.text("ab1", min_size=1, max_size=3), min_size=WIDTH, max_size=WIDTH), max_size=8
    )
)
def test_full_rows_are_never_touched(rows: list[list[object]]) -> None:
    assert left(rows) == (rows, [])


def test_no_name_and_no_nrp_of_a_signature_is_read(tmp_path) -> None:
    rows = [
        ("", "", "", "KAPOLSEK INDRALAYA"),
        ("", "", "", "AGUS SALIM"),
        ("", "", "", "AKP NRP 74080345"),
    ]
    seen = look(put(tmp_path, csv_text(*[("27/11/2024 08.03", "Indralaya", "banjir", "x")], *rows)))
    assert seen.rows == [2]
    assert "3 baris tanda tangan" in seen.said
    assert "74080345" not in str(seen)


def test_names_without_proof_are_counted_and_held_without_their_text(
    board: Board, tmp_path: Path
) -> None:
    report = ("27/11/2024 08.03", "Indralaya", "banjir", "x")
    below = [("", "", "", "KABAG OPS"), ("", "", "", "AGUS SALIM"), ("", "", "", "BUDI")]
    ledger = bring(board, put(tmp_path, csv_text(report, *below)))
    assert (ledger.read, ledger.accepted, ledger.quarantined) == (4, 1, 3)
    assert [entry["row"] for entry in ledger.reasons] == [3, 4, 5]
    assert "AGUS" not in everything_kept(board)


def test_a_signature_that_a_document_puts_into_one_cell_is_dropped() -> None:
    office = "Mengetahui KAPOLSEK TANJUNG BATU BUDI SANTOSO, S.H. AKP NRP 87041234"
    place = "Tanjung Batu, 27 November 2024 KA SPKT SITI AMINAH AIPTU NRP 80051234"
    rows = [(1, ["1", "x", "y", "z", "w"]), (2, [office, place, None, None, None])]
    dropped: list[int] = []
    assert list(drop_signatures(rows, 5, dropped)) == rows[:1]
    assert dropped == [2]
    told = [(2, [f"3 {office}", None, None, None, None])]
    assert list(drop_signatures(told, 5, [])) == told
