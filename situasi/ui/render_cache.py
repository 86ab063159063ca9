"""Records of access: who marked, heeded, moved, drilled; the last of them when the store breaks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from situasi.board import current as board
from situasi.common.single_flight_cache import Recent
from situasi.live.snapshot import Picture
from situasi.store.interface import Store, StoreError

Found = TypeVar("Found")
_read = Recent(16)
# By name, store and kabupaten: what was read last.
_last: dict[tuple[str, str, str, str], Any] = {}


def records(name: str, shown: Picture, read: Callable[[Store], Found], nothing: Any) -> Found:
    """What `read` finds, once while nobody writes such a record; shared: nobody may change it.

    name: of what is read. nothing: where the store was never readable.
    """
    here = board()
    key = (name, here.settings.store, here.register.election.contest, here.code)
    with suppress(StoreError):  # the board says itself that it cannot
        _last[key] = _read.get((*key, shown.access), lambda: read(here.store))
    found: Found = _last.get(key, nothing)
    return found
