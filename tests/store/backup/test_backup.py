"""A copy of the whole store: proven, never half, and put back as it was to the last cell."""

from __future__ import annotations

import json
import stat
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from situasi.board import Board
from situasi.domain.feed_schemas import FEEDS, INCIDENTS
from situasi.domain.settings import ROOT
from situasi.store import AppendResult, Scope, Store, open_store
from situasi.store.audit import hash_chain
from situasi.store.backup import backup, backup_container, raw_tables
from situasi.store.backup.backup import BackupError
from tests import processes
from tests.builders_store import assert_same, every, fill
from tests.conftest import NOON
from tests.store.builders import delivery, numbered

SCOPE = Scope("pilkada-2024", "16.10")


@pytest.fixture
def full(board: Board) -> Board:
    fill(board.store)
    return board


@pytest.fixture
def kept(full: Board, tmp_path: Path) -> Path:
    path = tmp_path / "kept.zip"
    backup.write(full.store, full.register.election, path, NOON, "wati")
    return path


Opened = Callable[[str], Store]


@pytest.fixture
def opened(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Opened]:
    """An empty store of an engine."""
    stores: list[Store] = []

    def one(engine: str) -> Store:
        url = f"sqlite:///{tmp_path / 'other' / 'situasi.db'}"
        if engine == "postgres":
            url = request.getfixturevalue("store_database")
        stores.append(open_store(url, SCOPE))
        return stores[-1]

    yield one
    for store in stores:
        store.close()


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_every_row_of_every_table_comes_back_as_it_was(
    full: Board, tmp_path: Path, opened: Opened, engine: str
) -> None:
    before, at = every(full.store), (full.store.version(), full.store.access_version())
    path = tmp_path / "k.zip"
    backup.write(full.store, full.register.election, path, NOON, "wati")
    other = opened(engine)
    told = backup.restore(other, SCOPE, path, NOON, "wati")
    after = every(other)
    *audit, deed = after["audit"]
    assert all(before.values())
    assert_same(before, {**after, "audit": audit})
    assert deed[2:4] == ("wati", "restore") and deed[0] == told.head[0] + 1
    assert (other.version(), other.access_version()) == at
    assert other.verify(told.head[1]) == []
    assert told.rows == sum(map(len, before.values()))


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_a_store_that_was_put_back_writes_on(kept: Path, opened: Opened, engine: str) -> None:
    store = opened(engine)
    backup.restore(store, SCOPE, kept, NOON, "wati")
    highest, batch = store.rows_after(INCIDENTS)["seq"].max(), store.batches()["batch"].max()
    with store.deliver(delivery()) as writing:
        assert writing.add(numbered(0, 1, pelapor="a"), []) == AppendResult(0, 2, 0)
        assert writing.add(numbered(70, 71), []) == AppendResult(2, 0, 0)
    assert store.rows_after(INCIDENTS)["seq"].iloc[-2] > highest
    assert store.batches()["batch"].max() == batch + 1
    assert store.verify() == []


def test_a_copy_of_postgres_comes_back_in_sqlite(
    full: Board, kept: Path, opened: Opened, tmp_path: Path
) -> None:
    above = opened("postgres")
    backup.restore(above, SCOPE, kept, NOON, "wati")
    path = tmp_path / "down.zip"
    backup.write(above, full.register.election, path, NOON, "wati")
    below = opened("sqlite")
    backup.restore(below, SCOPE, path, NOON, "wati")
    assert_same({n: r for n, r in every(above).items() if n != "audit"},
                {n: r for n, r in every(below).items() if n != "audit"})  # fmt: skip


def test_who_made_a_copy_and_put_it_back_is_in_the_trail(
    full: Board, kept: Path, opened: Opened
) -> None:
    last = full.store.audit_entries().iloc[-1]
    assert (last["actor"], last["action"], last["moves"]) == ("wati", "backup", False)
    told = backup.check(kept)
    assert json.loads(last["detail"]) == {
        "file": "kept.zip", "rows": told.rows, "head": told.head[0]
    }  # fmt: skip


def test_a_copy_holds_what_defines_the_election(full: Board, kept: Path) -> None:
    told = backup.check(kept)
    assert {"pemilihan/election.toml", "pemilihan/tps.csv", "batas/kecamatan.geojson"} <= set(
        told.files
    )
    with zipfile.ZipFile(kept) as packed:
        here = full.register.election.folder / "rules.toml"
        assert packed.read("pemilihan/rules.toml") == here.read_bytes()
    assert backup.find_changed_files(told, full.register.election) == []
    one = replace(told, files={**told.files, "pemilihan/lama.csv": told.files["pemilihan/tps.csv"]})
    assert backup.find_changed_files(one, full.register.election) == ["pemilihan/lama.csv"]


def test_rows_come_in_while_it_is_made_and_it_is_still_one_moment(
    board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(board.store)
    before, real = every(board.store), backup._write_table

    def slowly(packed: Any, state: Any, name: str) -> Any:
        made = real(packed, state, name)
        with board.store.deliver(delivery(source=name)) as writing:
            writing.add(numbered(900, pelapor=name), [])
        return made

    monkeypatch.setattr(backup, "_write_table", slowly)
    told = backup.write(board.store, board.register.election, tmp_path / "k.zip", NOON, "wati")
    assert told.rows == sum(map(len, before.values()))
    assert told.tables["feed_incidents"].rows == len(before["feed_incidents"])
    assert len(board.store.rows_after(INCIDENTS)) > told.tables["feed_incidents"].rows


def test_the_file_is_for_nobody_else_and_never_written_over(full: Board, kept: Path) -> None:
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    before = kept.read_bytes()
    with pytest.raises(BackupError, match="sudah ada"):
        backup.write(full.store, full.register.election, kept, NOON, "wati")
    assert kept.read_bytes() == before


def test_a_file_that_took_the_name_meanwhile_is_not_written_over(
    full: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, real = tmp_path / "k.zip", backup.verify_container

    def meanwhile(file: Any) -> Any:
        path.write_text("another's", "utf-8")
        return real(file)

    monkeypatch.setattr(backup, "verify_container", meanwhile)
    with pytest.raises(BackupError, match="sudah ada"):
        backup.write(full.store, full.register.election, path, NOON, "wati")
    assert path.read_text("utf-8") == "another's"
    assert not list(tmp_path.glob(".*.part"))


FULL = """
import resource, sys, warnings
warnings.simplefilter("error")
from pathlib import Path
from situasi.store.backup import backup
from situasi.board import open_board
from tests.conftest import NOON, settings_in
board = open_board(settings_in(Path(sys.argv[1])), lambda: NOON)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    backup.write(board.store, board.register.election, Path(sys.argv[1]) / "k.zip", NOON, "wati")
except backup.BackupError as error:
    print(error)
"""


@pytest.mark.parametrize("room", [10, 5_000, 60_000])
def test_a_full_disk_is_one_sentence_and_leaves_nothing(
    full: Board, tmp_path: Path, room: int
) -> None:
    done = processes.run(
        [sys.executable, "-c", FULL, str(tmp_path), str(room)],
        cwd=ROOT, text=True, timeout=600,
    )  # fmt: skip
    assert (done.stderr, done.returncode) == ("", 0)
    assert done.stdout.startswith("Disk penuh") and done.stdout.count("\n") == 1
    assert not list(tmp_path.glob("*.zip")) and not list(tmp_path.glob(".*.part"))


def test_memory_stays_small_whatever_the_table(
    full: Board, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, opened: Opened
) -> None:
    monkeypatch.setattr(raw_tables, "CHUNK_ROWS", 3)
    path = tmp_path / "k.zip"
    told = backup.write(full.store, full.register.election, path, NOON, "wati")
    with path.open("rb") as file:
        packed = backup_container.ContainerReader(file)
        groups = pq.ParquetFile(packed.open_member("tabel/feed_incidents.parquet")).metadata
        assert groups.num_row_groups == -(-told.tables["feed_incidents"].rows // 3)
    store = opened("sqlite")
    backup.restore(store, SCOPE, path, NOON, "wati")
    assert store.verify() == []


def refused(store: Store, path: Path, words: str, scope: Scope = SCOPE) -> None:
    """Nothing of it is kept, and the reason is told."""
    with pytest.raises(BackupError, match=words):
        backup.restore(store, scope, path, NOON, "wati")
    with store.raw_snapshot() as state:
        assert state.is_empty()


def test_a_store_that_holds_anything_is_left_alone(kept: Path, opened: Opened) -> None:
    store = opened("sqlite")
    store.put_record("account", "wati", 1, NOON, "admin")
    before = every(store)
    with pytest.raises(BackupError, match="sudah berisi"):
        backup.restore(store, SCOPE, kept, NOON, "wati")
    assert_same(before, every(store))


def test_another_scope_is_refused(kept: Path, opened: Opened) -> None:
    refused(opened("sqlite"), kept, "milik pilkada-2024/16.10", Scope("pilkada-2024", "16.11"))


def test_what_is_no_copy_is_refused(tmp_path: Path, opened: Opened) -> None:
    store, path = opened("sqlite"), tmp_path / "x.zip"
    refused(store, path, "tidak ada")
    for content in (b"", b"not a zip", b"PK\x05\x06" + bytes(18)):
        path.write_bytes(content)
        refused(store, path, "tidak dapat dipakai")


def test_a_copy_that_was_cut_anywhere_is_refused(kept: Path, tmp_path: Path) -> None:
    content, path = kept.read_bytes(), tmp_path / "cut.zip"
    for left in [*range(0, len(content), len(content) // 40), len(content) - 1]:
        path.write_bytes(content[:left])
        with pytest.raises(BackupError):
            backup.check(path)


def test_a_copy_of_which_any_byte_of_content_was_changed_is_refused(
    kept: Path, tmp_path: Path
) -> None:
    content, path = kept.read_bytes(), tmp_path / "bit.zip"
    with kept.open("rb") as file:
        spans = backup_container.ContainerReader(file)._spans.items()
    for name, (start, size) in spans:
        for at in {start, start + size // 2, start + size - 1}:
            changed = bytearray(content)
            changed[at] ^= 1
            path.write_bytes(changed)
            with pytest.raises(BackupError):
                backup.check(path)
                pytest.fail(name)


Members = dict[str, bytes]


def rewritten(kept: Path, path: Path, change: Callable[[Members, dict[str, Any]], None]) -> Path:
    """A copy made by somebody who knows how: every sum is right again."""
    with zipfile.ZipFile(kept) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    told = json.loads(members.pop("manifest.json"))
    change(members, told)
    for name, content in members.items():
        one = told["files"].get(name) or told["tables"].get(name[6:-8])
        if one is not None:
            one |= {"sha256": backup_container.sha256(content).hexdigest(), "bytes": len(content)}
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in members.items():
            packed.writestr(name, content)
        packed.writestr("manifest.json", json.dumps(told))
    return path


def table(members: Members, name: str, change: Callable[[Any], Any]) -> None:
    """Change a table as Arrow reads it."""
    import io

    import pyarrow as pa

    read = pq.read_table(pa.BufferReader(members[f"tabel/{name}.parquet"]))
    sink = io.BytesIO()
    pq.write_table(change(read), sink)
    members[f"tabel/{name}.parquet"] = sink.getvalue()


def forge_trail(members: Members, told: dict[str, Any]) -> None:
    def change(read: Any) -> Any:
        actor = ["intruder", *read.column("actor").to_pylist()[1:]]
        return read.set_column(2, read.schema.field("actor"), [actor])

    table(members, "audit", change)


def cut_trail(members: Members, told: dict[str, Any]) -> None:
    table(members, "audit", lambda read: read.slice(0, read.num_rows - 1))
    told["tables"]["audit"]["rows"] -= 1


def drop_rows(members: Members, told: dict[str, Any]) -> None:
    table(members, "feed_tps", lambda read: read.slice(1))


def twice(members: Members, told: dict[str, Any]) -> None:
    import pyarrow as pa

    table(members, "feed_tps", lambda read: pa.concat_tables([read, read]))
    told["tables"]["feed_tps"]["rows"] *= 2


def other_kind(members: Members, told: dict[str, Any]) -> None:
    import pyarrow as pa

    number = pa.field("seq", pa.string(), False)
    cells = [["1"]]
    table(members, "notes", lambda read: read.set_column(0, number, cells))


def other_column(members: Members, told: dict[str, Any]) -> None:
    table(members, "notes", lambda read: read.append_column("baru", [[1] * read.num_rows]))


def needed_column_gone(members: Members, told: dict[str, Any]) -> None:
    table(members, "notes", lambda read: read.drop_columns(["actor"]))


def no_parquet(members: Members, told: dict[str, Any]) -> None:
    members["tabel/notes.parquet"] = b"PAR1" + bytes(100) + b"PAR1"


def table_gone(members: Members, told: dict[str, Any]) -> None:
    del members["tabel/notes.parquet"], told["tables"]["notes"]


def member_gone(members: Members, told: dict[str, Any]) -> None:
    del members["tabel/notes.parquet"]


def slips(members: Members, told: dict[str, Any]) -> None:
    members["../../etc/cron.d/x"] = b"* * * * * root true"


def newer(members: Members, told: dict[str, Any]) -> None:
    told["format"] = backup.FORMAT + 1


def newer_table(members: Members, told: dict[str, Any]) -> None:
    told["tables"]["masa_depan"] = told["tables"]["notes"]


def other_head(members: Members, told: dict[str, Any]) -> None:
    told["head"][0] += 1


def unsaid(members: Members, told: dict[str, Any]) -> None:
    del told["kabupaten"]


def ends_elsewhere(members: Members, told: dict[str, Any]) -> None:
    told["tables"]["feed_tps"]["last"] += 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (forge_trail, "jejaknya rusak"), (cut_trail, "jejaknya rusak"), (drop_rows, "baris"),
        (twice, "Penyimpanan"), (other_kind, "berbentuk"), (other_column, "Perbarui Situasi"),
        (needed_column_gone, "berbentuk"), (no_parquet, "tidak terbaca"), (table_gone, "hilang"),
        (member_gone, "manifest"), (slips, "manifest"), (newer, "lebih baru"),
        (newer_table, "Perbarui Situasi"), (other_head, "tidak berakhir"), (unsaid, "manifest"),
        (ends_elsewhere, "tidak berakhir pada nomor"),
    ],
)  # fmt: skip
def test_a_copy_that_somebody_forged_puts_nothing_back(
    kept: Path, tmp_path: Path, opened: Opened, change: Any, words: str
) -> None:
    path = rewritten(kept, tmp_path / "forged.zip", change)
    if change is twice:
        words = "tidak dapat dipakai|gagal"
        store = opened("sqlite")
        with pytest.raises(Exception, match=words):
            backup.restore(store, SCOPE, path, NOON, "wati")
        with store.raw_snapshot() as state:
            assert state.is_empty()
    else:
        refused(opened("sqlite"), path, words)


def test_what_a_forged_copy_names_lands_nowhere(kept: Path, tmp_path: Path, opened: Opened) -> None:
    before = set(tmp_path.rglob("*"))
    path = rewritten(kept, tmp_path / "forged.zip", slips)
    refused(opened("sqlite"), path, "manifest")
    new = {one.name for one in set(tmp_path.rglob("*")) - before}
    assert new <= {"forged.zip", "other", "situasi.db", "situasi.db-wal", "situasi.db-shm"}


def test_a_rewritten_copy_that_is_sound_is_taken(
    kept: Path, tmp_path: Path, opened: Opened
) -> None:
    path = rewritten(kept, tmp_path / "same.zip", lambda *_: None)
    store = opened("sqlite")
    backup.restore(store, SCOPE, path, NOON, "wati")
    assert store.verify() == []


def test_a_bomb_is_refused_before_anything_swells(kept: Path, tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("manifest.json", b" " * 200_000_000)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(BackupError, match="dimampatkan"):
        backup.check(path)


def test_members_that_lie_upon_each_other_are_refused(kept: Path, tmp_path: Path) -> None:
    content = bytearray(kept.read_bytes())
    with zipfile.ZipFile(kept) as packed:
        first, second = packed.infolist()[:2]
    # The second entry of the directory is made to point at the first member.
    at = content.rindex(second.filename.encode()) - 46
    assert content[at : at + 4] == b"PK\x01\x02"
    content[at + 42 : at + 46] = first.header_offset.to_bytes(4, "little")
    path = tmp_path / "upon.zip"
    path.write_bytes(content)
    with pytest.raises(BackupError):
        backup.check(path)


def test_a_store_whose_trail_was_broken_before_is_kept_and_put_back_as_it_is(
    full: Board, tmp_path: Path, opened: Opened
) -> None:
    import sqlite3

    line = sqlite3.connect(tmp_path / "live" / "situasi.db")
    line.execute("DROP TRIGGER audit_no_update")
    line.execute("UPDATE audit SET actor = 'intruder' WHERE seq = 2")
    line.commit()
    line.close()
    path = tmp_path / "k.zip"
    told = backup.write(full.store, full.register.election, path, NOON, "wati")
    assert len(told.breaks) == 1 and "Catatan 2 diubah" in told.breaks[0]
    store = opened("sqlite")
    backup.restore(store, SCOPE, path, NOON, "wati")
    assert store.verify() == list(told.breaks)


def test_an_older_copy_without_a_later_column_is_put_back(
    kept: Path, tmp_path: Path, opened: Opened
) -> None:
    def change(members: Members, told: dict[str, Any]) -> None:
        table(members, "feed_tps", lambda read: read.drop_columns(["pengawal"]))
        del members["tabel/access.parquet"], told["tables"]["access"]
        told["schema"] = "an older"

    store = opened("sqlite")
    backup.restore(store, SCOPE, rewritten(kept, tmp_path / "old.zip", change), NOON, "wati")
    assert store.rows_after(FEEDS["tps"])["pengawal"].isna().all()


def test_an_empty_store_is_kept_and_put_back(board: Board, tmp_path: Path, opened: Opened) -> None:
    told = backup.write(board.store, board.register.election, tmp_path / "k.zip", NOON, "wati")
    assert (told.rows, told.head) == (0, (0, hash_chain.GENESIS_HASH))
    store = opened("sqlite")
    backup.restore(store, SCOPE, tmp_path / "k.zip", NOON, "wati")
    assert store.audit_head()[0] == 1


def test_many_write_while_copies_are_made(board: Board, tmp_path: Path, opened: Opened) -> None:
    """A copy at any moment is whole: its batches are those of its rows."""
    stop = threading.Event()

    def write() -> None:
        for turn in range(400):
            if stop.is_set():
                return
            fill(board.store, 3, f"t{turn}")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = [
            backup.write(board.store, board.register.election, tmp_path / f"{n}.zip", NOON, "w")
            for n in range(4)
        ]
    finally:
        stop.set()
        writer.join()
    assert len({told.head for told in made}) == 4
    store = opened("sqlite")
    backup.restore(store, SCOPE, tmp_path / "3.zip", NOON, "wati")
    batches = store.batches()
    for name, feed in FEEDS.items():
        counted = store.rows_after(feed).groupby("batch").size()
        told_of = batches[batches["feed"] == name].set_index("batch")["accepted"]
        assert counted.to_dict() == told_of[told_of > 0].to_dict()


def test_a_copy_is_labelled_by_what_the_store_says_of_itself(full: Board, tmp_path: Path) -> None:
    elsewhere = Scope("pilkada-2024", "16.02")
    store = open_store(f"sqlite:///{tmp_path / 'elsewhere.db'}", elsewhere)
    path = tmp_path / "elsewhere.zip"
    told = backup.write(store, full.register.election, path, NOON, "wati")
    assert Scope(told.contest, told.kabupaten) == elsewhere
    store.close()
    empty = open_store(f"sqlite:///{tmp_path / 'empty.db'}", SCOPE)
    with pytest.raises(BackupError, match=r"16\.02, bukan pilkada-2024/16\.10"):
        backup.restore(empty, elsewhere, path, NOON, "wati")
    assert empty.audit_head()[0] == 0
    empty.close()
