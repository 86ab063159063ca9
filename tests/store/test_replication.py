"""Rows flow up as they are, in order, once: whatever breaks, and whoever writes meanwhile."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from situasi.common.metrics import JobStatus
from situasi.domain.feed_schemas import FEEDS
from situasi.domain.settings import ROOT
from situasi.store import Scope, Store, StoreError, open_store, replication
from situasi.store.replication import ReplicationRefused, Replicator, replicate
from tests import processes
from tests.builders_store import assert_same, every, fill, flowing
from tests.conftest import NOON
from tests.effort import effort, examples
from tests.store.builders import MORNING, delivery, frame, numbered, rejection, row

SCOPE = Scope("pilkada-2024", "16.10")
KILLS = effort(8, check=2)


def sqlite(folder: Path, name: str) -> str:
    return f"sqlite:///{folder / name / 'situasi.db'}"


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Store]:
    store = open_store(sqlite(tmp_path, "here"), SCOPE)
    yield store
    store.close()


@pytest.fixture(params=["sqlite", "postgres"])
def above(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty target."""
    if request.param == "sqlite":
        return sqlite(tmp_path, "there")
    found: str = request.getfixturevalue("store_database")
    return found


@pytest.fixture
def target(above: str) -> Iterator[Store]:
    store = open_store(above, SCOPE)
    yield store
    store.close()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of few rows."""
    monkeypatch.setattr(replication, "_MAX_BATCH_ROWS", 7)
    monkeypatch.setattr(replication, "_MAX_BATCH_ENTRIES", 3)


def alike(source: Store, target: Store) -> None:
    assert_same(flowing(source), flowing(target))
    assert source.audit_head() == target.audit_head()
    assert source.version() == target.version()
    assert target.verify() == []


def test_everything_is_there_as_it_was_but_nobodys_access(source: Store, target: Store) -> None:
    fill(source)
    flown = list(replicate(source, target))
    alike(source, target)
    assert sum(one.rows for one in flown) == sum(map(len, flowing(source).values()))
    assert all(flowing(source).values())
    assert every(target)["access"] == [] and target.access_version() == 0


def test_once_it_is_there_nothing_flows(source: Store, target: Store) -> None:
    fill(source)
    list(replicate(source, target))
    before = every(target)
    assert list(replicate(source, target)) == []
    assert_same(before, every(target))


@pytest.mark.usefixtures("small")
def test_it_flows_in_pieces_each_a_state_that_the_source_once_had(
    source: Store, target: Store
) -> None:
    """After each piece the target is what the source was when its trail ended there."""
    once: dict[int, dict[str, int]] = {}

    def remember_lengths() -> None:
        once[source.audit_head()[0]] = {name: len(rows) for name, rows in flowing(source).items()}

    remember_lengths()
    for turn in range(4):
        for feed in ("incidents", "tps"):
            with source.deliver(delivery(feed=feed)) as writing:
                cells = [row(feed, id=f"{turn}-{n}") for n in range(5)]
                writing.add(frame(*cells, feed=feed), [rejection(raw={"k": f"{feed}{turn}"})])
            remember_lengths()
        with source.deliver(delivery()) as writing:
            writing.add(numbered(0, pelapor=f"lepas {turn}"), [])
            writing.release([source.quarantined_rows()[0].number])
        remember_lengths()
        source.withdraw(3 * turn + 1, MORNING, "operator")
        remember_lengths()
        source.put_note("siaga", turn, MORNING, "kapolres")
        remember_lengths()
        source.log_audit("saw", "wati", MORNING, {})
        remember_lengths()
    pieces = 0
    for flown in replicate(source, target):
        pieces += 1
        assert {name: len(rows) for name, rows in flowing(target).items()} == once[flown.last_entry]
        assert target.verify() == []
    assert pieces > 8
    alike(source, target)


ACTS = st.lists(
    st.tuples(st.sampled_from(["deliver", "withdraw", "note", "tell", "remember", "release",
                               "sync"]), st.integers(0, 6)), min_size=1, max_size=25)  # fmt: skip


def act(store: Store, what: str, number: int, turn: int) -> None:
    feed = list(FEEDS)[number]
    if what == "deliver":
        with store.deliver(delivery(feed=feed)) as writing:
            cells = [row(feed, id=f"{number}-{n}") for n in range(number + 1)]
            writing.add(frame(*cells, feed=feed), [rejection(raw={"k": f"{turn}"})])
    elif what == "withdraw" and len(store.batches()):
        store.withdraw(1 + number % len(store.batches()), MORNING, "operator")
    elif what == "release" and store.quarantined_rows():
        held = store.quarantined_rows()
        with store.deliver(delivery()) as writing:
            writing.release([held[number % len(held)].number])
    elif what == "note":
        store.put_note("k", number, MORNING, "operator")
    elif what == "tell":
        store.log_audit("saw", "wati", MORNING, {"n": number})
    elif what == "remember":
        store.put_record(
            "session", f"{number}", turn, MORNING, "wati", "sign-in" if turn % 2 else None
        )


@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_whatever_happened_and_whenever_it_flowed_all_is_there_once(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[str, int]]
) -> None:
    folder = tmp_path_factory.mktemp("acts")
    source, target = (open_store(sqlite(folder, name), SCOPE) for name in ("here", "there"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replication, "_MAX_BATCH_ROWS", 4)
        patch.setattr(replication, "_MAX_BATCH_ENTRIES", 2)
        for turn, (what, number) in enumerate(acts):
            if what == "sync":
                for _, _flown in zip(range(number), replicate(source, target), strict=False):
                    pass  # and broken off after some pieces
            else:
                act(source, what, number, turn)
        list(replicate(source, target))
    alike(source, target)
    source.close()
    target.close()


def test_what_comes_while_it_flows_flows_too(
    source: Store, target: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(source)
    real, turns = replication._copy_table, iter(range(1_000_000))

    def meanwhile(*asked: Any) -> int:
        placed = real(*asked)
        if (turn := next(turns)) < 20:
            with source.deliver(delivery()) as writing:
                writing.add(numbered(turn, pelapor="tadi"), [])
        return placed

    monkeypatch.setattr(replication, "_copy_table", meanwhile)
    list(replicate(source, target))
    alike(source, target)


def test_two_that_send_at_once_send_each_row_once(
    source: Store, above: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replication, "_MAX_BATCH_ENTRIES", 2)
    fill(source)
    errors: list[BaseException] = []

    def send() -> None:
        store = open_store(above, SCOPE)
        try:
            list(replicate(source, store))
        except BaseException as error:  # noqa: BLE001 (told by the test)
            errors.append(error)
        finally:
            store.close()

    senders = [threading.Thread(target=send) for _ in range(3)]
    for one in senders:
        one.start()
    for one in senders:
        one.join()
    assert errors == []
    store = open_store(above, SCOPE)
    alike(source, store)
    store.close()


def test_a_target_that_another_trail_took_is_refused_and_left_alone(
    source: Store, target: Store, tmp_path: Path
) -> None:
    fill(source)
    other = open_store(sqlite(tmp_path, "other"), SCOPE)
    other.log_audit("saw", "somebody else", NOON, {})
    list(replicate(other, target))
    other.close()
    before = every(target)
    with pytest.raises(ReplicationRefused, match="tidak pernah ada di sini"):
        list(replicate(source, target))
    assert_same(before, every(target))


def test_a_target_that_knows_more_than_the_source_is_refused(
    source: Store, target: Store, tmp_path: Path
) -> None:
    """The source was put back from an older copy: what came after lies above alone."""
    fill(source)
    list(replicate(source, target))
    target.log_audit("saw", "wati", NOON, {})
    before = every(target)
    with pytest.raises(ReplicationRefused, match="tidak pernah ada di sini"):
        list(replicate(source, target))
    assert_same(before, every(target))


def test_a_target_with_rows_but_no_trail_is_refused(source: Store, tmp_path: Path) -> None:
    fill(source)
    target = open_store(sqlite(tmp_path, "there"), SCOPE)
    line = sqlite3.connect(tmp_path / "there" / "situasi.db")
    line.execute("INSERT INTO notes (key, value, at, actor) VALUES ('a', '1', 1, 'x')")
    line.commit()
    line.close()
    with pytest.raises(ReplicationRefused):
        list(replicate(source, target))
    target.close()


def test_a_target_in_which_somebody_has_access_of_its_own_is_no_stranger(
    source: Store, target: Store
) -> None:
    fill(source)
    target.put_record("account", "polda", 1, NOON, "admin")
    list(replicate(source, target))
    alike(source, target)
    assert target.latest_records("account") == {"polda": 1}


def test_a_trail_that_is_broken_here_sends_nothing(
    source: Store, target: Store, tmp_path: Path
) -> None:
    fill(source)
    line = sqlite3.connect(tmp_path / "here" / "situasi.db")
    line.execute("DROP TRIGGER audit_no_update")
    line.execute("UPDATE audit SET actor = 'intruder' WHERE seq = 3")
    line.commit()
    line.close()
    with pytest.raises(ReplicationRefused, match="rusak pada catatan 3"):
        list(replicate(source, target))
    with target.raw_snapshot() as state:
        assert state.is_empty()


def test_an_entry_that_does_not_say_what_was_written_brings_all_at_once(
    source: Store, target: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(source)
    monkeypatch.setattr(replication, "_MAX_BATCH_ROWS", 1)
    monkeypatch.setattr(replication.ReplicationBatch, "count_entry", _says_nothing)
    assert len(list(replicate(source, target))) == 1
    alike(source, target)


def _says_nothing(self: replication.ReplicationBatch, *_: object) -> bool:
    self.entries += 1
    return False


def process(*words: str) -> subprocess.Popen[str]:
    return processes.Popen(
        [sys.executable, "-m", *words], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_killed_at_any_moment_while_others_write_nothing_is_missing_and_nothing_twice(
    tmp_path: Path, above: str
) -> None:
    """The sender is killed again and again, once the writer too; then all is sent."""
    here, moments = sqlite(tmp_path, "here"), random.Random(1610)
    open_store(here, SCOPE).close()
    open_store(above, SCOPE).close()
    writer = process("tests.store.writer_process", here, "w0", "40")
    assert writer.stdout is not None and writer.stdin is not None
    assert writer.stdout.readline() == "ready\n"
    writer.stdin.write("go\n")
    writer.stdin.flush()
    said = threading.Thread(target=writer.communicate)  # so that no full pipe holds it up
    said.start()
    pieces = 0
    for turn in range(KILLS):
        sender = process("tests.sync_process", here, above)
        assert sender.stdout is not None and sender.stdout.readline() == "ready\n"
        if turn % 2:  # until it has something to break off
            pieces += bool(sender.stdout.readline())
        time.sleep(moments.uniform(0.0, 0.25))
        sender.kill()
        pieces += len(sender.communicate()[0].splitlines())
        store = open_store(above, SCOPE)
        assert store.verify() == []
        store.close()
    writer.kill()
    said.join()
    last = process("tests.sync_process", here, above, "once")
    last.communicate()
    assert last.returncode == 0
    assert pieces >= KILLS // 2  # otherwise nothing was ever broken off
    source, target = open_store(here, SCOPE), open_store(above, SCOPE)
    alike(source, target)
    assert len(target.batches()) > KILLS
    source.close()
    target.close()


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


def way(source: Store, opened: Callable[[], Store], clock: Clock, **more: Any) -> Replicator:
    return Replicator(source, opened, clock, JobStatus(), **more)


def test_a_line_that_is_down_is_told_and_tried_again_later_and_later(
    source: Store, tmp_path: Path
) -> None:
    fill(source)
    clock, up = Clock(), [False]

    def opened() -> Store:
        if not up[0]:
            raise StoreError("Server penyimpanan tidak menjawab.")
        return open_store(sqlite(tmp_path, "there"), SCOPE)

    one = way(source, opened, clock, interval_s=2.0)
    pauses = []
    for _ in range(8):
        assert "tidak menjawab" in str(one.replicate_now())
        pauses.append(one.pause_s)
    assert pauses == [4, 8, 16, 32, 60, 60, 60, 60]
    assert one.status.error_text and one.status.succeeded_at is None
    assert one.status.pending_rows is None  # nobody knows what is there: no zero
    up[0] = True
    assert one.replicate_now() is None
    assert (
        one.pause_s,
        one.status.error_text,
        one.status.pending_rows,
        one.status.succeeded_at,
    ) == (
        2.0,
        None,
        0,
        NOON,
    )
    one.close()


def test_what_waits_is_counted_once_something_is_known_of_the_target(
    source: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(source)
    one = way(source, lambda: open_store(sqlite(tmp_path, "there"), SCOPE), Clock())
    assert one.replicate_now() is None
    with source.deliver(delivery()) as writing:
        writing.add(numbered(70, 71, 72), [])
    monkeypatch.setattr(replication, "replicate", _broken)
    assert one.replicate_now() is not None
    assert one.status.pending_rows == 3 + 1 + 1  # rows, their batch, their entry
    one.close()


def _broken(*_: object) -> Iterator[Any]:
    raise StoreError("putus")


def test_a_target_is_asked_only_for_what_is_new_and_now_and_then(
    source: Store, tmp_path: Path
) -> None:
    fill(source)
    clock, asked = Clock(), []
    store = open_store(sqlite(tmp_path, "there"), SCOPE)

    class Counted:
        def __getattr__(self, name: str) -> Any:
            asked.append(name)
            return getattr(store, name)

    one = way(source, lambda: Counted(), clock)  # type: ignore[arg-type]
    one.replicate_now()
    asked.clear()
    one.replicate_now()
    assert asked == []
    clock.now += timedelta(minutes=2)
    one.replicate_now()
    assert asked != []
    one.close()


def test_a_target_that_lost_its_newest_gets_them_again(source: Store, tmp_path: Path) -> None:
    """A standby that took over without the last commits."""
    fill(source)
    clock, place = Clock(), ["first"]
    one = way(source, lambda: open_store(sqlite(tmp_path, place[0]), SCOPE), clock)
    one.replicate_now()
    one.close()
    behind = open_store(sqlite(tmp_path, "second"), SCOPE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replication, "_MAX_BATCH_ENTRIES", 4)
        next(replicate(source, behind))
    behind.close()
    place[0] = "second"
    clock.now += timedelta(minutes=2)
    assert one.replicate_now() is None
    one.close()
    behind = open_store(sqlite(tmp_path, "second"), SCOPE)
    alike(source, behind)
    behind.close()


def test_the_way_up_runs_until_it_is_stopped(source: Store, tmp_path: Path) -> None:
    stop, told = threading.Event(), []
    one = way(
        source, lambda: open_store(sqlite(tmp_path, "there"), SCOPE), Clock(), on_batch=told.append,
        interval_s=0.01,
    )  # fmt: skip
    thread = threading.Thread(target=one.job.run, args=(stop,))
    thread.start()
    fill(source)
    until = time.monotonic() + 60
    while sum(one.entries for one in told) < source.audit_head()[0] and time.monotonic() < until:
        time.sleep(0.01)
    stop.set()
    thread.join(5)
    assert not thread.is_alive()
    assert sum(one.entries for one in told) == source.audit_head()[0]


def test_of_several_servers_one_sends_and_the_other_says_so(source: Store, tmp_path: Path) -> None:
    fill(source)
    other = open_store(sqlite(tmp_path, "here"), SCOPE)

    def opened() -> Store:
        return open_store(sqlite(tmp_path, "there"), SCOPE)

    first, second = (
        way(source, opened, Clock(), leader_job="kirim"),
        way(other, opened, Clock(), leader_job="kirim"),
    )
    assert first.replicate_now() is None and second.replicate_now() is None
    assert first.status.succeeded_at == NOON and not first.status.is_run_elsewhere
    assert (
        second.status.is_run_elsewhere
        and second.status.succeeded_at is None
        and second.status.pending_rows is None
    )
    first.close()
    source.close()  # as when its process ends
    assert second.replicate_now() is None
    assert not second.status.is_run_elsewhere and second.status.pending_rows == 0
    second.close()
    other.close()


def test_who_sends_by_hand_sends_though_a_server_does(source: Store, tmp_path: Path) -> None:
    """Otherwise it would say that all is there, and nothing would be."""
    fill(source)
    assert source.is_leader("kirim")
    hand = open_store(sqlite(tmp_path, "here"), SCOPE)
    one = way(hand, lambda: open_store(sqlite(tmp_path, "elsewhere"), SCOPE), Clock())
    assert one.replicate_now() is None
    there = open_store(sqlite(tmp_path, "elsewhere"), SCOPE)
    alike(source, there)
    one.close()
    hand.close()
    there.close()


def test_rows_of_one_election_do_not_flow_into_the_place_of_another(tmp_path: Path) -> None:
    one = open_store(sqlite(tmp_path, "one"), Scope("pilkada-2024", "16.10"))
    other = open_store(sqlite(tmp_path, "other"), Scope("pilkada-2024", "16.02"))
    fill(one)
    with pytest.raises(ReplicationRefused, match=r"pilkada-2024 16\.10.*pilkada-2024 16\.02"):
        list(replicate(one, other))
    assert other.audit_head()[0] == 0
    one.close()
    other.close()
