"""The inbox under files that nobody expected: each is put aside with its reason, none stops it."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from situasi.board import Board
from situasi.common import atomic_files, file_names
from situasi.domain.feed_schemas import INCIDENTS
from situasi.ingest import inbox
from situasi.ingest.inbox import BLAME_LIMIT, RETRY_DELAY, Inbox
from situasi.ingest.inbox_files import LONG_SETTLE_TIME, SETTLE_TIME
from situasi.ingest.pipeline import IngestRequest, IngestResult, ingest_file
from situasi.store.model import StoreError
from tests.builders_files import csv_file, report
from tests.conftest import NOON

LONG = SETTLE_TIME + timedelta(milliseconds=100)


class Panic(BaseException):
    """As a reader written in Rust raises it."""


class Drop:
    """An inbox whose clock the test moves."""

    def __init__(self, board: Board) -> None:
        self.board, self.now, self.told = board, NOON, list[IngestResult]()
        self.inbox = Inbox(
            board.settings.inbox_folder,
            board.store,
            board.ingest_context,
            lambda: self.now,
            self.told.append,
        )
        self.folder.mkdir(parents=True, exist_ok=True)

    @property
    def folder(self) -> Path:
        return self.inbox.folder

    def after(self, pause: timedelta) -> list[IngestResult]:
        self.now += pause
        return self.inbox.sweep()

    def settled(self) -> list[IngestResult]:
        """Until whole files are taken, and bad ones given up."""
        return [*self.after(timedelta()), *self.after(LONG), *self.after(LONG_SETTLE_TIME)]

    def good(self, *names: str) -> None:
        for name in names:
            csv_file(self.folder / name, report(id=name))

    def ids(self) -> set[str]:
        return set(self.board.store.rows_after(INCIDENTS)["id"])

    def waiting(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir() if not path.is_dir())

    def kept(self, folder: str) -> list[str]:
        place = self.folder / folder
        found = place.iterdir() if place.is_dir() else ()
        return sorted(path.name.partition("_")[2] for path in found)


@pytest.fixture
def drop(board: Board) -> Drop:
    return Drop(board)


def failing(
    monkeypatch: pytest.MonkeyPatch, error: Callable[[], BaseException], *names: str
) -> None:
    """Reading files of these names raises."""

    def reads(request: IngestRequest) -> IngestResult:
        if request.path.name in names:
            raise error()
        return ingest_file(request)

    monkeypatch.setattr(inbox, "ingest_and_keep", reads)


ERRORS: list[Callable[[], BaseException]] = [
    MemoryError,
    RecursionError,
    lambda: UnicodeDecodeError("utf-8", b"\xff", 0, 1, "salah"),
    lambda: KeyError("lat"),
    lambda: ValueError("Could not convert string 'x' to float64"),
    lambda: TypeError("ufunc 'isnan' not supported"),
    SystemExit,
    Panic,
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda one: type(one()).__name__)
def test_one_file_never_stops_the_others_of_the_same_sweep(
    error: Callable[[], BaseException],
    drop: Drop,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    drop.good("a.csv", "m.csv", "z.csv")
    failing(monkeypatch, error, "m.csv")
    drop.after(timedelta())
    assert [ledger.accepted for ledger in drop.after(LONG)] == [1, 1]
    [ledger] = drop.after(LONG_SETTLE_TIME)
    assert (drop.waiting(), drop.kept("failed")) == ([], ["m.csv", "m.csv.alasan.txt"])
    assert drop.kept("processed") == ["a.csv", "z.csv"]
    [one] = drop.inbox.state.failed_files
    [told] = (drop.folder / "failed").glob("*.alasan.txt")
    assert told.read_text("utf-8").strip() == ledger.refused == one.reason
    assert (one.name, drop.inbox.state.error_count) == ("m.csv", 1)
    assert one.error_id and one.error_id in one.reason
    logged = [r for r in caplog.records if vars(r).get("fault") == one.error_id]
    assert logged and logged[0].exc_info and vars(logged[0])["file"] == "m.csv"


def test_a_bad_file_is_read_once_before_and_once_after_it_was_waited_for(
    drop: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    (drop.folder / "m.xlsx").write_bytes(b"PK\x03\x04 torn")
    read = []

    def reads(request: IngestRequest) -> IngestResult:
        read.append(request.path)
        return IngestResult(str(request.path), refused="rusak")

    monkeypatch.setattr(inbox, "ingest_and_keep", reads)
    drop.after(timedelta())
    for _ in range(10):
        drop.after(LONG)
    drop.after(LONG_SETTLE_TIME)
    assert len(read) == 2
    assert drop.kept("failed") == ["m.xlsx", "m.xlsx.alasan.txt"]


def odd_names(folder: Path) -> list[str]:
    """Files of good content under names that hardly anybody would give them."""
    names = [b"a\nlevel=error.csv", b"laporan\xe9.csv", b"b\t\x1b[31m.csv", b"x" * 251 + b".csv"]
    made = []
    for number, name in enumerate(names):
        content = csv_file(folder / "sementara.tmp", report(id=f"odd-{number}")).read_bytes()
        (folder / "sementara.tmp").unlink()
        with (folder / os.fsdecode(name)).open("wb") as file:
            file.write(content)
        made.append(f"odd-{number}")
    return made


def test_names_with_line_feeds_broken_bytes_and_the_longest_are_taken(drop: Drop) -> None:
    wanted = {*odd_names(drop.folder), "a.csv", "z.csv"}
    drop.good("a.csv", "z.csv")
    drop.settled()
    drop.settled()
    assert drop.ids() == wanted
    assert drop.waiting() == []
    for name in drop.kept("processed"):
        assert name == file_names.sanitize_name(name)
    assert not drop.inbox.state.failed_files and not drop.inbox.state.waiting_files


def test_what_is_no_file_is_said_once_and_left_alone(
    drop: Drop, caplog: pytest.LogCaptureFixture
) -> None:
    drop.good("a.csv", "z.csv")
    (drop.folder / "folder").mkdir()
    csv_file(drop.folder / "folder" / "dalam.csv", report(id="dalam"))
    os.mkfifo(drop.folder / "pipa.csv")
    with socket.socket(socket.AF_UNIX) as held:
        here = Path.cwd()
        os.chdir(drop.folder)  # a path to a socket may be no longer than 108 bytes
        try:
            held.bind("soket.csv")
        finally:
            os.chdir(here)
        drop.settled()
        drop.settled()
    assert drop.ids() == {"a.csv", "z.csv"}
    assert set(drop.inbox.state.ignored_reasons) == {"folder", "pipa.csv", "soket.csv"}
    assert len([r for r in caplog.records if "no file" in r.message]) == 3
    (drop.folder / "pipa.csv").unlink()
    drop.after(LONG)
    assert set(drop.inbox.state.ignored_reasons) == {"folder", "soket.csv"}


def test_a_link_is_never_followed_out_of_the_folder(drop: Drop, tmp_path: Path) -> None:
    outside = csv_file(tmp_path / "rahasia.csv", report(id="rahasia"))
    (drop.folder / "m.csv").symlink_to(outside)
    (drop.folder / "n.csv").symlink_to(tmp_path / "tidak-ada")
    drop.good("a.csv", "z.csv")
    drop.settled()
    assert drop.ids() == {"a.csv", "z.csv"}
    assert drop.waiting() == []
    assert [one.name for one in drop.inbox.state.failed_files] == ["m.csv", "n.csv"]
    assert "tautan" in drop.inbox.state.failed_files[0].reason
    assert outside.exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_of_somebody_else_that_may_not_be_read_fails_with_that_reason(drop: Drop) -> None:
    drop.good("a.csv", "m.csv", "z.csv")
    (drop.folder / "m.csv").chmod(0)
    drop.settled()
    assert drop.ids() == {"a.csv", "z.csv"}
    assert "izin" in drop.inbox.state.failed_files[0].reason


def test_a_file_that_vanishes_while_it_is_read_is_no_trouble(
    drop: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop.good("a.csv", "m.csv", "z.csv")

    def reads(request: IngestRequest) -> IngestResult:
        if request.path.name == "m.csv":
            request.path.unlink()
        return ingest_file(request)

    monkeypatch.setattr(inbox, "ingest_and_keep", reads)
    drop.settled()
    assert drop.ids() == {"a.csv", "z.csv"}
    assert not drop.inbox.state.failed_files and not drop.inbox.state.waiting_files


def test_a_file_that_grows_while_it_is_read_stays_until_it_is_quiet(
    drop: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop.good("m.csv")
    line = (drop.folder / "m.csv").read_text("utf-8").splitlines()[1]

    def reads(request: IngestRequest) -> IngestResult:
        found = ingest_file(request)
        if request.path.read_text("utf-8").count("\n") == 2:
            with request.path.open("a", encoding="utf-8") as file:
                file.write(line.replace("m.csv", "later") + "\n")
        return found

    monkeypatch.setattr(inbox, "ingest_and_keep", reads)
    drop.after(timedelta())
    assert drop.after(LONG) == [] and drop.waiting() == ["m.csv"]
    drop.settled()
    assert drop.ids() == {"m.csv", "later"}
    assert drop.kept("processed") == ["m.csv"]


def test_a_folder_removed_and_made_anew_goes_on(drop: Drop) -> None:
    drop.good("a.csv")
    drop.after(timedelta())
    shutil.rmtree(drop.folder)
    assert drop.after(LONG) == []
    drop.good("b.csv")
    drop.settled()
    assert drop.ids() == {"b.csv"}
    assert drop.kept("processed") == ["b.csv"]


def test_a_file_that_cannot_be_moved_is_read_once_and_tried_after_ever_longer_pauses(
    drop: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop.good("a.csv", "m.csv", "z.csv")
    (drop.folder / "m.csv").write_bytes(b"\x00\x01bukan laporan")
    tries, reads = list[str](), list[str]()
    replace, ingest = Path.replace, inbox.ingest_and_keep

    def held(self: Path, target: Path) -> Path:
        if self.name == "m.csv":
            tries.append(self.name)
            raise PermissionError(errno.EPERM, "Operation not permitted")
        return replace(self, target)

    def counted(request: IngestRequest) -> IngestResult:
        reads.append(request.path.name)
        return ingest(request)

    monkeypatch.setattr(Path, "replace", held)
    monkeypatch.setattr(inbox, "ingest_and_keep", counted)
    drop.settled()
    assert drop.ids() == {"a.csv", "z.csv"}
    assert drop.told[-1].refused
    assert drop.inbox.state.waiting_files.keys() == {"m.csv"}
    before = reads.count("m.csv")
    for pause in (RETRY_DELAY, RETRY_DELAY, RETRY_DELAY, RETRY_DELAY):
        drop.after(pause + LONG)
    assert len(tries) == 1 + 2  # after 30 seconds, after 60 more, and not yet after 120 more
    assert reads.count("m.csv") == before
    monkeypatch.undo()
    drop.after(timedelta(hours=1))
    assert drop.waiting() == [] and not drop.inbox.state.waiting_files


def test_a_reason_that_cannot_be_written_keeps_no_file_in_the_inbox(
    drop: Drop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (drop.folder / "m.csv").write_bytes(b"\x00\x01bukan laporan")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(atomic_files, "write", full)
    drop.settled()
    assert (drop.waiting(), drop.kept("failed")) == ([], ["m.csv"])
    assert any("reason not written" in record.message for record in caplog.records)


def test_where_the_machine_is_at_fault_the_file_waits_and_does_not_fail(
    drop: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop.good("a.csv", "m.csv")
    opens = os.open

    def out_of_descriptors(path: str | Path, *given: int, **more: int) -> int:
        if str(path).endswith("m.csv"):
            raise OSError(errno.EMFILE, "Too many open files")
        return opens(path, *given, **more)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", out_of_descriptors)
        drop.settled()
        drop.after(LONG_SETTLE_TIME)
    assert drop.kept("failed") == []
    assert drop.inbox.state.waiting_files.keys() == {"m.csv"}
    drop.after(timedelta(hours=1))
    assert drop.ids() == {"a.csv", "m.csv"}


def test_a_store_in_trouble_moves_nothing_and_all_is_taken_when_it_is_well(
    drop: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop.good("a.csv", "m.csv", "z.csv")
    drop.after(timedelta())
    failing(monkeypatch, lambda: StoreError("Penyimpanan sibuk."), "a.csv", "m.csv", "z.csv")
    for _ in range(8):
        with pytest.raises(StoreError):
            drop.after(timedelta(minutes=15))
    assert drop.waiting() == ["a.csv", "m.csv", "z.csv"]
    assert drop.kept("failed") == [] == drop.kept("processed")
    monkeypatch.undo()
    drop.after(timedelta(hours=1))
    assert drop.ids() == {"a.csv", "m.csv", "z.csv"}


def test_a_file_that_the_store_alone_refuses_holds_up_no_other_and_fails_in_the_end(
    drop: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop.good("a.csv")
    failing(monkeypatch, lambda: StoreError("teks tidak dapat disimpan"), "a.csv")
    drop.after(timedelta())
    wanted = set()
    for number in range(BLAME_LIMIT + 1):
        drop.good(f"b{number}.csv")
        wanted.add(f"b{number}.csv")
        for pause in (timedelta(), LONG, timedelta(minutes=1)):
            try:
                drop.after(pause)
            except StoreError:
                assert number < BLAME_LIMIT
        assert drop.ids() == wanted
    assert drop.kept("failed") == ["a.csv", "a.csv.alasan.txt"]
    assert "teks tidak dapat disimpan" in drop.inbox.state.failed_files[0].reason


class Stop(threading.Event):
    """Lets a job take so many turns, and never waits."""

    def __init__(self, drop: Drop, turns: int) -> None:
        super().__init__()
        self.drop, self.left = drop, turns

    def wait(self, _timeout: float | None = None) -> bool:
        self.drop.now += timedelta(minutes=15)
        self.left -= 1
        return self.left < 0


def test_a_store_that_takes_nothing_is_told_by_the_job_until_it_does(
    drop: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop.good("a.csv")
    failing(monkeypatch, lambda: StoreError("Penyimpanan sibuk."), "a.csv")
    drop.inbox.run(Stop(drop, 6))
    assert drop.inbox.job.failures >= 3
    assert "Penyimpanan sibuk." in str(drop.inbox.job.error_text)
    assert drop.inbox.state.waiting_files["a.csv"].reason == "Penyimpanan sibuk."
    assert len([one for one in drop.told if "dicoba lagi" in str(one.refused)]) == 1
    monkeypatch.undo()
    drop.inbox.run(Stop(drop, 3))
    assert (drop.inbox.job.failures, drop.inbox.job.error_text) == (0, None)
    assert drop.ids() == {"a.csv"}


def test_what_failed_before_the_start_is_still_told(drop: Drop) -> None:
    (drop.folder / "m.csv").write_bytes(b"\x00\x01bukan laporan")
    drop.settled()
    again = Inbox(
        drop.board.settings.inbox_folder,
        drop.board.store,
        drop.board.ingest_context,
        lambda: NOON,
        drop.told.append,
    )
    again.sweep()
    [one] = again.state.failed_files
    assert one.name == "m.csv" and one.reason == drop.inbox.state.failed_files[0].reason
    assert (again.state.refused_count, again.state.error_count) == (0, 0)


def test_whoever_cannot_be_told_stops_nothing(board: Board) -> None:
    def broken(_: IngestResult) -> None:
        raise ValueError("terminal ditutup")

    drop = Drop(board)
    drop.inbox.on_result = broken
    drop.good("a.csv", "b.csv")
    drop.settled()
    assert drop.ids() == {"a.csv", "b.csv"}
    [aside] = (drop.folder / "processed").glob("*_a.csv")
    line = aside.read_text("utf-8").splitlines()[1]
    with aside.open("a", encoding="utf-8") as file:
        file.write(line.replace("a.csv", "later") + "\n")
    drop.good("c.csv")
    drop.settled()
    assert drop.ids() == {"a.csv", "b.csv", "c.csv", "later"}
    assert not drop.inbox.state.failed_files
