"""Accounts: who may sign in and how, in which role, for which kecamatan."""

import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from situasi.access.roles import ROLES
from situasi.common.i18n import _
from situasi.domain.higher_command import HigherCommand
from situasi.domain.register import Register
from situasi.store import Store

RECORD_KIND = "account"
SESSION_KIND = "session"  # record kind of sessions
MIN_PASSWORD_LENGTH = 12
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,31}")
# Names under which programs deliver rows and appear in the audit log.
RESERVED_NAMES = frozenset({"cli", "inbox", "gate", "papan", "latihan", "pembukaan"})
_MIN_DISTINCT_CHARACTERS = 5  # "aaaaaaaaaaaa" has twelve characters too
_HASHER = PasswordHasher()  # argon2id, low-memory parameters of RFC 9106


class AccountRefused(ValueError):
    """The account cannot be created or changed; the message says why."""


@dataclass(frozen=True)
class Account:
    """One account. secret: the hash of its password.

    area: kecamatan codes; empty: all. stamp: new at every change; a session with an older one has
    ended. identity: None: sign-in by password. Otherwise only by the identity provider, for the
    identity it is bound to (`issuer|sub`); empty: it is bound at the first sign-in.
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
    """Return all accounts by name. None: the record of the account cannot be read."""
    return {
        name: _parse_account(name, value)
        for name, value in store.latest_records(RECORD_KIND).items()
    }


def _parse_account(name: str, value: Any) -> Account | None:
    try:
        account = Account(name, **{**value, "area": tuple(value["area"])})
    except (TypeError, KeyError):
        return None
    is_valid = account.enabled in (True, False) and isinstance(account.identity, str | None)
    return account if is_valid and account.role in ROLES else None


def add(
    store: Store,
    name: str,
    role: str,
    area: tuple[str, ...],
    password: str | None,
    at: datetime,
    by: str,
) -> None:
    """Create an account. password: None: sign-in by the identity provider.

    Raises AccountRefused; ConflictError where another change came first.
    """
    if not _NAME.fullmatch(name):
        text = _('nama "{name}" tidak dapat dipakai: 3 sampai 32 huruf kecil, angka, titik, - '
                 "atau _")  # fmt: skip
        raise AccountRefused(text.format(name=name))
    if name in RESERVED_NAMES:
        text = _('nama "{name}" dipakai oleh papan sendiri; pilih nama lain')
        raise AccountRefused(text.format(name=name))
    if role not in ROLES:
        raise AccountRefused(f'peran "{role}" tidak ada: {", ".join(ROLES)}')
    version = store.access_version()
    if store.latest_records(RECORD_KIND, name):
        raise AccountRefused(_('akun "{name}" sudah ada').format(name=name))
    stamp = secrets.token_hex(8)
    account = Account(name, role, area, enabled=True, stamp=stamp, **_build_credentials(password))
    _save(store, account, at, by, "account-add", version)


def change(store: Store, name: str, action: str, at: datetime, by: str, **changes: Any) -> None:
    """Change an account, ending its sessions. changes: Account fields or `password` as in add."""
    if changes.get("role", "tamu") not in ROLES:
        raise AccountRefused(f'peran "{changes["role"]}" tidak ada: {", ".join(ROLES)}')
    version = store.access_version()
    account = load_all(store).get(name)
    if account is None:
        raise AccountRefused(f'akun "{name}" tidak ada; lihat: user list')
    if "password" in changes:
        changes |= _build_credentials(changes.pop("password"))
    changed = replace(account, **changes, stamp=secrets.token_hex(8))
    _save(store, changed, at, by, action, version)


def change_own_password(store: Store, account: Account, password: str, at: datetime) -> Account:
    """Change the password of an account for its owner; this ends its sessions.

    Raises AccountRefused where the account was changed since it was read; ConflictError.
    """
    version = store.access_version()
    if load_all(store).get(account.name) != account or account.identity is not None:
        raise AccountRefused("akun ini baru saja diubah; masuk lagi")
    changed = replace(account, **_build_credentials(password), stamp=secrets.token_hex(8))
    _save(store, changed, at, account.name, "account-password", version)
    return changed


def bind_identity(store: Store, name: str, identity: str, at: datetime) -> Account:
    """Bind an account to the first identity that signs in. Raises AccountRefused, ConflictError."""
    version = store.access_version()
    accounts_by_name = load_all(store)
    account = accounts_by_name.get(name)
    refusal = find_identity_refusal(accounts_by_name, name, identity)
    if account is None or refusal:
        raise AccountRefused(refusal)
    if account.identity:
        return account
    bound = replace(account, identity=identity, stamp=secrets.token_hex(8))
    _save(store, bound, at, name, "account-bind", version)
    return bound


def _build_credentials(password: str | None) -> dict[str, Any]:
    """Return the fields for one way of signing in: by password or by the identity provider."""
    if password is None:
        return {"secret": "", "identity": ""}
    return {"secret": hash_password(password), "identity": None}


def _save(
    store: Store, account: Account, at: datetime, by: str, action: str, expected_version: int
) -> None:
    value = asdict(account)
    del value["name"]
    detail = {"account": account.name, "role": account.role, "area": list(account.area)}
    if account.identity is not None:
        detail["identity"] = account.identity
    store.put_record(
        RECORD_KIND, account.name, value, at, by, action, detail, expected_seq=expected_version
    )


def check_password(password: str, name: str, weak_passwords: frozenset[str]) -> None:
    """Raise AccountRefused if a password is short, common or contains the name."""
    lowered = password.casefold()
    if len(password) < MIN_PASSWORD_LENGTH:
        raise AccountRefused(
            f"sandi paling sedikit {MIN_PASSWORD_LENGTH} karakter; beberapa kata lebih mudah"
        )
    if lowered in weak_passwords or len(set(lowered)) < _MIN_DISTINCT_CHARACTERS:
        raise AccountRefused("sandi ini terlalu sering dipakai; pilih yang lain")
    if name in lowered:
        raise AccountRefused("sandi tidak boleh memuat nama akun")


@cache
def load_common_passwords(vocabulary: Path) -> frozenset[str]:
    """Return the most common passwords of those that are long enough."""
    return frozenset((vocabulary / "passwords.txt").read_text("utf-8").casefold().split())


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password."""
    return _HASHER.hash(_normalize_password(password))


def verify_password(account: Account | None, password: str) -> bool:
    """Return whether this password opens this account; take as long where none could."""
    password_account = account if account and account.identity is None else None
    secret = password_account.secret if password_account else _dummy_hash()
    try:
        is_correct = _HASHER.verify(secret, _normalize_password(password))
    except (VerificationError, InvalidHashError):
        return False
    return is_correct and password_account is not None and password_account.enabled


def find_identity_refusal(
    accounts_by_name: Mapping[str, Account | None], name: str, identity: str
) -> str:
    """Return why this identity may not open the account of this name; "" where it may."""
    account = accounts_by_name.get(name)
    if account is None:
        return "no account"
    if account.identity is None:
        return "opened by a password"
    if account.identity not in {"", identity}:
        return "bound to another identity"
    others = [other for other in accounts_by_name.values() if other and other != account]
    if any(other.identity == identity for other in others):
        return "identity of another account"
    return "" if account.enabled else "closed"


def federated_id(issuer: str, subject: str) -> str:
    """Return the id of a person at a provider: names may be given to others, this may not."""
    return f"{issuer}|{subject}"


def can_sign_in(account: Account, issuer: str | None) -> bool:
    """Return whether anybody could sign in to it. issuer: of the provider, if there is one."""
    if not account.enabled or account.identity is None:
        return account.enabled
    if issuer is None:
        return False
    return not account.identity or account.identity.startswith(federated_id(issuer, ""))


@cache
def _dummy_hash() -> str:
    return hash_password(secrets.token_hex())


def _normalize_password(password: str) -> str:
    # The same letters typed on another keyboard must be the same password.
    return unicodedata.normalize("NFC", password)


def parse_kecamatan(register: Register, words: Iterable[str]) -> tuple[str, ...]:
    """Return the codes for these kecamatan codes, names and polsek. Raises AccountRefused.

    Only exact names match: a misspelling must not give anyone another area.
    """
    codes: set[str] = set()
    for word in words:
        matches = _kecamatan_by_word(register).get(_normalize_word(word))
        if not matches:
            raise AccountRefused(f'"{word}" bukan kode atau nama kecamatan, bukan pula polsek')
        codes |= matches
    return tuple(sorted(codes))


def parse_kabupaten(command: HigherCommand, words: Iterable[str]) -> tuple[str, ...]:
    """Return the codes for these kabupaten and provinces of a command. Raises AccountRefused."""
    members = [(member.code, member.name, member.command) for member in command.members]
    codes_by_word = _group_by_word([*members, *command.subdivisions.items()])
    codes: set[str] = set()
    for word in words:
        matches = codes_by_word.get(_normalize_word(word), set())
        if len(matches) != 1:
            raise AccountRefused(f'"{word}" bukan kode atau nama kabupaten dari {command.name}')
        codes |= matches
    return tuple(sorted(codes))


def _kecamatan_by_word(register: Register) -> dict[str, set[str]]:
    places = [
        (code, place.name, f"kecamatan {place.name}", place.polsek)
        for code, place in register.kecamatan.items()
    ]
    aliases = (pair for pair in register.aliases if pair[0] in register.kecamatan)
    return _group_by_word([*places, *aliases])


def _group_by_word(names: Iterable[Sequence[str]]) -> dict[str, set[str]]:
    """Return the codes by word. names: a code and its names, each."""
    codes_by_word: dict[str, set[str]] = {}
    for code, *words in names:
        for word in (code, *words):
            codes_by_word.setdefault(_normalize_word(word), set()).add(code)
    return codes_by_word


def _normalize_word(word: str) -> str:
    return " ".join(word.casefold().split())
