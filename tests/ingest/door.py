"""Ingests rows for tests: what was stored, or every reason why not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd

from situasi.board import Board
from situasi.domain.feed_schemas import FEEDS
from situasi.ingest.feeds import check
from situasi.ingest.pipeline import IngestResult, ingest_rows
from situasi.ingest.tables import Table, ValidationResult
from tests.builders import unbounded
from tests.builders_files import report
from tests.conftest import NOON


def deliver(
    board: Board, feed: str, *rows: dict[str, object], now: datetime = NOON, actor: str = "uji"
) -> IngestResult:
    """Ingest these rows of a feed; check that the counts of the result add up."""
    ledger = ingest_rows(
        list(rows), "uji", board.store, board.ingest_context, unbounded(actor), feed=feed, now=now
    )
    assert ledger.read == ledger.accepted + ledger.duplicate + ledger.quarantined
    return ledger


def accepted(board: Board, feed: str, **stated: object) -> Any:
    """The stored row of a report that states this."""
    ledger = deliver(board, feed, report(feed, **stated))
    assert ledger.accepted == 1, ledger
    return board.store.rows_after(FEEDS[feed]).iloc[-1]


def reasons(board: Board, feed: str, **stated: object) -> str:
    """Why a report that states this is quarantined."""
    ledger = deliver(board, feed, report(feed, **stated))
    assert ledger.quarantined == 1, ledger
    return "; ".join(ledger.reasons[0]["reasons"])


def everything_kept(board: Board) -> str:
    """All that the store holds of any row, accepted or quarantined, as one text."""
    frames = [board.store.rows_after(feed).to_csv(index=False) for feed in FEEDS.values()]
    held = [str((row.raw, row.reasons)) for row in board.store.quarantined_rows()]
    return "\n".join(frames + held)


def judged(
    board: Board, feed: str, row: dict[str, object], now: datetime = NOON
) -> ValidationResult:
    """Validate one row without storing it: fast enough for property tests."""
    cells = pd.DataFrame([{k: None if v == "" else v for k, v in row.items()}], dtype="object")
    return check(Table(cells.where(cells.notna(), None), [1]), feed, board.ingest_context, now)
