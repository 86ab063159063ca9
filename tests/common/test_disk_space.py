"""A disk that is full, or nearly so, is said wherever people look, and once in the log."""

from __future__ import annotations

import asyncio
import errno
import io
import json
import logging
import resource
import shutil
import sqlite3
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from starlette.requests import Request

from pages.system_health import page as system_health_page
from situasi.analysis.view_time import ViewTime
from situasi.board import Board, set_board
from situasi.common import disk_space
from situasi.common.disk_space import DISK_SPACE, FULL_BYTES, LOW_BYTES
from situasi.ingest import upload
from situasi.ingest.inbox import LONG_SETTLE_TIME, Inbox
from situasi.ingest.pipeline import IngestRequest
from situasi.presentation import view_text
from situasi.server import health, logging_setup, metrics_endpoint
from situasi.server.wall import hourly_copies
from situasi.store.model import StoreError
from tests.builders import unbounded
from tests.builders_files import csv_file, report
from tests.conftest import NOON
from tests.store.builders import delivery, numbered

LIVE = ViewTime(NOON, live=True, is_exercise=False)
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, int]:
    """What is free on the disk; the test changes it."""
    said = {"free": 10 * LOW_BYTES}
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(0, 0, said["free"]))
    DISK_SPACE.watch({"store": tmp_path / "belum" / "ada", "inbox": tmp_path})
    return said


def measured(room: dict[str, int], free: int) -> None:
    room["free"] = free
    DISK_SPACE.check()


def band() -> str:
    """What stands across the top of every page and of the wall."""
    said = dict(
        view_text.list_banners(
            LIVE, "WIB", has_exercise_rows=False, link_ends_at=None, store_error=None
        )
    )
    return said.get("disk", "")


def test_less_and_less_room_is_said_before_it_is_gone_and_once_in_the_log(
    room: dict[str, int], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "situasi.common.disk_space")
    said = []
    for free in (
        10 * LOW_BYTES,
        LOW_BYTES - 1,
        412_000_000,
        FULL_BYTES - 1,
        FULL_BYTES - 2,
        LOW_BYTES + 1,
    ):
        measured(room, free)
        said.append(band())
    assert said[0] == said[-1] == ""
    assert said[2] == "Disk server hampir penuh: sisa ruang 412 MB. Beri tahu admin."
    assert all("hampir penuh" in one for one in said[1:5])
    assert [(one.levelname, one.message) for one in caplog.records] == [
        ("WARNING", "the disk is nearly full"),
        ("ERROR", "the disk is full"),
        ("INFO", "the disk has room again"),
    ]


def test_what_was_not_written_is_named_until_it_is_written(
    room: dict[str, int], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "situasi.common.disk_space")
    for place in ("store", "inbox", "store"):
        DISK_SPACE.record_failure(place)  # type: ignore[arg-type]
    assert band() == (
        "Disk server penuh, tidak tersimpan: laporan, kotak masuk. "
        "Yang lama tetap terbaca. Beri tahu admin."
    )
    DISK_SPACE.record_success("inbox")
    assert "kotak masuk" not in band()
    measured(room, 20 * LOW_BYTES)
    assert "laporan" in band()  # a quota, perhaps: the disk had room when it failed
    DISK_SPACE.record_success("store")
    assert band() == ""
    assert [one.levelname for one in caplog.records] == [*["ERROR"] * 3, "INFO"]


def test_where_the_disk_was_low_room_is_enough_to_be_well_again(room: dict[str, int]) -> None:
    measured(room, 1000)
    DISK_SPACE.record_failure("copies")
    DISK_SPACE.record_failure("store")
    measured(room, LOW_BYTES - 1)
    assert DISK_SPACE.state.summary == ("full", ("copies", "store"))
    measured(room, 2 * LOW_BYTES)
    assert DISK_SPACE.state.summary == ("full", ("copies",))  # of which no folder is known
    DISK_SPACE.record_success("copies")
    assert DISK_SPACE.state.summary == ("enough", ())


def test_only_errors_of_space_are_remembered() -> None:
    with pytest.raises(PermissionError), DISK_SPACE.track_write("copies"):
        raise PermissionError(errno.EACCES, "no")
    assert DISK_SPACE.state.failed_places == ()
    for number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        with pytest.raises(OSError, match="full"), DISK_SPACE.track_write("copies"):
            raise OSError(number, "full")
        assert DISK_SPACE.state.failed_places == ("copies",)
        with DISK_SPACE.track_write("copies"):
            pass
        assert DISK_SPACE.state.failed_places == ()


# The store, on both engines.


def test_a_store_that_cannot_grow_is_said_and_so_is_that_it_can_again(
    board: Board, tmp_path: Path
) -> None:
    with board.store.deliver(delivery()) as writing:
        writing.add(numbered(1), [])
    engine: Any = board.store._backend.engine  # type: ignore[attr-defined]
    pages = [70]
    engine.dispose()
    sa.event.listen(engine, "connect", lambda c, _: c.execute(f"PRAGMA max_page_count={pages[0]}"))
    with pytest.raises(StoreError, match="Disk penuh"), board.store.deliver(delivery()) as writing:
        writing.add(numbered(*range(2, 5000)), [])
    assert DISK_SPACE.state.failed_places == ("store",)
    assert len(board.snapshot_reader.refresh().snapshot.frames["incidents"]) == 1  # reading goes on
    assert DISK_SPACE.state.failed_places == ("store",)
    pages[0] = 10_000
    engine.dispose()
    board.store.put_note("siaga", 1, NOON, "kapolres")
    assert DISK_SPACE.state.failed_places == ()


def test_both_engines_know_a_full_disk_and_take_nothing_else_for_it(
    board: Board, request: pytest.FixtureRequest
) -> None:
    from situasi.store import open_store
    from tests.postgres import SCOPE

    other = open_store(request.getfixturevalue("store_database"), SCOPE)
    lite: Any = board.store._backend  # type: ignore[attr-defined]
    post: Any = other._backend  # type: ignore[attr-defined]
    full, busy = sqlite3.OperationalError("full"), sqlite3.OperationalError("busy")
    full.sqlite_errorcode, busy.sqlite_errorcode = sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY
    assert lite.is_full(full) and not lite.is_full(busy)
    assert post.is_full(psycopg.errors.DiskFull("full"))
    assert not post.is_full(psycopg.errors.LockNotAvailable("busy"))
    other.close()


# Everything else that writes.


@pytest.fixture
def tiny_files() -> Iterator[None]:
    """No file of this process may grow beyond 2,000 bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_frozen_copy_that_finds_no_room_is_said(tmp_path: Path, tiny_files: None) -> None:
    with pytest.raises(OSError):  # noqa: PT011 (whatever the system calls it)
        hourly_copies.write_copy_file(tmp_path / "a.html", "x" * 5_000)
    assert DISK_SPACE.state.failed_places == ("copies",)
    hourly_copies.write_copy_file(tmp_path / "a.html", "x")
    assert DISK_SPACE.state.failed_places == ()


def test_an_upload_that_finds_no_room_is_refused_and_said(
    board: Board, request: pytest.FixtureRequest
) -> None:
    file = io.BytesIO(b"waktu,kode_kecamatan,jenis\n" + b"x" * 5_000)
    request.getfixturevalue("tiny_files")
    asked = IngestRequest(
        Path("a.csv"), board.store, board.ingest_context, unbounded("uji"), now=NOON, dry_run=True
    )
    ledger = upload.ingest_upload(file, asked)
    assert ledger.refused is not None and "tidak dapat ditulis" in ledger.refused
    assert DISK_SPACE.state.failed_places == ("upload",)


def test_a_file_of_the_inbox_that_cannot_be_put_aside_is_said(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [NOON]
    inbox = Inbox(
        board.settings.inbox_folder,
        board.store,
        board.ingest_context,
        lambda: now[0],
        lambda _ledger: None,
    )
    inbox.folder.mkdir(parents=True)
    csv_file(inbox.folder / "a.csv", report())
    inbox.sweep()

    def full(_path: Path, _target: Path) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        now[0] += LONG_SETTLE_TIME
        inbox.sweep()
    assert DISK_SPACE.state.failed_places == ("inbox",)
    assert (inbox.folder / "a.csv").exists()
    now[0] += 10 * LONG_SETTLE_TIME
    inbox.sweep()
    assert DISK_SPACE.state.failed_places == ()


class Full(io.StringIO):
    """A log on a disk that may be full."""

    full = True

    def flush(self) -> None:
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")


def test_a_log_that_finds_no_room_is_said_and_stops_nobody(
    capsys: pytest.CaptureFixture[str],
) -> None:
    own = logging.getLogger("situasi")
    before = own.handlers[:], own.level, own.propagate
    stream = Full()
    try:
        logging_setup.set_up("json", stream)
        own.warning("something")
        assert DISK_SPACE.state.failed_places == ("log",)
        stream.full = False
        own.warning("something else")
        assert DISK_SPACE.state.failed_places == ()
    finally:
        own.handlers[:], own.level, own.propagate = before
    assert "Traceback" not in capsys.readouterr().err


# Where people and machines look.


def test_a_board_that_cannot_store_is_not_ready_and_tells_why_in_metrics(
    board: Board, room: dict[str, int]
) -> None:
    set_board(board)

    def ready() -> dict[str, Any]:
        answer = health.ready(Request({"type": "http", "headers": []}))
        return dict(json.loads(bytes(answer.body)))

    measured(room, 412_000_000)
    assert (ready()["disk"], ready()["disk_free_bytes"]) == (True, 412_000_000)
    text = metrics_endpoint.format_metrics(lambda: board).decode()
    assert 'situasi_disk_free_bytes{place="store"} 4.12e+08' in text
    assert "situasi_disk_full 0.0" in text
    DISK_SPACE.record_failure("store")
    assert ready()["disk"] is False and ready()["ok"] is False and ready()["store"] is True
    assert "situasi_disk_full 1.0" in metrics_endpoint.format_metrics(lambda: board).decode()
    assert asyncio.run(health.live(Request({"type": "http"}))).status_code == 200


def test_the_page_of_health_says_how_much_room_is_left(room: dict[str, int]) -> None:
    assert system_health_page._build_disk_card().is_alarm is False
    measured(room, 412_000_000)
    card = system_health_page._build_disk_card()
    assert (card.value, card.is_alarm) == ("412 MB", True)
    DISK_SPACE.record_failure("backup")
    assert "cadangan malam" in str(system_health_page._build_disk_card().note)
    result = system_health_page._build_disk_table().columns["hasil"].values
    assert list(result).count("tidak tersimpan") == 1


def test_a_machine_that_does_not_tell_is_not_full(monkeypatch: pytest.MonkeyPatch) -> None:
    def untold(_path: Path) -> Any:
        raise PermissionError

    monkeypatch.setattr(disk_space.shutil, "disk_usage", untold)
    DISK_SPACE.watch({"store": Path("/x")})
    assert DISK_SPACE.state.summary == ("enough", ())
    assert system_health_page._build_disk_card().value == "–"
