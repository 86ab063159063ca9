"""The live snapshot: reads only what is new, and keeps the last good picture."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from situasi.analysis.incidents import case_index
from situasi.analysis.incidents.cases import Selection, filter_known
from situasi.analysis.view_time import ViewTime
from situasi.common.formats import format_time
from situasi.domain import election, feed_schemas
from situasi.live.snapshot import SnapshotReader
from situasi.presentation import view_text
from situasi.store import Delivery, Rejection, Store, StoreError, open_store
from situasi.store.engines import postgres_schema
from tests.analysis.incidents.test_case_index import row
from tests.analysis.situation.test_overview import defined
from tests.analysis.slow import build_case_table
from tests.builders import WIB, incident, incidents, rows_of, wib
from tests.builders_election import invented_election
from tests.effort import examples
from tests.postgres import SCOPE

NOW = datetime(2024, 11, 27, 5, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{(tmp_path / 'store.db').as_posix()}")
    yield opened
    opened.close()


@pytest.fixture
def live(store: Store, tmp_path: Path) -> SnapshotReader:
    return SnapshotReader(
        store, election.load(invented_election(tmp_path / "election")), lambda: NOW
    )


def deliver(store: Store, *rows: dict[str, Any], at: datetime = NOW) -> None:
    frame = incidents(*rows)[[*feed_schemas.INCIDENTS.column_names, "row", "known_at"]]
    with store.deliver(Delivery("incidents", "a.csv", "0", at, "test")) as writing:
        writing.add(frame, [])


def ids(live: SnapshotReader) -> list[str]:
    return list(live.refresh().snapshot.frames["incidents"]["id"])


def test_a_new_row_appears_without_reading_the_old_ones_again(
    store: Store, live: SnapshotReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(store, incident(id="A"))
    assert ids(live) == ["A"]
    asked: list[int] = []
    tail = store.rows_after

    def watched(feed: feed_schemas.Feed, after: int = 0) -> pd.DataFrame:
        asked.append(after)
        return tail(feed, after)

    monkeypatch.setattr(store, "rows_after", watched)
    deliver(store, incident(id="B"))
    assert ids(live) == ["A", "B"]
    assert max(asked) == 1


def test_cases_are_selected_by_words_that_no_picture_before_had(
    store: Store, live: SnapshotReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The empty picture, of which the first is made, is one for all stores of the process."""
    monkeypatch.setattr(case_index, "_COMPACT_AFTER", 0)  # as after many reports
    for name, kecamatan in (("A", "16.10.05"), ("B", "16.10.04")):
        deliver(store, incident(id=name, kecamatan=kecamatan))
        cases = live.refresh().snapshot.cases
        selected = cases.to_frame(case_index.matches_selection(Selection(kecamatan=(kecamatan,))))
        assert list(selected["id"]) == [name]


def test_an_unchanged_store_gives_the_same_snapshot(store: Store, live: SnapshotReader) -> None:
    deliver(store, incident(id="A"))
    assert live.refresh().snapshot is live.refresh().snapshot


def test_growing_by_tails_equals_reading_everything_anew(
    store: Store, live: SnapshotReader
) -> None:
    for name in ("A", "B", "C"):
        deliver(store, incident(id=name))
        live.refresh()
    store.withdraw(int(store.batches()["batch"].iloc[1]), NOW, "test")
    grown = live.refresh().snapshot
    anew = SnapshotReader(store, live._election, lambda: NOW).refresh().snapshot
    for name in feed_schemas.FEEDS:
        pd.testing.assert_frame_equal(grown.frames[name], anew.frames[name])


deed = st.one_of(
    st.tuples(st.just("deliver"), st.lists(row, min_size=1, max_size=4)),
    st.tuples(st.just("withdraw"), st.integers(1, 6)),
    st.tuples(st.just("look"), st.none()),
)


@settings(max_examples=examples(15))
@given(st.lists(deed, max_size=12))
def test_whatever_comes_rows_and_cases_equal_those_read_anew(
    deeds: list[tuple[str, Any]],
) -> None:
    with TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{(Path(folder) / 'store.db').as_posix()}")
        live = SnapshotReader(store, defined(), lambda: NOW)
        for at, (what, how) in enumerate(deeds):
            moment = NOW + timedelta(minutes=at)
            if what == "deliver":
                # Of one minute and post nothing may be told twice: each is another text.
                told = [incident(**{**one, "uraian": f"{at}-{n}"}) for n, one in enumerate(how)]
                deliver(store, *told, at=moment)
            elif what == "withdraw" and how in set(store.batches()["batch"]):
                store.withdraw(how, moment, "test")
            else:
                live.refresh()
        grown, anew = (
            live.refresh().snapshot,
            SnapshotReader(store, defined(), lambda: NOW).refresh(),
        )
        store.close()
    for name in feed_schemas.FEEDS:
        pd.testing.assert_frame_equal(grown.frames[name], anew.snapshot.frames[name])
    for limit in (None, NOW, wib("09.00")):
        slow = build_case_table(filter_known(grown.frames["incidents"], limit))
        pd.testing.assert_frame_equal(grown.cases.as_of(limit).to_frame(), slow)


def test_a_row_taken_back_on_the_day_was_known_until_then(
    store: Store, live: SnapshotReader
) -> None:
    deliver(store, incident(id="A", at="08.00", known="08.00"), at=wib("08.00"))
    store.withdraw(1, wib("10.00"), "test")
    row = live.refresh().snapshot.frames["incidents"].iloc[0]
    assert row["withdrawn_at"] == wib("10.00")


def test_history_taken_back_was_never_known(store: Store, live: SnapshotReader) -> None:
    deliver(store, incident(id="A", known="08.00"), at=wib("08.00") + timedelta(days=300))
    store.withdraw(1, wib("08.00") + timedelta(days=301), "test")
    row = live.refresh().snapshot.frames["incidents"].iloc[0]
    assert row["withdrawn_at"] == wib("08.00")


def test_a_broken_store_leaves_the_last_picture_with_the_reason(
    store: Store, live: SnapshotReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(store, incident(id="A"))
    before = live.refresh()

    def broken() -> int:
        raise StoreError("cakram penuh")

    monkeypatch.setattr(store, "version", broken)
    after = live.refresh()
    assert after.snapshot is before.snapshot
    assert after.checked_at == before.checked_at
    assert after.trouble == "cakram penuh"
    monkeypatch.undo()
    assert live.refresh().trouble is None


@pytest.mark.parametrize(
    "question", ["withdrawals", "rows_after", "audit_entries", "batches", "quarantine_entries"]
)
def test_a_store_that_breaks_halfway_loses_no_withdrawal(
    store: Store, live: SnapshotReader, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    deliver(store, incident(id="A"))
    live.refresh()
    store.withdraw(1, NOW, "test")

    def broken(*_args: object, **_more: object) -> pd.DataFrame:
        raise StoreError("jaringan putus")

    monkeypatch.setattr(store, question, broken)
    assert live.refresh().trouble
    monkeypatch.undo()
    snapshot = live.refresh().snapshot
    assert snapshot.frames["incidents"]["withdrawn_at"].notna().all()
    assert snapshot.batches["withdrawn_by"].tolist() == ["test"]


def test_one_made_up_row_marks_the_whole_board(store: Store, live: SnapshotReader) -> None:
    deliver(store, incident(id="A"))
    assert not live.refresh().snapshot.rehearsal
    deliver(store, incident(id="B", latihan=True))
    assert live.refresh().snapshot.rehearsal


def test_the_clock_of_an_exercise_is_part_of_the_picture(
    store: Store, live: SnapshotReader
) -> None:
    store.put_note("exercise", {"at": wib("12.30").isoformat()}, NOW, "test")
    assert live.refresh().snapshot.exercise_at is None
    deliver(store, incident(id="A", latihan=True))
    assert live.refresh().snapshot.exercise_at == wib("12.30")


def test_the_clock_of_an_exercise_ends_with_its_last_row(
    store: Store, live: SnapshotReader
) -> None:
    store.put_note("exercise", {"at": wib("12.30").isoformat()}, NOW, "test")
    deliver(store, incident(id="A", latihan=True))
    live.refresh()
    store.withdraw(1, NOW, "test")
    deliver(store, incident(id="B"))
    snapshot = live.refresh().snapshot
    assert (snapshot.rehearsal, snapshot.exercise_at) == (False, None)


def test_an_older_store_put_back_is_read_anew(
    store: Store, live: SnapshotReader, tmp_path: Path
) -> None:
    deliver(store, incident(id="A"))
    deliver(store, incident(id="B"))
    assert ids(live) == ["A", "B"]
    older = open_store(f"sqlite:///{(tmp_path / 'older.db').as_posix()}")
    deliver(older, incident(id="C"))
    live._store = older
    assert ids(live) == ["C"]
    older.close()


REPLACED = {"an older": 1, "an equally long": 2, "a longer": 4}


def _write(path: Path, *names: str) -> None:
    store = open_store(f"sqlite:///{path.as_posix()}")
    for name in names:  # no two stores hear of a thing in the same microsecond
        at = NOW + timedelta(microseconds=sum(map(ord, name)))
        deliver(store, incident(id=name, latihan=True), at=at)
        with store.deliver(Delivery("tps", "q.csv", "0", NOW, "test")) as writing:
            writing.add(
                rows_of(feed_schemas.TPS).assign(row=1, known_at=NOW).head(0),
                [Rejection(2, {"x": name}, ("Tanpa waktu.",))],
            )
    store.close()


@pytest.mark.parametrize("many", REPLACED.values(), ids=REPLACED)
def test_nothing_of_a_store_is_left_once_another_file_lies_in_its_place(
    tmp_path: Path, many: int
) -> None:
    path, other = tmp_path / "store.db", tmp_path / "other.db"
    _write(path, "A", "B")
    _write(other, *(f"lain {n}" for n in range(many)))
    store = open_store(f"sqlite:///{path.as_posix()}")
    live = SnapshotReader(store, defined(), lambda: NOW)
    before = live.refresh().snapshot
    store.withdraw(1, NOW, "test")
    deliver(store, incident(id="C"))
    live.refresh()
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    other.replace(path)
    shown = live.refresh()
    anew = SnapshotReader(store, defined(), lambda: NOW).refresh().snapshot
    assert (shown.trouble, shown.replaced_at) == (None, NOW)
    assert live.refresh().replaced_at == NOW  # as long as the process lives
    assert list(shown.snapshot.frames["incidents"]["id"]) == [f"lain {n}" for n in range(many)]
    for name in feed_schemas.FEEDS:
        pd.testing.assert_frame_equal(shown.snapshot.frames[name], anew.frames[name])
    pd.testing.assert_frame_equal(shown.snapshot.batches, anew.batches)
    assert shown.snapshot.quarantine_counts == anew.quarantine_counts == {"tps": many}
    assert (
        shown.snapshot.origin != before.origin
        and shown.snapshot.audit_position == anew.audit_position
    )
    assert shown.snapshot.audit_position != before.audit_position
    store.close()


@pytest.mark.parametrize("many", REPLACED.values(), ids=REPLACED)
def test_nothing_of_a_database_is_left_once_another_was_loaded_into_it(
    store_database: str, many: int
) -> None:
    store = open_store(store_database, SCOPE)
    live = SnapshotReader(store, defined(), lambda: NOW)
    for name in ("A", "B"):
        deliver(store, incident(id=name))
    before = live.refresh().snapshot
    with psycopg.connect(store_database.replace("+psycopg", "")) as line:
        line.execute("SET session_replication_role = replica")
        names = ", ".join(f'situasi."{one.name}"' for one in postgres_schema.metadata.sorted_tables)
        line.execute(f"TRUNCATE {names}")  # type: ignore[arg-type]
    for number in range(many):
        deliver(store, incident(id=f"lain {number}"), at=NOW + timedelta(seconds=1))
    shown = live.refresh()
    assert (shown.trouble, shown.replaced_at) == (None, NOW)
    assert shown.snapshot.origin != before.origin
    assert list(shown.snapshot.frames["incidents"]["id"]) == [f"lain {n}" for n in range(many)]
    assert shown.snapshot.batches["batch"].tolist() == list(range(1, many + 1))
    store.close()


def test_a_newer_state_of_the_same_store_is_read_on_and_not_anew(
    store: Store, live: SnapshotReader, tmp_path: Path
) -> None:
    deliver(store, incident(id="A"))
    before = live.refresh().snapshot
    deliver(store, incident(id="B"))
    store.log_audit("saw", "wati", NOW, {})
    after, replaced_at = live.refresh().snapshot, live.refresh().replaced_at
    assert (after.origin, list(after.frames["incidents"]["id"])) == (before.origin, ["A", "B"])
    assert replaced_at is None


def test_an_older_copy_of_the_store_put_in_its_place_is_told(tmp_path: Path) -> None:
    path, copy = tmp_path / "store.db", tmp_path / "copy.db"
    _write(path, "A")
    shutil.copy(path, copy)
    store = open_store(f"sqlite:///{path.as_posix()}")
    live = SnapshotReader(store, defined(), lambda: NOW)
    deliver(store, incident(id="B"))
    assert live.refresh().replaced_at is None
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    copy.replace(path)
    shown = live.refresh()
    assert list(shown.snapshot.frames["incidents"]["id"]) == ["A"]
    assert shown.replaced_at == NOW
    store.close()


def test_a_store_that_was_replaced_is_told_across_the_top_with_its_hour() -> None:
    told = {"has_exercise_rows": False, "link_ends_at": None, "store_error": None}
    at = ViewTime(NOW.astimezone(WIB), live=True, is_exercise=False)
    assert view_text.list_banners(at, "WIB", **told) == []
    ((kind, said),) = view_text.list_banners(at, "WIB", **told, replaced_at=NOW)
    assert kind == "doubt" and format_time(NOW.astimezone(WIB)) in said
    assert "mungkin tidak ada lagi" in said


def test_a_store_replaced_while_it_is_read_is_not_shown_half_and_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, other = tmp_path / "store.db", tmp_path / "other.db"
    _write(path, "A")
    _write(other, "lain", "lain 2", "lain 3")
    store = open_store(f"sqlite:///{path.as_posix()}")
    live = SnapshotReader(store, defined(), lambda: NOW)
    live.refresh()
    deliver(store, incident(id="B"))
    tail = store.rows_after

    def replaced(feed: feed_schemas.Feed, after: int = 0) -> pd.DataFrame:
        if feed is feed_schemas.TPS and other.exists():
            for end in ("-wal", "-shm"):
                path.with_name(path.name + end).unlink(missing_ok=True)
            other.replace(path)
        return tail(feed, after)

    monkeypatch.setattr(store, "rows_after", replaced)
    shown = live.refresh()
    assert (list(shown.snapshot.frames["incidents"]["id"]), bool(shown.trouble)) == (["A"], True)
    shown = live.refresh()
    assert list(shown.snapshot.frames["incidents"]["id"]) == ["lain", "lain 2", "lain 3"]
    assert shown.trouble is None
    store.close()


def test_rows_are_not_added_twice_where_adding_them_failed_halfway(
    store: Store, live: SnapshotReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(store, incident(id="A"))
    live.refresh()

    def fails(*_asked: object) -> Any:
        raise MemoryError

    monkeypatch.setattr(live._quarantine_counter, "add", fails)
    deliver(store, incident(id="B"))
    with pytest.raises(MemoryError):
        live.refresh()
    assert ids(live) == ["A", "B"]


def test_a_delivery_gives_a_new_edition_to_its_own_feed_alone(
    store: Store, live: SnapshotReader
) -> None:
    deliver(store, incident(id="A"))
    before = live.refresh().snapshot.editions
    store.put_note("x", 1, NOW, "test")
    assert live.refresh().snapshot.editions == before
    deliver(store, incident(id="B"))
    after = live.refresh().snapshot.editions
    assert {feed for feed in after if after[feed] != before[feed]} == {"incidents"}


def test_rows_taken_back_are_another_edition(store: Store, live: SnapshotReader) -> None:
    deliver(store, incident(id="A"))
    before = live.refresh().snapshot.editions["incidents"]
    store.withdraw(1, NOW, "test")
    assert live.refresh().snapshot.editions["incidents"] != before


def test_an_older_store_put_back_has_editions_that_never_were(
    store: Store, live: SnapshotReader, tmp_path: Path
) -> None:
    seen = set()
    for name in ("A", "B"):
        deliver(store, incident(id=name))
        seen.add(live.refresh().snapshot.editions["incidents"])
    older = open_store(f"sqlite:///{(tmp_path / 'older.db').as_posix()}")
    deliver(older, incident(id="C"))
    live._store = older
    assert live.refresh().snapshot.editions["incidents"] not in seen
    older.close()


def test_what_was_taken_back_equals_counting_row_by_row(store: Store, live: SnapshotReader) -> None:
    for name in ("A", "B", "C"):
        deliver(store, incident(id=name), incident(id=f"{name}2"))
    store.withdraw(1, NOW, "budi", "salah")
    store.withdraw(3, NOW + timedelta(minutes=1), "ani", "")
    frame = live.refresh().snapshot.frames["incidents"]
    told = live.refresh().snapshot.batches.set_index("batch")
    for batch, rows in frame.groupby("batch"):
        assert told.loc[batch, "withdrawn"] == rows["withdrawn_at"].notna().sum()
    assert told["withdrawn_at"].tolist() == [NOW, pd.NaT, NOW + timedelta(minutes=1)]
    assert told["withdrawn_by"].fillna("-").tolist() == ["budi", "-", "ani"]
    assert told["reason"].fillna("-").tolist() == ["salah", "-", "-"]


def test_waiting_rows_are_counted_by_feed_and_never_read(
    store: Store, live: SnapshotReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(*_args: object, **_how: object) -> Any:
        raise AssertionError("the whole quarantine was read")

    monkeypatch.setattr(store, "quarantined_rows", read)
    with store.deliver(Delivery("tps", "a.csv", "0", NOW, "test")) as writing:
        writing.add(
            rows_of(feed_schemas.TPS).assign(row=1),
            [Rejection(2, {"waktu": "?"}, ("Tanpa waktu.",))],
        )
    assert live.refresh().snapshot.quarantine_counts == {"tps": 1}


def test_the_batches_tell_what_was_taken_back_by_whom_and_why(
    store: Store, live: SnapshotReader
) -> None:
    deliver(store, incident(id="A"), incident(id="B"))
    deliver(store, incident(id="C"))
    before = live.refresh().snapshot.batches
    assert before["withdrawn"].tolist() == [0, 0]
    assert before[["withdrawn_at", "withdrawn_by", "reason"]].isna().all(axis=None)
    store.withdraw(1, NOW, "operator", "salah berkas")
    first, second = live.refresh().snapshot.batches.to_dict("records")
    assert (first["withdrawn"], first["withdrawn_by"]) == (2, "operator")
    assert (first["withdrawn_at"], first["reason"]) == (NOW, "salah berkas")
    assert second["withdrawn"] == 0


def release(store: Store, batch_of: str, number: int) -> None:
    frame = incidents(incident(id=batch_of))[
        [*feed_schemas.INCIDENTS.column_names, "row", "known_at"]
    ]
    with store.deliver(Delivery("incidents", "a.csv", "0", NOW, "test")) as writing:
        writing.add(frame, [])
        writing.release([number])


happening = st.one_of(
    st.tuples(st.just("reject"), st.sampled_from(("incidents", "tps"))),
    st.tuples(st.just("release"), st.integers(1, 8)),
    st.tuples(st.just("withdraw"), st.integers(1, 12)),
    st.tuples(st.just("look"), st.none()),
)


@settings(max_examples=examples(40))
@given(st.lists(happening, max_size=16))
def test_what_waits_and_what_was_taken_back_equal_counting_everything_anew(
    deeds: list[tuple[str, Any]],
) -> None:
    with TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{(Path(folder) / 'store.db').as_posix()}")
        live = SnapshotReader(store, defined(), lambda: NOW)
        for at, (what, how) in enumerate(deeds):
            if what == "reject":
                with store.deliver(Delivery(how, "a.csv", "0", NOW, "test")) as writing:
                    one = rows_of(feed_schemas.FEEDS[how]).assign(row=1, known_at=NOW)
                    writing.add(one.head(0), [Rejection(2, {"x": str(at)}, ("Tanpa waktu.",))])
            elif what == "release" and how in {row.number for row in store.quarantined_rows()}:
                release(store, f"lepas {at}", how)
            elif what == "withdraw" and how in set(store.batches()["batch"]):
                store.withdraw(how, NOW + timedelta(minutes=at), f"oleh {at}", "")
            elif what == "look":
                live.refresh()
            shown = live.refresh().snapshot if what == "look" else None
            if shown is not None:
                assert dict(shown.quarantine_counts) == store.quarantine_counts()
        grown, anew = (
            live.refresh().snapshot,
            SnapshotReader(store, defined(), lambda: NOW).refresh(),
        )
        assert (
            dict(grown.quarantine_counts)
            == store.quarantine_counts()
            == dict(anew.snapshot.quarantine_counts)
        )
        pd.testing.assert_frame_equal(grown.batches, anew.snapshot.batches)
        store.close()


class Counted:
    """How many rows each question of the store gave."""

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rows = 0
        for name in (
            "rows_after",
            "withdrawals",
            "batches",
            "quarantine_entries",
            "quarantine_releases",
            "audit_entries",
        ):
            monkeypatch.setattr(store, name, self._counting(getattr(store, name)))
        for name in (
            "quarantine_counts",
            "quarantine_frame",
            "quarantined_rows",
            "latest_notes",
            "latest_records",
        ):
            monkeypatch.setattr(store, name, _never)

    def _counting(self, ask: Any) -> Any:
        def counted(*asked: Any, **more: Any) -> Any:
            found = ask(*asked, **more)
            self.rows += len(found)
            return found

        return counted


def _never(*_asked: object, **_more: object) -> Any:
    raise AssertionError("this reads all that there is")


@pytest.mark.parametrize("before", [3, 60])
def test_a_new_version_reads_as_many_rows_however_many_deliveries_came_before(
    store: Store, live: SnapshotReader, monkeypatch: pytest.MonkeyPatch, before: int
) -> None:
    for at in range(before):
        with store.deliver(Delivery("incidents", f"{at}.csv", "0", NOW, "test")) as writing:
            one = incidents(incident(id=f"{at}"))[
                [*feed_schemas.INCIDENTS.column_names, "row", "known_at"]
            ]
            writing.add(one, [Rejection(2, {"x": str(at)}, ("Tanpa waktu.",))])
    release(store, "lepas", 1)
    store.withdraw(2, NOW, "test")
    live.refresh()
    counted = Counted(store, monkeypatch)
    with store.deliver(Delivery("incidents", "baru.csv", "0", NOW, "test")) as writing:
        one = incidents(incident(id="baru"))[
            [*feed_schemas.INCIDENTS.column_names, "row", "known_at"]
        ]
        writing.add(one, [Rejection(2, {"x": "baru"}, ("Tanpa waktu.",))])
        writing.release([3])
    shown = live.refresh()
    assert shown.trouble is None
    assert counted.rows == 4  # one row, one batch, one in quarantine, one released
    assert shown.snapshot.quarantine_counts == {"incidents": before - 1}


def test_of_the_trail_only_new_entries_of_what_was_taken_back_are_read(
    store: Store, live: SnapshotReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, str | None]] = []
    audit = store.audit_entries

    def watched(after: int = 0, *, action: str | None = None) -> pd.DataFrame:
        asked.append((after, action))
        return audit(after, action=action)

    monkeypatch.setattr(store, "audit_entries", watched)
    deliver(store, incident(id="A"))
    deliver(store, incident(id="B"))
    live.refresh()
    store.log_audit("saw", "wati", NOW, {})
    live.refresh()
    assert asked == [(0, "withdraw")]
    for batch, actor in ((1, "adi"), (2, "budi")):
        store.withdraw(batch, NOW, actor)
        told = live.refresh().snapshot.batches
    assert told["withdrawn_by"].tolist() == ["adi", "budi"]
    assert asked == [(0, "withdraw"), (2, "withdraw"), (4, "withdraw")]


def test_somebody_who_signs_in_makes_no_new_picture(store: Store, live: SnapshotReader) -> None:
    deliver(store, incident(id="A"))
    before = live.refresh().snapshot
    store.put_record("session", "kunci", {"user": "wati"}, NOW, "wati", "sign-in")
    store.log_audit("saw", "wati", NOW, {"page": "netralitas"})
    assert live.refresh().snapshot is before


def test_the_batches_of_an_empty_store_have_the_same_columns(
    store: Store, live: SnapshotReader
) -> None:
    nothing = live.refresh().snapshot.batches
    deliver(store, incident(id="A"))
    assert list(nothing) == list(live.refresh().snapshot.batches)
