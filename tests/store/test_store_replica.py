"""A board that reads from a server that follows: fresh, or the last picture with the reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from situasi.domain import election
from situasi.domain.feed_schemas import INCIDENTS
from situasi.live.snapshot import SnapshotReader
from situasi.store import StoreError, open_store
from tests.builders_election import invented_election
from tests.postgres import SCOPE, Node
from tests.store.builders import MORNING, delivery, numbered
from tests.store.test_store_failover import until


@pytest.mark.slow
def test_a_reader_that_no_longer_follows_is_not_believed(
    pair: tuple[Node, Node], tmp_path: Path
) -> None:
    primary, standby = pair
    until(primary.is_followed, "the standby never followed")
    store = open_store(primary.address, SCOPE)
    until(lambda: bool(standby.ask("SELECT to_regclass('situasi.given')::text")[0][0]), "no tables")
    following = open_store(standby.address, SCOPE, is_replica=True)
    defined = election.load(invented_election(tmp_path / "election"))
    live = SnapshotReader(following, defined, lambda: datetime.now(UTC))

    def shows(rows: int) -> Callable[[], bool]:
        return lambda: len(live.refresh().snapshot.frames[INCIDENTS.name]) == rows

    with store.deliver(delivery()) as writing:
        writing.add(numbered(2, 3), [])
    until(shows(2), "what was written never came")
    assert live.refresh().trouble is None
    with pytest.raises(StoreError, match="hanya bisa dibaca"):
        following.put_note("siaga", 1, MORNING, "operator")

    standby.ask("SELECT pg_wal_replay_pause()")
    with store.deliver(delivery()) as writing:
        writing.add(numbered(4), [])
    until(lambda: live.refresh().trouble is not None, "a paused reader passed for fresh")
    assert shows(2)() and "tidak lagi mengikuti" in str(live.refresh().trouble)
    standby.ask("SELECT pg_wal_replay_resume()")
    until(shows(3), "it never caught up")
    until(lambda: live.refresh().trouble is None, "it was never believed again")

    primary.kill()
    until(lambda: live.refresh().trouble is not None, "an orphaned reader passed for fresh")
    assert shows(3)()
    live.close()
    store.close()
