"""Sessions: what this process knows of access stays level with the store, and true."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from situasi.access import accounts, guest_links
from situasi.access.roles import ROLES, Viewer
from situasi.domain.register import Register
from situasi.server.auth import session_records, sessions
from situasi.server.auth.session_records import SESSION_KIND, hash_session_token
from situasi.server.auth.sessions import SessionManager
from situasi.store import Store, StoreError, open_store
from tests.conftest import NOON, settings_in


class Clock:
    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(settings_in(tmp_path).store_url)
    accounts.add(opened, "wati", "analis", ("16.10.05",), "kuda merah lari", NOON, "test")
    yield opened
    opened.close()


@pytest.fixture
def manager(store: Store, clock: Clock, tmp_path: Path) -> SessionManager:
    made = SessionManager(store, settings_in(tmp_path).auth, clock)
    asyncio.run(made.refresh())
    return made


def sign_in(manager: SessionManager) -> str:
    account = manager.account("wati")
    assert account is not None
    return hash_session_token(asyncio.run(manager.start_session(account, "10.0.0.1")))


def test_a_viewer_is_the_account_with_its_role_and_area(manager: SessionManager) -> None:
    viewer = manager.authenticate(sign_in(manager))
    assert viewer is not None
    assert (viewer.name, viewer.role.name, viewer.area) == ("wati", "analis", ("16.10.05",))
    assert manager.authenticate("another") is None


def test_a_session_begun_before_its_account_was_changed_is_over(
    manager: SessionManager, store: Store
) -> None:
    key = sign_in(manager)
    accounts.change(store, "wati", "account-reset", NOON, "admin", password="kuda putih lari")
    asyncio.run(manager.refresh())
    assert manager.authenticate(key) is None
    assert manager.authenticate(sign_in(manager)) is not None


def test_the_store_holds_nothing_that_opens_the_board(
    manager: SessionManager, store: Store
) -> None:
    account = manager.account("wati")
    assert account is not None
    held = asyncio.run(manager.start_session(account, "10.0.0.1"))
    assert held not in str(store.latest_records(SESSION_KIND)) + store.audit_entries().to_csv()


def test_signs_of_life_keep_a_session_until_the_longest(
    manager: SessionManager, clock: Clock
) -> None:
    key = sign_in(manager)
    for _ in range(24):
        clock.at += timedelta(minutes=29)
        assert manager.authenticate(key) is not None
    clock.at = NOON + timedelta(hours=12, seconds=1)
    assert manager.authenticate(key) is None


def test_who_gives_no_sign_of_life_is_out(manager: SessionManager, clock: Clock) -> None:
    key = sign_in(manager)
    clock.at += timedelta(minutes=30, seconds=1)
    assert manager.authenticate(key) is None
    clock.at = NOON
    assert manager.authenticate(key) is not None  # nothing but the clock was against it


def test_what_was_read_before_does_not_undo_what_happened_since(
    manager: SessionManager, store: Store
) -> None:
    ended = sign_in(manager)
    before = session_records.load_access_records(store, (-1, ""))  # as a look that is slow
    assert before is not None
    begun = sign_in(manager)
    asyncio.run(manager.end_session(ended))
    manager._apply_records(before)
    assert manager.authenticate(begun) is not None
    assert manager.authenticate(ended) is None
    asyncio.run(manager.refresh())
    assert manager.authenticate(begun) is not None
    assert manager.authenticate(ended) is None


def test_a_link_lets_in_only_so_many_at_once(
    manager: SessionManager, store: Store, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "_MAX_GUESTS_PER_LINK", 3)
    viewer = Viewer("wati", ROLES["analis"], ("16.10.05",))
    link = guest_links.create(
        store, register, viewer, "situasi", (), "", timedelta(hours=1), NOON
    )  # fmt: skip
    asyncio.run(manager.refresh())

    async def one() -> bool:
        if manager.is_link_full(link):
            return False
        await manager.start_guest_session(link, "10.0.0.1")
        return True

    async def many() -> list[bool]:
        return await asyncio.gather(*(one() for _ in range(9)))

    assert asyncio.run(many()).count(True) == 3


def test_signs_of_life_are_written_seldom_and_never_for_who_went(
    manager: SessionManager, store: Store, clock: Clock
) -> None:
    key = sign_in(manager)
    first = store.access_version()
    for _ in range(10):
        clock.at += timedelta(seconds=29)
        manager.authenticate(key)
        manager._write_pending()
    assert store.access_version() == first
    clock.at += timedelta(minutes=1)
    manager.authenticate(key)
    manager._write_pending()
    assert store.access_version() == first + 1
    asyncio.run(manager.end_session(key))
    clock.at += timedelta(minutes=6)
    manager._write_pending()
    assert store.latest_records(SESSION_KIND, key)[key]["ended"] is True


def test_a_signing_out_that_could_not_be_written_holds_and_is_written_later(
    manager: SessionManager, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = sign_in(manager)
    with monkeypatch.context() as broken:
        broken.setattr(session_records, "save_session", _full)
        asyncio.run(manager.end_session(key))
        with pytest.raises(StoreError):
            manager._write_pending()
        asyncio.run(manager.refresh())
        assert manager.authenticate(key) is None
    manager._write_pending()
    asyncio.run(manager.refresh())
    assert manager.authenticate(key) is None
    assert store.latest_records(SESSION_KIND, key)[key]["ended"] is True


def _full(*_: object, **__: object) -> None:
    raise StoreError("Disk penuh")


def test_an_account_that_cannot_be_read_is_an_account_all_the_same(
    manager: SessionManager, store: Store
) -> None:
    key = sign_in(manager)
    store.put_record(accounts.RECORD_KIND, "wati", {"role": "kaisar"}, NOON, "test")
    asyncio.run(manager.refresh())
    assert manager.has_accounts()
    assert manager.authenticate(key) is None


def test_what_only_an_intruder_has_is_told_once_in_a_while_and_from_each_address(
    manager: SessionManager, store: Store, clock: Clock
) -> None:
    for address in ("10.0.0.1", "10.0.0.1", "10.0.0.2"):
        manager.report_intrusion("forged cookie", address)
    clock.at += timedelta(minutes=16)
    manager.report_intrusion("forged cookie", "10.0.0.1")
    for n in range(5000):
        manager.report_intrusion("forged cookie", f"10.1.{n // 256}.{n % 256}")
    manager._write_pending()
    told = store.audit_entries()["action"].tolist().count("intruder")
    assert told <= 1000
    assert store.audit_entries()["detail"].str.contains('"10.0.0.1"').sum() == 2


def _replace(store: Store, other: Path) -> None:
    """Put this file in the place of the store's own."""
    path = store._backend._path  # type: ignore[attr-defined]
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    other.replace(path)


def test_who_was_known_to_another_store_is_not_let_in_once_it_lies_there(
    manager: SessionManager, store: Store, tmp_path: Path
) -> None:
    key = sign_in(manager)
    asyncio.run(manager.refresh())
    other = tmp_path / "other.db"
    elsewhere = open_store(f"sqlite:///{other.as_posix()}")
    accounts.add(elsewhere, "budi", "analis", (), "kuda merah lari", NOON, "test")
    while elsewhere.access_version() < store.access_version():
        elsewhere.put_record("x", "y", 1, NOON, "test")
    assert elsewhere.access_version() == store.access_version()
    elsewhere.close()
    _replace(store, other)
    asyncio.run(manager.refresh())
    assert manager.authenticate(key) is None and manager.account("wati") is None
    assert manager.account("budi") is not None


def test_a_session_that_an_older_store_put_back_does_not_know_is_over(
    manager: SessionManager, store: Store, tmp_path: Path
) -> None:
    earlier = tmp_path / "earlier.db"
    path = store._backend._path  # type: ignore[attr-defined]
    with closing(sqlite3.connect(path)) as source:
        source.execute("VACUUM INTO ?", (str(earlier),))
    key = sign_in(manager)
    asyncio.run(manager.refresh())
    assert manager.authenticate(key) is not None
    _replace(store, earlier)
    asyncio.run(manager.refresh())
    assert manager.account("wati") is not None and manager.authenticate(key) is None


def test_a_board_that_had_accounts_is_not_open_to_all_once_none_is_found(
    manager: SessionManager, store: Store, tmp_path: Path
) -> None:
    other = tmp_path / "empty.db"
    open_store(f"sqlite:///{other.as_posix()}").close()
    _replace(store, other)
    asyncio.run(manager.refresh())
    assert manager.account("wati") is None and manager.has_accounts()


def test_of_sessions_only_those_written_since_the_last_look_are_read(
    manager: SessionManager, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [sign_in(manager) for _ in range(30)]
    asyncio.run(manager.refresh())
    read: list[int] = []
    remembered = store.latest_records

    def counted(kind: str, name: str | None = None, *, after: int = 0) -> dict[str, object]:
        found = remembered(kind, name, after=after)
        if kind == SESSION_KIND:
            read.append(len(found))
        return found

    monkeypatch.setattr(store, "latest_records", counted)
    one = sign_in(manager)
    asyncio.run(manager.refresh())
    assert read == [1]
    assert all(manager.authenticate(key) for key in (*keys, one))
    asyncio.run(manager.end_session(keys[0]))
    asyncio.run(manager._flush())
    asyncio.run(manager.refresh())
    assert read == [1, 1] and manager.authenticate(keys[0]) is None
    assert all(manager.authenticate(key) for key in (*keys[1:], one))


def test_a_session_that_was_over_long_ago_is_no_longer_held(
    manager: SessionManager, clock: Clock
) -> None:
    old = sign_in(manager)
    asyncio.run(manager.refresh())
    clock.at += timedelta(days=2)
    new = sign_in(manager)
    asyncio.run(manager.refresh())
    assert set(manager._sessions) == {new} and manager.authenticate(old) is None
