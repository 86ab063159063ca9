"""A store of an older version is opened, and nothing in it is lost or stored twice."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from situasi.records import FEEDS, INCIDENTS
from situasi.store import Store, StoreError, open_store, tables, trail
from situasi.store import sqlite as engine
from situasi.store.canonical import digests, storable
from tests.store.builders import MORNING, delivery, frame, row
from tests.store.slow import seals

FIRST = Path(__file__).with_name("schema-1.sql")
SECOND = Path(__file__).with_name("schema-2.sql")


def of_the_first_version(path: Path, one: dict[str, Any]) -> Path:
    """A store as version 0.1 left it, with one incident."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.executescript(FIRST.read_text("utf-8"))
    connection.execute(f"PRAGMA application_id={engine._MARK}")
    connection.execute("PRAGMA user_version=1")
    columns = [name for _, name, *_ in connection.execute("PRAGMA table_info(feed_incidents)")]
    values = {name: cells[0] for name, cells in storable(INCIDENTS, frame(one)).items()}
    values |= {
        "seq": 1,
        "batch": 1,
        "row": 2,
        "recorded_at": 1,
        "known_at": 1,
        "round": 0,
        "digest": digests(storable(INCIDENTS, frame(one)))[0],
    }
    marks = ", ".join("?" * len(columns))
    connection.execute(
        f"INSERT INTO feed_incidents ({', '.join(columns)}) VALUES ({marks})",
        [values[name] for name in columns],
    )
    connection.commit()
    connection.close()
    return path


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return of_the_first_version(tmp_path / "situasi.db", row())


def opened(path: Path) -> Store:
    return open_store(f"sqlite:///{path.as_posix()}")


def test_a_store_that_is_to_hold_more_has_a_higher_schema_number() -> None:
    """An opened store grows only where the number says so: who adds a column raises it."""
    columns = {t.name: sorted(c.name for c in t.columns) for t in tables.metadata.sorted_tables}
    said = hashlib.sha256(json.dumps(columns, sort_keys=True).encode()).hexdigest()[:12]
    assert (engine.SCHEMA, said) == (3, "097e8e2f0703")


def test_rows_of_an_older_store_are_all_there_and_lack_only_what_is_new(old: Path) -> None:
    store = opened(old)
    found = store.tail(INCIDENTS)
    store.close()
    assert list(found["id"]) == ["r-1"]
    assert found["uraian"].iloc[0] == row()["uraian"]
    assert found["keandalan"].isna().all()


def test_what_an_older_store_held_is_still_a_duplicate(old: Path) -> None:
    store = opened(old)
    with store.deliver(delivery()) as writing:
        added = writing.add(frame(row()), [])
    store.close()
    assert (added.accepted, added.duplicate) == (0, 1)


@pytest.mark.parametrize("feed", FEEDS)
def test_every_feed_can_be_written_to_an_older_store_and_never_changed(
    old: Path, feed: str
) -> None:
    store = opened(old)
    with store.deliver(delivery(feed=feed)) as writing:
        writing.add(frame(row(feed, id="baru"), feed=feed), [])
    assert "baru" in set(store.tail(FEEDS[feed])["id"])
    store.close()
    connection = sqlite3.connect(old)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(f"DELETE FROM feed_{feed}")
    connection.close()


def test_an_older_store_grows_once_though_many_open_it_at_once(old: Path) -> None:
    errors: list[BaseException] = []

    def grow() -> None:
        try:
            opened(old).close()
        except BaseException as error:  # noqa: BLE001 (told to the test)
            errors.append(error)

    threads = [threading.Thread(target=grow) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    connection = sqlite3.connect(old)
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    connection.close()
    assert (errors, version) == ([], engine.SCHEMA)


def test_a_grown_store_has_the_columns_of_a_new_one(old: Path, tmp_path: Path) -> None:
    opened(old).close()
    opened(tmp_path / "new.db").close()
    assert shape(old) == shape(tmp_path / "new.db")


def shape(path: Path) -> dict[str, set[tuple[str, str]]]:
    connection = sqlite3.connect(path)
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master "
              "WHERE type IN ('table', 'trigger', 'index')")]  # fmt: skip
    found = {
        name: {(column, kind) for _, column, kind, *_ in
               connection.execute(f"PRAGMA table_info({name})")}
        for name in tables
    }  # fmt: skip
    connection.close()
    return found


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """A store as the second schema left it: two deliveries, a note and a withdrawal."""
    path = tmp_path / "second.db"
    connection = sqlite3.connect(path)
    connection.executescript(SECOND.read_text("utf-8"))
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"PRAGMA application_id={engine._MARK}")
    connection.execute("PRAGMA user_version=2")
    connection.close()
    return path


def trail_of(path: Path, columns: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(path)
    found = connection.execute(f"SELECT {columns} FROM audit ORDER BY seq").fetchall()
    connection.close()
    return found


def test_the_trail_of_an_older_store_is_sealed_once_as_it_was(second: Path) -> None:
    said = "seq, at, actor, action, detail"
    before = trail_of(second, said)
    store = opened(second)
    told, head = store.audit(), store.head()
    assert told["moves"].tolist() == [True] * 4
    assert told["chain"].tolist() == seals(told)
    assert (store.version(), store.verify()) == (4, [])
    store.close()
    assert trail_of(second, said) == before
    store = opened(second)
    assert store.head() == head
    store.tell("saw", "wati", MORNING, {})
    assert (store.version(), store.verify(head[1])) == (4, [])
    store.close()


def test_what_an_older_store_said_can_not_be_changed_after_it_grew(second: Path) -> None:
    opened(second).close()
    connection = sqlite3.connect(second)
    for deed in ("UPDATE audit SET actor = 'x'", "DELETE FROM audit", "UPDATE access SET name = 1"):
        if "access" in deed:
            connection.execute("INSERT INTO access VALUES (1, 'k', 'n', '1', 1, 'a')")
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(deed)
    connection.close()


def test_a_store_of_the_second_version_keeps_all_and_gets_the_shape_of_a_new_one(
    second: Path, tmp_path: Path
) -> None:
    store = opened(second)
    assert store.tail(INCIDENTS)["id"].tolist() == ["r-1", "r-2", "r-3"]
    assert store.withdrawals()["row_seq"].tolist() == [2, 3]
    assert (store.notes(), store.waiting()) == ({"siaga": {"tingkat": 1}}, {"incidents": 1})
    store.close()
    opened(tmp_path / "new.db").close()
    assert shape(second) == shape(tmp_path / "new.db")


def test_growth_that_fails_leaves_the_older_store_as_it_was(
    second: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = shape(second), trail_of(second, "*")

    def fails(_: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(trail, "seal_older", fails)
    with pytest.raises(StoreError):
        opened(second)
    assert (shape(second), trail_of(second, "*")) == before
    monkeypatch.undo()
    store = opened(second)
    assert store.verify() == []
    store.close()
