"""From start to end of the server: open the board, watch the inbox, close both."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from situasi import board as house
from situasi import pulse, settings, syncing
from situasi.board import Board, open_board
from situasi.drills import Player
from situasi.inbox import Inbox
from situasi.ingest import Ledger
from situasi.opening import prepare
from situasi.server import health, keeper, logs, sending
from situasi.server.keeper import Keeper
from situasi.server.memory import loaded, settling
from situasi.server.nightly import Nightly
from situasi.server.wall.copies import Copies
from situasi.store.scope import Scope
from situasi.syncing import Upstream

_log = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[dict[str, Any]]:
    """Open the board before the first request is served."""
    sending.at_once()  # finds nothing of what is held aside by the next
    loaded()
    board = await asyncio.to_thread(_open)
    keeping = Keeper(board.store, board.settings.door, _now)
    await keeping.look()
    keeper.install(keeping)
    watch = asyncio.create_task(keeping.watch(), name="keeper")
    copying = asyncio.create_task(Copies(board, _now).watch(), name="copies")
    keeping_all = asyncio.create_task(Nightly(board, _now, pulse.BACKUP).watch(), name="nightly")
    stop = threading.Event()
    inbox = threading.Thread(
        target=Inbox(board, _now, _tell).run, args=(stop,), name="inbox", daemon=True
    )
    lookout = threading.Thread(target=board.lookout.run, args=(stop,), name="lookout", daemon=True)
    drill = threading.Thread(
        target=Player(board, _now).run, args=(stop,), name="drill", daemon=True
    )
    upstream = _upstream(board, stop)
    inbox.start()
    lookout.start()
    if board.settings.rehearsal:
        drill.start()
    health.watch(inbox, lookout)
    house.settle_memory()
    try:
        with settling():
            yield {}
    finally:
        watch.cancel()
        copying.cancel()
        keeping_all.cancel()
        health.watch()
        await keeping.close()
        stop.set()
        await asyncio.to_thread(inbox.join, 10)
        await asyncio.to_thread(lookout.join, 10)
        for one in (drill, upstream):
            if one is not None and one.ident is not None:
                await asyncio.to_thread(one.join, 10)
        board.close()


def _open() -> Board:
    asked = settings.load()
    logs.set_up(asked.log, sys.stderr)
    board = open_board(asked, _now)
    prepare(board, _now(), _log.info)
    snapshot = board.live.picture().snapshot
    rows = sum(map(len, snapshot.frames.values()))
    _log.info("board opened", extra={"version": snapshot.version, "rows": rows})
    house.install(board)
    return board


def _upstream(board: Board, stop: threading.Event) -> threading.Thread | None:
    """The thread that sends rows up, where somebody said whereto."""
    url, election = board.settings.upstream, board.register.election
    if url is None:
        return None
    scope = Scope(election.contest, election.kabupaten_code)
    way = Upstream(board.store, syncing.upstream(url, scope), _now, pulse.UPSTREAM, job="kirim")
    thread = threading.Thread(target=way.run, args=(stop,), name="upstream", daemon=True)
    thread.start()
    return thread


def _now() -> datetime:
    return datetime.now(UTC)


def _tell(ledger: Ledger) -> None:
    pulse.ingested("inbox", ledger.feed or "unknown", ledger.as_json())
