"""A store of the first version is opened, and nothing in it is lost or stored twice."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from situasi.records import FEEDS, INCIDENTS
from situasi.store import Store, open_store
from situasi.store import sqlite as engine
from situasi.store.canonical import digests, storable
from tests.store.builders import delivery, frame, row

FIRST = Path(__file__).with_name("schema-1.sql")


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
