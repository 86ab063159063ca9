"""The caller of the API: a program with a key, or a signed-in viewer."""

import re
from dataclasses import dataclass
from hashlib import blake2b

from starlette.datastructures import Headers
from starlette.requests import Request

from situasi.access import viewer_header
from situasi.access.roles import ROLES, Viewer
from situasi.server.api.api_keys import Key, Keyring
from situasi.server.api.problem_details import Problem

# A key reads with the rights of a guest: no officers, no neutrality reports.
KEY_ROLE = ROLES["tamu"]

_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_LOOPBACK_HOSTS = _LOOPBACK | {"localhost", "[::1]"}
# Headers of a request that a proxy on this machine passed on.
_FORWARDING_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")

_CHALLENGE = {"www-authenticate": 'Bearer realm="situasi"'}


@dataclass(frozen=True)
class Caller:
    """Who calls. viewer: with whose rights it reads, or None; key: its API key, if any."""

    name: str
    viewer: Viewer | None
    key: Key | None

    def require_reader(self) -> Viewer:
        """Return the viewer with whose rights it reads. Raises Problem 403."""
        if self.viewer is None:
            raise Problem(403, "Kunci ini hanya untuk mengirim, bukan untuk membaca.")
        return self.viewer

    def require_writer(self, feed: str) -> Key:
        """Return the key with which it writes this feed. Raises Problem 403.

        A session does not write here: a page of another site could make the browser do it.
        """
        if self.key is None:
            raise Problem(403, "Mengirim laporan lewat alamat ini perlu kunci, bukan sesi.")
        if feed not in self.key.feeds:
            raise Problem(403, f'Kunci ini tidak berhak mengirim "{feed}".')
        return self.key

    def require_message_sender(self) -> Key:
        """Return the key with which it brings messages. Raises Problem 403."""
        if self.key is None or not self.key.messages:
            raise Problem(403, "Membawa pesan perlu kunci dengan hak pesan.")
        return self.key

    def require_file_sender(self) -> Key:
        """Return the key with which it sends files of any feed it may write. Raises Problem 403."""
        if self.key is None or not self.key.feeds:
            raise Problem(403, "Mengirim berkas lewat alamat ini perlu kunci yang boleh mengirim.")
        return self.key


UNKNOWN_OWNER = "?"


def authenticate(headers: Headers, keyring: Keyring) -> Caller:
    """Return the caller. Raises Problem 401 if it is unknown, 403 for a guest link."""
    authorization = headers.get("authorization")
    if authorization is not None:
        return _authenticate_key(authorization, keyring)
    viewer_value = headers.get(viewer_header.HEADER_NAME)
    if viewer_value is None:
        raise Problem(401, "Sertakan kunci: Authorization: Bearer …", _CHALLENGE)
    return _authenticate_session(viewer_value)


def queue_owner(headers: Headers, keyring: Keyring) -> str:
    """Return whose queue a request waits in; all requests with an unknown key share one."""
    authorization = headers.get("authorization")
    if authorization is not None:
        key = keyring.find_cached(authorization.partition(" ")[2].strip())
        return UNKNOWN_OWNER if key is None else key.actor
    viewer_value = headers.get(viewer_header.HEADER_NAME)
    if viewer_value is None:
        return UNKNOWN_OWNER
    return blake2b(viewer_value.encode("utf-8", "replace"), digest_size=12).hexdigest()


def _authenticate_key(authorization: str, keyring: Keyring) -> Caller:
    scheme, _, token = authorization.partition(" ")
    key = keyring.find(token.strip()) if scheme.lower() == "bearer" else None
    if key is None:
        raise Problem(401, "Kunci tidak dikenal atau sudah dicabut.", _CHALLENGE)
    viewer = Viewer(key.actor, KEY_ROLE, key.area) if key.read else None
    return Caller(key.actor, viewer, key)


def _authenticate_session(header_value: str) -> Caller:
    viewer = viewer_header.decode_viewer(header_value)
    if viewer is None:
        raise Problem(401, "Sesi tidak dapat dibaca; masuk lagi.", _CHALLENGE)
    if viewer.link is not None:
        # A link opens one page with its filters; here it would open everything else too.
        raise Problem(403, "Tautan tamu hanya membuka halamannya.")
    return Caller(viewer.name, viewer, None)


def is_local_request(request: Request) -> bool:
    """Return whether a program on this machine asks, and not through a local proxy."""
    host = re.sub(r":\d*$", "", request.headers.get("host", ""))
    client = request.client.host if request.client else ""
    passed_on = any(name in request.headers for name in _FORWARDING_HEADERS)
    return client in _LOOPBACK and host in _LOOPBACK_HOSTS and not passed_on
