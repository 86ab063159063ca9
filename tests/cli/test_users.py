"""`user`: accounts from the command line."""

from __future__ import annotations

from datetime import UTC, datetime

from typer.testing import CliRunner

from situasi.access import accounts
from situasi.cli import app
from situasi.domain.settings import load
from situasi.store import open_store
from tests.cli.conftest import Run

PASSWORD = "kuda merah lari jauh"


def told(*words: str, typed: str = PASSWORD) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["user", *words], input=f"{typed}\n")
    return done.exit_code, done.output


def test_an_account_is_made_changed_closed_and_opened_again(
    cli: Run, environment: dict[str, str]
) -> None:
    add = ("add", "wati", "--role", "operator", "--area", "Polsek Pemulutan", "--password-stdin")
    assert told(*add)[0] == 0
    listed = cli("user", "list").out
    assert "Pemulutan, Pemulutan Selatan, Pemulutan Barat" in listed
    assert "aktif" in listed
    assert cli("user", "change", "wati", "--role", "analis", "--everywhere").code == 0
    assert "seluruh kabupaten" in cli("user", "list").out
    assert cli("user", "disable", "wati").code == 0
    assert "ditutup" in cli("user", "list").out
    assert cli("user", "enable", "wati").code == 0
    assert told("reset", "wati", "--password-stdin", typed="sungai musi di pagi hari")[0] == 0
    store = open_store(load(environment).store_url)
    actions = store.audit_entries()["action"].tolist()
    store.close()
    assert actions == [
        f"account-{deed}" for deed in ("add", "change", "disable", "enable", "reset")
    ]


def test_what_is_refused_says_why_and_changes_nothing(cli: Run) -> None:
    weak = ("add", "wati", "--role", "analis", "--password-stdin")
    assert told(*weak, typed="bismillah123")[0] == 2
    assert told(*weak, typed="")[0] == 2
    assert told("add", "wati", "--role", "kaisar", "--password-stdin")[0] == 2
    assert told(*weak, "--area", "Palembang")[0] == 2
    assert cli("user", "disable", "wati").code == 2
    assert cli("user", "change", "wati").code == 2
    assert "0 akun" in cli("user", "list").out


def test_a_password_is_asked_for_twice_and_never_shown(cli: Run) -> None:
    add = ["user", "add", "wati", "--role", "analis"]
    done = CliRunner().invoke(app, add, input=f"{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0
    assert PASSWORD not in done.output
    assert "--password" not in cli("user", "add", "--help").out.replace("--password-stdin", "")


def test_an_account_of_the_provider_is_made_without_a_password_and_bound_anew(
    cli: Run, environment: dict[str, str]
) -> None:
    assert cli("user", "add", "wati", "--role", "analis", "--oidc").code == 0
    assert "SSO, belum terikat" in cli("user", "list").out
    store = open_store(load(environment).store_url)
    bound = {"identity": "https://sso.polri|17"}
    accounts.change(store, "wati", "account-bind", datetime.now(UTC), "test", **bound)
    assert "belum terikat" not in cli("user", "list").out
    assert cli("user", "reset", "wati", "--oidc").code == 0
    assert "SSO, belum terikat" in cli("user", "list").out
    assert told("reset", "wati", "--password-stdin")[0] == 0
    assert "sandi" in cli("user", "list").out.splitlines()[3]
    store.close()
