"""Whatever is changed in the file breaks a seal of the audit log, and `verify` says where."""

from __future__ import annotations

import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from situasi.store import ConflictError, Store, StoreError, open_store
from situasi.store.audit.hash_chain import compute_hash
from tests.effort import examples
from tests.store.builders import MORNING

ENTRIES = 9
LONG = 100_000
Deed = Callable[[sqlite3.Connection], object]


def told(url: str, times: int = ENTRIES) -> str:
    """A trail of so many entries, some of which moved the data; its head."""
    store = open_store(url)
    for number in range(1, times + 1):
        if number % 3:
            store.log_audit("saw", f"orang {number % 2}", MORNING, {"n": number})
        else:
            store.put_note("siaga", number, MORNING, "operator")
    head = store.audit_head()[1]
    store.close()
    return head


def tamper(url: str, *deeds: str | Deed) -> None:
    """What somebody does who may write to the file and knows of the triggers."""
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    for name, _ in (every := guards.fetchall()):
        connection.execute(f"DROP TRIGGER {name}")
    for deed in deeds:
        connection.execute(deed) if isinstance(deed, str) else deed(connection)
    for _, trigger in every:
        connection.execute(trigger)
    connection.commit()
    connection.close()


def verified(url: str, head: str | None = None) -> list[str]:
    store = open_store(url)
    try:
        return store.verify(head)
    finally:
        store.close()


def changed(number: int) -> str:
    before = f"catatan {number - 1}" if number > 1 else "awal"
    return f"Catatan {number} diubah, atau tidak menyambung pada {before}."


@pytest.mark.parametrize("number", [1, 5, ENTRIES])
@pytest.mark.parametrize(
    "change",
    [
        "at = at + 1",
        "actor = 'orang lain'",
        "action = 'Saw'",
        "detail = '{}'",
        "moves = 1 - moves",
        "moves = 7",
        "actor = CAST(actor AS BLOB)",
    ],
)
def test_changed_entry_is_found_by_its_number(url: str, number: int, change: str) -> None:
    told(url)
    tamper(url, f"UPDATE audit SET {change} WHERE seq = {number}")
    assert verified(url) == [changed(number)]


def test_every_changed_entry_is_found(url: str) -> None:
    told(url)
    tamper(url, "UPDATE audit SET actor = 'x' WHERE seq IN (2, 3, 8)")
    assert verified(url) == [changed(2), changed(3), changed(8)]


def test_changed_seal_breaks_on_both_its_sides(url: str) -> None:
    told(url)
    tamper(url, "UPDATE audit SET chain = hex(zeroblob(32)) WHERE seq = 4")
    assert verified(url) == [changed(4), changed(5)]


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("seq = 1", "Catatan 1 hilang; sambungan catatan 2 tidak dapat diperiksa."),
        ("seq = 5", "Catatan 5 hilang; sambungan catatan 6 tidak dapat diperiksa."),
        (
            "seq BETWEEN 3 AND 6",
            "Catatan 3 sampai 6 hilang; sambungan catatan 7 tidak dapat diperiksa.",
        ),
        ("seq = 9", "Catatan 9 hilang dari ujung jejak."),
        ("seq > 7", "Catatan 8 sampai 9 hilang dari ujung jejak."),
        ("true", "Catatan 1 sampai 9 hilang dari ujung jejak."),
    ],
)
def test_removed_entry_is_found(url: str, where: str, said: str) -> None:
    told(url)
    tamper(url, f"DELETE FROM audit WHERE {where}")
    assert verified(url) == [said]


def test_end_cut_off_stays_a_gap_when_others_write_on(url: str) -> None:
    told(url)
    tamper(url, "DELETE FROM audit WHERE seq > 7")
    store = open_store(url)
    store.log_audit("saw", "wati", MORNING, {})
    store.close()
    assert verified(url) == [
        "Catatan 8 sampai 9 hilang; sambungan catatan 10 tidak dapat diperiksa."
    ]


def test_entry_removed_and_the_rest_moved_up_is_found(url: str) -> None:
    told(url)
    tamper(url, "DELETE FROM audit WHERE seq = 4", "UPDATE audit SET seq = seq - 1 WHERE seq > 4")
    said = verified(url)
    assert said[:2] == [changed(4), changed(5)]
    assert said[-1] == "Catatan 9 hilang dari ujung jejak."


def test_two_entries_that_changed_places_are_found(url: str) -> None:
    told(url)
    tamper(
        url,
        "UPDATE audit SET seq = -1 WHERE seq = 4",
        "UPDATE audit SET seq = 4 WHERE seq = 5",
        "UPDATE audit SET seq = 5 WHERE seq = -1",
    )
    assert verified(url) == [changed(4), changed(5), changed(6)]


@pytest.mark.parametrize("number", [-3, 0])
def test_entry_put_in_before_the_first_is_found(url: str, number: int) -> None:
    told(url)
    tamper(url, f"INSERT INTO audit VALUES ({number}, 1, 'x', 'saw', '{{}}', 0, 'abc')")
    assert verified(url) == [f"Catatan {number} disisipkan: nomor itu tidak pernah diberikan."]


def test_entry_put_in_at_the_end_without_a_seal_is_found(url: str) -> None:
    told(url)
    tamper(url, "INSERT INTO audit VALUES (10, 1, 'x', 'saw', '{}', 0, 'abc')")
    assert verified(url) == [changed(10)]


def test_entry_put_in_between_with_the_rest_moved_down_is_found(url: str) -> None:
    told(url)
    tamper(
        url,
        "UPDATE audit SET seq = -seq WHERE seq > 4",
        "UPDATE audit SET seq = 1 - seq WHERE seq < 0",
        "INSERT INTO audit SELECT 5, at, actor, action, detail, moves, chain FROM audit"
        " WHERE seq = 4",
    )
    assert verified(url)[:2] == [changed(5), changed(6)]


def test_counter_set_back_below_the_last_entry_is_found(url: str) -> None:
    told(url)
    tamper(url, "UPDATE sqlite_sequence SET seq = 3 WHERE name = 'audit'")
    assert verified(url) == ["Penghitung nomor diubah: 3, padahal catatan terakhir 9."]


def rewritten(connection: sqlite3.Connection) -> None:
    """Change an entry and recompute every seal: what no chain can show by itself."""
    connection.execute("UPDATE audit SET actor = 'bukan saya' WHERE seq = 4")
    chained_anew(connection)


def chained_anew(connection: sqlite3.Connection) -> None:
    entries = connection.execute("SELECT seq, at, actor, action, detail, moves FROM audit")
    previous = "0" * 64
    for entry in entries.fetchall():
        previous = compute_hash(previous, *entry)
        connection.execute("UPDATE audit SET chain = ? WHERE seq = ?", (previous, entry[0]))


def test_trail_written_anew_looks_whole_and_only_a_head_kept_elsewhere_betrays_it(url: str) -> None:
    head = told(url)
    tamper(url, rewritten)
    assert verified(url) == []
    (said,) = verified(url, head)
    assert head in said and "ditulis ulang" in said


def test_a_trail_written_anew_without_the_seal_of_its_rows_is_named(url: str) -> None:
    told(url)
    tamper(
        url,
        "UPDATE audit SET detail = json_remove(detail, '$.sealed') WHERE action = 'note'",
        chained_anew,
    )
    assert verified(url) == [f"Catatan {note} tidak memuat segel barisnya." for note in (3, 6, 9)]


def test_end_cut_off_with_its_counter_is_betrayed_by_a_head_kept_elsewhere(url: str) -> None:
    head = told(url)
    tamper(
        url,
        "DELETE FROM audit WHERE seq > 7",
        "UPDATE sqlite_sequence SET seq = 7 WHERE name = 'audit'",
    )
    # The note that went with an entry is still there: without a head only that gives it away.
    assert verified(url) == ["Catatan papan: 1 di luar segel, padahal jejak menyebut 0."]
    (said,) = verified(url, head)
    assert "Catatan terakhir sekarang 7" in said


def test_head_hung_on_a_forged_entry_does_not_pass(url: str) -> None:
    head = told(url)
    tamper(url, rewritten, f"UPDATE audit SET chain = '{head}' WHERE seq = 9")
    assert verified(url, head) == [changed(9)]


def test_text_that_is_no_text_never_passes_for_whole(url: str) -> None:
    told(url)
    tamper(url, "UPDATE audit SET actor = CAST(x'ff' AS TEXT) WHERE seq = 4")
    with pytest.raises(StoreError) as raised:
        verified(url)
    assert "actor" in raised.value.detail


def test_board_writes_on_after_a_seal_was_wiped_and_the_break_stays_where_it_is(url: str) -> None:
    told(url)
    tamper(url, "UPDATE audit SET chain = x'00' WHERE seq = 9")
    store = open_store(url)
    store.log_audit("saw", "wati", MORNING, {})
    store.log_audit("saw", "wati", MORNING, {})
    store.close()
    assert verified(url) == [changed(9)]


CELLS = ("at", "actor", "action", "detail", "moves", "chain")
ANY = st.none() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=5) | st.binary(max_size=5)


@settings(max_examples=examples(40))
@given(number=st.integers(1, ENTRIES), cell=st.sampled_from(CELLS), value=ANY)
def test_whatever_is_put_into_whichever_cell_is_found(number: int, cell: str, value: Any) -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "situasi.db"
        url = f"sqlite:///{path.as_posix()}"
        told(url)
        connection = sqlite3.connect(path)
        connection.execute("DROP TRIGGER audit_no_update")
        asked = f"SELECT {cell}, typeof({cell}) FROM audit WHERE seq = ?"
        before = connection.execute(asked, (number,)).fetchone()
        try:
            connection.execute(f"UPDATE audit SET {cell} = ? WHERE seq = ?", (value, number))
        except (sqlite3.IntegrityError, UnicodeEncodeError):
            value = before[0]
        after = connection.execute(asked, (number,)).fetchone()
        connection.commit()
        connection.close()
        assert (changed(number) in verified(url)) == (before != after)


def test_threads_that_tell_at_once_make_one_chain(sqlite_store: Store) -> None:
    def work(me: int) -> None:
        for turn in range(10):
            sqlite_store.log_audit("saw", f"{me}", MORNING, {"turn": turn})
            sqlite_store.put_record("use", "tautan", turn, MORNING, f"{me}", "used")

    threads = [threading.Thread(target=work, args=(me,)) for me in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sqlite_store.audit_head()[0], sqlite_store.access_version()) == (80, 40)
    assert sqlite_store.verify() == []


def test_of_two_stores_that_count_a_use_at_once_no_use_is_lost(url: str) -> None:
    stores = [open_store(url) for _ in range(2)]

    def use(store: Store) -> None:
        counted = 0
        while counted < 10:
            seen = store.access_version()
            uses = store.latest_records("uses", "tautan").get("tautan", 0)
            try:
                store.put_record("uses", "tautan", uses + 1, MORNING, "tamu", expected_seq=seen)
                counted += 1
            except ConflictError:
                refused.append(uses)

    refused: list[int] = []
    threads = [threading.Thread(target=use, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stores[0].latest_records("uses") == {"tautan": 20}
    for store in stores:
        store.close()


def test_a_long_trail_is_verified_in_seconds(url: str) -> None:
    told(url, 1)

    def grow(connection: sqlite3.Connection) -> None:
        (previous,) = connection.execute("SELECT chain FROM audit").fetchone()
        for number in range(2, LONG + 1):
            entry = (number, 1, "wati", "saw", '{"page": "situasi", "area": "16.10.04"}', 0)
            previous = compute_hash(previous, *entry)
            connection.execute("INSERT INTO audit VALUES (?,?,?,?,?,?,?)", (*entry, previous))

    tamper(url, grow)
    began = time.thread_time()
    assert verified(url) == []
    assert time.thread_time() - began < 5
    tamper(url, f"UPDATE audit SET actor = 'x' WHERE seq = {LONG - 1}")
    assert verified(url) == [changed(LONG - 1)]
