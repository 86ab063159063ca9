"""Accounts: who may sign in and how, in which role, for which kecamatan."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from situasi.access.roles import ROLES
from situasi.domain.higher_command import HigherCommand
from situasi.domain.register import Register
from situasi.store.interface import Store

RECORD_KIND = "account"
SESSION_KIND = "session"  # the kind under which signings in are remembered
MIN_PASSWORD_LENGTH = 12
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,31}")
# Names by which programs deliver and speak in the audit trail.
RESERVED_NAMES = frozenset({"cli", "inbox", "gate", "papan", "latihan", "pembukaan"})
_MIN_DISTINCT_CHARACTERS = 5  # different ones: "aaaaaaaaaaaa" has twelve letters too
_HASHER = PasswordHasher()  # argon2id with the parameters of RFC 9106 for little memory


class AccountRefused(ValueError):
    """The account cannot be made or changed so; the message says why."""


@dataclass(frozen=True)
class Account:
    """One account. secret: the hash of its password.

    stamp: new at every change; a session with an older one has ended. area: empty: all.
    identity: None: a password opens it. Otherwise the identity provider alone does, for whoever
    it is bound to (`issuer|sub`); empty: it is bound at the first sign-in.
    """

    name: str
    role: str
    area: tuple[str, ...]
    secret: str
    enabled: bool
    stamp: str
    identity: str | None = None

    def __repr__(self) -> str:
        return f"Account({self.name!r}, {self.role!r})"


def load_all(store: Store) -> dict[str, Account | None]:
    """All accounts by name. None: there is one, but its record cannot be read."""
    return {
        name: _parse_account(name, value)
        for name, value in store.latest_records(RECORD_KIND).items()
    }


def _parse_account(name: str, value: Any) -> Account | None:
    try:
        account = Account(name, **{**value, "area": tuple(value["area"])})
    except (TypeError, KeyError):
        return None
    sound = account.enabled in (True, False) and isinstance(account.identity, str | None)
    return account if sound and account.role in ROLES else None


def add(
    store: Store,
    name: str,
    role: str,
    area: tuple[str, ...],
    password: str | None,
    at: datetime,
    by: str,
) -> None:
    """A new account. password: None: the identity provider opens it.

    Raises AccountRefused; Overtaken where somebody else was quicker.
    """
    if not _NAME.fullmatch(name):
        raise AccountRefused(
            f'nama "{name}" tidak dapat dipakai: 3 sampai 32 huruf kecil, angka, titik, - atau _'
        )
    if name in RESERVED_NAMES:
        raise AccountRefused(f'nama "{name}" dipakai oleh papan sendiri; pilih nama lain')
    if role not in ROLES:
        raise AccountRefused(f'peran "{role}" tidak ada: {", ".join(ROLES)}')
    seen = store.access_version()
    if store.latest_records(RECORD_KIND, name):
        raise AccountRefused(f'akun "{name}" sudah ada; lihat: user list')
    stamp = secrets.token_hex(8)
    account = Account(name, role, area, enabled=True, stamp=stamp, **_build_credentials(password))
    _save(store, account, at, by, "account-add", seen)


def change(store: Store, name: str, action: str, at: datetime, by: str, **changes: Any) -> None:
    """Change an account, which ends its sessions: fields of Account, or `password` as in add."""
    if changes.get("role", "tamu") not in ROLES:
        raise AccountRefused(f'peran "{changes["role"]}" tidak ada: {", ".join(ROLES)}')
    seen = store.access_version()
    account = load_all(store).get(name)
    if account is None:
        raise AccountRefused(f'akun "{name}" tidak ada; lihat: user list')
    if "password" in changes:
        changes |= _build_credentials(changes.pop("password"))
    changed = replace(account, **changes, stamp=secrets.token_hex(8))
    _save(store, changed, at, by, action, seen)


def change_own_password(store: Store, account: Account, password: str, at: datetime) -> Account:
    """Give an account another password, as its owner asks, which ends its sessions.

    Raises AccountRefused where the account was changed since it was looked at; Overtaken.
    """
    seen = store.access_version()
    if load_all(store).get(account.name) != account or account.identity is not None:
        raise AccountRefused("akun ini baru saja diubah; masuk lagi")
    changed = replace(account, **_build_credentials(password), stamp=secrets.token_hex(8))
    _save(store, changed, at, account.name, "account-password", seen)
    return changed


def bind_identity(store: Store, name: str, identity: str, at: datetime) -> Account:
    """Tie an account to the identity that comes to it first. Raises AccountRefused, Overtaken."""
    seen = store.access_version()
    known = load_all(store)
    account, why = known.get(name), find_identity_refusal(known, name, identity)
    if account is None or why:
        raise AccountRefused(why)
    if account.identity:
        return account
    bound = replace(account, identity=identity, stamp=secrets.token_hex(8))
    _save(store, bound, at, name, "account-bind", seen)
    return bound


def _build_credentials(password: str | None) -> dict[str, Any]:
    """The fields that say what opens an account: never two things at once."""
    if password is None:
        return {"secret": "", "identity": ""}
    return {"secret": hash_password(password), "identity": None}


def _save(
    store: Store, account: Account, at: datetime, by: str, action: str, expected_version: int
) -> None:
    value = asdict(account)
    del value["name"]
    told = {"account": account.name, "role": account.role, "area": list(account.area)}
    if account.identity is not None:
        told["identity"] = account.identity
    store.put_record(
        RECORD_KIND, account.name, value, at, by, action, told, expected_seq=expected_version
    )


def check_password(password: str, name: str, weak_passwords: frozenset[str]) -> None:
    """Raises AccountRefused for a password that is short, common or guessed from the name."""
    plain = password.casefold()
    if len(password) < MIN_PASSWORD_LENGTH:
        raise AccountRefused(
            f"sandi paling sedikit {MIN_PASSWORD_LENGTH} karakter; beberapa kata lebih mudah"
        )
    if plain in weak_passwords or len(set(plain)) < _MIN_DISTINCT_CHARACTERS:
        raise AccountRefused("sandi ini terlalu sering dipakai; pilih yang lain")
    if name in plain:
        raise AccountRefused("sandi tidak boleh memuat nama akun")


@cache
def load_common_passwords(vocabulary: Path) -> frozenset[str]:
    """Passwords that are tried first, of those that are long enough."""
    return frozenset((vocabulary / "passwords.txt").read_text("utf-8").casefold().split())


def hash_password(password: str) -> str:
    return _HASHER.hash(_normalize_password(password))


def verify_password(account: Account | None, password: str) -> bool:
    """Whether this password opens this account; takes as long where none could."""
    mine = account if account and account.identity is None else None
    try:
        right = _HASHER.verify(
            mine.secret if mine else _dummy_hash(), _normalize_password(password)
        )
    except (VerificationError, InvalidHashError):
        return False
    return right and mine is not None and mine.enabled


def find_identity_refusal(
    accounts_by_name: Mapping[str, Account | None], name: str, identity: str
) -> str:
    """Why this identity of the provider does not open the account of this name, or nothing."""
    account = accounts_by_name.get(name)
    if account is None:
        return "no account"
    if account.identity is None:
        return "opened by a password"
    if account.identity not in {"", identity}:
        return "bound to another identity"
    if any(
        other and other.identity == identity and other != account
        for other in accounts_by_name.values()
    ):
        return "identity of another account"
    return "" if account.enabled else "closed"


def federated_id(issuer: str, subject: str) -> str:
    """How an account knows whom the provider speaks of: names are given to others, this is not."""
    return f"{issuer}|{subject}"


def can_sign_in(account: Account, issuer: str | None) -> bool:
    """Whether anybody could sign in by it. issuer: of the provider, if there is one."""
    if not account.enabled or account.identity is None:
        return account.enabled
    if issuer is None:
        return False
    return not account.identity or account.identity.startswith(federated_id(issuer, ""))


@cache
def _dummy_hash() -> str:
    return hash_password(secrets.token_hex())


def _normalize_password(password: str) -> str:
    # The same letters typed on another keyboard are the same password.
    return unicodedata.normalize("NFC", password)


def parse_kecamatan(register: Register, words: Iterable[str]) -> tuple[str, ...]:
    """The kecamatan that these codes, names and polsek mean. Raises AccountRefused.

    Nothing is guessed: a misspelling must not give anyone another area.
    """
    found: set[str] = set()
    for word in words:
        meant = _kecamatan_by_word(register).get(_normalize_word(word))
        if not meant:
            raise AccountRefused(f'"{word}" bukan kode atau nama kecamatan, bukan pula polsek')
        found |= meant
    return tuple(sorted(found))


def parse_kabupaten(command: HigherCommand, words: Iterable[str]) -> tuple[str, ...]:
    """The kabupaten and provinces of a command above, likewise. Raises AccountRefused."""
    named: dict[str, set[str]] = {}
    every = [(one.code, one.name, one.command) for one in command.members]
    for code, *called in [*every, *((code, name) for code, name in command.subdivisions.items())]:
        for word in (code, *called):
            named.setdefault(_normalize_word(word), set()).add(code)
    found: set[str] = set()
    for word in words:
        meant = named.get(_normalize_word(word), set())
        if len(meant) != 1:
            raise AccountRefused(f'"{word}" bukan kode atau nama kabupaten dari {command.name}')
        found |= meant
    return tuple(sorted(found))


def _kecamatan_by_word(register: Register) -> dict[str, set[str]]:
    named: dict[str, set[str]] = {}
    for code, place in register.kecamatan.items():
        for word in (code, place.name, f"kecamatan {place.name}", place.polsek):
            named.setdefault(_normalize_word(word), set()).add(code)
    for code, word in register.aliases:
        if code in register.kecamatan:
            named.setdefault(_normalize_word(word), set()).add(code)
    return named


def _normalize_word(word: str) -> str:
    return " ".join(word.casefold().split())
