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
from situasi.access.roles import ROLES, Bound, Viewer
from situasi.domain.register import Register
from situasi.store.interface import Store

KIND = "link"
# Below this a guest comes in; what follows is the token.
ADDRESS = "/bagi/"
# Pages that a link may open: what every guest sees.
PAGES = tuple(sorted(ROLES["tamu"].screens))
LONGEST = timedelta(days=7)
_LONGEST_QUERY = 1500  # characters; a browser must still take the address
_LONGEST_NOTE = 80

# Roles that may end the links of others.
OVERSEERS = frozenset({"pimpinan", "admin"})
STATES = ("berlaku", "berakhir", "dicabut", "tertutup")


class LinkRefused(ValueError):
    """The link cannot be made or revoked so; the message says why."""


@dataclass(frozen=True)
class Link:
    """One link. bound: what it opens. area: the kecamatan of which, empty: all. note: for whom."""

    bound: Bound
    area: tuple[str, ...]
    maker: str
    note: str
    made: datetime
    revoked: bool = False


@dataclass(frozen=True)
class Uses:
    """How often a link was opened, and when last."""

    times: int
    last: datetime


def make(
    store: Store,
    register: Register,
    viewer: Viewer,
    page: str,
    query: Sequence[tuple[str, str]],
    note: str,
    lasts: timedelta,
    at: datetime,
) -> Link:
    """A new link to this page with these filters, at most as wide as its maker sees.

    query: names and values as in the address. Raises LinkRefused, StoreError.
    """
    maker = accounts.every(store).get(viewer.name)
    if viewer.link is not None or maker is None:
        raise LinkRefused("tautan tamu butuh akun: buat akun lebih dulu (user add), lalu masuk")
    if not timedelta(0) < lasts <= LONGEST:
        raise LinkRefused(f"tautan tamu berlaku paling lama {LONGEST.days} hari")
    if sum(len(name) + len(value) for name, value in query) > _LONGEST_QUERY:
        raise LinkRefused("saringan tampilan ini terlalu panjang untuk satu tautan")
    bound = Bound(secrets.token_urlsafe(9), page, tuple(query), at + lasts)
    area = _area(register, viewer, bound.values("kec"))
    link = Link(bound, area, viewer.name, " ".join(note.split())[:_LONGEST_NOTE], at)
    if not _may_stand(link, maker):
        raise LinkRefused("halaman ini tidak dapat dibuka untuk tamu oleh akun ini")
    _keep(store, link, at, viewer.name, "link-make", store.access_version())
    return link


def _area(register: Register, viewer: Viewer, chosen: Sequence[str]) -> tuple[str, ...]:
    """The kecamatan whose rows the guest may see: those filtered for, of those of the maker."""
    known = {code for code in chosen if code in register.kecamatan}
    if not known:
        return viewer.area
    reached = known & set(viewer.area) if viewer.area else known
    if not reached:
        raise LinkRefused("saringan ini di luar wilayah Anda")
    return tuple(sorted(reached))


def revoke(store: Store, number: str, at: datetime, by: str) -> None:
    """End a link and everything that is open by it. Raises LinkRefused, Overtaken, StoreError."""
    seen = store.access_version()
    link = every(store).get(number)
    if link is None:
        raise LinkRefused(f'tautan "{number}" tidak ada; lihat: link list')
    if not link.revoked:
        _keep(store, replace(link, revoked=True), at, by, "link-revoke", seen)


def may_revoke(link: Link, viewer: Viewer) -> bool:
    """Tell whether this person may know of a link and end it: its maker; of others' links whoever
    oversees all that it shows.
    """
    within = not viewer.area or (bool(link.area) and set(link.area) <= set(viewer.area))
    return link.maker == viewer.name or (viewer.role.name in OVERSEERS and within)


def revoke_as(store: Store, number: str, at: datetime, viewer: Viewer) -> None:
    """End a link for a person. Raises LinkRefused, also where it is not theirs to end."""
    link = every(store).get(number)
    if link is None or not may_revoke(link, viewer):
        raise LinkRefused(f'tautan "{number}" tidak ada')
    revoke(store, number, at, viewer.name)


def every(store: Store) -> dict[str, Link | None]:
    """All links by number. None: there is one, but its record cannot be read."""
    return {number: _read(number, value) for number, value in store.remembered(KIND).items()}


def _keep(store: Store, link: Link, at: datetime, by: str, action: str, seen: int) -> None:
    bound = link.bound
    told = {
        "link": bound.id,
        "page": bound.page,
        "query": [list(pair) for pair in bound.query],
        "area": list(link.area),
        "note": link.note,
        "ends": bound.ends.isoformat(),
    }
    value = told | {"maker": link.maker, "made": link.made.isoformat(), "revoked": link.revoked}
    store.remember(KIND, bound.id, value, at, by, action, told, expected_seq=seen)


def _read(number: str, value: Any) -> Link | None:
    try:
        query = tuple((str(name), str(text)) for name, text in value["query"])
        ends, made = (datetime.fromisoformat(value[name]) for name in ("ends", "made"))
        bound = Bound(number, value["page"], query, ends.astimezone(UTC))
        told = value["maker"], value["note"], made.astimezone(UTC)
        return Link(bound, tuple(value["area"]), *told, value["revoked"] is not False)
    except (KeyError, TypeError, ValueError):
        return None


def state(link: Link, known: Mapping[str, Account | None], now: datetime) -> str:
    """One of STATES. known: accounts by name. `tertutup`: its maker could not make it now."""
    if link.revoked:
        return "dicabut"
    if now >= link.bound.ends:
        return "berakhir"
    maker = known.get(link.maker)
    return "berlaku" if maker is not None and _may_stand(link, maker) else "tertutup"


def _may_stand(link: Link, maker: Account) -> bool:
    """Whether this account may show that page of that area to guests."""
    role = ROLES[maker.role]
    narrow = not maker.area or (link.area and set(link.area) <= set(maker.area))
    page = link.bound.page
    return bool(
        maker.enabled and role.may("bagikan") and role.sees(page) and page in PAGES and narrow
    )


def token(link: Link, secret: str) -> str:
    """What the guest is given: the number and the seal."""
    return f"{link.bound.id}.{_seal(link, secret)}"


def number_of(given: str) -> str | None:
    """The number that this token says to have; None for what was never one."""
    number, dot, _seal_given = given.partition(".")
    return number if dot and re.fullmatch(r"[\w-]{12}", number, re.ASCII) else None


def fits(given: str, link: Link, secret: str) -> bool:
    """Whether this token was made from this very link, and nothing of either was changed."""
    return hmac.compare_digest(given.encode(errors="replace"), token(link, secret).encode())


def _seal(link: Link, secret: str) -> str:
    bound = link.bound
    plain = [bound.id, bound.page, bound.query, bound.ends.isoformat(), link.area, link.maker]
    signer = Signer(secret, salt="link", digest_method=hashlib.sha256)
    return signer.get_signature(json.dumps(plain)).decode()


def uses(store: Store) -> dict[str, Uses]:
    """How often each link was opened, by its number."""
    found: dict[str, list[datetime]] = {}
    for value in store.remembered(accounts.SESSION).values():
        if isinstance(value, dict) and value.get("link"):
            found.setdefault(str(value["link"]), []).append(
                datetime.fromisoformat(value["begun"]).astimezone(UTC)
            )
    return {number: Uses(len(begun), max(begun)) for number, begun in found.items()}
