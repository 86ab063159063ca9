"""Files of a store are its owner's alone; a page that broke lets nobody in and shows no path."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from situasi.access import accounts
from situasi.store import StoreError, open_store
from tests.store.builders import MORNING, delivery, frame, row


@pytest.fixture
def path(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


@pytest.fixture
def open_to_all() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    return {one.name: stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()}


@pytest.mark.usefixtures("open_to_all")
def test_whatever_the_umask_nobody_else_reads_a_file_of_the_store(url: str, path: Path) -> None:
    store = open_store(url)
    with store.deliver(delivery()) as writing:
        writing.add(frame(row()), [])
    assert store.is_leader("kirim")
    found = modes(path.parent)
    assert {"situasi.db", "situasi.db-wal", "situasi.db-shm"} <= found.keys()
    assert any(name.endswith(".lock") for name in found)
    assert set(found.values()) == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    store.close()


def test_files_that_others_could_read_are_closed_when_the_store_is_opened(
    url: str, path: Path
) -> None:
    open_store(url).close()
    beside = path.with_name("situasi.db.skema-3.bak")
    beside.write_bytes(b"")
    other = path.with_name("catatan.txt")
    other.write_bytes(b"")
    for one in (path, beside, other):
        one.chmod(0o644)
    path.parent.chmod(0o755)
    open_store(url).close()
    assert modes(path.parent) == {path.name: 0o600, beside.name: 0o600, other.name: 0o644}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o755  # a folder may be everybody's


def test_what_a_broken_store_says_to_everybody_names_no_path(url: str, path: Path) -> None:
    store = open_store(url)
    store.close()
    path.rename(path.with_name("elsewhere.db"))
    with pytest.raises(StoreError) as refused:
        store.version()
    assert str(path.parent) not in str(refused.value) and path.name not in str(refused.value)
    assert str(path) in refused.value.detail


def _page(path: Path, name: str) -> tuple[int, int]:
    """Where the first page of this table or index lies, and its length."""
    with closing(sqlite3.connect(path)) as line:
        (root,) = line.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)
        ).fetchone()
        (size,) = line.execute("PRAGMA page_size").fetchone()
        line.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return (root - 1) * size, size


def _noise(size: int) -> bytes:
    return bytes(range(7, 249)) * (size // 242 + 1)


def _wholly(page: bytes) -> bytes:
    return _noise(len(page))[: len(page)]


def _behind_the_header(page: bytes) -> bytes:
    return page[:100] + _noise(len(page))[: len(page) - 100]


def _emptied(page: bytes) -> bytes:
    return page[:100] + bytes(len(page) - 100)


def _in_the_words(page: bytes) -> bytes:
    return page.replace(b'{"', b"\xff\xfe")


def _in_the_json(page: bytes) -> bytes:
    return page.replace(b'{"', b'["')


@pytest.mark.parametrize(
    ("table", "breaks"),
    [
        *(("access", one) for one in (_wholly, _behind_the_header, _in_the_words, _in_the_json)),
        *(("access_by_name", one) for one in (_wholly, _behind_the_header)),
        ("access", _emptied),
        ("access_by_name", _emptied),
    ],
)
def test_a_corrupt_page_of_accounts_is_a_sentence_and_a_refusal(
    url: str, path: Path, table: str, breaks: Callable[[bytes], bytes]
) -> None:
    store = open_store(url)
    for name in ("wati", "budi"):
        accounts.add(store, name, "analis", (), None, MORNING, "uji")
    store.close()
    at, size = _page(path, table)
    content = bytearray(path.read_bytes())
    page = bytes(content[at : at + size])
    content[at : at + size] = breaks(page)
    assert bytes(content[at : at + size]) != page
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"rusak|gagal menjawab") as refused:
        broken = open_store(url)
        try:
            accounts.load_all(broken)
        finally:
            broken.close()
    assert str(path) not in str(refused.value)


def test_a_page_that_breaks_under_an_open_store_hides_no_account(url: str, path: Path) -> None:
    store = open_store(url)
    for name in ("wati", "budi"):
        accounts.add(store, name, "analis", (), None, MORNING, "uji")
    at, size = _page(path, "access")
    content = bytearray(path.read_bytes())
    content[at : at + size] = _behind_the_header(bytes(content[at : at + size]))
    with path.open("r+b") as file:
        file.write(content)
    store._backend.engine.dispose()  # type: ignore[attr-defined]
    with pytest.raises(StoreError):
        accounts.load_all(store)
    store.close()
