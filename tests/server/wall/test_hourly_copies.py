"""The copy of every hour: at the hour, once, for nobody else to read, and never in the way."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from situasi.board import Board
from situasi.common import i18n, metrics
from situasi.common.disk_space import DISK_SPACE
from situasi.common.metrics import JobStatus
from situasi.ingest.pipeline import IngestRequest, ingest_file
from situasi.server import lifespan
from situasi.server.wall import hourly_copies
from situasi.server.wall.hourly_copies import MAX_COPIES, HourlyCopies
from tests.builders import unbounded
from tests.conftest import NOON

HOUR = timedelta(hours=1)


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON - timedelta(minutes=26))  # 11.34 WIB


@pytest.fixture(autouse=True)
def indonesian() -> Iterator[None]:
    i18n.set_language("id")
    yield
    i18n.set_language("id")


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir()) if folder.exists() else []


def looks(hourly: HourlyCopies, clock: Clock, *moments: datetime) -> None:
    """The hours pass, in one loop as on a server."""

    async def pass_by() -> None:
        for moment in moments:
            clock.now = moment
            await hourly.job.run_once_async()

    asyncio.run(pass_by())


def test_it_is_written_at_the_full_hour_and_not_twice(board: Board, clock: Clock) -> None:
    hourly = HourlyCopies(board, clock)
    looks(hourly, clock, clock.now, NOON - timedelta(seconds=1))
    assert names(hourly.folder) == []
    looks(hourly, clock, NOON + timedelta(seconds=1), NOON + timedelta(minutes=1), NOON + HOUR / 2)
    assert names(hourly.folder) == ["situasi-20241127-1200.html"]
    text = (hourly.folder / "situasi-20241127-1200.html").read_text("utf-8")
    assert "SALINAN BEKU — keadaan 27 Nov 2024 12.00 WIB, dibuat 12.00.01 WIB" in text
    looks(hourly, clock, NOON + HOUR)
    assert names(hourly.folder) == ["situasi-20241127-1200.html", "situasi-20241127-1300.html"]


def test_a_server_that_is_started_anew_writes_no_hour_again(board: Board, clock: Clock) -> None:
    first = HourlyCopies(board, clock)
    looks(first, clock, NOON)
    path = first.folder / names(first.folder)[0]
    before = path.stat()
    clock.now = NOON - timedelta(seconds=2)  # by another clock
    looks(HourlyCopies(board, clock), clock, NOON)
    after = path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_after_a_sleep_one_copy_is_written_under_its_true_time(board: Board, clock: Clock) -> None:
    hourly = HourlyCopies(board, clock)
    late = NOON + 3 * HOUR + timedelta(minutes=20)
    looks(hourly, clock, late, late + timedelta(minutes=1))
    assert names(hourly.folder) == ["situasi-20241127-1520.html"]


def test_a_clock_that_is_set_back_does_not_silence_it(board: Board, clock: Clock) -> None:
    hourly = HourlyCopies(board, clock)
    clock.now = NOON + timedelta(days=300)
    looks(hourly, clock, clock.now, NOON + timedelta(minutes=5), NOON + HOUR)
    assert "situasi-20241127-1300.html" in names(hourly.folder)


@pytest.mark.skipif(sys.platform == "win32", reason="no such modes there")
def test_nobody_else_of_this_machine_reads_it(board: Board, clock: Clock) -> None:
    hourly = HourlyCopies(board, clock)
    looks(hourly, clock, NOON)
    assert hourly.folder.stat().st_mode & 0o777 == 0o700
    (path,) = hourly.folder.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600


def test_it_holds_what_a_guest_sees_and_no_more(board: Board, clock: Clock, tmp_path: Path) -> None:
    path = tmp_path / "k.csv"
    path.write_text(
        "id,waktu,kode_kecamatan,jenis,tingkat,status,uraian,pelapor\n"
        "K-1,2024-11-27 11:50,16.10.04,kericuhan,tinggi,dilaporkan,"
        "Bripka Sulastri mengawal kotak,Aipda Burhan\n",
        "utf-8",
    )
    ingest_file(IngestRequest(path, board.store, board.ingest_context, unbounded("test"), now=NOON))
    hourly = HourlyCopies(board, clock)
    looks(hourly, clock, NOON)
    (written,) = hourly.folder.iterdir()
    text = written.read_text("utf-8")
    assert "mengawal kotak" in text
    assert "peran tamu" in text
    for hidden in ("Sulastri", "Burhan", '"name":"personel"', "Personel hadir"):
        assert hidden not in text


def test_an_unwritable_folder_is_one_line_in_the_log(
    board: Board, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    hourly = HourlyCopies(board, clock)
    hourly.folder.write_text("a file lies where the folder should be", "utf-8")
    with caplog.at_level(logging.INFO):
        looks(hourly, clock, NOON, NOON + timedelta(minutes=1))
    assert [one.levelname for one in caplog.records] == ["WARNING"]
    hourly.folder.unlink()
    looks(hourly, clock, NOON + HOUR)
    assert names(hourly.folder) == ["situasi-20241127-1300.html"]


def test_a_full_disk_leaves_nothing_half_written_and_the_older_files(
    board: Board, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    hourly = HourlyCopies(board, clock)
    looks(hourly, clock, NOON)
    with monkeypatch.context() as patch:

        def full(_file: int) -> None:
            raise OSError(28, "No space left on device")

        patch.setattr(os, "fsync", full)
        looks(hourly, clock, NOON + HOUR)
    assert names(hourly.folder) == ["situasi-20241127-1200.html"]
    assert [one.levelname for one in caplog.records] == ["ERROR", "WARNING"]
    assert DISK_SPACE.state.failed_places == ("copies",)
    looks(hourly, clock, NOON + 2 * HOUR)
    assert DISK_SPACE.state.failed_places == ()


def test_a_copy_that_cannot_be_made_stops_no_later_one(
    board: Board, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    hourly = HourlyCopies(board, clock)
    with monkeypatch.context() as patch:
        patch.setattr(hourly_copies.frozen_copy, "build_copy", lambda *_: 1 / 0)
        looks(hourly, clock, NOON)
    assert [one.levelname for one in caplog.records] == ["ERROR"]
    looks(hourly, clock, NOON + HOUR)
    assert names(hourly.folder) == ["situasi-20241127-1300.html"]


def test_the_newest_are_kept_and_what_is_not_ours_is_left_alone(board: Board, clock: Clock) -> None:
    hourly = HourlyCopies(board, clock)
    hourly.folder.mkdir()
    old = [f"situasi-20241{100 + n // 24}-{n % 24:02d}00.html" for n in range(80)]
    strange = [
        "situasi-20200101-0000.html.bak", "situasi-2020-0000.html", "catatan.txt",
        "salinan_situasi_20200101-0000.html", "xsituasi-20200101-0000.html",
        "situasi-²0200101-0000.html",
    ]  # fmt: skip
    for name in (*old, *strange):
        (hourly.folder / name).write_text("lama", "utf-8")
    (hourly.folder / "situasi-19990101-0000.html").mkdir()
    looks(hourly, clock, NOON)
    left = names(hourly.folder)
    assert set(strange) | {"situasi-19990101-0000.html"} <= set(left)
    mine = [name for name in left if name in old] + ["situasi-20241127-1200.html"]
    assert mine == [*old[80 - (MAX_COPIES - 1) :], "situasi-20241127-1200.html"]


def test_it_waits_no_longer_than_until_the_hour_and_can_be_switched_off(
    board: Board, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        clock.now += timedelta(seconds=seconds)
        if len(waits) > 500:
            raise asyncio.CancelledError

    monkeypatch.setattr(hourly_copies.asyncio, "sleep", sleep)
    hourly = HourlyCopies(board, clock)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(hourly.job.run_async())
    assert max(waits) <= 20.05
    assert names(hourly.folder) == [f"situasi-20241127-1{n}00.html" for n in (2, 3, 4)]
    off = replace(board, settings=replace(board.settings, has_hourly_copies=False))
    monkeypatch.setattr(metrics, "BACKUP", JobStatus())
    jobs = [{job.name for job in lifespan._build_tasks(one)} for one in (board, off)]
    assert "copies" in jobs[0] and "copies" not in jobs[1]
