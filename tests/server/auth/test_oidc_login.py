"""Through the identity provider: who it proves gets what their account says; nobody else a thing.

The provider is a real one on this machine, which a test makes lie, stumble or fall silent.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OctKey
from starlette.types import ASGIApp

from situasi.access import accounts, guest_links
from situasi.access.roles import ROLES, Viewer
from situasi.domain.register import Register
from situasi.server.auth.throttle import MAX_PER_ADDRESS
from tests.browser.serving import Server, until
from tests.server import doors
from tests.server.doors import (
    PASSWORD,
    Answer,
    Knocker,
    admit,
    change,
    store_of,
    trail,
)
from tests.server.identity import (
    BACK,
    CLIENT,
    FOREIGN,
    KEY,
    SECRET,
    WAY,
    Claims,
    IdentityProvider,
    Officer,
    dripping,
    endless,
    saying,
    signed,
    unsigned,
)

pytestmark = pytest.mark.xdist_group(__name__)

UNFINISHED = "Masuk lewat SSO Polri tidak selesai. Coba sekali lagi."
NOT_YOURS = "SSO Polri mengenal Anda, tetapi tidak ada akun papan ini untuk Anda."
SILENT = "SSO Polri sedang tidak dapat dihubungi."
_addresses = count(1)


@pytest.fixture(scope="module")
def provider() -> Iterator[IdentityProvider]:
    running = IdentityProvider()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def sso(provider: IdentityProvider) -> IdentityProvider:
    """The provider, well-behaved until the test says otherwise."""
    provider.reset()
    return provider


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, provider: IdentityProvider
) -> Iterator[Server]:
    """A board that believes it; tests come from an address of their own each."""
    told = {
        "SITUASI_REHEARSAL": "no",
        "SITUASI_SECRET": doors.SECRET,
        "SITUASI_PROXY": "127.0.0.1",
        "SITUASI_HOSTS": "papan.polres",
        **provider.environment(),
    }
    server = Server(tmp_path_factory.mktemp("oidc"), told)
    admit(server, "budi", "analis")
    for name, role in (("wati", "operator"), ("tutup", "analis"), ("baru", "pimpinan"),
                       ("kedua", "pimpinan"), ("rebutan", "analis")):  # fmt: skip
        admit(server, name, role, ("16.10.05",), password=None)
    change(server, "wati", identity=accounts.federated_id(provider.issuer, "17"))
    change(server, "tutup", enabled=False)
    server.start()
    assert provider.requests == []  # it is not asked before somebody comes
    yield server
    server.stop()


@pytest.fixture
def officer(served: Server) -> Officer:
    return somebody(served)


def somebody(served: Server) -> Officer:
    n = next(_addresses)
    return Officer(served, {"X-Forwarded-For": f"10.7.{n // 250}.{n % 250 + 1}"})


def address_of(officer: Officer) -> str:
    return officer.more["X-Forwarded-For"]


def identity_of(served: Server, name: str) -> str | None:
    store = store_of(served)
    found = accounts.load_all(store)[name]
    store.close()
    assert found is not None
    return found.identity


def told_of(officer: Officer) -> dict[str, Any]:
    """What the trail says of a refusal at this address."""

    def found() -> list[dict[str, Any]]:
        entries = trail(officer.server)
        return [
            d
            for a, _, d in entries
            if a == "sign-in-refused" and d["address"] == address_of(officer)
        ]

    until(lambda: bool(found()), "the trail does not know of it")
    return found()[-1]


def gets_nothing(officer: Officer, answer: Answer, said: str, reason: str) -> None:
    """Check that it is refused in one sentence, logged with the reason, and opens no session."""
    assert answer.status in {401, 503}
    assert said in answer.body
    assert "Traceback" not in answer.body
    told = told_of(officer)
    assert told["by"] == "oidc"
    assert told["reason"] == reason
    assert officer.ask("/").status == 401


def test_the_form_shows_the_way_in_two_languages_below_the_password(officer: Officer) -> None:
    for query, words in (("", "Masuk lewat SSO Polri"), ("?lang=en", "Sign in with SSO Polri")):
        page = officer.page(f"/masuk{query}")
        assert page.status == 200
        assert page.body.index('id="sandi"') < page.body.index(words)
        assert "<script" not in page.body


def test_whom_the_provider_proves_is_let_in_where_they_wanted_to_be(
    officer: Officer, sso: IdentityProvider
) -> None:
    answer = officer.signs_in(sso, "/kejadian?kec=16.10.05&lang=en")
    assert answer.status == 303
    assert answer.to == "/kejadian?kec=16.10.05&lang=en"
    assert officer.ask("/").status == 200
    assert not officer.jar.get("situasi-oidc")
    entry = next(d for a, who, d in trail(officer.server) if (a, who) == ("sign-in", "wati"))
    assert entry == {"address": address_of(officer), "role": "operator", "by": "oidc"}


def test_the_account_decides_over_role_and_area_whatever_the_claims_say(
    officer: Officer, sso: IdentityProvider
) -> None:
    sso.tell = lambda claims: claims | {"role": "pimpinan", "groups": ["admin"], "area": []}
    assert officer.signs_in(sso).status == 303
    assert officer.page("/keluar").body.count("wati (") == 1
    assert "operator" in officer.page("/keluar").body.lower()


def test_the_first_to_come_binds_the_account_and_only_they_come_in_again(
    served: Server, sso: IdentityProvider
) -> None:
    sso.sub, sso.name = "200", "Baru"  # people write names in many ways
    first = somebody(served)
    assert first.signs_in(sso).status == 303
    assert first.ask("/").status == 200  # at once
    bound = accounts.federated_id(sso.issuer, "200")
    assert identity_of(served, "baru") == bound
    assert ("account-bind", "baru") in [(a, who) for a, who, _ in trail(served)]
    assert somebody(served).signs_in(sso).status == 303
    sso.sub = "201"  # the name was given to somebody else
    other = somebody(served)
    gets_nothing(other, other.signs_in(sso), NOT_YOURS, "bound to another identity")
    assert identity_of(served, "baru") == bound
    # Until whoever looks after the board binds it anew, which ends the sessions of the first.
    served.command("user", "reset", "baru", "--oidc")
    until(lambda: first.ask("/").status == 401, "the session goes on")
    assert somebody(served).signs_in(sso).status == 303
    assert identity_of(served, "baru") == accounts.federated_id(sso.issuer, "201")


def test_an_identity_opens_one_account_alone(served: Server, sso: IdentityProvider) -> None:
    sso.name = "kedua"  # by wati, who may call herself what she likes at the provider
    wati = somebody(served)
    gets_nothing(wati, wati.signs_in(sso), NOT_YOURS, "identity of another account")
    assert identity_of(served, "kedua") == ""


def test_two_who_come_first_at_once_are_not_both_let_in(
    served: Server, sso: IdentityProvider
) -> None:
    sso.name = "rebutan"
    coming = []
    for sub in ("301", "302", "303", "304"):
        sso.sub = sub
        one = somebody(served)
        coming.append((one, sso.visited(one.leaves())))
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda pair: pair[0].returns(pair[1]).status, coming))
    assert sorted(found)[0] == 303
    assert found.count(303) == 1


@pytest.mark.parametrize(
    ("name", "reason"),
    [("siapa", "no account"), ("tutup", "closed"), ("budi", "opened by a password"),
     ("../wati", "no account"), ("", "no account"), ("<b>x</b>", "no account"),
     ("\u212aepala", "no account")],
)  # fmt: skip
def test_without_an_account_of_their_own_nobody_gets_in_and_all_hear_the_same(
    officer: Officer, sso: IdentityProvider, name: str, reason: str
) -> None:
    sso.sub, sso.name = "900", name
    answer = officer.signs_in(sso)
    gets_nothing(officer, answer, NOT_YOURS, reason)
    assert answer.status == 401
    assert name not in answer.body or not name
    told = told_of(officer)
    assert told["account"] == (name if name in {"tutup", "budi"} else None)
    assert told.get("claimed", "") == name


def test_a_password_opens_no_account_of_the_provider(served: Server) -> None:
    """That it takes as long to say so as of others, is told by the hashes: test_login."""
    for name in ("wati", "tutup", "tidak.ada", "budi"):
        password = "salah sama sekali" if name == "budi" else PASSWORD
        assert somebody(served).sign_in(name, password).status == 401


def test_where_the_provider_is_passwords_work_on(served: Server) -> None:
    assert somebody(served).sign_in("budi").status == 303


# What a browser brings back.


def test_the_way_back_counts_for_the_browser_that_went(
    served: Server, sso: IdentityProvider
) -> None:
    attacker, victim = somebody(served), somebody(served)
    stolen = sso.visited(attacker.leaves())
    gets_nothing(victim, victim.returns(stolen), UNFINISHED, "not begun in this browser")
    victim.leaves()  # one of their own does not help
    gets_nothing(victim, victim.returns(stolen), UNFINISHED, "not begun in this browser")
    assert not sso.tokens  # the code was not even shown to the provider


@pytest.mark.parametrize("state", ["", "x", "é", None])
def test_a_wrong_state_ends_it(officer: Officer, sso: IdentityProvider, state: str | None) -> None:
    back = sso.visited(officer.leaves())
    brought = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
    changed = brought | {"state": state} if state is not None else {"code": brought["code"]}
    answer = officer.page(f"{BACK}?{urlencode(changed)}")
    gets_nothing(officer, answer, UNFINISHED, "not begun in this browser")
    assert officer.returns(back).status == 401  # and there is no second attempt


def test_what_was_brought_once_is_not_taken_again(
    officer: Officer, sso: IdentityProvider, served: Server
) -> None:
    address = officer.leaves()
    kept = dict(officer.jar)
    back = sso.visited(address)
    assert officer.returns(back).status == 303
    copied = somebody(served)
    copied.jar = dict(kept)  # of the whole jar, as it was before
    gets_nothing(copied, copied.returns(back), UNFINISHED, "brought a second time")
    copied.jar = dict(kept)
    fresh = sso.visited(address)  # with a code that was never used
    assert fresh != back
    gets_nothing(copied, copied.returns(fresh), UNFINISHED, "brought a second time")


def test_a_cookie_that_was_not_ours_or_is_of_another_use_begins_nothing(
    served: Server, sso: IdentityProvider
) -> None:
    one = somebody(served)
    back = sso.visited(one.leaves())
    held = one.jar["situasi-oidc"]
    form = one.page("/masuk").body.partition('name="bukti" value="')[2].partition('"')[0]
    for value in (held[:-2], held.swapcase(), "", "x.y.z", form):
        other = somebody(served)
        other.jar["situasi-oidc"] = value
        gets_nothing(other, other.returns(back), UNFINISHED, "not begun in this browser")


def test_what_is_kept_meanwhile_is_out_of_reach_and_does_not_last(officer: Officer) -> None:
    form = officer.page("/masuk")
    way = WAY.search(form.body)
    assert way
    for headers, name in (
        ({}, "situasi-oidc"),
        ({"x_forwarded_proto": "https"}, "__Host-situasi-oidc"),
    ):
        answer = officer.page(way.group(1).replace("&amp;", "&"), **headers)
        cookie = next(
            text for text in answer.headers.get_all("set-cookie") or ()
            if text.startswith(f"{name}=")
        ).lower()  # fmt: skip
        assert {"httponly", "samesite=lax", "path=/", "max-age=600"} <= set(cookie.split("; "))
        assert ("secure" in cookie) is bool(headers)


def test_the_provider_sends_back_to_the_name_that_was_called(
    officer: Officer, sso: IdentityProvider
) -> None:
    headers = {"host": "papan.polres:8443", "x_forwarded_proto": "https"}
    address = officer.leaves("/tps", **headers)
    back = sso.visited(address)
    assert back.startswith(f"https://papan.polres:8443{BACK}?")
    answer = officer.returns(back, **headers)
    assert answer.to == "/tps"
    assert officer.jar["__Host-situasi"]
    assert officer.page("/masuk/oidc", host="evil.example").status == 400


def test_a_page_of_another_site_begins_nothing(officer: Officer) -> None:
    officer.page("/masuk")
    for site in ("cross-site", "same-site"):
        answer = officer.page("/masuk/oidc", sec_fetch_site=site)
        assert answer.status == 200
        assert "situasi-oidc" not in officer.jar
    for method in ("POST", "PUT", "DELETE"):
        for path in ("/masuk/oidc", BACK):
            assert officer.ask(path, method).status == 405


@pytest.mark.parametrize(
    "target",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/.//evil.example",
     "javascript:1", "/masuk", "/keluar", "/masuk/oidc", "/masuk/oidc/kembali?code=1",
     "/a\r\nSet-Cookie: x=1"],
)  # fmt: skip
def test_nobody_is_sent_to_another_place(
    officer: Officer, sso: IdentityProvider, target: str
) -> None:
    answer = officer.page(f"/masuk/oidc?ke={quote(target)}")
    assert officer.returns(sso.visited(answer.to)).to == "/"


def test_who_says_no_at_the_provider_hears_one_calm_sentence(
    served: Server, sso: IdentityProvider
) -> None:
    for error, told in (
        ("access_denied", "access_denied"),
        ("<script>alert(1)</script>", "unknown error"),
        ("a" * 4000, "unknown error"),
    ):
        one = somebody(served)
        state = parse_qs(urlsplit(one.leaves()).query)["state"][0]
        brought = {"error": error, "error_description": "<b>sandi</b>", "state": state}
        answer = one.page(f"{BACK}?{urlencode(brought)}")
        gets_nothing(one, answer, UNFINISHED, f"provider: {told}")
        assert "sandi</b>" not in answer.body
        assert "alert(1)" not in answer.body


def test_an_answer_of_another_provider_is_not_taken(
    officer: Officer, sso: IdentityProvider
) -> None:
    back = sso.visited(officer.leaves())
    foreign = back.replace(quote(sso.issuer, safe=""), quote("https://evil.example", safe=""))
    assert foreign != back
    answer = officer.returns(foreign)
    gets_nothing(officer, answer, UNFINISHED, "not believed: another issuer")
    assert not sso.tokens


def test_signing_in_again_is_a_new_session_whatever_the_browser_held(
    officer: Officer, sso: IdentityProvider
) -> None:
    officer.jar["situasi"] = "chosen.by.somebody.else"
    officer.signs_in(sso)
    first = officer.jar["situasi"]
    assert "chosen" not in first
    assert officer.page("/masuk/oidc?ke=/tps").to == "/tps"  # is in already
    assert officer.page(BACK).to == "/"
    assert officer.sign_out().to == "/masuk"
    officer.signs_in(sso)
    assert officer.jar["situasi"] != first
    assert Knocker(officer.server, jar={"situasi": first}).ask("/").status == 401


def test_a_guest_by_a_link_may_become_themselves(
    served: Server, sso: IdentityProvider, register: Register
) -> None:
    store, now = store_of(served), datetime.now(UTC)
    maker, hour = Viewer("budi", ROLES["analis"]), timedelta(hours=1)
    link = guest_links.create(store, register, maker, "kejadian", (), "", hour, now)
    store.close()
    guest = somebody(served)
    assert guest.page(
        guest_links.PATH_PREFIX + guest_links.build_token(link, doors.SECRET)
    ).to.startswith("/layar?tampilan=kejadian")
    assert guest.signs_in(sso, "/tps").to == "/tps"
    assert "wati (operator)" in guest.page("/keluar").body.lower()


# What the provider says.


def with_(**changed: Any) -> Callable[[Claims], str]:
    """The token with these claims changed; None takes one away."""

    def sign(claims: Claims) -> str:
        found = claims | changed
        return signed({name: value for name, value in found.items() if value is not None})

    return sign


PUBLIC = KEY.as_pem(private=False)
HOSTILE: dict[str, tuple[Callable[[Claims], str], str]] = {
    "no signature": (unsigned, "unsupported_algorithm"),
    "no signature, with a key named": (
        lambda claims: unsigned(claims, kid="satu"),
        "unsupported_algorithm",
    ),
    "HMAC with the client's secret": (
        lambda claims: signed(claims, OctKey.import_key(SECRET, {"kid": "satu"}), "HS256"),
        "unsupported_algorithm",
    ),
    "a foreign key of the same name": (lambda claims: signed(claims, FOREIGN), "bad_signature"),
    "an unknown key": (lambda claims: signed(claims, kid="dua"), "invalid_key_id"),
    "changed after signing": (
        lambda claims: _grafted(signed(claims | {"sub": "1"}), signed(claims)),
        "bad_signature",
    ),
    "foreign issuer": (with_(iss="https://evil.example"), "invalid_claim iss"),
    "no issuer": (with_(iss=None), "missing_claim iss"),
    "foreign audience": (with_(aud="another"), "invalid_claim aud"),
    "no audience": (with_(aud=[]), "invalid_claim aud"),
    "many audiences, for nobody": (with_(aud=[CLIENT, "another"]), "missing_claim azp"),
    "many audiences, for another": (
        with_(aud=[CLIENT, "another"], azp="another"),
        "invalid_claim azp",
    ),
    "for another party": (with_(azp="another"), "invalid_claim azp"),
    "expired": (with_(exp=int(time.time()) - 120), "expired_token exp"),
    "never expires": (with_(exp=None), "missing_claim exp"),
    "expires in words": (with_(exp="9999999999"), "invalid_claim exp"),
    "of tomorrow": (with_(iat=int(time.time()) + 86400), "invalid_claim iat"),
    "not yet valid": (with_(nbf=int(time.time()) + 86400), "invalid_claim nbf"),
    "wrong nonce": (with_(nonce="x"), "invalid_claim nonce"),
    "no nonce": (with_(nonce=None), "missing_claim nonce"),
    "no subject": (with_(sub=None), "missing_claim sub"),
    "empty subject": (with_(sub=""), "sub"),
    "subject of a thousand signs": (with_(sub="x" * 1000), "sub"),
    "a number for a subject": (with_(sub=17), "invalid_claim sub"),
    "a list for a name": (with_(preferred_username=["wati"]), "no preferred_username"),
    "another access token": (with_(at_hash="x"), "invalid_claim at_hash"),
    "not a token": (lambda _: "x", "decode_error"),
    "no text": (lambda _: 7, "decode_error"),  # type: ignore[return-value, dict-item]
    "huge": (with_(x="x" * 140_000), "exceeded_size"),
    "nested without end": (
        lambda _: jws.serialize_compact({"alg": "RS256", "kid": "satu"}, b"[" * 90_000, KEY),
        "RecursionError",
    ),
}


def _grafted(body: str, other: str) -> str:
    head, _, seal = other.split(".")
    return f"{head}.{body.split('.')[1]}.{seal}"


@pytest.mark.parametrize("what", HOSTILE)
def test_a_token_that_proves_nothing_lets_nobody_in(
    officer: Officer, sso: IdentityProvider, what: str
) -> None:
    sso.sign, why = HOSTILE[what]
    answer = officer.signs_in(sso)
    gets_nothing(officer, answer, UNFINISHED, f"not believed: {why}")
    sso.sign = signed
    assert officer.signs_in(sso).status == 303  # nothing of it stays


def test_a_public_key_is_no_secret_to_sign_with(officer: Officer, sso: IdentityProvider) -> None:
    """The oldest trick: HS256 with the published key, taken for a secret."""
    for text in (PUBLIC, json.dumps(KEY.as_dict(private=False)).encode()):
        sso.sign = lambda claims, text=text: _hmac(claims, text)
        answer = officer.signs_in(sso)
        gets_nothing(officer, answer, UNFINISHED, "not believed: unsupported_algorithm")


def _hmac(claims: Claims, secret: bytes) -> str:
    # joserfc itself will not sign so.
    head, body = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=")
        for part in ({"alg": "HS256", "kid": "satu"}, claims)
    )
    seal = hmac.new(secret, head + b"." + body, hashlib.sha256).digest()
    return b".".join((head, body, base64.urlsafe_b64encode(seal).rstrip(b"="))).decode()


def test_a_shared_secret_among_the_published_keys_opens_nothing(
    officer: Officer, sso: IdentityProvider
) -> None:
    shared = OctKey.import_key("rahasia bersama yang cukup panjang", {"kid": "satu"})
    document = {"keys": [shared.as_dict(private=True)]}
    sso.instead["/keys"] = saying(200, json.dumps(document).encode())
    sso.sign = lambda claims: signed(claims, shared, "HS256")
    answer = officer.signs_in(sso)
    gets_nothing(officer, answer, UNFINISHED, "not believed: missing_key")


def test_keys_change_without_anybody_telling_the_board(
    served: Server, sso: IdentityProvider
) -> None:
    assert somebody(served).signs_in(sso).status == 303
    new = ECKey.generate_key("P-256", {"kid": "dua", "use": "sig"})
    early = somebody(served)
    sso.sign = lambda claims: signed(claims, new, "ES256")
    answer = early.signs_in(sso)  # signed with a key that is not published yet
    gets_nothing(early, answer, UNFINISHED, "not believed: invalid_key_id")
    sso.keys = [KEY, new]
    assert somebody(served).signs_in(sso).status == 303
    sso.keys = [new]  # the old one is taken back, and opens nothing from now on
    sso.sign = signed
    late = somebody(served)
    gets_nothing(late, late.signs_in(sso), UNFINISHED, "not believed: invalid_key_id")


def test_clocks_may_differ_a_little(served: Server, sso: IdentityProvider) -> None:
    now = int(time.time())
    sso.tell = lambda claims: claims | {"exp": now - 20, "iat": now + 20}
    assert somebody(served).signs_in(sso).status == 303


def test_a_name_that_the_token_leaves_out_is_asked_for_and_is_of_the_same_person(
    served: Server, sso: IdentityProvider
) -> None:
    sso.tell = lambda claims: {n: v for n, v in claims.items() if n != "preferred_username"}
    sso.person = {"sub": "17", "preferred_username": "wati"}
    assert somebody(served).signs_in(sso).status == 303
    sso.person = {"sub": "18", "preferred_username": "wati"}
    one = somebody(served)
    gets_nothing(one, one.signs_in(sso), UNFINISHED, "not believed: userinfo of somebody else")
    sso.person = {"sub": "17"}
    one = somebody(served)
    gets_nothing(one, one.signs_in(sso), UNFINISHED, "not believed: no preferred_username")


# When the provider stumbles.


@pytest.mark.parametrize("path", ["/token", "/keys"])
@pytest.mark.parametrize(
    ("app", "said"),
    [
        (saying(500, b"Traceback: rahasia"), UNFINISHED),
        (saying(302, b"", (b"location", b"/keys2")), UNFINISHED),
        (saying(200, b"<html>"), UNFINISHED),
        (saying(200, b"[]"), UNFINISHED),
        (saying(200, b"{}"), UNFINISHED),
        (saying(200, b'{"keys": 5, "id_token": 5, "access_token": {}}'), UNFINISHED),
        (saying(200, b'{"keys": [5, null, {"kty": "RSA"}]}'), UNFINISHED),
        (
            saying(200, b'{"keys": [{"kty": "EC", "crv": "P-999", "x": "AA", "y": "AA"}]}'),
            UNFINISHED,
        ),
        (saying(200, b'{"keys": [{"kty": "RSA", "n": "", "e": ""}]}'), UNFINISHED),
        (saying(200, b"[" * 100_000), UNFINISHED),
        (saying(200, b"\xff\xfe"), UNFINISHED),
        (saying(400, b'{"error": "<b>rahasia</b>"}'), UNFINISHED),
        (saying(400, b'{"error": {"a": []}, "error_description": 5}'), UNFINISHED),
        (saying(200, b"{}", (b"content-encoding", b"gzip")), SILENT),
        (endless, SILENT),
    ],
)
def test_rubbish_of_the_provider_is_one_sentence(
    officer: Officer, sso: IdentityProvider, path: str, app: ASGIApp, said: str
) -> None:
    sso.instead[path] = app
    answer = officer.signs_in(sso)
    assert answer.status in {401, 503}
    assert said in answer.body or SILENT in answer.body
    assert "rahasia" not in answer.body + json.dumps(told_of(officer))
    assert "/keys2" not in sso.requests  # no redirect is followed
    assert "Traceback" not in log_of(officer.server)


def log_of(server: Server) -> str:
    return (server.folder / "server.log").read_text("utf-8")


def test_a_provider_that_drips_keeps_nobody_waiting_for_long_and_nobody_else_at_all(
    served: Server, sso: IdentityProvider
) -> None:
    sso.instead["/token"] = dripping
    slow = somebody(served)
    back = sso.visited(slow.leaves())
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(slow.returns, back)
        until(lambda: "/token" in sso.requests, "the provider was not asked")
        assert somebody(served).sign_in("budi").status == 303
        assert Knocker(served).ask("/healthz/live").status == 200
        assert not waiting.done()
        answer = waiting.result()
    assert SILENT in answer.body
    assert told_of(slow)["reason"] == "unreachable: TimeoutError"


def test_a_provider_that_is_down_stops_nobody_with_a_password(
    served: Server, sso: IdentityProvider
) -> None:
    served.restart()  # nothing is known of the provider
    one = somebody(served)
    form = WAY.search(one.page("/masuk?ke=/tps").body)
    assert form
    sso.stop()
    try:
        for _ in range(2):
            answer = one.page(form.group(1).replace("&amp;", "&"))
            assert answer.status == 503
            assert SILENT in answer.body
        assert one.send("/masuk?ke=/tps", {"nama": "budi", "sandi": PASSWORD}).to == "/tps"
    finally:
        sso.start()
    assert somebody(served).signs_in(sso).status == 303  # and it needs no restart


def test_who_tries_again_and_again_is_stopped_and_the_trail_stays_short(
    served: Server, sso: IdentityProvider
) -> None:
    attacker = somebody(served)

    def attempt(_: int) -> int:
        return Officer(served, attacker.more).page(f"{BACK}?code=x&state=x").status

    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(attempt, range(MAX_PER_ADDRESS + 20)))
    assert found.count(401) <= MAX_PER_ADDRESS
    assert found.count(429) >= 20
    assert attacker.sign_in("budi").status == 429  # one count for both ways
    assert sso.requests == []

    def told() -> list[str]:
        return [a for a, _, d in trail(served) if d.get("address") == address_of(attacker)]

    until(lambda: "sign-in-blocked" in told(), "the trail does not know of it")
    assert len(told()) <= MAX_PER_ADDRESS + 1


def test_nothing_secret_is_in_the_log_or_in_the_trail(
    served: Server, sso: IdentityProvider
) -> None:
    assert somebody(served).signs_in(sso).status == 303
    sso.sign = lambda claims: signed(claims, FOREIGN)
    one = somebody(served)
    one.signs_in(sso)
    told_of(one)
    written = log_of(served) + str(trail(served))
    assert len(sso.codes) == 2
    for secret in (*sso.codes, *sso.tokens, SECRET, quote(SECRET), one.jar["situasi-oidc"] or "?"):
        assert secret not in written


def test_the_header_of_the_gate_is_still_its_own(officer: Officer, sso: IdentityProvider) -> None:
    for path in ("/masuk/oidc", BACK):
        answer = officer.page(path, x_situasi_viewer='{"name":"x"}')
        assert answer.status in {303, 401}
    assert officer.ask("/").status == 401
