"""What PostgreSQL alone must show: scopes apart, partitions, rights, news, words for its errors."""

from __future__ import annotations

import itertools
import re
import threading
import time
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from situasi.domain.feed_schemas import FEEDS, INCIDENTS
from situasi.store import Scope, Store, StoreError, create_scope_account, open_store
from situasi.store import schema as shared
from situasi.store.engines import postgres_schema
from situasi.store.engines.postgres import PostgresBackend
from tests.postgres import SCOPE
from tests.store.builders import MORNING, delivery, frame, numbered, rejection, row

OTHER = Scope("pilkada-2024", "16.02")
EARLIER = Scope("pilkada-2020", "16.10")


def plain(address: str) -> str:
    """The address as the driver alone reads it."""
    return address.replace("postgresql+psycopg://", "postgresql://")


def engine_of(store: Any) -> sa.Engine:
    engine: sa.Engine = store._backend.engine
    return engine


@pytest.fixture
def database(store_database: str) -> str:
    return store_database


@pytest.fixture
def opened(database: str) -> Iterator[Callable[[Scope], Store]]:
    stores: list[Store] = []

    def one(scope: Scope) -> Store:
        stores.append(open_store(database, scope))
        return stores[-1]

    yield one
    for store in stores:
        store.close()


def test_scopes_in_one_database_know_nothing_of_each_other(
    opened: Callable[[Scope], Store],
) -> None:
    here, there, before = opened(SCOPE), opened(OTHER), opened(EARLIER)
    for store in (here, there, before):
        with store.deliver(delivery()) as writing:
            assert writing.add(numbered(2, 3), [rejection()]).accepted == 2
    with there.deliver(delivery()) as writing:
        writing.add(numbered(4), [])
    there.put_note("siaga", 1, MORNING, "operator")
    there.put_record("account", "wati", {"a": 1}, MORNING, "admin")
    assert [store.version() for store in (here, there, before)] == [1, 3, 1]
    assert [len(store.rows_after(INCIDENTS)) for store in (here, there, before)] == [2, 3, 2]
    assert here.latest_notes() == {} and here.latest_records("account") == {}
    assert all(store.rows_after(INCIDENTS)["seq"].tolist()[:2] == [1, 2] for store in (here, there))
    assert here.withdraw(1, MORNING, "operator") == 2
    assert len(there.withdrawals()) == 0
    assert [store.verify() for store in (here, there, before)] == [[], [], []]


def test_every_question_of_a_scope_touches_its_own_partition_alone(
    opened: Callable[[Scope], Store], database: str
) -> None:
    """So that a distributed database answers it on one node. Asked of the planner itself."""
    store, _, _ = opened(SCOPE), opened(OTHER), opened(EARLIER)
    asked: list[tuple[str, Any]] = []
    backend: PostgresBackend = store._backend  # type: ignore[attr-defined]

    @sa.event.listens_for(backend.engine, "before_cursor_execute")
    def noted(_c: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if re.match(r"\s*(SELECT|INSERT)", statement):
            asked.append((statement, values))

    with store.deliver(delivery()) as writing:
        writing.add(numbered(2, 3), [rejection()])
        writing.release([1])
    store.withdraw(1, MORNING, "operator")
    store.put_note("siaga", 1, MORNING, "operator")
    store.put_record("account", "wati", {"a": 1}, MORNING, "admin", "account")
    for look in (
        store.version,
        store.access_version,
        store.latest_notes,
        store.quarantine_counts,
        store.quarantine_frame,
    ):
        look()
    for feed in FEEDS.values():
        store.rows_after(feed, 1)
    store.audit_entries(), store.batches(), store.withdrawals(), store.verify(), store.audit_head()
    store.quarantined_rows(numbers=[1]), store.latest_records("account", "wati")

    strangers = re.compile(r"16\.02|pilkada-2020")
    touched = set()
    with psycopg.connect(plain(database)) as line:
        line.execute(f'SET search_path = "{postgres_schema.schema_name(SCOPE)}"')  # type: ignore[arg-type]
        for statement, values in asked:
            plan = line.execute(f"EXPLAIN {statement}", values).fetchall()  # type: ignore[arg-type]
            said = "\n".join(line for (line,) in plan)
            assert not strangers.search(said), f"{statement}\n{said}"
            touched |= set(re.findall(r'"(\w+)/pilkada-2024/16\.10"', said))
    assert {"audit", "access", "feed_incidents", "quarantine", "withdrawals"} <= touched


def test_every_key_begins_with_contest_and_kabupaten() -> None:
    for table in postgres_schema.BASE_TABLES.values():
        keys = [one for one in table.constraints if isinstance(one, sa.UniqueConstraint)]
        for one in (table.primary_key, *keys):
            assert [column.name for column in one.columns][:2] == ["contest", "kabupaten"], table
        for index in table.indexes:
            assert [column.name for column in index.columns][:2] == ["contest", "kabupaten"]


@pytest.mark.parametrize("many", [499, 500, 501, 20_001])
def test_rows_come_in_alike_by_statement_and_by_copy(
    opened: Callable[[Scope], Store], many: int
) -> None:
    store = opened(SCOPE)
    one = row(id="a", lat=None, uraian="", latihan=True)
    whole = frame(one, *(row(id=f"r-{number % 400}") for number in range(many - 1)))
    with store.deliver(delivery()) as writing:
        added = writing.add(whole, [])
    assert (added.accepted, added.duplicate) == (401, many - 401)
    read = store.rows_after(INCIDENTS)
    assert read["id"].tolist() == whole["id"].drop_duplicates().tolist()
    assert read["seq"].is_monotonic_increasing
    assert (read["lat"].isna()[0], read["uraian"][0], read["latihan"][0]) == (True, "", True)


def test_what_is_stored_is_never_changed_not_even_by_hand(
    opened: Callable[[Scope], Store], database: str
) -> None:
    store = opened(SCOPE)
    for feed in FEEDS:
        with store.deliver(delivery(feed=feed)) as writing:
            writing.add(frame(row(feed), feed=feed), [rejection()])
            writing.release([1])
    with store.deliver(delivery(feed=feed, actor="another")) as writing:
        writing.add(frame(row(feed), feed=feed), [])
    store.withdraw(1, MORNING, "operator")
    store.put_note("siaga", 1, MORNING, "operator")
    store.put_record("account", "wati", 1, MORNING, "admin")
    item, _ = store.put_waiting("file", "asing.csv", "aa", [], MORNING, "wati")
    store.settle_waiting(item, "dropped", MORNING, "wati")
    changes = ("UPDATE {} SET kabupaten = kabupaten", "DELETE FROM {}", "TRUNCATE {}")
    with psycopg.connect(plain(database)) as line:
        for table in shared.metadata.tables:
            part = f'situasi_parts."{table}/{SCOPE.contest}/{SCOPE.kabupaten}"'
            for change, where in product(changes, (f"situasi.{table}", part)):
                with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
                    line.execute(change.format(where))  # type: ignore[arg-type]
                line.rollback()


def test_a_polres_reads_and_writes_its_own_rows_alone(
    opened: Callable[[Scope], Store], database: str
) -> None:
    here, there = opened(SCOPE), opened(OTHER)
    for store in (here, there):
        with store.deliver(delivery()) as writing:
            writing.add(numbered(2), [])
    for password in ("pertama", "kedua"):  # the second time it only gets another password
        assert create_scope_account(database, SCOPE, password) == "polres_16_10"
    address = sa.make_url(database).set(username="polres_16_10")
    try:
        theirs = open_store(address.render_as_string(), SCOPE)
        with theirs.deliver(delivery()) as writing:
            assert writing.add(numbered(2, 3), []).accepted == 1
        assert (len(theirs.rows_after(INCIDENTS)), here.verify()) == (2, [])
        with pytest.raises(StoreError):
            open_store(address.render_as_string(), OTHER)
        with psycopg.connect(plain(address.render_as_string())) as line:
            count = "SELECT count(*) FROM situasi.feed_incidents WHERE kabupaten <> '16.10'"
            assert line.execute(count).fetchone() == (0,)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                line.execute("INSERT INTO situasi.given VALUES ('pilkada-2024', '16.02', 9)")
            line.rollback()
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                line.execute('SELECT * FROM situasi_parts."feed_incidents/pilkada-2024/16.02"')
        theirs.close()
    finally:
        with psycopg.connect(plain(database), autocommit=True) as line:
            line.execute("DROP OWNED BY polres_16_10; DROP ROLE polres_16_10")


def test_whoever_waits_hears_of_a_new_version_of_its_own_scope(
    opened: Callable[[Scope], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there, writer = opened(SCOPE), opened(OTHER), opened(SCOPE)
    deadline = time.monotonic() + 30
    while not here._backend._listener._is_listening.is_set():  # type: ignore[attr-defined]
        here.wait()
        assert time.monotonic() < deadline, "it never listened"
    here.wait()  # told once, when the line stood, if the loop above has not heard it yet
    monkeypatch.setattr("situasi.store.engines.postgres_signals._NOTIFIED_POLL_S", 60.0)
    heard = threading.Event()

    def wait() -> None:
        here.wait()
        heard.set()

    waiting = threading.Thread(target=wait)
    waiting.start()
    there.put_note("siaga", 1, MORNING, "operator")
    writer.log_audit("saw", "wati", MORNING, {})
    assert not heard.wait(1.5), "news of another scope, or of a deed that moved nothing"
    writer.put_note("siaga", 1, MORNING, "operator")
    assert heard.wait(60)
    waiting.join(10)


def test_a_line_for_news_that_breaks_is_taken_up_again(
    opened: Callable[[Scope], Store], database: str
) -> None:
    here = opened(SCOPE)
    news = here._backend._listener  # type: ignore[attr-defined]
    kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
    for _ in range(2):
        deadline = time.monotonic() + 30
        while not news._is_listening.is_set():
            here.wait()
            assert time.monotonic() < deadline, "it never listened"
        with psycopg.connect(plain(database)) as line:
            assert line.execute(kill).fetchall() == [(True,)]
        while news._is_listening.is_set():
            here.wait()
            assert time.monotonic() < deadline, "the broken line was never missed"


def test_what_cannot_be_opened_is_said_in_one_sentence(database: str) -> None:
    url = sa.make_url(database)
    for address, said in (
        (url.set(database="tidakada"), "tidak ada"),
        (url.update_query_dict({"host": "/tmp/nowhere"}), "tidak menjawab"),
        (sa.make_url("postgresql+psycopg://a:rahasia@127.0.0.1:1/x"), "tidak menjawab"),
    ):
        with pytest.raises(StoreError, match=said) as refused:
            open_store(address.render_as_string(hide_password=False), SCOPE)
        assert "rahasia" not in str(refused.value)
    for scope in (None, Scope("Pilkada 2024", "16.10"), Scope("x" * 31, "16.10"), Scope("a", "'")):
        with pytest.raises(StoreError):
            open_store(database, scope)


def test_a_store_that_goes_away_and_comes_back_is_spoken_to_again(
    opened: Callable[[Scope], Store], database: str
) -> None:
    store = opened(SCOPE)
    store.put_note("siaga", 1, MORNING, "operator")
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    for turn in itertools.count():
        with psycopg.connect(plain(database)) as line:
            line.execute(f"{others} AND datname = current_database()")  # type: ignore[arg-type]
        store.put_note("siaga", turn, MORNING, "operator")
        assert store.latest_notes() == {"siaga": turn}
        if turn == 3:
            break
