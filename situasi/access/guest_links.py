"""Guest links: who created a link, what it opens, until when, and how often it was used.

The token of a guest is the id of the link and a signature over everything it is bound to. The store
has the link without the signature, so nobody can forge a token from what is stored.
"""

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
from situasi.store import Store

RECORD_KIND = "link"
# The path of guests; the token follows.
PATH_PREFIX = "/bagi/"
# Pages that a link may open: those of the guest role.
SHAREABLE_PAGES = tuple(sorted(ROLES["tamu"].screens))
MAX_DURATION = timedelta(days=7)
_MAX_QUERY_LENGTH = 1500  # characters; browsers limit the length of an address
_MAX_NOTE_LENGTH = 80

# Roles that may revoke the links of others.
SUPERVISOR_ROLES = frozenset({"pimpinan", "admin"})


class LinkRefused(ValueError):
    """The link cannot be created or revoked; the message says why."""


@dataclass(frozen=True)
class Link:
    """One link. scope: what it opens. area: its kecamatan, empty: all. note: for whom."""

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
    """Create a link to a page with these filters, at most as wide as its creator sees.

    query: names and values as in the address. Raises LinkRefused, StoreError.
    """
    creator = accounts.load_all(store).get(viewer.name)
    if viewer.link is not None or creator is None:
        raise LinkRefused("tautan tamu butuh akun: buat akun lebih dulu (user add), lalu masuk")
    if not timedelta(0) < duration <= MAX_DURATION:
        raise LinkRefused(f"tautan tamu berlaku paling lama {MAX_DURATION.days} hari")
    if sum(len(name) + len(value) for name, value in query) > _MAX_QUERY_LENGTH:
        raise LinkRefused("saringan tampilan ini terlalu panjang untuk satu tautan")
    link_id = secrets.token_hex(6)  # no sign: a command line takes "-…" for an option
    scope = LinkScope(link_id, page, tuple(query), at + duration)
    area = _restrict_area(register, viewer, scope.filter_values("kec"))
    link = Link(scope, area, viewer.name, " ".join(note.split())[:_MAX_NOTE_LENGTH], at)
    if not _is_permitted(link, creator):
        raise LinkRefused("halaman ini tidak dapat dibuka untuk tamu oleh akun ini")
    _save(store, link, at, viewer.name, "link-make", store.access_version())
    return link


def _restrict_area(
    register: Register, viewer: Viewer, filtered_codes: Sequence[str]
) -> tuple[str, ...]:
    """Return the kecamatan that the guest may see: those filtered for in the creator's area."""
    filtered = {code for code in filtered_codes if code in register.kecamatan}
    if not filtered:
        return viewer.area
    visible = filtered & set(viewer.area) if viewer.area else filtered
    if not visible:
        raise LinkRefused("saringan ini di luar wilayah Anda")
    return tuple(sorted(visible))


def revoke(store: Store, link_id: str, at: datetime, by: str) -> None:
    """Revoke a link and end its sessions. Raises LinkRefused, ConflictError, StoreError."""
    version = store.access_version()
    link = load_all(store).get(link_id)
    if link is None:
        raise LinkRefused(f'tautan "{link_id}" tidak ada; lihat: link list')
    if not link.is_revoked:
        _save(store, replace(link, is_revoked=True), at, by, "link-revoke", version)


def may_revoke(link: Link, viewer: Viewer) -> bool:
    """Return whether they may see and revoke a link: as its creator, or supervisor of its area."""
    covers_area = not viewer.area or (bool(link.area) and set(link.area) <= set(viewer.area))
    return link.created_by == viewer.name or (viewer.role.name in SUPERVISOR_ROLES and covers_area)


def revoke_for_viewer(store: Store, link_id: str, at: datetime, viewer: Viewer) -> None:
    """Revoke a link for a person. Raises LinkRefused, also where they may not revoke it."""
    link = load_all(store).get(link_id)
    if link is None or not may_revoke(link, viewer):
        raise LinkRefused(f'tautan "{link_id}" tidak ada')
    revoke(store, link_id, at, viewer.name)


def load_all(store: Store) -> dict[str, Link | None]:
    """Return all links by id. None: the record of the link cannot be read."""
    return {
        link_id: _parse_link(link_id, value)
        for link_id, value in store.latest_records(RECORD_KIND).items()
    }


def _save(
    store: Store, link: Link, at: datetime, by: str, action: str, expected_version: int
) -> None:
    scope = link.scope
    detail = {
        "link": scope.id,
        "page": scope.page,
        "query": [list(pair) for pair in scope.query],
        "area": list(link.area),
        "note": link.note,
        "ends": scope.expires_at.isoformat(),
    }
    value = detail | {
        "maker": link.created_by,
        "made": link.created_at.isoformat(),
        "revoked": link.is_revoked,
    }
    store.put_record(
        RECORD_KIND, scope.id, value, at, by, action, detail, expected_seq=expected_version
    )


def _parse_link(link_id: str, value: Any) -> Link | None:
    try:
        query = tuple((str(name), str(text)) for name, text in value["query"])
        expires_at, created_at = (datetime.fromisoformat(value[name]) for name in ("ends", "made"))
        scope = LinkScope(link_id, value["page"], query, expires_at.astimezone(UTC))
        origin = value["maker"], value["note"], created_at.astimezone(UTC)
        return Link(scope, tuple(value["area"]), *origin, value["revoked"] is not False)
    except (KeyError, TypeError, ValueError):
        return None


def state(link: Link, accounts_by_name: Mapping[str, Account | None], now: datetime) -> str:
    """Return berlaku, berakhir, dicabut or tertutup: its creator could not create it now."""
    if link.is_revoked:
        return "dicabut"
    if now >= link.scope.expires_at:
        return "berakhir"
    creator = accounts_by_name.get(link.created_by)
    return "berlaku" if creator is not None and _is_permitted(link, creator) else "tertutup"


def _is_permitted(link: Link, creator: Account) -> bool:
    """Return whether this account may show that page of that area to guests."""
    role = ROLES[creator.role]
    is_within_area = not creator.area or (link.area and set(link.area) <= set(creator.area))
    page = link.scope.page
    return bool(
        creator.enabled
        and role.may("bagikan")
        and role.may_see(page)
        and page in SHAREABLE_PAGES
        and is_within_area
    )


def build_token(link: Link, secret: str) -> str:
    """Return the token for the guest: link id and signature."""
    return f"{link.scope.id}.{_sign(link, secret)}"


def parse_link_id(link_token: str) -> str | None:
    """Return the link id in this token; None where it has not the form of a token."""
    link_id, dot, _signature = link_token.partition(".")
    return link_id if dot and re.fullmatch(r"[\w-]{12}", link_id, re.ASCII) else None


def verify_token(link_token: str, link: Link, secret: str) -> bool:
    """Return whether this token was signed for this link and both are unchanged."""
    expected = build_token(link, secret).encode()
    return hmac.compare_digest(link_token.encode(errors="replace"), expected)


def _sign(link: Link, secret: str) -> str:
    scope = link.scope
    expires_at = scope.expires_at.isoformat()
    signed_fields = [scope.id, scope.page, scope.query, expires_at, link.area, link.created_by]
    signer = Signer(secret, salt="link", digest_method=hashlib.sha256)
    return signer.get_signature(json.dumps(signed_fields)).decode()


def load_usage(store: Store) -> dict[str, LinkUsage]:
    """Return how often each link was opened, by its id."""
    times_by_link: dict[str, list[datetime]] = {}
    for value in store.latest_records(accounts.SESSION_KIND).values():
        if isinstance(value, dict) and value.get("link"):
            at = datetime.fromisoformat(value["begun"]).astimezone(UTC)
            times_by_link.setdefault(str(value["link"]), []).append(at)
    return {link_id: LinkUsage(len(times), max(times)) for link_id, times in times_by_link.items()}
