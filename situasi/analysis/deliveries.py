"""Deliveries: what each source delivered, what became of its rows, when its last row came."""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from situasi.analysis.situation.feed_staleness import FeedState

COUNT_COLUMNS = ["accepted", "duplicate", "quarantined"]
# Parts that differ between rows in otherwise equal reasons.
_QUOTED = re.compile(r'"[^"]*"|“[^”]*”')
_NUMBERS = re.compile(r"\d+(?:[.,:/-]\d+)*")


@dataclass(frozen=True)
class DeliverySummary:
    """What arrived, as known at one moment.

    batches: one row per batch, newest first (see build_batch_table). feeds: see build_feed_table.
    sources: see build_source_table.
    """

    batches: pd.DataFrame
    feeds: pd.DataFrame
    sources: pd.DataFrame


def build_batch_table(
    batches: pd.DataFrame,
    frames: Mapping[str, pd.DataFrame],
    at: datetime | None,
    news_until: datetime | None = None,
) -> pd.DataFrame:
    """Build the table of the batches of these feeds as known at `at` (None: now), newest first.

    A batch is known from when it was recorded, or from when the first of its rows was: an exercise
    and history are recorded long after (or before) the events that they report.
    Adds `read` (accepted + duplicate + quarantined), `valid` (its rows not withdrawn), `last`
    (when the newest of these became known) and `is_exercise` (whether any is of an exercise). Later
    withdrawals are left out. news_until: rows known later, beyond the clock of an exercise, are no
    news: they do not count for `last`.
    """
    rows = _summarize_rows_by_batch(frames, news_until)
    visible = batches[batches["feed"].isin(list(frames))]
    if at is not None:
        visible = visible[(visible["recorded_at"] <= at) | visible["batch"].isin(rows.index)]
        is_withdrawn = visible["withdrawn_at"] <= at
        visible = visible.assign(
            withdrawn=visible["withdrawn"].where(is_withdrawn, 0),
            withdrawn_at=visible["withdrawn_at"].where(is_withdrawn),
            withdrawn_by=visible["withdrawn_by"].where(is_withdrawn),
            reason=visible["reason"].where(is_withdrawn),
        )
    table = visible.assign(read=visible[COUNT_COLUMNS].sum(axis=1)).join(rows, on="batch")
    table = table.assign(
        valid=table["valid"].fillna(0).astype("int64"), is_exercise=table["is_exercise"].eq(True)
    )
    return table.sort_values("batch", ascending=False, ignore_index=True)


def _summarize_rows_by_batch(
    frames: Mapping[str, pd.DataFrame], news_until: datetime | None
) -> pd.DataFrame:
    """Return by batch: row count, time of the newest known row (last; last_exact: of those known to
    the minute), whether any is of an exercise."""
    parts = [
        frame[["batch", "latihan"]].assign(
            news_at=_find_news_times(frame, news_until),
            exact_at=_find_exact_times(frame, news_until),
        )
        for frame in frames.values()
    ]
    rows = pd.concat(parts, ignore_index=True).groupby("batch")
    return rows.agg(
        valid=("batch", "size"),
        last=("news_at", "max"),
        last_exact=("exact_at", "max"),
        is_exercise=("latihan", "any"),
    )


def _find_news_times(rows: pd.DataFrame, until: datetime | None) -> pd.Series:
    """Return when each row became known; NaT where that was later than `until`."""
    known_at: pd.Series = rows["known_at"]
    return known_at if until is None else known_at.where(known_at <= until)


def _find_exact_times(rows: pd.DataFrame, until: datetime | None) -> pd.Series:
    """Return the same; NaT also where it is known only to the day or month."""
    is_exact = (rows["known_at"] == rows["recorded_at"]) | (rows["precision"] == "menit")
    return _find_news_times(rows, until).where(is_exact)


def _choose_last(table: pd.DataFrame) -> pd.DataFrame:
    """Replace last_exact by `precision` of last: "menit" or "hari".

    A row known only to its day counts from the end of that day: a day that is not over for another
    row does not hide the newest that is known to the minute, and 23.59 is never told as its hour.
    """
    last, exact = (pd.to_datetime(table[name], utc=True) for name in ("last", "last_exact"))
    is_exact = exact.notna() & (last - exact < pd.Timedelta(days=1))
    return table.drop(columns="last_exact").assign(
        last=exact.where(is_exact, last), precision=is_exact.map({True: "menit", False: "hari"})
    )


def build_feed_table(
    batches: pd.DataFrame,
    frames: Mapping[str, pd.DataFrame],
    quarantine_counts: Mapping[str, int],
    feed_states: Iterable[FeedState],
    news_until: datetime | None = None,
) -> pd.DataFrame:
    """Build one row per feed of `frames`, in its order.

    Columns feed, deliveries, read, accepted, duplicate, quarantined, valid, waiting, last (NaT:
    never a row), precision ("menit"; "hari": last is known only to its day), silent, expected,
    is_exercise (whether any known row is of an exercise). read == accepted + duplicate +
    quarantined. A feed without a time limit is never silent, and no row of it is expected.
    news_until: as of build_batch_table.
    """
    sums = batches.groupby("feed")[["read", *COUNT_COLUMNS]].sum()
    deliveries = batches.groupby("feed").size()
    states = {state.feed: state for state in feed_states}
    table = pd.DataFrame(
        [
            {
                "feed": feed,
                "deliveries": int(deliveries.get(feed, 0)),
                **{name: int(sums[name].get(feed, 0)) for name in ("read", *COUNT_COLUMNS)},
                "valid": len(frame),
                "waiting": quarantine_counts.get(feed, 0),
                "last": _find_news_times(frame, news_until).max(),
                "last_exact": _find_exact_times(frame, news_until).max(),
                "silent": feed in states and states[feed].is_silent,
                "expected": feed in states and states[feed].is_expected,
                "is_exercise": bool(frame["latihan"].any()),
            }
            for feed, frame in frames.items()
        ]
    )
    return _choose_last(table)


def build_source_table(batches: pd.DataFrame) -> pd.DataFrame:
    """Build one row per feed and source (the name of the file), the most recent first.

    Columns feed, source, deliveries, delivered (the last time), last (NaT: all its rows are
    withdrawn), precision (as in build_feed_table), read, accepted, duplicate, quarantined, valid,
    withdrawn, is_exercise.
    """
    table = batches.groupby(["feed", "source"], as_index=False, sort=False).agg(
        deliveries=("batch", "size"),
        delivered=("recorded_at", "max"),
        last=("last", "max"),
        last_exact=("last_exact", "max"),
        is_exercise=("is_exercise", "any"),
        **{name: (name, "sum") for name in ("read", *COUNT_COLUMNS, "valid", "withdrawn")},
    )
    return _choose_last(table).sort_values(
        ["last", "delivered"], ascending=False, ignore_index=True
    )


def select_quarantined_rows(quarantined_rows: pd.DataFrame, feeds: Collection[str]) -> pd.DataFrame:
    """Return the quarantined rows of these feeds; `reasons` and `kinds` (generalized) as tuples."""
    rows = quarantined_rows[quarantined_rows["feed"].isin(list(feeds))]
    parsed = {text: tuple(json.loads(text)) for text in rows["reasons"].unique()}
    kinds = {text: tuple(map(generalize_reason, reasons)) for text, reasons in parsed.items()}
    return rows.assign(
        reasons=rows["reasons"].map(parsed.__getitem__),
        kinds=rows["reasons"].map(kinds.__getitem__),
    )


def generalize_reason(reason: str) -> str:
    """Return a reason without the quoted words and numbers that only concern its row."""
    return _NUMBERS.sub("…", _QUOTED.sub("…", reason))


def build_reason_table(quarantined_rows: pd.DataFrame) -> pd.DataFrame:
    """Count reasons of quarantined rows, most frequent first: feed, kind, rows, sources, example.

    A row with two kinds of reason counts under both.
    """
    exploded = quarantined_rows.explode(["reasons", "kinds"]).drop_duplicates(["number", "kinds"])
    table = exploded.groupby(["feed", "kinds"], as_index=False).agg(
        rows=("number", "size"), sources=("source", "nunique"), example=("reasons", "first")
    )
    table = table.rename(columns={"kinds": "kind"})
    return table.sort_values("rows", ascending=False, kind="stable", ignore_index=True)
