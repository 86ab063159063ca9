"""A cache of records of actions (briefings, acknowledgements and others), shared by all outputs."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from situasi.board import Board
from situasi.common.single_flight_cache import SingleFlightCache
from situasi.live.snapshot import SnapshotView
from situasi.store import Store, StoreError

T = TypeVar("T")
_cache = SingleFlightCache(16)
# By name, store, contest and kabupaten: the records read last.
_last_records: dict[tuple[str, str, str, str], Any] = {}


def read_cached(
    board: Board, name: str, snapshot_view: SnapshotView, load: Callable[[Store], T], default: Any
) -> T:
    """Return what `load` reads, read once while nobody writes such a record. Do not change it.

    While the store fails, the records keep their last value. name: of what is read. default: the
    value if the store was never readable.
    """
    key = (name, board.settings.store_url, board.register.election.contest, board.kabupaten_code)
    with suppress(StoreError):  # who shows them says that the store fails
        _last_records[key] = _cache.get(
            (*key, snapshot_view.access_position), lambda: load(board.store)
        )
    records: T = _last_records.get(key, default)
    return records
