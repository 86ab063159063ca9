"""A word mapped by hand is added to those that the board knows: the others mean what they meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from situasi.board import Board
from situasi.domain.feed_schemas import FEEDS
from tests.ingest.test_waiting_mapping import act, bring, mapping

COLUMNS = {
    "Kode wil": "kecamatan", "Dusun": "desa", "Bilik": "tps", "Nmr": "nrp", "Pkl": "jam",
    "Ada tdk": "checkin",
}  # fmt: skip
ROLL = ["hadir", "H", "hadir", "sakit", "hadir (telat)", "hadir"]


def read(board: Board, path: Path, words: dict[str, str], title: str) -> dict[int, str]:
    """Return the kind of check-in of each row of a roll call that was mapped by hand."""
    rows = [f"Kandis,Miji,1,8704123{n},08.0{n},{word}" for n, word in enumerate(ROLL)]
    path.write_text(f"{title}{','.join(COLUMNS)}\n" + "\n".join(rows) + "\n", "utf-8")
    bring(board, path)
    act(
        board,
        mapping(
            feed="personnel", columns=COLUMNS, facts={"tanggal": "25/11/2024"},
            words={"checkin": words} if words else {},
        ),
    )  # fmt: skip
    stored = board.store.rows_after(FEEDS["personnel"])
    first = int(stored["row"].min())
    return {row - first: kind for row, kind in zip(stored["row"], stored["checkin"], strict=True)}


@pytest.mark.parametrize(
    ("title", "code"), [("ABSENSI APEL\n", "apel"), ("", "tiba_di_tps"), ("", "apel")]
)
def test_one_word_mapped_by_hand_leaves_the_other_words_of_a_roll_call(
    board: Board, tmp_path: Path, title: str, code: str
) -> None:
    kinds = read(board, tmp_path / "a.csv", {"hadir (telat)": code}, title)
    others = "apel" if title else "tiba_di_tps"
    assert kinds == {0: others, 1: others, 2: others, 4: code, 5: others}


def test_a_known_word_mapped_by_hand_means_what_the_person_said(
    board: Board, tmp_path: Path
) -> None:
    kinds = read(board, tmp_path / "a.csv", {"H": "laporan_berkala"}, "ABSENSI APEL\n")
    assert kinds == {0: "apel", 1: "laporan_berkala", 2: "apel", 5: "apel"}
