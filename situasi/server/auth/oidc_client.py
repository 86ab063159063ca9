"""The client of the identity provider: builds the sign-in URL and verifies what comes back."""

import asyncio
import ssl
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
from situasi.server.auth.oidc_protocol import (
    FlowSecrets,
    ProviderUnreachable,
    UntrustedResponse,
    error_code,
    is_safe_url,
)

# Signatures with a private key alone, never with a shared secret.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")

_KEY_TYPES = frozenset({"RSA", "EC"})
_LEEWAY_S = 60  # clock difference that is allowed, in seconds
_REQUEST_TIMEOUT_S = 5.0  # seconds for each part of a request (connect, read, ...)
_STEP_TIMEOUT_S = 10.0  # seconds for all requests of one step
_MAX_BODY_BYTES = 256 * 1024
_MAX_CONCURRENT = 20
_METADATA_LIFETIME_S = 600.0  # seconds for which the provider's metadata is cached
_MAX_SUBJECT_LENGTH = 255
_MAX_REASON_LENGTH = 80
_SCOPE = "openid profile"
# Errors that a malformed answer causes.
_INVALID_RESPONSE_ERRORS = (
    AuthlibBaseError,
    JoseError,
    UnsupportedAlgorithm,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    RecursionError,
)


class ResponseTooLarge(httpx2.TransportError):
    """The response is larger than allowed, or compressed so that its size is unknown."""


class _BoundedTransport(httpx2.AsyncBaseTransport):
    """Transport that reads a bounded part of a response and accepts no compression."""

    def __init__(self, tls_context: ssl.SSLContext) -> None:
        self._inner = httpx2.AsyncHTTPTransport(verify=tls_context)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send the request and return its response with the body read."""
        request.headers["accept-encoding"] = "identity"
        response = await self._inner.handle_async_request(request)
        try:
            body = await _read_body(response)
        finally:
            await response.aclose()
        mime = response.headers.get("content-type", "")
        return httpx2.Response(response.status_code, headers={"content-type": mime}, content=body)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


async def _read_body(response: httpx2.Response) -> bytes:
    if response.headers.get("content-encoding", "identity") != "identity":
        raise ResponseTooLarge("packed")
    body = bytearray()
    async for part in response.aiter_raw():
        body += part
        if len(body) > _MAX_BODY_BYTES:
            raise ResponseTooLarge("too large")
    return bytes(body)


@dataclass(frozen=True)
class VerifiedIdentity:
    """Somebody whose identity the provider proves. name: of the account."""

    identity: str
    name: str


@dataclass(frozen=True)
class _ProviderMetadata:
    """The provider's own metadata. userinfo_url: empty if only the token holds claims."""

    authorization_url: str
    token_url: str
    jwks_url: str
    userinfo_url: str
    token_auth_method: str
    sends_issuer: bool


class Provider:
    """The identity provider of the settings. It is not contacted before somebody signs in.

    Raises OSError if there is no file with its certificate authority, or no certificate in it.
    """

    def __init__(self, oidc_settings: OidcSettings) -> None:
        self._settings = oidc_settings
        # Trusts this authority alone, or those of this machine.
        self._tls_context = ssl.create_default_context(cafile=oidc_settings.ca)
        self._metadata: tuple[float, _ProviderMetadata] | None = None
        self._active_count = 0

    @property
    def name(self) -> str:
        """Return the provider's name for people."""
        return self._settings.name

    async def build_authorization_url(self, flow_secrets: FlowSecrets, redirect_uri: str) -> str:
        """Return the provider's sign-in URL. Raises ProviderUnreachable."""
        async with self._client_session() as client:
            metadata = await self._discover(client)
            url, _ = client.create_authorization_url(
                metadata.authorization_url,
                state=flow_secrets.state,
                nonce=flow_secrets.nonce,
                code_verifier=flow_secrets.verifier,
                redirect_uri=redirect_uri,
                # Many share a desk: after sign-out, one click must not be enough to sign in again.
                prompt="login",
            )
        return str(url)

    async def fetch_identity(
        self, flow_secrets: FlowSecrets, redirect_uri: str, callback_params: Mapping[str, str]
    ) -> VerifiedIdentity:
        """Return who came back. Raises ProviderUnreachable and UntrustedResponse."""
        async with self._client_session() as client:
            meta = await self._discover(client)
            default_issuer = "" if meta.sends_issuer else self._settings.issuer
            issuer = callback_params.get("iss", default_issuer)
            if issuer != self._settings.issuer:
                raise UntrustedResponse("another issuer")
            try:
                client.token_endpoint_auth_method = meta.token_auth_method
                tokens = await client.fetch_token(
                    meta.token_url,
                    grant_type="authorization_code",
                    code=callback_params["code"],
                    code_verifier=flow_secrets.verifier,
                    redirect_uri=redirect_uri,
                )
                claims = await self._fetch_claims(client, meta, tokens, flow_secrets.nonce)
                return await self._read_identity(client, meta, tokens, claims)
            except _INVALID_RESPONSE_ERRORS as error:
                raise UntrustedResponse(_describe_error(error)) from None

    async def _fetch_claims(
        self, client: Any, metadata: _ProviderMetadata, tokens: Mapping[str, Any], nonce: str
    ) -> dict[str, Any]:
        """Return the verified claims of the ID token.

        Keys are fetched at each sign-in, so that new and revoked keys count at once.
        """
        published = (await _fetch_json(client, metadata.jwks_url))["keys"]
        usable = [
            key for key in published if key["kty"] in _KEY_TYPES and key.get("use", "sig") == "sig"
        ]
        token = jwt.decode(tokens["id_token"], KeySet.import_key_set({"keys": usable}), ALGORITHMS)
        client_id, issuer = self._settings.client, self._settings.issuer
        claims = CodeIDToken(
            token.claims,
            token.header,
            {
                "iss": {"essential": True, "value": issuer},
                "aud": {"essential": True, "value": client_id},
            },
            {"nonce": nonce, "client_id": client_id, "access_token": tokens.get("access_token")},
        )
        claims.validate(int(time.time()), _LEEWAY_S)
        return dict(claims)

    async def _read_identity(
        self,
        client: Any,
        metadata: _ProviderMetadata,
        tokens: Mapping[str, Any],
        claims: dict[str, Any],
    ) -> VerifiedIdentity:
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= _MAX_SUBJECT_LENGTH:
            raise UntrustedResponse("sub")
        if self._settings.claim not in claims and metadata.userinfo_url:
            bearer = {"authorization": f"Bearer {tokens['access_token']}"}
            userinfo = await _fetch_json(client, metadata.userinfo_url, bearer)
            if userinfo["sub"] != subject:
                raise UntrustedResponse("userinfo of somebody else")
            claims = userinfo
        name = claims.get(self._settings.claim)
        if not isinstance(name, str):
            raise UntrustedResponse(f"no {self._settings.claim}")
        # Non-ASCII letters are not lowered: some become an ASCII letter.
        account_name = name.lower() if name.isascii() else name
        return VerifiedIdentity(accounts.federated_id(self._settings.issuer, subject), account_name)

    async def _discover(self, client: Any) -> _ProviderMetadata:
        if self._metadata and time.monotonic() - self._metadata[0] < _METADATA_LIFETIME_S:
            return self._metadata[1]
        issuer = self._settings.issuer
        url = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        try:
            metadata = self._parse_metadata(await _fetch_json(client, url))
        except _INVALID_RESPONSE_ERRORS as error:
            raise ProviderUnreachable(f"discovery: {_describe_error(error)}") from None
        self._metadata = time.monotonic(), metadata
        return metadata

    def _parse_metadata(self, document: dict[str, Any]) -> _ProviderMetadata:
        if document["issuer"] != self._settings.issuer:
            raise ValueError("it names another issuer")
        methods = document.get("token_endpoint_auth_methods_supported", [])
        # In the body there is only one way to encode a secret with special characters.
        in_body = "client_secret_post" in methods
        meta = _ProviderMetadata(
            authorization_url=document["authorization_endpoint"],
            token_url=document["token_endpoint"],
            jwks_url=document["jwks_uri"],
            userinfo_url=document.get("userinfo_endpoint", ""),
            token_auth_method="client_secret_post" if in_body else "client_secret_basic",
            sends_issuer=document.get("authorization_response_iss_parameter_supported") is True,
        )
        urls = (meta.authorization_url, meta.token_url, meta.jwks_url, meta.userinfo_url)
        if not all(is_safe_url(url, self._settings.issuer) for url in urls if url):
            raise ValueError("an address without TLS")
        return meta

    @asynccontextmanager
    async def _client_session(self) -> AsyncIterator[Any]:
        """Open a client with a time limit; raises ProviderUnreachable if too many are open."""
        if self._active_count >= _MAX_CONCURRENT:
            raise ProviderUnreachable("too many at once")
        self._active_count += 1
        try:
            async with asyncio.timeout(_STEP_TIMEOUT_S), self._build_client() as client:
                yield client
        except (TimeoutError, httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise ProviderUnreachable(_describe_error(error)) from None
        finally:
            self._active_count -= 1

    def _build_client(self) -> Any:
        """Return a client with bounded answers, no redirects, no proxies of the environment."""
        return AsyncOAuth2Client(
            self._settings.client,
            self._settings.secret,
            scope=_SCOPE,
            code_challenge_method="S256",
            transport=_BoundedTransport(self._tls_context),
            timeout=httpx2.Timeout(_REQUEST_TIMEOUT_S),
            follow_redirects=False,
            trust_env=False,
        )


async def _fetch_json(
    client: Any, url: str, headers: dict[str, str] | None = None
) -> dict[str, Any]:
    """Return the JSON object at this URL. Raises ValueError if it is no object."""
    response = await client.request("GET", url, headers=headers, withhold_token=True)
    document = response.json() if response.status_code == 200 else None
    if not isinstance(document, dict):
        raise ValueError(f"HTTP {response.status_code}")
    return document


def _describe_error(error: BaseException) -> str:
    """Return what the audit log and the log may say of an error: short, nothing of the input."""
    if isinstance(error, JoseError):
        return f"{error.error} {getattr(error, 'claim', '')}".strip()[:_MAX_REASON_LENGTH]
    if isinstance(error, AuthlibBaseError):
        return error_code(error.error)
    if isinstance(error, httpx2.ConnectError | ResponseTooLarge):
        return f"{type(error).__name__}: {error}"[:_MAX_REASON_LENGTH]
    return type(error).__name__
