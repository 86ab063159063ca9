"""Counts of rows that wait in quarantine, carried forward by what is new alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

import pandas as pd


class WaitingCount:
    """Counts by feed what `Store.waiting` counts, from new entries, releases and withdrawals.

    A release counts until its batch is taken back (store/quarantine_queries.py).
    """

    def __init__(self) -> None:
        self.last_entry = self.last_release = 0
        self._entered: Counter[str] = Counter()
        self._released: Counter[str] = Counter()  # rows with at least one release that counts
        self._standing: Counter[int] = Counter()  # by row: its releases that count
        self._of_batch: dict[int, list[tuple[int, str]]] = defaultdict(list)
        self._undone: set[int] = set()

    def add(
        self, entered: pd.DataFrame, released: pd.DataFrame, withdrawn: Iterable[int]
    ) -> dict[str, int]:
        """Count these in, and return the rows that wait by feed, feeds without any left out.

        entered, released: of Store, numbered above `last_entry` and `last_release`. withdrawn:
        batches that were taken back; those named before may come again.
        """
        self._entered.update(entered["feed"])
        self.last_entry = _last(entered, self.last_entry)
        self.last_release = _last(released, self.last_release)
        for batch in set(withdrawn) - self._undone:
            self._undone.add(batch)
            for number, feed in self._of_batch.pop(batch, []):
                self._move(number, feed, -1)
        columns = (released[name].tolist() for name in ("number", "feed", "batch"))
        for number, feed, batch in zip(*columns, strict=True):
            if batch not in self._undone:
                self._of_batch[batch].append((number, feed))
                self._move(number, feed, 1)
        waiting = {feed: count - self._released[feed] for feed, count in self._entered.items()}
        return {feed: count for feed, count in sorted(waiting.items()) if count > 0}

    def _move(self, number: int, feed: str, by: int) -> None:
        before = self._standing[number] > 0
        self._standing[number] += by
        self._released[feed] += int(self._standing[number] > 0) - int(before)


def _last(rows: pd.DataFrame, before: int) -> int:
    return int(rows["seq"].iloc[-1]) if len(rows) else before
