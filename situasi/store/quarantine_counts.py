"""Counts of rows that wait in quarantine, carried forward by what is new alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

import pandas as pd


class QuarantineCounter:
    """Counts by feed what `Store.waiting` counts, from new entries, releases and withdrawals.

    A release counts until its batch is taken back (store/quarantine_queries.py).
    """

    def __init__(self) -> None:
        self.last_entry = self.last_release = 0
        self._entered_by_feed: Counter[str] = Counter()
        self._released_by_feed: Counter[str] = (
            Counter()
        )  # rows with at least one release that counts
        self._valid_releases: Counter[int] = Counter()  # by row: its releases that count
        self._releases_by_batch: dict[int, list[tuple[int, str]]] = defaultdict(list)
        self._withdrawn_batches: set[int] = set()

    def add(
        self, entered: pd.DataFrame, released: pd.DataFrame, withdrawn: Iterable[int]
    ) -> dict[str, int]:
        """Count these in, and return the rows that wait by feed, feeds without any left out.

        entered, released: of Store, numbered above `last_entry` and `last_release`. withdrawn:
        batches that were taken back; those named before may come again.
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
        before = self._valid_releases[number] > 0
        self._valid_releases[number] += change
        self._released_by_feed[feed] += int(self._valid_releases[number] > 0) - int(before)


def _last_seq(rows: pd.DataFrame, before: int) -> int:
    return int(rows["seq"].iloc[-1]) if len(rows) else before
