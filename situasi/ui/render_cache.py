"""Records of access: who marked, heeded, moved, drilled; the last of them when the store breaks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import Any, TypeVar

from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.single_flight_cache import SingleFlightCache
from situasi.live.snapshot import SnapshotView
from situasi.store.interface import Store, StoreError
from situasi.ui import tenant

T = TypeVar("T")
_records_cache = SingleFlightCache(16)
# By name, store and kabupaten: what was read last.
_last_records: dict[tuple[str, str, str, str], Any] = {}


def cached_records(
    name: str, snapshot_view: SnapshotView, load: Callable[[Store], T], default: Any
) -> T:
    """What `read` finds, once while nobody writes such a record; shared: nobody may change it.

    name: of what is read. nothing: where the store was never readable.
    """
    here = board()
    key = (name, here.settings.store_url, here.register.election.contest, here.kabupaten_code)
    with suppress(StoreError):  # the board says itself that it cannot
        _last_records[key] = _records_cache.get(
            (*key, snapshot_view.access_position), lambda: load(here.store)
        )
    found: T = _last_records.get(key, default)
    return found


# Of each name. With each the findings that it was made of: those of some twenty versions, no more.
_MAX_ENTRIES = 24
_built_by_name: defaultdict[str, SingleFlightCache] = defaultdict(
    lambda: SingleFlightCache(_MAX_ENTRIES)
)


def get_or_build(
    name: str, dependencies: Hashable, inputs: tuple[Any, ...], build: Callable[..., T]
) -> T:
    """What is made of these very findings, as long as they are kept.

    name, asked: what else it rests on, besides the language. make: called with the findings; it
    may not ask who looks. What it gives is shared: nobody may change it.
    """
    key = (tenant.get_code(), dependencies, i18n.current_language(), tuple(map(id, inputs)))
    # With what was found, so that no other finding gets its place in memory, and so its number.
    return _built_by_name[name].get(key, lambda: (inputs, build(*inputs)))[1]
