"""The command line of a command above: its accounts, keys and trail; the rest is of a Polres."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from situasi.access import accounts
from situasi.cli import app
from situasi.domain.settings import load
from situasi.store import open_store
from tests.builders_above import Kabupaten, command_folder
from tests.cli.conftest import Run

PASSWORD = "kuda merah lari jauh"
ADD = ("user", "add", "wati", "--role", "operator", "--password-stdin")


@pytest.fixture
def environment(environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    folder = command_folder(
        tmp_path / "polda",
        Kabupaten("99.01", "Satu", open=False),
        Kabupaten("99.02", "Dua", open=False),
    )
    return {**environment, "SITUASI_ELECTION": str(folder)}


def typed(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(words), input=f"{PASSWORD}\n")
    return done.exit_code, done.output


def test_an_account_is_bound_to_kabupaten_by_code_name_or_polres(
    cli: Run, environment: dict[str, str]
) -> None:
    code, said = typed(*ADD, "--area", "Polres Satu", "--area", "dua")
    assert code == 0 and "Satu, Dua" in said
    assert "Satu, Dua" in cli("user", "list").out
    store = open_store(load(environment).store_url)
    account = accounts.load_all(store)["wati"]
    store.close()
    assert account and account.area == ("99.01", "99.02")
    assert "account-add" in cli("audit", "list").out
    assert cli("audit", "verify").code == 0


def test_a_misspelling_gives_nobody_an_area(cli: Run) -> None:
    code, said = typed(*ADD, "--area", "Satuu")
    assert code == 2 and "bukan kode atau nama kabupaten dari Polda Contoh" in said
    assert "0 akun" in cli("user", "list").out


def test_a_key_opens_its_metrics_and_no_rows(cli: Run) -> None:
    refused = cli("key", "add", "bot", "--read")
    assert refused.code == 2 and "hanya untuk metrik" in refused.err
    assert cli("key", "add", "prometheus", "--metrics").out.startswith("situasi_")
    assert "prometheus" in cli("key", "list").out


def test_what_is_of_one_polres_is_refused_in_words(cli: Run, tmp_path: Path) -> None:
    said = cli("batches")
    assert said.code == 2 and "di atas Polres" in said.err
