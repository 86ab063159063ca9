"""From start to end of the server: open the board, watch the inbox, close both."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from situasi import board as house
from situasi import settings
from situasi.board import Board, open_board
from situasi.inbox import Inbox
from situasi.ingest import Ledger
from situasi.opening import prepare
from situasi.server import health, keeper, metrics
from situasi.server.keeper import Keeper
from situasi.server.memory import settling


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[dict[str, Any]]:
    """Open the board before the first request is served."""
    board = await asyncio.to_thread(_open)
    keeping = Keeper(board.store, board.settings.door, _now)
    await keeping.look()
    keeper.install(keeping)
    watch = asyncio.create_task(keeping.watch(), name="keeper")
    stop = threading.Event()
    inbox = threading.Thread(
        target=Inbox(board, _now, _tell).run, args=(stop,), name="inbox", daemon=True
    )
    inbox.start()
    health.watch(inbox)
    house.settle_memory()
    try:
        with settling():
            yield {}
    finally:
        watch.cancel()
        health.watch(None)
        await keeping.close()
        stop.set()
        await asyncio.to_thread(inbox.join, 10)
        board.close()


def _open() -> Board:
    board = open_board(settings.load(), _now)
    prepare(board, _now(), lambda line: print(line, file=sys.stderr, flush=True))
    board.live.picture()
    house.install(board)
    return board


def _now() -> datetime:
    return datetime.now(UTC)


def _tell(ledger: Ledger) -> None:
    metrics.ingested("inbox", ledger.feed or "unknown", ledger.as_json())
    said = ledger.refused or (
        f"{ledger.accepted} diterima, {ledger.duplicate} ganda, {ledger.quarantined} karantina"
    )
    print(f"inbox: {ledger.path!r}: {said}", file=sys.stderr, flush=True)
