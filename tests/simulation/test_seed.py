"""The first opening: a store that nobody used receives the public reports and the rehearsal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from situasi.board import Board, open_board
from situasi.domain.feed_schemas import FEEDS, INCIDENTS
from situasi.domain.settings import ROOT
from situasi.ingest.pipeline import IngestResult
from situasi.simulation import seed
from tests import processes
from tests.builders_election import invented_election
from tests.conftest import settings_in

# After everything that the public reports tell of: the future is refused at the door.
AFTERWARDS = datetime(2025, 1, 6, tzinfo=UTC)


def board_in(folder: Path, **environment: str) -> Board:
    return open_board(settings_in(folder, **environment), lambda: AFTERWARDS)


def prepare(board: Board) -> list[IngestResult]:
    return seed.seed_store(board, AFTERWARDS, lambda _line: None)


def counts(board: Board) -> dict[str, int]:
    return {name: len(board.store.rows_after(feed)) for name, feed in FEEDS.items()}


def test_an_empty_store_is_filled_with_both_data_sets_and_nothing_is_quarantined(
    tmp_path: Path,
) -> None:
    board = board_in(tmp_path, SITUASI_REHEARSAL="yes")
    ledgers = prepare(board)
    rows = board.store.rows_after(INCIDENTS)
    assert {bool(made) for made in rows["latihan"]} == {True, False}
    # Merges are made on the board, by people; all other feeds have their file.
    assert [feed for feed, count in counts(board).items() if not count] == ["merges"]
    assert sum(ledger.quarantined for ledger in ledgers) == 0
    assert all(ledger.refused is None for ledger in ledgers)
    for feed in FEEDS.values():
        made_up = board.store.rows_after(feed).query("latihan")
        assert made_up["flags"].dropna().empty, feed.name
    snapshot = board.snapshot_reader.refresh().snapshot
    assert snapshot.rehearsal
    assert snapshot.exercise_at is not None
    assert snapshot.exercise_at.date() == board.register.election.day
    board.close()


def test_without_the_rehearsal_only_public_reports_come(board: Board) -> None:
    prepare(board)
    rows = board.store.rows_after(INCIDENTS)
    assert len(rows) == 15
    assert not rows["latihan"].any()
    assert rows["sumber"].str.startswith("http").all()
    assert len(board.store.rows_after(FEEDS["activities"])) == 8
    assert not board.snapshot_reader.refresh().snapshot.rehearsal


def test_a_second_opening_changes_nothing(board: Board) -> None:
    prepare(board)
    version = board.store.version()
    assert prepare(board) == []
    assert board.store.version() == version


def test_an_opening_broken_off_midway_is_completed_next_time(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring, calls = seed._ingest, []

    def breaks(*arguments: object) -> IngestResult:
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return bring(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(seed, "_ingest", breaks)
    with pytest.raises(KeyboardInterrupt):
        prepare(board)
    monkeypatch.undo()
    prepare(board)
    filled = {feed: count for feed, count in counts(board).items() if count}
    assert filled == {"incidents": 15, "activities": 8}


def test_a_store_with_somebodys_own_rows_is_left_alone(board: Board) -> None:
    board.store.put_note("anything", 1, AFTERWARDS, "operator")
    assert prepare(board) == []
    assert sum(counts(board).values()) == 0


def test_another_election_opens_with_its_own_day_and_no_reports_of_this_one(
    tmp_path: Path,
) -> None:
    folder = invented_election(tmp_path / "negeri", kecamatan=5)
    board = board_in(tmp_path, SITUASI_ELECTION=str(folder), SITUASI_REHEARSAL="yes")
    prepare(board)
    rows = board.store.rows_after(INCIDENTS)
    assert rows["latihan"].all()
    assert set(rows["kecamatan"].dropna()) == set(board.register.kecamatan)
    board.close()


OPENS = """
import json, sys
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from situasi.board import open_board
from situasi.simulation import seed
from situasi.domain import settings
at = datetime(2025, 1, 6, tzinfo=UTC)
print("ready", flush=True)
sys.stdin.readline()
board = open_board(settings.load(), lambda: at)
said = []
brought = seed.seed_store(board, at, said.append)
frames = board.snapshot_reader.refresh().snapshot.frames
print(json.dumps({
    "brought": len(brought), "head": board.store.audit_head(), "said": said,
    "rows": {name: len(frame) for name, frame in frames.items()},
    "refused": [one.refused for one in brought if one.refused or one.quarantined],
}), flush=True)
board.close()
"""


def opens(folder: Path) -> subprocess.Popen[str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("SITUASI_")}
    here = {
        "SITUASI_DATA": str(folder / "live"),
        "SITUASI_INBOX": str(folder / "inbox"),
        "SITUASI_REHEARSAL": "yes",
    }
    return processes.Popen(
        [sys.executable, "-c", OPENS], cwd=ROOT, env=own | here, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip


def test_of_two_servers_that_start_on_one_empty_store_one_fills_it_and_both_show_the_same(
    tmp_path: Path,
) -> None:
    servers = [opens(tmp_path) for _ in range(2)]
    for one in servers:
        assert one.stdout and one.stdout.readline() == "ready\n"
    for one in servers:
        assert one.stdin
        one.stdin.write("\n")
        one.stdin.flush()
    found = [json.loads(one.communicate(timeout=400)[0]) for one in servers]
    assert sorted(one["brought"] > 0 for one in found) == [False, True]
    assert found[0]["rows"] == found[1]["rows"] and found[0]["rows"]["incidents"] > 15
    assert found[0]["head"] == found[1]["head"]
    assert [one["refused"] for one in found] == [[], []]


def test_who_waits_takes_over_where_the_one_that_fills_the_store_dies(board: Board) -> None:
    other = open_board(board.settings, lambda: AFTERWARDS)
    other.store.put_note("opening", "begun", AFTERWARDS, seed.ACTOR)
    assert other.store.is_leader(seed.JOB)
    said: list[str] = []

    def tell(line: str) -> None:
        said.append(line)
        other.close()  # the process has ended, and its lock with it

    assert len(seed.seed_store(board, AFTERWARDS, tell)) == 2
    assert "menunggu" in said[0]
    assert counts(board)["incidents"] == 15


def test_who_waits_too_long_opens_without(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    other = open_board(board.settings, lambda: AFTERWARDS)
    assert other.store.is_leader(seed.JOB)
    monkeypatch.setattr(seed, "_MAX_WAIT_S", 0.0)
    said: list[str] = []
    assert seed.seed_store(board, AFTERWARDS, said.append) == []
    assert "tanpa menunggu" in said[-1]
    other.close()
