"""The dates of an exported chat: every order in which telephones write them, and doubt."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from situasi.board import Board
from situasi.ingest.message_files.chat_exports import is_chat_export, read_chat_export
from situasi.ingest.message_files.gateway_messages import GatewayMessage
from tests.conftest import NOON

NINE = datetime(2024, 11, 27, 2, 5, tzinfo=UTC)


def read(board: Board, *headers: str) -> list[GatewayMessage]:
    text = "".join(f"{header}Pos Kandis: TPS 2 aman\n" for header in headers)
    assert is_chat_export(text)
    return list(read_chat_export(text, board.ingest_context, NOON).messages)


@pytest.mark.parametrize(
    "header",
    [
        "27/11/24 09.05 - ", "27/11/2024, 09:05 - ", "11/27/24, 9:05 AM - ", "2024-11-27, 09:05 - ",
        "[27/11/24 09.05.00] ", "[11/27/24, 9:05:00\u202fAM] ", "[2024/11/27 09:05:00] ",
        "27.11.24, 09:05 - ", "24/11/27 09:05 - ", "27-11-2024 09.05 - ",
    ],
)  # fmt: skip
def test_each_telephone_writes_the_same_moment(board: Board, header: str) -> None:
    [message] = read(board, header)
    assert (message.sent_at, message.doubt, message.sender) == (NINE, None, "Pos Kandis")


def test_one_date_tells_the_order_of_the_others(board: Board) -> None:
    first, second = read(board, "11/5/24, 9:05 AM - ", "11/27/24, 9:05 AM - ")
    assert (first.sent_at, second.sent_at) == (datetime(2024, 11, 5, 2, 5, tzinfo=UTC), NINE)


def test_a_date_that_may_be_two_days_is_doubted_on_a_clock_of_twelve_hours(
    board: Board,
) -> None:
    [message] = read(board, "3/10/24, 9:05 AM - ")
    assert message.doubt is not None and "bulan/hari" in message.doubt
    [plain] = read(board, "3/10/24 09.05 - ")
    assert plain.doubt is None and plain.sent_at == datetime(2024, 10, 3, 2, 5, tzinfo=UTC)
