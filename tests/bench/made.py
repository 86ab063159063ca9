"""A board with made-up reports for a benchmark: files written, stores filled, always LATIHAN."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from situasi.board import Board, open_board
from situasi.domain import boundaries as domain_boundaries
from situasi.domain import election, settings
from situasi.domain import register as domain_register
from situasi.ingest.pipeline import IngestRequest, ingest_file
from tests.bench import reports
from tests.builders import unbounded

EVENING = datetime(2024, 11, 27, 16, tzinfo=UTC)  # 23.00 WIB: the whole day lies behind


def environment(folder: Path) -> dict[str, str]:
    """The environment of a board that lives in this folder alone."""
    return {
        "SITUASI_DATA": str(folder),
        "SITUASI_INBOX": str(folder / "inbox"),
        "SITUASI_REHEARSAL": "no",
    }


def board(folder: Path) -> Board:
    return open_board(settings.load(environment(folder)), lambda: EVENING)


def file(path: Path, count: int) -> Path:
    """A file of so many reports, .csv or .xlsx by its name."""
    definition = election.load(settings.load({}).election_folder)
    rows = reports.rows(
        count,
        domain_register.load(definition),
        domain_boundaries.load(definition.boundaries_folder),
    )
    (reports.write_xlsx if path.suffix == ".xlsx" else reports.write_csv)(path, rows)
    return path


def history(path: Path, count: int, today: int) -> Path:
    """A .csv of so many reports, all but `today` of them of the months before the day."""
    definition = election.load(settings.load({}).election_folder)
    register, boundaries = (
        domain_register.load(definition),
        domain_boundaries.load(definition.boundaries_folder),
    )
    reports.write_csv(path, reports.history(count, today, register, boundaries))
    return path


def filled(folder: Path, source: Path) -> Path:
    """A store with the reports of this file, whose clock stands at the evening of the day."""
    opened = board(folder)
    ledger = ingest_file(
        IngestRequest(source, opened.store, opened.ingest_context, unbounded("bench"), now=EVENING)
    )
    assert ledger.accepted, f"nothing of {source} was accepted: {ledger}"
    opened.store.put_note("exercise", {"at": EVENING.isoformat()}, EVENING, "bench")
    opened.close()
    return folder
