"""Who is signed in: accounts and sessions of this process, kept level with the store.

No request waits for the store, nor does the look at it wait for writing, which can take as long
as the delivery of a large file. What the store says of access is read when it has changed, at
most half a second later; a session's last sign of life is written down every few minutes.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, TypeVar

from situasi.access import accounts, guest_links
from situasi.access.accounts import Account
from situasi.access.guest_links import Link
from situasi.access.roles import ROLES, Viewer
from situasi.common import error_log
from situasi.common.background_jobs import Job
from situasi.domain.settings import AuthSettings
from situasi.server.auth.websocket import ManagedWebSocket
from situasi.store.audit.audit_writer import AuditOutbox
from situasi.store.interface import Store, StoreError

SESSION_KIND = accounts.SESSION_KIND
T = TypeVar("T")

_REFRESH_EVERY_S = 0.5  # seconds between two looks at the store
_RETRY_WRITE_S = 5.0  # seconds after which what failed to be written is tried again
_SAVE_LAST_SEEN_EVERY = timedelta(minutes=5)
_REPORT_AGAIN_AFTER = timedelta(minutes=15)  # the same suspicion is written down once in so long
_FORGET_AFTER = timedelta(days=1)  # after which a session that is over is not held in memory
_MAX_INTRUSIONS = 1000
_MAX_QUEUED_ENTRIES = 1000  # waiting for a store that cannot be written to
_MAX_GUESTS_PER_LINK = 200  # sessions open at once by one link
_MAX_WEBSOCKETS_PER_SESSION = (
    40  # WebSockets open at once by one session: more tabs than anybody looks at
)
_EXPECTED_ERRORS = (StoreError, OSError)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Session:
    """One signing in. key: hash of what the browser holds. stamp: of the account, at that time.

    link: number of the shared link by which a guest came; empty for an account.
    """

    key: str
    account: str
    credential_version: str
    began_at: datetime
    last_seen_at: datetime
    link: str = ""


@dataclass(frozen=True)
class AccessRecords:
    """What the store says of access; None: a record that cannot be read.

    mark: Store.access_mark, at which it was read. sessions: of those that were remembered again,
    or of all where `anew`.
    """

    access_mark: tuple[int, str]
    accounts: dict[str, Account | None]
    links: dict[str, Link | None]
    sessions: dict[str, Session | None]
    is_complete: bool = True


class SessionManager:
    """Lets in by session, and shows out when it ends."""

    def __init__(
        self, store: Store, auth_settings: AuthSettings, clock: Callable[[], datetime]
    ) -> None:
        self._store, self._auth_settings, self._clock = store, auth_settings, clock
        self._records = AccessRecords((-1, ""), {}, {}, {})
        self._stored_sessions: dict[str, Session] = {}  # by the store, none that has ended
        self._had_accounts = False
        self._sessions: dict[str, Session] = {}
        self._saved_last_seen: dict[
            str, datetime
        ] = {}  # the last sign of life that the store knows
        # What this process did while the store was being read, or could not be written to.
        self._new_sessions: dict[str, Session] = {}
        self._arriving_guests: Counter[str] = (
            Counter()
        )  # guests of each link who are being written down
        self._ended_keys: set[str] = set()
        self._unsaved_sign_outs: dict[str, Session] = {}
        self._audit_writer = AuditOutbox(store, clock)
        self._write_requested = asyncio.Event()
        # One thread to read and one to write: nothing is written out of its order.
        self._reader = ThreadPoolExecutor(1, "keeper-reads")
        self._writer = ThreadPoolExecutor(1, "keeper-writes")
        self._reported_intrusions: dict[tuple[str, str], datetime] = {}
        self._websockets: set[ManagedWebSocket] = set()
        self.jobs = (
            Job(
                "keeper",
                self._refresh_and_close_ended,
                _REFRESH_EVERY_S,
                max_retry_s=5.0,
                expected_errors=_EXPECTED_ERRORS,
            ),
            Job(
                "keeper-writes",
                self._write_when_requested,
                0.0,
                retry_s=_RETRY_WRITE_S,
                expected_errors=_EXPECTED_ERRORS,
            ),
        )

    def has_accounts(self) -> bool:
        """Whether anybody could ever sign in here; from then on everybody must."""
        return self._had_accounts

    def authenticate(self, key: str) -> Viewer | None:
        """Who is signed in by this session, which shows itself alive by asking."""
        viewer = self._find_viewer(key)
        if viewer is not None:
            self._sessions[key] = replace(self._sessions[key], last_seen_at=self._clock())
        return viewer

    def _find_viewer(self, key: str) -> Viewer | None:
        session = self._sessions.get(key)
        if session is None:
            return None
        if session.link:
            return self._find_guest(session)
        account = self._records.accounts.get(session.account)
        if account is None or not account.enabled:
            return None
        if account.stamp != session.credential_version or self._is_expired(session, account.role):
            return None
        return Viewer(account.name, ROLES[account.role], account.area)

    def _find_guest(self, session: Session) -> Viewer | None:
        link = self.link(session.link)
        if link is None or self._is_expired(session, "tamu"):
            return None
        return Viewer(session.account, ROLES["tamu"], link.area, link.scope)

    def is_active(self, key: str) -> bool:
        """Whether somebody is signed in by this session; asking is no sign of life."""
        return self._find_viewer(key) is not None

    def _is_expired(self, session: Session, role: str) -> bool:
        now = self._clock()
        longest = (
            self._auth_settings.max_wall_session
            if role == "pimpinan"
            else self._auth_settings.max_session
        )
        return (
            now - session.last_seen_at > self._auth_settings.idle_timeout
            or now - session.began_at > longest
        )

    def _is_long_expired(self, session: Session) -> bool:
        """Whether it has been over for so long that nothing about it is asked any more."""
        longest = max(self._auth_settings.max_session, self._auth_settings.max_wall_session)
        return self._clock() - session.began_at > longest + _FORGET_AFTER

    def account(self, name: str) -> Account | None:
        return self._records.accounts.get(name)

    def link(self, number: str) -> Link | None:
        """The link of this number, as long as it opens anything."""
        link = self._records.links.get(number)
        if (
            link is None
            or guest_links.state(link, self._records.accounts, self._clock()) != "berlaku"
        ):
            return None
        return link

    def is_link_full(self, link: Link) -> bool:
        """Whether so many look by this link that it lets in nobody else for now."""
        number = link.scope.id
        some = [key for key, one in list(self._sessions.items()) if one.link == number]
        room = _MAX_GUESTS_PER_LINK - self._arriving_guests[number]
        return len(some) >= room and len(list(filter(self._find_viewer, some))) >= room

    def was_guest(self, key: str) -> bool:
        """Whether this session, which may be over, came by a link."""
        session = self._sessions.get(key)
        return session is not None and bool(session.link)

    def refusal_reason(self, name: str, identity: str) -> str:
        """Why whom the provider proves is not let in by this name, or nothing."""
        return accounts.find_identity_refusal(self._records.accounts, name, identity)

    async def start_session(self, account: Account, address: str) -> str:
        """A new session, written down first; what the browser is to hold."""
        told = {"address": address, "role": account.role}
        if account.identity is not None:
            told["by"] = "oidc"
        return await self._start_session(
            "sign-in", told, account=account.name, credential_version=account.stamp
        )

    async def start_guest_session(self, link: Link, address: str) -> str:
        """The same for a guest who opened this link."""
        number = link.scope.id
        told = {"address": address, "link": number}
        self._arriving_guests[number] += 1
        try:
            return await self._start_session(
                "link-open", told, account=f"tamu {number}", link=number
            )
        finally:
            self._arriving_guests[number] -= 1

    async def _start_session(
        self,
        action: str,
        detail: dict[str, Any],
        *,
        account: str,
        credential_version: str = "",
        link: str = "",
    ) -> str:
        held, now = secrets.token_urlsafe(32), self._clock()
        session = Session(hash_session_token(held), account, credential_version, now, now, link)
        await _run_in(self._writer, self._save_session, session, action, detail)
        self._new_sessions[session.key] = self._sessions[session.key] = session
        return held

    async def bind_identity(self, account: Account, identity: str) -> Account:
        """Tie an account to whoever the provider says is there; it is known here at once."""
        at = self._clock()
        bound = await _run_in(
            self._writer, accounts.bind_identity, self._store, account.name, identity, at
        )
        await self.refresh()
        return bound

    async def change_password(self, account: Account, password: str) -> Account:
        """Another password for its owner; every session of the account has ended then."""
        at, change = self._clock(), accounts.change_own_password
        changed = await _run_in(self._writer, change, self._store, account, password, at)
        await self.refresh()
        return changed

    async def end_session(self, key: str) -> None:
        """Sign out: the session and everything open by it end at once; it is written down next."""
        session = self._sessions.pop(key, None)
        if session is not None:
            self._ended_keys.add(key)
            self._unsaved_sign_outs[key] = session
            self._write_requested.set()
            await self._close_ended()

    def queue_audit_entry(self, action: str, detail: dict[str, Any]) -> None:
        """For the trail, as soon as the store can be written to; whoever asks does not wait."""
        if len(self._audit_writer) < _MAX_QUEUED_ENTRIES:
            self._audit_writer.put(action, "gate", detail)
            self._write_requested.set()

    def report_intrusion(self, what: str, address: str) -> None:
        """Somebody brought a thing that only an intruder has."""
        now = self._clock()
        known = self._reported_intrusions.get((what, address))
        if known is not None and now - known <= _REPORT_AGAIN_AFTER:
            return
        if len(self._reported_intrusions) >= _MAX_INTRUSIONS:
            self._reported_intrusions = {
                k: at
                for k, at in self._reported_intrusions.items()
                if now - at <= _REPORT_AGAIN_AFTER
            }
        if len(self._reported_intrusions) < _MAX_INTRUSIONS:
            self._reported_intrusions[what, address] = now
            self.queue_audit_entry("intruder", {"what": what, "address": address})

    def has_too_many_websockets(self, key: str) -> bool:
        """Whether so many WebSockets are open by this session that it gets no other."""
        return (
            bool(key)
            and sum(talk.key == key for talk in self._websockets) >= _MAX_WEBSOCKETS_PER_SESSION
        )

    def add_websocket(self, websocket: ManagedWebSocket) -> None:
        self._websockets.add(websocket)

    def remove_websocket(self, websocket: ManagedWebSocket) -> None:
        self._websockets.discard(websocket)

    async def close(self) -> None:
        """Write down what is owed, and let the threads go."""
        try:
            await self._flush()
        except Exception as error:  # noqa: BLE001 (the server ends all the same)
            error_log.record(_log, "not all was written down at the end", error)
        self._reader.shutdown(wait=False, cancel_futures=True)
        self._writer.shutdown(wait=False)

    async def _refresh_and_close_ended(self) -> None:
        try:
            await self.refresh()  # where it fails, what was known stands
        finally:
            await self._close_ended()

    async def _write_when_requested(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._write_requested.wait(), _RETRY_WRITE_S)
        self._write_requested.clear()
        await self._flush()

    async def _flush(self) -> None:
        """Raises what the store raises: then it stays owed."""
        await _run_in(self._writer, self._write_pending)

    async def refresh(self) -> None:
        """Read what the store says of access, where it has changed."""
        known = await _run_in(self._reader, self._read_records, self._records.access_mark)
        if known is not None:
            self._apply_records(known)

    def _read_records(self, known_mark: tuple[int, str]) -> AccessRecords | None:
        store = self._store
        mark = store.access_position()
        if mark == known_mark:
            return None
        # Sessions are never removed from the store: only the new ones are read, unless another
        # store is there now.
        number = known_mark[0]
        anew = number <= 0 or store.access_position(number) != known_mark
        sessions = store.latest_records(SESSION_KIND, after=0 if anew else number)
        read = {key: _parse_session(key, value) for key, value in sessions.items()}
        return AccessRecords(
            mark, accounts.load_all(store), guest_links.load_all(store), read, anew
        )

    def _apply_records(self, records: AccessRecords) -> None:
        read = records.sessions
        every = read if records.is_complete else {**self._stored_sessions, **read}
        stored = {key: one for key, one in every.items() if one and not self._is_long_expired(one)}
        self._new_sessions = {
            key: one
            for key, one in self._new_sessions.items()
            if key not in read and key not in stored
        }
        self._ended_keys &= stored.keys()
        self._stored_sessions = stored
        self._saved_last_seen = {key: one.last_seen_at for key, one in stored.items()}
        found = {
            key: one
            for key, one in (stored | self._new_sessions).items()
            if key not in self._ended_keys
        }
        for key in found.keys() & self._sessions.keys():
            found[key] = replace(
                found[key],
                last_seen_at=max(found[key].last_seen_at, self._sessions[key].last_seen_at),
            )
        self._sessions, self._records = found, records
        # Accounts are never removed: where none is found any more, the store is broken or another.
        self._had_accounts = self._had_accounts or bool(records.accounts)

    def _write_pending(self) -> None:
        """Signings out, entries of the trail, signs of life; in the thread that writes."""
        for key, session in list(self._unsaved_sign_outs.items()):
            self._save_session(session, "sign-out", {}, ended=True)
            del self._unsaved_sign_outs[key]
        self._audit_writer.flush()
        for key, session in list(self._sessions.items()):
            late = (
                session.last_seen_at - self._saved_last_seen.get(key, session.began_at)
                > _SAVE_LAST_SEEN_EVERY
            )
            # So that a restart of the server signs nobody out who was here just now. Whoever
            # has signed out meanwhile is no longer among the sessions.
            if late and key in self._sessions:
                self._save_session(session)
                self._saved_last_seen[key] = session.last_seen_at

    def _save_session(
        self,
        session: Session,
        action: str | None = None,
        detail: dict[str, Any] | None = None,
        *,
        ended: bool = False,
    ) -> None:
        value = {
            "account": session.account,
            "link": session.link,
            "stamp": session.credential_version,
            "begun": session.began_at.isoformat(),
            "seen": session.last_seen_at.isoformat(),
            "ended": ended,
        }
        now = self._clock()
        self._store.put_record(
            SESSION_KIND, session.key, value, now, session.account, action, detail
        )

    async def _close_ended(self) -> None:
        """Close every WebSocket whose session no longer stands."""
        over = [talk for talk in self._websockets if not self._may_continue(talk)]
        self._websockets.difference_update(over)
        ends = await asyncio.gather(
            *(talk.redirect_and_close() for talk in over), return_exceptions=True
        )
        for failed in filter(None, ends):  # nothing more is said to it either way
            error_log.record(_log, "a page was not shown out", failed)

    def _may_continue(self, websocket: ManagedWebSocket) -> bool:
        return (
            self._find_viewer(websocket.key) is not None
            if websocket.key
            else not self.has_accounts()
        )


async def _run_in(pool: ThreadPoolExecutor, work: Callable[..., T], *arguments: object) -> T:
    return await asyncio.get_running_loop().run_in_executor(pool, work, *arguments)


def hash_session_token(token: str) -> str:
    """What the store keeps of what a browser holds: nobody can go back from it."""
    return sha256(token.encode()).hexdigest()


def _parse_session(key: str, value: Any) -> Session | None:
    """A session that has not ended; one that cannot be read has."""
    try:
        if value["ended"] is not False:
            return None
        begun, seen = (datetime.fromisoformat(value[name]) for name in ("begun", "seen"))
        plain = begun.astimezone(UTC), seen.astimezone(UTC)
        link = str(value.get("link", ""))  # older ones were written before there were links
        return Session(key, str(value["account"]), str(value["stamp"]), *plain, link)
    except (KeyError, TypeError, ValueError):
        return None


_current: SessionManager | None = None


def set_current_manager(manager: SessionManager) -> None:
    """Make this the keeper of the process: the server does it once, before it serves."""
    global _current
    _current = manager


def has_accounts() -> bool:
    """Whether there is a keeper, and anybody could sign in."""
    return _current is not None and _current.has_accounts()


def current_manager() -> SessionManager:
    assert _current is not None, "the server knows its accounts before it serves a page"
    return _current
