"""`officer-key` as a person calls it, and what a backup carries of the key."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from situasi.access import officer_key
from situasi.domain.settings import load
from situasi.store import Scope, open_store
from tests.cli.conftest import Run

NRP = "87041234"


def mark(environment: dict[str, str]) -> str:
    return officer_key.open_key(load(environment)).mark_number(NRP)


def fingerprint(text: str) -> str:
    found = re.findall(r"[0-9a-f]{4}(?:-[0-9a-f]{4}){3}", text)
    assert found, text
    return str(found[-1])


def test_the_fingerprint_is_shown_and_the_key_never(environment: dict[str, str], cli: Run) -> None:
    assert "Belum ada kunci" in cli("officer-key", "show").out
    mark(environment)
    said = cli("officer-key", "show")
    secret = officer_key.open_key(load(environment)).read_secret()
    assert said.code == 0 and fingerprint(said.out) and secret not in said.out + said.err


def test_a_change_says_what_it_costs_and_is_made_only_after_the_answer(
    environment: dict[str, str], cli: Run
) -> None:
    before = mark(environment)
    was = fingerprint(cli("officer-key", "show").out)
    said = cli("officer-key", "change")  # nobody answers
    assert said.code != 0 and "daftar personel" in said.err and mark(environment) == before
    said = cli("officer-key", "change", "--yes")
    assert said.code == 0 and mark(environment) != before
    now = fingerprint(cli("officer-key", "show").out)
    store = open_store(load(environment).store_url, Scope("pilkada-2024", "16.10"))
    entries = store.audit_entries(action="officer-key")
    store.close()
    [detail] = entries["detail"]
    assert was in detail and now in detail and was != now


def test_a_backup_carries_the_key_and_a_restore_puts_it_where_there_is_none(
    environment: dict[str, str], cli: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, other = tmp_path / "k.zip", environment | {"SITUASI_DATA": str(tmp_path / "other")}
    before = mark(environment)
    assert cli("backup", "-o", path).code == 0
    with zipfile.ZipFile(path) as container:
        assert "rahasia/kunci-petugas" in container.namelist()
    monkeypatch.setenv("SITUASI_DATA", other["SITUASI_DATA"])
    said = cli("restore", path)
    assert (said.code, said.err) == (0, "")
    assert "Kunci petugas dipulihkan" in said.out and mark(other) == before


def test_a_restore_leaves_another_key_and_says_how_to_take_that_of_the_file(
    environment: dict[str, str], cli: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, other = tmp_path / "k.zip", environment | {"SITUASI_DATA": str(tmp_path / "other")}
    before = mark(environment)
    cli("backup", "-o", path)
    own = mark(other)
    monkeypatch.setenv("SITUASI_DATA", other["SITUASI_DATA"])
    said = cli("restore", path)
    assert said.code == 0 and "officer-key restore" in said.err and mark(other) == own != before
    assert cli("officer-key", "restore", path, "--yes").code == 0
    assert mark(other) == before


def test_a_backup_of_a_board_that_saw_no_nrp_has_no_key(
    environment: dict[str, str], cli: Run, tmp_path: Path
) -> None:
    path = tmp_path / "k.zip"
    assert cli("backup", "-o", path).code == 0
    said = cli("officer-key", "restore", path, "--yes")
    assert said.code == 2 and "tidak memuat kunci petugas" in said.err
    assert cli("officer-key", "restore", tmp_path / "tidak-ada.zip", "--yes").code == 2


def test_a_key_of_the_settings_is_changed_there(
    environment: dict[str, str], cli: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITUASI_OFFICER_SECRET", "k" * 40)
    said = cli("officer-key", "change", "--yes")
    assert said.code == 2 and "SITUASI_OFFICER_SECRET" in said.err
