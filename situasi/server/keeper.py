"""Who is signed in: accounts and sessions of this process, kept level with the store.

No request waits for the store. What it says of access is read when it has changed, at most
half a second later; a session's last sign of life is written down every few minutes.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from situasi import accounts
from situasi.accounts import Account
from situasi.roles import ROLES, Viewer
from situasi.server.talk import Talk
from situasi.settings import Door
from situasi.store.protocol import Store, StoreError

KIND = "session"

_LOOK = 0.5  # seconds between two looks at the store
_WRITE_SEEN = timedelta(minutes=5)
_AGAIN = timedelta(minutes=15)  # the same suspicion is written down once in so long
_MOST_SUSPECTED = 1000
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Session:
    """One signing in. key: hash of what the browser holds. stamp: of the account, at that time."""

    key: str
    account: str
    stamp: str
    begun: datetime
    seen: datetime


class Keeper:
    """Lets in by session, and shows out when it ends."""

    def __init__(self, store: Store, door: Door, clock: Callable[[], datetime]) -> None:
        self._store, self._door, self._clock = store, door, clock
        self._version = -1
        self._accounts: dict[str, Account | None] = {}
        self._sessions: dict[str, Session] = {}
        self._written: dict[str, datetime] = {}  # the last sign of life that the store knows
        # What this process did while the store was being read, or could not be written to.
        self._begun: dict[str, Session] = {}
        self._ended: set[str] = set()
        self._owed: dict[str, Session] = {}
        self._writing = threading.Lock()
        self._suspected: dict[tuple[str, str], datetime] = {}
        self._suspicions: list[dict[str, Any]] = []
        self._talks: set[Talk] = set()

    def has_accounts(self) -> bool:
        """Whether anybody could ever sign in here; from then on everybody must."""
        return bool(self._accounts)

    def viewer(self, key: str) -> Viewer | None:
        """Who is signed in by this session, which shows itself alive by asking."""
        viewer = self._standing(key)
        if viewer is not None:
            self._sessions[key] = replace(self._sessions[key], seen=self._clock())
        return viewer

    def _standing(self, key: str) -> Viewer | None:
        session = self._sessions.get(key)
        account = self._accounts.get(session.account) if session else None
        if session is None or account is None or not account.enabled:
            return None
        if account.stamp != session.stamp or self._is_over(session, account.role):
            return None
        return Viewer(account.name, ROLES[account.role], account.area)

    def _is_over(self, session: Session, role: str) -> bool:
        now = self._clock()
        longest = self._door.wall if role == "pimpinan" else self._door.longest
        return now - session.seen > self._door.idle or now - session.begun > longest

    def account(self, name: str) -> Account | None:
        return self._accounts.get(name)

    async def begin(self, account: Account, address: str) -> str:
        """A new session, written down first; what the browser is to hold."""
        held, now = secrets.token_urlsafe(32), self._clock()
        session = Session(key_of(held), account.name, account.stamp, now, now)
        told = {"address": address, "role": account.role}
        await asyncio.to_thread(self._remember, session, "sign-in", told)
        self._begun[session.key] = self._sessions[session.key] = session
        return held

    async def end(self, key: str) -> None:
        """Sign out: the session and everything open by it end at once, then it is written down."""
        session = self._sessions.pop(key, None)
        if session is not None:
            self._ended.add(key)
            self._owed[key] = session
            await self._show_out()
            try:
                await asyncio.to_thread(self._write_ended)
            except StoreError as error:
                _log.warning("%s", error)  # it has ended; the watch writes it down later

    def tell(self, action: str, actor: str, detail: dict[str, Any]) -> None:
        """Write into the trail; where the store cannot, into the log. Waits for the store."""
        try:
            self._store.tell(action, actor, self._clock(), detail)
        except StoreError as error:
            _log.error("%s %s %s: %s", action, actor, detail, error)

    def suspect(self, what: str, address: str) -> None:
        """Somebody brought a thing that only an intruder has; the watch writes it down."""
        now = self._clock()
        known = self._suspected.get((what, address))
        if (known is None or now - known > _AGAIN) and len(self._suspected) < _MOST_SUSPECTED:
            self._suspected[what, address] = now
            self._suspicions.append({"what": what, "address": address})

    async def _tell_suspicions(self) -> None:
        now, told = self._clock(), self._suspicions
        self._suspicions = []
        self._suspected = {key: at for key, at in self._suspected.items() if now - at <= _AGAIN}
        for detail in told:
            await asyncio.to_thread(self.tell, "intruder", "gate", detail)

    def joins(self, talk: Talk) -> None:
        self._talks.add(talk)

    def leaves(self, talk: Talk) -> None:
        self._talks.discard(talk)

    async def watch(self) -> None:
        """Keep level with the store, until cancelled."""
        while True:
            await asyncio.sleep(_LOOK)
            try:
                await self.look()
                await asyncio.to_thread(self._write_seen)
                await asyncio.to_thread(self._write_ended)
                await self._tell_suspicions()
            except StoreError as error:
                _log.warning("%s", error)  # what was known stands, until the store speaks again
            await self._show_out()

    async def look(self) -> None:
        """Read what the store says of access, where it has changed."""
        read = await asyncio.to_thread(self._read, self._version)
        if read is not None:
            self._take(*read)

    def _read(
        self, known: int
    ) -> tuple[int, dict[str, Account | None], dict[str, Session | None]] | None:
        version = self._store.access_version()
        if version == known:
            return None
        sessions = self._store.remembered(KIND)
        read = {key: _session(key, value) for key, value in sessions.items()}
        return version, accounts.every(self._store), read

    def _take(
        self,
        version: int,
        known: dict[str, Account | None],
        read: dict[str, Session | None],
    ) -> None:
        self._begun = {key: one for key, one in self._begun.items() if key not in read}
        self._ended = {key for key in self._ended if read.get(key) is not None}
        stored = {key: one for key, one in read.items() if one is not None}
        self._written = {key: one.seen for key, one in stored.items()}
        found = {key: one for key, one in (stored | self._begun).items() if key not in self._ended}
        for key in found.keys() & self._sessions.keys():
            found[key] = replace(found[key], seen=max(found[key].seen, self._sessions[key].seen))
        self._accounts, self._sessions, self._version = known, found, version

    def _write_seen(self) -> None:
        """So that a restart of the server signs nobody out who was here just now."""
        for key, session in list(self._sessions.items()):
            if session.seen - self._written.get(key, session.begun) <= _WRITE_SEEN:
                continue
            with self._writing:
                if key in self._sessions:  # or it has ended, and must not be written anew
                    self._remember(session)
                    self._written[key] = session.seen

    def _write_ended(self) -> None:
        with self._writing:
            for key, session in list(self._owed.items()):
                self._remember(session, "sign-out", {}, ended=True)
                del self._owed[key]

    def _remember(
        self,
        session: Session,
        action: str | None = None,
        told: dict[str, Any] | None = None,
        *,
        ended: bool = False,
    ) -> None:
        value = {
            "account": session.account,
            "stamp": session.stamp,
            "begun": session.begun.isoformat(),
            "seen": session.seen.isoformat(),
            "ended": ended,
        }
        now = self._clock()
        self._store.remember(KIND, session.key, value, now, session.account, action, told)

    async def _show_out(self) -> None:
        """Close every WebSocket whose session no longer stands."""
        over = [talk for talk in self._talks if not self._may_go_on(talk)]
        self._talks.difference_update(over)
        await asyncio.gather(*(talk.end() for talk in over))

    def _may_go_on(self, talk: Talk) -> bool:
        return self._standing(talk.key) is not None if talk.key else not self.has_accounts()


def key_of(held: str) -> str:
    """What the store keeps of what a browser holds: nobody can go back from it."""
    return sha256(held.encode()).hexdigest()


def _session(key: str, value: Any) -> Session | None:
    """A session that has not ended; one that cannot be read has."""
    try:
        if value["ended"] is not False:
            return None
        begun, seen = (datetime.fromisoformat(value[name]) for name in ("begun", "seen"))
        plain = begun.astimezone(UTC), seen.astimezone(UTC)
        return Session(key, str(value["account"]), str(value["stamp"]), *plain)
    except (KeyError, TypeError, ValueError):
        return None


_current: Keeper | None = None


def install(keeper: Keeper) -> None:
    """Make this the keeper of the process: the server does it once, before it serves."""
    global _current
    _current = keeper


def current() -> Keeper:
    assert _current is not None, "the server knows its accounts before it serves a page"
    return _current
