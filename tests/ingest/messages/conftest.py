"""A board and a reader of messages, which the tests of a module share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from situasi.board import Board
from situasi.ingest.messages.extractor import MessageExtractor
from tests.ingest.test_pipeline import fresh_board


@pytest.fixture(scope="module")
def any_board() -> Iterator[Board]:
    with fresh_board() as (board, _):
        yield board


@pytest.fixture(scope="module")
def reader(any_board: Board) -> MessageExtractor:
    return MessageExtractor(any_board.ingest_context)
