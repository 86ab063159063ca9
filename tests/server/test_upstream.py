"""A server that has a store above it sends its rows up by itself, and says how that goes."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from situasi.domain.settings import ROOT
from situasi.store import open_store
from tests import processes
from tests.builders_store import assert_same, fill, flowing

# The life of a server without one: what comes in goes up, while it runs.
LIFE = """
import asyncio, json, sys, time
from situasi.common import metrics
from situasi.board import current_board
from situasi.server import health
from situasi.server.lifespan import lifespan
from situasi.store import open_store
from tests.builders_store import fill

async def main():
    async with lifespan(None):
        store, until = current_board().store, time.monotonic() + 60
        fill(store, mark="while it runs")
        up = metrics.UPSTREAM
        while up.pending_rows != 0 or up.error_text is not None or done() != store:
            if time.monotonic() > until:
                break
            await asyncio.sleep(0.2)
        print(bytes(health.ready(None).body).decode())

def done():
    there = open_store(sys.argv[1])
    try:
        store = current_board().store
        return store if there.audit_head() == store.audit_head() else None
    finally:
        there.close()

asyncio.run(main())
"""


def life(folder: Path, to: str, **more: str) -> dict[str, object]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("SITUASI_")}
    done = processes.run(
        [sys.executable, "-c", LIFE, to],
        cwd=ROOT,
        env=own
        | {
            "SITUASI_DATA": str(folder / "live"),
            "SITUASI_INBOX": str(folder / "inbox"),
            "SITUASI_REHEARSAL": "no",
            "SITUASI_UPSTREAM": to,
            **more,
        },
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_what_came_before_and_while_it_runs_is_above_when_it_ends(tmp_path: Path) -> None:
    here, to = tmp_path / "live" / "situasi.db", f"sqlite:///{tmp_path / 'above' / 'situasi.db'}"
    store = open_store(f"sqlite:///{here}")
    fill(store)
    store.close()
    said = life(tmp_path, to)
    assert said["ok"] is True and said["upstream_waiting"] == 0
    below, above = open_store(f"sqlite:///{here}"), open_store(to)
    assert_same(flowing(below), flowing(above))
    assert above.verify() == [] and len(above.batches()) > 10
    below.close()
    above.close()
