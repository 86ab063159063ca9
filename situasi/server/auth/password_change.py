"""Change one's own password: a page of our own, as those to sign in and out."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from situasi.access import accounts
from situasi.access.accounts import Account, AccountRefused
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain import settings
from situasi.server.auth import known_devices, login, sessions
from situasi.server.auth import markup as auth_markup
from situasi.server.auth.login import PASSWORD, Stopped
from situasi.server.auth.middleware import VISIT, Visit
from situasi.server.auth.throttle import Attempt
from situasi.store.interface import StoreError


async def change(request: Request) -> Response:
    """Show the form, or change the password that was asked for."""
    visit: Visit = request.scope[VISIT]
    i18n.set_language(login.language(request, ""))
    viewer = visit.viewer
    if viewer is None or not visit.key or not login.is_somebody(viewer):
        return RedirectResponse("/", 303)
    account = sessions.current().account(viewer.name)
    if account is None or not login.has_password(viewer):
        return PlainTextResponse(_("Akun ini masuk lewat SSO; sandinya diganti di sana."), 404)
    if request.method != "POST":
        proof = request.query_params.get("sudah", "")
        if login.is_ours(visit, proof, _done(account)):
            return _told(account, proof)
        return _form(visit, account)
    given = await login.filled_in(request)
    if not login.is_ours(visit, given.get("bukti", ""), visit.key):
        return _form(visit, account, _("Formulir ini sudah terlalu lama. Coba sekali lagi."), 403)
    return await _changed(visit, account, given)


async def _changed(visit: Visit, account: Account, given: dict[str, str]) -> Response:
    old, new = given.get("lama", ""), given.get("baru", "")
    device = known_devices.number_for(visit, account.name)
    one = Attempt(account.name, visit.asking.address, device)
    try:
        if new != given.get("ulang", ""):
            raise AccountRefused(_("Sandi baru tidak sama pada kedua isian. Ketik lagi."))
        common = accounts.load_common_passwords(settings.load().vocabulary_folder)
        accounts.check_password(new, account.name, common)
        if not await login.is_right(one, account, old, "account-password"):
            return _form(visit, account, _("Sandi lama tidak cocok."), 401)
        if new == old:
            raise AccountRefused(_("Sandi baru harus lain dari yang lama."))
        changed = await sessions.current().change_password(account, new)
        answer = await login.let_in(visit, changed, _done_at(visit, changed))
    except AccountRefused as refusal:
        return _form(visit, account, str(refusal), 422)
    except Stopped as stopped:
        return _form(visit, account, str(stopped), stopped.status)
    except StoreError:
        said = _("Penyimpanan sedang sibuk. Coba lagi sebentar.")
        return _form(visit, account, said, 503)
    known_devices.remember(answer, visit, account.name)
    return answer


def _done(account: Account) -> str:
    """What the page that tells of the change is shown for: this very account, as it is now."""
    return f"{PASSWORD} {account.name} {account.stamp}"


def _done_at(visit: Visit, account: Account) -> str:
    proof = login.token(visit, _done(account))
    return login.links(PASSWORD, {"sudah": proof})[i18n.current_language()]


def _told(account: Account, proof: str) -> Response:
    """Say that it was changed: who is only led to the board may think that nothing happened."""
    page = auth_markup.password_changed(
        login.kabupaten(),
        i18n.current_language(),
        login.links(PASSWORD, {"sudah": proof}),
        account.name,
    )
    return HTMLResponse(page, headers={"content-security-policy": auth_markup.POLICY})


def _form(visit: Visit, account: Account, why: str = "", status: int = 200) -> Response:
    page = auth_markup.password(
        login.kabupaten(),
        i18n.current_language(),
        login.links(PASSWORD, {}),
        login.token(visit, visit.key),
        account.name,
        accounts.MIN_PASSWORD_LENGTH,
        why[:1].upper() + why[1:],
    )
    return HTMLResponse(page, status, headers={"content-security-policy": auth_markup.POLICY})


ROUTES = (Route(PASSWORD, change, methods=["GET", "POST"]),)
