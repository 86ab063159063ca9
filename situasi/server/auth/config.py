"""What the gate is told once, when the server starts."""

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

MessageFilter = Callable[[bytes], bool]


def _has_no_file(_session: str, _file: str) -> bool:
    return False


@dataclass(frozen=True)
class AuthConfig:
    """The way in.

    opens_here: bound to this machine alone, so that a board without accounts may open
    without sign-in. role: of whoever sits here then. secret: signs what browsers bring back.
    policy: what a page of Streamlit may load. farewell: the message upon which a page in the
    browser leaves the board. heeds: whether a message of a browser may reach Streamlit. tells:
    what a message to a browser names; what is never told, nobody may use.
    provider: through which people may sign in too. keeps_file: whether an uploaded file is
    still in memory.
    """

    bound_to_loopback: bool
    role: str
    secret: str = field(repr=False)
    hosts: frozenset[str]
    proxies: tuple[Network, ...]
    policy: str
    redirect_message: bytes
    accepts_message: MessageFilter
    read_references: ReferenceReader = lambda _said: ("", "")
    provider: Provider | None = None
    has_file: HasFile = _has_no_file

    @property
    def session_signer(self) -> Signer:
        return Signer(self.secret, salt="session", digest_method=hashlib.sha256)

    def serializer(self, salt: str) -> URLSafeTimedSerializer:
        """What signs a value with its time, for this use alone."""
        method = {"digest_method": hashlib.sha256}
        return URLSafeTimedSerializer(self.secret, salt=salt, signer_kwargs=method)
