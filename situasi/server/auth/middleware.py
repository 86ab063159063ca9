"""The middleware that refuses pages, files and WebSockets to whoever is not signed in."""

from dataclasses import dataclass, replace
from urllib.parse import quote

from itsdangerous import BadSignature
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request, cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from situasi.access import guest_links, viewer_header
from situasi.access.roles import ROLES, Viewer
from situasi.common import i18n
from situasi.common.disk_space import DISK_SPACE
from situasi.common.i18n import _
from situasi.server import connection_limits, full_page, html_pages, parked_sessions
from situasi.server.api import credentials
from situasi.server.auth import sessions
from situasi.server.auth.config import AuthConfig
from situasi.server.auth.request_info import LOOPBACK_HOSTS, RequestInfo, read_request_info
from situasi.server.auth.security_headers import add_security_headers
from situasi.server.auth.session_records import hash_session_token
from situasi.server.auth.websocket import (
    CURRENT_WEBSOCKET,
    UPLOAD_PREFIX,
    ManagedWebSocket,
    ScriptSessionOwners,
)
from situasi.server.state_budget import StateBudget
from situasi.server.upload_quota import QuotaExceeded, UploadQuota, is_upload, is_upload_removal

# Scope key under which our routes find the AuthContext of the request.
AUTH_CONTEXT = "situasi.auth"
SIGN_IN_PATH = "/masuk"
# To the identity provider, and back from it.
OIDC_PATH = f"{SIGN_IN_PATH}/oidc"
OIDC_CALLBACK_PATH = f"{OIDC_PATH}/kembali"
# Below guest_links.PATH_PREFIX: where a guest is sent whose link has ended.
ENDED_LINK = "berakhir"
SESSION_COOKIE = "situasi"
# Identifies the browser, and the accounts that signed in there: known_devices.
DEVICE_COOKIE = "situasi-kenal"
# Cookies that the application never sees.
_OWN_COOKIES = (SESSION_COOKIE, DEVICE_COOKIE)

# Open to anybody: whether the server runs.
_PUBLIC_PATHS = frozenset({"/healthz", "/healthz/live", "/healthz/ready"})
# Streamlit's interface for programs to drive a page, where scripts would run for nobody; its
# metrics.
_BLOCKED_PREFIXES = ("/_stcore/agent/", "/_stcore/metrics")
_API_PREFIX = "/api/"
_CLOSE_TOO_BIG = 1009  # WebSocket close code
_MEGABYTE = 1024 * 1024
_MAX_BODY_BYTES = ((UPLOAD_PREFIX, 64 * _MEGABYTE), (_API_PREFIX, 64 * _MEGABYTE), ("", 64 * 1024))


@dataclass(frozen=True)
class AuthContext:
    """What the middleware knows of a request that it lets through.

    session_key: of the session, or empty. was_guest: nobody any more, but earlier a guest by a
    link. device_cookie: content of DEVICE_COOKIE, not yet verified.
    """

    config: AuthConfig
    request_info: RequestInfo
    session_key: str = ""
    viewer: Viewer | None = None
    was_guest: bool = False
    device_cookie: str = ""

    def set_cookie(
        self, response: Response, name: str, value: str, max_age_s: int | None = None
    ) -> None:
        """Set a cookie that no script can read and that requests from other sites do not carry.

        max_age_s: lifetime in seconds; None: until the browser is closed.
        """
        info = self.request_info
        response.set_cookie(
            _cookie_name(name, info), value, max_age=max_age_s, httponly=True, secure=info.secure,
            samesite="lax",
        )  # fmt: skip

    def set_session_cookie(self, response: Response, token: str) -> None:
        """Set the cookie of the session with this token."""
        self.set_cookie(response, SESSION_COOKIE, self.config.session_signer.sign(token).decode())

    def delete_cookie(self, response: Response, name: str) -> None:
        """Delete the cookie in the browser."""
        info = self.request_info
        response.delete_cookie(
            _cookie_name(name, info), httponly=True, secure=info.secure, samesite="lax"
        )

    def read_cookie(self, request: Request, name: str) -> str:
        """Return the cookie of this request; empty where there is none."""
        return _read_cookies(request.scope).get(_cookie_name(name, self.request_info), "")


class BodyTooLarge(Exception):
    """The body is larger than this path accepts."""


class AuthMiddleware:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, config: AuthConfig) -> None:
        self._app, self._config = app, config
        self._signer = config.session_signer
        self._script_owners = ScriptSessionOwners(
            lambda key: sessions.current_manager().is_active(key)
        )
        self._state_budget = StateBudget()
        self._upload_quota = UploadQuota(config.has_file, parked_sessions.end_session)
        # These routes decide themselves who may come; so does the route of guest links.
        self._sign_in_paths = frozenset(
            {SIGN_IN_PATH, *((OIDC_PATH, OIDC_CALLBACK_PATH) if config.provider else ())}
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is authorized; answer everything else here."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        request_info = read_request_info(scope, self._config.proxies)
        send = add_security_headers(send, scope["path"], request_info, self._config.policy)
        i18n.set_language(_language(scope))
        decision = self._authorize(scope, request_info)
        if full_page.is_page_request(scope) and connection_limits.TABLE.is_full():
            decision = full_page.build_refusal()
        if isinstance(decision, AuthContext) and is_upload_removal(scope):
            decision = Response(status_code=204)
        if isinstance(decision, Response):
            await _send_refusal(decision, scope, receive, send)
        elif scope["type"] == "websocket":
            await self._serve_websocket(decision, scope, receive, send)
        else:
            await self._serve_http(decision, scope, receive, send)

    def _authorize(self, scope: Scope, request_info: RequestInfo) -> AuthContext | Response:
        """Return who asks, or the response that refuses the request."""
        path, http = scope["path"], scope["type"] == "http"
        if http and _has_ambiguous_length(scope):
            refusal = PlainTextResponse(_("Permintaan ini tidak terbaca."), 400)
            refusal.headers["connection"] = "close"
            return refusal
        if request_info.name not in self._config.hosts | LOOPBACK_HOSTS:
            return PlainTextResponse(_("Papan ini tidak dipanggil dengan nama itu."), 400)
        if path.startswith(_BLOCKED_PREFIXES):
            return PlainTextResponse(_("Tidak ada."), 404)
        uses_key = http and _accepts_api_keys(path) and credentials.has_key(scope)
        # A password that the browser adds by itself proves nothing about who asks.
        is_unasked = uses_key and credentials.is_sent_unasked(scope)
        if request_info.cross_origin and (is_unasked or not uses_key):
            return PlainTextResponse(_("Permintaan ini datang dari halaman lain."), 403)
        if uses_key or (http and path in _PUBLIC_PATHS):
            # With an API key, the caller is the key's owner, not who is signed in in the browser.
            return AuthContext(self._config, request_info)
        if http and (path in self._sign_in_paths or path.startswith(guest_links.PATH_PREFIX)):
            return self._identify(scope, request_info)
        if self._config.bound_to_loopback and not sessions.current_manager().has_accounts():
            return self._authorize_local(request_info)
        return self._require_session(scope, request_info)

    def _require_session(self, scope: Scope, request_info: RequestInfo) -> AuthContext | Response:
        """Return who is signed in or came by a link, or a refusal; checks uploads and files too."""
        path, manager = scope["path"], sessions.current_manager()
        auth = self._identify(scope, request_info)
        if auth.viewer is None:
            ended = f"{guest_links.PATH_PREFIX}{ENDED_LINK}"
            return _redirect_to_sign_in(scope, ended if auth.was_guest else SIGN_IN_PATH)
        if path.startswith(UPLOAD_PREFIX) and not auth.viewer.role.may("masukkan"):
            manager.report_intrusion("file of a reader", request_info.address)
            return PlainTextResponse(_("Anda tidak mengirim berkas."), 403)
        if scope["type"] == "websocket" and manager.has_too_many_websockets(auth.session_key):
            return PlainTextResponse(_("Terlalu banyak halaman terbuka."), 429)
        if self._script_owners.is_foreign(auth.session_key, path):
            reason = "file for another" if path.startswith(UPLOAD_PREFIX) else "file of another"
            manager.report_intrusion(reason, request_info.address)
            return PlainTextResponse(_("Berkas ini untuk halaman orang lain."), 403)
        return auth

    def _authorize_local(self, request_info: RequestInfo) -> AuthContext | Response:
        """Let a user of this machine in to a board without accounts, or refuse."""
        is_loopback = request_info.name in LOOPBACK_HOSTS and request_info.loopback
        if request_info.forwarded or not is_loopback:
            return PlainTextResponse(
                _("Papan tanpa akun hanya terbuka di komputer ini sendiri: buat akun lebih dulu."),
                403,
            )
        role = self._config.role
        return AuthContext(self._config, request_info, "", Viewer(role, ROLES[role], is_local=True))

    def _identify(self, scope: Scope, request_info: RequestInfo) -> AuthContext:
        """Return who is signed in by the cookie of this request, if anybody."""
        cookies, manager = _read_cookies(scope), sessions.current_manager()
        signed_token = cookies.get(_cookie_name(SESSION_COOKIE, request_info))
        device = cookies.get(_cookie_name(DEVICE_COOKIE, request_info), "")
        auth = AuthContext(self._config, request_info, device_cookie=device)
        if any(map(_is_viewer_header, scope["headers"])):
            manager.report_intrusion("viewer header", request_info.address)
        if signed_token is None:
            return auth
        try:
            key = hash_session_token(self._signer.unsign(signed_token).decode())
        except (BadSignature, UnicodeDecodeError):
            manager.report_intrusion("forged cookie", request_info.address)
            return auth
        viewer = manager.authenticate(key)
        if viewer is None:
            return replace(auth, was_guest=manager.was_guest(key))
        return replace(auth, session_key=key, viewer=viewer)

    async def _serve_http(
        self, auth: AuthContext, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if auth.viewer is not None or _accepts_api_keys(scope["path"]):
            connection_limits.allow_long_body(scope)
        limit = next(size for start, size in _MAX_BODY_BYTES if scope["path"].startswith(start))
        has_started = False

        async def tracked_send(message: Message) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        upload = None
        try:
            receive_body = _limit_body(scope, receive, limit)
            if is_upload(scope):
                owner = auth.viewer.name if auth.viewer else ""
                upload = self._upload_quota.begin(owner, scope, limit)
                receive_body = upload.count_body(receive_body)
            await self._app(_build_app_scope(auth, scope), receive_body, tracked_send)
        except QuotaExceeded as exceeded:
            await PlainTextResponse(_quota_message(exceeded), 429)(scope, receive, send)
        except BodyTooLarge:
            if not has_started:
                await PlainTextResponse(_("Terlalu besar."), 413)(scope, receive, send)
        except ClientDisconnect:
            pass  # the client left before its body was complete: there is nobody to answer
        except Exception as error:
            # A large body is on disk while it arrives.
            DISK_SPACE.record_if_disk_full("upload", error)
            if not has_started:
                message = _("Ada yang rusak di papan; sudah dicatat.")
                await PlainTextResponse(message, 500)(scope, receive, send)
            raise  # goes to the server log, never to the client
        finally:
            self._upload_quota.end(upload)

    async def _serve_websocket(
        self, auth: AuthContext, scope: Scope, receive: Receive, send: Send
    ) -> None:
        manager = sessions.current_manager()
        ws = ManagedWebSocket(auth.session_key, send, self._config.redirect_message)
        listener = self._script_owners.create_listener(
            auth.session_key, self._config.read_references
        )

        async def receive_allowed() -> Message:
            while True:
                message = await receive()
                if message["type"] != "websocket.receive" or ws.ended:
                    return ws.filter_received(message)
                content = message.get("bytes") or b""
                if auth.session_key:
                    manager.authenticate(auth.session_key)  # notes the session as seen
                if not self._state_budget.try_reserve(ws, len(content)):
                    await ws.close(_CLOSE_TOO_BIG)
                    return ws.filter_received(message)
                if self._config.accepts_message(content, listener.script):
                    return message

        async def tracked_send(message: Message) -> None:
            listener.observe(message)
            await ws.send_message(message)

        manager.websockets.add(ws)
        CURRENT_WEBSOCKET.set(ws)
        try:
            app_scope = self._script_owners.strip_foreign_session(auth.session_key, scope)
            await self._app(_build_app_scope(auth, app_scope), receive_allowed, tracked_send)
        finally:
            manager.websockets.discard(ws)
            self._state_budget.release(ws)


def _has_ambiguous_length(scope: Scope) -> bool:
    """Return whether a proxy could see another end of the body than we do (RFC 9112, 6.1)."""
    headers = Headers(scope=scope)
    return "transfer-encoding" in headers and "content-length" in headers


def _accepts_api_keys(path: str) -> bool:
    """Return whether the route of this path checks API keys itself."""
    return path.startswith(_API_PREFIX) or path == "/metrics"


def _cookie_name(name: str, request_info: RequestInfo) -> str:
    """Return the cookie's name; over TLS one that browsers accept only over TLS for this host."""
    return f"__Host-{name}" if request_info.secure else name


def _read_cookies(scope: Scope) -> dict[str, str]:
    """Return the cookies of a request by name."""
    return cookie_parser("; ".join(Headers(scope=scope).getlist("cookie")))


def _language(scope: Scope) -> str:
    return "en" if b"lang=en" in scope["query_string"].split(b"&") else i18n.LANGUAGES[0]


def _build_app_scope(auth: AuthContext, scope: Scope) -> Scope:
    """Return the scope for the application: with our viewer header, without our cookies."""
    headers = [
        (name, _strip_own_cookies(value) if name == b"cookie" else value)
        for name, value in scope["headers"]
        if not _is_viewer_header((name, value))
    ]
    if auth.viewer is not None:
        headers.append(
            (viewer_header.HEADER_NAME.encode(), viewer_header.encode_viewer(auth.viewer).encode())
        )
    return {**scope, "headers": headers, AUTH_CONTEXT: auth}


def _is_viewer_header(header: tuple[bytes, bytes]) -> bool:
    """Return whether this is our viewer header, or one that could be mistaken for it."""
    return header[0].lower().replace(b"_", b"-") == viewer_header.HEADER_NAME.encode()


def _strip_own_cookies(cookie: bytes) -> bytes:
    own = tuple(f"{prefix}{name}".encode() for prefix in ("", "__Host-") for name in _OWN_COOKIES)
    pairs = (pair.strip() for pair in cookie.split(b";"))
    return b"; ".join(pair for pair in pairs if pair.partition(b"=")[0].strip() not in own)


def _limit_body(scope: Scope, receive: Receive, max_bytes: int) -> Receive:
    """Wrap `receive` so that it raises BodyTooLarge beyond this size."""
    length = Headers(scope=scope).get("content-length", "0")
    is_valid = length.isascii() and length.isdigit() and len(length) < 20
    remaining = max_bytes

    async def receive_limited() -> Message:
        nonlocal remaining
        if not is_valid or int(length) > max_bytes:
            raise BodyTooLarge
        message = await receive()
        remaining -= len(message.get("body", b""))
        if remaining < 0:
            raise BodyTooLarge
        return message

    return receive_limited


def _quota_message(exceeded: QuotaExceeded) -> str:
    if exceeded.of_all_viewers:
        return _("Terlalu banyak berkas menunggu di papan. Coba lagi sebentar.")
    return _(
        "Berkas yang Anda unggah masih menunggu. Masukkan atau hapus dahulu, lalu unggah lagi."
    )


def _redirect_to_sign_in(scope: Scope, path: str) -> Response:
    is_read = scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}
    if is_read and html_pages.accepts_html(scope):
        requested_path = scope.get("raw_path", scope["path"].encode()).decode("latin-1")
        if scope["query_string"]:
            requested_path += "?" + scope["query_string"].decode("latin-1")
        return RedirectResponse(f"{path}?ke={quote(requested_path, safe='/')}", 303)
    return PlainTextResponse(_("Masuk lebih dulu."), 401)


async def _send_refusal(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """Send the response; a WebSocket always gets 403."""
    if scope["type"] == "websocket":
        response.status_code = 403
        await receive()
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": 1008})
            return
    await response(scope, receive, send)
