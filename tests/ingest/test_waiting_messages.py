"""A file whose rows are messages: they go to the tray, each once, as if a program had sent them."""

from __future__ import annotations

from pathlib import Path

import pytest

from situasi.board import Board
from situasi.ingest import message_tray, waiting
from situasi.ingest.message_intake import IntakeResult, MessageSource
from situasi.ingest.pipeline import IngestRequest
from situasi.ingest.waiting_messages import FoundMessage, find_messages, move_messages
from situasi.store import WAITING_FILE, ConflictError, WaitingItem
from tests.builders import unbounded
from tests.conftest import NOON

RINA = MessageSource("rina", "pesan.csv", ())
TABLE = """No;Waktu Masuk;Pengirim;Pesan
1;27/11/2024 09.05;Polsek Kandis;TPS 1 Miji Kec. Kandis hadir 61 orang, aman
2;27/11/2024 09.11;Polsek Kandis;TPS 2 Desa Miji Kec Kandis sdh 70 pemilih
3;27/11/2024 10.20;Polsek Pemulutan;Terjadi keributan di TPS 3 Pegayut Kec. Pemulutan
"""


def brought(
    board: Board, folder: Path, text: str = TABLE
) -> tuple[WaitingItem, list[FoundMessage]]:
    path = folder / "pesan.csv"
    path.write_text(text)
    request = IngestRequest(
        path, board.store, board.ingest_context, unbounded("inbox"), now=NOON, feed="incidents"
    )
    result = waiting.hold_file(request)
    [item] = board.store.waiting_items(WAITING_FILE, numbers=[result.waiting or 0])
    sheets = waiting.load_sheets(board.store, item.number)
    return item, find_messages(sheets, board.ingest_context)


def moved(board: Board, item: WaitingItem, messages: list[FoundMessage]) -> IntakeResult:
    return move_messages(item, messages, board.store, board.ingest_context, RINA, NOON)


def test_each_row_becomes_a_message_with_its_own_time(board: Board, tmp_path: Path) -> None:
    item, messages = brought(board, tmp_path)
    result = moved(board, item, messages)
    assert (result.read, result.accepted, result.duplicate) == (3, 3, 0)
    assert board.store.waiting_items(WAITING_FILE) == []
    tray = message_tray.list_items(board.store, ())
    read = [message_tray.load_message(board.store, *pair, board.ingest_context) for pair in tray]
    rows = [row for message in read for row in message.proposal.rows]
    assert {row.cells.get("hadir") for row in rows if row.feed == "tps"} == {"61", "70"}
    kinds = {row.cells["jenis"] for row in rows if row.feed == "incidents"}
    assert kinds == {"kericuhan", "nihil"}
    assert {str(message.note.sent_at)[11:16] for message in read} == {"02:05", "02:11", "03:20"}


def test_messages_that_came_before_are_there_once(board: Board, tmp_path: Path) -> None:
    moved(board, *brought(board, tmp_path))
    item, messages = brought(board, tmp_path, TABLE.replace("No;", "Nomor;"))
    assert (moved(board, item, messages).accepted, len(messages)) == (0, 3)
    assert len(message_tray.list_items(board.store, ())) == 3


def test_a_file_that_somebody_else_settled_stays_so(board: Board, tmp_path: Path) -> None:
    item, messages = brought(board, tmp_path)
    moved(board, item, messages)
    with pytest.raises(ConflictError):
        moved(board, item, messages)
    assert len(message_tray.list_items(board.store, ())) == 3


@pytest.mark.parametrize(
    "text",
    ["alfa;beta\nx;1\ny;2\n", "Waktu;Teks\n1;ok\n2;ya\n", "Pesan;Teks\na b c;d e f\na b d;d e g\n"],
)
def test_other_files_hold_no_messages(board: Board, tmp_path: Path, text: str) -> None:
    assert brought(board, tmp_path, text)[1] == []
