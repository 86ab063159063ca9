"""Whoever changes a row behind the store's back is found out, and the row is named."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing

import psycopg
import pytest
import sqlalchemy as sa

from situasi.store import Store, open_store
from situasi.store.engines import postgres_schema
from situasi.store.schema import metadata
from tests.postgres import SCOPE
from tests.store.builders import MORNING, delivery, frame, numbered, rejection, row

Tamper = Callable[..., None]


@pytest.fixture(params=["url", "store_database"])
def address(request: pytest.FixtureRequest) -> str:
    found: str = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    """Deliveries with doubts, duplicates, faulty rows, a release, a withdrawal, notes, access."""
    with closing(open_store(address, SCOPE)) as opened:
        rejected = [rejection(9), rejection(10, raw={"waktu": "besok"})]
        doubts = [row(id=f"r-{n}", row=n, flags="desa tidak dikenal" if n == 3 else None)
                  for n in range(1, 7)]  # fmt: skip
        with opened.deliver(delivery()) as writing:
            writing.add(frame(*doubts), rejected)
            writing.add(numbered(5, 6, 7), [])
        with opened.deliver(delivery(feed="tps")) as writing:
            writing.add(frame(row("tps", hadir=None), row("tps", id="x", row=3), feed="tps"), [])
        with opened.deliver(delivery(source="koreksi")) as writing:
            writing.add(numbered(6, 20, 21), [])
            writing.release([opened.quarantined_rows()[0].number])
        with opened.deliver(delivery(source="salah")) as writing:
            writing.add(numbered(30, 31, 32), [])
        opened.withdraw(4, MORNING, "operator", "salah kirim")
        with opened.deliver(delivery(source="lagi")) as writing:
            writing.add(numbered(30, 40), [])
        opened.put_note("siaga", {"tingkat": 1}, MORNING, "kapolres")
        opened.put_record("account", "wati", {"role": "analis"}, MORNING, "admin", "user", {"a": 1})
        opened.put_record("account", "budi", {"role": "tamu"}, MORNING, "admin", "user", {})
        opened.put_record("session", "x", {"of": "wati"}, MORNING, "wati")
        yield opened


def behind_its_back(address: str) -> Tamper:
    """Statements by whoever has the file, or owns the database: guards are taken away first."""
    if address.startswith("sqlite"):

        def of_file(*statements: str) -> None:
            with closing(sqlite3.connect(sa.make_url(address).database or "")) as connection:
                for table in metadata.tables:
                    for deed in ("update", "delete"):
                        connection.execute(f"DROP TRIGGER IF EXISTS {table}_no_{deed}")
                for one in statements:
                    assert connection.execute(one).rowcount != 0, one
                connection.commit()

        return of_file

    def of_server(*statements: str) -> None:
        plain = address.replace("postgresql+psycopg://", "postgresql://")
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute("SET session_replication_role = replica")  # no trigger fires
            connection.execute(f"SET search_path = {postgres_schema.BASE_SCHEMA}")
            for one in statements:
                assert connection.execute(one).rowcount != 0, one  # type: ignore[arg-type]

    return of_server  # fmt: skip


@pytest.fixture
def tamper(address: str) -> Tamper:
    return behind_its_back(address)


def test_what_nobody_touched_is_whole_and_sealed(store: Store) -> None:
    assert store.verify() == []


def first_columns(address: str) -> tuple[str, str]:
    """What an inserted row has before its own columns."""
    if address.startswith("sqlite"):
        return "", ""
    return "contest, kabupaten, ", f"'{SCOPE.contest}', '{SCOPE.kabupaten}', "


CHANGES = {
    "a cell": ("UPDATE feed_incidents SET uraian = 'aman' WHERE row = 4 AND batch = 1",
               ["Kiriman 1, incidents: isi baris 4 diubah."]),
    "a count": ("UPDATE feed_tps SET hadir = 121 WHERE row = 3",
                ["Kiriman 2, tps: isi baris 3 diubah."]),
    "a mark of exercise": ("UPDATE feed_incidents SET latihan = NOT latihan WHERE id = 'r-21'",
                           ["Kiriman 3, incidents: isi baris 21 diubah."]),
    "when it was known": ("UPDATE feed_incidents SET known_at = known_at - 1 WHERE id = 'r-5'",
                          ["Kiriman 1, incidents: baris 5 diubah."]),
    "when it was stored": ("UPDATE feed_incidents SET recorded_at = 7 WHERE id = 'r-7'",
                           ["Kiriman 1, incidents: baris 7 diubah."]),
    "our remark": ("UPDATE feed_incidents SET flags = NULL WHERE id = 'r-3'",
                   ["Kiriman 1, incidents: baris 3 diubah."]),
    "its turn": ("UPDATE feed_incidents SET round = 5 WHERE id = 'r-20'",
                 ["Kiriman 3, incidents: baris 20 diubah."]),
    "its delivery": ("UPDATE feed_incidents SET batch = 3 WHERE id = 'r-7'",
                     ["Kiriman 1, incidents: 1 baris hilang sesudah baris 6.",
                      "Kiriman 3, incidents: baris 7 disisipkan."]),
    "a row removed": ("DELETE FROM feed_incidents WHERE id = 'r-2'",
                      ["Kiriman 1, incidents: 1 baris hilang sesudah baris 1."]),
    "all of a delivery": ("DELETE FROM feed_tps",
                          ["Kiriman 2, tps: 2 baris hilang di awal."]),
    "what was refused": ("""UPDATE quarantine SET raw = '{"waktu": "tadi"}' WHERE row = 10""",
                         ["Kiriman 1, karantina: baris 10 diubah."]),
    "why it was refused": ("UPDATE quarantine SET reasons = '[]' WHERE row = 9",
                           ["Kiriman 1, karantina: baris 9 diubah."]),
    "a refused row removed": ("DELETE FROM quarantine WHERE row = 9",
                              ["Kiriman 1, karantina: 1 baris hilang di awal."]),
    "a release undone": ("DELETE FROM releases",
                         ["Kiriman 3: pelepasan karantina diubah, hilang atau disisipkan."]),
    "who delivered": ("UPDATE batches SET actor = 'orang lain' WHERE batch = 2",
                      ["Kiriman 2: keterangan kiriman diubah, hilang atau disisipkan."]),
    "when it was seen": ("UPDATE batches SET committed_at = committed_at - 1 WHERE batch = 2",
                         ["Kiriman 2: keterangan kiriman diubah, hilang atau disisipkan."]),
    "a withdrawal undone": ("DELETE FROM withdrawals WHERE seq = 2",
                            ["Penarikan kiriman 4: penarikan barisnya diubah, hilang atau"
                             " disisipkan."]),
    "when it was withdrawn": ("UPDATE withdrawn_batches SET committed_at = 1",
                              ["Penarikan kiriman 4: keterangannya diubah atau hilang."]),
    "a note": ("""UPDATE notes SET value = '{"tingkat": 3}'""", ["Catatan papan nomor 1 diubah."]),
    "a note removed": ("DELETE FROM notes", ["Catatan papan nomor 1 hilang."]),
    "an account": ("""UPDATE access SET value = '{"role": "admin"}' WHERE name = 'wati'""",
                   ["Data akses nomor 1 diubah."]),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_or_missing_row_is_named(store: Store, tamper: Tamper, change: str) -> None:
    statement, said = CHANGES[change]
    tamper(statement)
    found = store.verify()
    assert found[: len(said)] == said, found


def test_a_row_that_was_put_in_is_named(store: Store, tamper: Tamper, address: str) -> None:
    names, values = first_columns(address)
    cells = ", ".join(
        "'palsu'" if one.name == "id" else "9000" if one.name == "seq" else f'"{one.name}"'
        for one in metadata.tables["feed_incidents"].columns
        if one.name != "digest"
    )
    columns = ", ".join(
        f'"{one.name}"' for one in metadata.tables["feed_incidents"].columns
        if one.name != "digest"
    )  # fmt: skip
    digest = "x'00'" if address.startswith("sqlite") else "'\\x00'::bytea"
    tamper(
        f"INSERT INTO feed_incidents ({names}{columns}, digest)"
        f" SELECT {values}{cells}, {digest} FROM feed_incidents WHERE id = 'r-4'"
    )
    found = store.verify()
    assert "Kiriman 1, incidents: baris 4 disisipkan." in found
    assert "Kiriman 1, incidents: isi baris 4 diubah." in found


def test_a_delivery_that_the_trail_does_not_know_is_named(
    store: Store, tamper: Tamper, address: str
) -> None:
    names, values = first_columns(address)
    tamper(
        f"INSERT INTO releases ({names}seq, number, batch, recorded_at)"
        f" VALUES ({values}50, 2, 77, 0)"
    )
    assert store.verify() == [
        "Kiriman 77 tidak ada dalam jejak: 1 pelepasan karantina disisipkan."
    ]  # fmt: skip


def test_a_withdrawal_that_the_trail_does_not_know_is_named(
    store: Store, tamper: Tamper, address: str
) -> None:
    names, values = first_columns(address)
    tamper(
        f'INSERT INTO withdrawn_batches ({names}seq, batch, recorded_at, committed_at, "first",'
        f' "rows") VALUES ({values}50, 1, 0, 0, 99, 0)'
    )
    assert store.verify() == ["Penarikan kiriman 1 disisipkan."]


def test_a_row_taken_back_that_no_withdrawal_knows_is_counted(
    store: Store, tamper: Tamper, address: str
) -> None:
    names, values = first_columns(address)
    tamper(
        f"INSERT INTO withdrawals ({names}seq, row_seq, feed, batch, recorded_at, digest)"
        f" SELECT {values}50, seq, 'incidents', 1, 0, digest FROM feed_incidents WHERE id = 'r-1'"
    )
    assert store.verify() == ["Baris yang ditarik ada 4, padahal jejak menyebut 3."]


def test_a_repetition_that_was_removed_is_named(store: Store, tamper: Tamper) -> None:
    with store.deliver(delivery(actor="budi", sha256="lain", source="ganda")) as writing:
        writing.add(numbered(20, 50), [])
    tamper("DELETE FROM repeats")
    assert store.verify() == ["Kiriman 6: catatan baris ganda diubah, hilang atau disisipkan."]


def test_a_note_that_was_put_in_is_counted(store: Store, tamper: Tamper, address: str) -> None:
    names, values = first_columns(address)
    cells = ", ".join(f'"{c.name}"' for c in metadata.tables["notes"].columns if c.name != "seq")
    tamper(f"INSERT INTO notes ({names}seq, {cells}) SELECT {values}50, {cells} FROM notes")
    assert store.verify() == ["Catatan papan: 1 di luar segel, padahal jejak menyebut 0."]


def test_where_the_trail_itself_is_broken_no_row_is_blamed_for_it(
    store: Store, tamper: Tamper
) -> None:
    lost = store.audit_entries(action="deliver")["seq"].iloc[-1]
    tamper(f"DELETE FROM audit WHERE seq = {lost}")
    [said] = store.verify()
    assert said.startswith(f"Catatan {lost} hilang")


def test_whoever_makes_the_digest_fit_is_found_by_the_seal(store: Store, tamper: Tamper) -> None:
    """The digest of one row stands in place of another's, and its content too."""
    names = [c.name for c in metadata.tables["feed_incidents"].columns]
    content = [n for n in names if n not in ("seq", "batch", "row", "recorded_at", "known_at")]
    taken = ", ".join(
        f'"{n}" = (SELECT "{n}" FROM feed_incidents WHERE id = \'r-1\')'
        for n in content if n not in ("id", "round")
    )  # fmt: skip
    tamper(f"UPDATE feed_incidents SET id = 'r-1', round = 9, {taken} WHERE id = 'r-40'")
    assert store.verify() == ["Kiriman 5, incidents: baris 40 diubah."]


@pytest.mark.parametrize("count", [1, 6, 40])
def test_many_changed_rows_are_counted_and_the_first_are_named(
    store: Store, tamper: Tamper, count: int
) -> None:
    with store.deliver(delivery(source="banyak")) as writing:
        writing.add(numbered(*range(100, 160)), [])
    tamper(f"UPDATE feed_incidents SET known_at = 1 WHERE batch = 6 AND row < {100 + count}")
    [said] = store.verify()
    assert said.startswith("Kiriman 6, incidents: baris 100 diubah")
    assert said.count("diubah") == min(count, 5)
    assert (f"dan {count - 5} lagi" in said) == (count > 5)


def test_cells_of_another_kind_do_not_stop_the_proof(url: str) -> None:
    with closing(open_store(url)) as store:
        with store.deliver(delivery()) as writing:
            writing.add(numbered(1, 2), [])
        tamper = behind_its_back(url)
        tamper("UPDATE feed_incidents SET known_at = 'kemarin', lat = 'utara' WHERE row = 1")
        assert store.verify() == [
            "Kiriman 1, incidents: isi baris 1 diubah.",
            "Kiriman 1, incidents: baris 1 diubah.",
        ]
