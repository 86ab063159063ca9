"""The backup of every night: once a night, made up when missed, proven, and never in the way."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import stat
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from situasi.board import Board, open_board, set_board
from situasi.common import metrics
from situasi.common.metrics import JobStatus
from situasi.server import health, nightly_backup
from situasi.server.metrics_endpoint import format_metrics
from situasi.server.nightly_backup import MAX_BACKUPS, NightlyBackup
from situasi.store.backup import backup as backup_backup
from tests.builders_store import fill
from tests.conftest import NOON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NIGHT = NOON + timedelta(hours=14, minutes=30)  # 02.30 WIB of the next day


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def full(board: Board) -> Board:
    fill(board.store)
    return board


def made(board: Board, clock: Clock) -> NightlyBackup:
    """Return the nightly backup of a server that started a minute ago."""
    one = NightlyBackup(board, clock, JobStatus())
    clock.now += timedelta(minutes=1)
    return one


def looks(one: NightlyBackup, clock: Clock, *moments: datetime) -> None:
    async def pass_by() -> None:
        for moment in moments:
            clock.now = moment
            await one.job.run_once_async()

    asyncio.run(pass_by())


def names(board: Board) -> list[str]:
    folder = board.settings.backup_folder
    return sorted(one.name for one in folder.iterdir()) if folder.exists() else []


def test_it_is_made_at_its_time_once_a_night_and_is_whole(full: Board, clock: Clock) -> None:
    one = made(full, clock)
    looks(one, clock, clock.now, NIGHT - HOUR, NIGHT - timedelta(seconds=1))
    assert names(full) == []  # what the day brought is first kept by its own night
    looks(one, clock, NIGHT + timedelta(seconds=5), NIGHT + HOUR, NIGHT + 20 * HOUR)
    assert names(full) == ["situasi-20241128-0230.zip"]
    path = full.settings.backup_folder / "situasi-20241128-0230.zip"
    assert backup_backup.check(path).rows > 50
    assert (one.status.succeeded_at, one.status.error_text) == (NIGHT + timedelta(seconds=5), None)
    looks(one, clock, NIGHT + DAY, NIGHT + 2 * DAY)
    assert len(names(full)) == 3
    told = full.store.audit_entries().iloc[-1]
    assert (told["actor"], told["action"]) == ("papan", "backup")
    assert json.loads(told["detail"])["file"] == "situasi-20241130-0230.zip"


def test_a_night_that_was_missed_is_made_up_soon_after_the_start(full: Board, clock: Clock) -> None:
    looks(made(full, clock), clock, NIGHT)
    late = NIGHT + 3 * DAY + 7 * HOUR
    clock.now = late
    again = NightlyBackup(full, clock, JobStatus())
    assert again.status.succeeded_at == NIGHT  # told from what lies there
    looks(again, clock, late + timedelta(seconds=20))
    assert len(names(full)) == 1  # the start itself is left in peace
    looks(again, clock, late + timedelta(seconds=61), late + HOUR)
    assert len(names(full)) == 2
    assert again.status.succeeded_at == late + timedelta(seconds=61)


def test_a_server_that_is_started_anew_makes_no_night_again(full: Board, clock: Clock) -> None:
    looks(made(full, clock), clock, NIGHT)
    looks(made(full, clock), clock, NIGHT + HOUR)
    assert names(full) == ["situasi-20241128-0230.zip"]


def test_a_store_that_is_older_than_a_night_and_has_no_backup_gets_one(
    full: Board, clock: Clock
) -> None:
    clock.now = NOON + 5 * DAY
    looks(made(full, clock), clock, clock.now + HOUR)
    assert len(names(full)) == 1


def test_an_empty_store_needs_none(board: Board, clock: Clock) -> None:
    looks(made(board, clock), clock, NIGHT + DAY)
    assert names(board) == []


def test_a_full_disk_is_told_and_tried_again_later(
    full: Board, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    one = made(full, clock)
    with monkeypatch.context() as patch:

        def no_room(_file: int) -> None:
            raise OSError(28, "No space left on device")

        patch.setattr(os, "fsync", no_room)
        looks(one, clock, NIGHT, NIGHT + timedelta(minutes=1))
    assert names(full) == []
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert one.status.error_text is not None and one.status.error_text.startswith("Disk penuh")
    looks(one, clock, NIGHT + timedelta(minutes=10))
    assert names(full) == []
    looks(one, clock, NIGHT + timedelta(minutes=16))
    assert len(names(full)) == 1 and one.status.error_text is None


def test_whatever_breaks_the_board_goes_on(
    full: Board, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(backup_backup, "write", lambda *_: 1 / 0)
    one = made(full, clock)
    looks(one, clock, NIGHT)
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert one.status.error_text and "ZeroDivisionError" in one.status.error_text
    assert one.job.failures == 1


def test_the_newest_are_kept_it_says_so_and_what_is_not_ours_is_left_alone(
    full: Board, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    folder = full.settings.backup_folder
    folder.mkdir(parents=True)
    old = [f"situasi-202410{day:02d}-0230.zip" for day in range(1, 20)]
    strange = ["situasi-20241001-023000-tangan.zip", "catatan.txt", "situasi-99999999-9999.zip"]
    left = ".00ff00ff00ff00ff.situasi.part"  # of a writer that was killed
    for name in (*old, *strange, left):
        (folder / name).write_text("lama", "utf-8")
    with caplog.at_level(logging.INFO):
        looks(made(full, clock), clock, NIGHT)
    kept = names(full)
    assert set(strange) <= set(kept) and left not in kept
    ours = [name for name in kept if name not in strange]
    assert ours == [*old[-(MAX_BACKUPS - 1) :], "situasi-20241128-0230.zip"]
    [said] = [one for one in caplog.records if one.message == "nightly backup"]
    assert vars(said)["let_go"] == old[: -(MAX_BACKUPS - 1)]


def test_nobody_else_of_this_machine_reads_it(full: Board, clock: Clock) -> None:
    looks(made(full, clock), clock, NIGHT)
    folder = full.settings.backup_folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    [path] = folder.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_clock_that_is_set_back_does_not_silence_it(full: Board, clock: Clock) -> None:
    clock.now = NOON + timedelta(days=300)
    one = NightlyBackup(full, clock, JobStatus())
    looks(one, clock, NOON + HOUR, NIGHT, NIGHT + HOUR)
    assert len(names(full)) == 1


def test_of_several_servers_one_makes_it(full: Board, clock: Clock) -> None:
    other = open_board(full.settings, clock)
    assert other.store.is_leader("cadangan")
    one = made(full, clock)
    looks(one, clock, NIGHT, NIGHT + HOUR)
    assert names(full) == [] and one.status.is_run_elsewhere
    other.close()
    looks(one, clock, NIGHT + 2 * HOUR)
    assert len(names(full)) == 1 and not one.status.is_run_elsewhere


def test_it_can_be_switched_off(full: Board, clock: Clock) -> None:
    off = replace(full, settings=replace(full.settings, backup_time=None))
    one = NightlyBackup(off, clock, JobStatus())
    looks(one, clock, NIGHT + DAY)
    assert names(full) == [] and not one.status.is_enabled


def test_it_looks_at_the_clock_often_enough(
    full: Board, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def sleep(seconds: float) -> None:
        clock.now += timedelta(seconds=seconds)
        if clock.now > NIGHT + 2 * DAY:
            raise asyncio.CancelledError

    monkeypatch.setattr(nightly_backup.asyncio, "sleep", sleep)
    at_four = replace(full, settings=replace(full.settings, backup_time=time(4)))
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(NightlyBackup(at_four, clock, JobStatus()).job.run_async())
    assert [name[8:21] for name in names(full)][-2:] == ["20241128-0400", "20241129-0400"]


@pytest.fixture
def errands(monkeypatch: pytest.MonkeyPatch) -> tuple[JobStatus, JobStatus]:
    backup, upstream = JobStatus(), JobStatus()
    monkeypatch.setattr(metrics, "BACKUP", backup)
    monkeypatch.setattr(metrics, "UPSTREAM", upstream)
    return backup, upstream


def test_metrics_tell_what_is_known_and_no_zero_for_what_is_not(
    board: Board, errands: tuple[JobStatus, JobStatus]
) -> None:
    backup, upstream = errands
    said = format_metrics(lambda: board).decode()
    assert "situasi_backup" not in said and "situasi_upstream" not in said
    backup.is_enabled = upstream.is_enabled = True
    upstream.record_failure(NOON, "putus")
    said = format_metrics(lambda: board).decode()
    assert "situasi_backup_failing 0.0" in said and "situasi_upstream_failing 1.0" in said
    assert "situasi_backup_age_seconds" not in said and "situasi_upstream_waiting" not in said
    backup.record_success(NOON)
    upstream.record_failure(NOON, "putus", 42)
    said = format_metrics(lambda: board).decode()
    assert "situasi_backup_age_seconds " in said and "situasi_upstream_waiting 42.0" in said


def test_readiness_tells_of_them_but_does_not_hang_on_them(
    board: Board, errands: tuple[JobStatus, JobStatus]
) -> None:
    set_board(board)
    backup, _ = errands
    backup.is_enabled = True
    backup.record_failure(NOON, "Disk penuh: /rahasia")
    body = bytes(health.ready(None).body)  # type: ignore[arg-type]
    assert json.loads(body)["backup_age_seconds"] is None and b"rahasia" not in body


def test_settings_say_when_and_where(tmp_path: Path) -> None:
    from situasi.domain.settings import load

    found = load({"SITUASI_DATA": str(tmp_path)})
    assert (found.backup_time, found.backup_folder) == (time(2, 30), tmp_path / "backups")
    assert load({"SITUASI_BACKUP_AT": "tidak"}).backup_time is None
    assert load({"SITUASI_BACKUP_AT": "23.15"}).backup_time == time(23, 15)
    assert load({"SITUASI_BACKUPS": str(tmp_path / "x")}).backup_folder == tmp_path / "x"
    with pytest.raises(ValueError, match="SITUASI_BACKUP_AT"):
        load({"SITUASI_BACKUP_AT": "malam"})
    secret = load({"SITUASI_UPSTREAM": "postgresql+psycopg://polres:rahasia@polda/situasi"})
    assert secret.upstream_url and "rahasia" not in repr(secret)
