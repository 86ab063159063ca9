"""`key`: made, listed, revoked."""

from __future__ import annotations

from situasi.server.api.api_keys import Keyring
from tests.cli.conftest import Run


def test_a_key_is_shown_once_and_alone_so_that_a_script_can_take_it(cli: Run, reopened) -> None:
    said = cli("key", "add", "bot", "--feed", "incidents", "--area", "Kandis", "--area", "16.10.04")
    assert said.code == 0
    board = reopened()
    key = Keyring(board.store).find(said.out.strip())
    board.close()
    assert key is not None
    assert (key.feeds, key.area) == (("incidents",), ("16.10.13", "16.10.04"))


def test_the_list_tells_rights_and_whether_it_holds_but_no_key(cli: Run) -> None:
    token = cli("key", "add", "bot", "--feed", "tps", "--read").out.strip()
    said = cli("key", "list").out
    assert all(word in said for word in ("bot", "tps", "semua", "baca", "belum", "berlaku"))
    assert token.split("_")[1] not in said and token.split("_", 2)[2] not in said
    assert cli("key", "revoke", "bot").code == 0
    assert "dicabut" in cli("key", "list").out


def test_a_right_is_not_given_on_a_likeness(cli: Run) -> None:
    for area in ("Atlantis", "Ogan Ilir", "Pemulutn Brt"):
        said = cli("key", "add", "bot", "--feed", "tps", "--area", area)
        assert said.code == 2 and said.err
    assert "bot" not in cli("key", "list").out


def test_what_cannot_be_done_is_said_in_one_sentence(cli: Run) -> None:
    assert "tidak ada" in cli("key", "revoke", "bot").err
    assert "tanpa hak" in cli("key", "add", "bot").err
    assert "tidak dapat dikirim" in cli("key", "add", "bot", "--feed", "suara").err
