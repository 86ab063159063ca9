"""Shared links: sealed, never wider than their maker, and closed with them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.access import accounts, guest_links
from situasi.access.guest_links import Link, LinkRefused
from situasi.access.roles import ROLES, LinkScope, Viewer
from situasi.board import Board
from situasi.domain.register import Register
from tests.conftest import NOON

SECRET = "rahasia yang panjangnya lebih dari tiga puluh dua tanda"
HOUR = timedelta(hours=1)
KECAMATAN = ("16.10.04", "16.10.05", "16.10.13")
LINK = Link(
    LinkScope(
        "abcdefghijkl", "kejadian", (("kec", "16.10.05"), ("tingkat", "tinggi")), NOON + HOUR
    ),
    ("16.10.05",),
    "wati",
    "ketua KPU",
    NOON,
)


def wati(role: str = "analis", *area: str) -> Viewer:
    return Viewer("wati", ROLES[role], area)


@pytest.fixture
def house(board: Board) -> Board:
    accounts.add(board.store, "wati", "analis", (), "kuda merah lari", NOON, "test")
    return board


def made(
    house: Board,
    query: tuple[tuple[str, str], ...] = (),
    viewer: Viewer | None = None,
    page: str = "kejadian",
    lasts: timedelta = HOUR,
    note: str = "",
) -> Link:
    viewer = viewer or wati()
    return guest_links.create(house.store, house.register, viewer, page, query, note, lasts, NOON)


def state(house: Board, link: Link, later: timedelta = timedelta(0)) -> str:
    stored = guest_links.load_all(house.store)[link.scope.id]
    assert stored is not None
    return guest_links.state(stored, accounts.load_all(house.store), NOON + later)


def test_a_link_is_read_as_it_was_made(house: Board) -> None:
    link = made(house, (("kec", "16.10.05"), ("rentang", "semua")), note=" ketua \n KPU ")
    assert guest_links.load_all(house.store) == {link.scope.id: link}
    assert (link.area, link.note, link.created_by) == (("16.10.05",), "ketua KPU", "wati")
    assert link.scope.filter_values("rentang") == ["semua"]
    assert state(house, link) == "berlaku"


def test_a_token_opens_its_own_link_and_names_it() -> None:
    token = guest_links.build_token(LINK, SECRET)
    assert guest_links.parse_link_id(token) == LINK.scope.id
    assert guest_links.verify_token(token, LINK, SECRET)
    assert not guest_links.verify_token(token, LINK, SECRET + "!")


@pytest.mark.parametrize(
    "other",
    [replace(LINK, area=()), replace(LINK, area=("16.10.05", "16.10.04")),
     replace(LINK, created_by="kapolres"),
     *(replace(LINK, scope=replace(LINK.scope, **change)) for change in (
        {"page": "situasi"}, {"query": ()}, {"query": LINK.scope.query[:1]},
        {"expires_at": NOON + 2 * HOUR}, {"id": "abcdefghijkm"}))],
)  # fmt: skip
def test_whatever_is_bound_cannot_be_changed_under_the_seal(other: Link) -> None:
    assert not guest_links.verify_token(guest_links.build_token(LINK, SECRET), other, SECRET)


@given(st.text() | st.binary().map(lambda raw: raw.decode("utf-8", "surrogateescape")))
def test_any_other_text_opens_nothing(text: str) -> None:
    guest_links.parse_link_id(text)
    assert not guest_links.verify_token(text, LINK, SECRET)
    assert not guest_links.verify_token(f"{LINK.scope.id}.{text}", LINK, SECRET)


@given(st.sets(st.sampled_from(KECAMATAN)), st.sets(st.sampled_from((*KECAMATAN, "99.99.99", ""))))
def test_a_link_shows_what_is_filtered_for_and_never_more_than_its_maker_sees(
    register: Register, own: set[str], chosen: set[str]
) -> None:
    viewer = wati("analis", *sorted(own))
    whole = set(register.kecamatan)
    sees = own or whole
    wanted = chosen & whole or whole
    try:
        found = set(guest_links._restrict_area(register, viewer, sorted(chosen))) or whole
    except LinkRefused:
        assert not sees & wanted
    else:
        assert found == sees & wanted


def test_a_link_ends_by_itself_and_by_revoking(house: Board) -> None:
    link = made(house)
    assert state(house, link, HOUR - timedelta(seconds=1)) == "berlaku"
    assert state(house, link, HOUR) == "berakhir"
    guest_links.revoke(house.store, link.scope.id, NOON, "kapolres")
    seen = house.store.access_version()
    guest_links.revoke(house.store, link.scope.id, NOON, "kapolres")  # twice says nothing new
    assert house.store.access_version() == seen
    assert state(house, link) == "dicabut"
    told = house.store.audit_entries()[["action", "actor"]].to_numpy().tolist()
    assert told[1:] == [["link-make", "wati"], ["link-revoke", "kapolres"]]


def test_whoever_oversees_ends_the_links_of_others_within_their_area_only(house: Board) -> None:
    pemulutan, indralaya = "16.10.05", "16.10.04"
    whole = made(house)
    here = replace(whole, area=(pemulutan,), created_by="budi")
    ends = {
        (name, area, link.area)
        for name in ROLES
        for area in ((), (pemulutan,), (indralaya,))
        for link in (whole, here)
        if guest_links.may_revoke(link, Viewer("lain", ROLES[name], area))
    }
    assert ends == {
        (name, area, link)
        for name in ("pimpinan", "admin")
        for area, link in (((), ()), ((), (pemulutan,)), ((pemulutan,), (pemulutan,)))
    }
    assert guest_links.may_revoke(whole, Viewer(whole.created_by, ROLES["analis"], (indralaya,)))
    with pytest.raises(LinkRefused):
        guest_links.revoke_for_viewer(
            house.store, whole.scope.id, NOON, Viewer("adi", ROLES["admin"], (pemulutan,))
        )
    assert state(house, whole) == "berlaku"


@pytest.mark.parametrize(
    "change",
    [{"enabled": False}, {"role": "operator"}, {"role": "propam"}, {"area": ("16.10.04",)}],
    ids=str,
)
def test_a_link_closes_with_what_its_maker_may_do(house: Board, change: dict[str, object]) -> None:
    link = made(house, (("kec", "16.10.05"),))
    accounts.change(house.store, "wati", "account-change", NOON, "test", **change)
    assert state(house, link) == "tertutup"


def test_a_link_of_a_narrowed_maker_stands_where_it_stays_within(house: Board) -> None:
    narrow, wide = made(house, (("kec", "16.10.05"),)), made(house)
    area = ("16.10.05", "16.10.13")
    accounts.change(house.store, "wati", "account-change", NOON, "test", area=area)
    assert (state(house, narrow), state(house, wide)) == ("berlaku", "tertutup")


def test_nobody_else_makes_one_and_no_other_page_is_opened(house: Board) -> None:
    guest = Viewer("wati", ROLES["tamu"], (), LINK.scope)
    for viewer in (guest, Viewer("nobody", ROLES["pimpinan"]), Viewer("pimpinan", ROLES["admin"])):
        with pytest.raises(LinkRefused, match="akun"):
            made(house, viewer=viewer)
    for page in ("netralitas", "personel", "masukan", "lapor", "tautan", "nothing"):
        with pytest.raises(LinkRefused, match="tidak dapat dibuka"):
            made(house, page=page)
    for lasts in (timedelta(0), -HOUR, guest_links.MAX_DURATION + HOUR):
        with pytest.raises(LinkRefused, match="hari"):
            made(house, lasts=lasts)
    with pytest.raises(LinkRefused, match="panjang"):
        made(house, (("kec", "x" * 1600),))
    accounts.change(house.store, "wati", "account-change", NOON, "test", role="operator")
    with pytest.raises(LinkRefused):
        made(house)  # by the page of an analyst who is none any more
    assert guest_links.load_all(house.store) == {}


def test_a_record_that_cannot_be_read_opens_nothing_and_stops_nothing(house: Board) -> None:
    link = made(house)
    for number, value in enumerate([None, {}, [], {"query": [["a"]], "ends": 3}, "x"]):
        house.store.put_record(guest_links.RECORD_KIND, f"broken{number}", value, NOON, "test")
    found = guest_links.load_all(house.store)
    assert len(found) == 6
    assert [one for one in found.values() if one] == [link]
    with pytest.raises(LinkRefused, match="tidak ada"):
        guest_links.revoke(house.store, "broken1", NOON, "test")


def test_every_opening_counts(house: Board) -> None:
    begun = [NOON, NOON + HOUR]
    for number, at in enumerate(begun):
        value = {"link": "abc", "account": "tamu abc", "begun": at.isoformat()}
        house.store.put_record(accounts.SESSION_KIND, str(number), value, NOON, "test")
    other = {"account": "wati", "begun": NOON.isoformat()}
    house.store.put_record(accounts.SESSION_KIND, "x", other, NOON, "test")
    assert guest_links.load_usage(house.store) == {"abc": guest_links.LinkUsage(2, NOON + HOUR)}
