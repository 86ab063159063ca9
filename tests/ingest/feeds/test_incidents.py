"""How far a source and its word are trusted, and to whom a report is handed."""

from __future__ import annotations

import pytest

from situasi.board import Board
from situasi.domain.feed_schemas import KEANDALAN, KREDIBILITAS
from tests.ingest.door import accepted, reasons

DESA = "Tanjung Gelam"  # without it, its place is in doubt


@pytest.mark.parametrize("source", KEANDALAN)
@pytest.mark.parametrize("fact", [*KREDIBILITAS, ""])
def test_the_two_axes_are_read_apart(board: Board, source: str, fact: str) -> None:
    found = accepted(board, "incidents", keandalan=source.lower(), kredibilitas=fact)
    assert (found["keandalan"], found["kredibilitas"]) == (source, fact or None)


@pytest.mark.parametrize("written", ["A1", "a1", "A-1", "A/1", "A 1"])
@pytest.mark.parametrize("column", ["keandalan", "kredibilitas", "penilaian"])
def test_a_grade_written_together_fills_both(board: Board, column: str, written: str) -> None:
    found = accepted(board, "incidents", desa=DESA, **{column: written})
    assert (found["keandalan"], found["kredibilitas"], found["flags"]) == ("A", "1", None)


@pytest.mark.parametrize(
    ("source", "fact", "doubted"),
    [("A1", "1", False), ("A1", "A1", False), ("A", "A1", False), ("A1", "2", True),
     ("B", "A1", True), ("A1", "B2", True)],
)  # fmt: skip
def test_a_grade_that_contradicts_its_neighbour_is_doubted(
    board: Board, source: str, fact: str, doubted: bool
) -> None:
    found = accepted(board, "incidents", desa=DESA, keandalan=source, kredibilitas=fact)
    assert (found["keandalan"], found["kredibilitas"]) == ("A", "1")
    assert bool(found["flags"]) == doubted


@pytest.mark.parametrize(
    ("column", "cell"),
    [("keandalan", "G"), ("keandalan", "A7"), ("kredibilitas", "0"), ("kredibilitas", "7"),
     ("kredibilitas", "A"), ("keandalan", "1")],
)  # fmt: skip
def test_a_grade_off_the_scale_is_asked_again(board: Board, column: str, cell: str) -> None:
    assert column in reasons(board, "incidents", **{column: cell})


def test_a_number_is_a_credibility_however_the_cell_holds_it(board: Board) -> None:
    assert accepted(board, "incidents", kredibilitas=2.0)["kredibilitas"] == "2"


def test_who_handles_it_and_to_whom_it_goes_are_kept(board: Board) -> None:
    found = accepted(
        board, "incidents", ditugaskan="Sat Samapta", rujukan="Sentra Gakkumdu", status="diteruskan"
    )
    assert (found["ditugaskan"], found["rujukan"]) == ("Sat Samapta", "gakkumdu")
    assert "rujukan" in reasons(board, "incidents", rujukan="entah")


def test_a_report_that_is_not_graded_stays_ungraded(board: Board) -> None:
    found = accepted(board, "incidents")
    assert found[["keandalan", "kredibilitas", "ditugaskan", "rujukan"]].tolist() == [None] * 4
