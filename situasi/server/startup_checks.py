"""Before the server listens: what it is told of itself, and when it refuses to start."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, NoReturn

from starlette.middleware import Middleware

from situasi.access import accounts, signing_key
from situasi.access.roles import ROLES
from situasi.board import load_store_scope
from situasi.domain import settings
from situasi.domain.settings import OidcSettings, Settings
from situasi.server.auth.config import Doorway, Heeds
from situasi.server.auth.middleware import Gate
from situasi.server.auth.oidc_protocol import is_safe
from situasi.server.auth.request_info import (
    believe_no_proxy_but_ours,
    is_this_machine_alone,
    networks,
)
from situasi.server.auth.security_headers import policy
from situasi.server.auth.websocket import Tells
from situasi.server.upload_quota import KeepsFile
from situasi.store import open_store
from situasi.store.interface import StoreError

if TYPE_CHECKING:
    from situasi.server.auth.oidc_client import Provider

_ISSUER = re.compile(r"https?://[\w.:\[\]-]+(/[\w.~%/-]*)?", re.ASCII)


class NotSafe(Exception):
    """The server must not start so; the message says what is missing."""


def gate(
    address: str | None,
    shell: Path,
    farewell: bytes,
    heeds: Heeds,
    tells: Tells,
    keeps_file: KeepsFile,
) -> Middleware:
    """The gate for a server at this address; ends the process where that would not be safe.

    address: None: all addresses of this machine. shell: the page of Streamlit. farewell: the
    message upon which a page in the browser leaves the board. heeds: whether a message of a
    browser may reach Streamlit. tells: what a message to a browser names. keeps_file: whether an
    uploaded file is still in memory.
    """
    believe_no_proxy_but_ours()
    try:
        doorway = _doorway(address, shell, farewell, heeds, tells, keeps_file)
    except NotSafe as error:
        _say(error)
        raise SystemExit(2) from error
    except (StoreError, OSError, KeyError, ValueError) as error:
        _say(error)
        raise SystemExit(1) from error
    return Middleware(Gate, doorway=doorway)


def refuse(error: Exception) -> NoReturn:
    """Say why the board cannot be opened, in one sentence, and end the process with 1.

    At once: whatever is raised while the server starts is told with every line of the program.
    Nothing was served or begun yet.
    """
    _say(error)
    os._exit(1)


def _say(error: Exception) -> None:
    said = error.detail if isinstance(error, StoreError) else error
    print(f"Situasi tidak dimulai: {said}", file=sys.stderr, flush=True)


def served(asker: ModuleType) -> None:
    """Tell Streamlit's module that makes elements that it is run as it should be.

    With the first element it would look through the files of all modules whether somebody runs
    it by hand: a tenth of a second of the first page.
    """
    vars(asker)["_use_warning_has_been_displayed"] = True


def _doorway(
    address: str | None,
    shell: Path,
    farewell: bytes,
    heeds: Heeds,
    tells: Tells,
    keeps_file: KeepsFile,
) -> Doorway:
    found = settings.load()
    here = is_this_machine_alone(address)
    if found.default_role not in ROLES:
        raise NotSafe(f"SITUASI_ROLE={found.default_role} bukan peran ({', '.join(ROLES)}).")
    if found.auth.secret is not None and len(found.auth.secret) < signing_key.MIN_LENGTH:
        raise NotSafe(
            f"SITUASI_SECRET terlalu pendek; paling sedikit {signing_key.MIN_LENGTH} tanda."
        )
    if not here:
        _must_be_closed(found, address)
    return Doorway(
        opens_here=here,
        role=found.default_role,
        secret=signing_key.load_or_create(found),
        hosts=frozenset(found.auth.hosts),
        proxies=networks(found.auth.trusted_proxies),
        policy=policy(shell),
        farewell=farewell,
        heeds=heeds,
        tells=tells,
        keeps_file=keeps_file,
        provider=_provider(found.auth.oidc) if found.auth.oidc else None,
    )


def _provider(told: OidcSettings) -> Provider:
    """The identity provider, of which nothing is asked yet."""
    for name in ("issuer", "client", "secret"):
        if not getattr(told, name):
            raise NotSafe(f"SITUASI_OIDC_{name.upper()} kosong; masuk lewat SSO membutuhkannya.")
    if not _ISSUER.fullmatch(told.issuer) or not is_safe(told.issuer, told.issuer):
        raise NotSafe(
            f"SITUASI_OIDC_ISSUER={told.issuer} harus https://..., tanpa ? dan #; "
            "http hanya untuk penyedia di komputer ini sendiri."
        )
    # Loaded where there is one: it brings what asks over TLS and reads signatures.
    from situasi.server.auth.oidc_client import Provider

    try:
        return Provider(told)
    except OSError as error:
        raise NotSafe(f"SITUASI_OIDC_CA={told.ca} tidak terbaca: {error}") from error


def _must_be_closed(found: Settings, address: str | None) -> None:
    """Others can reach this address: without accounts and a secret it would stand open."""
    where = address or "semua alamat"
    if found.auth.secret is None:
        raise NotSafe(
            f"di {where} papan butuh SITUASI_SECRET,"
            f" paling sedikit {signing_key.MIN_LENGTH} tanda acak."
        )
    store = open_store(found.store_url, load_store_scope(found.election_folder))
    try:
        every = accounts.load_all(store).values()
    finally:
        store.close()
    issuer = found.auth.oidc.issuer if found.auth.oidc else None
    if not any(account and accounts.can_sign_in(account, issuer) for account in every):
        raise NotSafe(
            f"di {where} papan butuh akun yang aktif: python -m situasi user add NAMA --role PERAN."
        )
    if not found.auth.hosts:
        print(
            "SITUASI_HOSTS kosong: papan hanya menjawab sebagai localhost.",
            file=sys.stderr,
            flush=True,
        )
