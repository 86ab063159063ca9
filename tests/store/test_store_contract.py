"""What every store must do, whichever engine keeps it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from situasi.domain.feed_schemas import FEEDS, INCIDENTS, STORE_COLUMN_DTYPES, TPS, stored_dtypes
from situasi.store import AppendResult, ConflictError, Store, StoreError
from tests.store.builders import MORNING, delivery, frame, numbered, rejection, row
from tests.store.slow import seals


def bring(store: Store, accepted: pd.DataFrame, *rejected: Any, **changes: Any) -> AppendResult:
    with store.deliver(delivery(**changes)) as writing:
        return writing.add(accepted, rejected)


def ids(store: Store, after: int = 0) -> list[str]:
    return store.rows_after(INCIDENTS, after)["id"].tolist()


def test_empty_store_has_version_0_and_nothing_in_it(store: Store) -> None:
    assert store.version() == 0
    assert store.quarantined_rows() == []
    assert store.latest_notes() == {}
    for table in (store.batches(), store.withdrawals(), store.audit_entries()):
        assert len(table) == 0


@pytest.mark.parametrize("feed", FEEDS.values(), ids=FEEDS)
def test_tail_has_exactly_the_stored_dtypes_full_or_empty(store: Store, feed: Any) -> None:
    assert store.rows_after(feed).dtypes.astype(str).to_dict() == stored_dtypes(feed)
    bring(store, frame(row(feed.name), feed=feed.name), feed=feed.name)
    full = store.rows_after(feed)
    assert len(full) == 1
    assert list(full) == list(stored_dtypes(feed))
    assert full.dtypes.astype(str).to_dict() == stored_dtypes(feed)


def test_rows_come_back_as_they_went_in(store: Store) -> None:
    given = frame(row(), row(id="r-2", row=7, lat=None, lon=None, uraian="", latihan=True))
    bring(store, given)
    read = store.rows_after(INCIDENTS)
    assert_frame_equal(read[given.columns], given)
    assert read["seq"].is_monotonic_increasing
    assert set(read["recorded_at"]) == {delivery().recorded_at}


@pytest.mark.parametrize("feed", ["incidents", "tps"])
def test_missing_stays_missing_in_every_column_that_may_be(store: Store, feed: str) -> None:
    needed = {"latihan", "row", "known_at"}
    bare = dict.fromkeys(row(feed)) | {name: row(feed)[name] for name in needed}
    bring(store, frame(bare, feed=feed), feed=feed)
    read = store.rows_after(FEEDS[feed]).drop(
        columns=[*needed, *STORE_COLUMN_DTYPES], errors="ignore"
    )
    assert read.isna().all(axis=None)
    texts = read.select_dtypes(object)
    assert all(cell is None for cell in texts.to_numpy().ravel())


def test_missing_and_zero_and_empty_are_three_things(store: Store) -> None:
    rows = [row("tps", hadir=None), row("tps", hadir=0)]
    rows += [row("tps", uraian=None, row=4), row("tps", uraian="", row=5)]
    assert bring(store, frame(*rows, feed="tps"), feed="tps").accepted == 4
    read = store.rows_after(TPS)
    assert read["hadir"][:2].isna().tolist() == [True, False]
    assert read["uraian"][2:].tolist() == [None, ""]


def test_moment_keeps_its_microsecond_and_comes_back_in_utc(store: Store) -> None:
    wib = timezone(timedelta(hours=7))
    moment = datetime(2024, 11, 27, 23, 59, 59, 999_999, tzinfo=wib)
    bring(store, frame(row(occurred_at=moment)), recorded_at=moment)
    read = store.rows_after(INCIDENTS)
    assert read["occurred_at"][0] == read["recorded_at"][0] == pd.Timestamp(moment)
    assert str(read["occurred_at"].dt.tz) == "UTC"


@pytest.mark.parametrize("year", [1, 1969, 9999])
def test_moments_far_from_now_are_kept(store: Store, year: int) -> None:
    moment = datetime(year, 6, 1, 12, tzinfo=MORNING.tzinfo)
    bring(store, frame(row(occurred_at=moment)))
    assert store.rows_after(INCIDENTS)["occurred_at"][0].to_pydatetime() == moment


def test_delivering_the_same_file_twice_changes_nothing_and_is_told_in_the_trail(
    store: Store,
) -> None:
    assert bring(store, numbered(2, 3), rejection()) == AppendResult(2, 0, 1)
    before = store.version(), store.batches(), store.audit_entries(), store.quarantined_rows()
    assert bring(store, numbered(2, 3), rejection()) == AppendResult(0, 2, 1)
    after = store.version(), store.batches(), store.audit_entries(), store.quarantined_rows()
    assert before[0] == after[0] and before[3] == after[3]
    assert_frame_equal(before[1], after[1])
    assert_frame_equal(before[2], after[2].head(1))
    again = after[2].iloc[1]
    assert (again["action"], again["actor"], again["moves"]) == ("deliver-again", "operator", False)


def test_a_delivery_of_nothing_new_is_told_once_an_hour_and_again_when_it_is_another(
    store: Store,
) -> None:
    def again(minutes: int, **changes: Any) -> int:
        at = MORNING + timedelta(hours=1, minutes=minutes)
        bring(store, numbered(), rejection(), recorded_at=at, **changes)
        return int((store.audit_entries()["action"] == "deliver-again").sum())

    assert again(0) == 0
    assert [again(minute) for minute in (1, 2, 59)] == [1, 1, 1]
    assert again(62) == 2
    assert (again(63, actor="wati"), again(63, sha256="01")) == (3, 4)
    assert store.version() == len(store.batches()) == 1


def test_a_trial_and_a_delivery_without_rows_leave_no_trace(store: Store) -> None:
    bring(store, numbered(2))
    bring(store, numbered())
    with store.deliver(delivery()) as writing:
        writing.add(numbered(2), [])
        writing.discard()
    assert len(store.audit_entries()) == 1


def test_a_faulty_row_that_still_waits_is_kept_once_and_its_number_is_told(store: Store) -> None:
    assert bring(store, numbered(), rejection()).already_waiting == (None,)
    added = bring(store, numbered(), rejection(8), rejection(9, raw={"waktu": "besok"}))
    [first, second] = store.quarantined_rows()
    assert (added, added.already_waiting) == (AppendResult(0, 0, 2), (first.number, None))
    assert bring(store, numbered(), rejection()).already_waiting == (first.number,)
    assert store.quarantined_rows() == [first, second]


def test_the_same_faulty_row_twice_in_one_delivery_waits_once(store: Store) -> None:
    added = bring(store, numbered(), rejection(3), rejection(4), rejection(5, raw={}))
    first, _ = store.quarantined_rows()
    assert (added.quarantined, added.already_waiting) == (3, (None, first.number, None))


def settle(store: Store, number: int, *ids: int) -> None:
    with store.deliver(delivery(source="koreksi")) as writing:
        writing.add(numbered(*ids), [])
        writing.release([number])


def test_a_faulty_row_like_one_that_was_settled_waits_anew_and_is_logged(store: Store) -> None:
    """A bot sends the same faulty row of a new event: it must not be lost."""
    bring(store, numbered(), rejection(3))
    settle(store, store.quarantined_rows()[0].number, 3)
    for turn in (1, 2):
        version = store.version()
        assert bring(store, numbered(), rejection(7)).already_waiting == (None,)
        [waits] = store.quarantined_rows()
        assert (waits.row, store.quarantine_counts()) == (7, {"incidents": 1})
        assert store.version() > version
        assert bring(store, numbered(), rejection(8)).already_waiting == (waits.number,)
        settle(store, waits.number, 3 + turn)
    assert store.quarantined_rows() == []
    assert len(store.quarantined_rows(include_released=True)) == 3


def test_a_row_settled_by_a_delivery_that_was_taken_back_waits_and_is_not_kept_twice(
    store: Store,
) -> None:
    bring(store, numbered(), rejection(3))
    [first] = store.quarantined_rows()
    settle(store, first.number, 3)
    store.withdraw(2, MORNING, "operator")
    assert bring(store, numbered(), rejection(8)).already_waiting == (first.number,)
    assert store.quarantined_rows() == [first]


def test_same_row_twice_in_one_file_is_stored_once(store: Store) -> None:
    assert bring(store, frame(row(row=2), row(row=3))) == AppendResult(1, 1, 0)
    assert store.rows_after(INCIDENTS)["row"].tolist() == [2]


def test_same_row_in_two_adds_of_one_delivery_is_stored_once(store: Store) -> None:
    with store.deliver(delivery()) as writing:
        assert writing.add(numbered(2), [rejection()]) == AppendResult(1, 0, 1)
        assert writing.add(numbered(2), [rejection()]) == AppendResult(0, 1, 1)
    assert len(store.rows_after(INCIDENTS)) == len(store.quarantined_rows()) == 1
    counts = store.batches()[["accepted", "duplicate", "quarantined"]].iloc[0]
    assert counts.tolist() == [1, 1, 2]


def test_row_number_source_and_time_of_knowing_are_no_content(store: Store) -> None:
    bring(store, frame(row()))
    again = frame(row(row=99, known_at=MORNING + timedelta(days=3), flags="lokasi diragukan"))
    added = bring(store, again, source="salinan.csv", recorded_at=MORNING + timedelta(days=3))
    assert added == AppendResult(0, 1, 0)


@pytest.mark.parametrize(
    "change",
    [{"status": "selesai"}, {"lat": None}, {"uraian": ""}, {"uraian": None}, {"latihan": True},
     {"occurred_at": MORNING + timedelta(microseconds=1)}, {"desa_text": "tanjung seteko"},
     {"tps": "001"}, {"desa": "001"}],
    ids=str,
)  # fmt: skip
def test_any_change_of_content_is_a_new_row(store: Store, change: dict[str, Any]) -> None:
    bring(store, frame(row()))
    assert bring(store, frame(row(**change))) == AppendResult(1, 0, 0)


def test_same_content_in_two_feeds_is_two_rows(store: Store) -> None:
    for feed in FEEDS:
        assert bring(store, frame(row(feed), feed=feed), feed=feed).accepted == 1


def test_tail_gives_only_rows_after_the_last_one_seen(store: Store) -> None:
    bring(store, numbered(2, 3))
    seen = int(store.rows_after(INCIDENTS)["seq"].max())
    bring(store, numbered(3, 4, 5))
    assert ids(store, seen) == ["r-4", "r-5"]
    assert ids(store, seen + 10_000) == []


def test_empty_delivery_leaves_no_trace(store: Store) -> None:
    with store.deliver(delivery()):
        pass
    with store.deliver(delivery()) as writing:
        assert writing.add(numbered(), []) == AppendResult(0, 0, 0)
    assert store.version() == len(store.batches()) == 0


def test_one_commit_is_one_step_of_the_version_and_one_audit_row(store: Store) -> None:
    with store.deliver(delivery()) as writing:
        writing.add(numbered(2), [rejection()])
        writing.add(numbered(3), [])
        assert store.version() == 0
    assert store.version() == len(store.audit_entries()) == 1
    store.put_note("siaga", {"tingkat": 1}, MORNING, "kapolres")
    store.withdraw(1, MORNING, "operator")
    audit = store.audit_entries()
    assert store.version() == audit["seq"].max() == 3
    assert audit["action"].tolist() == ["deliver", "note", "withdraw"]
    assert audit["actor"].tolist() == ["operator", "kapolres", "operator"]


def test_discarded_delivery_tells_what_would_happen_and_changes_nothing(store: Store) -> None:
    bring(store, numbered(2))
    with store.deliver(delivery()) as writing:
        writing.discard()
        assert writing.add(numbered(2, 3), [rejection()]) == AppendResult(1, 1, 1)
    assert (store.version(), ids(store), store.quarantined_rows()) == (1, ["r-2"], [])


def test_exception_inside_a_delivery_rolls_back_and_passes_through(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.deliver(delivery()) as writing:
        writing.add(numbered(2), [rejection()])
        raise ZeroDivisionError
    assert (store.version(), ids(store), store.quarantined_rows()) == (0, [], [])
    assert bring(store, numbered(2)) == AppendResult(1, 0, 0)


def test_batch_keeps_what_it_was(store: Store) -> None:
    bring(store, numbered(2, 2, 3), rejection(5))
    (batch,) = store.batches().to_dict("records")
    stated = {name: value for name, value in vars(delivery()).items() if name != "profile"}
    assert batch == {
        "batch": store.rows_after(INCIDENTS)["batch"].iloc[0],
        **stated,
        **{"accepted": 2, "duplicate": 1, "quarantined": 1},
    }


def test_withdrawn_rows_stay_readable_and_are_named(store: Store) -> None:
    bring(store, numbered(2, 3))
    bring(store, numbered(4))
    at = MORNING + timedelta(hours=2)
    assert store.withdraw(1, at, "operator") == 2
    taken = store.withdrawals()
    assert ids(store) == ["r-2", "r-3", "r-4"]
    assert taken["row_seq"].tolist() == store.rows_after(INCIDENTS)["seq"].tolist()[:2]
    assert taken["feed"].tolist() == ["incidents"] * 2
    assert taken["batch"].tolist() == [1, 1]
    assert set(taken["recorded_at"]) == {at}
    assert len(store.withdrawals(after=int(taken["seq"].iloc[0]))) == 1


def test_a_batch_among_others_is_taken_back_whole_and_alone(store: Store) -> None:
    feeds = ["incidents", "tps", "incidents", "tps", "incidents"]
    for number, feed in enumerate(feeds, start=1):
        with store.deliver(delivery(feed=feed)) as writing:
            rows = [row(feed, id=f"{number}-{at}") for at in range(number)]
            writing.add(frame(*rows, feed=feed), [])
    for batch in (3, 1, 4):
        assert store.withdraw(batch, MORNING, "operator") == batch
    taken = store.withdrawals()
    for feed in ("incidents", "tps"):
        rows = store.rows_after(FEEDS[feed])
        kept = rows[~rows["seq"].isin(taken["row_seq"][taken["feed"] == feed])]
        assert set(kept["batch"]) == {"incidents": {5}, "tps": {2}}[feed]


def test_a_batch_of_nothing_but_quarantined_rows_has_nothing_to_take_back(store: Store) -> None:
    with store.deliver(delivery()) as writing:
        writing.add(frame(row()).iloc[:0], [rejection()])
    assert store.withdraw(1, MORNING, "operator") == 0


def test_withdrawing_twice_takes_back_nothing_more(store: Store) -> None:
    bring(store, numbered(2))
    store.withdraw(1, MORNING, "operator")
    version = store.version()
    assert store.withdraw(1, MORNING, "operator") == 0
    assert store.version() == version


def test_withdrawing_what_never_was_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="Batch 7 tidak ada"):
        store.withdraw(7, MORNING, "operator")
    assert store.version() == 0


def test_content_taken_back_can_come_again_and_again(store: Store) -> None:
    for times in range(1, 4):
        assert bring(store, frame(row(), row())) == AppendResult(1, 1, 0)
        assert bring(store, frame(row())) == AppendResult(0, 1, 0)
        assert store.withdraw(times, MORNING, "operator") == 1
    assert store.rows_after(INCIDENTS)["seq"].is_unique


def test_duplicate_is_not_taken_back_with_the_batch_it_came_in(store: Store) -> None:
    bring(store, numbered(2))
    bring(store, numbered(2, 3))
    assert store.withdraw(2, MORNING, "operator") == 1
    assert bring(store, numbered(2, 3)) == AppendResult(1, 1, 0)


def test_quarantine_keeps_everything_that_the_sender_wrote(store: Store) -> None:
    raw = {
        "waktu": "",
        "uraian": 'kata "aneh"\n\x00\ud800 \u00e9 \U0001f5f3',
        "": "kolom tanpa judul",
    }
    bring(store, numbered(), rejection(41, raw=raw, reasons=("Satu.", "Dua.")))
    (kept,) = store.quarantined_rows("incidents")
    assert (kept.raw, kept.reasons, kept.row) == (raw, ("Satu.", "Dua."), 41)
    assert (kept.source, kept.feed, kept.batch) == ("laporan.csv", "incidents", 1)
    assert kept.recorded_at == delivery().recorded_at
    assert kept.released_by is None
    assert store.quarantined_rows("tps") == []


def test_same_cells_refused_for_another_reason_are_kept_again(store: Store) -> None:
    bring(store, numbered(), rejection(), rejection(reasons=("Tempat tidak dikenal.",)))
    bring(store, numbered(), rejection(raw={"waktu": "", "kemarin": ""}))
    assert len(store.quarantined_rows()) == 3


def test_released_row_no_longer_waits_and_knows_who_took_it_in(store: Store) -> None:
    bring(store, numbered(), rejection(3), rejection(4, raw={"waktu": "besok"}))
    first, second = store.quarantined_rows()
    with store.deliver(delivery(source="koreksi")) as writing:
        writing.add(numbered(3), [])
        writing.release([first.number])
    assert store.quarantined_rows() == [second]
    assert [one.released_by for one in store.quarantined_rows(include_released=True)] == [2, None]


def test_releasing_twice_changes_nothing(store: Store) -> None:
    bring(store, numbered(), rejection())
    for _ in range(2):
        with store.deliver(delivery(source="koreksi")) as writing:
            writing.add(numbered(3), [])
            writing.release([1, 1])
    assert store.version() == 2
    assert store.quarantined_rows(include_released=True)[0].released_by == 2


def test_releasing_what_is_not_there_rolls_the_delivery_back(store: Store) -> None:
    refusal = pytest.raises(StoreError, match="Karantina nomor 9 tidak ada")
    with refusal, store.deliver(delivery()) as writing:
        writing.add(numbered(2), [])
        writing.release([9])
    assert (store.version(), ids(store)) == (0, [])


def test_row_waits_again_when_the_batch_that_took_it_in_is_taken_back(store: Store) -> None:
    bring(store, numbered(), rejection())
    with store.deliver(delivery(source="koreksi")) as writing:
        writing.add(numbered(3), [])
        writing.release([1])
    store.withdraw(2, MORNING, "operator")
    assert [one.number for one in store.quarantined_rows()] == [1]


def test_waiting_is_counted_by_feed_and_feeds_without_any_are_left_out(store: Store) -> None:
    assert store.quarantine_counts() == {}
    bring(store, numbered(), rejection(3), rejection(4, raw={"waktu": "besok"}))
    bring(store, frame(feed="tps"), rejection(5), feed="tps")
    assert store.quarantine_counts() == {"incidents": 2, "tps": 1}
    with store.deliver(delivery(source="koreksi", feed="tps")) as writing:
        writing.add(frame(row("tps"), feed="tps"), [])
        writing.release([number_of(store, "tps")])
    assert store.quarantine_counts() == {"incidents": 2}
    store.withdraw(3, MORNING, "operator")
    assert store.quarantine_counts() == {"incidents": 2, "tps": 1}


def number_of(store: Store, feed: str) -> int:
    return store.quarantined_rows(feed)[0].number


def test_rows_in_quarantine_are_found_by_number(store: Store) -> None:
    bring(store, numbered(), *(rejection(n, raw={"waktu": str(n)}) for n in range(3, 6)))
    first, second, third = store.quarantined_rows()
    assert store.quarantined_rows(numbers=[third.number, first.number, third.number]) == [
        first,
        third,
    ]
    assert store.quarantined_rows("tps", numbers=[first.number]) == []
    assert store.quarantined_rows(numbers=[]) == []
    assert store.quarantined_rows(numbers=[0, -1, 10_000, 10**30]) == []
    with store.deliver(delivery(source="koreksi")) as writing:
        writing.add(numbered(3), [])
        writing.release([second.number])
    assert store.quarantined_rows(numbers=[second.number]) == []
    found = store.quarantined_rows(numbers=[second.number], include_released=True)
    assert [one.released_by for one in found] == [2]


def test_more_numbers_than_one_question_takes_are_all_found(store: Store) -> None:
    many = [rejection(n, raw={"waktu": str(n)}) for n in range(2, 1203)]
    bring(store, numbered(), *many)
    numbers = [one.number for one in store.quarantined_rows()]
    found = store.quarantined_rows(numbers=numbers[::-1])
    assert [one.number for one in found] == numbers


def test_the_list_of_what_waits_says_the_same_without_the_cells(store: Store) -> None:
    assert len(store.quarantine_frame()) == 0
    bring(store, numbered(), rejection(3), rejection(4, raw={"waktu": "x"}, reasons=("A.", "B.")))
    told = store.quarantine_frame()
    assert (
        told.dtypes.astype(str).to_dict()
        == store.quarantine_frame().head(0).dtypes.astype(str).to_dict()
    )
    for line, kept in zip(told.to_dict("records"), store.quarantined_rows(), strict=True):
        assert tuple(json.loads(line.pop("reasons"))) == kept.reasons
        assert line == {name: getattr(kept, name) for name in line}


def test_what_waited_at_a_past_moment_is_told_as_it_was_then(store: Store) -> None:
    hours = [MORNING + timedelta(hours=n) for n in range(5)]
    with store.deliver(delivery(recorded_at=hours[1])) as writing:
        writing.add(numbered(), [rejection()])
    with store.deliver(delivery(recorded_at=hours[2])) as writing:
        writing.add(numbered(7), [])
        writing.release([store.quarantined_rows()[0].number])
    store.withdraw(2, hours[3], "operator")
    assert [len(store.quarantine_frame(at)) for at in (*hours, None)] == [0, 1, 0, 1, 1, 1]


def test_rows_of_a_delivery_taken_back_wait_on_in_quarantine(store: Store) -> None:
    bring(store, numbered(2), rejection())
    store.withdraw(1, MORNING, "operator", "salah kirim")
    assert [one.batch for one in store.quarantined_rows()] == [1]
    assert store.quarantine_frame()["batch"].tolist() == [1]
    assert json.loads(store.audit_entries()["detail"].iloc[-1])["reason"] == "salah kirim"


def test_new_note_hides_the_older_one(store: Store) -> None:
    store.put_note("siaga", 1, MORNING, "operator")
    store.put_note("pesan", ["a", None, 2.5], MORNING, "operator")
    store.put_note("siaga", None, MORNING, "operator")
    assert store.latest_notes() == {"siaga": None, "pesan": ["a", None, 2.5]}
    assert store.version() == 3


@pytest.mark.parametrize("value", [float("nan"), {1, 2}, MORNING], ids=str)
def test_note_that_json_cannot_say_is_refused(store: Store, value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        store.put_note("siaga", value, MORNING, "operator")
    assert store.version() == 0


def account(store: Store, name: str, value: Any, **more: Any) -> None:
    store.put_record("account", name, value, MORNING, "admin", **more)


def test_new_record_of_access_hides_the_older_one_of_its_kind_and_name(store: Store) -> None:
    assert (store.latest_records("account"), store.access_version()) == ({}, 0)
    account(store, "wati", {"role": "analis"})
    account(store, "adi", None)
    store.put_record("session", "wati", "kunci", MORNING, "wati")
    account(store, "wati", {"role": "propam"})
    assert store.latest_records("account") == {"adi": None, "wati": {"role": "propam"}}
    assert list(store.latest_records("account")) == ["adi", "wati"]
    assert store.latest_records("account", "wati") == {"wati": {"role": "propam"}}
    assert store.latest_records("account", "budi") == store.latest_records("key") == {}
    assert store.access_version() == 4


def test_access_moves_no_version_and_is_told_only_when_asked(store: Store) -> None:
    store.put_note("siaga", 1, MORNING, "operator")
    account(store, "wati", {"hash": "rahasia"}, action="account", detail={"role": "analis"})
    account(store, "wati", {"hash": "rahasia"}, action="reset")
    account(store, "adi", {"hash": "rahasia"})
    assert store.version() == 1
    told = store.audit_entries(after=1)
    assert told["action"].tolist() == ["account", "reset"]
    details = [json.loads(detail) for detail in told["detail"]]
    assert [detail.pop("sealed", None) is not None for detail in details] in (
        [True, True], [False, False],  # the model seals nothing
    )  # fmt: skip
    assert details == [{"role": "analis"}, {}]
    assert told["moves"].tolist() == [False, False]
    assert "rahasia" not in told.to_csv()


def test_record_that_somebody_changed_meanwhile_is_not_overwritten(store: Store) -> None:
    account(store, "wati", 1, expected_seq=0)
    with pytest.raises(ConflictError, match="wati"):
        account(store, "wati", 2, action="account", expected_seq=0)
    seen = store.access_version()
    account(store, "adi", 1, expected_seq=0)
    account(store, "wati", 3, expected_seq=seen)
    with pytest.raises(StoreError):
        account(store, "wati", 4, expected_seq=seen)
    assert store.latest_records("account") == {"adi": 1, "wati": 3}
    assert (store.access_version(), len(store.audit_entries())) == (3, 0)


@pytest.mark.parametrize("value", [float("nan"), {1, 2}, MORNING], ids=str)
def test_access_or_deed_that_json_cannot_say_is_refused(store: Store, value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        account(store, "wati", value)
    with pytest.raises((TypeError, ValueError)):
        account(store, "wati", 1, action="account", detail={"a": value})
    with pytest.raises((TypeError, ValueError)):
        store.log_audit("saw", "wati", MORNING, {"a": value})
    assert (store.access_version(), store.audit_head()[0]) == (0, 0)


def test_deed_that_changed_no_data_is_told_and_moves_no_version(store: Store) -> None:
    bring(store, numbered(2))
    store.log_audit("saw", "wa\x00ti", MORNING, {"page": "netralitas"})
    assert store.version() == 1
    store.put_note("siaga", 1, MORNING, "operator")
    assert store.version() == 3
    told = store.audit_entries()
    assert told["seq"].tolist() == [1, 2, 3]
    assert told["moves"].tolist() == [True, False, True]
    assert told["actor"].tolist() == ["operator", "wa\ufffdti", "operator"]
    assert json.loads(told["detail"][1]) == {"page": "netralitas"}
    assert told.dtypes.astype(str).to_dict() == {
        "seq": "int64",
        "at": "datetime64[us, UTC]",
        "actor": "object",
        "action": "object",
        "detail": "object",
        "moves": "bool",
        "chain": "object",
    }
    assert_frame_equal(store.audit_entries(after=1), told[1:].reset_index(drop=True))


def test_each_entry_is_sealed_to_the_one_before_it(store: Store) -> None:
    assert store.audit_head() == (0, "0" * 64)
    bring(store, numbered(2))
    account(store, "wati", 1, action="account", detail={"nama": "Wati é\ud800"})
    store.log_audit("saw", "wati", MORNING, {})
    told = store.audit_entries()
    assert told["chain"].tolist() == seals(told)
    assert store.audit_head() == (3, told["chain"].iloc[-1])


def test_whole_trail_has_no_break_and_every_head_it_ever_had(store: Store) -> None:
    heads = [None, store.audit_head()[1]]
    for number in range(3):
        store.log_audit("saw", "wati", MORNING, {"n": number})
        heads.append(store.audit_head()[1])
    assert [store.verify(head) for head in heads] == [[]] * 5
    (said,) = store.verify("f" * 64)
    assert "f" * 64 in said


def test_waiting_for_news_ends_without_any(store: Store) -> None:
    store.wait()
    assert store.version() == 0
