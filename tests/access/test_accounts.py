"""Accounts: names, passwords and areas are checked, and a hash is all that is kept."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import Literal

import pytest
from argon2 import Parameters, PasswordHasher, extract_parameters

from situasi.access import accounts
from situasi.access.accounts import AccountRefused
from situasi.access.roles import ROLES
from situasi.board import Board
from situasi.cli import common
from situasi.domain.settings import ROOT
from tests.conftest import NOON

PASSWORD = "kuda merah lari jauh"
OF_THE_DAY = accounts._HASHER  # before the tests put a cheaper one in its place


@pytest.fixture
def wati(board: Board) -> Board:
    accounts.add(board.store, "wati", "operator", ("16.10.04",), PASSWORD, NOON, "test")
    return board


def test_an_account_opens_with_its_password_alone(wati: Board) -> None:
    account = accounts.load_all(wati.store)["wati"]
    assert accounts.verify_password(account, PASSWORD)
    assert not accounts.verify_password(account, PASSWORD + " ")
    assert not accounts.verify_password(None, PASSWORD)
    accounts.change(wati.store, "wati", "account-disable", NOON, "test", enabled=False)
    assert not accounts.verify_password(accounts.load_all(wati.store)["wati"], PASSWORD)


def test_to_refuse_costs_the_same_hash_whoever_is_named(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    costs: list[Parameters] = []

    class Counted(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            costs.append(extract_parameters(str(hash)))
            return super().verify(hash, password)

    own = OF_THE_DAY
    counted = Counted(own.time_cost, own.memory_cost, own.parallelism, own.hash_len, own.salt_len)
    monkeypatch.setattr(accounts, "_HASHER", counted)
    monkeypatch.setattr(accounts, "_dummy_hash", cache(accounts._dummy_hash.__wrapped__))
    accounts.add(board.store, "wati", "operator", (), PASSWORD, NOON, "test")
    known = accounts.load_all(board.store)["wati"]
    assert known is not None
    closed, of_provider = replace(known, enabled=False), replace(known, identity="", secret="")
    for account, password in ((known, "salah"), (closed, PASSWORD), (of_provider, "x"), (None, "")):
        assert not accounts.verify_password(account, password)
    assert len(costs) == 4 and all(cost == costs[0] for cost in costs)
    assert costs[0].memory_cost >= 64 * 1024  # KiB, as RFC 9106 has it


def test_the_same_letters_from_another_keyboard_are_the_same_password(board: Board) -> None:
    composed, apart = "caf\u00e9 di tepi sungai", "cafe\u0301 di tepi sungai"
    accounts.add(board.store, "budi", "analis", (), composed, NOON, "test")
    assert accounts.verify_password(accounts.load_all(board.store)["budi"], apart)


def test_the_hash_is_argon2id_and_is_shown_nowhere(wati: Board) -> None:
    account = accounts.load_all(wati.store)["wati"]
    assert account is not None
    assert account.secret.startswith("$argon2id$")
    assert account.secret not in repr(account)
    assert account.secret not in wati.store.audit_entries().to_csv()


def test_every_change_has_a_new_stamp_and_is_in_the_trail(wati: Board) -> None:
    before = accounts.load_all(wati.store)["wati"]
    accounts.change(wati.store, "wati", "account-reset", NOON, "kepala", password=PASSWORD)
    after = accounts.load_all(wati.store)["wati"]
    assert before is not None
    assert after is not None
    assert before.stamp != after.stamp
    assert (after.role, after.area) == (before.role, before.area)
    found = wati.store.audit_entries()[["action", "actor"]].to_numpy().tolist()
    assert found == [["account-add", "test"], ["account-reset", "kepala"]]


def test_an_account_is_made_once_and_changed_only_where_there_is_one(wati: Board) -> None:
    with pytest.raises(AccountRefused, match="sudah ada"):
        accounts.add(wati.store, "wati", "pimpinan", (), PASSWORD, NOON, "test")
    with pytest.raises(AccountRefused, match="tidak ada"):
        accounts.change(wati.store, "budi", "account-enable", NOON, "test", enabled=True)
    for role in ("kaisar", ""):
        with pytest.raises(AccountRefused, match="peran"):
            accounts.add(wati.store, "budi", role, (), PASSWORD, NOON, "test")
        with pytest.raises(AccountRefused, match="peran"):
            accounts.change(wati.store, "wati", "account-change", NOON, "test", role=role)


@pytest.mark.parametrize("name", ["", "ab", "Wati", "wa ti", "../wati", "wati\n", "a" * 33, "<b>x"])
def test_a_name_is_plain(board: Board, name: str) -> None:
    with pytest.raises(AccountRefused, match="nama"):
        accounts.add(board.store, name, "analis", (), PASSWORD, NOON, "test")


@pytest.mark.parametrize(
    ("password", "why"),
    [("sebelas 123", "paling sedikit"), ("Bismillah123", "sering"), ("PolresOganIlir", "sering"),
     ("abababababab", "sering"), ("sandinya wati begini", "nama akun")],
)  # fmt: skip
def test_a_weak_password_is_refused(board: Board, password: str, why: str) -> None:
    common = accounts.load_common_passwords(board.settings.vocabulary_folder)
    with pytest.raises(AccountRefused, match=why):
        accounts.check_password(password, "wati", common)
    accounts.check_password(PASSWORD, "wati", common)


def test_an_area_is_told_by_code_by_name_or_by_polsek(board: Board) -> None:
    found = accounts.parse_kecamatan
    assert found(board.register, []) == ()
    assert found(board.register, ["16.10.05"]) == ("16.10.05",)
    assert found(board.register, ["tanjung  RAJA", "Tj. Raja"]) == ("16.10.03",)
    assert found(board.register, ["Indralaya"]) == ("16.10.04",)
    assert found(board.register, ["polsek indralaya"]) == ("16.10.04", "16.10.07", "16.10.08")
    for word in ("Indralayaa", "16.10", "", "16.10.04.1032", "polsek"):
        with pytest.raises(AccountRefused, match="bukan kode"):
            found(board.register, [word])


def test_a_record_that_cannot_be_read_is_nobodys_but_is_there(wati: Board) -> None:
    good = wati.store.latest_records(accounts.RECORD_KIND)["wati"]
    broken = [None, [], {}, good | {"role": "kaisar"}, good | {"enabled": "ya"}, good | {"x": 1},
              good | {"identity": 7}]  # fmt: skip
    for n, value in enumerate(broken):
        wati.store.put_record(accounts.RECORD_KIND, f"rusak{n}", value, NOON, "test")
    every = accounts.load_all(wati.store)
    assert [name for name, account in every.items() if account] == ["wati"]
    assert len(every) == len(broken) + 1


def test_every_role_can_be_given(board: Board) -> None:
    for role in ROLES:
        accounts.add(board.store, f"akun.{role}", role, (), PASSWORD, NOON, "test")
    assert len(accounts.load_all(board.store)) == len(ROLES)
    assert "netralitas" not in ROLES["admin"].screens


def test_an_account_is_opened_by_its_password_or_by_the_provider_never_by_both(wati: Board) -> None:
    accounts.add(wati.store, "budi", "analis", (), None, NOON, "test")
    budi = accounts.load_all(wati.store)["budi"]
    assert budi is not None
    assert (budi.identity, budi.secret) == ("", "")
    for password in ("", PASSWORD):
        assert not accounts.verify_password(budi, password)
    accounts.change(wati.store, "budi", "account-reset", NOON, "test", password=PASSWORD)
    assert accounts.verify_password(accounts.load_all(wati.store)["budi"], PASSWORD)
    accounts.change(wati.store, "wati", "account-reset", NOON, "test", password=None)
    assert not accounts.verify_password(accounts.load_all(wati.store)["wati"], PASSWORD)


def test_a_hash_left_behind_opens_no_account_of_the_provider(wati: Board) -> None:
    accounts.change(wati.store, "wati", "account-change", NOON, "test", identity="issuer|sub")
    assert not accounts.verify_password(accounts.load_all(wati.store)["wati"], PASSWORD)


def test_an_account_written_before_there_were_providers_is_one_with_a_password(
    wati: Board,
) -> None:
    old = wati.store.latest_records(accounts.RECORD_KIND)["wati"]
    del old["identity"]
    wati.store.put_record(accounts.RECORD_KIND, "wati", old, NOON, "test")
    account = accounts.load_all(wati.store)["wati"]
    assert account is not None
    assert account.identity is None
    assert accounts.verify_password(account, PASSWORD)


def test_an_identity_is_bound_once_to_one_account_that_waits_for_it(wati: Board) -> None:
    for name in ("budi", "siti"):
        accounts.add(wati.store, name, "analis", (), None, NOON, "test")
    waiting = accounts.load_all(wati.store)["budi"]
    bound = accounts.bind_identity(wati.store, "budi", "https://sso|17", NOON)
    assert accounts.load_all(wati.store)["budi"] == bound
    assert waiting is not None
    assert (bound.identity, bound.role) == ("https://sso|17", "analis")
    assert bound.stamp != waiting.stamp
    assert accounts.bind_identity(wati.store, "budi", "https://sso|17", NOON) == bound
    for name, identity, why in (
        ("budi", "https://sso|18", "bound to another"),
        ("budi", "https://other|17", "bound to another"),
        ("siti", "https://sso|17", "of another account"),
        ("wati", "https://sso|19", "by a password"),
        ("siapa", "https://sso|19", "no account"),
    ):
        with pytest.raises(AccountRefused, match=why):
            accounts.bind_identity(wati.store, name, identity, NOON)
    accounts.change(wati.store, "budi", "account-disable", NOON, "test", enabled=False)
    with pytest.raises(AccountRefused, match="closed"):
        accounts.bind_identity(wati.store, "budi", "https://sso|17", NOON)
    assert wati.store.audit_entries()["action"].tolist().count("account-bind") == 1


def test_an_account_that_nobody_can_open_is_known_as_such(wati: Board) -> None:
    accounts.add(wati.store, "budi", "analis", (), None, NOON, "test")

    def openable(name: str, issuer: str | None) -> bool:
        account = accounts.load_all(wati.store)[name]
        assert account is not None
        return accounts.can_sign_in(account, issuer)

    assert openable("wati", None)
    assert not openable("budi", None)
    assert openable("budi", "https://sso")
    accounts.bind_identity(wati.store, "budi", "https://sso|17", NOON)
    assert openable("budi", "https://sso")
    assert not openable("budi", "https://ss")
    assert not openable("budi", "https://other")
    accounts.change(wati.store, "wati", "account-disable", NOON, "test", enabled=False)
    assert not openable("wati", "https://sso")


def actors_of_programs() -> set[str]:
    """The names by which modules deliver and speak in the audit trail, read out of the code."""
    found = set()
    for file in [*(ROOT / "situasi").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]:
        for line in file.read_text("utf-8").splitlines():
            if named := re.fullmatch(r'ACTOR = "([^"]+)"', line):
                found.add(named[1])
    return found


def test_nobody_is_called_as_a_program(board: Board) -> None:
    assert {"inbox", "papan", "pembukaan", "latihan"} <= actors_of_programs()
    for name in actors_of_programs() | {"cli", "gate"}:
        with pytest.raises(AccountRefused, match="dipakai oleh papan"):
            accounts.add(board.store, name, "analis", (), PASSWORD, NOON, "test")
    assert accounts.load_all(board.store) == {}


def test_who_sits_at_the_command_line_has_a_name_that_no_account_can_have(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("USER", "wati")
    assert common.actor() == "cli:wati"
    with pytest.raises(AccountRefused, match="tidak dapat dipakai"):
        accounts.add(board.store, common.actor(), "analis", (), PASSWORD, NOON, "test")


def test_a_password_is_changed_only_as_the_account_was_looked_at(wati: Board) -> None:
    account = accounts.load_all(wati.store)["wati"]
    assert account is not None
    changed = accounts.change_own_password(wati.store, account, "gajah putih tidur", NOON)
    assert changed.stamp != account.stamp
    assert accounts.verify_password(changed, "gajah putih tidur") and not accounts.verify_password(
        changed, PASSWORD
    )
    with pytest.raises(AccountRefused, match="baru saja diubah"):
        accounts.change_own_password(wati.store, account, "kucing hitam lari", NOON)
    assert accounts.load_all(wati.store)["wati"] == changed
