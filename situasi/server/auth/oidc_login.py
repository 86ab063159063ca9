"""Signing in through an identity provider: to it, and back with what it says."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections import OrderedDict
from dataclasses import asdict, dataclass
from hmac import compare_digest
from typing import TYPE_CHECKING

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from situasi.access.accounts import Account, AccountRefused
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.server.auth import login, sessions
from situasi.server.auth.middleware import (
    AUTH_CONTEXT,
    OIDC_CALLBACK_PATH,
    OIDC_PATH,
    AuthContext,
    cookie_name,
    read_cookies,
)
from situasi.server.auth.oidc_protocol import (
    FlowSecrets,
    ProviderUnreachable,
    UntrustedResponse,
    error_code,
)
from situasi.store.interface import StoreError

if TYPE_CHECKING:
    from situasi.server.auth.oidc_client import Provider

_FLOW_COOKIE = "situasi-oidc"
_FLOW_LIFETIME_S = 600  # seconds that somebody may stay at the provider
_MAX_USED_STATES = 10_000
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class OidcFlow:
    """One way to the provider and back, kept by the browser that went."""

    state: str
    nonce: str
    verifier: str
    onward: str
    language: str

    @property
    def secrets(self) -> FlowSecrets:
        return FlowSecrets(self.state, self.nonce, self.verifier)


class SignInRefused(Exception):
    """Nobody is let in. said: to them; reason, account and claimed name: to the trail."""

    def __init__(
        self, message: str, status: int, reason: str, account: Account | None = None, name: str = ""
    ) -> None:
        super().__init__(reason)
        self.message, self.status, self.account = message, status, account
        self.audit_detail = {
            "by": "oidc",
            "reason": reason,
            **({"claimed": name[:64]} if name else {}),
        }


class UsedStates:
    """What counts once, for as long as it could be brought again."""

    def __init__(self) -> None:
        self._used: OrderedDict[str, None] = OrderedDict()

    def consume(self, state: str) -> bool:
        """Whether this was the first time."""
        if state in self._used:
            return False
        self._used[state] = None
        while len(self._used) > _MAX_USED_STATES:
            self._used.popitem(last=False)
        return True


_used_states = UsedStates()


async def start_flow(request: Request) -> Response:
    """Send the browser to the provider.

    By GET, which another site can bring about too: that gains it nothing, as whoever comes back
    is who they themselves are at the provider, and comes back to the browser that went. Where
    the browser says so, it is refused all the same.
    """
    visit: AuthContext = request.scope[AUTH_CONTEXT]
    onward = login.safe_redirect_path(request.query_params.get("ke", "/"))
    spoken = i18n.set_language(login.requested_language(request, onward))
    provider = visit.config.provider
    if provider is None or not _may_sign_in(visit):
        return RedirectResponse(onward, 303)
    if request.headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
        return login.render_form(request, onward)
    held = FlowSecrets(*(secrets.token_urlsafe(32) for _part in range(3)))
    try:
        address = await provider.build_authorization_url(held, _redirect_uri(visit))
    except ProviderUnreachable as error:
        _log.warning("identity provider: %s", error)
        return login.render_form(request, onward, _unreachable_message(provider), 503)
    answer = RedirectResponse(address, 303)
    kept = _flow_serializer(visit).dumps(asdict(held) | {"onward": onward, "language": spoken})
    login.set_cookie(answer, visit, _FLOW_COOKIE, str(kept), _FLOW_LIFETIME_S)
    return answer


async def handle_callback(request: Request) -> Response:
    """Look at what the browser brings from the provider, and let in or refuse."""
    visit: AuthContext = request.scope[AUTH_CONTEXT]
    journey, provider = _read_flow(request), visit.config.provider
    onward = login.safe_redirect_path(journey.onward) if journey else "/"
    i18n.set_language(journey.language if journey else "")
    if provider is None or not _may_sign_in(visit):
        return RedirectResponse(onward, 303)
    answer = await _finish_flow(request, provider, journey, onward)
    login.delete_cookie(answer, visit, _FLOW_COOKIE)
    return answer


async def _finish_flow(
    request: Request, provider: Provider, flow: OidcFlow | None, next_path: str
) -> Response:
    visit: AuthContext = request.scope[AUTH_CONTEXT]
    address = visit.request_info.address
    verdict = login.login_throttle.record_address_attempt(address, time.monotonic())
    if verdict.blocked:
        if verdict.is_first_block:
            login.log_refusal("sign-in-blocked", None, address, by="oidc")
        said = _("Terlalu banyak percobaan. Tunggu 15 menit.")
        return login.render_form(request, next_path, said, 429)
    try:
        account = await _authenticate(request, provider, flow)
        answer = await login.start_session(visit, account, next_path)
        login.login_throttle.record_address_success(address)
        return answer
    except SignInRefused as refusal:
        login.log_refusal("sign-in-refused", refusal.account, address, **refusal.audit_detail)
        await asyncio.sleep(verdict.delay_s)
        return login.render_form(request, next_path, refusal.message, refusal.status)
    except StoreError:
        said = _("Penyimpanan sedang sibuk. Coba lagi sebentar.")
        return login.render_form(request, next_path, said, 503)


async def _authenticate(request: Request, provider: Provider, flow: OidcFlow | None) -> Account:
    """The account of whoever comes back. Raises Refused, StoreError."""
    brought = request.query_params
    unfinished = _("Masuk lewat {name} tidak selesai. Coba sekali lagi.").format(name=provider.name)
    if flow is None or not _is_equal(flow.state, brought.get("state", "")):
        raise SignInRefused(unfinished, 401, "not begun in this browser")
    if not _used_states.consume(flow.state):
        raise SignInRefused(unfinished, 401, "brought a second time")
    if "code" not in brought:
        raise SignInRefused(unfinished, 401, f"provider: {error_code(brought.get('error'))}")
    back = _redirect_uri(request.scope[AUTH_CONTEXT])
    try:
        proven = await provider.fetch_identity(flow.secrets, back, brought)
    except ProviderUnreachable as error:
        raise SignInRefused(_unreachable_message(provider), 503, f"unreachable: {error}") from None
    except UntrustedResponse as error:
        raise SignInRefused(unfinished, 401, f"not believed: {error}") from None
    return await _find_or_bind_account(provider, proven.name, proven.identity)


async def _find_or_bind_account(provider: Provider, name: str, identity: str) -> Account:
    """The account of this name, where it is theirs, or waits for them. Raises Refused, StoreError.

    The same words for whoever has none, a closed one, or the name of somebody else.
    """
    account, why = (
        sessions.current_manager().account(name),
        sessions.current_manager().refusal_reason(name, identity),
    )
    try:
        if account is not None and not why:
            bound = account.identity == identity
            return (
                account
                if bound
                else await sessions.current_manager().bind_identity(account, identity)
            )
    except AccountRefused as error:
        why = str(error)
    said = _("{name} mengenal Anda, tetapi tidak ada akun papan ini untuk Anda. Hubungi pengelola.")
    raise SignInRefused(said.format(name=provider.name), 401, why, account, name)


def _may_sign_in(auth: AuthContext) -> bool:
    """Whether there is anybody to become, and who asks is not somebody already."""
    return not login.is_account(auth.viewer) and sessions.current_manager().has_accounts()


def _unreachable_message(provider: Provider) -> str:
    said = _("{name} sedang tidak dapat dihubungi. Coba lagi sebentar, atau masuk dengan sandi.")
    return said.format(name=provider.name)


def _redirect_uri(auth: AuthContext) -> str:
    """Where the provider sends browsers back to: here, by the name that the board was called."""
    return f"{'https' if auth.request_info.secure else 'http'}://{auth.request_info.host}{OIDC_CALLBACK_PATH}"


def _read_flow(request: Request) -> OidcFlow | None:
    """What this browser keeps of its way to the provider, as long as that may take."""
    visit: AuthContext = request.scope[AUTH_CONTEXT]
    held = read_cookies(request.scope).get(cookie_name(_FLOW_COOKIE, visit.request_info), "")
    try:
        return OidcFlow(**_flow_serializer(visit).loads(held, max_age=_FLOW_LIFETIME_S))
    except (BadData, TypeError):
        return None


def _flow_serializer(auth: AuthContext) -> URLSafeTimedSerializer:
    return auth.config.serializer("oidc")


def _is_equal(one: str, other: str) -> bool:
    return compare_digest(one.encode(), other.encode())


ROUTES = (
    Route(OIDC_PATH, start_flow, methods=["GET"]),
    Route(OIDC_CALLBACK_PATH, handle_callback, methods=["GET"]),
)
