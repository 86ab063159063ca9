"""Caches that all viewers share: records of actions, and parts built from the same inputs."""

from collections import defaultdict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from situasi.actions import records
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.single_flight_cache import SingleFlightCache
from situasi.live.snapshot import SnapshotView
from situasi.store import Store
from situasi.ui import tenant

T = TypeVar("T")


def cached_records(
    name: str, snapshot_view: SnapshotView, load: Callable[[Store], T], default: Any
) -> T:
    """Return what `load` reads of the current board (records.read_cached)."""
    return records.read_cached(board(), name, snapshot_view, load, default)


# For each name. The inputs are kept too: those of about twenty versions at most.
_MAX_ENTRIES = 24
_built_by_name: defaultdict[str, SingleFlightCache] = defaultdict(
    lambda: SingleFlightCache(_MAX_ENTRIES)
)


def get_or_build(
    name: str, dependencies: Hashable, inputs: tuple[Any, ...], build: Callable[..., T]
) -> T:
    """Return what is built from these inputs, cached together with them.

    The result is shared: do not change it. name, dependencies: what else it depends on, besides the
    language. build: called with the inputs; it may not depend on the viewer.
    """
    key = (tenant.get_code(), dependencies, i18n.current_language(), tuple(map(id, inputs)))
    # The inputs are cached with it, so that no other object can get their id().
    return _built_by_name[name].get(key, lambda: (inputs, build(*inputs)))[1]
