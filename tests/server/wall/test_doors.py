"""The wall behind the gate, on a live server: who sees which picture, and who writes anything."""

from __future__ import annotations

import itertools
import json
import re
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from situasi.access import guest_links
from situasi.access.roles import ROLES, Viewer
from situasi.actions import acknowledgements as actions_acknowledgements
from situasi.domain.register import Register
from situasi.server.wall.state import hash_case_id
from tests.browser.serving import Server, until
from tests.builders import WIB
from tests.server.doors import SECRET, Answer, Knocker, admit, change, served_with, store_of, trail

pytestmark = pytest.mark.xdist_group(__name__)

PICTURE = "/layar/gambar"
HEADINGS = "id,waktu,kode_kecamatan,jenis,tingkat,status,uraian,pelapor"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    known = ("wati", "analis"), ("rina", "pimpinan"), ("propam", "propam")
    served = served_with(tmp_path_factory.mktemp("layar"), *known)
    yield served
    served.stop()


@pytest.fixture
def rina(server: Server) -> Knocker:
    return signed_in(server, "rina")


def signed_in(server: Server, name: str) -> Knocker:
    one = Knocker(server)
    assert one.sign_in(name).status == 303
    return one


def guest_of(server: Server, register: Register, page: str) -> Knocker:
    store, lasts = store_of(server), timedelta(hours=1)
    maker = Viewer("wati", ROLES["analis"])
    link = guest_links.create(
        store, register, maker, page, (("kec", "16.10.05"),), "", lasts, datetime.now(UTC)
    )
    store.close()
    guest = Knocker(server)
    assert guest.page(guest_links.PATH_PREFIX + guest_links.build_token(link, SECRET)).status == 303
    return guest


def grave(server: Server, name: str, kecamatan: str = "16.10.04") -> None:
    """A grave report of now."""
    now = datetime.now(WIB)
    row = f"{name},{now:%Y-%m-%d %H:%M},{kecamatan},kericuhan,tinggi,dilaporkan,Massa {name},Polsek"
    server.deliver(f"{name}.csv", f"{HEADINGS}\n{row}\n")


def picture(who: Knocker, query: str = "", **headers: str) -> Answer:
    return who.ask(PICTURE + query, **headers)


def alarm(who: Knocker, text: str) -> dict[str, str]:
    """The alarm of this report, once the board knows of it."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        for one in json.loads(picture(who).body)["alarms"]:
            if text in one["text"]:
                return dict(one)
        time.sleep(0.2)
    raise AssertionError(f"no alarm {text}")


def refused(server: Server, act: str) -> bool:
    """Whether the trail knows that somebody was refused this on the wall."""
    return ("refused", {"page": "layar", "act": act}) in [(a, d) for a, _, d in trail(server)]


def taken_by(server: Server, name: str) -> list[dict[str, object]]:
    return [d for action, who, d in trail(server) if (action, who) == ("export", name)]


def heed(who: Knocker, number: str, name: str, **headers: str) -> Answer:
    return _send(who, {"case": number, "name": name}, headers)


def unheed(who: Knocker, number: str) -> Answer:
    return _send(who, {"case": number, "undo": "ya"}, {})


def _send(who: Knocker, fields: dict[str, str], headers: dict[str, str]) -> Answer:
    kind = "application/x-www-form-urlencoded"
    return who.ask("/layar/paham", "POST", urlencode(fields).encode(), content_type=kind, **headers)


def test_nobody_sees_a_wall(server: Server) -> None:
    stranger = Knocker(server)
    assert stranger.page("/layar?kec=16.10.05").to.startswith("/masuk?ke=/layar")
    for path in (PICTURE, "/layar/berkas/x/wall.js"):
        assert stranger.ask(path).status == 401
    assert heed(stranger, "x", "Iptu Rahmat").status == 401


def test_the_frame_runs_and_loads_nothing_but_its_own_files(server: Server, rina: Knocker) -> None:
    page = rina.page("/layar")
    policy = str(page.headers["content-security-policy"])
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "style=" not in page.body
    assert page.body.count("<script") == page.body.count('<script type="module" src="/layar/') == 1
    script = page.body.partition('src="')[2].partition('"')[0]
    file = rina.ask(script)
    assert file.status == 200
    assert "immutable" in str(file.headers["cache-control"])
    assert rina.ask("/layar/berkas/000000000000/wall.js").status == 404
    assert rina.ask(script.replace("wall.js", "..%2F..%2Fgate.py")).status in {400, 404}
    assert len(page.body) < 37_000


def test_a_phone_is_shown_the_light_view_first_and_the_full_board_when_it_asks(
    server: Server, rina: Knocker
) -> None:
    phone = Knocker(server, {"User-Agent": "Mozilla/5.0 (Linux; Android 14) Mobile Safari"})
    phone.sign_in("rina")
    light = "/layar?kec=16.10.05&saat=2024-11-27T09%3A00&lang=en&tema=terang"
    query = "kec=16.10.05&ukur=tps&saat=2024-11-27T09:00&lang=en"
    assert phone.page(f"/?{query}").to == phone.page(f"/situasi?{query}").to == light
    assert phone.page(f"/kejadian?{query}").to == light.replace("&tema", "&tampilan=kejadian&tema")
    since = phone.page("/perubahan?sejak=3j&tahap=T21").to
    assert since == "/layar?sejak=3j&tahap=T21&tampilan=perubahan&tema=terang"
    assert phone.page(f"/peringatan?{query}").status == 200  # it has no light view
    # Nor has one case, TPS or officer.
    assert phone.page("/kejadian?kasus=K-1").status == 200
    assert phone.page("/tps?tps=16.10.05.2001.001").status == 200
    assert phone.page("/personel?petugas=P-0302").status == 200
    counts = "/layar?kec=16.10.05&tampilan=partisipasi&tema=terang"
    assert phone.page("/partisipasi?kec=16.10.05").to == counts
    assert 'href="/partisipasi?kec=16.10.05&amp;lengkap=ya"' in phone.page(counts).body
    assert phone.page("/", sec_ch_ua_mobile="?0").status == rina.page("/").status == 200
    assert rina.page("/situasi", sec_ch_ua_mobile="?1").to == "/layar?tema=terang"
    assert (
        'href="/situasi?kec=16.10.05&amp;saat=2024-11-27T09%3A00&amp;lang=en&amp;lengkap=ya"'
        in (phone.page(light).body)
    )
    assert phone.page("/situasi?kec=16.10.05&lengkap=ya").to == "/situasi?kec=16.10.05"
    assert phone.page("/situasi").status == 200  # until the browser is closed


def test_the_first_page_is_packed_and_tells_language_and_command_before_anything_is_loaded(
    server: Server, rina: Knocker
) -> None:
    for query, lang in (("", "id"), ("?lang=en", "en")):
        page = rina.page(f"/{query}")
        assert f'<html lang="{lang}">' in page.body
        assert page.body.partition('id="splash"')[2].count("Polres Ogan Ilir") == 1
        assert page.body.count(f'href="/berkas/{lang}-') > 20
        assert "Streamlit</title>" not in page.body
        assert str(page.headers["cache-control"]) == "no-store"
        packed = rina.page(f"/{query}", accept_encoding="br")
        assert str(packed.headers["content-encoding"]) == "br"
        assert int(packed.headers["content-length"]) < len(page.body) / 3
        script = page.body.partition('crossorigin src="')[2].partition('"')[0]
        file = rina.ask(script, accept_encoding="br")
        assert (file.status, str(file.headers["content-encoding"])) == (200, "br")
        assert "immutable" in str(file.headers["cache-control"])
        assert Knocker(server).ask(script).status == 401


def test_a_picture_that_the_reader_has_is_not_sent_again(server: Server, rina: Knocker) -> None:
    for _ in range(2):  # the minute may turn between two requests, but not twice
        first = picture(rina)
        again = picture(rina, if_none_match=str(first.headers["etag"]))
        if again.status == 304:
            break
    assert (again.status, again.body) == (304, "")
    assert int(again.headers["x-situasi-checked"]) >= int(first.headers["x-situasi-checked"])
    assert picture(rina, if_none_match='"other"').status == 200
    assert str(first.headers["cache-control"]) == "no-store"


def test_an_answer_is_held_back_until_something_comes(server: Server, rina: Knocker) -> None:
    tag = str(picture(rina).headers["etag"])
    began = time.monotonic()
    quiet = picture(rina, if_none_match=tag, prefer="wait=2")
    # The minute may turn meanwhile: ages in words are then others.
    assert quiet.status in {304, 200}
    assert quiet.status == 200 or time.monotonic() - began >= 2
    tag = str(picture(rina).headers["etag"])
    heard: list[Answer] = []

    def wait() -> None:
        until = time.monotonic() + 60
        known = tag
        while time.monotonic() < until:
            answer = picture(rina, if_none_match=known, prefer="wait=20")
            if "Massa TUNGGU" in answer.body:
                heard.append(answer)
                return
            known = str(answer.headers["etag"])

    waiting = threading.Thread(target=wait)
    waiting.start()
    grave(server, "TUNGGU")
    waiting.join(60)
    assert heard


def test_a_guest_of_situasi_sees_the_filters_of_the_link_and_writes_nothing(
    server: Server, rina: Knocker, register: Register
) -> None:
    grave(server, "SINI", "16.10.05")
    number = alarm(rina, "Massa SINI")["id"]
    guest = guest_of(server, register, "situasi")
    assert guest.page("/layar?kec=16.10.04").status == 200
    said = json.loads(picture(guest, "?kec=16.10.04").body)
    assert set(said["views"][0]["areas"]) == {"16.10.05"}
    assert [one["name"] for one in said["views"]] == ["situasi"]
    for name in ("partisipasi", "tps", "perhatian", "personel", "situasi,tps,perhatian"):
        other = json.loads(picture(guest, f"?tampilan={name}").body)
        assert [one["name"] for one in other["views"]] == ["situasi"], name
        assert len(other["table"]["head"]) == 3  # kecamatan, situasi, open reports
    assert [one["id"] for one in said["alarms"]] == [number]
    assert heed(guest, number, "Orang luar").status == 403
    until(lambda: refused(server, "acknowledge"), "the trail does not know of it")
    assert acknowledgements(server).get(number) is None


def test_a_guest_of_a_page_of_figures_sees_its_view_and_no_report(
    server: Server, rina: Knocker, register: Register
) -> None:
    grave(server, "RAHASIA", "16.10.05")
    alarm(rina, "Massa RAHASIA")
    pages = {"partisipasi": "Partisipasi", "tps": "Fase TPS", "tahapan": "Giat terlaksana"}
    for page, measure in pages.items():
        guest = guest_of(server, register, page)
        shell = guest.page(f"/layar?tampilan={page}&tema=terang").body
        assert f'href="/{page}?lengkap=ya"' in shell
        assert '<a id="full-board" data-guest' in shell  # at a desk, too
        assert 'id="newest"' not in shell
        for query in ("", "?tampilan=situasi,partisipasi,tps,personel&kec=16.10.04"):
            seen = picture(guest, query)
            state = json.loads(seen.body)
            assert [one["name"] for one in state["views"]] == [page]
            assert set(state["views"][0]["areas"]) == {"16.10.05"}
            assert state["table"]["head"] == ["kecamatan", measure]
            assert "RAHASIA" not in seen.body
            hidden = ("alarms", "newest", "marks", "decisions", "decision_count", "alerts")
            assert not any(state[name] for name in hidden)
        assert heed(guest, "x", "Orang luar").status == 403


def test_a_session_that_ends_while_an_answer_is_held_back_gets_none(server: Server) -> None:
    admit(server, "sementara", "analis")
    one = signed_in_soon(server, "sementara")
    tag = str(picture(one).headers["etag"])
    heard: list[Answer] = []
    waiting = threading.Thread(
        target=lambda: heard.append(picture(one, if_none_match=tag, prefer="wait=4"))
    )
    waiting.start()
    time.sleep(0.3)
    change(server, "sementara", enabled=False)
    waiting.join(30)
    assert [answer.status for answer in heard] in ([401], [200])  # 200: a minute had just turned
    assert picture(one).status == 401


def signed_in_soon(server: Server, name: str) -> Knocker:
    """An account that was made a moment ago: the gate looks at the store twice a second."""
    for _ in range(40):
        one = Knocker(server)
        if one.sign_in(name).status == 303:
            return one
        time.sleep(0.25)
    raise AssertionError(name)


def acknowledgements(server: Server) -> dict[str, actions_acknowledgements.Acknowledgement]:
    store = store_of(server)
    found = actions_acknowledgements.load_all(store)
    store.close()
    return {hash_case_id(case): said for case, said in found.items()}


def test_the_first_who_takes_note_is_kept_with_the_time_it_took(
    server: Server, rina: Knocker
) -> None:
    grave(server, "PAHAM")
    number = alarm(rina, "Massa PAHAM")["id"]
    assert heed(rina, number, " ").status == 422
    assert heed(rina, "0" * 18, "Iptu Rahmat").status == 404
    first = heed(rina, number, "Iptu Rahmat")
    assert first.status == 200
    assert "dipahami Iptu Rahmat" in json.loads(first.body)["acknowledged"]
    again = heed(signed_in(server, "wati"), number, "Bripka Sari")
    told, told_again = json.loads(first.body), json.loads(again.body)
    assert (told.pop("is_new"), told_again.pop("is_new")) == (True, False)
    assert told_again == told
    said = acknowledgements(server)[number]
    assert (said.by, said.account) == ("Iptu Rahmat", "rina")
    assert 0 <= said.response_time_s < 60
    assert "dipahami Iptu Rahmat" in alarm(rina, "Massa PAHAM")["acknowledged"]


def test_who_took_note_by_a_slip_takes_it_back_and_nobody_else_does(
    server: Server, rina: Knocker
) -> None:
    grave(server, "KELIRU")
    number = alarm(rina, "Massa KELIRU")["id"]
    heed(rina, number, "Iptu Rahmat")
    assert json.loads(unheed(signed_in(server, "wati"), number).body) == {"undone": False}
    assert json.loads(unheed(rina, number).body) == {"undone": True}
    assert json.loads(unheed(rina, number).body) == {"undone": False}
    assert number not in acknowledgements(server)
    assert alarm(rina, "Massa KELIRU")["acknowledged"] is None
    assert "Bripka Sari" in json.loads(heed(rina, number, "Bripka Sari").body)["acknowledged"]


def test_another_site_makes_nobody_take_note(server: Server, rina: Knocker) -> None:
    grave(server, "LUAR")
    number = alarm(rina, "Massa LUAR")["id"]
    assert heed(rina, number, "Iptu Rahmat", origin="http://lain.example").status == 403
    assert number not in acknowledgements(server)


def test_a_body_of_nonsense_is_refused_and_breaks_nothing(server: Server, rina: Knocker) -> None:
    kind = "application/x-www-form-urlencoded"
    for body in (b"", b"\xff\xfe", b"&".join(b"case=%d" % n for n in range(50)), b"case=a&name=b"):
        status = rina.ask("/layar/paham", "POST", body, content_type=kind).status
        assert status in {404, 422}
    assert rina.ask("/layar/paham", "POST", b"x" * 70_000, content_type=kind).status == 413
    strange = "?saat=kemarin&kec=99&tampilan=,,x&rentang=9j&tempo=-1&tema=%00&lang=xx"
    assert json.loads(picture(rina, strange).body)["filter"] == "tanpa saringan"


COPY = "/layar/salinan"


def test_a_copy_is_taken_along_as_a_file_and_that_is_in_the_trail(
    server: Server, rina: Knocker
) -> None:
    grave(server, "SALIN", "16.10.05")
    alarm(rina, "Massa SALIN")
    answer = rina.ask(f"{COPY}?kec=16.10.05&jenis=kericuhan&rentang=semua")
    assert answer.status == 200
    assert str(answer.headers["content-type"]) == "text/html; charset=utf-8"
    assert str(answer.headers["cache-control"]) == "no-store"
    assert "sandbox" in str(answer.headers["content-security-policy"])
    said = str(answer.headers["content-disposition"])
    assert re.fullmatch(r'attachment; filename="salinan_situasi_\d{8}-\d{4}\.html"', said)
    assert "SALINAN BEKU" in answer.body
    assert "Massa SALIN" in answer.body
    assert "diambil oleh rina" in answer.body
    until(lambda: bool(taken_by(server, "rina")), "the trail does not know of it")
    (deed,) = taken_by(server, "rina")
    assert (deed["table"], deed["page"], deed["form"]) == ("salinan", "layar", "html")
    assert deed["filters"] == {"kec": "16.10.05", "jenis": "kericuhan", "rentang": "semua"}
    assert deed["rows"] > 0


def test_a_guest_takes_no_copy_along(server: Server, register: Register) -> None:
    guest = guest_of(server, register, "situasi")
    assert guest.ask(COPY).status == 403
    assert Knocker(server).ask(COPY).status == 401
    until(lambda: refused(server, "copy"), "the trail does not know of it")
    assert not [who for action, who, _ in trail(server) if action == "export" and who != "rina"]


def test_a_program_that_takes_copies_without_end_is_stopped(server: Server) -> None:
    wati = signed_in(server, "wati")
    answers = iter(lambda: wati.ask(f"{COPY}?lang=en").status, 429)
    assert set(itertools.islice(answers, 40)) == {200}
    assert wati.ask(f"{COPY}?lang=en").status == 429
