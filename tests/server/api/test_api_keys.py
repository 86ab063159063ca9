"""Keys: shown once, kept as a hash, gone with the next request once revoked."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta

import pytest

from situasi.board import Board
from situasi.server.api import api_keys
from tests.conftest import NOON


def made(board: Board, name: str = "bot", feeds: tuple[str, ...] = ("incidents",)) -> str:
    return api_keys.add(board.store, name, NOON, "admin", feeds=feeds)


def test_a_key_opens_until_it_is_revoked(board: Board) -> None:
    ring = api_keys.Keyring(board.store)
    token = made(board)
    found = ring.find(token)
    assert found is not None
    assert (found.name, found.feeds, found.actor) == ("bot", ("incidents",), "kunci:bot")
    api_keys.revoke(board.store, "bot", NOON, "admin")
    assert ring.find(token) is None


@pytest.mark.parametrize("change", [slice(0, -1), slice(1, None)])
def test_a_key_with_a_letter_missing_opens_nothing(board: Board, change: slice) -> None:
    ring, token = api_keys.Keyring(board.store), made(board)
    assert ring.find(token[change]) is None


def test_the_secret_of_one_key_does_not_open_another(board: Board) -> None:
    ring, one, other = api_keys.Keyring(board.store), made(board, "satu"), made(board, "dua")
    assert ring.find(one[:21] + other[21:]) is None
    assert ring.find("") is None


def test_the_key_itself_is_kept_nowhere(board: Board) -> None:
    secret = made(board).split("_", 2)[2]
    connection = sqlite3.connect(board.settings.data_folder / "situasi.db")
    kept = "\n".join(connection.iterdump())
    connection.close()
    assert "kunci" not in secret and secret not in kept
    assert "bot" in kept


def test_a_name_is_given_once_even_after_it_was_revoked(board: Board) -> None:
    made(board)
    with pytest.raises(api_keys.KeyRefused, match="sudah ada"):
        made(board)
    api_keys.revoke(board.store, "bot", NOON, "admin")
    with pytest.raises(api_keys.KeyRefused, match="pernah ada"):
        made(board)


@pytest.mark.parametrize("name", ["", "Bot", "a b", "-a", "a/b", "a" * 41, "a\nb"])
def test_a_name_that_would_not_stand_in_the_trail_is_refused(board: Board, name: str) -> None:
    with pytest.raises(api_keys.KeyRefused, match="nama kunci"):
        made(board, name)


def test_a_key_must_open_something_and_merges_are_made_on_the_board(board: Board) -> None:
    with pytest.raises(api_keys.KeyRefused, match="tanpa hak"):
        made(board, feeds=())
    with pytest.raises(api_keys.KeyRefused, match="tidak dapat dikirim"):
        made(board, feeds=("merges",))


def test_who_made_and_who_revoked_a_key_is_in_the_trail_without_its_hash(board: Board) -> None:
    made(board)
    api_keys.revoke(board.store, "bot", NOON, "wati")
    trail = board.store.audit_entries()
    assert list(trail["action"]) == ["key-add", "key-revoke"]
    assert list(trail["actor"]) == ["admin", "wati"]
    assert json.loads(trail["detail"].iloc[0])["feeds"] == ["incidents"]
    assert "digest" not in "".join(trail["detail"])


def test_of_its_use_only_the_day_is_kept_once_a_day(board: Board) -> None:
    ring = api_keys.Keyring(board.store)
    key = ring.find(made(board))
    assert key is not None
    ring.record_use(key, NOON)
    version = board.store.access_version()
    ring.record_use(key, NOON + timedelta(hours=3))
    api_keys.Keyring(board.store).record_use(key, NOON + timedelta(hours=4))  # after a restart
    assert board.store.access_version() == version
    assert api_keys.last_uses(board.store) == {"bot": "2024-11-27"}
    ring.record_use(key, NOON + timedelta(days=1))
    assert api_keys.last_uses(board.store) == {"bot": "2024-11-28"}
