"""A signed cookie that remembers which accounts have signed in in a browser.

It gives no access. Its holder is throttled and queued apart from strangers, so that a flood of
sign-ins from elsewhere, or from the same address, does not keep them out.
"""

import secrets

from itsdangerous import BadData
from starlette.responses import Response

from situasi.server.auth.middleware import DEVICE_COOKIE, AuthContext

_LIFETIME_S = 180 * 24 * 3600  # seconds
_MAX_ACCOUNTS = 8  # accounts of one browser


def device_id_for(auth: AuthContext, name: str) -> str:
    """Return the id of this browser if this account has signed in there, else ""."""
    device_id, names = _read_cookie(auth)
    return device_id if name in names else ""


def remember_account(response: Response, auth: AuthContext, name: str) -> None:
    """Store in the browser that this account has signed in."""
    device_id, names = _read_cookie(auth)
    account_names = [name, *(other for other in names if other != name)][:_MAX_ACCOUNTS]
    serializer = auth.config.serializer("device")
    text = str(serializer.dumps([device_id or secrets.token_urlsafe(12), account_names]))
    auth.set_cookie(response, DEVICE_COOKIE, text, _LIFETIME_S)


def _read_cookie(auth: AuthContext) -> tuple[str, list[str]]:
    try:
        serializer = auth.config.serializer("device")
        device_id, names = serializer.loads(auth.device_cookie, max_age=_LIFETIME_S)
    except (BadData, ValueError, TypeError):
        return "", []
    return str(device_id), [str(name) for name in names]
