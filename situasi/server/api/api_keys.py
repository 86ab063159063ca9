"""Keys of sources: what a program may write and read, kept so that nobody can read the key."""

from __future__ import annotations

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
from situasi.store.interface import ConflictError, Store

KIND = "key"
# Written beside the key, not into it: a use must never bring back a key revoked meanwhile.
USED_KIND = "key_used"
NAME_PATTERN = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
# Merges are made on the board, by people who look at both reports.
WRITABLE = tuple(feed for feed in FEEDS if feed != "merges")

_TOKEN = re.compile(r"situasi_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")


class KeyRefused(Exception):
    """A key that cannot be made or revoked; the message says why, in Indonesian."""


@dataclass(frozen=True)
class Key:
    """What the store keeps of a key.

    feeds: what it may write. area: the kecamatan of which it writes and reads; empty: all.
    read: it reads what a guest sees (no officers, no neutrality). metrics: it reads /metrics.
    salt, digest: hexadecimal; the key itself is kept nowhere. revoked: when, ISO, or None.
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

    @property
    def actor(self) -> str:
        """How the trail and the deliveries call it."""
        return f"kunci:{self.name}"

    def write_scope(self) -> WriteScope:
        """What it may write: its feeds, of its area; of quarantine what it had sent itself."""
        return WriteScope(self.actor, frozenset(self.feeds), self.area, CorrectionRights.OWN)


def digest_secret(secret: str, salt: str) -> str:
    """A fast keyed hash is enough: 256 random bits cannot be guessed, however fast one tries.

    (A slow hash is for passwords that people choose; here it would only slow down reports.)
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
) -> str:
    """Make a key; the text that its holder sends. It can never be shown again.

    A name is given once: the trail would not tell two of the same name apart. Raises KeyRefused
    and StoreError.
    """
    if not NAME_PATTERN.fullmatch(name):
        raise KeyRefused("nama kunci: huruf kecil, angka, titik, - dan _, paling banyak 40")
    if not (feeds or read or metrics):
        raise KeyRefused("kunci tanpa hak: sebut --feed, --read atau --metrics")
    unknown = sorted(set(feeds) - set(WRITABLE))
    if unknown:
        raise KeyRefused(f'feed "{unknown[0]}" tidak dapat dikirim; pilih: {", ".join(WRITABLE)}')
    ident, secret, salt = secrets.token_hex(6), secrets.token_urlsafe(32), secrets.token_hex(16)
    key = Key(name, ident, salt, digest_secret(secret, salt), feeds, area, read, metrics)
    rights = {"feeds": feeds, "area": area, "read": read, "metrics": metrics}
    detail = {"name": name, **rights}
    try:
        store.put_record(KIND, name, asdict(key), now, actor, "key-add", detail, expected_seq=0)
    except ConflictError:
        raise KeyRefused(f'kunci "{name}" sudah ada atau pernah ada; pilih nama lain') from None
    return f"situasi_{ident}_{secret}"


def revoke(store: Store, name: str, now: datetime, actor: str) -> None:
    """From the next request on the key opens nothing. Raises KeyRefused and StoreError."""
    found = store.latest_records(KIND, name).get(name)
    if found is None:
        raise KeyRefused(f'kunci "{name}" tidak ada; lihat: key list')
    if found["revoked"]:
        raise KeyRefused(f'kunci "{name}" sudah dicabut')
    value = {**found, "revoked": now.isoformat(timespec="seconds")}
    store.put_record(KIND, name, value, now, actor, "key-revoke", {"name": name})


def load_all(store: Store) -> list[Key]:
    """All keys, revoked ones too, in the order of their names."""
    return [_parse_key(value) for value in store.latest_records(KIND).values()]


def last_uses(store: Store) -> dict[str, str]:
    """The day on which each key was last used, ISO; a key never used is left out."""
    return store.latest_records(USED_KIND)


def _parse_key(value: dict[str, Any]) -> Key:
    return Key(**{**value, "feeds": tuple(value["feeds"]), "area": tuple(value["area"])})


def _match_secret(key: Key | None, secret: str) -> Key | None:
    """The key, where this is its secret and it is not revoked."""
    if key is None or key.revoked:
        return None
    return key if hmac.compare_digest(digest_secret(secret, key.salt), key.digest) else None


class Keyring:
    """The keys at hand, read anew whenever anything of access has changed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._mark: tuple[int, str] | None = None
        self._keys: dict[str, Key] = {}
        self._used_days: dict[str, str] = {}

    def find(self, token: str) -> Key | None:
        """The key that this text is, unless it is revoked. Raises StoreError."""
        parts = _TOKEN.fullmatch(token)
        return _match_secret(self._load_current().get(parts[1]), parts[2]) if parts else None

    def find_cached(self, token: str) -> Key | None:
        """The same among the keys that were read last; asks nobody."""
        parts = _TOKEN.fullmatch(token)
        return _match_secret(self._keys.get(parts[1]), parts[2]) if parts else None

    def record_use(self, key: Key, now: datetime) -> None:
        """Note the day: enough to find keys that nobody needs, too coarse to follow anyone."""
        today = now.date().isoformat()
        with self._lock:
            if self._used_days.get(key.name) == today:
                return
            self._used_days[key.name] = today
        if self._store.latest_records(USED_KIND, key.name).get(key.name) != today:
            self._store.put_record(USED_KIND, key.name, today, now, key.actor)

    def _load_current(self) -> dict[str, Key]:
        mark = self._store.access_position()  # before the keys: they may be newer, never older
        with self._lock:
            if mark != self._mark:
                self._keys = {key.ident: key for key in load_all(self._store)}
                self._mark = mark
            return self._keys
