"""What only the file can go wrong with: append-only by trigger, full, broken, foreign, shared."""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from situasi.domain.feed_schemas import FEEDS, INCIDENTS
from situasi.store import AppendResult, Store, StoreError, open_store
from situasi.store.engines import sqlite as engine_of_sqlite
from situasi.store.migrations import runner
from situasi.store.schema import metadata
from tests.store.builders import MORNING, delivery, frame, numbered, rejection, row

pytestmark = pytest.mark.usefixtures("tables_made_anew")


def path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def filled(url: str) -> Store:
    """A store with at least one row in every table."""
    store = open_store(url)
    for feed in FEEDS:
        with store.deliver(delivery(feed=feed)) as writing:
            writing.add(frame(row(feed), feed=feed), [rejection(raw={"feed": feed})])
            writing.release([1])
    with store.deliver(delivery(feed=feed, actor="another")) as writing:
        writing.add(frame(row(feed), feed=feed), [])
    store.withdraw(1, MORNING, "operator")
    store.put_note("siaga", 1, MORNING, "operator")
    store.put_record("account", "wati", {"role": "analis"}, MORNING, "admin", "account")
    item, _ = store.put_waiting("file", "asing.csv", "aa", [], MORNING, "wati")
    store.settle_waiting(item, "dropped", MORNING, "wati")
    return store


@pytest.mark.parametrize("table", sorted(metadata.tables))
@pytest.mark.parametrize("deed", ["DELETE FROM {0}", "UPDATE {0} SET {1} = {1}"])
def test_no_row_of_any_table_can_be_changed_or_deleted(url: str, table: str, deed: str) -> None:
    filled(url).close()
    column = metadata.tables[table].columns.keys()[1]
    connection = sqlite3.connect(path_of(url))
    (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert count > 0
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(deed.format(table, column))
    connection.close()


def test_closing_and_reopening_keeps_all(url: str) -> None:
    store = filled(url)
    before = [
        store.version(),
        store.rows_after(INCIDENTS),
        store.withdrawals(),
        store.batches(),
        store.audit_entries(),
        store.quarantined_rows(include_released=True),
        store.latest_notes(),
        store.latest_records("account"),
        store.access_version(),
        store.audit_head(),
    ]
    store.close()
    store = open_store(url)
    after = [
        store.version(),
        store.rows_after(INCIDENTS),
        store.withdrawals(),
        store.batches(),
        store.audit_entries(),
        store.quarantined_rows(include_released=True),
        store.latest_notes(),
        store.latest_records("account"),
        store.access_version(),
        store.audit_head(),
    ]
    store.close()
    assert [repr(one) for one in before] == [repr(one) for one in after]
    assert before[0] == len(FEEDS) + 6


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://localhost/situasi", "jenis penyimpanan yang tidak dikenal"),
        ("situasi.db", "tidak terbaca"),
        ("", "tidak terbaca"),
        ("sqlite://", "berkas SQLite belum disebut"),
        ("sqlite:///:memory:", "butuh berkas"),
    ],
)
def test_address_that_names_no_store_is_refused(url: str, says: str) -> None:
    with pytest.raises(StoreError, match=says):
        open_store(url)


def refused(url: str) -> str:
    with pytest.raises(StoreError) as raised:
        open_store(url)
    return str(raised.value)


def test_file_that_is_no_database_is_refused_and_left_alone(url: str) -> None:
    path = path_of(url)
    path.parent.mkdir()
    path.write_bytes(b"id,waktu,jenis\n" * 1000)
    assert "bukan penyimpanan Situasi" in refused(url)
    assert path.read_bytes() == b"id,waktu,jenis\n" * 1000


def test_database_of_someone_else_is_refused_and_left_alone(url: str) -> None:
    path = path_of(url)
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE resep (nama TEXT)")
    connection.close()
    before = path.read_bytes()
    assert "bukan penyimpanan Situasi" in refused(url)
    assert path.read_bytes() == before


def test_store_of_a_newer_version_is_refused(url: str) -> None:
    open_store(url).close()
    connection = sqlite3.connect(path_of(url))
    connection.execute(f"PRAGMA user_version={int(runner.latest_revision()) + 1}")
    connection.close()
    assert "Perbarui Situasi" in refused(url)


def test_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("bukan folder")
    assert "Periksa folder" in refused(f"sqlite:///{(tmp_path / 'data' / 'situasi.db').as_posix()}")


def test_path_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    assert "tidak bisa dibuka" in refused(f"sqlite:///{tmp_path.as_posix()}")


def test_empty_file_becomes_a_store(url: str) -> None:
    path_of(url).parent.mkdir()
    path_of(url).touch()
    store = open_store(url)
    assert store.version() == 0
    store.close()


def test_truncated_store_says_that_it_is_broken(url: str) -> None:
    store = open_store(url)
    with store.deliver(delivery()) as writing:
        writing.add(numbered(*range(2000)), [])
    store.close()
    path = path_of(url)
    whole = path.read_bytes()
    path.write_bytes(whole[:-4096] + b"\xff" * 4096)  # the header still looks well
    with path.open("r+b") as file:
        file.truncate(len(whole) // 2)
    with pytest.raises(StoreError, match="rusak"):
        store = open_store(url)
        try:
            store.rows_after(INCIDENTS)
        finally:
            store.close()


def limit_pages(store: Store, pages: int) -> None:
    """Make every connection of this store believe the disk is full at this size."""
    engine: Any = store._backend.engine  # type: ignore[attr-defined]
    engine.dispose()
    sa.event.listen(engine, "connect", lambda c, _: c.execute(f"PRAGMA max_page_count={pages}"))


def test_full_disk_is_said_and_nothing_half_is_written(url: str) -> None:
    store = open_store(url)
    with store.deliver(delivery()) as writing:
        writing.add(numbered(1), [])
    limit_pages(store, 70)
    with pytest.raises(StoreError, match="Disk penuh"), store.deliver(delivery()) as writing:
        writing.add(numbered(2, 3), [rejection()])
        writing.add(numbered(*range(4, 5000)), [])
    assert (store.version(), len(store.rows_after(INCIDENTS)), store.quarantined_rows()) == (
        1,
        1,
        [],
    )
    with store.deliver(delivery()) as writing:
        assert writing.add(numbered(2), []) == AppendResult(1, 0, 0)
    store.close()


def test_swallowed_error_does_not_commit_the_half_that_went_well(url: str) -> None:
    store = open_store(url)
    with pytest.raises(StoreError, match="tidak disimpan"), store.deliver(delivery()) as writing:
        writing.add(numbered(2), [])
        with pytest.raises(KeyError):
            writing.add(numbered(3).drop(columns="known_at"), [])
        writing.add(numbered(4), [])
    assert (store.version(), len(store.rows_after(INCIDENTS))) == (0, 0)
    store.close()


def test_row_nobody_knew_the_time_of_is_an_error(sqlite_store: Store) -> None:
    with pytest.raises(ValueError, match="known_at"), sqlite_store.deliver(delivery()) as writing:
        writing.add(numbered(2, known_at=None), [])
    assert sqlite_store.version() == 0


def test_file_name_that_is_no_text_can_be_a_source(sqlite_store: Store) -> None:
    with sqlite_store.deliver(delivery(source="laporan\udce9.csv")) as writing:
        writing.add(numbered(2), [rejection()])
    assert sqlite_store.batches()["source"].tolist() == ["laporan\ufffd.csv"]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_read_only_folder_is_said(url: str) -> None:
    open_store(url).close()
    path_of(url).chmod(0o444)
    path_of(url).parent.chmod(0o555)
    try:
        with pytest.raises(StoreError, match="izin"):
            store = open_store(url)
            store.put_note("siaga", 1, MORNING, "operator")
    finally:
        path_of(url).parent.chmod(0o755)


def test_second_writer_waits_and_then_says_so(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_of_sqlite, "_LOCK_TIMEOUT_S", 0.1)
    one, other = open_store(url), open_store(url)
    with one.deliver(delivery()) as writing:
        writing.add(numbered(2), [])
        with pytest.raises(StoreError, match="Tunggu sebentar"):
            other.put_note("siaga", 1, MORNING, "operator")
    other.put_note("siaga", 1, MORNING, "operator")
    assert other.version() == 2
    one.close()
    other.close()


def test_readers_see_the_last_commit_while_a_delivery_is_written(url: str) -> None:
    one, other = open_store(url), open_store(url)
    with one.deliver(delivery()) as writing:
        writing.add(numbered(2), [])
        assert len(one.rows_after(INCIDENTS)) == len(other.rows_after(INCIDENTS)) == 0
    assert len(one.rows_after(INCIDENTS)) == len(other.rows_after(INCIDENTS)) == 1
    one.close()
    other.close()


def test_many_threads_share_one_store(sqlite_store: Store) -> None:
    def work(me: int) -> None:
        for turn in range(8):
            with sqlite_store.deliver(delivery(source=f"{me}")) as writing:
                told.append(writing.add(numbered(turn, 100 + 10 * me + turn), []))
            sqlite_store.rows_after(INCIDENTS)

    told: list[AppendResult] = []
    threads = [threading.Thread(target=work, args=(me,)) for me in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 32
    assert sum(one.accepted for one in told) == 8 + 32
    assert sqlite_store.rows_after(INCIDENTS)["id"].is_unique


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_forked_child_opens_connections_of_its_own(sqlite_store: Store) -> None:
    sqlite_store.put_note("siaga", 1, MORNING, "induk")
    child = os.fork()
    if child == 0:
        sqlite_store.put_note("siaga", 2, MORNING, "anak")
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    sqlite_store.put_note("pesan", 3, MORNING, "induk")
    assert sqlite_store.latest_notes() == {"siaga": 2, "pesan": 3}


def test_acknowledged_means_on_the_disk(sqlite_store: Store) -> None:
    engine: Any = sqlite_store._backend.engine  # type: ignore[attr-defined]
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"


def test_small_tail_of_a_large_table_searches_and_never_scans(sqlite_store: Store) -> None:
    engine: Any = sqlite_store._backend.engine  # type: ignore[attr-defined]
    with engine.connect() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT * FROM feed_incidents WHERE seq > 5 ORDER BY seq"
        ).all()
    assert len(plan) == 1
    assert "SEARCH feed_incidents USING INTEGER PRIMARY KEY" in plan[0][-1]


def test_the_version_is_looked_up_though_nothing_moved_for_long(sqlite_store: Store) -> None:
    sqlite_store.put_note("siaga", 1, MORNING, "operator")
    engine: Any = sqlite_store._backend.engine  # type: ignore[attr-defined]
    asked: list[str] = []
    sa.event.listen(engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    assert sqlite_store.version() == 1
    with engine.connect() as connection:
        marks = (1, 1, 0)[: asked[-1].count("?")]
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked[-1]}", marks).all()
    assert [step[-1] for step in plan] == [
        "SEARCH audit USING COVERING INDEX audit_by_moves (moves=?)"
    ]


def test_a_file_moved_away_under_an_open_store_is_not_written_to_any_more(url: str) -> None:
    store = filled(url)
    version, path = store.version(), path_of(url)
    aside = path.with_name("aside")
    aside.mkdir()
    files = sorted(path.parent.glob(f"{path.name}*"))
    for file in files:
        file.rename(aside / file.name)
    with pytest.raises(StoreError, match="tidak bisa dibuka"):
        store.version()
    with pytest.raises(StoreError, match="tidak bisa dibuka"):
        store.put_note("siaga", 2, MORNING, "operator")
    assert not path.exists()
    path.write_bytes(b"no store at all\n" * 500)
    with pytest.raises(StoreError, match="bukan penyimpanan"):
        store.version()
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()
    for file in files:
        (aside / file.name).rename(file)
    assert store.version() == version
    store.close()


def test_an_unforeseen_error_is_told_in_the_words_of_the_driver_alone(url: str) -> None:
    store = filled(url)
    with sqlite3.connect(path_of(url)) as connection:
        connection.execute("ALTER TABLE feed_tps RENAME TO feed_lain")
    connection.close()
    with pytest.raises(StoreError) as told:
        store.rows_after(FEEDS["tps"])
    assert "no such table: feed_tps" in told.value.detail
    assert "SELECT" not in told.value.detail and "feed_tps" not in str(told.value)
    store.close()
