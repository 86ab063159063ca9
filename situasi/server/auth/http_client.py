"""The HTTP client for the identity provider: bounded time and size, no redirects."""

from __future__ import annotations

import ssl
from pathlib import Path

import httpx2

MAX_BODY_BYTES = 256 * 1024
_STEP_TIMEOUT_S = 5.0  # seconds for each step of a request (connect, read, ...)


class ResponseTooLarge(httpx2.TransportError):
    """The response is larger than allowed, or compressed so that its size is unknown."""


class BoundedTransport(httpx2.AsyncBaseTransport):
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
        if len(body) > MAX_BODY_BYTES:
            raise ResponseTooLarge("too large")
    return bytes(body)


def build_tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """Return the TLS context: trusts this authority alone, or those of this machine.

    Raises OSError if there is no such file, or no certificate in it.
    """
    return ssl.create_default_context(cafile=ca_file)


def build_client_options(tls_context: ssl.SSLContext) -> dict[str, object]:
    """Return client options: this transport, no redirects, no proxies of the environment."""
    return {
        "transport": BoundedTransport(tls_context),
        "timeout": httpx2.Timeout(_STEP_TIMEOUT_S),
        "follow_redirects": False,
        "trust_env": False,
    }
