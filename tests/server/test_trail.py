"""Who saw neutrality and who exported rows is logged by a live server, busy store or not."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.serving import Server, mark_as_opened, until
from tests.server.doors import (
    Knocker,
    buttons,
    click,
    drawn,
    script_of,
    served_with,
    store_of,
    trail,
    waiting_an_hour_for_the_store,
)

pytestmark = pytest.mark.xdist_group(__name__)

PEOPLE = (("siti", "propam"), ("komandan", "pimpinan"), ("wati", "analis"))
CASE = (
    "id,waktu,kode_kecamatan,pelanggaran,langkah,satuan,uraian,pelapor\n"
    "N-1,2024-11-27 08:00,16.10.04,N07,informasi,Polsek Indralaya,pose jari,Propam\n"
)


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with one case of neutrality and somebody of each role."""
    folder = tmp_path_factory.mktemp("trail")
    with waiting_an_hour_for_the_store():
        server = served_with(folder, *PEOPLE)
    mark_as_opened(server)
    server.deliver("neutrality.csv", CASE)
    yield server
    server.stop()


def signed_in(server: Server, name: str) -> Knocker:
    one = Knocker(server)
    until(lambda: one.sign_in(name).status == 303, "the account is not known")
    return one


def told(server: Server, action: str, actor: str) -> list[dict[str, Any]]:
    return [detail for did, who, detail in trail(server) if (did, who) == (action, actor)]


def words(heard: list[Any]) -> str:
    return "".join(str(message) for message in heard)


def test_who_opens_neutrality_is_told_of_once_however_often_it_is_drawn(board: Server) -> None:
    version = version_of(board)
    siti = signed_in(board, "siti")
    with siti.talk() as one, siti.talk() as other:
        for socket in (one, other, one):
            assert "Polsek Indralaya" in words(drawn(socket, "netralitas"))
    until(lambda: told(board, "saw", "siti"), "nobody told of it")
    assert told(board, "saw", "siti") == [{"feed": "neutrality", "page": "netralitas"}]
    assert version_of(board) == version


def version_of(server: Server) -> int:
    store = store_of(server)
    try:
        return store.version()
    finally:
        store.close()


def test_who_may_not_see_it_sees_nothing_and_is_not_said_to_have(board: Server) -> None:
    with signed_in(board, "wati").talk() as socket:
        heard = words(drawn(socket, "netralitas"))
        assert "Polsek Indralaya" not in heard and "N07" not in heard
    assert told(board, "saw", "wati") == []


def test_no_page_waits_for_the_trail_and_the_trail_loses_nothing(board: Server) -> None:
    path = board.settings.store_url.removeprefix("sqlite:///")
    komandan = signed_in(board, "komandan")
    with komandan.talk() as socket:
        drawn(socket)  # what is computed first takes its time
        with contextlib.closing(sqlite3.connect(path)) as writer:
            writer.execute("BEGIN IMMEDIATE")
            heard = drawn(socket, "netralitas")
            files = buttons(heard)
            (case,) = [file for name, file in files.items() if "netral_kasus_CSV" in name]
            assert click(socket, script_of(heard), case)
            assert told(board, "saw", "komandan") == told(board, "export", "komandan") == []
            writer.rollback()
    until(lambda: told(board, "export", "komandan"), "an export was lost")
    assert told(board, "saw", "komandan") == [{"feed": "neutrality", "page": "netralitas"}]


def test_a_file_is_made_at_the_click_and_every_click_is_told(board: Server) -> None:
    siti = signed_in(board, "siti")
    before = len(told(board, "export", "siti"))
    with siti.talk() as socket:
        heard = drawn(socket, "netralitas", "kec=16.10.04")
        files = buttons(heard)
        # The name of a button is no file, and what is not clicked is nowhere.
        for file in files.values():
            assert siti.ask(f"/media/{file}.csv").status == 403
        (case,) = [file for name, file in files.items() if "netral_kasus_CSV" in name]
        for _ in range(2):
            assert "N07" in siti.ask(click(socket, script_of(heard), case)).body
    until(lambda: len(told(board, "export", "siti")) == before + 2, "a click was not told of")
    last = told(board, "export", "siti")[-1]
    assert last.pop("title")
    assert last == {
        "table": "netral_kasus", "form": "csv", "rows": 1, "filters": {"kec": "16.10.04"},
    }  # fmt: skip


def test_what_is_offered_to_one_is_given_to_nobody_without_an_account(board: Server) -> None:
    siti = signed_in(board, "siti")
    with siti.talk() as socket:
        heard = drawn(socket, "netralitas")
        (case, *_) = buttons(heard).values()
        address = click(socket, script_of(heard), case)
        assert address.startswith("/media/") and siti.ask(address).status == 200
        assert Knocker(board).ask(address).status == 401


def test_what_is_offered_on_one_page_is_made_and_given_to_nobody_else(board: Server) -> None:
    """Not even to who may see the same: the trail would name who did not ask."""
    siti, chief = signed_in(board, "siti"), signed_in(board, "komandan")
    with siti.talk() as socket, chief.talk() as beside:
        heard, own = drawn(socket, "netralitas"), drawn(beside, "netralitas")
        (case,) = [file for name, file in buttons(heard).items() if "netral_kasus_CSV" in name]
        before = len(told(board, "export", "siti"))
        for script in (script_of(own), script_of(heard)):
            assert click(beside, script, case) == ""
        address = click(socket, script_of(heard), case)
        assert siti.ask(address).status == 200
        assert chief.ask(address).status == 403
    until(lambda: len(told(board, "export", "siti")) == before + 1, "an export was lost")
    until(
        lambda: {"file of another"} <= {one["what"] for one in told(board, "intruder", "gate")},
        "the trail does not know of it",
    )


def test_a_file_stays_until_its_browser_fetches_it_however_often_pages_are_drawn(
    board: Server,
) -> None:
    siti = signed_in(board, "siti")
    with siti.talk() as socket, siti.talk() as other:
        heard = drawn(socket, "netralitas")
        (case,) = [file for name, file in buttons(heard).items() if "netral_kasus_CSV" in name]
        address = click(socket, script_of(heard), case)
        for _ in range(3):
            drawn(other, "tps")
            drawn(socket, "netralitas")
        assert "N07" in siti.ask(address).body
