"""Sessions and access data as the store holds them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from situasi.access import accounts, guest_links
from situasi.access.accounts import SESSION_KIND, Account
from situasi.access.guest_links import Link
from situasi.store import Store


@dataclass(frozen=True)
class Session:
    """One sign-in. key: hash of the token that the browser holds.

    credential_version: stamp of the account at sign-in. link: id of the guest link; empty for an
    account.
    """

    key: str
    account: str
    credential_version: str
    began_at: datetime
    last_seen_at: datetime
    link: str = ""


@dataclass(frozen=True)
class AccessRecords:
    """What the store holds about access; None: a record that cannot be read.

    access_mark: Store.access_position at which it was read. sessions: those written since the
    previous read, or all of them if is_complete.
    """

    access_mark: tuple[int, str]
    accounts: dict[str, Account | None]
    links: dict[str, Link | None]
    sessions: dict[str, Session | None]
    is_complete: bool = True


def hash_session_token(token: str) -> str:
    """Return the hash under which the store keeps a session token."""
    return sha256(token.encode()).hexdigest()


def load_access_records(store: Store, known_mark: tuple[int, str]) -> AccessRecords | None:
    """Return the access data, or None if it has not changed since `known_mark`."""
    position = store.access_position()
    if position == known_mark:
        return None
    # Sessions are never removed from the store: only new ones are read, unless the store was
    # replaced.
    number = known_mark[0]
    read_all = number <= 0 or store.access_position(number) != known_mark
    sessions = store.latest_records(SESSION_KIND, after=0 if read_all else number)
    parsed = {key: _parse_session(key, value) for key, value in sessions.items()}
    return AccessRecords(
        position, accounts.load_all(store), guest_links.load_all(store), parsed, read_all
    )


def _parse_session(key: str, value: Any) -> Session | None:
    """Parse a stored session; None if it has ended or cannot be read."""
    try:
        if value["ended"] is not False:
            return None
        began_at, last_seen_at = (datetime.fromisoformat(value[name]) for name in ("begun", "seen"))
        times = began_at.astimezone(UTC), last_seen_at.astimezone(UTC)
        link = str(value.get("link", ""))  # absent in sessions older than guest links
        return Session(key, str(value["account"]), str(value["stamp"]), *times, link)
    except (KeyError, TypeError, ValueError):
        return None


def save_session(
    store: Store,
    session: Session,
    now: datetime,
    action: str | None = None,
    detail: dict[str, Any] | None = None,
    *,
    ended: bool = False,
) -> None:
    """Save a session. action, detail: of its entry in the audit log. Raises StoreError."""
    value = {
        "account": session.account,
        "link": session.link,
        "stamp": session.credential_version,
        "begun": session.began_at.isoformat(),
        "seen": session.last_seen_at.isoformat(),
        "ended": ended,
    }
    store.put_record(SESSION_KIND, session.key, value, now, session.account, action, detail)
