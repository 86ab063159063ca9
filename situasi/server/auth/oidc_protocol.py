"""What signing in through a provider is told in; light, as every start loads it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from situasi.server.auth.request_info import is_loopback_address

_CODE = re.compile(r"[a-z_]{1,40}")


class ProviderUnreachable(Exception):
    """The provider does not answer, or not in a way that could be one."""


class UntrustedResponse(Exception):
    """It answers, but what it says proves nobody. The message says why, and is no secret."""


@dataclass(frozen=True)
class FlowSecrets:
    """Of one signing in: what only the browser that began it, and the provider, can know."""

    state: str
    nonce: str
    verifier: str


def is_safe_url(url: str, issuer: str) -> bool:
    """Whether secrets may go there: over TLS, or within this machine to a provider on it."""
    where = urlsplit(url)
    if where.scheme == "http":
        return is_loopback_address(where.hostname) and urlsplit(issuer).scheme == "http"
    return where.scheme == "https" and bool(where.hostname)


def error_code(error: object) -> str:
    """A word of the protocol, such as `access_denied`; never what could be anything."""
    return error if isinstance(error, str) and _CODE.fullmatch(error) else "unknown error"
