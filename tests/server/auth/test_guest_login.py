"""Guests at a live server: what a shared link opens, and what it does not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import cycle
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from situasi.access import accounts, guest_links
from situasi.access.guest_links import Link
from situasi.access.roles import LIGHT_SCREENS, ROLES, SCREENS, LinkScope, Viewer
from situasi.domain.register import Register
from situasi.server.auth import guest_login, pages
from situasi.server.auth.middleware import AUTH_CONTEXT
from situasi.server.auth.websocket import CLOSE_SESSION_ENDED
from tests.browser.serving import Server, until
from tests.conftest import NOON
from tests.server.doors import (
    SECRET,
    Knocker,
    change,
    closing,
    drawn,
    run,
    served_with,
    store_of,
    trail,
)

pytestmark = pytest.mark.xdist_group(__name__)

QUERY = (("kec", "16.10.05"), ("rentang", "semua"))
OURS, THEIRS = "Kotak Pemulutan basah", "Tenda roboh"
PAGE = "/layar?kec=16.10.05&rentang=semua&tampilan=kejadian&tema=terang"
LIGHT = "/layar?kec=16.10.05&rentang=semua&tema=terang"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    known = ("wati", "analis"), ("rina", "pimpinan"), ("budi", "analis")
    served = served_with(tmp_path_factory.mktemp("tautan"), *known)
    yield served
    served.stop()


@pytest.fixture
def make(server: Server, register: Register) -> Maker:
    return Maker(server, register)


class Maker:
    """Makes links as a page does, and revokes them."""

    def __init__(self, server: Server, register: Register) -> None:
        self._server, self._register = server, register

    def __call__(
        self,
        lasts: timedelta = timedelta(hours=1),
        maker: str = "wati",
        page: str = "kejadian",
        query: Sequence[tuple[str, str]] = QUERY,
    ) -> Link:
        store, viewer = store_of(self._server), Viewer(maker, ROLES["analis"])
        link = guest_links.create(
            store, self._register, viewer, page, query, "", lasts, datetime.now(UTC)
        )  # fmt: skip
        store.close()
        return link

    def revoke(self, link: Link) -> None:
        store = store_of(self._server)
        guest_links.revoke(store, link.scope.id, datetime.now(UTC), "wati")
        store.close()


def address(link: Link, secret: str = SECRET) -> str:
    return guest_links.PATH_PREFIX + guest_links.build_token(link, secret)


def told(server: Server, action: str, number: str) -> list[str]:
    return [actor for name, actor, detail in trail(server)
            if name == action and detail.get("link") == number]  # fmt: skip


def test_a_guest_opens_the_page_of_the_link_and_the_trail_says_from_where(
    server: Server, make: Maker
) -> None:
    link, guest = make(), Knocker(server)
    answer = guest.page(address(link))
    assert (answer.status, answer.to) == (303, PAGE)
    assert "httponly" in str(answer.headers["set-cookie"]).lower()
    assert guest.page(PAGE).status == 200
    with guest.talk() as socket:
        run(socket)
    number = link.scope.id
    assert told(server, "link-open", number) == [f"tamu {number}"]
    detail = next(d for a, _, d in trail(server) if a == "link-open" and d["link"] == number)
    assert detail["address"] == "127.0.0.1"


def test_the_same_browser_again_is_not_another_visit(server: Server, make: Maker) -> None:
    link, guest = make(), Knocker(server)
    for _ in range(3):
        assert guest.page(address(link)).to == PAGE
    assert guest.ask(address(link), "HEAD").status == 303
    assert Knocker(server).ask(address(link), "HEAD").headers["set-cookie"] is None
    assert len(told(server, "link-open", link.scope.id)) == 1


def test_a_guest_has_no_figures_of_the_api_and_brings_no_file(server: Server, make: Maker) -> None:
    link, guest = make(), Knocker(server)
    guest.page(address(link))
    for path in ("/api/v1/situation", "/api/v1/incidents", "/api/v1/neutrality"):
        assert guest.ask(path).status == 403
    with guest.talk() as socket:
        script = run(socket)
        answer = guest.ask(f"/_stcore/upload_file/{script}/x", "PUT", b"x")
    assert answer.status == 403
    wati = Knocker(server)
    wati.sign_in("wati")
    for person in (guest, wati):
        assert person.ask("/metrics").status in {401, 403}
        assert person.ask("/_stcore/metrics").status == 404


def said(who: Knocker, page: str, query: str = "") -> str:
    with who.talk() as socket:
        return "".join(map(str, drawn(socket, page, query)))


def test_a_guest_reads_of_no_pair_that_the_link_leaves_half_out_and_of_no_quarantine(
    server: Server, make: Maker
) -> None:
    told = "Pohon besar tumbang menutup jalan desa Pelabuhan Dalam dekat jembatan"
    server.deliver(
        "kembar.csv",
        "id,waktu,kode_kecamatan,jenis,tingkat,uraian\n"
        f"Z-1,2024-11-27 09:00,16.10.05,bencana,rendah,{told}\n"
        f"Z-2,2024-11-27 09:05,16.10.05,bencana,tinggi,{told} lama\n"
        "Z-3,kapan-kapan,16.10.05,bencana,tinggi,rusak\n",
    )
    wati = Knocker(server)
    wati.sign_in("wati")
    query = "kec=16.10.05&rentang=semua&tingkat=rendah"
    assert f"{told} lama" in said(wati, "kejadian", query)
    assert "1 baris karantina" in said(wati, "situasi")
    guest = Knocker(server)
    guest.page(address(make(query=(*QUERY, ("tingkat", "rendah")))))
    text = said(guest, "kejadian")
    assert told in text and f"{told} lama" not in text
    guest.page(address(make(page="situasi")))
    assert "karantina" not in said(guest, "situasi")


def test_messages_that_no_page_needs_reach_nothing(server: Server, make: Maker) -> None:
    guest = Knocker(server)
    guest.page(address(make()))
    with guest.talk() as socket:
        run(socket)
        for kind in ("load_git_info", "clear_cache", "debug_shutdown_runtime", "set_run_on_save"):
            for _ in range(300):
                socket.send(BackMsg(**{kind: True}).SerializeToString())
        kinds = {heard.WhichOneof("type") for heard in drawn(socket, "kejadian")}
    assert "git_info_changed" not in kinds
    assert guest.page(PAGE).status == 200


def test_one_session_opens_only_so_many_pages(server: Server, make: Maker) -> None:
    guest = Knocker(server)
    guest.page(address(make()))
    with ExitStack() as stack:
        for _ in range(40):
            stack.enter_context(guest.talk())
        assert guest.refused() == 403
    until(lambda: guest.refused() == 101, "what was closed still counts")


def test_a_session_of_a_guest_ends_when_they_become_somebody(server: Server, make: Maker) -> None:
    guest = Knocker(server)
    guest.page(address(make()))
    before = Knocker(server, jar=dict(guest.jar))
    assert guest.sign_in("rina").status == 303
    assert before.page(PAGE).status == 303
    assert guest.page(PAGE).status == 200


def test_whatever_a_guest_asks_over_the_websocket_only_the_link_is_drawn(
    server: Server, make: Maker
) -> None:
    server.deliver(
        "dua.csv",
        "id,waktu,kode_kecamatan,jenis,tingkat,uraian\n"
        f"K-1,2024-11-27 08:00,16.10.05,logistik,rendah,{OURS}\n"
        f"K-2,2024-11-27 08:00,16.10.04,bencana,tinggi,{THEIRS}\n",
    )
    link, guest = make(), Knocker(server)
    guest.page(address(link))
    queries = ("", "kec=16.10.04", "kec=16.10.04&rentang=semua&tingkat=tinggi")
    # Every page by one of them, and the page of the link by each.
    asked = [*zip(SCREENS, cycle(queries), strict=False), *(("kejadian", one) for one in queries)]
    for page, query in asked:
        with guest.talk() as socket:
            said = "".join(map(str, drawn(socket, page, query)))
        assert OURS in said, (page, query)
        assert THEIRS not in said and "Indralaya" not in said, (page, query)


def test_revoked_it_closes_what_is_open_and_opens_nothing_again(
    server: Server, make: Maker
) -> None:
    link, guest = make(), Knocker(server)
    guest.page(address(link))
    with guest.talk() as socket:
        run(socket)
        make.revoke(link)
        code, heard = closing(socket)
    assert code == CLOSE_SESSION_ENDED
    assert heard[-1].WhichOneof("type") == "auth_redirect"
    answer = guest.page(PAGE)
    assert answer.status == 303 and answer.to.startswith("/bagi/berakhir?")
    assert "dicabut" in guest.page(answer.to).body
    assert guest.refused() == 403
    for holder in (guest, Knocker(server)):
        assert holder.page(address(link)).status == 404
    assert len(told(server, "link-open", link.scope.id)) == 1


def test_it_ends_by_the_clock(server: Server, make: Maker) -> None:
    link, guest = make(timedelta(seconds=3)), Knocker(server)
    assert guest.page(address(link)).status == 303
    with guest.talk() as socket:
        code, _ = closing(socket, 10)
    assert code == CLOSE_SESSION_ENDED
    assert guest.page(address(link)).status == 404


def test_it_closes_with_the_account_of_its_maker(server: Server, make: Maker) -> None:
    link, guest = make(maker="budi"), Knocker(server)
    guest.page(address(link))
    change(server, "budi", enabled=False)
    until(lambda: guest.page(PAGE).status == 303, "the link outlives its maker")


def test_forged_links_open_nothing_say_the_same_and_leave_a_trail(
    server: Server, make: Maker
) -> None:
    link = make()
    token = guest_links.build_token(link, SECRET)
    forged = [
        guest_links.build_token(link, SECRET + "?"),
        link.scope.id,
        f"{link.scope.id}.",
        token[:-1],
        token + "x",
        f"{make().scope.id}.{token.partition('.')[2]}",
        "abcdefghijkl." + token.partition(".")[2],
        token.replace(".", "/"),
        "x" * 3000,
    ]
    said = set()
    for text in forged:
        guest = Knocker(server)
        answer = guest.page(guest_links.PATH_PREFIX + text)
        assert answer.status == 404, text
        assert not guest.jar
        said.add(answer.body)
    assert len(said) == 1
    assert "Traceback" not in said.pop()
    until(
        lambda: ("intruder", "forged link") in {(a, d.get("what")) for a, _, d in trail(server)},
        "nobody noted the forged links",
    )
    assert told(server, "link-open", link.scope.id) == []


def test_a_colleague_opens_it_as_themselves(server: Server, make: Maker) -> None:
    link, rina = make(), Knocker(server)
    assert rina.sign_in("rina").status == 303
    held = dict(rina.jar)
    assert rina.page(address(link)).to == PAGE
    assert rina.jar == held
    assert rina.ask("/api/v1/situation").status == 200
    assert told(server, "link-open", link.scope.id) == []


def test_a_guest_may_sign_in_and_is_then_the_account(server: Server, make: Maker) -> None:
    link, guest = make(), Knocker(server)
    guest.page(address(link))
    assert guest.sign_in("rina").status == 303
    assert guest.ask("/api/v1/situation").status == 200


def test_one_link_replaces_another_in_the_same_browser(server: Server, make: Maker) -> None:
    first, second, guest = make(), make(page="situasi"), Knocker(server)
    guest.page(address(first))
    # Of Situasi the light view comes first, with the filters of the link, and leads to the full.
    assert guest.page(address(second)).to == LIGHT
    full = "/situasi?lang=en&amp;lengkap=ya"
    assert f'href="{full}"' in guest.page(LIGHT + "&lang=en").body
    assert guest.page(full.replace("&amp;", "&")).to == "/situasi?lang=en"
    assert len(told(server, "link-open", second.scope.id)) == 1


@pytest.mark.parametrize("page", guest_links.SHAREABLE_PAGES)
def test_a_link_opens_the_light_view_of_its_page_first_where_there_is_one(
    server: Server, make: Maker, page: str
) -> None:
    """Of the others, a wall would show less than what was shared."""
    guest = Knocker(server)
    to = guest.page(address(make(page=page))).to
    assert to.startswith("/layar?" if page in LIGHT_SCREENS else f"/{page}?")
    assert guest.page(to).status == 200
    assert guest.page(f"/{page}?lengkap=ya").to == f"/{page}"


def test_a_link_to_one_tps_opens_the_page_that_shows_it(server: Server, make: Maker) -> None:
    link = make(page="tps", query=(("tps", "16.10.05.2001.001"),))
    assert Knocker(server).page(address(link)).to == "/tps?tps=16.10.05.2001.001"


def test_what_is_stored_makes_no_link(server: Server, make: Maker) -> None:
    link = make()
    store = store_of(server)
    stored = str(store.latest_records(guest_links.RECORD_KIND)) + store.audit_entries().to_csv()
    known = accounts.load_all(store)
    store.close()
    assert guest_links.build_token(link, SECRET).partition(".")[2] not in stored
    assert guest_links.state(link, known, datetime.now(UTC)) == "berlaku"


def test_a_link_by_which_so_many_look_lets_nobody_else_in(monkeypatch: pytest.MonkeyPatch) -> None:
    link = SimpleNamespace(scope=LinkScope("abc", "situasi", (), NOON))

    async def found(*_: object) -> object:
        return link

    monkeypatch.setattr(guest_login, "_find_link", found)
    monkeypatch.setattr(pages.app, "server_unit_name", lambda _board: "Ogan Ilir")
    monkeypatch.setattr(
        guest_login.sessions,
        "current_manager",
        lambda: SimpleNamespace(is_link_full=lambda one: one is link),
    )
    visit = SimpleNamespace(viewer=None, key="")
    asked: Any = SimpleNamespace(
        query_params={}, scope={AUTH_CONTEXT: visit}, path_params={"token": "x"}, method="GET"
    )
    assert asyncio.run(guest_login.open_link(asked)).status_code == 429
