"""The identity provider: where it is to be asked, and what it says that can be believed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from cryptography.exceptions import UnsupportedAlgorithm
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from situasi.access import accounts
from situasi.domain.settings import OidcSettings
from situasi.server.auth import http_client
from situasi.server.auth.oidc_protocol import Secrets, Unreachable, Untrusted, code_of, is_safe

# Signed with a key of which the provider publishes the other half: never one that is shared.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")

_KINDS = frozenset({"RSA", "EC"})
_LEEWAY = 60  # seconds by which two clocks may differ
_LONGEST = 10.0  # seconds for all requests of one step
_MOST_AT_ONCE = 20
_FRESH = 600.0  # seconds for which the provider is not asked again where it is to be asked
_LONGEST_SUBJECT = 255
_LONGEST_REASON = 80
_SCOPE = "openid profile"
_BASIC = "client_secret_basic"
# What comes of answers that are not as they should be.
_RUBBISH = (
    AuthlibBaseError,
    JoseError,
    UnsupportedAlgorithm,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    RecursionError,
)


@dataclass(frozen=True)
class Proven:
    """Somebody of whom the provider says who it is. name: of the account."""

    identity: str
    name: str


@dataclass(frozen=True)
class _Addresses:
    """Of the provider, by its own word. person: empty: it tells of people only in the token."""

    browser: str
    token: str
    keys: str
    person: str
    secret_in: str
    names_itself: bool


class Provider:
    """The identity provider of the settings. Nothing is asked of it before somebody signs in."""

    def __init__(self, told: OidcSettings) -> None:
        self._told, self._tls = told, http_client.trusted(told.ca)
        self._addresses: tuple[float, _Addresses] | None = None
        self._busy = 0

    @property
    def name(self) -> str:
        return self._told.name

    async def way(self, held: Secrets, back: str) -> str:
        """Where the browser is to go. back: where it is to return to. Raises Unreachable."""
        async with self._asking() as client:
            found = await self._find(client)
            address, _ = client.create_authorization_url(
                found.browser,
                state=held.state,
                nonce=held.nonce,
                code_verifier=held.verifier,
                redirect_uri=back,
                # At a desk that many share, "signed out" must not mean "until the next click".
                prompt="login",
            )
        return str(address)

    async def proven(self, held: Secrets, back: str, brought: Mapping[str, str]) -> Proven:
        """Who came back. brought: by the browser. Raises Unreachable, Untrusted."""
        async with self._asking() as client:
            found = await self._find(client)
            named = brought.get("iss", self._told.issuer if not found.names_itself else "")
            if named != self._told.issuer:
                raise Untrusted("another issuer")
            try:
                client.token_endpoint_auth_method = found.secret_in
                told = await client.fetch_token(
                    found.token,
                    grant_type="authorization_code",
                    code=brought["code"],
                    code_verifier=held.verifier,
                    redirect_uri=back,
                )
                claims = await self._claims(client, found, told, held.nonce)
                return await self._person(client, found, told, claims)
            except _RUBBISH as error:
                raise Untrusted(_said(error)) from None

    async def _claims(
        self, client: Any, found: _Addresses, told: Mapping[str, Any], nonce: str
    ) -> dict[str, Any]:
        """The claims of the ID token, all of it looked at.

        The keys are asked for at each signing in: a new one is known, and one taken back opens
        nothing, at once.
        """
        published = (await _object(client, found.keys))["keys"]
        usable = [
            key for key in published if key["kty"] in _KINDS and key.get("use", "sig") == "sig"
        ]
        token = jwt.decode(told["id_token"], KeySet.import_key_set({"keys": usable}), ALGORITHMS)
        client_ = self._told.client
        claims = CodeIDToken(
            token.claims,
            token.header,
            {
                "iss": {"essential": True, "value": self._told.issuer},
                "aud": {"essential": True, "value": client_},
            },
            {"nonce": nonce, "client_id": client_, "access_token": told.get("access_token")},
        )
        claims.validate(int(time.time()), _LEEWAY)
        return dict(claims)

    async def _person(
        self, client: Any, found: _Addresses, told: Mapping[str, Any], claims: dict[str, Any]
    ) -> Proven:
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
            raise Untrusted("sub")
        if self._told.claim not in claims and found.person:
            bearer = {"authorization": f"Bearer {told['access_token']}"}
            more = await _object(client, found.person, bearer)
            if more["sub"] != subject:
                raise Untrusted("userinfo of somebody else")
            claims = more
        name = claims.get(self._told.claim)
        if not isinstance(name, str):
            raise Untrusted(f"no {self._told.claim}")
        # Letters of other scripts stay what they are: some become a plain one when made small.
        plain = name.lower() if name.isascii() else name
        return Proven(accounts.federated_id(self._told.issuer, subject), plain)

    async def _find(self, client: Any) -> _Addresses:
        if self._addresses and time.monotonic() - self._addresses[0] < _FRESH:
            return self._addresses[1]
        issuer = self._told.issuer
        place = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        try:
            found = self._read(await _object(client, place))
        except _RUBBISH as error:
            raise Unreachable(f"discovery: {_said(error)}") from None
        self._addresses = time.monotonic(), found
        return found

    def _read(self, document: dict[str, Any]) -> _Addresses:
        if document["issuer"] != self._told.issuer:
            raise ValueError("it names another issuer")
        ways = document.get("token_endpoint_auth_methods_supported", [])
        found = _Addresses(
            browser=document["authorization_endpoint"],
            token=document["token_endpoint"],
            keys=document["jwks_uri"],
            person=document.get("userinfo_endpoint", ""),
            # In the body there are no two opinions of how a secret with odd signs is written.
            secret_in="client_secret_post" if "client_secret_post" in ways else _BASIC,
            names_itself=document.get("authorization_response_iss_parameter_supported") is True,
        )
        for place in filter(None, (found.browser, found.token, found.keys, found.person)):
            if not is_safe(place, self._told.issuer):
                raise ValueError("an address without TLS")
        return found

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[Any]:
        """A client for a few requests, which end in time and of which there are not too many."""
        if self._busy >= _MOST_AT_ONCE:
            raise Unreachable("too many at once")
        self._busy += 1
        try:
            async with asyncio.timeout(_LONGEST), self._client() as client:
                yield client
        except (TimeoutError, httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise Unreachable(_said(error)) from None
        finally:
            self._busy -= 1

    def _client(self) -> Any:
        return AsyncOAuth2Client(
            self._told.client,
            self._told.secret,
            scope=_SCOPE,
            code_challenge_method="S256",
            **http_client.guarded(self._tls),
        )


async def _object(client: Any, place: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """What is told there. Raises ValueError where it is no object."""
    answer = await client.request("GET", place, headers=headers, withhold_token=True)
    found = answer.json() if answer.status_code == 200 else None
    if not isinstance(found, dict):
        raise ValueError(f"HTTP {answer.status_code}")
    return found


def _said(error: BaseException) -> str:
    """What an error may say in the trail and the log: short, and nothing of what was brought."""
    if isinstance(error, JoseError):
        return f"{error.error} {getattr(error, 'claim', '')}".strip()[:_LONGEST_REASON]
    if isinstance(error, AuthlibBaseError):
        return code_of(error.error)
    if isinstance(error, httpx2.ConnectError | http_client.TooMuch):
        return f"{type(error).__name__}: {error}"[:_LONGEST_REASON]
    return type(error).__name__
