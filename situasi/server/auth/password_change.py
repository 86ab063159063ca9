"""Change of one's own password: a plain HTML page, like sign-in and sign-out."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from situasi.access import accounts
from situasi.access.accounts import Account, AccountRefused
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain import settings
from situasi.server.auth import known_devices, login, pages, sessions
from situasi.server.auth.login import PASSWORD_PATH, PasswordCheckRefused
from situasi.server.auth.middleware import AUTH_CONTEXT, AuthContext
from situasi.server.auth.throttle import Attempt
from situasi.store.model import StoreError


async def change_password(request: Request) -> Response:
    """Show the form, or change the password as submitted."""
    auth: AuthContext = request.scope[AUTH_CONTEXT]
    i18n.set_language(login.requested_language(request, ""))
    viewer = auth.viewer
    if viewer is None or not auth.session_key or not login.is_account(viewer):
        return RedirectResponse("/", 303)
    account = sessions.current_manager().account(viewer.name)
    if account is None or not login.has_password(viewer):
        return PlainTextResponse(_("Akun ini masuk lewat SSO; sandinya diganti di sana."), 404)
    if request.method != "POST":
        proof = request.query_params.get("sudah", "")
        if login.is_valid_form_token(auth, proof, _done_token_subject(account)):
            return _render_done(account, proof)
        return _render_form(auth, account)
    form_data = await login.read_form(request)
    if not login.is_valid_form_token(auth, form_data.get("bukti", ""), auth.session_key):
        message = _("Formulir ini sudah terlalu lama. Coba sekali lagi.")
        return _render_form(auth, account, message, 403)
    return await _apply_change(auth, account, form_data)


async def _apply_change(auth: AuthContext, account: Account, form_data: dict[str, str]) -> Response:
    old, new = form_data.get("lama", ""), form_data.get("baru", "")
    device = known_devices.device_id_for(auth, account.name)
    attempt = Attempt(account.name, auth.request_info.address, device)
    try:
        if new != form_data.get("ulang", ""):
            raise AccountRefused(_("Sandi baru tidak sama pada kedua isian. Ketik lagi."))
        common = accounts.load_common_passwords(settings.load().vocabulary_folder)
        accounts.check_password(new, account.name, common)
        if not await login.verify_password(attempt, account, old, "account-password"):
            return _render_form(auth, account, _("Sandi lama tidak cocok."), 401)
        if new == old:
            raise AccountRefused(_("Sandi baru harus lain dari yang lama."))
        changed_account = await sessions.current_manager().change_password(account, new)
        done_url = _done_url(auth, changed_account)
        response = await login.start_session(auth, changed_account, done_url)
    except AccountRefused as refusal:
        return _render_form(auth, account, str(refusal), 422)
    except PasswordCheckRefused as refused:
        return _render_form(auth, account, str(refused), refused.status)
    except StoreError:
        message = _("Penyimpanan sedang sibuk. Coba lagi sebentar.")
        return _render_form(auth, account, message, 503)
    known_devices.remember_account(response, auth, account.name)
    return response


def _done_token_subject(account: Account) -> str:
    """Return the subject of the confirmation page: this account with its new password."""
    return f"{PASSWORD_PATH} {account.name} {account.stamp}"


def _done_url(auth: AuthContext, account: Account) -> str:
    proof = login.sign_form_token(auth, _done_token_subject(account))
    return login.language_links(PASSWORD_PATH, {"sudah": proof})[i18n.current_language()]


def _render_done(account: Account, proof: str) -> Response:
    """Confirm the change; a bare redirect would look as if nothing had happened."""
    links = login.language_links(PASSWORD_PATH, {"sudah": proof})
    return pages.build_page_response("password_changed.html", links, name=account.name)


def _render_form(
    auth: AuthContext, account: Account, error: str = "", status: int = 200
) -> Response:
    return pages.build_page_response(
        "password.html",
        login.language_links(PASSWORD_PATH, {}),
        status,
        token=login.sign_form_token(auth, auth.session_key),
        name=account.name,
        min_length=accounts.MIN_PASSWORD_LENGTH,
        error=error[:1].upper() + error[1:],
    )


ROUTES = (Route(PASSWORD_PATH, change_password, methods=["GET", "POST"]),)
