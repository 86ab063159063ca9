"""Kesiapan: what is there counts, what is estimated or half there is said, and what comes next."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages.readiness import steps
from pages.readiness.steps import MISSING, PARTIAL, READY
from situasi import board as board_module
from situasi.access import accounts
from situasi.access.accounts import Account
from situasi.access.roles import ROLES, Viewer
from situasi.board import Board
from situasi.common import metrics
from situasi.domain.register import Register
from situasi.ui import session
from tests.conftest import NOON
from tests.rehearsed import run, script_of


def account(role: str, *, enabled: bool = True) -> Account:
    return Account(role, role, (), "", enabled, "")


def test_somebody_of_each_needed_role_has_to_be_able_to_sign_in(empty: Board) -> None:
    assert steps.check_accounts([]).state == MISSING
    some = [account("admin"), account("operator"), account("pimpinan", enabled=False)]
    step = steps.check_accounts(some)
    assert (step.state, "pimpinan" in step.next_act) == (PARTIAL, True)
    assert steps.check_accounts([*some, account("pimpinan")]).state == READY


def test_a_list_with_estimates_is_not_that_of_the_kpu(register: Register) -> None:
    assert steps.check_register(register).state == PARTIAL
    official = replace(register, tps=register.tps.assign(estimated=False), mismatches=())
    assert steps.check_register(official).state == READY


def test_what_programs_brought_opens_no_way_of_reporting(empty: Board) -> None:
    rows = [("pembukaan", feed, 9) for feed in steps.NEEDED_FEEDS]
    batches = pd.DataFrame(rows, columns=["actor", "feed", "accepted"])
    assert steps.check_deliveries(batches).state == MISSING
    more = pd.DataFrame([("wati", "tps", 1), ("kunci", "incidents", 0)], columns=batches.columns)
    step = steps.check_deliveries(pd.concat([batches, more]))
    assert (step.state, "1 kiriman" in step.known) == (PARTIAL, True)
    assert "kejadian" in step.next_act and "personel" in step.next_act
    full = pd.DataFrame([("wati", feed, 1) for feed in steps.NEEDED_FEEDS], columns=batches.columns)
    assert steps.check_deliveries(full).state == READY


def test_a_wall_is_there_once_it_has_read(empty: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "now", lambda: NOON)
    monkeypatch.setattr(metrics, "_WALL_READS", [])
    assert steps.check_wall().state == MISSING
    metrics.record_wall_read(NOON)
    assert (steps.check_wall().state, "baru saja" in steps.check_wall().known) == (READY, True)


def _words(board: Board, monkeypatch: pytest.MonkeyPatch, viewer: Viewer) -> str:
    monkeypatch.setattr(board_module, "_current", board)
    monkeypatch.setattr(session, "viewer", lambda: viewer)
    app = run(AppTest.from_string(script_of("readiness")))
    kinds = ("html", "markdown", "caption")
    return "".join(str(one.proto.body) for kind in kinds for one in app.get(kind))


def test_an_empty_board_names_every_step_and_how_it_begins(
    empty: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "_WALL_READS", [])
    said = _words(empty, monkeypatch, Viewer("x", ROLES["admin"]))
    assert "0 dari 6 langkah siap" in said and said.count("<li>") == 6
    assert "user add NAMA --role admin" in said and "0 dari 667 TPS" in said
    accounts.add(empty.store, "rina", "admin", (), "hujan di sawah lebak", NOON, "cli")
    empty.refresher.refresh()
    said = _words(empty, monkeypatch, Viewer("rina", ROLES["admin"]))
    assert 'href="akun?lang=id"' in said and "1 akun aktif" in said
    chief = _words(empty, monkeypatch, Viewer("kapolres", ROLES["pimpinan"]))
    assert 'href="akun' not in chief and 'href="masukan' in chief


def test_of_the_rehearsal_day_the_lists_are_there_and_marked(
    rehearsed: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = _words(rehearsed, monkeypatch, Viewer("x", ROLES["pimpinan"]))
    assert "LATIHAN" in said and "0 personel di daftar" not in said
