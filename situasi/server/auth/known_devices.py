"""Remember in a browser which accounts have signed in there.

It opens nothing. Whoever brings it is counted and waits apart from strangers, so that nobody
who floods the sign-in from elsewhere, or from the same address, keeps them out.
"""

from __future__ import annotations

import secrets

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.responses import Response

from situasi.server.auth.middleware import DEVICE, Visit, cookie_name

_LASTS = 180 * 24 * 3600  # seconds
_MOST = 8  # accounts of one browser


def number_for(visit: Visit, name: str) -> str:
    """The number of this browser, where this account has signed in; else nothing."""
    number, names = _read(visit)
    return number if name in names else ""


def remember(answer: Response, visit: Visit, name: str) -> None:
    """Write down in the browser that this account has signed in."""
    number, names = _read(visit)
    kept = [name, *(one for one in names if one != name)][:_MOST]
    text = str(_sealed(visit).dumps([number or secrets.token_urlsafe(12), kept]))
    answer.set_cookie(
        cookie_name(DEVICE, visit.asking),
        text,
        max_age=_LASTS,
        httponly=True,
        secure=visit.asking.secure,
        samesite="lax",
    )


def _read(visit: Visit) -> tuple[str, list[str]]:
    try:
        number, names = _sealed(visit).loads(visit.device, max_age=_LASTS)
    except (BadData, ValueError, TypeError):
        return "", []
    return str(number), [str(name) for name in names]


def _sealed(visit: Visit) -> URLSafeTimedSerializer:
    return visit.doorway.serializer("device")
