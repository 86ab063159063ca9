"""API keys of programs: what each may write and read; the store keeps only a hash."""

import hmac
import re
import secrets
import threading
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from situasi.domain.feed_schemas import FEEDS
from situasi.ingest.write_scope import CorrectionRights, WriteScope
from situasi.store import ConflictError, Store

KIND = "key"
# A record of its own: recording a use must never restore a key revoked meanwhile.
USED_KIND = "key_used"
NAME_PATTERN = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
# Merges are made on the board, by people who look at both reports.
WRITABLE = tuple(feed for feed in FEEDS if feed != "merges")

_TOKEN = re.compile(r"situasi_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")


class KeyRefused(Exception):
    """A key cannot be created or revoked; the message says why, in Indonesian."""


@dataclass(frozen=True)
class Key:
    """What the store keeps of a key.

    feeds: it may write these. area: kecamatan that it writes and reads; empty: all. read: it reads
    what a guest sees (no officers, no neutrality). metrics: it reads /metrics. messages: it brings
    messages, which people enter or not. salt, digest: hexadecimal; the key itself is stored
    nowhere. revoked: ISO time, or None.
    """

    name: str
    ident: str
    salt: str
    digest: str
    feeds: tuple[str, ...] = ()
    area: tuple[str, ...] = ()
    read: bool = False
    metrics: bool = False
    revoked: str | None = None
    messages: bool = False

    @property
    def actor(self) -> str:
        """Return its name in the audit log and in deliveries."""
        return f"kunci:{self.name}"

    def write_scope(self) -> WriteScope:
        """Return what it may write: its feeds of its area, and its own rows in quarantine."""
        return WriteScope(self.actor, frozenset(self.feeds), self.area, CorrectionRights.OWN)


def digest_secret(secret: str, salt: str) -> str:
    """Return the keyed hash of a secret.

    A fast hash is enough, as 256 random bits cannot be guessed; a slow one, as for passwords that
    people choose, would only slow down deliveries.
    """
    return blake2b(secret.encode(), key=bytes.fromhex(salt), digest_size=32).hexdigest()


def add(
    store: Store,
    name: str,
    now: datetime,
    actor: str,
    *,
    feeds: tuple[str, ...] = (),
    area: tuple[str, ...] = (),
    read: bool = False,
    metrics: bool = False,
    messages: bool = False,
) -> str:
    """Create a key and return its token, which can never be shown again.

    A name is used once only: the audit log could not tell two keys of the same name apart. Raises
    KeyRefused and StoreError.
    """
    if not NAME_PATTERN.fullmatch(name):
        raise KeyRefused("nama kunci: huruf kecil, angka, titik, - dan _, paling banyak 40")
    if not (feeds or read or metrics or messages):
        raise KeyRefused("kunci tanpa hak: sebut --feed, --messages, --read atau --metrics")
    unknown = sorted(set(feeds) - set(WRITABLE))
    if unknown:
        raise KeyRefused(f'feed "{unknown[0]}" tidak dapat dikirim; pilih: {", ".join(WRITABLE)}')
    ident, secret, salt = secrets.token_hex(6), secrets.token_urlsafe(32), secrets.token_hex(16)
    rights = {"feeds": feeds, "area": area, "read": read, "metrics": metrics}
    rights |= {"messages": True} if messages else {}
    digest = digest_secret(secret, salt)
    key = Key(name, ident, salt, digest, feeds, area, read, metrics, messages=messages)
    detail = {"name": name, **rights}
    try:
        store.put_record(KIND, name, asdict(key), now, actor, "key-add", detail, expected_seq=0)
    except ConflictError:
        raise KeyRefused(f'kunci "{name}" sudah ada atau pernah ada; pilih nama lain') from None
    return f"situasi_{ident}_{secret}"


def revoke(store: Store, name: str, now: datetime, actor: str) -> None:
    """Revoke a key from the next request on. Raises KeyRefused and StoreError."""
    record = store.latest_records(KIND, name).get(name)
    if record is None:
        raise KeyRefused(f'kunci "{name}" tidak ada; lihat: key list')
    if record["revoked"]:
        raise KeyRefused(f'kunci "{name}" sudah dicabut')
    value = {**record, "revoked": now.isoformat(timespec="seconds")}
    store.put_record(KIND, name, value, now, actor, "key-revoke", {"name": name})


def load_all(store: Store) -> list[Key]:
    """Return all keys, revoked ones too, by name."""
    return [_parse_key(value) for value in store.latest_records(KIND).values()]


def last_uses(store: Store) -> dict[str, str]:
    """Return the day of each key's last use, ISO, by name; a key never used is left out."""
    return store.latest_records(USED_KIND)


def _parse_key(value: dict[str, Any]) -> Key:
    return Key(**{**value, "feeds": tuple(value["feeds"]), "area": tuple(value["area"])})


def _match_secret(key: Key | None, secret: str) -> Key | None:
    """Return the key if this is its secret and it is not revoked."""
    if key is None or key.revoked:
        return None
    return key if hmac.compare_digest(digest_secret(secret, key.salt), key.digest) else None


class Keyring:
    """The current keys, read again whenever access data has changed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._mark: tuple[int, str] | None = None
        self._keys: dict[str, Key] = {}
        self._used_days: dict[str, str] = {}

    def find(self, token: str) -> Key | None:
        """Return the key of this token, unless revoked. Raises StoreError."""
        parts = _TOKEN.fullmatch(token)
        return _match_secret(self._load_current().get(parts[1]), parts[2]) if parts else None

    def find_cached(self, token: str) -> Key | None:
        """Return the key of this token among those read last, without the store."""
        parts = _TOKEN.fullmatch(token)
        return _match_secret(self._keys.get(parts[1]), parts[2]) if parts else None

    def record_use(self, key: Key, now: datetime) -> None:
        """Record the day: enough to find unused keys, too coarse to follow anybody."""
        today = now.date().isoformat()
        with self._lock:
            if self._used_days.get(key.name) == today:
                return
            self._used_days[key.name] = today
        if self._store.latest_records(USED_KIND, key.name).get(key.name) != today:
            self._store.put_record(USED_KIND, key.name, today, now, key.actor)

    def _load_current(self) -> dict[str, Key]:
        # Read before the keys: they may be newer, never older.
        position = self._store.access_position()
        with self._lock:
            if position != self._mark:
                self._keys = {key.ident: key for key in load_all(self._store)}
                self._mark = position
            return self._keys
