"""The gate: nothing passes, page, file or WebSocket, but what is signed in or may do without."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from itsdangerous import BadSignature
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from situasi.access import guest_links, viewer_header
from situasi.access.roles import ROLES, Viewer
from situasi.common import i18n
from situasi.common.disk_space import DISK_SPACE
from situasi.common.i18n import _
from situasi.server import connection_limits, full_page
from situasi.server.auth import sessions
from situasi.server.auth.config import Doorway
from situasi.server.auth.request_info import OWN_NAMES, Asking, asking
from situasi.server.auth.security_headers import with_headers
from situasi.server.auth.websocket import CURRENT, UPLOADS, Bonds, Talk
from situasi.server.state_budget import StateBudget
from situasi.server.upload_quota import QuotaExceeded, UploadQuota, brings_file, removes_file
from situasi.streamlit_patches import parked_sessions

# Where a route of ours finds what the gate knows of the request: a Visit.
VISIT = "situasi.visit"
SIGN_IN = "/masuk"
# To the identity provider, and back from it.
OIDC = f"{SIGN_IN}/oidc"
OIDC_BACK = f"{OIDC}/kembali"
# Below links.ADDRESS: where a guest is led whose link has ended.
ENDED = "berakhir"
COOKIE = "situasi"
# Which browser this is, and who signed in there: devices.
DEVICE = "situasi-kenal"
# What the application behind the gate never sees.
_COOKIES = (COOKIE, DEVICE)

# Told to anybody: whether the server lives.
_OPEN = frozenset({"/healthz", "/healthz/live", "/healthz/ready"})
# Streamlit's ways for programs to drive a page, where a script of nobody would run; its metrics.
_CLOSED = ("/_stcore/agent/", "/_stcore/metrics")
_KEYED = "/api/"
_TOO_BIG = 1009  # the code of closing
_MEGABYTE = 1024 * 1024
_LARGEST = ((UPLOADS, 64 * _MEGABYTE), (_KEYED, 64 * _MEGABYTE), ("", 64 * 1024))


@dataclass(frozen=True)
class Visit:
    """What the gate knows of a request that it lets through. key: of the session, or empty.

    was_guest: nobody any more, but once somebody who came by a shared link. device: what the
    browser holds in the cookie DEVICE, unread.
    """

    doorway: Doorway
    asking: Asking
    key: str = ""
    viewer: Viewer | None = None
    was_guest: bool = False
    device: str = ""


class TooLarge(Exception):
    """The body is larger than this address takes."""


class Gate:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, doorway: Doorway) -> None:
        self._app, self._doorway = app, doorway
        self._signer = doorway.session_signer
        self._bonds = Bonds(lambda key: sessions.current().is_standing(key))
        self._budget = StateBudget()
        self._uploads = UploadQuota(doorway.keeps_file, parked_sessions.end)
        # Whatever answers there judges itself who comes; so does the way in by a shared link.
        self._ways_in = frozenset({SIGN_IN, *((OIDC, OIDC_BACK) if doorway.provider else ())})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        asked = asking(scope, self._doorway.proxies)
        send = with_headers(send, scope["path"], asked, self._doorway.policy)
        i18n.set_language(_language(scope))
        found = self._judged(scope, asked)
        if full_page.opens_a_page(scope) and connection_limits.TABLE.is_full():
            found = full_page.refusal()
        if isinstance(found, Visit) and removes_file(scope):
            found = Response(status_code=204)
        if isinstance(found, Response):
            await _refuse(found, scope, receive, send)
        elif scope["type"] == "websocket":
            await self._talk(found, scope, receive, send)
        else:
            await self._answer(found, scope, receive, send)

    def _judged(self, scope: Scope, asked: Asking) -> Visit | Response:
        """Who this is, or the answer to whoever may not pass."""
        path, http = scope["path"], scope["type"] == "http"
        if http and _ends_in_two_ways(scope):
            refusal = _refusal(400, _("Permintaan ini tidak terbaca."))
            refusal.headers["connection"] = "close"
            return refusal
        if asked.name not in self._doorway.hosts | OWN_NAMES:
            return _refusal(400, _("Papan ini tidak dipanggil dengan nama itu."))
        if path.startswith(_CLOSED):
            return _refusal(404, _("Tidak ada."))
        keyed = http and _takes_keys(path) and "authorization" in Headers(scope=scope)
        if asked.elsewhere and not keyed:
            return _refusal(403, _("Permintaan ini datang dari halaman lain."))
        if keyed or (http and path in _OPEN):
            # Whoever shows a key is who the key says, not who sits at the browser.
            return Visit(self._doorway, asked)
        if http and (path in self._ways_in or path.startswith(guest_links.PATH_PREFIX)):
            return self._visit(scope, asked)
        if self._doorway.opens_here and not sessions.current().has_accounts():
            return self._here(asked)
        return self._admitted(scope, asked)

    def _admitted(self, scope: Scope, asked: Asking) -> Visit | Response:
        """Whoever is signed in, or came by a link, and brings files only where they may."""
        path, visit = scope["path"], self._visit(scope, asked)
        if visit.viewer is None:
            return _sign_in_first(
                scope, f"{guest_links.PATH_PREFIX}{ENDED}" if visit.was_guest else SIGN_IN
            )
        if path.startswith(UPLOADS) and not visit.viewer.role.may("masukkan"):
            sessions.current().suspect("file of a reader", asked.address)
            return _refusal(403, _("Anda tidak mengirim berkas."))
        if scope["type"] == "websocket" and sessions.current().is_talkative(visit.key):
            return _refusal(429, _("Terlalu banyak halaman terbuka."))
        if self._bonds.is_of_another(visit.key, path):
            what = "file for another" if path.startswith(UPLOADS) else "file of another"
            sessions.current().suspect(what, asked.address)
            return _refusal(403, _("Berkas ini untuk halaman orang lain."))
        return visit

    def _here(self, asked: Asking) -> Visit | Response:
        """A board without accounts, for whoever sits at this machine."""
        if asked.name not in OWN_NAMES or asked.forwarded or not asked.here:
            return _refusal(
                403,
                _("Papan tanpa akun hanya terbuka di komputer ini sendiri: buat akun lebih dulu."),
            )
        role = self._doorway.role
        return Visit(self._doorway, asked, "", Viewer(role, ROLES[role], is_local=True))

    def _visit(self, scope: Scope, asked: Asking) -> Visit:
        """Whoever is signed in by the cookie of this request, if anybody is."""
        held = cookies(scope)
        signed = held.get(cookie_name(COOKIE, asked))
        device = held.get(cookie_name(DEVICE, asked), "")
        if any(map(_is_our_word, scope["headers"])):
            sessions.current().suspect("viewer header", asked.address)
        if signed is None:
            return Visit(self._doorway, asked, device=device)
        try:
            key = sessions.key_of(self._signer.unsign(signed).decode())
        except (BadSignature, UnicodeDecodeError):
            sessions.current().suspect("forged cookie", asked.address)
            return Visit(self._doorway, asked, device=device)
        viewer = sessions.current().viewer(key)
        if viewer is None:
            was_guest = sessions.current().was_guest(key)
            return Visit(self._doorway, asked, was_guest=was_guest, device=device)
        return Visit(self._doorway, asked, key, viewer, device=device)

    async def _answer(self, visit: Visit, scope: Scope, receive: Receive, send: Send) -> None:
        if visit.viewer is not None or _takes_keys(scope["path"]):
            connection_limits.admit(scope)
        limit = next(size for start, size in _LARGEST if scope["path"].startswith(start))
        begun = False

        async def sent(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        upload = None
        try:
            received = _limited(scope, receive, limit)
            if brings_file(scope):
                owner = visit.viewer.name if visit.viewer else ""
                upload = self._uploads.begin(owner, scope, limit)
                received = upload.count(received)
            await self._app(_passed(visit, scope), received, sent)
        except QuotaExceeded as exceeded:
            await _refusal(429, _no_room(exceeded))(scope, receive, send)
        except TooLarge:
            if not begun:
                refused = _refusal(413, _("Terlalu besar."))
                await refused(scope, receive, send)
        except ClientDisconnect:
            pass  # who asked is gone before the body was there: nobody to answer, nothing to tell
        except Exception as error:
            DISK_SPACE.record_if_disk_full(
                "upload", error
            )  # a large body lies on the disk while it comes
            if not begun:
                refused = _refusal(500, _("Ada yang rusak di papan; sudah dicatat."))
                await refused(scope, receive, send)
            raise  # into the log of the server, never to whoever asked
        finally:
            self._uploads.end(upload)

    async def _talk(self, visit: Visit, scope: Scope, receive: Receive, send: Send) -> None:
        talk = Talk(visit.key, send, self._doorway.farewell)
        listener = self._bonds.listener(visit.key, self._doorway.tells)

        async def heard() -> Message:
            while True:
                message = await receive()
                if message["type"] != "websocket.receive" or talk.ended:
                    return talk.heard(message)
                if visit.key:
                    sessions.current().viewer(visit.key)  # a sign of life
                if not self._budget.takes(talk, len(message.get("bytes") or b"")):
                    await talk.refuse(_TOO_BIG)
                    return talk.heard(message)
                if self._doorway.heeds(message.get("bytes") or b""):
                    return message

        async def said(message: Message) -> None:
            listener.hear(message)
            await talk.say(message)

        sessions.current().joins(talk)
        CURRENT.set(talk)
        try:
            bound = self._bonds.without_foreign(visit.key, scope)
            await self._app(_passed(visit, bound), heard, said)
        finally:
            sessions.current().leaves(talk)
            self._budget.leaves(talk)


def _ends_in_two_ways(scope: Scope) -> bool:
    """Whether a proxy could see another end of the body than we do (RFC 9112, 6.1)."""
    headers = Headers(scope=scope)
    return "transfer-encoding" in headers and "content-length" in headers


def _takes_keys(path: str) -> bool:
    """Whether what answers there judges keys itself."""
    return path.startswith(_KEYED) or path == "/metrics"


def cookie_name(name: str, asked: Asking) -> str:
    """Over TLS a name that a browser takes only over TLS, for this host and all its paths."""
    return f"__Host-{name}" if asked.secure else name


def cookies(scope: Scope) -> dict[str, str]:
    return cookie_parser("; ".join(Headers(scope=scope).getlist("cookie")))


def _language(scope: Scope) -> str:
    return "en" if b"lang=en" in scope["query_string"].split(b"&") else i18n.LANGUAGES[0]


def _passed(visit: Visit, scope: Scope) -> Scope:
    """The scope as the application may see it: with our word for who looks, without the cookie."""
    headers = [
        (name, _without_session(value) if name == b"cookie" else value)
        for name, value in scope["headers"]
        if not _is_our_word((name, value))
    ]
    if visit.viewer is not None:
        headers.append(
            (viewer_header.HEADER_NAME.encode(), viewer_header.encode_viewer(visit.viewer).encode())
        )
    return {**scope, "headers": headers, VISIT: visit}


def _is_our_word(header: tuple[bytes, bytes]) -> bool:
    """Whether this is our header, or one that could be taken for it."""
    return header[0].lower().replace(b"_", b"-") == viewer_header.HEADER_NAME.encode()


def _without_session(cookie: bytes) -> bytes:
    ours = tuple(f"{start}{one}".encode() for start in ("", "__Host-") for one in _COOKIES)
    pairs = (pair.strip() for pair in cookie.split(b";"))
    return b"; ".join(pair for pair in pairs if pair.partition(b"=")[0].strip() not in ours)


def _limited(scope: Scope, receive: Receive, limit: int) -> Receive:
    """The body, as long as it is not larger than this."""
    stated = Headers(scope=scope).get("content-length", "0")
    known = stated.isascii() and stated.isdigit() and len(stated) < 20
    left = limit

    async def received() -> Message:
        nonlocal left
        if not known or int(stated) > limit:
            raise TooLarge
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise TooLarge
        return message

    return received


def _refusal(status: int, sentence: str) -> Response:
    return PlainTextResponse(sentence, status)


def _no_room(exceeded: QuotaExceeded) -> str:
    if exceeded.whole:
        return _("Terlalu banyak berkas menunggu di papan. Coba lagi sebentar.")
    return _(
        "Berkas yang Anda unggah masih menunggu. Masukkan atau hapus dahulu, lalu unggah lagi."
    )


def _sign_in_first(scope: Scope, way: str) -> Response:
    if scope["type"] == "http" and scope["method"] in {"GET", "HEAD"} and _wants_a_page(scope):
        asked = scope.get("raw_path", scope["path"].encode()).decode("latin-1")
        if scope["query_string"]:
            asked += "?" + scope["query_string"].decode("latin-1")
        return RedirectResponse(f"{way}?ke={quote(asked, safe='/')}", 303)
    return _refusal(401, _("Masuk lebih dulu."))


def _wants_a_page(scope: Scope) -> bool:
    return "text/html" in Headers(scope=scope).get("accept", "")


async def _refuse(answer: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """The answer; to a WebSocket always 403."""
    if scope["type"] == "websocket":
        answer.status_code = 403
        await receive()
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": 1008})
            return
    await answer(scope, receive, send)
