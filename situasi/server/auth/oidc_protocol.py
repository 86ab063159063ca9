"""Errors and helpers of sign-in through an identity provider; light, as every start loads it."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from situasi.server.auth.request_info import is_loopback_address

_CODE = re.compile(r"[a-z_]{1,40}")


class ProviderUnreachable(Exception):
    """The provider does not answer, or its answers are unusable."""


class UntrustedResponse(Exception):
    """The provider's answer proves no identity. The message says why; it is no secret."""


@dataclass(frozen=True)
class FlowSecrets:
    """Secrets of one sign-in, known only to the browser that began it and the provider."""

    state: str
    nonce: str
    verifier: str


def is_safe_url(url: str, issuer: str) -> bool:
    """Return whether secrets may be sent there: over TLS, or to a provider on this machine."""
    parts = urlsplit(url)
    if parts.scheme == "http":
        return is_loopback_address(parts.hostname) and urlsplit(issuer).scheme == "http"
    return parts.scheme == "https" and bool(parts.hostname)


def error_code(error: object) -> str:
    """Return an error code such as `access_denied`; never free text of the other side."""
    return error if isinstance(error, str) and _CODE.fullmatch(error) else "unknown error"
