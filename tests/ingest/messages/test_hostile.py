"""Much of anything is read in seconds, and holds no more memory than that asks for."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from situasi.board import Board
from situasi.ingest.messages.chat_splitter import split_chat
from situasi.ingest.messages.extractor import MAX_MESSAGES, MessageExtractor
from tests.effort import effort

SIZE = effort(1_000_000, check=200_000)
# Of the processor: some twenty times what it takes; what grows with the square takes minutes.
SECONDS = effort(20, check=4)


def filled(piece: str) -> str:
    return piece * (SIZE // len(piece))


HOSTILE = [
    "a", "1", "[", "\u200e", ".", "\n", "TPS 1,", "1,", "27/11/24 ", "27/11/24 08.15 - ", "Aipda ",
    "01: 120, kolom kosong: 30\n", "satu dua ", "0 8 1 ", "Nama: Aa Bb\n", "*_~", "* a ",
    "<terlampir: ", "paslon 1 ", "hadir ", "ds tj tj tj tj ", "s.d. jam ", "kec ", "(", "di ",
    "TPS 1 : 1\n",
    "27/11/24 08.15 - " + "b" * 79 + "\n",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("piece", HOSTILE, ids=lambda piece: repr(piece)[:20])
def test_whatever_it_is_it_is_read_in_seconds(board: Board, piece: str) -> None:
    reader, text = MessageExtractor(board.ingest_context), filled(piece)
    started = time.thread_time()
    messages = split_chat(text)
    for message in messages[:MAX_MESSAGES]:
        reader.extract(message)
    assert time.thread_time() - started < SECONDS


@pytest.mark.slow
def test_memory_is_a_small_multiple_of_the_text(board: Board) -> None:
    reader, text = (
        MessageExtractor(board.ingest_context),
        filled("27/11/24 08.15 - B: TPS 1 Ds Lorok hadir 3\n"),
    )
    tracemalloc.start()
    for message in split_chat(text)[: effort(MAX_MESSAGES, check=1_000)]:
        reader.extract(message)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 30 * SIZE
