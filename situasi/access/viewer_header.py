"""How the gate tells the screens who looks: one header that nobody outside can write."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from functools import lru_cache
from typing import Any

from situasi.access.roles import ROLES, LinkScope, Viewer

# In the scope of every request that passed the gate; what comes from outside is removed there.
HEADER_NAME = "x-situasi-viewer"


def encode_viewer(viewer: Viewer) -> str:
    """The viewer as the text of the header."""
    plain = {
        "name": viewer.name,
        "role": viewer.role.name,
        "area": list(viewer.area),
        "link": viewer.link and _encode_link(viewer.link),
        "here": viewer.is_local,
    }
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode()


@lru_cache(maxsize=1024)  # each run asks some thirty times
def decode_viewer(header: str | None) -> Viewer | None:
    """The viewer of this header; None, and so nobody, where anything about it is not right."""
    try:
        plain = json.loads(base64.urlsafe_b64decode((header or "").encode("ascii")))
        name, role, area, link = (plain[key] for key in ("name", "role", "area", "link"))
        known, here = ROLES[role], plain.get("here", False)
        bound = None if link is None else _decode_link(link)
    except (ValueError, KeyError, TypeError, binascii.Error):
        return None
    codes = isinstance(area, list) and all(isinstance(code, str) and code for code in area)
    if not (isinstance(name, str) and name and codes) or (bound and role != "tamu"):
        return None
    return Viewer(name, known, tuple(area), bound, here) if isinstance(here, bool) else None


def _encode_link(link: LinkScope) -> list[Any]:
    return [link.id, link.page, link.query, link.expires_at.isoformat()]


def _decode_link(plain: list[Any]) -> LinkScope:
    """Raises ValueError or TypeError for anything else than `_link_written` gave."""
    number, page, query, ends = plain
    pairs = tuple((name, value) for name, value in query)
    if not all(isinstance(text, str) for pair in ((number, page), *pairs) for text in pair):
        raise ValueError
    return LinkScope(number, page, pairs, datetime.fromisoformat(ends))
