"""Requests of the server itself, to the identity provider: short, small and straight."""

from __future__ import annotations

import ssl
from pathlib import Path

import httpx2

MAX_BODY_BYTES = 256 * 1024
_STEP_TIMEOUT_S = 5.0  # seconds for each step of a request


class ResponseTooLarge(httpx2.TransportError):
    """More than an answer may hold, or squeezed so that nobody can tell."""


class BoundedTransport(httpx2.AsyncBaseTransport):
    """Reads no more of an answer than it may hold; nothing packed, which could be of any size."""

    def __init__(self, tls_context: ssl.SSLContext) -> None:
        self._inner = httpx2.AsyncHTTPTransport(verify=tls_context)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        request.headers["accept-encoding"] = "identity"
        answer = await self._inner.handle_async_request(request)
        try:
            body = await _read_body(answer)
        finally:
            await answer.aclose()
        kind = answer.headers.get("content-type", "")
        return httpx2.Response(answer.status_code, headers={"content-type": kind}, content=body)

    async def aclose(self) -> None:
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
    """Whose certificates are believed: of this authority alone, or of those of this machine.

    Raises OSError where there is no such file, or no certificate in it.
    """
    return ssl.create_default_context(cafile=ca_file)


def build_client_options(tls_context: ssl.SSLContext) -> dict[str, object]:
    """What a client is made with so that it asks so: no redirects, nothing of the environment."""
    return {
        "transport": BoundedTransport(tls_context),
        "timeout": httpx2.Timeout(_STEP_TIMEOUT_S),
        "follow_redirects": False,
        "trust_env": False,
    }
