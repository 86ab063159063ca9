"""Sign-in through an identity provider: the redirect to it, and the callback from it."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from dataclasses import asdict, dataclass
from hmac import compare_digest
from typing import TYPE_CHECKING

from itsdangerous import BadData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from situasi.access.accounts import Account, AccountRefused
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.common.lru_dict import LruDict
from situasi.server.auth import login, sessions
from situasi.server.auth.middleware import AUTH_CONTEXT, OIDC_CALLBACK_PATH, OIDC_PATH, AuthContext
from situasi.server.auth.oidc_protocol import (
    FlowSecrets,
    ProviderUnreachable,
    UntrustedResponse,
    error_code,
)
from situasi.store.model import StoreError

if TYPE_CHECKING:
    from situasi.server.auth.oidc_client import Provider

_FLOW_COOKIE = "situasi-oidc"
_FLOW_LIFETIME_S = 600  # seconds for which somebody may stay at the provider
_MAX_USED_STATES = 10_000
# States already used, as long as their cookie could still be valid.
_used_states: LruDict[str, None] = LruDict(_MAX_USED_STATES)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class OidcFlow(FlowSecrets):
    """One sign-in through the provider, kept in a cookie of the browser that began it."""

    next_path: str
    language: str


class SignInRefused(Exception):
    """A sign-in is refused. message: for the user; the rest goes to the audit log."""

    def __init__(
        self, message: str, status: int, reason: str, account: Account | None = None, name: str = ""
    ) -> None:
        super().__init__(reason)
        self.message, self.status, self.account = message, status, account
        self.audit_detail = {"by": "oidc", "reason": reason}
        if name:
            self.audit_detail["claimed"] = name[:64]


async def start_flow(request: Request) -> Response:
    """Redirect the browser to the provider.

    Another site can cause this GET too, but gains nothing: who comes back is who the provider says,
    in the browser that went. If the browser says that another site asked, it is refused all the
    same.
    """
    auth: AuthContext = request.scope[AUTH_CONTEXT]
    next_path = login.safe_redirect_path(request.query_params.get("ke", "/"))
    language = i18n.set_language(login.requested_language(request, next_path))
    provider = auth.config.provider
    if provider is None or not _may_sign_in(auth):
        return RedirectResponse(next_path, 303)
    if request.headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
        return login.render_form(request, next_path)
    flow = FlowSecrets(*(secrets.token_urlsafe(32) for _part in range(3)))
    try:
        address = await provider.build_authorization_url(flow, _redirect_uri(auth))
    except ProviderUnreachable as error:
        _log.warning("identity provider: %s", error)
        return login.render_form(request, next_path, _unreachable_message(provider), 503)
    response = RedirectResponse(address, 303)
    cookie = auth.config.serializer("oidc").dumps(
        asdict(flow) | {"next_path": next_path, "language": language}
    )
    auth.set_cookie(response, _FLOW_COOKIE, str(cookie), _FLOW_LIFETIME_S)
    return response


async def handle_callback(request: Request) -> Response:
    """Check what the browser brings back from the provider, and sign in or refuse."""
    auth: AuthContext = request.scope[AUTH_CONTEXT]
    flow, provider = _read_flow(request), auth.config.provider
    next_path = login.safe_redirect_path(flow.next_path) if flow else "/"
    i18n.set_language(flow.language if flow else "")
    if provider is None or not _may_sign_in(auth):
        return RedirectResponse(next_path, 303)
    response = await _finish_flow(request, provider, flow, next_path)
    auth.delete_cookie(response, _FLOW_COOKIE)
    return response


async def _finish_flow(
    request: Request, provider: Provider, flow: OidcFlow | None, next_path: str
) -> Response:
    auth: AuthContext = request.scope[AUTH_CONTEXT]
    address = auth.request_info.address
    decision = login.login_throttle.record_address_attempt(address, time.monotonic())
    if decision.blocked:
        if decision.is_first_block:
            login.log_refusal("sign-in-blocked", None, address, by="oidc")
        message = _("Terlalu banyak percobaan. Tunggu 15 menit.")
        return login.render_form(request, next_path, message, 429)
    try:
        account = await _authenticate(request, provider, flow)
        response = await login.start_session(auth, account, next_path)
        login.login_throttle.record_address_success(address)
        return response
    except SignInRefused as refusal:
        login.log_refusal("sign-in-refused", refusal.account, address, **refusal.audit_detail)
        await asyncio.sleep(decision.delay_s)
        return login.render_form(request, next_path, refusal.message, refusal.status)
    except StoreError:
        message = _("Penyimpanan sedang sibuk. Coba lagi sebentar.")
        return login.render_form(request, next_path, message, 503)


async def _authenticate(request: Request, provider: Provider, flow: OidcFlow | None) -> Account:
    """Return the account of who comes back. Raises SignInRefused and StoreError."""
    params = request.query_params
    unfinished = _("Masuk lewat {name} tidak selesai. Coba sekali lagi.").format(name=provider.name)
    state = params.get("state", "").encode()
    if flow is None or not compare_digest(flow.state.encode(), state):
        raise SignInRefused(unfinished, 401, "not begun in this browser")
    if flow.state in _used_states:
        raise SignInRefused(unfinished, 401, "brought a second time")
    _used_states[flow.state] = None
    if "code" not in params:
        raise SignInRefused(unfinished, 401, f"provider: {error_code(params.get('error'))}")
    redirect_uri = _redirect_uri(request.scope[AUTH_CONTEXT])
    try:
        verified = await provider.fetch_identity(flow, redirect_uri, params)
    except ProviderUnreachable as error:
        raise SignInRefused(_unreachable_message(provider), 503, f"unreachable: {error}") from None
    except UntrustedResponse as error:
        raise SignInRefused(unfinished, 401, f"not believed: {error}") from None
    return await _find_or_bind_account(provider, verified.name, verified.identity)


async def _find_or_bind_account(provider: Provider, name: str, identity: str) -> Account:
    """Return the account of this name, bound to this identity. Raises SignInRefused, StoreError.

    The message is the same for no account, a disabled one, and one of somebody else.
    """
    manager = sessions.current_manager()
    account, reason = manager.account(name), manager.refusal_reason(name, identity)
    try:
        if account is not None and not reason:
            is_bound = account.identity == identity
            return account if is_bound else await manager.bind_identity(account, identity)
    except AccountRefused as error:
        reason = str(error)
    message = _(
        "{name} mengenal Anda, tetapi tidak ada akun papan ini untuk Anda. Hubungi pengelola."
    )
    raise SignInRefused(message.format(name=provider.name), 401, reason, account, name)


def _may_sign_in(auth: AuthContext) -> bool:
    """Return whether there are accounts, and the viewer is not signed in to one already."""
    return not login.is_account(auth.viewer) and sessions.current_manager().has_accounts()


def _unreachable_message(provider: Provider) -> str:
    message = _("{name} sedang tidak dapat dihubungi. Coba lagi sebentar, atau masuk dengan sandi.")
    return message.format(name=provider.name)


def _redirect_uri(auth: AuthContext) -> str:
    """Return the callback URL, under the host name of this request."""
    scheme = "https" if auth.request_info.secure else "http"
    return f"{scheme}://{auth.request_info.host}{OIDC_CALLBACK_PATH}"


def _read_flow(request: Request) -> OidcFlow | None:
    """Return the sign-in that this browser began, while it is still valid."""
    auth: AuthContext = request.scope[AUTH_CONTEXT]
    cookie = auth.read_cookie(request, _FLOW_COOKIE)
    try:
        values = auth.config.serializer("oidc").loads(cookie, max_age=_FLOW_LIFETIME_S)
        return OidcFlow(**values)
    except (BadData, TypeError):
        return None


ROUTES = (
    Route(OIDC_PATH, start_flow, methods=["GET"]),
    Route(OIDC_CALLBACK_PATH, handle_callback, methods=["GET"]),
)
