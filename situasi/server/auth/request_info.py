"""Who asks, by which name of this board, and whether over TLS: what can be believed of it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import uvicorn.config
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Scope

# Names of this machine itself.
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:\d{1,5})?")
# Whoever writes one of these, or one that begins so, passes a request on for somebody else.
_FORWARDING_PREFIXES = ("x-forwarded", "x-original-", "x-envoy-", "x-proxyuser-")
_FORWARDING_HEADERS = frozenset(
    {
        "forwarded",
        "via",
        "x-real-ip",
        "x-client-ip",
        "x-cluster-client-ip",
        "x-host",
        "true-client-ip",
        "cf-connecting-ip",
        "client-ip",
    }
)
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class RequestInfo:
    """One request or WebSocket.

    host: as the header says it; None where it names none, or more than one. name: the same
    without a port. forwarded: somebody passed it on. here: both ends lie on this machine.
    elsewhere: a page of another site makes the browser ask.
    """

    host: str | None
    name: str
    address: str
    secure: bool
    forwarded: bool
    loopback: bool
    cross_origin: bool


def read_request_info(scope: Scope, proxies: Sequence[Network]) -> RequestInfo:
    """What can be believed of this request: proxies that are not trusted are not heard."""
    headers = Headers(scope=scope)
    peer = _unmap_ipv4((scope.get("client") or ("", 0))[0])
    server = _unmap_ipv4((scope.get("server") or ("", 0))[0])
    said = headers.getlist("host")
    found = _HOST.fullmatch(said[0].lower()) if len(said) == 1 else None
    trusted = _is_in_networks(peer, proxies)
    return RequestInfo(
        host=found.group() if found else None,
        name=found.group(1) if found else "",
        address=_client_address(headers, peer, proxies) if trusted else peer,
        secure=_is_forwarded_https(headers) if trusted else scope["scheme"] in {"https", "wss"},
        forwarded=any(map(_is_forwarding_header, headers.keys())),
        loopback=_is_loopback(peer) and _is_loopback(server),
        cross_origin=_is_cross_origin(scope, headers, found.group() if found else ""),
    )


def is_loopback_address(address: str | None) -> bool:
    if address == "localhost":
        return True
    return _is_loopback((address or "").strip("[]"))


def parse_networks(addresses: Sequence[str]) -> tuple[Network, ...]:
    """Addresses and networks as they are written. Raises ValueError."""
    return tuple(ipaddress.ip_network(address) for address in addresses)


def disable_uvicorn_proxy_headers() -> None:
    """Take uvicorn's own rule away: it believes whatever sits on this machine.

    Whoever reaches the port from here could say to be anybody, and so have as many attempts
    at a password as they like. uvicorn asks for this name while it loads the application.
    """
    uvicorn.config.ProxyHeadersMiddleware = _return_app  # type: ignore[assignment, attr-defined]


def _return_app(app: ASGIApp, trusted_hosts: object) -> ASGIApp:  # noqa: ARG001
    return app


def _unmap_ipv4(address: str) -> str:
    # A socket for both families writes 127.0.0.1 as ::ffff:127.0.0.1.
    return address.lower().removeprefix("::ffff:") if "." in address else address


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _is_in_networks(address: str, networks: Sequence[Network]) -> bool:
    try:
        plain = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(plain in network for network in networks)


def _client_address(headers: Headers, peer: str, proxies: Sequence[Network]) -> str:
    """Each proxy adds whom it heard at the end; before the last stranger anything may stand."""
    chain = ", ".join(headers.getlist("x-forwarded-for")).split(",")
    for address in reversed([_unmap_ipv4(part.strip()) for part in chain if part.strip()]):
        if not _is_in_networks(address, proxies):
            return address
    return peer


def _is_forwarded_https(headers: Headers) -> bool:
    told = headers.getlist("x-forwarded-proto")
    return bool(told) and told[-1].rpartition(",")[2].strip().lower() in {"https", "wss"}


def _is_forwarding_header(name: str) -> bool:
    plain = name.lower().replace("_", "-")
    return plain in _FORWARDING_HEADERS or plain.startswith(_FORWARDING_PREFIXES)


def _origin_host(origin: str) -> str | None:
    """Host and port of an origin; None for what is none."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None


def _is_cross_origin(scope: Scope, headers: Headers, host: str) -> bool:
    """Whether a browser was made to do this by a page that is not ours."""
    origin = headers.get("origin")
    asked_at = _origin_host(origin) if origin is not None else host
    if asked_at is None:  # no browser writes it, and others behind the gate would break on it
        return True
    if scope["type"] == "http" and scope["method"] in _SAFE_METHODS:
        return False
    if origin is not None:
        return asked_at != host
    return headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}
