"""From start to end of the server: open the board, or that of a command above, and close it."""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from situasi import board as house
from situasi import headquarters, pulse, settings, syncing
from situasi.board import Board, open_board
from situasi.command import is_command
from situasi.disk_space import EVERY_S, SPACE
from situasi.drills import Player
from situasi.headquarters import Headquarters, open_headquarters
from situasi.inbox import Inbox
from situasi.ingest import Ledger
from situasi.opening import prepare
from situasi.server import health, keeper, logs, sending
from situasi.server.keeper import Keeper
from situasi.server.memory import loaded, settling
from situasi.server.nightly import Nightly
from situasi.server.wall.copies import Copies
from situasi.settings import Settings
from situasi.store.scope import Scope
from situasi.syncing import Upstream

# Without these a server is not ready.
_WATCHED = frozenset({"inbox", "lookout", "overseeing"})
_log = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[dict[str, Any]]:
    """Open the board before the first request is served."""
    sending.at_once()  # finds nothing of what is held aside by the next
    loaded()
    opened = await asyncio.to_thread(_open)
    keeping = Keeper(opened.store, opened.settings.door, _now)
    await keeping.look()
    keeper.install(keeping)
    tasks = [
        asyncio.create_task(keeping.watch(), name="keeper"),
        asyncio.create_task(_watch_disks(opened.settings), name="disks"),
    ]
    stop = threading.Event()
    if isinstance(opened, Board):
        nightly = Nightly(opened, _now, pulse.BACKUP)
        tasks.append(asyncio.create_task(Copies(opened, _now).watch(), name="copies"))
        tasks.append(asyncio.create_task(nightly.watch(), name="nightly"))
        threads = _threads(opened, stop)
    else:
        threads = [_thread("overseeing", opened.run, stop)]
    for thread in threads:
        thread.start()
    health.watch(*(thread for thread in threads if thread.name in _WATCHED))
    house.settle_memory()
    try:
        with settling():
            yield {}
    finally:
        for task in tasks:
            task.cancel()
        health.watch()
        await keeping.close()
        stop.set()
        for thread in threads:
            await asyncio.to_thread(thread.join, 10)
        opened.close()


def _threads(board: Board, stop: threading.Event) -> list[threading.Thread]:
    """What goes on beside the pages of a Polres."""
    works = {"inbox": Inbox(board, _now, _tell).run, "lookout": board.lookout.run}
    if board.settings.rehearsal:
        works["drill"] = Player(board, _now).run
    if board.settings.upstream is not None:
        works["upstream"] = _upstream(board, board.settings.upstream).run
    return [_thread(name, work, stop) for name, work in works.items()]


def _thread(
    name: str, work: Callable[[threading.Event], None], stop: threading.Event
) -> threading.Thread:
    return threading.Thread(target=work, args=(stop,), name=name, daemon=True)


async def _watch_disks(asked: Settings) -> None:
    """Measure the disks that are written to, until cancelled."""
    await asyncio.to_thread(SPACE.watch, _written_to(asked))
    while True:
        await asyncio.sleep(EVERY_S)
        await asyncio.to_thread(SPACE.check)


def _written_to(asked: Settings) -> dict[str, Path]:
    store = make_url(asked.store)
    own = store.get_backend_name() == "sqlite" and store.database
    return {
        "store": Path(store.database).parent if own and store.database else asked.live,
        "inbox": asked.inbox,
        "copies": asked.live,
        "backup": asked.backups,
        "upload": Path(tempfile.gettempdir()),
    }


def _open() -> Board | Headquarters:
    asked = settings.load()
    logs.set_up(asked.log, sys.stderr)
    if is_command(asked.election):
        above = open_headquarters(asked, _now)
        found = above.overseeing.overview()
        told = {"members": len(found.command.members), "reporting": len(found.rollups)}
        _log.info("command opened", extra=told)
        headquarters.install(above)
        return above
    board = open_board(asked, _now)
    prepare(board, _now(), _log.info)
    snapshot = board.live.picture().snapshot
    rows = sum(map(len, snapshot.frames.values()))
    _log.info("board opened", extra={"version": snapshot.version, "rows": rows})
    house.install(board)
    return board


def _upstream(board: Board, url: str) -> Upstream:
    """What sends rows up, where somebody said whereto."""
    election = board.register.election
    scope = Scope(election.contest, election.kabupaten_code)
    return Upstream(board.store, syncing.upstream(url, scope), _now, pulse.UPSTREAM, job="kirim")


def _now() -> datetime:
    return datetime.now(UTC)


def _tell(ledger: Ledger) -> None:
    pulse.ingested("inbox", ledger.feed or "unknown", ledger.as_json())
