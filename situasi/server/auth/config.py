"""Settings of the auth middleware, fixed when the server starts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from itsdangerous import Signer, URLSafeTimedSerializer

from situasi.server.auth.request_info import Network
from situasi.server.auth.websocket import ReferenceReader
from situasi.server.upload_quota import HasFile

if TYPE_CHECKING:
    from situasi.server.auth.oidc_client import Provider

# Of a message, and the script session that it is for ("" until the browser was told its id).
MessageFilter = Callable[[bytes, str], bool]


@dataclass(frozen=True)
class AuthConfig:
    """Settings of sign-in and sessions.

    bound_to_loopback: only this machine reaches the port, so that a board without accounts may open
    without sign-in. role: of the local user then. secret: signs tokens and cookies. policy:
    Content-Security-Policy of Streamlit's pages. redirect_message: makes a page in the browser
    leave the board. accepts_message: whether a message of a browser may reach Streamlit.
    read_references: what a message to a browser names; nobody may use what was never sent to them.
    provider: identity provider, if any. has_file: whether an uploaded file is still in memory.
    """

    bound_to_loopback: bool
    role: str
    secret: str = field(repr=False)
    hosts: frozenset[str]
    proxies: tuple[Network, ...]
    policy: str
    redirect_message: bytes
    accepts_message: MessageFilter
    read_references: ReferenceReader = lambda _message: ("", "")
    provider: Provider | None = None
    has_file: HasFile = lambda _session, _file: False

    @property
    def session_signer(self) -> Signer:
        """Return the signer of session cookies."""
        return Signer(self.secret, salt="session", digest_method=hashlib.sha256)

    def serializer(self, salt: str) -> URLSafeTimedSerializer:
        """Return a serializer that signs a value with its time, for this use alone."""
        method = {"digest_method": hashlib.sha256}
        return URLSafeTimedSerializer(self.secret, salt=salt, signer_kwargs=method)
