"""Sign-in and sign-out: two plain HTML pages, without Streamlit and without scripts."""

import asyncio
import re
import secrets
import time
from urllib.parse import parse_qs, urlencode

from itsdangerous import BadData
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from situasi.access import accounts
from situasi.access.accounts import Account
from situasi.access.roles import Viewer
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.server.auth import known_devices, pages, sessions
from situasi.server.auth.hash_queue import HashQueue, QueueFull
from situasi.server.auth.middleware import (
    AUTH_CONTEXT,
    OIDC_CALLBACK_PATH,
    OIDC_PATH,
    SESSION_COOKIE,
    SIGN_IN_PATH,
    AuthContext,
)
from situasi.server.auth.throttle import Attempt, LoginThrottle
from situasi.store.model import StoreError

SIGN_OUT_PATH = "/keluar"
PASSWORD_PATH = "/sandi"
_AUTH_PATHS = frozenset({SIGN_IN_PATH, SIGN_OUT_PATH, PASSWORD_PATH, OIDC_PATH, OIDC_CALLBACK_PATH})

_FORM_COOKIE = "situasi-form"
_FORM_LIFETIME_S = 2 * 3600  # seconds for which a form is valid
# A path of this host: no second slash, no backslash, nothing that browsers strip.
_OWN_PATH = re.compile(r"/(?:[!-.0-\[\]-~][!-\[\]-~]*)?")
_MAX_PATH_LENGTH = 2000

login_throttle = LoginThrottle()
_hash_queue = HashQueue()


async def sign_in(request: Request) -> Response:
    """Show the sign-in form, or check the submitted one."""
    auth: AuthContext = request.scope[AUTH_CONTEXT]
    next_path = safe_redirect_path(request.query_params.get("ke", "/"))
    i18n.set_language(requested_language(request, next_path))
    if is_account(auth.viewer) or (
        auth.config.bound_to_loopback and not sessions.current_manager().has_accounts()
    ):
        return RedirectResponse(next_path, 303)
    if request.method != "POST":
        return render_form(request, next_path)
    form_data = await read_form(request)
    if not is_valid_form_token(auth, form_data.get("bukti", ""), _form_id(request)):
        message = _("Formulir ini sudah terlalu lama. Coba sekali lagi.")
        return render_form(request, next_path, message, 403)
    return await _check_credentials(request, next_path, form_data)


def is_account(viewer: Viewer | None) -> bool:
    """Return whether this viewer is an account; a guest by a link may still sign in."""
    return viewer is not None and viewer.link is None


def has_password(viewer: Viewer) -> bool:
    """Return whether this account signs in by a password, which its owner may change."""
    account = sessions.current_manager().account(viewer.name) if is_account(viewer) else None
    return account is not None and account.identity is None


async def _check_credentials(
    request: Request, next_path: str, form_data: dict[str, str]
) -> Response:
    auth: AuthContext = request.scope[AUTH_CONTEXT]
    name, address = form_data.get("nama", "").strip().lower(), auth.request_info.address
    account = sessions.current_manager().account(name)
    attempt = Attempt(name, address, known_devices.device_id_for(auth, name))
    try:
        is_correct = await verify_password(attempt, account, form_data.get("sandi", ""), "sign-in")
    except PasswordCheckRefused as refused:
        return render_form(request, next_path, str(refused), refused.status, name)
    if not is_correct:
        message = _("Nama akun atau sandi tidak cocok.")
        return render_form(request, next_path, message, 401, name)
    assert account is not None
    try:
        response = await start_session(auth, account, next_path)
    except StoreError:
        message = _("Penyimpanan sedang sibuk. Coba lagi sebentar.")
        return render_form(request, next_path, message, 503, name)
    known_devices.remember_account(response, auth, name)
    return response


async def start_session(auth: AuthContext, account: Account, next_path: str) -> Response:
    """Start a new session, whatever the browser held before. Raises StoreError."""
    token = await sessions.current_manager().start_session(account, auth.request_info.address)
    if auth.session_key:  # the session of a guest who has now signed in
        await sessions.current_manager().end_session(auth.session_key)
    response = RedirectResponse(next_path, 303)
    auth.set_session_cookie(response, token)
    auth.delete_cookie(response, _FORM_COOKIE)
    return response


class PasswordCheckRefused(Exception):
    """The password was not checked: too many failures, or too many waiting; says which."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


async def verify_password(
    attempt: Attempt, account: Account | None, password: str, action: str
) -> bool:
    """Return whether this password is right; a wrong one is logged and answered with a delay.

    action: name of the audit entry, without its outcome. Raises PasswordCheckRefused.
    """
    now, origin = time.monotonic(), attempt.address
    is_known = login_throttle.is_known(attempt)
    if is_known:  # behind one address each known account queues by itself
        origin = f"{attempt.name} {attempt.address}"
    if login_throttle.is_blocked(attempt, now):
        decision, is_correct = login_throttle.record_attempt(attempt, now), False
    else:
        try:
            async with _hash_queue.acquire_slot(origin, is_known=is_known):
                decision = login_throttle.record_attempt(attempt, time.monotonic())
                is_correct = not decision.blocked and await asyncio.to_thread(
                    accounts.verify_password, account, password
                )
        except QueueFull:
            raise PasswordCheckRefused(_("Terlalu ramai. Coba lagi sebentar."), 503) from None
    if decision.blocked:
        if decision.is_first_block:
            log_refusal(f"{action}-blocked", account, attempt.address)
        raise PasswordCheckRefused(_("Terlalu banyak percobaan. Tunggu 15 menit."), 429)
    if is_correct:
        login_throttle.record_success(attempt)
        return True
    log_refusal(f"{action}-refused", account, attempt.address)
    await asyncio.sleep(decision.delay_s)
    return False


def log_refusal(action: str, account: Account | None, address: str, **details: str) -> None:
    """Write to the audit log that somebody was not let in."""
    # An unknown name may be a password that was typed into the wrong field.
    detail = {"account": account.name if account else None, "address": address, **details}
    sessions.current_manager().queue_audit_entry(action, detail)


async def sign_out(request: Request) -> Response:
    """Show the sign-out button, or end the session."""
    auth: AuthContext = request.scope[AUTH_CONTEXT]
    i18n.set_language(requested_language(request, ""))
    if auth.viewer is None or not auth.session_key:
        return RedirectResponse("/", 303)
    if request.method != "POST":
        return pages.build_page_response(
            "sign_out.html",
            language_links(SIGN_OUT_PATH, {}),
            token=sign_form_token(auth, auth.session_key),
            name=auth.viewer.name,
            role=label("role", auth.viewer.role.name),
            password_path=PASSWORD_PATH if has_password(auth.viewer) else "",
        )
    if not is_valid_form_token(auth, (await read_form(request)).get("bukti", ""), auth.session_key):
        return PlainTextResponse(_("Formulir ini sudah terlalu lama. Coba sekali lagi."), 403)
    await sessions.current_manager().end_session(auth.session_key)
    response = RedirectResponse(SIGN_IN_PATH, 303)
    auth.delete_cookie(response, SESSION_COOKIE)
    return response


def safe_redirect_path(text: str) -> str:
    """Return this path if it is one of this board outside sign-in and sign-out, else `/`."""
    path = text.partition("?")[0].partition("#")[0]
    if len(text) > _MAX_PATH_LENGTH or not _OWN_PATH.fullmatch(text):
        return "/"
    if "//" in path or {".", ".."} & set(path.split("/")) or path in _AUTH_PATHS:
        return "/"
    return text


def render_form(
    request: Request, next_path: str, error: str = "", status: int = 200, typed_name: str = ""
) -> Response:
    """Return the sign-in page. error: what was wrong before; typed_name: fills the name field."""
    auth: AuthContext = request.scope[AUTH_CONTEXT]
    form_id = _form_id(request) or secrets.token_urlsafe(24)
    query = {} if next_path == "/" else {"ke": next_path}
    response = pages.build_page_response(
        "sign_in.html",
        language_links(SIGN_IN_PATH, query),
        status,
        token=sign_form_token(auth, form_id),
        typed_name=typed_name,
        error=error,
        provider_name=auth.config.provider.name if auth.config.provider else "",
        provider_links=language_links(OIDC_PATH, query),
    )
    auth.set_cookie(response, _FORM_COOKIE, form_id)
    return response


def _form_id(request: Request) -> str:
    auth: AuthContext = request.scope[AUTH_CONTEXT]
    form_id = auth.read_cookie(request, _FORM_COOKIE)
    return form_id if re.fullmatch(r"[\w-]{32}", form_id, re.ASCII) else ""


def sign_form_token(auth: AuthContext, subject: str) -> str:
    """Return a signed token for a form of this subject."""
    return str(auth.config.serializer("form").dumps(subject))


def is_valid_form_token(auth: AuthContext, token: str, subject: str) -> bool:
    """Return whether this server made the form, for this subject, and not too long ago."""
    try:
        signed = auth.config.serializer("form").loads(token, max_age=_FORM_LIFETIME_S)
    except BadData:
        return False
    return bool(subject) and signed == subject


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a submitted form; empty if it cannot be read."""
    body = (await request.body()).decode("utf-8", "replace")
    try:
        return {name: values[-1] for name, values in parse_qs(body, max_num_fields=20).items()}
    except ValueError:
        return {}


def language_links(path: str, query: dict[str, str]) -> dict[str, str]:
    """Return this address in each language."""
    return {code: f"{path}?{urlencode(query | {'lang': code})}" for code in i18n.LANGUAGES}


def requested_language(request: Request, next_path: str) -> str:
    """Return the language of this request, or else that of the page that follows."""
    own_language = request.query_params.get("lang")
    next_language = parse_qs(next_path.partition("?")[2]).get("lang", [""])[0]
    return own_language or next_language


async def _not_found(_request: Request) -> Response:
    return PlainTextResponse(_("Tidak ada."), 404)


ROUTES = (
    Route(SIGN_IN_PATH, sign_in, methods=["GET", "POST"]),
    Route(SIGN_OUT_PATH, sign_out, methods=["GET", "POST"]),
    # Streamlit answers any path with its page; under /api/ any request with a key gets this far.
    Route("/api/{rest:path}", _not_found, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
)
