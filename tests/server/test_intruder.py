"""A colleague who tries more than is allowed, at a live server: is refused and logged.

Who has no session at all stands in test_gate.py, who tries passwords in test_signin.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from situasi.access import viewer_header
from situasi.access.roles import ROLES, SCREENS, Viewer
from situasi.domain.settings import ROOT
from situasi.server.api import api_keys
from tests.browser.serving import Server, mark_as_opened, until
from tests.conftest import NOON
from tests.server.doors import (
    Knocker,
    admit,
    closing,
    drawn,
    run,
    served_with,
    store_of,
    trail,
)

pytestmark = pytest.mark.xdist_group(__name__)

HERE, THERE = "16.10.05", "16.10.04"  # Pemulutan, Indralaya
OURS, THEIRS, SECRET_CASE = "Kotak Pemulutan basah", "Tenda Indralaya roboh", "Pose jari di warung"
INCIDENTS = (
    "id,waktu,kode_kecamatan,jenis,tingkat,uraian\n"
    f"K-1,2024-11-27 08:00,{HERE},logistik,rendah,{OURS}\n"
    f"K-2,2024-11-27 08:00,{THERE},bencana,tinggi,{THEIRS}\n"
)
NEUTRALITY = (
    "id,waktu,kode_kecamatan,pelanggaran,langkah,satuan,uraian\n"
    f"N-1,2024-11-27 08:00,{THERE},N07,informasi,Polsek Indralaya,{SECRET_CASE}\n"
)
ROSTER = "petugas,pangkat,satuan,instansi\nP-7788,Bripka,Polsek Indralaya,polri\n"
TRACES = ("Traceback", 'File "', ".py", str(ROOT), "sqlalchemy", "sqlite")


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with rows of two kecamatan, a case of neutrality, and people of several roles."""
    people = (("wati", "analis"), ("siti", "propam"), ("adi", "admin"))
    server = served_with(tmp_path_factory.mktemp("intruder"), *people)
    admit(server, "budi", "operator", (HERE,))
    mark_as_opened(server)
    for name, text in (("incidents", INCIDENTS), ("neutrality", NEUTRALITY), ("roster", ROSTER)):
        server.deliver(f"{name}.csv", text)
    yield server
    server.stop()


def signed_in(server: Server, name: str) -> Knocker:
    one = Knocker(server)
    until(lambda: one.sign_in(name).status == 303, "the account is not known")
    return one


def told(server: Server, action: str, actor: str) -> list[dict[str, Any]]:
    return [detail for did, who, detail in trail(server) if (did, who) == (action, actor)]


def said(server: Server, who: Knocker, page: str, query: str = "rentang=semua") -> str:
    """Everything that a page says to this person's browser."""
    with who.talk() as socket:
        heard = drawn(socket, page, query)
    kinds = {one.delta.new_element.WhichOneof("type") for one in heard}
    assert "exception" not in kinds, (page, query)
    text = "".join(str(message) for message in heard)
    assert not [trace for trace in TRACES[:2] if trace in text]
    return text


def test_a_page_of_another_role_gives_nothing_of_it_and_is_told(board: Server) -> None:
    wati = signed_in(board, "wati")
    assert THEIRS in said(board, wati, "kejadian")
    for page in SCREENS:
        text = said(board, wati, page)
        assert SECRET_CASE not in text and "N07" not in text, page
    hidden = {page for page in SCREENS if not ROLES["analis"].may_see(page)}
    until(lambda: len(told(board, "refused", "wati")) == len(hidden), "it is not in the trail")
    assert {detail["page"] for detail in told(board, "refused", "wati")} == hidden
    assert told(board, "saw", "wati") == []


def test_rows_of_another_kecamatan_are_on_no_page_and_the_answer_is_no(board: Server) -> None:
    budi = signed_in(board, "budi")
    assert OURS in said(board, budi, "kejadian")
    for page in SCREENS:
        for query in ("rentang=semua", f"rentang=semua&kec={THERE}"):
            text = said(board, budi, page, query)
            assert THEIRS not in text and SECRET_CASE not in text, (page, query)
    for path in ("incidents", "tps", "situation"):
        answer = budi.ask(f"/api/v1/{path}?kec={THERE}")
        assert answer.status == 403 and "luar wilayah" in answer.body
        assert THEIRS not in budi.ask(f"/api/v1/{path}").body
    until(
        lambda: {"kec": THERE, "page": "api"} in told(board, "refused", "budi"),
        "it is not in the trail",
    )


def test_what_a_key_has_no_right_to_is_refused_and_told_once(board: Server) -> None:
    store = store_of(board)
    token = api_keys.add(store, "pos", NOON, "admin", feeds=("tps",), area=(HERE,), read=True)
    store.close()
    pos = Knocker(board, {"Authorization": f"Bearer {token}"})
    for _ in range(3):
        assert pos.ask("/api/v1/neutrality").status == 403
        assert pos.ask("/api/v1/roster").status == 403
        assert pos.ask(f"/api/v1/incidents?kec={THERE}").status == 403
        row = json.dumps([{"waktu": "27/11/2024 08.00", "jenis": "banjir"}]).encode()
        answer = pos.ask("/api/v1/incidents", "POST", row, content_type="application/json")
        assert answer.status == 403
    until(lambda: len(told(board, "refused", "kunci:pos")) == 4, "it is not in the trail")
    # A session brings nothing in over the API, whoever it is of.
    adi = signed_in(board, "adi")
    assert adi.ask("/api/v1/incidents", "POST", row, content_type="application/json").status == 403
    until(lambda: len(told(board, "refused", "adi")) == 1, "it is not in the trail")


def test_nobody_makes_more_of_their_own_session(board: Server) -> None:
    budi, siti = signed_in(board, "budi"), signed_in(board, "siti")
    admiral = viewer_header.encode_viewer(Viewer("laksamana", ROLES["pimpinan"]))
    risen = Knocker(board, {"X-Situasi-Viewer": admiral}, dict(budi.jar))
    text = said(board, risen, "netralitas")
    assert SECRET_CASE not in text and THEIRS not in text and "laksamana" not in text
    assert risen.ask("/api/v1/neutrality").status == 403
    held, seal = (jar.jar["situasi"].rpartition(".") for jar in (budi, siti))
    crossed = Knocker(board, jar={"situasi": f"{held[0]}.{seal[2]}"})
    assert crossed.ask("/").status == 401 and crossed.refused() == 403
    until(
        lambda: (
            {"viewer header", "forged cookie"}
            <= {detail["what"] for detail in told(board, "intruder", "gate")}
        ),
        "it is not in the trail",
    )


HOSTILE = (
    "kec=" + "9" * 5000,
    "kec=%00&kec=%ff%fe&kec=../../etc/passwd",
    "kec='; DROP TABLE audit; --&rentang=semua",
    "saat=9999-99-99T99:99&rentang=%3Cscript%3Ealert(1)%3C/script%3E",
    "saat=0001-01-01T00:00&lang=en%0d%0aSet-Cookie:x",
    "tps=16.10.04.9999.001&kasus=%22%3E%3Cimg%20src=x%3E&ukur=__class__",
    "&".join(f"x{n}={n}" for n in range(500)),
)


@pytest.mark.parametrize("query", HOSTILE, ids=lambda query: query[:24])
def test_a_hostile_address_draws_the_page_and_breaks_nothing(board: Server, query: str) -> None:
    wati = signed_in(board, "wati")
    for page in ("situasi", "kejadian", "tps"):
        assert "<script>alert" not in said(board, wati, page, query)
    for path in ("/api/v1/incidents", "/api/v1/situation", "/kejadian", "/masuk"):
        answer = wati.ask(f"{path}?{query.replace(' ', '+')}")
        assert answer.status < 500
        assert not [trace for trace in TRACES if trace in answer.body and path != "/kejadian"]


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\x00" * 1000,
        b"\xff" * 5000,
        b"\x0a" * 100_000,
        "words instead of bytes",
        b"x" * 2**21,
    ],
    ids=lambda message: f"{len(message)} {message[:2]!r}",
)
def test_a_hostile_message_hurts_nobody_but_who_sends_it(
    board: Server, message: bytes | str
) -> None:
    wati, siti = signed_in(board, "wati"), signed_in(board, "siti")
    with siti.talk() as beside, wati.talk() as socket:
        run(beside)
        with suppress(ConnectionClosed):  # the server may close before the last byte has left
            socket.send(message)
        _, heard = closing(socket, 1)
        told_ = "".join(str(one) for one in heard)
        assert not [trace for trace in TRACES if trace in told_]
        assert run(beside)
    with wati.talk() as again:
        assert run(again)


def test_many_who_knock_at_once_get_nothing_and_the_board_goes_on(board: Server) -> None:
    wati = signed_in(board, "wati")
    strangers = [Knocker(board, jar={"situasi": f"x.{n}"}) for n in range(40)]
    with ThreadPoolExecutor(20) as many:
        found = list(many.map(lambda one: one.ask("/kejadian"), strangers * 5))
        opened = list(many.map(lambda one: one.refused(), strangers))
        tried = list(
            many.map(lambda n: Knocker(board).sign_in("adi", f"salah {n} sekali"), range(60))
        )
    assert {answer.status for answer in found} == {401} and set(opened) == {403}
    assert {answer.status for answer in tried} <= {401, 429, 503}
    assert not any("situasi=" in str(answer.headers) for answer in tried)
    assert THEIRS in said(board, wati, "kejadian")
    until(
        lambda: any(action == "sign-in-blocked" for action, _, _ in trail(board)),
        "the attempts are not in the trail",
    )
    refused = [action for action, _, _ in trail(board)].count("sign-in-refused")
    assert 1 <= refused <= 40


def test_after_all_this_the_trail_is_whole_and_nothing_was_brought_in(board: Server) -> None:
    store = store_of(board)
    assert store.verify() == []
    entries = store.audit_entries()
    assert set(entries.loc[entries["moves"], "action"]) == {"deliver", "note"}
    assert list(entries.loc[entries["action"] == "deliver", "actor"].unique()) != []
    assert store.quarantine_counts() == {}
    store.close()
    log = (board.folder / "server.log").read_text("utf-8", "replace")
    assert "salah 1 sekali" not in log
