"""Changing one's own password: by who knows the old one, and other sessions end by it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from situasi.server.auth.throttle import MAX_PER_ACCOUNT
from tests.browser.serving import Server, until
from tests.server.doors import PASSWORD, Answer, Knocker, admit, served_with, trail

pytestmark = pytest.mark.xdist_group(__name__)

NEW = "gajah putih tidur siang"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    people = ((name, "analis") for name in ("wati", "budi", "siti", "tono"))
    server = served_with(tmp_path_factory.mktemp("password"), *people, SITUASI_PROXY="127.0.0.1")
    admit(server, "lewat", "analis", password=None)
    yield server
    server.stop()


def signed_in(server: Server, name: str, address: str = "10.0.0.1") -> Knocker:
    one = Knocker(server, {"X-Forwarded-For": address})
    assert one.sign_in(name).status == 303
    return one


def ask(one: Knocker, old: str = PASSWORD, new: str = NEW, again: str | None = None) -> Answer:
    fields = {"lama": old, "baru": new, "ulang": new if again is None else again}
    return one.send("/sandi", fields)


def test_the_page_is_in_two_languages_and_reached_from_the_way_out(served: Server) -> None:
    wati = signed_in(served, "wati")
    assert "/sandi?lang=id" in wati.page("/keluar").body
    for language, title in (("id", "Sandi lama"), ("en", '<html lang="en">')):
        page = wati.page(f"/sandi?lang={language}")
        assert page.status == 200 and title in page.body
        assert "<script" not in page.body and page.headers["cache-control"] == "no-store"
        assert 'autocomplete="new-password"' in page.body


def test_the_new_one_opens_the_old_one_does_not_and_other_sessions_have_ended(
    served: Server,
) -> None:
    here, elsewhere = signed_in(served, "budi"), signed_in(served, "budi")
    changed = ask(here)
    assert changed.status == 303
    assert "Sandi akun budi sudah diganti." in here.page(changed.to).body
    assert "Sandi lama" in here.page("/sandi?sudah=ya").body  # nobody else can make it say so
    assert here.ask("/").status == 200  # whoever changed it stays
    assert elsewhere.ask("/").status == 401
    other = Knocker(served, {"X-Forwarded-For": "10.0.0.2"})
    assert other.sign_in("budi").status == 401
    assert other.sign_in("budi", NEW).status == 303
    told = [(action, who) for action, who, _ in trail(served) if action == "account-password"]
    assert told == [("account-password", "budi")]
    assert NEW not in str(trail(served))


@pytest.mark.parametrize(
    ("old", "new", "again", "status"),
    [
        ("salah sama sekali", NEW, None, 401),
        (PASSWORD, "pendek", None, 422),
        (PASSWORD, "siti jalan jauh sekali", None, 422),
        (PASSWORD, NEW, "lain sama sekali", 422),
        (PASSWORD, PASSWORD, None, 422),
        (PASSWORD, "passwordpassword", None, 422),
    ],
)
def test_what_is_wrong_changes_nothing(
    served: Server, old: str, new: str, again: str | None, status: int
) -> None:
    siti = signed_in(served, "siti", "10.0.0.3")
    assert ask(siti, old, new, again).status == status
    assert siti.ask("/").status == 200
    assert signed_in(served, "siti", "10.0.0.3").ask("/").status == 200


def test_who_sits_down_at_an_open_desk_has_few_guesses_there_too(served: Server) -> None:
    tono = signed_in(served, "tono", "10.0.0.4")
    with ThreadPoolExecutor(MAX_PER_ACCOUNT + 1) as pool:  # each is held back longer
        found = pool.map(lambda n: ask(tono, f"tebakan ke {n}").status, range(MAX_PER_ACCOUNT + 1))
        assert sorted(found) == [401] * MAX_PER_ACCOUNT + [429]
    until(
        lambda: "account-password-refused" in [action for action, _, _ in trail(served)],
        "the trail does not know of it",
    )


def test_nobody_else_comes_to_the_page_and_no_other_site_makes_a_browser_ask(
    served: Server,
) -> None:
    nobody = Knocker(served, {"X-Forwarded-For": "10.0.0.5"})
    assert nobody.ask("/sandi").status == 401
    wati = signed_in(served, "wati")
    body = f"lama={PASSWORD}&baru={NEW}&ulang={NEW}".replace(" ", "+").encode()
    kind = "application/x-www-form-urlencoded"
    assert wati.ask("/sandi", "POST", body, content_type=kind).status == 403
    foreign = wati.ask("/sandi", "POST", body, content_type=kind, origin="https://evil.example")
    assert foreign.status == 403
    assert signed_in(served, "wati").ask("/").status == 200
