"""What is asked of an identity provider, and what is believed: in time, small, and over TLS."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from starlette.types import ASGIApp

from situasi.domain.settings import OidcSettings
from situasi.server.auth import oidc_client
from situasi.server.auth.oidc_client import Provider
from situasi.server.auth.oidc_protocol import FlowSecrets, ProviderUnreachable, is_safe_url
from tests.server.identity import (
    BACK,
    CLIENT,
    SECRET,
    IdentityProvider,
    dripping,
    endless,
    saying,
)

DISCOVERY = "/.well-known/openid-configuration"
HELD = FlowSecrets("s" * 43, "n" * 43, "v" * 43)
HERE = f"http://127.0.0.1:8501{BACK}"


@pytest.fixture(scope="module")
def running() -> Iterator[IdentityProvider]:
    provider = IdentityProvider()
    provider.start()
    yield provider
    provider.stop()


@pytest.fixture
def sso(running: IdentityProvider) -> IdentityProvider:
    running.reset()
    return running


def told(sso: IdentityProvider, **changed: Any) -> Provider:
    found = OidcSettings(sso.issuer, CLIENT, SECRET, "SSO", "preferred_username", None)
    return Provider(OidcSettings(**{**vars(found), **changed}))


def way(provider: Provider) -> str:
    return asyncio.run(provider.build_authorization_url(HELD, HERE))


def silent(provider: Provider) -> str:
    """Why nothing can be asked of it."""
    with pytest.raises(ProviderUnreachable) as error:
        way(provider)
    return str(error.value)


def test_the_browser_is_sent_with_all_that_ties_the_answer_to_it(sso: IdentityProvider) -> None:
    address = way(told(sso))
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert address.startswith(f"{sso.issuer}/authorize?")
    assert asked["redirect_uri"] == HERE
    assert (asked["state"], asked["nonce"]) == (HELD.state, HELD.nonce)
    assert asked["code_challenge_method"] == "S256"
    assert HELD.verifier not in address
    assert SECRET not in address


@pytest.mark.parametrize(
    "changed",
    [{"issuer": "https://evil.example"}, {"issuer": None}, {"token_endpoint": None},
     {"jwks_uri": None}, {"authorization_endpoint": None}, {"token_endpoint": 5},
     {"jwks_uri": ["http://127.0.0.1/"]}, {"authorization_endpoint": "javascript:alert(1)"},
     {"token_endpoint": "http://evil.example/token"}, {"jwks_uri": "file:///etc/passwd"},
     {"userinfo_endpoint": "http://10.0.0.1/person"}, {"authorization_endpoint": "//evil.example"},
     {"token_endpoint": "http://[::1"}, {"token_endpoint_auth_methods_supported": 5}],
)  # fmt: skip
def test_a_provider_that_describes_itself_wrongly_is_not_asked(
    sso: IdentityProvider, changed: dict[str, Any]
) -> None:
    sso.document = changed
    assert silent(told(sso)).startswith("discovery")
    assert sso.requests == [DISCOVERY]


@pytest.mark.parametrize(
    ("app", "why"),
    [
        (saying(404, b"{}"), "discovery: ValueError"),
        (saying(302, b"", (b"location", b"/other")), "discovery: ValueError"),
        (saying(200, b"<html>"), "discovery: JSONDecodeError"),
        (saying(200, b"[" * 100_000), "discovery: RecursionError"),
        (saying(200, b"{}", (b"content-encoding", b"gzip")), "ResponseTooLarge: packed"),
        (endless, "ResponseTooLarge: too large"),
    ],
)
def test_rubbish_is_not_taken_for_a_provider(sso: IdentityProvider, app: ASGIApp, why: str) -> None:
    sso.instead[DISCOVERY] = app
    assert silent(told(sso)) == why
    assert "/other" not in sso.requests


def test_a_provider_that_drips_is_given_up_in_time(
    sso: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc_client, "_STEP_TIMEOUT_S", 0.5)  # it drips for a minute
    sso.instead[DISCOVERY] = dripping
    assert silent(told(sso)) == "TimeoutError"


def test_it_is_asked_once_and_not_before_somebody_comes(sso: IdentityProvider) -> None:
    provider = told(sso)
    assert sso.requests == []
    for _ in range(3):
        way(provider)
    assert sso.requests == [DISCOVERY]


@pytest.mark.parametrize("named", ["client_secret_post", "client_secret_basic"])
def test_the_secret_goes_the_way_that_the_provider_names(sso: IdentityProvider, named: str) -> None:
    sso.ways = [named]
    provider = told(sso)
    back = sso.visited(way(provider))
    brought = dict(parse_qsl(urlsplit(back).query))
    assert asyncio.run(provider.fetch_identity(HELD, HERE, brought)).name == "wati"


def test_only_so_many_wait_for_it_at_once(sso: IdentityProvider) -> None:
    sso.instead[DISCOVERY] = dripping
    provider = told(sso)

    async def many() -> list[str | BaseException]:
        waiting = [
            asyncio.create_task(provider.build_authorization_url(HELD, HERE)) for _ in range(30)
        ]
        async with asyncio.timeout(60):
            while len(sso.requests) < 20:  # by then each was let in or refused
                await asyncio.sleep(0.01)
        done = [str(task.exception()) for task in waiting if task.done()]
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return list(done)

    assert asyncio.run(many()) == ["too many at once"] * 10
    sso.reset()
    assert way(provider)  # who was given up leaves room again


def test_an_environment_with_a_proxy_leads_nowhere_else(
    sso: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert way(told(sso))


def certified(folder: Path, name: str) -> tuple[Path, Path]:
    """An authority and a certificate for this machine by it: its file, and that with its key."""
    now = datetime.now(UTC)
    authority, mine = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])

    def made(subject: x509.Name, key: Any, *, ca: bool) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(hours=1))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]),
                critical=False,
            )
        )
        return builder.sign(authority, hashes.SHA256())

    of_authority = made(issuer, authority.public_key(), ca=True)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sso")])
    of_mine = made(subject, mine.public_key(), ca=False)
    pem = serialization.Encoding.PEM
    root, both = folder / f"{name}.pem", folder / f"{name}-sso.pem"
    root.write_bytes(of_authority.public_bytes(pem))
    private = serialization.PrivateFormat.PKCS8
    key = mine.private_bytes(pem, private, serialization.NoEncryption())
    both.write_bytes(key + of_mine.public_bytes(pem))
    return root, both


def test_only_the_authority_of_the_settings_is_believed(tmp_path: Path) -> None:
    ours, certificate = certified(tmp_path, "polri")
    others, _ = certified(tmp_path, "lain")
    sso = IdentityProvider(certificate)
    sso.start()
    try:
        assert sso.issuer.startswith("https://")
        assert way(told(sso, ca=ours))
        for authority in (others, None):
            why = silent(told(sso, ca=authority))
            assert why.startswith("ConnectError")
            assert "CERTIFICATE_VERIFY_FAILED" in why
        # Over TLS it does not send secrets on without.
        sso.document = {"token_endpoint": f"http://127.0.0.1:{sso.port}/token"}
        assert silent(told(sso, ca=ours)) == "discovery: ValueError"
    finally:
        sso.stop()


@pytest.mark.parametrize(
    ("address", "safe"),
    [("https://sso.polri.go.id/realms/polri", True), ("http://127.0.0.1:9400", True),
     ("http://localhost:9400", True), ("http://[::1]:9400", True), ("http://sso.polri", False),
     ("http://localhost.evil.example", False), ("http://127.0.0.1@evil.example", False),
     ("ftp://127.0.0.1", False), ("https://", False), ("//sso.polri", False), ("sso.polri", False)],
)  # fmt: skip
def test_secrets_go_over_tls_or_stay_on_this_machine(address: str, safe: bool) -> None:
    assert is_safe_url(address, "http://127.0.0.1") is safe
    if safe and address.startswith("http:"):
        assert not is_safe_url(address, "https://sso.polri")


def test_the_secret_is_not_shown_by_accident(sso: IdentityProvider) -> None:
    assert SECRET not in repr(OidcSettings(sso.issuer, CLIENT, SECRET, "SSO", "sub", None))
    assert SECRET not in json.dumps(repr(vars(told(sso))))
