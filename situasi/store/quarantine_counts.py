"""Counts of rows waiting in quarantine, updated from new rows only."""

from collections import Counter, defaultdict
from collections.abc import Iterable

import pandas as pd


class QuarantineCounter:
    """The counts of `Store.quarantine_counts`, from new entries, releases and withdrawals.

    A release counts until its batch is withdrawn (store/quarantine_queries.py).
    """

    def __init__(self) -> None:
        self.last_entry = self.last_release = 0
        self._entered_by_feed: Counter[str] = Counter()
        self._released_by_feed: Counter[str] = Counter()  # rows with a valid release
        self._valid_releases: Counter[int] = Counter()  # by row: its valid releases
        self._releases_by_batch: dict[int, list[tuple[int, str]]] = defaultdict(list)
        self._withdrawn_batches: set[int] = set()

    def add(
        self, entered: pd.DataFrame, released: pd.DataFrame, withdrawn: Iterable[int]
    ) -> dict[str, int]:
        """Add these, and return the waiting rows by feed; feeds without any are left out.

        entered, released: frames of Store, numbered above `last_entry` and `last_release`.
        withdrawn: withdrawn batches; earlier ones may be passed again.
        """
        self._entered_by_feed.update(entered["feed"])
        self.last_entry = _last_seq(entered, self.last_entry)
        self.last_release = _last_seq(released, self.last_release)
        for batch in set(withdrawn) - self._withdrawn_batches:
            self._withdrawn_batches.add(batch)
            for number, feed in self._releases_by_batch.pop(batch, []):
                self._adjust(number, feed, -1)
        columns = (released[name].tolist() for name in ("number", "feed", "batch"))
        for number, feed, batch in zip(*columns, strict=True):
            if batch not in self._withdrawn_batches:
                self._releases_by_batch[batch].append((number, feed))
                self._adjust(number, feed, 1)
        waiting = {
            feed: count - self._released_by_feed[feed]
            for feed, count in self._entered_by_feed.items()
        }
        return {feed: count for feed, count in sorted(waiting.items()) if count > 0}

    def _adjust(self, number: int, feed: str, change: int) -> None:
        was_released = self._valid_releases[number] > 0
        self._valid_releases[number] += change
        self._released_by_feed[feed] += int(self._valid_releases[number] > 0) - int(was_released)


def _last_seq(rows: pd.DataFrame, before: int) -> int:
    return int(rows["seq"].iloc[-1]) if len(rows) else before
