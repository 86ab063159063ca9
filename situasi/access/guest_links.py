"""Shared links for guests: who made one, what it opens, until when; and who came by it.

What a guest holds is the number of the link and a seal over everything that it is bound to.
The store has the link without the seal: nobody can make one from what is stored.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from itsdangerous import Signer

from situasi.access import accounts
from situasi.access.accounts import Account
from situasi.access.roles import ROLES, LinkScope, Viewer
from situasi.domain.register import Register
from situasi.store.interface import Store

RECORD_KIND = "link"
# Below this a guest comes in; what follows is the token.
PATH_PREFIX = "/bagi/"
# Pages that a link may open: what every guest sees.
SHAREABLE_PAGES = tuple(sorted(ROLES["tamu"].screens))
MAX_DURATION = timedelta(days=7)
_MAX_QUERY_LENGTH = 1500  # characters; a browser must still take the address
_MAX_NOTE_LENGTH = 80

# Roles that may end the links of others.
SUPERVISOR_ROLES = frozenset({"pimpinan", "admin"})
STATES = ("berlaku", "berakhir", "dicabut", "tertutup")


class LinkRefused(ValueError):
    """The link cannot be made or revoked so; the message says why."""


@dataclass(frozen=True)
class Link:
    """One link. bound: what it opens. area: the kecamatan of which, empty: all. note: for whom."""

    scope: LinkScope
    area: tuple[str, ...]
    created_by: str
    note: str
    created_at: datetime
    is_revoked: bool = False


@dataclass(frozen=True)
class LinkUsage:
    """How often a link was opened, and when last."""

    count: int
    last_at: datetime


def create(
    store: Store,
    register: Register,
    viewer: Viewer,
    page: str,
    query: Sequence[tuple[str, str]],
    note: str,
    duration: timedelta,
    at: datetime,
) -> Link:
    """A new link to this page with these filters, at most as wide as its maker sees.

    query: names and values as in the address. Raises LinkRefused, StoreError.
    """
    maker = accounts.load_all(store).get(viewer.name)
    if viewer.link is not None or maker is None:
        raise LinkRefused("tautan tamu butuh akun: buat akun lebih dulu (user add), lalu masuk")
    if not timedelta(0) < duration <= MAX_DURATION:
        raise LinkRefused(f"tautan tamu berlaku paling lama {MAX_DURATION.days} hari")
    if sum(len(name) + len(value) for name, value in query) > _MAX_QUERY_LENGTH:
        raise LinkRefused("saringan tampilan ini terlalu panjang untuk satu tautan")
    bound = LinkScope(secrets.token_urlsafe(9), page, tuple(query), at + duration)
    area = _restrict_area(register, viewer, bound.filter_values("kec"))
    link = Link(bound, area, viewer.name, " ".join(note.split())[:_MAX_NOTE_LENGTH], at)
    if not _is_permitted(link, maker):
        raise LinkRefused("halaman ini tidak dapat dibuka untuk tamu oleh akun ini")
    _save(store, link, at, viewer.name, "link-make", store.access_version())
    return link


def _restrict_area(
    register: Register, viewer: Viewer, filtered_codes: Sequence[str]
) -> tuple[str, ...]:
    """The kecamatan whose rows the guest may see: those filtered for, of those of the maker."""
    known = {code for code in filtered_codes if code in register.kecamatan}
    if not known:
        return viewer.area
    reached = known & set(viewer.area) if viewer.area else known
    if not reached:
        raise LinkRefused("saringan ini di luar wilayah Anda")
    return tuple(sorted(reached))


def revoke(store: Store, link_id: str, at: datetime, by: str) -> None:
    """End a link and everything that is open by it. Raises LinkRefused, Overtaken, StoreError."""
    seen = store.access_version()
    link = load_all(store).get(link_id)
    if link is None:
        raise LinkRefused(f'tautan "{link_id}" tidak ada; lihat: link list')
    if not link.is_revoked:
        _save(store, replace(link, is_revoked=True), at, by, "link-revoke", seen)


def may_revoke(link: Link, viewer: Viewer) -> bool:
    """Tell whether this person may know of a link and end it: its maker; of others' links whoever
    oversees all that it shows.
    """
    within = not viewer.area or (bool(link.area) and set(link.area) <= set(viewer.area))
    return link.created_by == viewer.name or (viewer.role.name in SUPERVISOR_ROLES and within)


def revoke_for_viewer(store: Store, link_id: str, at: datetime, viewer: Viewer) -> None:
    """End a link for a person. Raises LinkRefused, also where it is not theirs to end."""
    link = load_all(store).get(link_id)
    if link is None or not may_revoke(link, viewer):
        raise LinkRefused(f'tautan "{link_id}" tidak ada')
    revoke(store, link_id, at, viewer.name)


def load_all(store: Store) -> dict[str, Link | None]:
    """All links by number. None: there is one, but its record cannot be read."""
    return {
        number: _parse_link(number, value)
        for number, value in store.latest_records(RECORD_KIND).items()
    }


def _save(
    store: Store, link: Link, at: datetime, by: str, action: str, expected_version: int
) -> None:
    bound = link.scope
    told = {
        "link": bound.id,
        "page": bound.page,
        "query": [list(pair) for pair in bound.query],
        "area": list(link.area),
        "note": link.note,
        "ends": bound.expires_at.isoformat(),
    }
    value = told | {
        "maker": link.created_by,
        "made": link.created_at.isoformat(),
        "revoked": link.is_revoked,
    }
    store.put_record(
        RECORD_KIND, bound.id, value, at, by, action, told, expected_seq=expected_version
    )


def _parse_link(link_id: str, value: Any) -> Link | None:
    try:
        query = tuple((str(name), str(text)) for name, text in value["query"])
        ends, made = (datetime.fromisoformat(value[name]) for name in ("ends", "made"))
        bound = LinkScope(link_id, value["page"], query, ends.astimezone(UTC))
        told = value["maker"], value["note"], made.astimezone(UTC)
        return Link(bound, tuple(value["area"]), *told, value["revoked"] is not False)
    except (KeyError, TypeError, ValueError):
        return None


def state(link: Link, accounts_by_name: Mapping[str, Account | None], now: datetime) -> str:
    """One of STATES. known: accounts by name. `tertutup`: its maker could not make it now."""
    if link.is_revoked:
        return "dicabut"
    if now >= link.scope.expires_at:
        return "berakhir"
    maker = accounts_by_name.get(link.created_by)
    return "berlaku" if maker is not None and _is_permitted(link, maker) else "tertutup"


def _is_permitted(link: Link, creator: Account) -> bool:
    """Whether this account may show that page of that area to guests."""
    role = ROLES[creator.role]
    narrow = not creator.area or (link.area and set(link.area) <= set(creator.area))
    page = link.scope.page
    return bool(
        creator.enabled
        and role.may("bagikan")
        and role.may_see(page)
        and page in SHAREABLE_PAGES
        and narrow
    )


def build_token(link: Link, secret: str) -> str:
    """What the guest is given: the number and the seal."""
    return f"{link.scope.id}.{_sign(link, secret)}"


def parse_link_id(link_token: str) -> str | None:
    """The number that this token says to have; None for what was never one."""
    number, dot, _seal_given = link_token.partition(".")
    return number if dot and re.fullmatch(r"[\w-]{12}", number, re.ASCII) else None


def verify_token(link_token: str, link: Link, secret: str) -> bool:
    """Whether this token was made from this very link, and nothing of either was changed."""
    return hmac.compare_digest(
        link_token.encode(errors="replace"), build_token(link, secret).encode()
    )


def _sign(link: Link, secret: str) -> str:
    bound = link.scope
    plain = [
        bound.id,
        bound.page,
        bound.query,
        bound.expires_at.isoformat(),
        link.area,
        link.created_by,
    ]
    signer = Signer(secret, salt="link", digest_method=hashlib.sha256)
    return signer.get_signature(json.dumps(plain)).decode()


def load_usage(store: Store) -> dict[str, LinkUsage]:
    """How often each link was opened, by its number."""
    found: dict[str, list[datetime]] = {}
    for value in store.latest_records(accounts.SESSION_KIND).values():
        if isinstance(value, dict) and value.get("link"):
            found.setdefault(str(value["link"]), []).append(
                datetime.fromisoformat(value["begun"]).astimezone(UTC)
            )
    return {number: LinkUsage(len(begun), max(begun)) for number, begun in found.items()}
