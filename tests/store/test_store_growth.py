"""A store of an older version is opened: nothing in it is lost, changed or stored twice."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from situasi.domain.feed_schemas import FEEDS, INCIDENTS, ColumnKind, dtypes, stored_dtypes
from situasi.domain.settings import ROOT
from situasi.store import MigrationResult, Store, StoreError, open_store, upgrade
from situasi.store.engines import sqlite as engine
from situasi.store.engines import sqlite_copy
from situasi.store.migrations import operations, runner
from situasi.store.schema import metadata
from tests.effort import effort
from tests.store import old
from tests.store.builders import MORNING, delivery, frame, row
from tests.store.old import LATER, TODAY
from tests.store.slow import seals

pytestmark = pytest.mark.usefixtures("later")
forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
may_fork = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")


@pytest.fixture(params=old.NUMBERS)
def each(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A store of every older schema, as its own version wrote it."""
    return old.made(tmp_path / "situasi.db", request.param)


@pytest.fixture
def newest(tmp_path: Path) -> Path:
    """A store of today."""
    return old.made(tmp_path / "situasi.db", TODAY)


def address(path: Path) -> str:
    return f"sqlite:///{path.as_posix()}"


def opened(path: Path) -> Store:
    return open_store(address(path))


def copies(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{path.name}.*.bak"))


def moments(cells: pd.Series[Any]) -> list[Any]:
    """As the store keeps them."""
    return [None if pd.isna(one) else one.value // 1000 for one in cells.dt.as_unit("ns")]


def cells_of(read: pd.DataFrame, name: str) -> list[Any]:
    if isinstance(read[name].dtype, pd.DatetimeTZDtype):
        return moments(read[name])
    return [None if pd.isna(cell) else cell for cell in read[name].tolist()]


def as_seen(before: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Return the rows with the times of their commits."""
    committed, withdrawn = (
        {one["batch"]: one["committed_at"] for one in before[table]}
        for table in ("batches", "withdrawn_batches")
    )
    for table, rows in before.items():
        for one in rows:
            if table.startswith("feed_") and one["known_at"] == one["recorded_at"]:
                one["known_at"] = committed[one["batch"]]
            if table.startswith("feed_") or table == "batches":
                one["recorded_at"] = committed[one["batch"]]
            if table == "withdrawals":
                one["recorded_at"] = withdrawn[one["batch"]]
    return before


def test_every_row_of_an_older_store_reads_as_it_was_written(each: Path) -> None:
    before = as_seen(old.raw(each))
    store = opened(each)
    for name, feed in FEEDS.items():
        read, was = store.rows_after(feed), before[f"feed_{name}"]
        assert len(read) == len(was)
        for column in stored_dtypes(feed):  # a column added since is empty
            assert cells_of(read, column) == [one.get(column) for one in was], (name, column)
    for frame_of, table in (
        (store.withdrawals(), "withdrawals"),
        (store.batches(), "batches"),
        (store.audit_entries().drop(columns=["moves", "chain"]), "audit"),
    ):
        for column in frame_of:
            assert cells_of(frame_of, str(column)) == [one[column] for one in before[table]]
    kept = {one.number: one for one in store.quarantined_rows(include_released=True)}
    assert [json.loads(one["raw"]) for one in before["quarantine"]] == [
        kept[one["seq"]].raw for one in before["quarantine"]
    ]
    assert {one["number"]: one["batch"] for one in before["releases"]} == {
        one.number: one.released_by for one in kept.values() if one.released_by
    }
    assert store.latest_notes() == {"siaga": {"tingkat": 2}}
    assert store.latest_records("account") == {"wati": {"role": "analis"}}
    store.close()


def test_no_cell_of_an_older_store_is_changed(each: Path) -> None:
    before = old.raw(each)
    opened(each).close()
    after = old.raw(each)
    for table, rows in before.items():
        kept = [
            {name: cell for name, cell in one.items() if name in was}
            for one, was in zip(after[table], rows, strict=True)
        ]
        assert kept == rows


def test_version_and_trail_are_those_of_before(each: Path) -> None:
    before = old.raw(each)["audit"]
    store = opened(each)
    told, head = store.audit_entries(), store.audit_head()
    assert store.version() == max(one["seq"] for one in before if one["moves"])
    assert told["chain"].tolist() == seals(told)
    assert head == (before[-1]["seq"], before[-1]["chain"])
    store.log_audit("saw", "wati", MORNING, {})
    assert store.verify(head[1]) == []
    store.close()
    store = opened(each)
    assert store.verify(head[1]) == []
    store.close()


def test_what_was_taken_back_before_keeps_its_moment_when_more_is_taken_back(
    each: Path,
) -> None:
    with closing(opened(each)) as store:
        before = store.withdrawals()
        assert len(before)
        with store.deliver(delivery(source="baru.csv")) as writing:
            writing.add(frame(row(id="baru")), [])
        later = MORNING + timedelta(days=900)
        assert store.withdraw(int(store.batches()["batch"].max()), later, "operator") == 1
        after = store.withdrawals()
        pd.testing.assert_frame_equal(after.head(len(before)), before)
        assert after["recorded_at"].iloc[-1] == later


def test_what_an_older_store_held_is_still_a_duplicate(each: Path) -> None:
    store = opened(each)
    for name, feed in FEEDS.items():
        rows = store.rows_after(feed)
        names = [*dtypes(feed), "row", "known_at"]
        with store.deliver(delivery(feed=name, source="lagi.csv")) as writing:
            added = writing.add(rows[names], [])
        # One was taken back, and sent again since: it is there twice.
        assert (added.accepted, added.duplicate) == (0, len(rows))
    store.close()


def test_every_feed_can_be_written_to_an_older_store_and_is_read_on_from_there(each: Path) -> None:
    store = opened(each)
    version = store.version()
    for turn, (name, feed) in enumerate(FEEDS.items(), 1):
        last = store.rows_after(feed)["seq"].max() if len(store.rows_after(feed)) else 0
        whole = {column.name: "Baru" for column in feed.columns if column.kind is ColumnKind.TEXT}
        new = frame(row(name, **whole | {"id": "baru"}), feed=name)
        with store.deliver(delivery(feed=name)) as writing:
            writing.add(new, [])
        read = store.rows_after(feed, int(last))
        assert read["id"].tolist() == ["baru"]
        assert cells_of(read, "pelapor") == ["Baru"]
        assert store.version() > version
        assert len(store.batches()) >= turn
    assert store.verify() == []
    store.close()


def test_no_row_of_an_older_store_can_be_changed_after_it_grew(each: Path) -> None:
    store = opened(each)
    for feed in FEEDS:
        with store.deliver(delivery(feed=feed)) as writing:
            writing.add(frame(row(feed, id="baru"), feed=feed), [])
    with store.deliver(delivery(sha256="lain")) as writing:
        writing.add(frame(row(id="baru")), [])
    store.withdraw(int(store.batches()["batch"].max()), MORNING, "operator")
    store.put_record("account", "budi", {}, MORNING, "admin")
    number, _ = store.put_waiting("file", "a.csv", "baru", [], MORNING, "inbox")
    store.settle_waiting(number, "dropped", MORNING, "wati")
    store.close()
    with closing(sqlite3.connect(each)) as connection:
        for table, columns in metadata.tables.items():
            column = columns.columns.keys()[1]
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] > 0, table
            for change in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
                with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                    connection.execute(change)


def test_what_was_before_lies_beside_it_and_opens_again(each: Path) -> None:
    number, before = old.number_of(each), old.raw(each)
    each.chmod(0o640)
    opened(each).close()
    (copy,) = copies(each)
    assert copy.name == f"situasi.db.skema-{number}.bak"
    assert (old.number_of(copy), old.raw(copy)) == (number, before)
    assert copy.stat().st_mode & 0o777 == 0o600  # as the store is from its opening on
    restored = each.with_name("restored.db")
    shutil.copy(copy, restored)
    first, again = opened(each), opened(restored)
    assert first.audit_entries().equals(again.audit_entries())
    assert first.rows_after(INCIDENTS).equals(again.rows_after(INCIDENTS))
    assert again.verify() == []
    first.close()
    again.close()
    assert sorted(one.suffix for one in each.parent.iterdir()) == [".bak", ".bak", ".db", ".db"]


def test_a_copy_that_is_there_already_is_never_overwritten(newest: Path) -> None:
    earlier = newest.with_name(f"situasi.db.skema-{TODAY}.bak")
    earlier.write_text("yang pertama")
    grown = upgrade(address(newest))
    assert earlier.read_text() == "yang pertama"
    assert grown == MigrationResult(
        TODAY, LATER, newest.resolve().with_name(f"situasi.db.skema-{TODAY}.1.bak")
    )


def test_a_store_that_is_current_is_left_alone(newest: Path) -> None:
    opened(newest).close()
    before = newest.read_bytes()
    assert upgrade(address(newest)) == MigrationResult(LATER, LATER, None)
    assert (newest.read_bytes(), len(copies(newest))) == (before, 1)


def test_where_there_is_no_store_none_is_made_to_be_upgraded(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="Belum ada penyimpanan"):
        upgrade(address(tmp_path / "none.db"))
    assert list(tmp_path.iterdir()) == []


def test_a_new_or_current_store_is_opened_without_loading_alembic(tmp_path: Path) -> None:
    opens = (
        "import sys; from situasi.store import open_store;"
        f"[open_store('{address(tmp_path / 'new.db')}').close() for _ in range(2)];"
        "print(sorted({'alembic', 'mako'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", opens], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_a_store_of_a_newer_version_is_refused_and_left_alone(newest: Path) -> None:
    opened(newest).close()
    with closing(sqlite3.connect(newest)) as connection:
        connection.execute(f"PRAGMA user_version={LATER + 1}")
    before = old.raw(newest)
    for way in (opened, lambda path: upgrade(address(path))):
        with pytest.raises(StoreError, match="Perbarui Situasi"):
            way(newest)
    assert old.raw(newest) == before


def test_all_steps_are_one_transaction_under_the_write_lock(each: Path) -> None:
    said: list[str] = []

    def begins(connection: sa.Connection) -> None:
        writes = engine.WRITE_OPTIONS.items() <= connection.get_execution_options().items()
        said.append("begin to write" if writes else "begin")

    def hears(_c: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    class_of_all = sa.engine.Engine
    heard: list[tuple[str, Callable[..., None]]] = [
        ("begin", begins),
        ("before_cursor_execute", hears),
        ("commit", lambda _: said.append("commit")),
        ("rollback", lambda _: said.append("rollback")),
    ]
    for name, way in heard:
        sa.event.listen(class_of_all, name, way)
    try:
        opened(each).close()
    finally:
        for name, way in heard:
            sa.event.remove(class_of_all, name, way)
    start, end = said.index("begin to write"), said.index("commit")
    steps = said[start + 1 : end]
    assert said.count("commit") == said.count("begin to write") == 1
    assert not {"begin", "rollback"} & set(steps)
    assert not [one for one in steps if one.split()[0] in {"COMMIT", "END", "SAVEPOINT"}]
    assert sum(one.startswith("UPDATE alembic_version") for one in steps) == (
        LATER - old.number_of(copies(each)[0])
    )


def test_growth_that_fails_leaves_the_older_store_as_it_was(
    newest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = old.raw(newest)

    def fails(_: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(operations, "create_index", lambda *_: fails(_))
    with pytest.raises(StoreError):
        opened(newest)
    assert (old.raw(newest), old.number_of(newest)) == (before, TODAY)
    monkeypatch.undo()
    store = opened(newest)
    assert store.verify() == []
    store.close()


def test_an_older_store_grows_once_though_many_threads_open_it_at_once(newest: Path) -> None:
    errors: list[BaseException] = []

    def grow() -> None:
        try:
            opened(newest).close()
        except BaseException as error:  # noqa: BLE001 (told to the test)
            errors.append(error)

    threads = [threading.Thread(target=grow) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (errors, old.number_of(newest), len(copies(newest))) == ([], LATER, 1)


def child(work: Callable[[], object]) -> int:
    """Do this in a process of its own; its number."""
    number = os.fork()
    if number:
        return number
    try:
        work()
        os._exit(0)
    except BaseException:  # noqa: BLE001 (told by its code)
        os._exit(1)


def code_of(number: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])


@forks
@may_fork
def test_an_older_store_grows_once_though_many_processes_open_it_at_once(each: Path) -> None:
    wait, go = os.pipe()

    def grow() -> None:
        os.close(go)
        os.read(wait, 1)
        store = opened(each)
        store.log_audit("saw", "wati", MORNING, {})
        assert store.verify() == []
        store.close()

    before = len(old.raw(each)["audit"])
    children = [child(grow) for _ in range(6)]
    os.close(wait)
    os.close(go)
    assert [code_of(one) for one in children] == [0] * 6
    assert (old.number_of(each), len(copies(each))) == (LATER, 1)
    assert len(old.raw(each)["audit"]) == before + 6
    with closing(sqlite3.connect(each)) as connection:
        found = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    assert found == [(runner.latest_revision(),)]


def dies_at(statement: int) -> None:
    """Kill this process, as the kernel would, before that statement to a store."""
    left = [statement]

    def counts(*_: object) -> None:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    sa.event.listen(sa.engine.Engine, "before_cursor_execute", counts)


def assert_old_or_new(path: Path, before: dict[str, list[dict[str, Any]]], number: int) -> None:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    if old.number_of(path) == number:
        assert old.raw(path) == before
    else:
        assert old.number_of(path) == LATER
    store = opened(path)
    assert store.verify() == []
    assert store.rows_after(INCIDENTS)["id"].tolist() == [
        one["id"] for one in before["feed_incidents"]
    ]
    store.close()
    assert not list(path.parent.glob("*.tmp*"))


@forks
@may_fork
@pytest.mark.parametrize("number", old.NUMBERS)
def test_killed_before_any_statement_it_is_the_old_store_or_the_new(
    tmp_path: Path, number: int
) -> None:
    at, kills, code = 0, 0, -signal.SIGKILL
    steps = random.Random(1610)
    while code:
        at += steps.randint(1, effort(5, check=25))
        path = old.made(tmp_path / f"{at}.db", number)
        before = old.raw(path)

        def grow(path: Path = path, at: int = at) -> None:
            dies_at(at)
            opened(path).close()

        code = code_of(child(grow))
        assert code in {0, -signal.SIGKILL}
        assert_old_or_new(path, before, number)
        kills += code != 0
    assert kills > effort(10, check=2)


@forks
@may_fork
@pytest.mark.parametrize("moment", ["_check_free_space", "_free_path", "sync_folder"])
def test_killed_while_it_is_copied_it_is_the_old_store(
    newest: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    before = old.raw(newest)

    def grow() -> None:
        monkeypatch.setattr(sqlite_copy, moment, lambda _: os.kill(os.getpid(), signal.SIGKILL))
        opened(newest)

    assert code_of(child(grow)) == -signal.SIGKILL
    assert old.number_of(newest) == TODAY
    assert_old_or_new(newest, before, TODAY)


def refused(path: Path) -> str:
    with pytest.raises(StoreError) as raised:
        opened(path)
    return str(raised.value)


def test_without_room_for_the_copy_the_store_is_left_alone_and_it_is_said(
    newest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, names = old.raw(newest), sorted(newest.parent.iterdir())
    usage = shutil.disk_usage(newest.parent)._replace(free=3 << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    said = refused(newest)
    assert "Disk tidak cukup" in said
    assert "ada 3 MB" in said
    assert (old.raw(newest), old.number_of(newest)) == (before, TODAY)
    assert sorted(newest.parent.iterdir()) == names
    monkeypatch.undo()
    opened(newest).close()


@forks
@may_fork
def test_a_copy_that_can_not_be_written_to_its_end_leaves_the_store_alone(newest: Path) -> None:
    before, names = old.raw(newest), sorted(newest.parent.iterdir())

    def grow() -> None:
        import resource  # which not every system has

        resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 10, 64 << 10))
        assert "Penyimpanan tidak diubah" in refused(newest)

    assert newest.stat().st_size > 64 << 10
    assert code_of(child(grow)) == 0
    assert (old.raw(newest), old.number_of(newest)) == (before, TODAY)
    assert sorted(newest.parent.iterdir()) == names


def test_a_damaged_store_is_not_upgraded(newest: Path) -> None:
    with closing(sqlite3.connect(newest)) as connection:
        asked = "SELECT rootpage FROM sqlite_master WHERE name = 'notes_by_key'"
        (page,) = connection.execute(asked).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with newest.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\x0a" + bytes(size - 1))
    before = newest.read_bytes()
    assert "rusak" in refused(newest)
    assert (newest.read_bytes(), copies(newest)) == (before, [])
