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
from situasi.server.auth.websocket import Talk
from situasi.store.audit.audit_writer import AuditOutbox
from situasi.store.interface import Store, StoreError

KIND = accounts.SESSION_KIND
T = TypeVar("T")

_LOOK = 0.5  # seconds between two looks at the store
_WRITE = 5.0  # seconds after which what failed to be written is tried again
_WRITE_SEEN = timedelta(minutes=5)
_AGAIN = timedelta(minutes=15)  # the same suspicion is written down once in so long
_FORGOTTEN = timedelta(days=1)  # after which a session that is over is not held in memory
_MOST_SUSPECTED = 1000
_MOST_REPORTS = 1000  # waiting for a store that cannot be written to
_MOST_GUESTS = 200  # sessions open at once by one link
_MOST_TALKS = 40  # WebSockets open at once by one session: more tabs than anybody looks at
_EXPECTED = (StoreError, OSError)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Session:
    """One signing in. key: hash of what the browser holds. stamp: of the account, at that time.

    link: number of the shared link by which a guest came; empty for an account.
    """

    key: str
    account: str
    stamp: str
    begun: datetime
    seen: datetime
    link: str = ""


@dataclass(frozen=True)
class Known:
    """What the store says of access; None: a record that cannot be read.

    mark: Store.access_mark, at which it was read. sessions: of those that were remembered again,
    or of all where `anew`.
    """

    mark: tuple[int, str]
    accounts: dict[str, Account | None]
    links: dict[str, Link | None]
    sessions: dict[str, Session | None]
    anew: bool = True


class Keeper:
    """Lets in by session, and shows out when it ends."""

    def __init__(self, store: Store, door: AuthSettings, clock: Callable[[], datetime]) -> None:
        self._store, self._door, self._clock = store, door, clock
        self._known = Known((-1, ""), {}, {}, {})
        self._stored: dict[str, Session] = {}  # by the store, none that has ended
        self._had_accounts = False
        self._sessions: dict[str, Session] = {}
        self._written: dict[str, datetime] = {}  # the last sign of life that the store knows
        # What this process did while the store was being read, or could not be written to.
        self._begun: dict[str, Session] = {}
        self._coming: Counter[str] = Counter()  # guests of each link who are being written down
        self._ended: set[str] = set()
        self._owed: dict[str, Session] = {}
        self._outbox = AuditOutbox(store, clock)
        self._work = asyncio.Event()
        # One thread to read and one to write: nothing is written out of its order.
        self._reader = ThreadPoolExecutor(1, "keeper-reads")
        self._writer = ThreadPoolExecutor(1, "keeper-writes")
        self._suspected: dict[tuple[str, str], datetime] = {}
        self._talks: set[Talk] = set()
        self.jobs = (
            Job(
                "keeper", self._look_and_show_out, _LOOK, max_retry_s=5.0, expected_errors=_EXPECTED
            ),
            Job(
                "keeper-writes",
                self._write_what_waits,
                0.0,
                retry_s=_WRITE,
                expected_errors=_EXPECTED,
            ),
        )

    def has_accounts(self) -> bool:
        """Whether anybody could ever sign in here; from then on everybody must."""
        return self._had_accounts

    def viewer(self, key: str) -> Viewer | None:
        """Who is signed in by this session, which shows itself alive by asking."""
        viewer = self._standing(key)
        if viewer is not None:
            self._sessions[key] = replace(self._sessions[key], seen=self._clock())
        return viewer

    def _standing(self, key: str) -> Viewer | None:
        session = self._sessions.get(key)
        if session is None:
            return None
        if session.link:
            return self._guest(session)
        account = self._known.accounts.get(session.account)
        if account is None or not account.enabled:
            return None
        if account.stamp != session.stamp or self._is_over(session, account.role):
            return None
        return Viewer(account.name, ROLES[account.role], account.area)

    def _guest(self, session: Session) -> Viewer | None:
        link = self.link(session.link)
        if link is None or self._is_over(session, "tamu"):
            return None
        return Viewer(session.account, ROLES["tamu"], link.area, link.scope)

    def is_standing(self, key: str) -> bool:
        """Whether somebody is signed in by this session; asking is no sign of life."""
        return self._standing(key) is not None

    def _is_over(self, session: Session, role: str) -> bool:
        now = self._clock()
        longest = self._door.max_wall_session if role == "pimpinan" else self._door.max_session
        return now - session.seen > self._door.idle_timeout or now - session.begun > longest

    def _is_old(self, session: Session) -> bool:
        """Whether it has been over for so long that nothing about it is asked any more."""
        longest = max(self._door.max_session, self._door.max_wall_session)
        return self._clock() - session.begun > longest + _FORGOTTEN

    def account(self, name: str) -> Account | None:
        return self._known.accounts.get(name)

    def link(self, number: str) -> Link | None:
        """The link of this number, as long as it opens anything."""
        link = self._known.links.get(number)
        if (
            link is None
            or guest_links.state(link, self._known.accounts, self._clock()) != "berlaku"
        ):
            return None
        return link

    def is_crowded(self, link: Link) -> bool:
        """Whether so many look by this link that it lets in nobody else for now."""
        number = link.scope.id
        some = [key for key, one in list(self._sessions.items()) if one.link == number]
        room = _MOST_GUESTS - self._coming[number]
        return len(some) >= room and len(list(filter(self._standing, some))) >= room

    def was_guest(self, key: str) -> bool:
        """Whether this session, which may be over, came by a link."""
        session = self._sessions.get(key)
        return session is not None and bool(session.link)

    def refusal(self, name: str, identity: str) -> str:
        """Why whom the provider proves is not let in by this name, or nothing."""
        return accounts.find_identity_refusal(self._known.accounts, name, identity)

    async def begin(self, account: Account, address: str) -> str:
        """A new session, written down first; what the browser is to hold."""
        told = {"address": address, "role": account.role}
        if account.identity is not None:
            told["by"] = "oidc"
        return await self._begin("sign-in", told, account=account.name, stamp=account.stamp)

    async def begin_guest(self, link: Link, address: str) -> str:
        """The same for a guest who opened this link."""
        number = link.scope.id
        told = {"address": address, "link": number}
        self._coming[number] += 1
        try:
            return await self._begin("link-open", told, account=f"tamu {number}", link=number)
        finally:
            self._coming[number] -= 1

    async def _begin(
        self, action: str, told: dict[str, Any], *, account: str, stamp: str = "", link: str = ""
    ) -> str:
        held, now = secrets.token_urlsafe(32), self._clock()
        session = Session(key_of(held), account, stamp, now, now, link)
        await _in(self._writer, self._remember, session, action, told)
        self._begun[session.key] = self._sessions[session.key] = session
        return held

    async def bind(self, account: Account, identity: str) -> Account:
        """Tie an account to whoever the provider says is there; it is known here at once."""
        at = self._clock()
        bound = await _in(
            self._writer, accounts.bind_identity, self._store, account.name, identity, at
        )
        await self.look()
        return bound

    async def change_password(self, account: Account, password: str) -> Account:
        """Another password for its owner; every session of the account has ended then."""
        at, change = self._clock(), accounts.change_own_password
        changed = await _in(self._writer, change, self._store, account, password, at)
        await self.look()
        return changed

    async def end(self, key: str) -> None:
        """Sign out: the session and everything open by it end at once; it is written down next."""
        session = self._sessions.pop(key, None)
        if session is not None:
            self._ended.add(key)
            self._owed[key] = session
            self._work.set()
            await self._show_out()

    def report(self, action: str, detail: dict[str, Any]) -> None:
        """For the trail, as soon as the store can be written to; whoever asks does not wait."""
        if len(self._outbox) < _MOST_REPORTS:
            self._outbox.put(action, "gate", detail)
            self._work.set()

    def suspect(self, what: str, address: str) -> None:
        """Somebody brought a thing that only an intruder has."""
        now = self._clock()
        known = self._suspected.get((what, address))
        if known is not None and now - known <= _AGAIN:
            return
        if len(self._suspected) >= _MOST_SUSPECTED:
            self._suspected = {k: at for k, at in self._suspected.items() if now - at <= _AGAIN}
        if len(self._suspected) < _MOST_SUSPECTED:
            self._suspected[what, address] = now
            self.report("intruder", {"what": what, "address": address})

    def is_talkative(self, key: str) -> bool:
        """Whether so many WebSockets are open by this session that it gets no other."""
        return bool(key) and sum(talk.key == key for talk in self._talks) >= _MOST_TALKS

    def joins(self, talk: Talk) -> None:
        self._talks.add(talk)

    def leaves(self, talk: Talk) -> None:
        self._talks.discard(talk)

    async def close(self) -> None:
        """Write down what is owed, and let the threads go."""
        try:
            await self._write()
        except Exception as error:  # noqa: BLE001 (the server ends all the same)
            error_log.record(_log, "not all was written down at the end", error)
        self._reader.shutdown(wait=False, cancel_futures=True)
        self._writer.shutdown(wait=False)

    async def _look_and_show_out(self) -> None:
        try:
            await self.look()  # where it fails, what was known stands
        finally:
            await self._show_out()

    async def _write_what_waits(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._work.wait(), _WRITE)
        self._work.clear()
        await self._write()

    async def _write(self) -> None:
        """Raises what the store raises: then it stays owed."""
        await _in(self._writer, self._write_owed)

    async def look(self) -> None:
        """Read what the store says of access, where it has changed."""
        known = await _in(self._reader, self._read, self._known.mark)
        if known is not None:
            self._take(known)

    def _read(self, known: tuple[int, str]) -> Known | None:
        store = self._store
        mark = store.access_position()
        if mark == known:
            return None
        # Sessions are never removed from the store: only the new ones are read, unless another
        # store is there now.
        number = known[0]
        anew = number <= 0 or store.access_position(number) != known
        sessions = store.latest_records(KIND, after=0 if anew else number)
        read = {key: _session(key, value) for key, value in sessions.items()}
        return Known(mark, accounts.load_all(store), guest_links.load_all(store), read, anew)

    def _take(self, known: Known) -> None:
        read = known.sessions
        every = read if known.anew else {**self._stored, **read}
        stored = {key: one for key, one in every.items() if one and not self._is_old(one)}
        self._begun = {
            key: one for key, one in self._begun.items() if key not in read and key not in stored
        }
        self._ended &= stored.keys()
        self._stored = stored
        self._written = {key: one.seen for key, one in stored.items()}
        found = {key: one for key, one in (stored | self._begun).items() if key not in self._ended}
        for key in found.keys() & self._sessions.keys():
            found[key] = replace(found[key], seen=max(found[key].seen, self._sessions[key].seen))
        self._sessions, self._known = found, known
        # Accounts are never removed: where none is found any more, the store is broken or another.
        self._had_accounts = self._had_accounts or bool(known.accounts)

    def _write_owed(self) -> None:
        """Signings out, entries of the trail, signs of life; in the thread that writes."""
        for key, session in list(self._owed.items()):
            self._remember(session, "sign-out", {}, ended=True)
            del self._owed[key]
        self._outbox.flush()
        for key, session in list(self._sessions.items()):
            late = session.seen - self._written.get(key, session.begun) > _WRITE_SEEN
            # So that a restart of the server signs nobody out who was here just now. Whoever
            # has signed out meanwhile is no longer among the sessions.
            if late and key in self._sessions:
                self._remember(session)
                self._written[key] = session.seen

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
            "link": session.link,
            "stamp": session.stamp,
            "begun": session.begun.isoformat(),
            "seen": session.seen.isoformat(),
            "ended": ended,
        }
        now = self._clock()
        self._store.put_record(KIND, session.key, value, now, session.account, action, told)

    async def _show_out(self) -> None:
        """Close every WebSocket whose session no longer stands."""
        over = [talk for talk in self._talks if not self._may_go_on(talk)]
        self._talks.difference_update(over)
        ends = await asyncio.gather(*(talk.end() for talk in over), return_exceptions=True)
        for failed in filter(None, ends):  # nothing more is said to it either way
            error_log.record(_log, "a page was not shown out", failed)

    def _may_go_on(self, talk: Talk) -> bool:
        return self._standing(talk.key) is not None if talk.key else not self.has_accounts()


async def _in(pool: ThreadPoolExecutor, work: Callable[..., T], *given: object) -> T:
    return await asyncio.get_running_loop().run_in_executor(pool, work, *given)


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
        link = str(value.get("link", ""))  # older ones were written before there were links
        return Session(key, str(value["account"]), str(value["stamp"]), *plain, link)
    except (KeyError, TypeError, ValueError):
        return None


_current: Keeper | None = None


def install(keeper: Keeper) -> None:
    """Make this the keeper of the process: the server does it once, before it serves."""
    global _current
    _current = keeper


def has_accounts() -> bool:
    """Whether there is a keeper, and anybody could sign in."""
    return _current is not None and _current.has_accounts()


def current() -> Keeper:
    assert _current is not None, "the server knows its accounts before it serves a page"
    return _current
