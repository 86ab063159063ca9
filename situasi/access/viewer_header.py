"""The request header by which the auth middleware tells the pages who is viewing."""

import base64
import binascii
import json
from datetime import datetime
from functools import lru_cache
from typing import Any

from situasi.access.roles import ROLES, LinkScope, Viewer

# The auth middleware sets it on every request, and removes any such header from outside.
HEADER_NAME = "x-situasi-viewer"


def encode_viewer(viewer: Viewer) -> str:
    """Return the viewer as the text of the header."""
    payload = {
        "name": viewer.name,
        "role": viewer.role.name,
        "area": list(viewer.area),
        "link": viewer.link and _encode_link(viewer.link),
        "here": viewer.is_local,
    }
    return base64.urlsafe_b64encode(json.dumps(payload).encode()).decode()


@lru_cache(maxsize=1024)  # each script run asks some thirty times
def decode_viewer(header: str | None) -> Viewer | None:
    """Return the viewer of this header; None where anything in it is not valid."""
    try:
        payload = json.loads(base64.urlsafe_b64decode((header or "").encode("ascii")))
        name, role, area, link = (payload[key] for key in ("name", "role", "area", "link"))
        viewer_role, is_local = ROLES[role], payload.get("here", False)
        scope = None if link is None else _decode_link(link)
    except (ValueError, KeyError, TypeError, binascii.Error):
        return None
    is_valid_area = isinstance(area, list) and all(isinstance(code, str) and code for code in area)
    if not (isinstance(name, str) and name and is_valid_area) or (scope and role != "tamu"):
        return None
    if not isinstance(is_local, bool):
        return None
    return Viewer(name, viewer_role, tuple(area), scope, is_local)


def _encode_link(link: LinkScope) -> list[Any]:
    return [link.id, link.page, link.query, link.expires_at.isoformat()]


def _decode_link(payload: list[Any]) -> LinkScope:
    """Return the link scope. Raises ValueError or TypeError for an invalid payload."""
    link_id, page, query, expires_at = payload
    pairs = tuple((name, value) for name, value in query)
    if not all(isinstance(text, str) for pair in ((link_id, page), *pairs) for text in pair):
        raise ValueError
    return LinkScope(link_id, page, pairs, datetime.fromisoformat(expires_at))
