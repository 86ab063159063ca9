"""The limit of open file descriptors: raised at the start, and measured while serving."""

import logging
import time
from collections.abc import Callable

from situasi.common import metrics

# No board needs more: 2,000 pages hold 2,000 descriptors.
WANTED_LIMIT = 65_536
# Descriptors kept free for the store, for files that are read, and for refusals.
_SPARE_SHARE, _MIN_SPARE, _MAX_SPARE = 8, 64, 1024
_MEASURED_EVERY_S = 5.0
_log = logging.getLogger(__name__)


def raise_limit() -> None:
    """Raise the soft limit of this process as far as the hard one and WANTED_LIMIT allow."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    target = WANTED_LIMIT if hard == resource.RLIM_INFINITY else min(hard, WANTED_LIMIT)
    if soft == resource.RLIM_INFINITY or soft >= target:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (target, hard))
    except (OSError, ValueError) as error:
        _log.warning("the limit of descriptors stays at %s: %s", soft, error)


class DescriptorBudget:
    """Count of open descriptors, measured now and then; connections are counted exactly."""

    def __init__(
        self,
        measure: Callable[[], tuple[int, int] | None] = metrics.count_descriptors,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._measure, self._clock = measure, clock
        self._next_measure_s = 0.0
        self._other_count, self._limit = 0, WANTED_LIMIT

    @property
    def limit(self) -> int:
        """Return the limit of open descriptors."""
        return self._limit

    def remaining_connections(self, connections: int) -> int:
        """Return how many more connections are possible while the spare ones stay free."""
        if self._clock() >= self._next_measure_s:
            self._next_measure_s = self._clock() + _MEASURED_EVERY_S
            measured = self._measure()
            if measured is not None:
                used, self._limit = measured
                self._other_count = max(0, used - connections)
        spare = max(_MIN_SPARE, min(_MAX_SPARE, self._limit // _SPARE_SHARE))
        return self._limit - spare - self._other_count - connections
