"""Remember in a browser which accounts have signed in there.

It opens nothing. Whoever brings it is counted and waits apart from strangers, so that nobody
who floods the sign-in from elsewhere, or from the same address, keeps them out.
"""

from __future__ import annotations

import secrets

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.responses import Response

from situasi.server.auth.middleware import DEVICE_COOKIE, AuthContext, cookie_name

_LIFETIME_S = 180 * 24 * 3600  # seconds
_MAX_ACCOUNTS = 8  # accounts of one browser


def device_id_for(auth: AuthContext, name: str) -> str:
    """The number of this browser, where this account has signed in; else nothing."""
    number, names = _read_cookie(auth)
    return number if name in names else ""


def remember_account(response: Response, auth: AuthContext, name: str) -> None:
    """Write down in the browser that this account has signed in."""
    number, names = _read_cookie(auth)
    kept = [name, *(one for one in names if one != name)][:_MAX_ACCOUNTS]
    text = str(_device_serializer(auth).dumps([number or secrets.token_urlsafe(12), kept]))
    response.set_cookie(
        cookie_name(DEVICE_COOKIE, auth.request_info),
        text,
        max_age=_LIFETIME_S,
        httponly=True,
        secure=auth.request_info.secure,
        samesite="lax",
    )


def _read_cookie(auth: AuthContext) -> tuple[str, list[str]]:
    try:
        number, names = _device_serializer(auth).loads(auth.device_cookie, max_age=_LIFETIME_S)
    except (BadData, ValueError, TypeError):
        return "", []
    return str(number), [str(name) for name in names]


def _device_serializer(auth: AuthContext) -> URLSafeTimedSerializer:
    return auth.config.serializer("device")
