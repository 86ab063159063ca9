"""A signed cookie that remembers which accounts have signed in in a browser.

It gives no access. Its holder is throttled and queued apart from strangers, so that a flood of
sign-ins from elsewhere, or from the same address, does not keep them out.
"""

from __future__ import annotations

import secrets

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.responses import Response

from situasi.server.auth.middleware import DEVICE_COOKIE, AuthContext, cookie_name

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
    text = str(
        _device_serializer(auth).dumps([device_id or secrets.token_urlsafe(12), account_names])
    )
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
        device_id, names = _device_serializer(auth).loads(auth.device_cookie, max_age=_LIFETIME_S)
    except (BadData, ValueError, TypeError):
        return "", []
    return str(device_id), [str(name) for name in names]


def _device_serializer(auth: AuthContext) -> URLSafeTimedSerializer:
    return auth.config.serializer("device")
