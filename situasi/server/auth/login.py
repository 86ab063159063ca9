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
from situasi.server.auth.hash_queue import Crowded, HashQueue
from situasi.server.auth.middleware import (
    COOKIE,
    OIDC,
    OIDC_BACK,
    SIGN_IN,
    VISIT,
    Visit,
    cookie_name,
    cookies,
)
from situasi.server.auth.throttle import Attempt, Attempts
from situasi.store.interface import StoreError

SIGN_OUT = "/keluar"
PASSWORD = "/sandi"
_HERE = frozenset({SIGN_IN, SIGN_OUT, PASSWORD, OIDC, OIDC_BACK})

_FORM = "situasi-form"
_FORM_ENDS = 2 * 3600  # seconds that a form may stand open
# What may follow the host: no second slash, no backslash, nothing that browsers leave out.
_OWN_PATH = re.compile(r"/(?:[!-.0-\[\]-~][!-\[\]-~]*)?")
_LONGEST_PATH = 2000

attempts = Attempts()
_hashes = HashQueue()


async def sign_in(request: Request) -> Response:
    """Show the form, or look at what was filled in."""
    visit: Visit = request.scope[VISIT]
    onward = own_path(request.query_params.get("ke", "/"))
    i18n.set_language(language(request, onward))
    if is_somebody(visit.viewer) or (
        visit.doorway.opens_here and not sessions.current().has_accounts()
    ):
        return RedirectResponse(onward, 303)
    if request.method != "POST":
        return form(request, onward)
    given = await filled_in(request)
    if not is_ours(visit, given.get("bukti", ""), _form_id(request)):
        return form(request, onward, _("Formulir ini sudah terlalu lama. Coba sekali lagi."), 403)
    return await _enter(request, onward, given)


def is_somebody(viewer: Viewer | None) -> bool:
    """Whether this is an account; a guest by a link may still sign in."""
    return viewer is not None and viewer.link is None


def has_password(viewer: Viewer) -> bool:
    """Whether this account is opened by a password, which its owner may change."""
    account = sessions.current().account(viewer.name) if is_somebody(viewer) else None
    return account is not None and account.identity is None


async def _enter(request: Request, onward: str, given: dict[str, str]) -> Response:
    visit: Visit = request.scope[VISIT]
    name, address = given.get("nama", "").strip().lower(), visit.asking.address
    found = sessions.current().account(name)
    one = Attempt(name, address, known_devices.number_for(visit, name))
    try:
        right = await is_right(one, found, given.get("sandi", ""), "sign-in")
    except Stopped as stopped:
        return form(request, onward, str(stopped), stopped.status, name)
    if not right:
        said = _("Nama akun atau sandi tidak cocok.")
        return form(request, onward, said, 401, name)
    assert found is not None
    try:
        answer = await let_in(visit, found, onward)
    except StoreError:
        said = _("Penyimpanan sedang sibuk. Coba lagi sebentar.")
        return form(request, onward, said, 503, name)
    known_devices.remember(answer, visit, name)
    return answer


async def let_in(visit: Visit, account: Account, onward: str) -> Response:
    """Begin a new session, whatever the browser held before. Raises StoreError."""
    held = await sessions.current().begin(account, visit.asking.address)
    if visit.key:  # of a guest by a link, who has become somebody
        await sessions.current().end(visit.key)
    answer = RedirectResponse(onward, 303)
    give(answer, visit, COOKIE, visit.doorway.session_signer.sign(held).decode())
    take(answer, visit, _FORM)
    return answer


class Stopped(Exception):
    """A password is not looked at: too many were wrong, or too many wait. The message says so."""

    def __init__(self, said: str, status: int) -> None:
        super().__init__(said)
        self.status = status


async def is_right(one: Attempt, account: Account | None, password: str, what: str) -> bool:
    """Look whether this password opens this account; a wrong one is told of and answered late.

    what: the deed for the audit trail, less what came of it. Raises Stopped.
    """
    now, line = time.monotonic(), one.address
    known = attempts.is_familiar(one)
    if known:  # behind one address each account stands for itself
        line = f"{one.name} {one.address}"
    if attempts.is_blocked(one, now):
        verdict, right = attempts.attempt(one, now), False
    else:
        try:
            async with _hashes.turn(line, known=known):
                verdict = attempts.attempt(one, time.monotonic())
                right = not verdict.blocked and await asyncio.to_thread(
                    accounts.verify_password, account, password
                )
        except Crowded:
            raise Stopped(_("Terlalu ramai. Coba lagi sebentar."), 503) from None
    if verdict.blocked:
        if verdict.first:
            report(f"{what}-blocked", account, one.address)
        raise Stopped(_("Terlalu banyak percobaan. Tunggu 15 menit."), 429)
    if right:
        attempts.succeeded(one)
        return True
    report(f"{what}-refused", account, one.address)
    await asyncio.sleep(verdict.hold)
    return False


def report(action: str, account: Account | None, address: str, **more: str) -> None:
    """Tell the trail of somebody who does not get in."""
    # A name that nobody has may be a password, typed into the wrong field.
    name = account.name if account else None
    sessions.current().report(action, {"account": name, "address": address, **more})


async def sign_out(request: Request) -> Response:
    """Show the button, or end the session."""
    visit: Visit = request.scope[VISIT]
    i18n.set_language(language(request, ""))
    if visit.viewer is None or not visit.key:
        return RedirectResponse("/", 303)
    if request.method != "POST":
        name, role = visit.viewer.name, label("role", visit.viewer.role.name)
        page = auth_markup.sign_out(
            kabupaten(), i18n.current_language(), links(SIGN_OUT, {}), token(visit, visit.key), name,
            role, f"{PASSWORD}?lang={i18n.current_language()}" if has_password(visit.viewer) else "",
        )  # fmt: skip
        return HTMLResponse(page, headers={"content-security-policy": auth_markup.POLICY})
    if not is_ours(visit, (await filled_in(request)).get("bukti", ""), visit.key):
        return PlainTextResponse(_("Formulir ini sudah terlalu lama. Coba sekali lagi."), 403)
    await sessions.current().end(visit.key)
    answer = RedirectResponse(SIGN_IN, 303)
    take(answer, visit, COOKIE)
    return answer


def own_path(text: str) -> str:
    """This path where it is one of this board, and none of the pages here; or else `/`."""
    path = text.partition("?")[0].partition("#")[0]
    if len(text) > _LONGEST_PATH or not _OWN_PATH.fullmatch(text):
        return "/"
    if "//" in path or {".", ".."} & set(path.split("/")) or path in _HERE:
        return "/"
    return text


def form(
    request: Request, onward: str, why: str = "", status: int = 200, given: str = ""
) -> Response:
    """The page to sign in at. why: what was wrong before; given: the name that was typed."""
    visit: Visit = request.scope[VISIT]
    named = _form_id(request) or secrets.token_urlsafe(24)
    further = {} if onward == "/" else {"ke": onward}
    page = auth_markup.sign_in(
        kabupaten(),
        i18n.current_language(),
        links(SIGN_IN, further),
        token(visit, named),
        given,
        why,
        _other_way(visit, further),
    )
    answer = HTMLResponse(page, status, headers={"content-security-policy": auth_markup.POLICY})
    give(answer, visit, _FORM, named)
    return answer


def _other_way(visit: Visit, further: dict[str, str]) -> tuple[str, str] | None:
    """Name and address of the identity provider's way in, where there is one."""
    provider = visit.doorway.provider
    if provider is None:
        return None
    return provider.name, links(OIDC, further)[i18n.current_language()]


def _form_id(request: Request) -> str:
    visit: Visit = request.scope[VISIT]
    held = cookies(request.scope).get(cookie_name(_FORM, visit.asking), "")
    return held if re.fullmatch(r"[\w-]{32}", held, re.ASCII) else ""


def token(visit: Visit, of: str) -> str:
    return str(_forms(visit).dumps(of))


def is_ours(visit: Visit, token: str, of: str) -> bool:
    """Whether this form was made by us, for this browser."""
    try:
        return bool(of) and _forms(visit).loads(token, max_age=_FORM_ENDS) == of
    except BadData:
        return False


def _forms(visit: Visit) -> URLSafeTimedSerializer:
    return visit.doorway.serializer("form")


async def filled_in(request: Request) -> dict[str, str]:
    body = (await request.body()).decode("utf-8", "replace")
    try:
        return {name: found[-1] for name, found in parse_qs(body, max_num_fields=20).items()}
    except ValueError:
        return {}


def give(answer: Response, visit: Visit, name: str, value: str, seconds: int | None = None) -> None:
    """Hand a cookie over, that no script reads and no other site's request brings.

    seconds: for how long; None: until the browser is closed.
    """
    answer.set_cookie(
        cookie_name(name, visit.asking),
        value,
        max_age=seconds,
        httponly=True,
        secure=visit.asking.secure,
        samesite="lax",
    )


def take(answer: Response, visit: Visit, name: str) -> None:
    """Have the browser forget it."""
    secure = visit.asking.secure
    answer.delete_cookie(
        cookie_name(name, visit.asking), httponly=True, secure=secure, samesite="lax"
    )


def links(path: str, query: dict[str, str]) -> dict[str, str]:
    return {code: f"{path}?{urlencode(query | {'lang': code})}" for code in i18n.LANGUAGES}


def language(request: Request, onward: str) -> str:
    """The language asked for here, or else by the page that is to follow."""
    asked = request.query_params.get("lang")
    after = parse_qs(onward.partition("?")[2]).get("lang", [""])[0]
    return asked or after


def kabupaten() -> str:
    return app.server_unit_name(board)


async def _nothing(_request: Request) -> Response:
    return PlainTextResponse(_("Tidak ada."), 404)


ROUTES = (
    Route(SIGN_IN, sign_in, methods=["GET", "POST"]),
    Route(SIGN_OUT, sign_out, methods=["GET", "POST"]),
    # Streamlit answers any path with its page; under /api/ whoever shows any key comes so far.
    Route("/api/{rest:path}", _nothing, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
)
