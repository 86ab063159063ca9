"""The inbox: what is dropped is ingested once it is whole, put aside, and never lost or doubled."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from situasi.board import Board, open_board
from situasi.domain.feed_schemas import INCIDENTS
from situasi.ingest.inbox import GROWTH_WATCH_TIME, RETRY_DELAY, Inbox
from situasi.ingest.inbox_files import LONG_SETTLE_TIME, SETTLE_TIME
from situasi.ingest.pipeline import IngestResult
from situasi.store.engines import sqlite
from situasi.store.model import StoreError
from tests.builders import case_table
from tests.builders_files import csv_file, faulty, report, xlsx_file
from tests.conftest import NOON, settings_in

SHORT = SETTLE_TIME / 2
LONG = SETTLE_TIME + timedelta(milliseconds=100)


@dataclass
class Clock:
    """A clock that the test moves."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Drop:
    """An inbox with its own clock, and what it told."""

    board: Board
    clock: Clock
    told: list[IngestResult] = field(default_factory=list)
    inbox: Inbox = field(init=False)

    def __post_init__(self) -> None:
        self.inbox = Inbox(
            self.board.settings.inbox_folder,
            self.board.store,
            self.board.ingest_context,
            self.clock,
            self.told.append,
        )
        self.folder.mkdir(parents=True, exist_ok=True)

    @property
    def folder(self) -> Path:
        return self.inbox.folder

    def after(self, pause: timedelta) -> list[IngestResult]:
        """Let time pass, then look once."""
        self.clock.at += pause
        return self.inbox.sweep()

    def settled(self) -> list[IngestResult]:
        """Look, wait until a file counts as whole, look again."""
        return self.after(timedelta()) + self.after(LONG)

    def names(self, folder: str) -> list[str]:
        """The names in processed/ or failed/, without the moment put before them."""
        place = self.folder / folder
        return [p.name.split("_", 1)[1] for p in sorted(place.iterdir())] if place.is_dir() else []

    def waiting(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir() if path.is_file())

    def ids(self) -> list[str]:
        return self.board.store.rows_after(INCIDENTS)["id"].tolist()


@pytest.fixture
def drop(board: Board) -> Drop:
    return Drop(board, Clock())


def many(folder: Path, count: int = 40) -> bytes:
    """A CSV of so many reports, as bytes."""
    rows = (report(id=f"K-{n:03}", uraian=f"Laporan nomor {n}") for n in range(count))
    return csv_file(folder / "whole.csv", *rows).read_bytes()


def all_ids(count: int = 40) -> list[str]:
    return [f"K-{n:03}" for n in range(count)]


def test_a_file_dropped_whole_is_taken_once_it_is_quiet(drop: Drop) -> None:
    csv_file(drop.folder / "a.csv", report(), faulty(id="K-2"))
    assert drop.after(timedelta()) == []
    assert drop.after(SHORT) == []
    [ledger] = drop.after(LONG)
    assert (ledger.accepted, ledger.quarantined, drop.told) == (1, 1, [ledger])
    assert (drop.waiting(), drop.names("processed")) == ([], ["a.csv"])


def test_a_workbook_dropped_whole_is_taken(drop: Drop) -> None:
    xlsx_file(drop.folder / "a.xlsx", report())
    assert [ledger.accepted for ledger in drop.settled()] == [1]


def test_an_empty_or_missing_folder_is_no_trouble(drop: Drop) -> None:
    drop.folder.rmdir()
    assert drop.settled() == []
    assert drop.folder.is_dir()


def test_a_file_that_grows_with_short_pauses_is_read_once_when_it_is_whole(
    drop: Drop, tmp_path: Path
) -> None:
    content = many(tmp_path)
    for start in range(0, len(content), 500):
        with (drop.folder / "a.csv").open("ab") as file:
            file.write(content[start : start + 500])
        assert drop.after(SHORT) == []
    drop.after(LONG)
    assert (drop.ids(), len(drop.told)) == (all_ids(), 1)


@pytest.mark.parametrize("piece", [97, 500, 1024])
def test_a_file_that_grows_with_long_pauses_loses_and_doubles_nothing(
    drop: Drop, tmp_path: Path, piece: int
) -> None:
    content = many(tmp_path)
    with (drop.folder / "a.csv").open("ab", buffering=0) as file:  # held open, moved or not
        for start in range(0, len(content), piece):
            file.write(content[start : start + piece])
            drop.settled()
    drop.settled()
    drop.after(LONG_SETTLE_TIME)
    assert drop.ids() == all_ids()
    assert len(drop.board.store.quarantined_rows()) == 0
    assert drop.names("processed") == ["a.csv"]


def test_a_line_without_its_end_waits_for_the_rest(drop: Drop, tmp_path: Path) -> None:
    content = many(tmp_path)
    path = drop.folder / "a.csv"
    path.write_bytes(content[:-7])
    assert drop.settled() == []
    path.write_bytes(content)
    assert [ledger.accepted for ledger in drop.settled()] == [40]


def test_a_last_line_without_an_end_is_taken_after_patience(drop: Drop, tmp_path: Path) -> None:
    (drop.folder / "a.csv").write_bytes(many(tmp_path).rstrip(b"\n"))
    assert drop.settled() == []
    assert [ledger.accepted for ledger in drop.after(LONG_SETTLE_TIME)] == [40]


def test_lines_of_two_byte_letters_have_ends_too(drop: Drop, tmp_path: Path) -> None:
    text = many(tmp_path).decode()
    for name, encoding in (("le.csv", "utf-16-le"), ("be.csv", "utf-16-be")):
        mark = "\ufeff".encode(encoding)
        (drop.folder / name).write_bytes(mark + text.encode(encoding))
    assert [ledger.read for ledger in drop.settled()] == [40, 40]


def test_a_copy_cut_in_a_line_longer_than_patience_still_shows_each_case_once(
    drop: Drop, tmp_path: Path
) -> None:
    content = many(tmp_path)
    with (drop.folder / "a.csv").open("ab", buffering=0) as file:
        file.write(content[:1500])
        drop.settled()
        drop.after(LONG_SETTLE_TIME)
        file.write(content[1500:])
    drop.settled()
    assert drop.told[-1].read == 40
    rows = drop.board.snapshot_reader.refresh().snapshot.frames["incidents"]
    assert sorted(case_table(rows[rows["withdrawn_at"].isna()])["id"]) == all_ids()


def test_a_workbook_half_copied_is_given_time_and_then_taken(drop: Drop, tmp_path: Path) -> None:
    whole = xlsx_file(tmp_path / "whole.xlsx", report()).read_bytes()
    path = drop.folder / "a.xlsx"
    path.write_bytes(whole[: len(whole) // 2])
    assert drop.settled() == []
    assert drop.after(LONG) == []
    path.write_bytes(whole)
    assert [ledger.accepted for ledger in drop.settled()] == [1]
    assert (drop.names("processed"), drop.names("failed")) == (["a.xlsx"], [])


@pytest.mark.parametrize(
    "name", [".a.csv", "~$a.xlsx", "a.csv.part", "a.CSV.TMP", "a.csv.crdownload", "a.download"]
)
def test_temporary_names_are_left_alone_until_they_are_renamed(drop: Drop, name: str) -> None:
    path = csv_file(drop.folder / name, report())
    assert drop.settled() + drop.after(LONG_SETTLE_TIME) == []
    path.rename(drop.folder / "a.csv")
    assert [ledger.accepted for ledger in drop.settled()] == [1]


def test_folders_in_the_inbox_are_left_alone(drop: Drop) -> None:
    (drop.folder / "kiriman.csv").mkdir()
    assert drop.settled() + drop.after(LONG_SETTLE_TIME) == []


def test_what_cannot_be_read_fails_with_its_sentence_and_is_not_tried_for_ever(
    drop: Drop,
) -> None:
    (drop.folder / "a.xlsx").write_bytes(b"PK\x03\x04 torn")
    csv_file(drop.folder / "b.csv", report())
    assert [ledger.accepted for ledger in drop.settled()] == [1]  # the bad one holds nobody up
    [ledger] = drop.after(LONG_SETTLE_TIME)
    assert ledger.refused
    assert drop.names("failed") == ["a.xlsx", "a.xlsx.alasan.txt"]
    [sentence] = (drop.folder / "failed").glob("*.alasan.txt")
    assert sentence.read_text(encoding="utf-8").strip() == ledger.refused
    for _ in range(5):
        assert drop.after(LONG_SETTLE_TIME) == []
    assert len(drop.told) == 2


def test_two_files_of_one_name_are_both_kept(drop: Drop) -> None:
    for number in range(3):
        csv_file(drop.folder / "a.csv", report(id=f"K-{number}"))
        drop.settled()
    assert drop.names("processed") == ["a.csv"] * 3
    assert drop.ids() == ["K-0", "K-1", "K-2"]


def test_two_files_of_one_name_and_one_moment_are_both_kept(drop: Drop) -> None:
    for number in range(2):
        csv_file(drop.folder / "a.csv", report(id=f"K-{number}"))
        drop.clock.at = NOON - LONG
        drop.inbox.sweep()
        drop.clock.at = NOON
        drop.inbox.sweep()
    kept = sorted((drop.folder / "processed").iterdir())
    assert len(kept) == 2
    assert {"K-0", "K-1"} == {path.read_text().splitlines()[1].split(",")[0] for path in kept}


def test_a_file_that_grows_after_it_was_put_aside_is_read_again(drop: Drop) -> None:
    path = csv_file(drop.folder / "a.csv", report(), report(id="K-2"))
    with path.open("a", encoding="utf-8") as late:
        drop.settled()
        [aside] = (drop.folder / "processed").iterdir()
        late.write(aside.read_text(encoding="utf-8").splitlines()[1].replace("K-1", "K-3") + "\n")
    [again] = drop.settled()
    assert (again.accepted, again.duplicate) == (1, 2)
    assert drop.told[-1] == again
    assert drop.after(SHORT) == []


def test_a_file_put_aside_is_not_watched_for_ever(drop: Drop) -> None:
    csv_file(drop.folder / "a.csv", report())
    drop.settled()
    drop.after(GROWTH_WATCH_TIME + LONG)
    [aside] = (drop.folder / "processed").iterdir()
    csv_file(aside, report(), report(id="K-2"))
    assert drop.settled() == []


def test_a_file_taken_away_while_it_is_looked_at_is_no_trouble(drop: Drop) -> None:
    path = csv_file(drop.folder / "a.csv", report())
    drop.after(timedelta())
    path.unlink()
    assert drop.after(LONG) == []


def test_a_file_that_cannot_be_moved_holds_nobody_up_and_is_tried_later(
    drop: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace
    for name, number in (("a.csv", 1), ("b.csv", 2)):
        csv_file(drop.folder / name, report(id=f"K-{number}"))

    def held(self: Path, target: Path) -> Path:
        if self.name == "a.csv":
            raise PermissionError(13, "held by another program")
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", held)
        first, second = drop.settled()
        assert "dicoba lagi" in first.notes[-1]
        assert (second.accepted, drop.waiting()) == (1, ["a.csv"])
        assert drop.after(LONG) == []
        assert drop.inbox.state.waiting_files.keys() == {"a.csv"}
    assert drop.after(RETRY_DELAY + LONG) == []  # it was read and told of before
    assert (drop.waiting(), drop.ids()) == ([], ["K-1", "K-2"])
    assert sorted(drop.names("processed")) == ["a.csv", "b.csv"]
    assert not drop.inbox.state.waiting_files


def test_two_inboxes_on_one_folder_take_every_file_once(board: Board) -> None:
    """Server and `watch` may run side by side; here they look at exactly the same moments."""
    clock, told, gate = Clock(), list[IngestResult](), threading.Barrier(2, timeout=60)
    files = 12
    board.settings.inbox_folder.mkdir(parents=True)
    for number in range(files):
        csv_file(board.settings.inbox_folder / f"{number:02}.csv", report(id=f"K-{number:03}"))

    def watch() -> None:
        inbox = Inbox(
            board.settings.inbox_folder, board.store, board.ingest_context, clock, told.append
        )
        inbox.sweep()
        gate.wait()
        clock.at = NOON + LONG
        gate.wait()
        inbox.sweep()

    errors = run_together(watch, watch)
    assert errors == []
    processed = [path.name for path in (board.settings.inbox_folder / "processed").iterdir()]
    assert len(processed) == files
    assert sorted(board.store.rows_after(INCIDENTS)["id"]) == all_ids(files)
    assert not (board.settings.inbox_folder / "failed").exists()


def run_together(*deeds: Callable[[], None]) -> list[BaseException]:
    errors: list[BaseException] = []

    def caught(deed: Callable[[], None]) -> None:
        try:
            deed()
        except Exception as error:  # noqa: BLE001 - reported by the test itself
            errors.append(error)

    threads = [threading.Thread(target=caught, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return errors


@pytest.fixture
def impatient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Drop]:
    """An inbox whose store gives up soon when another writer holds it."""
    monkeypatch.setattr(sqlite, "_LOCK_TIMEOUT_S", 0.05)
    board = open_board(settings_in(tmp_path), lambda: NOON)
    yield Drop(board, Clock())
    board.close()


def locked(drop: Drop) -> sqlite3.Connection:
    """Another program in the middle of a long write."""
    path = drop.board.settings.store_url.removeprefix("sqlite:///")
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    return writer


def test_while_another_writer_holds_the_store_the_file_waits(impatient: Drop) -> None:
    csv_file(impatient.folder / "a.csv", report())
    impatient.after(timedelta())
    writer = locked(impatient)
    with pytest.raises(StoreError):
        impatient.after(LONG)
    assert impatient.waiting() == ["a.csv"]
    writer.close()
    assert [ledger.accepted for ledger in impatient.after(LONG)] == [1]
    assert (impatient.waiting(), impatient.ids()) == ([], ["K-1"])


class Turns(threading.Event):
    """A stop sign that lets an inbox look so many times, moving its clock, without waiting."""

    def __init__(self, clock: Clock, turns: int) -> None:
        super().__init__()
        self.clock, self.left, self.waits = clock, turns, list[float | None]()

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout)
        self.clock.at += LONG
        self.left -= 1
        return self.left < 0


def test_a_running_inbox_survives_a_store_in_trouble_and_says_so(impatient: Drop) -> None:
    csv_file(impatient.folder / "a.csv", report())
    writer = locked(impatient)
    impatient.inbox.run(Turns(impatient.clock, 4))
    assert "dicoba lagi" in str(impatient.told[-1].refused)
    writer.close()
    impatient.inbox.run(Turns(impatient.clock, 4))
    assert impatient.told[-1].accepted == 1
    assert impatient.waiting() == []
