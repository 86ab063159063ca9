"""What the server can believe about a request: client address, host name, TLS, origin."""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

# Names of this machine itself.
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:\d{1,5})?")
# A request with one of these headers, or one that begins so, was passed on by a proxy.
_FORWARDING_PREFIXES = ("x-forwarded", "x-original-", "x-envoy-", "x-proxyuser-")
_FORWARDING_HEADERS = frozenset(
    ("forwarded", "via", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "x-host",
     "true-client-ip", "cf-connecting-ip", "client-ip")
)  # fmt: skip
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class RequestInfo:
    """One HTTP request or WebSocket.

    host: the Host header; None if it is missing or repeated. name: the host without its port.
    forwarded: a proxy passed it on. loopback: both ends are on this machine. cross_origin: a page
    of another site made the browser send it.
    """

    host: str | None
    name: str
    address: str
    secure: bool
    forwarded: bool
    loopback: bool
    cross_origin: bool


def read_request_info(scope: Scope, proxies: Sequence[Network]) -> RequestInfo:
    """Return what can be believed of this request; headers of untrusted proxies are ignored."""
    headers = Headers(scope=scope)
    peer = _unmap_ipv4((scope.get("client") or ("", 0))[0])
    server = _unmap_ipv4((scope.get("server") or ("", 0))[0])
    host_headers = headers.getlist("host")
    host = _HOST.fullmatch(host_headers[0].lower()) if len(host_headers) == 1 else None
    trusted = _is_in_networks(peer, proxies)
    return RequestInfo(
        host=host.group() if host else None,
        name=host.group(1) if host else "",
        address=_client_address(headers, peer, proxies) if trusted else peer,
        secure=_is_forwarded_https(headers) if trusted else scope["scheme"] in {"https", "wss"},
        forwarded=any(map(_is_forwarding_header, headers.keys())),
        loopback=_is_loopback(peer) and _is_loopback(server),
        cross_origin=_is_cross_origin(scope, headers, host.group() if host else ""),
    )


def is_loopback_address(address: str | None) -> bool:
    """Return whether this is localhost or an address of the loopback interface."""
    return address == "localhost" or _is_loopback((address or "").strip("[]"))


def parse_networks(addresses: Sequence[str]) -> tuple[Network, ...]:
    """Parse addresses and networks. Raises ValueError."""
    return tuple(ipaddress.ip_network(address) for address in addresses)


def _unmap_ipv4(address: str) -> str:
    # A dual-stack socket writes 127.0.0.1 as ::ffff:127.0.0.1.
    return address.lower().removeprefix("::ffff:") if "." in address else address


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _is_in_networks(address: str, networks: Sequence[Network]) -> bool:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(ip in network for network in networks)


def _client_address(headers: Headers, peer: str, proxies: Sequence[Network]) -> str:
    """Return the last address that is no trusted proxy: a client can forge all before it."""
    chain = ", ".join(headers.getlist("x-forwarded-for")).split(",")
    for address in reversed([_unmap_ipv4(part.strip()) for part in chain if part.strip()]):
        if not _is_in_networks(address, proxies):
            return address
    return peer


def _is_forwarded_https(headers: Headers) -> bool:
    protocols = headers.getlist("x-forwarded-proto")
    return bool(protocols) and protocols[-1].rpartition(",")[2].strip().lower() in {"https", "wss"}


def _is_forwarding_header(name: str) -> bool:
    normalized = name.lower().replace("_", "-")
    return normalized in _FORWARDING_HEADERS or normalized.startswith(_FORWARDING_PREFIXES)


def _origin_host(origin: str) -> str | None:
    """Return host and port of an origin, or None if it cannot be read."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None


def _is_cross_origin(scope: Scope, headers: Headers, host: str) -> bool:
    """Return whether a page of another site made the browser send this request."""
    origin = headers.get("origin")
    site = _origin_host(origin) if origin is not None else host
    if site is None:  # no browser sends such an origin, and code after the middleware fails on it
        return True
    if scope["type"] == "http" and scope["method"] in _SAFE_METHODS:
        return False
    if origin is not None:
        return site != host
    return headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}
