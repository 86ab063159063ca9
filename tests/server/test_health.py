"""Ready is more than live: the store can be read, and the inbox is looked at."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator

import pytest
from starlette.requests import Request

from situasi.board import Board, current_board, set_board
from situasi.common import metrics as common_metrics
from situasi.common.background_jobs import Job
from situasi.common.metrics import InboxState, UnreadFile
from situasi.server import health
from situasi.server.metrics_endpoint import format_metrics
from situasi.store.model import StoreError
from tests.conftest import NOON

ASKED = Request({"type": "http", "headers": []})


@pytest.fixture
def inbox(board: Board) -> Iterator[threading.Event]:
    """A job that looks at the inbox until the event is set."""
    set_board(board)
    end = threading.Event()
    job = Job("inbox", lambda: None, 0.01)
    job.start_thread(end)
    health.set_readiness_jobs(job)
    yield end
    end.set()
    for watching in threads_of_the_inbox():  # the next test counts its own
        watching.join()
    health.set_readiness_jobs()


def threads_of_the_inbox() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "inbox"]


def test_a_board_that_works_is_ready(inbox: threading.Event) -> None:
    answer = health.ready(ASKED)
    said = json.loads(bytes(answer.body))
    assert answer.status_code == 200
    assert said["ok"] and said["store"] and said["inbox"] and said["snapshot_age_seconds"] >= 0


def test_how_many_descriptors_are_open_is_told(
    inbox: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(common_metrics, "count_descriptors", lambda: (40, 1024))
    said = json.loads(bytes(health.ready(ASKED).body))
    assert said["descriptors"] == 40 and said["descriptors_limit"] == 1024
    monkeypatch.setattr(common_metrics, "count_descriptors", lambda: None)
    assert "descriptors" not in json.loads(bytes(health.ready(ASKED).body))


def test_a_board_whose_inbox_nobody_looks_at_is_not_ready(inbox: threading.Event) -> None:
    (watching,) = threads_of_the_inbox()
    inbox.set()
    watching.join(5)
    assert health.ready(ASKED).status_code == 503
    assert asyncio.run(health.live(ASKED)).status_code == 200


def test_a_store_that_cannot_be_read_is_not_ready_but_live(
    inbox: threading.Event, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> int:
        raise StoreError("Penyimpanan /rahasia rusak")

    monkeypatch.setattr(board.store, "version", broken)
    answer = health.ready(ASKED)
    assert answer.status_code == 503 and b"rahasia" not in bytes(answer.body)
    assert json.loads(bytes(answer.body))["store"] is False
    assert asyncio.run(health.live(ASKED)).status_code == 200


def test_files_that_the_inbox_could_not_take_are_told_and_no_reason_to_be_unready(
    inbox: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = InboxState()
    monkeypatch.setattr(common_metrics, "INBOX", state)
    state.record_failure(UnreadFile("a.csv", "kosong", NOON))
    state.record_failure(UnreadFile("b.csv", "kesalahan", NOON, "00ff00ff"))
    state.waiting_files["c.csv"] = UnreadFile("c.csv", "sibuk", NOON)
    state.ignored_reasons["folder"] = "folder tidak dibaca"
    answer = health.ready(ASKED)
    said = json.loads(bytes(answer.body))
    assert answer.status_code == 200
    assert said["inbox_files"] == {
        "taken": 0, "refused": 1, "faults": 1, "waiting": 1, "ignored": 1
    }  # fmt: skip
    assert b"a.csv" not in bytes(answer.body)  # anybody may ask here
    metrics = format_metrics(lambda: current_board()).decode()
    assert 'situasi_inbox_files_total{outcome="faults"} 1.0' in metrics
    assert "situasi_inbox_waiting 1.0" in metrics
