"""Accounts and sessions of this process, kept in step with the store.

No request waits for the store, and reading it does not wait for writing, which can take as long as
the delivery of a large file. Access data is read again at most half a second after it changed; when
a session was last seen is saved every few minutes.
"""

import asyncio
import contextlib
import logging
import secrets
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from situasi.access import accounts, guest_links
from situasi.access.accounts import Account
from situasi.access.guest_links import Link
from situasi.access.roles import ROLES, Viewer
from situasi.common import error_log
from situasi.common.background_jobs import Job
from situasi.domain.settings import AuthSettings
from situasi.server.auth import session_records
from situasi.server.auth.intrusion_log import IntrusionLog
from situasi.server.auth.session_records import AccessRecords, Session, hash_session_token
from situasi.server.auth.websocket import ManagedWebSocket
from situasi.store import Store, StoreError
from situasi.store.audit.audit_writer import AuditOutbox

T = TypeVar("T")

_REFRESH_EVERY_S = 0.5  # seconds between two checks of the store
_RETRY_WRITE_S = 5.0  # seconds until a failed write is tried again
_SAVE_LAST_SEEN_EVERY = timedelta(minutes=5)
_FORGET_AFTER = timedelta(days=1)  # an expired session leaves memory after this time
_MAX_QUEUED_ENTRIES = 1000  # audit entries waiting while the store cannot be written to
_MAX_GUESTS_PER_LINK = 200  # open sessions of one link
_MAX_WEBSOCKETS_PER_SESSION = 40  # open at once: more tabs than anybody looks at
_EXPECTED_ERRORS = (StoreError, OSError)
_log = logging.getLogger(__name__)


class SessionManager:
    """Authenticates sessions, and closes the WebSockets of those that end."""

    def __init__(
        self, store: Store, auth_settings: AuthSettings, clock: Callable[[], datetime]
    ) -> None:
        self._store, self._auth_settings, self._clock = store, auth_settings, clock
        self._records = AccessRecords((-1, ""), {}, {}, {})
        self._stored_sessions: dict[str, Session] = {}  # as stored, without those that ended
        self._had_accounts = False
        self._sessions: dict[str, Session] = {}
        self._saved_last_seen: dict[str, datetime] = {}  # last seen, as the store knows it
        # Changes of this process while the store was being read, or could not be written to.
        self._new_sessions: dict[str, Session] = {}
        # By link: guests whose session is being saved.
        self._arriving_guests: Counter[str] = Counter()
        self._ended_keys: set[str] = set()
        self._unsaved_sign_outs: dict[str, Session] = {}
        self._audit_writer = AuditOutbox(store, clock)
        self._write_requested = asyncio.Event()
        # One thread to read and one to write, so that writes stay in order.
        self._reader = ThreadPoolExecutor(1, "sessions-reader")
        self._writer = ThreadPoolExecutor(1, "sessions-writer")
        self.report_intrusion = IntrusionLog(self.queue_audit_entry, clock).report
        self.websockets: set[ManagedWebSocket] = set()  # those open now
        self.jobs = (
            Job(
                "sessions", self._refresh_and_close_ended, _REFRESH_EVERY_S, max_retry_s=5.0,
                expected_errors=_EXPECTED_ERRORS,
            ),
            Job(
                "session-writes", self._write_when_requested, 0.0, retry_s=_RETRY_WRITE_S,
                expected_errors=_EXPECTED_ERRORS,
            ),
        )  # fmt: skip

    def has_accounts(self) -> bool:
        """Whether anybody could ever sign in here; from then on everybody must."""
        return self._had_accounts

    def authenticate(self, key: str) -> Viewer | None:
        """Return the viewer of this session, and note that the session was seen now."""
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
        """Return whether this session is valid, without noting it as seen."""
        return self._find_viewer(key) is not None

    def _is_expired(self, session: Session, role: str) -> bool:
        now, limits = self._clock(), self._auth_settings
        max_age = limits.max_wall_session if role == "pimpinan" else limits.max_session
        is_idle = now - session.last_seen_at > limits.idle_timeout
        return is_idle or now - session.began_at > max_age

    def _is_long_expired(self, session: Session) -> bool:
        """Return whether this session expired so long ago that memory need not hold it."""
        max_age = max(self._auth_settings.max_session, self._auth_settings.max_wall_session)
        return self._clock() - session.began_at > max_age + _FORGET_AFTER

    def account(self, name: str) -> Account | None:
        """Return the account of this name, if any."""
        return self._records.accounts.get(name)

    def link(self, number: str) -> Link | None:
        """Return the link of this id while it is valid, else None."""
        link = self._records.links.get(number)
        if link is None:
            return None
        state = guest_links.state(link, self._records.accounts, self._clock())
        return link if state == "berlaku" else None

    def is_link_full(self, link: Link) -> bool:
        """Return whether this link has as many guests as it may have at once."""
        number = link.scope.id
        keys = [key for key, session in list(self._sessions.items()) if session.link == number]
        limit = _MAX_GUESTS_PER_LINK - self._arriving_guests[number]
        return len(keys) >= limit and len(list(filter(self._find_viewer, keys))) >= limit

    def was_guest(self, key: str) -> bool:
        """Return whether this session, which may have ended, is of a guest link."""
        session = self._sessions.get(key)
        return session is not None and bool(session.link)

    def refusal_reason(self, name: str, identity: str) -> str:
        """Return why this identity may not sign in to this account, or an empty text."""
        return accounts.find_identity_refusal(self._records.accounts, name, identity)

    async def start_session(self, account: Account, address: str) -> str:
        """Save a new session and return the token for the browser. Raises StoreError."""
        detail = {"address": address, "role": account.role}
        if account.identity is not None:
            detail["by"] = "oidc"
        return await self._start_session("sign-in", detail, account.name, account.stamp)

    async def start_guest_session(self, link: Link, address: str) -> str:
        """Save a new session of a guest link and return its token. Raises StoreError."""
        number = link.scope.id
        detail = {"address": address, "link": number}
        self._arriving_guests[number] += 1
        try:
            return await self._start_session("link-open", detail, f"tamu {number}", link=number)
        finally:
            self._arriving_guests[number] -= 1

    async def _start_session(
        self, action: str, detail: dict[str, Any], account: str, stamp: str = "", link: str = ""
    ) -> str:
        token, now = secrets.token_urlsafe(32), self._clock()
        session = Session(hash_session_token(token), account, stamp, now, now, link)
        save = session_records.save_session
        await _run_in(self._writer, save, self._store, session, now, action, detail)
        self._new_sessions[session.key] = self._sessions[session.key] = session
        return token

    async def bind_identity(self, account: Account, identity: str) -> Account:
        """Bind an account to an identity of the provider, and reload access data."""
        at, bind = self._clock(), accounts.bind_identity
        bound_account = await _run_in(self._writer, bind, self._store, account.name, identity, at)
        await self.refresh()
        return bound_account

    async def change_password(self, account: Account, password: str) -> Account:
        """Set the owner's new password, which ends every session of the account."""
        at, change = self._clock(), accounts.change_own_password
        changed_account = await _run_in(self._writer, change, self._store, account, password, at)
        await self.refresh()
        return changed_account

    async def end_session(self, key: str) -> None:
        """End a session and close its WebSockets at once; the store is written next."""
        session = self._sessions.pop(key, None)
        if session is not None:
            self._ended_keys.add(key)
            self._unsaved_sign_outs[key] = session
            self._write_requested.set()
            await self._close_ended()

    def queue_audit_entry(self, action: str, detail: dict[str, Any]) -> None:
        """Queue an entry for the audit log; it is written when the store can be written to."""
        if len(self._audit_writer) < _MAX_QUEUED_ENTRIES:
            self._audit_writer.put(action, "gate", detail)
            self._write_requested.set()

    def has_too_many_websockets(self, key: str) -> bool:
        """Return whether this session has as many open WebSockets as it may have."""
        count = sum(websocket.key == key for websocket in self.websockets)
        return bool(key) and count >= _MAX_WEBSOCKETS_PER_SESSION

    async def close(self) -> None:
        """Write what is pending and stop the threads."""
        try:
            await self._flush()
        except Exception as error:  # noqa: BLE001 (the server ends all the same)
            error_log.record(_log, "not all was written down at the end", error)
        self._reader.shutdown(wait=False, cancel_futures=True)
        self._writer.shutdown(wait=False)

    async def _refresh_and_close_ended(self) -> None:
        try:
            await self.refresh()  # if it fails, the data read before stays valid
        finally:
            await self._close_ended()

    async def _write_when_requested(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._write_requested.wait(), _RETRY_WRITE_S)
        self._write_requested.clear()
        await self._flush()

    async def _flush(self) -> None:
        """Write what is pending. Raises what the store raises; it then stays pending."""
        await _run_in(self._writer, self._write_pending)

    async def refresh(self) -> None:
        """Read access data from the store if it has changed."""
        load, known_mark = session_records.load_access_records, self._records.access_mark
        records = await _run_in(self._reader, load, self._store, known_mark)
        if records is not None:
            self._apply_records(records)

    def _apply_records(self, records: AccessRecords) -> None:
        new = records.sessions
        merged = new if records.is_complete else {**self._stored_sessions, **new}
        stored = {
            key: session
            for key, session in merged.items()
            if session and not self._is_long_expired(session)
        }
        # What was read, or has ended, is not ours to remember.
        for key in new.keys() | stored.keys():
            self._new_sessions.pop(key, None)
        self._ended_keys &= stored.keys()
        self._stored_sessions = stored
        self._saved_last_seen = {key: session.last_seen_at for key, session in stored.items()}
        sessions = stored | self._new_sessions
        for key in self._ended_keys:
            sessions.pop(key, None)
        for key in sessions.keys() & self._sessions.keys():
            last_seen_at = max(sessions[key].last_seen_at, self._sessions[key].last_seen_at)
            sessions[key] = replace(sessions[key], last_seen_at=last_seen_at)
        self._sessions, self._records = sessions, records
        # Accounts are never removed: if none is found any more, the store is broken or was
        # replaced.
        self._had_accounts = self._had_accounts or bool(records.accounts)

    def _write_pending(self) -> None:
        """Write sign-outs, audit entries and last-seen times; runs in the writer thread."""
        for key, session in list(self._unsaved_sign_outs.items()):
            now = self._clock()
            session_records.save_session(self._store, session, now, "sign-out", {}, ended=True)
            del self._unsaved_sign_outs[key]
        self._audit_writer.flush()
        for key, session in list(self._sessions.items()):
            saved = self._saved_last_seen.get(key, session.began_at)
            is_late = session.last_seen_at - saved > _SAVE_LAST_SEEN_EVERY
            # Saved so that a restart signs out nobody who was active. A session that ended
            # meanwhile is no longer in self._sessions.
            if is_late and key in self._sessions:
                session_records.save_session(self._store, session, self._clock())
                self._saved_last_seen[key] = session.last_seen_at

    async def _close_ended(self) -> None:
        """Close every WebSocket whose session is no longer valid."""
        ended = [websocket for websocket in self.websockets if not self._may_continue(websocket)]
        self.websockets.difference_update(ended)
        results = await asyncio.gather(
            *(websocket.redirect_and_close() for websocket in ended), return_exceptions=True
        )
        for error in filter(None, results):  # nothing more is sent to it either way
            error_log.record(_log, "a page was not shown out", error)

    def _may_continue(self, websocket: ManagedWebSocket) -> bool:
        if not websocket.key:
            return not self.has_accounts()
        return self._find_viewer(websocket.key) is not None


async def _run_in(pool: ThreadPoolExecutor, work: Callable[..., T], *arguments: object) -> T:
    return await asyncio.get_running_loop().run_in_executor(pool, work, *arguments)


_current: SessionManager | None = None


def set_current_manager(manager: SessionManager) -> None:
    """Set the manager of this process; the server does it once, before it serves."""
    global _current
    _current = manager


def has_accounts() -> bool:
    """Return whether there is a manager with accounts."""
    return _current is not None and _current.has_accounts()


def current_manager() -> SessionManager:
    """Return the manager of this process."""
    assert _current is not None, "the server knows its accounts before it serves a page"
    return _current
