"""Signing in and out: who tries passwords gets nowhere, learns nothing, and leaves a trail."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from situasi.access import accounts
from situasi.access.accounts import Account
from situasi.server.auth import login
from situasi.server.auth.login import safe_redirect_path
from situasi.server.auth.throttle import (
    MAX_PER_ACCOUNT,
    MAX_PER_ADDRESS,
    WINDOW_S,
    Attempt,
    LoginThrottle,
)
from tests.browser.serving import Server, until
from tests.server.doors import PASSWORD, Knocker, change, served_with, trail

pytestmark = pytest.mark.xdist_group(__name__)

PROXY = {"X-Forwarded-For": "10.0.0.1", "X-Forwarded-Proto": "https"}
WRONG = "Nama akun atau sandi tidak cocok."


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server behind a proxy on this machine, so that tests can come from many addresses."""
    server = served_with(
        tmp_path_factory.mktemp("signin"),
        *((name, "analis") for name in ("wati", "budi", "siti", "tutup", "sasaran")),
        SITUASI_PROXY="127.0.0.1",
    )
    change(server, "tutup", enabled=False)
    yield server
    server.stop()


def from_(server: Server, address: str) -> Knocker:
    return Knocker(server, {"X-Forwarded-For": address})


def test_the_form_is_in_two_languages_and_needs_no_script(served: Server) -> None:
    indonesian, english = (from_(served, "10.1.0.1").page(f"/masuk{q}") for q in ("", "?lang=en"))
    assert '<html lang="id">' in indonesian.body
    assert "Nama akun" in indonesian.body
    assert '<html lang="en">' in english.body
    for page in (indonesian, english):
        assert page.status == 200
        assert "<script" not in page.body
        assert "http:" not in page.body + page.headers["content-security-policy"]
        assert 'autocomplete="current-password"' in page.body


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(served: Server) -> None:
    knocker = from_(served, "10.1.0.2")
    cookie = next(
        text for text in knocker.sign_in("wati").headers.get_all("set-cookie") or ()
        if text.startswith("situasi=") and "Max-Age=0" not in text
    ).lower()  # fmt: skip
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie
    assert "secure" not in cookie
    assert "domain" not in cookie


def test_behind_tls_the_cookie_goes_over_tls_alone(served: Server) -> None:
    knocker = Knocker(served, PROXY)
    answer = knocker.sign_in("wati")
    cookie = next(
        text for text in answer.headers.get_all("set-cookie") or ()
        if text.startswith("__Host-situasi=")
    ).lower()  # fmt: skip
    assert "secure" in cookie
    assert "includeSubDomains" in answer.headers["strict-transport-security"]
    assert knocker.ask("/").status == 200
    assert Knocker(served, jar=knocker.jar).ask("/").status == 401  # the same without TLS


def test_every_signing_in_is_another_session_and_signing_out_ends_it(served: Server) -> None:
    one, other = from_(served, "10.1.0.3"), from_(served, "10.1.0.3")
    one.jar["situasi"] = "chosen.by.somebody.else"
    one.sign_in("wati")
    other.sign_in("wati")
    assert one.jar["situasi"] != other.jar["situasi"]
    assert "chosen" not in one.jar["situasi"]
    held = dict(one.jar)
    assert one.sign_out().to == "/masuk"
    assert Knocker(served, jar=held).ask("/").status == 401
    assert other.ask("/").status == 200


def test_a_form_that_was_not_ours_is_not_taken(served: Server) -> None:
    knocker = from_(served, "10.1.0.4")
    body = f"nama=wati&sandi={PASSWORD.replace(' ', '+')}".encode()
    assert knocker.ask("/masuk", "POST", body).status == 403
    foreign = from_(served, "10.1.0.4")
    foreign.page("/masuk")
    knocker.page("/masuk")
    knocker.jar, foreign.jar = foreign.jar, knocker.jar
    assert knocker.ask("/masuk", "POST", body + b"&bukti=x").status == 403
    signed_in = from_(served, "10.1.0.4")
    signed_in.sign_in("wati")
    assert signed_in.ask("/keluar", "POST", b"").status == 403
    assert signed_in.ask("/keluar", "GET").status == 200
    assert signed_in.ask("/").status == 200


def test_no_answer_tells_whether_there_is_such_an_account(served: Server) -> None:
    said = set()
    for name in ("budi", "tutup", "tidak.ada", "<b>x</b>", ""):
        answer = from_(served, "10.2.0.1").sign_in(name, "salah sama sekali")
        assert answer.status == 401
        assert "<b>x</b>" not in answer.body
        said.add(answer.body.partition("<main>")[2].partition("</p>")[0])
        assert WRONG in answer.body
    assert len(said) == 1


def test_every_refusal_costs_one_hash_whoever_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what cost that is, tests/access/test_accounts.py tells."""
    hashed: list[Account | None] = []

    def verify(account: Account | None, _password: str) -> bool:
        hashed.append(account)
        return False

    monkeypatch.setattr(accounts, "verify_password", verify)
    monkeypatch.setattr(login, "log_refusal", lambda *_told: None)
    budi = Account("budi", "analis", (), "x", enabled=True, stamp="x")
    everybody = [None, budi, replace(budi, enabled=False), replace(budi, identity="")]
    for account in everybody:
        attempt = Attempt(account.name if account else "siapa", "10.2.0.2")
        assert not asyncio.run(login.verify_password(attempt, account, PASSWORD, "sign-in"))
    assert hashed == everybody


def test_what_is_typed_is_never_written_down(served: Server) -> None:
    typed = "sandi saya di kolom nama"
    from_(served, "10.3.0.1").sign_in(typed, PASSWORD)
    from_(served, "10.3.0.1").sign_in("budi", "salah tetapi mirip sandi")
    for name in (None, "budi"):
        told = ("sign-in-refused", "gate", {"account": name, "address": "10.3.0.1"})
        until(lambda told=told: told in trail(served), f"the trail does not know of {name}")
    found = trail(served)
    log = (served.folder / "server.log").read_text("utf-8")
    for secret in (typed, PASSWORD, "mirip sandi"):
        assert secret not in log + str(found)


def test_hundreds_of_attempts_open_nothing_and_leave_a_short_trail(served: Server) -> None:
    attacker = "10.4.0.1"

    def attempt(n: int) -> int:
        return from_(served, attacker).sign_in("sasaran", f"tebakan yang ke {n}").status

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(attempt, range(200)))
    assert set(statuses) <= {401, 429, 503}
    assert statuses.count(401) <= MAX_PER_ACCOUNT
    # Even the right password opens nothing from there now, and no other account does.
    assert from_(served, attacker).sign_in("sasaran").status == 429
    assert from_(served, attacker).sign_in("siti").status == 429
    # Others go on from elsewhere.
    assert from_(served, "10.4.0.2").sign_in("siti").status == 303

    def told() -> list[str]:
        return [deed for deed, _, detail in trail(served) if detail.get("address") == attacker]

    until(lambda: "sign-in-blocked" in told(), "the trail does not know of it")
    assert len(told()) <= MAX_PER_ACCOUNT + 2


def test_who_signed_in_from_a_place_before_cannot_be_locked_out_of_it() -> None:
    attempts, wati = LoginThrottle(), Attempt("wati", "10.0.0.1")
    attempts.record_attempt(wati, 0)
    attempts.record_success(wati)
    for n in range(100):
        attempts.record_attempt(Attempt("wati", f"10.9.0.{n}"), 1)
    assert attempts.record_attempt(Attempt("wati", "10.0.0.2"), 2).blocked
    assert not attempts.record_attempt(wati, 2).blocked


def test_a_block_ends_and_a_neighbour_in_ipv6_is_the_same_address() -> None:
    attempts = LoginThrottle()
    for n in range(MAX_PER_ADDRESS):
        assert not attempts.record_attempt(Attempt(f"nama{n}", f"2001:db8::{n:x}"), 0).blocked
    neighbour = Attempt("lain", "2001:db8::ffff")
    assert attempts.is_blocked(neighbour, 1)
    verdict = attempts.record_attempt(neighbour, 1)
    assert verdict.blocked
    assert verdict.is_first_block
    assert not attempts.record_attempt(neighbour, 1).is_first_block
    assert not attempts.record_attempt(Attempt("lain", "2001:db8:1::1"), 1).blocked
    assert not attempts.is_blocked(Attempt("lain", "2001:db8::1"), WINDOW_S + 2)
    assert not attempts.record_attempt(Attempt("lain", "2001:db8::1"), WINDOW_S + 2).blocked


def test_a_blocked_address_does_not_lock_accounts() -> None:
    attempts = LoginThrottle()
    for n in range(500):
        attempts.record_attempt(
            Attempt(f"nama{n}" if n < MAX_PER_ADDRESS else "wati", "10.0.0.1"), 0
        )
    assert not attempts.record_attempt(Attempt("wati", "10.0.0.2"), 0).blocked


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 30)), max_size=600))
@example([(True, n % 31) for n in range(400)])
@example([(n % 10 != 0, n % 31) for n in range(400)])
def test_only_what_was_wrong_counts_against_an_address(tries: list[tuple[bool, int]]) -> None:
    """The slow rule: blocked once so many were wrong, for the account or from the address."""
    attempts, wrong, wrong_of = LoginThrottle(), 0, dict.fromkeys(range(31), 0)
    for at, (right, who) in enumerate(tries):
        one = Attempt(f"nama{who}", "10.0.0.1")
        blocked = attempts.record_attempt(one, at / 10).blocked
        assert blocked == (wrong >= MAX_PER_ADDRESS or wrong_of[who] >= MAX_PER_ACCOUNT)
        if right and not blocked:
            attempts.record_success(one)
            wrong_of[who] = 0
        else:
            wrong += 1
            wrong_of[who] += 1 if wrong <= MAX_PER_ADDRESS else 0


def test_each_wrong_guess_is_held_back_longer_than_the_one_before() -> None:
    attempts = LoginThrottle()
    held = [
        attempts.record_attempt(Attempt("wati", "10.0.0.1"), 0).delay_s
        for _ in range(MAX_PER_ACCOUNT)
    ]
    assert held == sorted(held) and held[0] > 0 and held[-1] >= 10 * held[0]


def test_a_browser_in_which_somebody_has_signed_in_is_counted_apart() -> None:
    attempts, mine = LoginThrottle(), Attempt("wati", "10.0.0.1", "browser")
    for n in range(500):
        attempts.record_attempt(Attempt(f"nama{n % 50}", "10.0.0.1"), 0)
        attempts.record_attempt(Attempt("wati", f"10.0.1.{n}"), 0)
    assert attempts.is_blocked(Attempt("wati", "10.0.0.1"), 1)
    assert not attempts.is_blocked(mine, 1)
    for _ in range(MAX_PER_ACCOUNT):  # and it gets no more guesses than others
        assert not attempts.record_attempt(mine, 1).blocked
    assert attempts.record_attempt(mine, 1).blocked


def test_whoever_guesses_beside_them_does_not_lock_out_a_browser_that_was_here_before(
    served: Server,
) -> None:
    mine, beside = from_(served, "10.9.0.1"), from_(served, "10.9.0.1")
    assert mine.sign_in("siti").status == 303
    del mine.jar["situasi"]

    def guess(n: int) -> int:
        return from_(served, "10.9.0.1").sign_in("siti", f"tebakan {n}").status

    with ThreadPoolExecutor(MAX_PER_ACCOUNT + 1) as pool:  # each is held back longer
        wrong = set(pool.map(guess, range(MAX_PER_ACCOUNT + 1)))
    assert wrong == {401, 429}
    assert beside.sign_in("siti").status == 429
    assert mine.sign_in("siti").status == 303


def test_a_whole_polres_behind_one_address_signs_in_at_once(served: Server) -> None:
    def sign_in(n: int) -> int:
        return from_(served, "10.7.0.1").sign_in(("wati", "budi", "siti")[n % 3]).status

    with ThreadPoolExecutor(30) as pool:
        statuses = list(pool.map(sign_in, range(3 * MAX_PER_ADDRESS)))
    assert statuses == [303] * 3 * MAX_PER_ADDRESS


def test_a_flood_of_guesses_from_many_places_keeps_nobody_out(served: Server) -> None:
    """Some who were here before, and some who come for the first time."""
    before = [from_(served, "10.8.0.1") for _ in range(2)]
    for one in before:
        assert one.sign_in("wati").status == 303
        del one.jar["situasi"]
    over = threading.Event()

    def guess(n: int) -> set[int]:
        said, turn = set(), 0
        while not over.is_set():
            turn += 1
            where = f"10.66.{n}.{turn % 250}"
            said.add(from_(served, where).sign_in(f"x{n}{turn}", "tebakan").status)
        return said

    with ThreadPoolExecutor(12) as pool:  # six for each hash that is reckoned at once
        flood = [pool.submit(guess, n) for n in range(12)]
        statuses = [one.sign_in("wati").status for one in before]
        statuses += [from_(served, f"10.8.1.{n}").sign_in("budi").status for n in range(2)]
        over.set()
        answers = set().union(*(one.result() for one in flood))
    assert statuses == [303] * 4
    assert 401 in answers and answers <= {401, 429, 503}


def test_after_signing_in_one_is_where_one_wanted_to_be(served: Server) -> None:
    knocker = from_(served, "10.6.0.1")
    asked = knocker.page("/kejadian?kec=16.10.05&lang=en&jenis=a%20b")
    assert asked.status == 303
    form = knocker.page(asked.to)
    assert '<html lang="en">' in form.body
    answer = knocker.send(asked.to, {"nama": "WATI ", "sandi": PASSWORD})
    assert answer.to == "/kejadian?kec=16.10.05&lang=en&jenis=a%20b"


@pytest.mark.parametrize(
    "target",
    ["https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "evil",
     "/\t/evil.example", "/\n/evil.example", " //evil.example", "javascript:alert(1)", "/%0d%0aX:1",
     "/.//evil.example", "/..//evil.example", "/masuk", "/keluar", "/sandi", "",
     "/a\r\nSet-Cookie: x=1"],
)  # fmt: skip
def test_nobody_is_sent_to_another_place(served: Server, target: str) -> None:
    answer = from_(served, "10.6.0.2").sign_in("wati", ke=target)
    assert answer.status == 303
    assert answer.to == "/" or (answer.to.startswith("/%0d") and "\r" not in answer.to)


@given(st.text(alphabet=st.sampled_from("/\\.:@?#%&=a\t\r\n 0évil"), max_size=12) | st.text())
@example("/\\/evil")
@example("/?//evil")
def test_no_target_leaves_the_host_as_a_browser_reads_it(target: str) -> None:
    found = safe_redirect_path(target)
    assert found.startswith("/")
    # A browser drops tabs and ends of lines, and takes a backslash for a slash.
    read = "".join(sign for sign in found if sign > " ").replace("\\", "/")
    assert read == found
    joined = urlsplit(urljoin("http://papan.polres/masuk", read))
    assert (joined.scheme, joined.netloc) == ("http", "papan.polres")
    assert safe_redirect_path(found) == found
