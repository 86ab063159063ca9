"""Checks before the server listens: builds its configuration, or refuses to start."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from starlette.middleware import Middleware

from situasi.access import accounts, signing_key
from situasi.access.roles import ROLES
from situasi.board import load_store_scope
from situasi.domain import settings
from situasi.domain.settings import OidcSettings, Settings
from situasi.server.auth.config import AuthConfig, MessageFilter
from situasi.server.auth.middleware import AuthMiddleware
from situasi.server.auth.oidc_protocol import is_safe_url
from situasi.server.auth.request_info import is_loopback_address, parse_networks
from situasi.server.auth.security_headers import build_policy
from situasi.server.auth.websocket import ReferenceReader
from situasi.server.upload_quota import HasFile
from situasi.store import open_store
from situasi.store.model import StoreError

if TYPE_CHECKING:
    from situasi.server.auth.oidc_client import Provider

_ISSUER = re.compile(r"https?://[\w.:\[\]-]+(/[\w.~%/-]*)?", re.ASCII)


class UnsafeConfiguration(Exception):
    """The server must not start like this; the message says what is missing."""


def build_auth_middleware(
    bind_address: str | None,
    shell_path: Path,
    redirect_message: bytes,
    accepts_message: MessageFilter,
    read_references: ReferenceReader,
    has_file: HasFile,
) -> Middleware:
    """Return the auth middleware; end the process if this configuration is not safe.

    bind_address: None: all addresses of this machine. shell_path: the page of Streamlit. The
    others: see AuthConfig.
    """
    with _exit_on_error():
        conf = _load_checked_settings(bind_address)
        config = AuthConfig(
            bound_to_loopback=is_loopback_address(bind_address),
            role=conf.default_role,
            secret=signing_key.load_or_create(conf),
            hosts=frozenset(conf.auth.hosts),
            proxies=parse_networks(conf.auth.trusted_proxies),
            policy=build_policy(shell_path),
            redirect_message=redirect_message,
            accepts_message=accepts_message,
            read_references=read_references,
            has_file=has_file,
            provider=_build_provider(conf.auth.oidc) if conf.auth.oidc else None,
        )
    return Middleware(AuthMiddleware, config=config)


@contextmanager
def _exit_on_error() -> Iterator[None]:
    try:
        yield
    except UnsafeConfiguration as error:
        _print_error(error)
        raise SystemExit(2) from error
    except (StoreError, OSError, KeyError, ValueError) as error:
        _print_error(error)
        raise SystemExit(1) from error


def exit_with_error(error: Exception) -> NoReturn:
    """Print why the board cannot be opened, in one sentence, and end the process with status 1.

    With os._exit, as an exception during startup would print a long traceback. Nothing was served
    yet.
    """
    _print_error(error)
    os._exit(1)


def _print_error(error: Exception) -> None:
    message = error.detail if isinstance(error, StoreError) else error
    print(f"Situasi tidak dimulai: {message}", file=sys.stderr, flush=True)


def _load_checked_settings(bind_address: str | None) -> Settings:
    """Return the settings. Raises UnsafeConfiguration if the server must not start with them."""
    conf = settings.load()
    if conf.default_role not in ROLES:
        roles = ", ".join(ROLES)
        raise UnsafeConfiguration(f"SITUASI_ROLE={conf.default_role} bukan peran ({roles}).")
    if conf.auth.secret is not None and len(conf.auth.secret) < signing_key.MIN_LENGTH:
        raise UnsafeConfiguration(
            f"SITUASI_SECRET terlalu pendek; paling sedikit {signing_key.MIN_LENGTH} tanda."
        )
    if not is_loopback_address(bind_address):
        _check_sign_in_required(conf, bind_address)
    return conf


def _build_provider(oidc_settings: OidcSettings) -> Provider:
    """Return the identity provider; it is not contacted yet."""
    issuer = oidc_settings.issuer
    for name in ("issuer", "client", "secret"):
        if not getattr(oidc_settings, name):
            variable = f"SITUASI_OIDC_{name.upper()}"
            raise UnsafeConfiguration(f"{variable} kosong; masuk lewat SSO membutuhkannya.")
    if not _ISSUER.fullmatch(issuer) or not is_safe_url(issuer, issuer):
        raise UnsafeConfiguration(
            f"SITUASI_OIDC_ISSUER={issuer} harus https://..., tanpa ? dan #; "
            "http hanya untuk penyedia di komputer ini sendiri."
        )
    # Imported only if needed: it loads TLS and signature libraries.
    from situasi.server.auth.oidc_client import Provider

    try:
        return Provider(oidc_settings)
    except OSError as error:
        problem = f"SITUASI_OIDC_CA={oidc_settings.ca} tidak terbaca: {error}"
        raise UnsafeConfiguration(problem) from error


def _check_sign_in_required(app_settings: Settings, bind_address: str | None) -> None:
    """Raise UnsafeConfiguration unless there are a secret and an account that can sign in."""
    where = bind_address or "semua alamat"
    if app_settings.auth.secret is None:
        raise UnsafeConfiguration(
            f"di {where} papan butuh SITUASI_SECRET,"
            f" paling sedikit {signing_key.MIN_LENGTH} tanda acak."
        )
    scope = load_store_scope(app_settings.election_folder)
    with closing(open_store(app_settings.store_url, scope)) as store:
        stored = accounts.load_all(store).values()
    issuer = app_settings.auth.oidc.issuer if app_settings.auth.oidc else None
    if not any(account and accounts.can_sign_in(account, issuer) for account in stored):
        raise UnsafeConfiguration(
            f"di {where} papan butuh akun yang aktif: python -m situasi user add NAMA --role PERAN."
        )
    if not app_settings.auth.hosts:
        text = "SITUASI_HOSTS kosong: papan hanya menjawab sebagai localhost."
        print(text, file=sys.stderr, flush=True)
