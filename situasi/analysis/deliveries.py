"""Sources: what each delivered, what became of its rows, when it was last heard."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from situasi.analysis.situation.feed_staleness import FeedState

COUNT_COLUMNS = ["accepted", "duplicate", "quarantined"]
# What differs from row to row in a reason that is otherwise the same.
_QUOTED = re.compile(r'"[^"]*"|“[^”]*”')
_NUMBERS = re.compile(r"\d+(?:[.,:/-]\d+)*")


@dataclass(frozen=True)
class DeliverySummary:
    """What came in, as known at one moment.

    ledger: one row per batch, newest first (see `ledger`). feeds: see `by_feed`.
    sources: see `by_source`.
    """

    batches: pd.DataFrame
    feeds: pd.DataFrame
    sources: pd.DataFrame


def build_batch_table(
    batches: pd.DataFrame, frames: Mapping[str, pd.DataFrame], at: datetime | None
) -> pd.DataFrame:
    """The batches of these feeds as known at `limit` (None: now), newest first.

    A batch is known from when it was recorded, or from when the first of its rows was:
    an exercise and history are recorded long after (or before) what they tell of.
    Adds `read` (accepted + duplicate + quarantined), `standing` (its rows on the board), `last`
    (when the newest of these became known) and `made_up` (whether any is of an exercise). What
    was taken back later is not told.
    """
    rows = _summarize_rows_by_batch(frames)
    seen = batches[batches["feed"].isin(list(frames))]
    if at is not None:
        seen = seen[(seen["recorded_at"] <= at) | seen["batch"].isin(rows.index)]
        undone = seen["taken_back_at"] <= at
        seen = seen.assign(
            taken_back=seen["taken_back"].where(undone, 0),
            taken_back_at=seen["taken_back_at"].where(undone),
            taken_back_by=seen["taken_back_by"].where(undone),
            reason=seen["reason"].where(undone),
        )
    told = seen.assign(read=seen[COUNT_COLUMNS].sum(axis=1)).join(rows, on="batch")
    told = told.assign(
        standing=told["standing"].fillna(0).astype("int64"), made_up=told["made_up"].eq(True)
    )
    return told.sort_values("batch", ascending=False, ignore_index=True)


def _summarize_rows_by_batch(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """By batch: how many rows stand, when the newest became known, whether any is made up."""
    every = [frame[["batch", "known_at", "latihan"]] for frame in frames.values()]
    rows = pd.concat(every, ignore_index=True).groupby("batch")
    return rows.agg(
        standing=("known_at", "size"), last=("known_at", "max"), made_up=("latihan", "any")
    )


def build_feed_table(
    batches: pd.DataFrame,
    frames: Mapping[str, pd.DataFrame],
    quarantine_counts: Mapping[str, int],
    feed_states: Iterable[FeedState],
) -> pd.DataFrame:
    """One row per feed of `known`, in its order.

    Columns feed, deliveries, read, accepted, duplicate, quarantined, standing, waiting, last
    (NaT: never heard), silent, expected, made_up (whether any row on the board is).
    read == accepted + duplicate + quarantined. A feed without a time limit is never silent, and
    no word of it is expected.
    """
    sums = batches.groupby("feed")[["read", *COUNT_COLUMNS]].sum()
    deliveries = batches.groupby("feed").size()
    state = {one.feed: one for one in feed_states}
    table = pd.DataFrame(
        [
            {
                "feed": feed,
                "deliveries": int(deliveries.get(feed, 0)),
                **{name: int(sums[name].get(feed, 0)) for name in ("read", *COUNT_COLUMNS)},
                "standing": len(frame),
                "waiting": quarantine_counts.get(feed, 0),
                "last": frame["known_at"].max(),
                "silent": feed in state and state[feed].is_silent,
                "expected": feed in state and state[feed].is_expected,
                "made_up": bool(frame["latihan"].any()),
            }
            for feed, frame in frames.items()
        ]
    )
    # Where no feed was ever heard pandas knows no zone.
    return table.assign(last=pd.to_datetime(table["last"], utc=True))


def build_source_table(batches: pd.DataFrame) -> pd.DataFrame:
    """One row per feed and source (the name of the file), the last heard first.

    Columns feed, source, deliveries, delivered (the last time), last (NaT: none of its rows
    stands), read, accepted, duplicate, quarantined, standing, taken_back, made_up.
    """
    found = batches.groupby(["feed", "source"], as_index=False, sort=False).agg(
        deliveries=("batch", "size"),
        delivered=("recorded_at", "max"),
        last=("last", "max"),
        made_up=("made_up", "any"),
        **{name: (name, "sum") for name in ("read", *COUNT_COLUMNS, "standing", "taken_back")},
    )
    return found.sort_values(["last", "delivered"], ascending=False, ignore_index=True)


def select_quarantined_rows(quarantined_rows: pd.DataFrame, feeds: Collection[str]) -> pd.DataFrame:
    """The waiting rows of these feeds; `reasons` as tuples, and their `kinds` (see `kind`)."""
    seen = quarantined_rows[quarantined_rows["feed"].isin(list(feeds))]
    lists = {text: tuple(json.loads(text)) for text in seen["reasons"].unique()}
    kinds = {text: tuple(map(generalize_reason, said)) for text, said in lists.items()}
    return seen.assign(
        reasons=seen["reasons"].map(lists.__getitem__),
        kinds=seen["reasons"].map(kinds.__getitem__),
    )


def generalize_reason(reason: str) -> str:
    """A reason without what is only of its row: words in quotes and numbers."""
    return _NUMBERS.sub("…", _QUOTED.sub("…", reason))


def build_reason_table(quarantined_rows: pd.DataFrame) -> pd.DataFrame:
    """Reasons of the waiting rows, most frequent first: feed, kind, rows, sources, example.

    A row with two kinds of reason counts under both.
    """
    each = quarantined_rows.explode(["reasons", "kinds"]).drop_duplicates(["number", "kinds"])
    found = each.groupby(["feed", "kinds"], as_index=False).agg(
        rows=("number", "size"), sources=("source", "nunique"), example=("reasons", "first")
    )
    found = found.rename(columns={"kinds": "kind"})
    return found.sort_values("rows", ascending=False, kind="stable", ignore_index=True)
