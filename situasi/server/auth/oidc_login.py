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
from situasi.server.auth.middleware import OIDC, OIDC_BACK, VISIT, Visit, cookie_name, cookies
from situasi.server.auth.oidc_protocol import Secrets, Unreachable, Untrusted, code_of
from situasi.store.interface import StoreError

if TYPE_CHECKING:
    from situasi.server.auth.oidc_client import Provider

_JOURNEY = "situasi-oidc"
_JOURNEY_ENDS = 600  # seconds that somebody may stay at the provider
_MOST_SPENT = 10_000
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Journey:
    """One way to the provider and back, kept by the browser that went."""

    state: str
    nonce: str
    verifier: str
    onward: str
    language: str

    @property
    def secrets(self) -> Secrets:
        return Secrets(self.state, self.nonce, self.verifier)


class Refused(Exception):
    """Nobody is let in. said: to them; reason, account and claimed name: to the trail."""

    def __init__(
        self, said: str, status: int, reason: str, account: Account | None = None, name: str = ""
    ) -> None:
        super().__init__(reason)
        self.said, self.status, self.account = said, status, account
        self.told = {"by": "oidc", "reason": reason, **({"claimed": name[:64]} if name else {})}


class Once:
    """What counts once, for as long as it could be brought again."""

    def __init__(self) -> None:
        self._spent: OrderedDict[str, None] = OrderedDict()

    def spend(self, word: str) -> bool:
        """Whether this was the first time."""
        if word in self._spent:
            return False
        self._spent[word] = None
        while len(self._spent) > _MOST_SPENT:
            self._spent.popitem(last=False)
        return True


_states = Once()


async def begin(request: Request) -> Response:
    """Send the browser to the provider.

    By GET, which another site can bring about too: that gains it nothing, as whoever comes back
    is who they themselves are at the provider, and comes back to the browser that went. Where
    the browser says so, it is refused all the same.
    """
    visit: Visit = request.scope[VISIT]
    onward = login.own_path(request.query_params.get("ke", "/"))
    spoken = i18n.set_language(login.language(request, onward))
    provider = visit.doorway.provider
    if provider is None or not _may_begin(visit):
        return RedirectResponse(onward, 303)
    if request.headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
        return login.form(request, onward)
    held = Secrets(*(secrets.token_urlsafe(32) for _part in range(3)))
    try:
        address = await provider.way(held, _back(visit))
    except Unreachable as error:
        _log.warning("identity provider: %s", error)
        return login.form(request, onward, _silent(provider), 503)
    answer = RedirectResponse(address, 303)
    kept = _journeys(visit).dumps(asdict(held) | {"onward": onward, "language": spoken})
    login.give(answer, visit, _JOURNEY, str(kept), _JOURNEY_ENDS)
    return answer


async def come_back(request: Request) -> Response:
    """Look at what the browser brings from the provider, and let in or refuse."""
    visit: Visit = request.scope[VISIT]
    journey, provider = _journey(request), visit.doorway.provider
    onward = login.own_path(journey.onward) if journey else "/"
    i18n.set_language(journey.language if journey else "")
    if provider is None or not _may_begin(visit):
        return RedirectResponse(onward, 303)
    answer = await _judged(request, provider, journey, onward)
    login.take(answer, visit, _JOURNEY)
    return answer


async def _judged(
    request: Request, provider: Provider, journey: Journey | None, onward: str
) -> Response:
    visit: Visit = request.scope[VISIT]
    address = visit.asking.address
    verdict = login.attempts.attempt_from(address, time.monotonic())
    if verdict.blocked:
        if verdict.first:
            login.report("sign-in-blocked", None, address, by="oidc")
        said = _("Terlalu banyak percobaan. Tunggu 15 menit.")
        return login.form(request, onward, said, 429)
    try:
        account = await _admitted(request, provider, journey)
        answer = await login.let_in(visit, account, onward)
        login.attempts.succeeded_from(address)
        return answer
    except Refused as refusal:
        login.report("sign-in-refused", refusal.account, address, **refusal.told)
        await asyncio.sleep(verdict.hold)
        return login.form(request, onward, refusal.said, refusal.status)
    except StoreError:
        said = _("Penyimpanan sedang sibuk. Coba lagi sebentar.")
        return login.form(request, onward, said, 503)


async def _admitted(request: Request, provider: Provider, journey: Journey | None) -> Account:
    """The account of whoever comes back. Raises Refused, StoreError."""
    brought = request.query_params
    unfinished = _("Masuk lewat {name} tidak selesai. Coba sekali lagi.").format(name=provider.name)
    if journey is None or not _is_same(journey.state, brought.get("state", "")):
        raise Refused(unfinished, 401, "not begun in this browser")
    if not _states.spend(journey.state):
        raise Refused(unfinished, 401, "brought a second time")
    if "code" not in brought:
        raise Refused(unfinished, 401, f"provider: {code_of(brought.get('error'))}")
    back = _back(request.scope[VISIT])
    try:
        proven = await provider.proven(journey.secrets, back, brought)
    except Unreachable as error:
        raise Refused(_silent(provider), 503, f"unreachable: {error}") from None
    except Untrusted as error:
        raise Refused(unfinished, 401, f"not believed: {error}") from None
    return await _account(provider, proven.name, proven.identity)


async def _account(provider: Provider, name: str, identity: str) -> Account:
    """The account of this name, where it is theirs, or waits for them. Raises Refused, StoreError.

    The same words for whoever has none, a closed one, or the name of somebody else.
    """
    account, why = sessions.current().account(name), sessions.current().refusal(name, identity)
    try:
        if account is not None and not why:
            bound = account.identity == identity
            return account if bound else await sessions.current().bind(account, identity)
    except AccountRefused as error:
        why = str(error)
    said = _("{name} mengenal Anda, tetapi tidak ada akun papan ini untuk Anda. Hubungi pengelola.")
    raise Refused(said.format(name=provider.name), 401, why, account, name)


def _may_begin(visit: Visit) -> bool:
    """Whether there is anybody to become, and who asks is not somebody already."""
    return not login.is_somebody(visit.viewer) and sessions.current().has_accounts()


def _silent(provider: Provider) -> str:
    said = _("{name} sedang tidak dapat dihubungi. Coba lagi sebentar, atau masuk dengan sandi.")
    return said.format(name=provider.name)


def _back(visit: Visit) -> str:
    """Where the provider sends browsers back to: here, by the name that the board was called."""
    return f"{'https' if visit.asking.secure else 'http'}://{visit.asking.host}{OIDC_BACK}"


def _journey(request: Request) -> Journey | None:
    """What this browser keeps of its way to the provider, as long as that may take."""
    visit: Visit = request.scope[VISIT]
    held = cookies(request.scope).get(cookie_name(_JOURNEY, visit.asking), "")
    try:
        return Journey(**_journeys(visit).loads(held, max_age=_JOURNEY_ENDS))
    except (BadData, TypeError):
        return None


def _journeys(visit: Visit) -> URLSafeTimedSerializer:
    return visit.doorway.serializer("oidc")


def _is_same(one: str, other: str) -> bool:
    return compare_digest(one.encode(), other.encode())


ROUTES = (
    Route(OIDC, begin, methods=["GET"]),
    Route(OIDC_BACK, come_back, methods=["GET"]),
)
