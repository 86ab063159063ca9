"""`link`: listed with its uses, revoked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from situasi.access import accounts, guest_links
from situasi.access.roles import ROLES, Viewer
from situasi.board import Board
from situasi.cli import common
from tests.cli.conftest import Run


def test_a_link_is_listed_without_what_opens_it_and_is_revoked(
    cli: Run, reopened: Callable[[], Board]
) -> None:
    board, now = reopened(), common.now()
    accounts.add(board.store, "wati", "analis", (), "kuda merah lari jauh", now, "test")
    viewer = Viewer("wati", ROLES["analis"])
    link = guest_links.create(
        board.store, board.register, viewer, "tps", [("kec", "16.10.13")], "KPU",
        timedelta(hours=1), now,
    )  # fmt: skip
    opened = {"link": link.scope.id, "begun": now.isoformat()}
    board.store.put_record(accounts.SESSION_KIND, "x", opened, now, "test")
    board.close()
    said = cli("link", "list").out
    assert all(word in said for word in (link.scope.id, "KPU", "tps", "Kandis", "wati", "berlaku"))
    assert "1 tautan" in said
    assert link.scope.id.isalnum()  # one that begins with "-" would be an option
    assert cli("link", "revoke", link.scope.id).code == 0
    assert "dicabut" in cli("link", "list").out
    assert "link-revoke" in cli("audit", "list").out


def test_a_link_that_is_none_is_said_in_one_sentence(cli: Run) -> None:
    said = cli("link", "revoke", "nothing")
    assert said.code == 2 and "tidak ada" in said.err
