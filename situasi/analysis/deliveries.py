"""Sources: what each delivered, what became of its rows, when it was last heard."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from situasi.analysis.situation.feed_staleness import FeedState

COUNTS = ["accepted", "duplicate", "quarantined"]
# What differs from row to row in a reason that is otherwise the same.
_QUOTED = re.compile(r'"[^"]*"|“[^”]*”')
_NUMBERS = re.compile(r"\d+(?:[.,:/-]\d+)*")


@dataclass(frozen=True)
class Intake:
    """What came in, as known at one moment.

    ledger: one row per batch, newest first (see `ledger`). feeds: see `by_feed`.
    sources: see `by_source`.
    """

    ledger: pd.DataFrame
    feeds: pd.DataFrame
    sources: pd.DataFrame


def ledger(
    batches: pd.DataFrame, known: Mapping[str, pd.DataFrame], limit: datetime | None
) -> pd.DataFrame:
    """The batches of these feeds as known at `limit` (None: now), newest first.

    A batch is known from when it was recorded, or from when the first of its rows was:
    an exercise and history are recorded long after (or before) what they tell of.
    Adds `read` (accepted + duplicate + quarantined), `standing` (its rows on the board), `last`
    (when the newest of these became known) and `made_up` (whether any is of an exercise). What
    was taken back later is not told.
    """
    rows = _standing(known)
    seen = batches[batches["feed"].isin(list(known))]
    if limit is not None:
        seen = seen[(seen["recorded_at"] <= limit) | seen["batch"].isin(rows.index)]
        undone = seen["taken_back_at"] <= limit
        seen = seen.assign(
            taken_back=seen["taken_back"].where(undone, 0),
            taken_back_at=seen["taken_back_at"].where(undone),
            taken_back_by=seen["taken_back_by"].where(undone),
            reason=seen["reason"].where(undone),
        )
    told = seen.assign(read=seen[COUNTS].sum(axis=1)).join(rows, on="batch")
    told = told.assign(
        standing=told["standing"].fillna(0).astype("int64"), made_up=told["made_up"].eq(True)
    )
    return told.sort_values("batch", ascending=False, ignore_index=True)


def _standing(known: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """By batch: how many rows stand, when the newest became known, whether any is made up."""
    every = [frame[["batch", "known_at", "latihan"]] for frame in known.values()]
    rows = pd.concat(every, ignore_index=True).groupby("batch")
    return rows.agg(
        standing=("known_at", "size"), last=("known_at", "max"), made_up=("latihan", "any")
    )


def by_feed(
    told: pd.DataFrame,
    known: Mapping[str, pd.DataFrame],
    waiting: Mapping[str, int],
    states: Iterable[FeedState],
) -> pd.DataFrame:
    """One row per feed of `known`, in its order.

    Columns feed, deliveries, read, accepted, duplicate, quarantined, standing, waiting, last
    (NaT: never heard), silent, expected, made_up (whether any row on the board is).
    read == accepted + duplicate + quarantined. A feed without a time limit is never silent, and
    no word of it is expected.
    """
    sums = told.groupby("feed")[["read", *COUNTS]].sum()
    deliveries = told.groupby("feed").size()
    state = {one.feed: one for one in states}
    table = pd.DataFrame(
        [
            {
                "feed": feed,
                "deliveries": int(deliveries.get(feed, 0)),
                **{name: int(sums[name].get(feed, 0)) for name in ("read", *COUNTS)},
                "standing": len(frame),
                "waiting": waiting.get(feed, 0),
                "last": frame["known_at"].max(),
                "silent": feed in state and state[feed].silent,
                "expected": feed in state and state[feed].expected,
                "made_up": bool(frame["latihan"].any()),
            }
            for feed, frame in known.items()
        ]
    )
    # Where no feed was ever heard pandas knows no zone.
    return table.assign(last=pd.to_datetime(table["last"], utc=True))


def by_source(told: pd.DataFrame) -> pd.DataFrame:
    """One row per feed and source (the name of the file), the last heard first.

    Columns feed, source, deliveries, delivered (the last time), last (NaT: none of its rows
    stands), read, accepted, duplicate, quarantined, standing, taken_back, made_up.
    """
    found = told.groupby(["feed", "source"], as_index=False, sort=False).agg(
        deliveries=("batch", "size"),
        delivered=("recorded_at", "max"),
        last=("last", "max"),
        made_up=("made_up", "any"),
        **{name: (name, "sum") for name in ("read", *COUNTS, "standing", "taken_back")},
    )
    return found.sort_values(["last", "delivered"], ascending=False, ignore_index=True)


def of_feeds(held: pd.DataFrame, feeds: Collection[str]) -> pd.DataFrame:
    """The waiting rows of these feeds; `reasons` as tuples, and their `kinds` (see `kind`)."""
    seen = held[held["feed"].isin(list(feeds))]
    lists = {text: tuple(json.loads(text)) for text in seen["reasons"].unique()}
    kinds = {text: tuple(map(kind, said)) for text, said in lists.items()}
    return seen.assign(
        reasons=seen["reasons"].map(lists.__getitem__),
        kinds=seen["reasons"].map(kinds.__getitem__),
    )


def kind(reason: str) -> str:
    """A reason without what is only of its row: words in quotes and numbers."""
    return _NUMBERS.sub("…", _QUOTED.sub("…", reason))


def by_reason(held: pd.DataFrame) -> pd.DataFrame:
    """Reasons of the waiting rows, most frequent first: feed, kind, rows, sources, example.

    A row with two kinds of reason counts under both.
    """
    each = held.explode(["reasons", "kinds"]).drop_duplicates(["number", "kinds"])
    found = each.groupby(["feed", "kinds"], as_index=False).agg(
        rows=("number", "size"), sources=("source", "nunique"), example=("reasons", "first")
    )
    found = found.rename(columns={"kinds": "kind"})
    return found.sort_values("rows", ascending=False, kind="stable", ignore_index=True)
