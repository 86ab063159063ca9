"""Signing in and out: two pages of our own, without Streamlit and without scripts."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from urllib.parse import parse_qs, urlencode

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from situasi.access import accounts
from situasi.access.accounts import Account
from situasi.access.roles import Viewer
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.higher_command import app
from situasi.server.auth import known_devices, sessions
from situasi.server.auth import markup as auth_markup
from situasi.server.auth.hash_queue import HashQueue, QueueFull
from situasi.server.auth.middleware import (
    AUTH_CONTEXT,
    OIDC_CALLBACK_PATH,
    OIDC_PATH,
    SESSION_COOKIE,
    SIGN_IN_PATH,
    AuthContext,
    cookie_name,
    read_cookies,
)
from situasi.server.auth.throttle import Attempt, LoginThrottle
from situasi.store.interface import StoreError

SIGN_OUT_PATH = "/keluar"
PASSWORD_PATH = "/sandi"
_AUTH_PATHS = frozenset({SIGN_IN_PATH, SIGN_OUT_PATH, PASSWORD_PATH, OIDC_PATH, OIDC_CALLBACK_PATH})

_FORM_COOKIE = "situasi-form"
_FORM_LIFETIME_S = 2 * 3600  # seconds that a form may stand open
# What may follow the host: no second slash, no backslash, nothing that browsers leave out.
_OWN_PATH = re.compile(r"/(?:[!-.0-\[\]-~][!-\[\]-~]*)?")
_MAX_PATH_LENGTH = 2000

login_throttle = LoginThrottle()
_hash_queue = HashQueue()


async def sign_in(request: Request) -> Response:
    """Show the form, or look at what was filled in."""
    visit: AuthContext = request.scope[AUTH_CONTEXT]
    onward = safe_redirect_path(request.query_params.get("ke", "/"))
    i18n.set_language(requested_language(request, onward))
    if is_account(visit.viewer) or (
        visit.config.bound_to_loopback and not sessions.current_manager().has_accounts()
    ):
        return RedirectResponse(onward, 303)
    if request.method != "POST":
        return render_form(request, onward)
    given = await read_form(request)
    if not is_valid_form_token(visit, given.get("bukti", ""), _form_id(request)):
        return render_form(
            request, onward, _("Formulir ini sudah terlalu lama. Coba sekali lagi."), 403
        )
    return await _check_credentials(request, onward, given)


def is_account(viewer: Viewer | None) -> bool:
    """Whether this is an account; a guest by a link may still sign in."""
    return viewer is not None and viewer.link is None


def has_password(viewer: Viewer) -> bool:
    """Whether this account is opened by a password, which its owner may change."""
    account = sessions.current_manager().account(viewer.name) if is_account(viewer) else None
    return account is not None and account.identity is None


async def _check_credentials(
    request: Request, next_path: str, form_data: dict[str, str]
) -> Response:
    visit: AuthContext = request.scope[AUTH_CONTEXT]
    name, address = form_data.get("nama", "").strip().lower(), visit.request_info.address
    found = sessions.current_manager().account(name)
    one = Attempt(name, address, known_devices.device_id_for(visit, name))
    try:
        right = await verify_password(one, found, form_data.get("sandi", ""), "sign-in")
    except PasswordCheckRefused as stopped:
        return render_form(request, next_path, str(stopped), stopped.status, name)
    if not right:
        said = _("Nama akun atau sandi tidak cocok.")
        return render_form(request, next_path, said, 401, name)
    assert found is not None
    try:
        answer = await start_session(visit, found, next_path)
    except StoreError:
        said = _("Penyimpanan sedang sibuk. Coba lagi sebentar.")
        return render_form(request, next_path, said, 503, name)
    known_devices.remember_account(answer, visit, name)
    return answer


async def start_session(auth: AuthContext, account: Account, next_path: str) -> Response:
    """Begin a new session, whatever the browser held before. Raises StoreError."""
    held = await sessions.current_manager().start_session(account, auth.request_info.address)
    if auth.session_key:  # of a guest by a link, who has become somebody
        await sessions.current_manager().end_session(auth.session_key)
    answer = RedirectResponse(next_path, 303)
    set_cookie(answer, auth, SESSION_COOKIE, auth.config.session_signer.sign(held).decode())
    delete_cookie(answer, auth, _FORM_COOKIE)
    return answer


class PasswordCheckRefused(Exception):
    """A password is not looked at: too many were wrong, or too many wait. The message says so."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


async def verify_password(
    attempt: Attempt, account: Account | None, password: str, action: str
) -> bool:
    """Look whether this password opens this account; a wrong one is told of and answered late.

    what: the deed for the audit trail, less what came of it. Raises Stopped.
    """
    now, line = time.monotonic(), attempt.address
    known = login_throttle.is_known(attempt)
    if known:  # behind one address each account stands for itself
        line = f"{attempt.name} {attempt.address}"
    if login_throttle.is_blocked(attempt, now):
        verdict, right = login_throttle.record_attempt(attempt, now), False
    else:
        try:
            async with _hash_queue.acquire_slot(line, is_known=known):
                verdict = login_throttle.record_attempt(attempt, time.monotonic())
                right = not verdict.blocked and await asyncio.to_thread(
                    accounts.verify_password, account, password
                )
        except QueueFull:
            raise PasswordCheckRefused(_("Terlalu ramai. Coba lagi sebentar."), 503) from None
    if verdict.blocked:
        if verdict.is_first_block:
            log_refusal(f"{action}-blocked", account, attempt.address)
        raise PasswordCheckRefused(_("Terlalu banyak percobaan. Tunggu 15 menit."), 429)
    if right:
        login_throttle.record_success(attempt)
        return True
    log_refusal(f"{action}-refused", account, attempt.address)
    await asyncio.sleep(verdict.delay_s)
    return False


def log_refusal(action: str, account: Account | None, address: str, **details: str) -> None:
    """Tell the trail of somebody who does not get in."""
    # A name that nobody has may be a password, typed into the wrong field.
    name = account.name if account else None
    sessions.current_manager().queue_audit_entry(
        action, {"account": name, "address": address, **details}
    )


async def sign_out(request: Request) -> Response:
    """Show the button, or end the session."""
    visit: AuthContext = request.scope[AUTH_CONTEXT]
    i18n.set_language(requested_language(request, ""))
    if visit.viewer is None or not visit.session_key:
        return RedirectResponse("/", 303)
    if request.method != "POST":
        name, role = visit.viewer.name, label("role", visit.viewer.role.name)
        page = auth_markup.render_sign_out(
            unit_name(),
            i18n.current_language(),
            language_links(SIGN_OUT_PATH, {}),
            sign_form_token(visit, visit.session_key),
            name,
            role,
            f"{PASSWORD_PATH}?lang={i18n.current_language()}" if has_password(visit.viewer) else "",
        )
        return HTMLResponse(page, headers={"content-security-policy": auth_markup.POLICY})
    if not is_valid_form_token(
        visit, (await read_form(request)).get("bukti", ""), visit.session_key
    ):
        return PlainTextResponse(_("Formulir ini sudah terlalu lama. Coba sekali lagi."), 403)
    await sessions.current_manager().end_session(visit.session_key)
    answer = RedirectResponse(SIGN_IN_PATH, 303)
    delete_cookie(answer, visit, SESSION_COOKIE)
    return answer


def safe_redirect_path(text: str) -> str:
    """This path where it is one of this board, and none of the pages here; or else `/`."""
    path = text.partition("?")[0].partition("#")[0]
    if len(text) > _MAX_PATH_LENGTH or not _OWN_PATH.fullmatch(text):
        return "/"
    if "//" in path or {".", ".."} & set(path.split("/")) or path in _AUTH_PATHS:
        return "/"
    return text


def render_form(
    request: Request, next_path: str, error: str = "", status: int = 200, typed_name: str = ""
) -> Response:
    """The page to sign in at. why: what was wrong before; given: the name that was typed."""
    visit: AuthContext = request.scope[AUTH_CONTEXT]
    named = _form_id(request) or secrets.token_urlsafe(24)
    further = {} if next_path == "/" else {"ke": next_path}
    page = auth_markup.render_sign_in(
        unit_name(),
        i18n.current_language(),
        language_links(SIGN_IN_PATH, further),
        sign_form_token(visit, named),
        typed_name,
        error,
        _provider_link(visit, further),
    )
    answer = HTMLResponse(page, status, headers={"content-security-policy": auth_markup.POLICY})
    set_cookie(answer, visit, _FORM_COOKIE, named)
    return answer


def _provider_link(auth: AuthContext, query: dict[str, str]) -> tuple[str, str] | None:
    """Name and address of the identity provider's way in, where there is one."""
    provider = auth.config.provider
    if provider is None:
        return None
    return provider.name, language_links(OIDC_PATH, query)[i18n.current_language()]


def _form_id(request: Request) -> str:
    visit: AuthContext = request.scope[AUTH_CONTEXT]
    held = read_cookies(request.scope).get(cookie_name(_FORM_COOKIE, visit.request_info), "")
    return held if re.fullmatch(r"[\w-]{32}", held, re.ASCII) else ""


def sign_form_token(auth: AuthContext, subject: str) -> str:
    return str(_form_serializer(auth).dumps(subject))


def is_valid_form_token(auth: AuthContext, token: str, subject: str) -> bool:
    """Whether this form was made by us, for this browser."""
    try:
        return (
            bool(subject)
            and _form_serializer(auth).loads(token, max_age=_FORM_LIFETIME_S) == subject
        )
    except BadData:
        return False


def _form_serializer(auth: AuthContext) -> URLSafeTimedSerializer:
    return auth.config.serializer("form")


async def read_form(request: Request) -> dict[str, str]:
    body = (await request.body()).decode("utf-8", "replace")
    try:
        return {name: found[-1] for name, found in parse_qs(body, max_num_fields=20).items()}
    except ValueError:
        return {}


def set_cookie(
    response: Response, auth: AuthContext, name: str, value: str, max_age_s: int | None = None
) -> None:
    """Hand a cookie over, that no script reads and no other site's request brings.

    seconds: for how long; None: until the browser is closed.
    """
    response.set_cookie(
        cookie_name(name, auth.request_info),
        value,
        max_age=max_age_s,
        httponly=True,
        secure=auth.request_info.secure,
        samesite="lax",
    )


def delete_cookie(response: Response, auth: AuthContext, name: str) -> None:
    """Have the browser forget it."""
    secure = auth.request_info.secure
    response.delete_cookie(
        cookie_name(name, auth.request_info), httponly=True, secure=secure, samesite="lax"
    )


def language_links(path: str, query: dict[str, str]) -> dict[str, str]:
    return {code: f"{path}?{urlencode(query | {'lang': code})}" for code in i18n.LANGUAGES}


def requested_language(request: Request, next_path: str) -> str:
    """The language asked for here, or else by the page that is to follow."""
    asked = request.query_params.get("lang")
    after = parse_qs(next_path.partition("?")[2]).get("lang", [""])[0]
    return asked or after


def unit_name() -> str:
    return app.server_unit_name(board)


async def _not_found(_request: Request) -> Response:
    return PlainTextResponse(_("Tidak ada."), 404)


ROUTES = (
    Route(SIGN_IN_PATH, sign_in, methods=["GET", "POST"]),
    Route(SIGN_OUT_PATH, sign_out, methods=["GET", "POST"]),
    # Streamlit answers any path with its page; under /api/ whoever shows any key comes so far.
    Route("/api/{rest:path}", _not_found, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
)
