"""`backup`, `restore`, `export` and `sync` as a person calls them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from situasi.board import Board
from situasi.domain.settings import ROOT, load
from situasi.store import Scope, open_store
from tests import processes
from tests.builders_store import assert_same, every, fill, flowing
from tests.cli.conftest import LIMIT, Run
from tests.conftest import NOON

SCOPE = Scope("pilkada-2024", "16.10")


@pytest.fixture
def filled(environment: dict[str, str]) -> dict[str, str]:
    store = open_store(load(environment).store_url, SCOPE)
    fill(store)
    store.close()
    return environment


def test_a_store_is_kept_proven_and_put_back(
    filled: dict[str, str], cli: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    reopened: Callable[[], Board],
) -> None:  # fmt: skip
    path = tmp_path / "k.zip"
    board = reopened()
    before = every(board.store)
    board.close()
    said = cli("backup", "-o", path)
    assert said.code == 0 and said.out.startswith(f"Ditulis: {path}: ")
    assert cli("backup", "--check", path).out.startswith(f"Utuh: {path}: ")
    monkeypatch.setenv("SITUASI_DATA", str(tmp_path / "other"))
    said = cli("restore", path)
    assert (said.code, said.err) == (0, "")
    store = open_store(f"sqlite:///{tmp_path / 'other' / 'situasi.db'}")
    after = every(store)
    store.close()
    assert_same(before, {**after, "audit": after["audit"][:-1]})
    assert cli("restore", path).code == 2  # it is no longer empty


def test_without_a_name_it_lies_with_the_others_and_is_never_let_go(
    filled: dict[str, str], cli: Run, tmp_path: Path
) -> None:
    assert cli("backup").code == 0
    [path] = (tmp_path / "live" / "backups").iterdir()
    assert path.name.endswith("-tangan.zip") and path.stat().st_mode & 0o777 == 0o600


def test_a_polres_that_lost_its_store_gets_its_rows_back_from_above_and_goes_on(
    filled: dict[str, str], cli: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str
) -> None:
    cli("sync", "--to", database)
    above = open_store(database, SCOPE)
    before = every(above)
    monkeypatch.setenv("SITUASI_DATA", str(tmp_path / "new"))
    assert cli("backup", "--from", database, "-o", tmp_path / "k.zip").code == 0
    assert_same(before, every(above))  # the trail there is still that of the lost store
    assert cli("restore", tmp_path / "k.zip").code == 0
    new = open_store(f"sqlite:///{tmp_path / 'new' / 'situasi.db'}")
    fill(new, mark="b")
    said = cli("sync", "--to", database)
    assert (said.code, said.err) == (0, "")
    assert_same(flowing(new), flowing(above))
    new.close()
    above.close()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("backup", "-o", "{0}/no/k.zip"), 2, "tidak ada"),
        (("backup", "-o", "{0}/a.txt"), 2, "sudah ada"),
        (("backup", "--check", "{0}/a.txt"), 1, "tidak dapat dipakai"),
        (("backup", "--check", "{0}/a.txt", "-o", "{0}/k.zip"), 2, "pilih salah satu"),
        (("restore", "{0}/a.txt"), 2, "tidak dapat dipakai"),
        (("restore", "{0}/none.zip"), 2, "tidak ada"),
        (("export", "-o", "{0}/x"), 2, "--archive"),
        (("export", "--archive", "-o", "{0}/x", "--role", "kaisar"), 2, "peran tidak dikenal"),
        (("export", "--archive", "-o", "{0}/a.txt"), 2, "sudah ada"),
        (("sync",), 2, "tujuan belum disebut"),
        (("sync", "--to", "mongodb://x"), 2, "tidak dikenal"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_in_a_sentence(
    filled: dict[str, str], cli: Run, tmp_path: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    (tmp_path / "a.txt").write_text("mine", "utf-8")
    found = cli(*(word.format(tmp_path) for word in words))
    assert found.code == code and said in found.err and "Traceback" not in found.err
    assert (tmp_path / "a.txt").read_text("utf-8") == "mine"


def test_a_definition_that_is_another_is_told(
    filled: dict[str, str], cli: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    cli("backup", "-o", tmp_path / "k.zip")
    folder = load(filled).election_folder
    other = tmp_path / "elections" / "deep" / folder.name
    shutil.copytree(folder, other)
    text = (other / "election.toml").read_text("utf-8")
    here = (folder / "../../../geo/16.10").resolve()
    (other / "election.toml").write_text(text.replace("../../../geo/16.10", str(here)), "utf-8")
    monkeypatch.setenv("SITUASI_ELECTION", str(other))
    monkeypatch.setenv("SITUASI_DATA", str(tmp_path / "other"))
    said = cli("restore", tmp_path / "k.zip")
    assert said.code == 0 and "pemilihan/election.toml" in said.err


def test_the_archive_is_written_and_told_by_whom(
    filled: dict[str, str], cli: Run, tmp_path: Path
) -> None:
    said = cli("export", "--archive", "-o", tmp_path / "arsip")
    assert said.code == 0 and (tmp_path / "arsip" / "README.md").exists()
    assert "utuh" in cli("audit", "list", "--action", "export").out


def test_rows_flow_once_and_it_says_what_flowed(
    filled: dict[str, str], cli: Run, tmp_path: Path, reopened: Callable[[], Board]
) -> None:
    to = f"sqlite:///{tmp_path / 'there' / 'situasi.db'}"
    said = cli("sync", "--to", to)
    assert said.code == 0 and "mengalir: " in said.out and "Semua sudah di tujuan." in said.out
    assert "mengalir" not in cli("sync", "--to", to).out
    board, there = reopened(), open_store(to)
    assert_same(flowing(board.store), flowing(there))
    board.close()
    there.close()


def test_a_line_that_is_down_is_a_sentence_without_the_password(
    filled: dict[str, str], cli: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody listens at this port.
    url = "postgresql+psycopg://polres:rahasia@127.0.0.1:9/situasi?connect_timeout=1"
    monkeypatch.setenv("SITUASI_UPSTREAM", url)
    said = cli("sync")
    assert said.code == 2 and "tidak menjawab" in said.err
    assert "rahasia" not in said.err + said.out


def test_a_forked_trail_ends_it_even_where_it_was_to_go_on(
    filled: dict[str, str], cli: Run, tmp_path: Path
) -> None:
    to = f"sqlite:///{tmp_path / 'there' / 'situasi.db'}"
    there = open_store(to)
    there.put_note("siaga", 1, NOON, "somebody else")
    before = every(there)
    said = cli("sync", "--to", to, "--every", "1")
    assert said.code == 2 and "tidak pernah ada di sini" in said.err
    assert_same(before, every(there))
    there.close()


def test_it_goes_on_by_itself_and_ends_when_told(
    filled: dict[str, str], tmp_path: Path, reopened: Callable[[], Board]
) -> None:
    to = f"sqlite:///{tmp_path / 'there' / 'situasi.db'}"
    running = processes.Popen(
        [sys.executable, "-m", "situasi", "sync", "--to", to, "--every", "0.2"],
        cwd=ROOT, env=os.environ | filled, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert running.stdout is not None
    assert "mengalir" in running.stdout.readline()
    board = reopened()
    fill(board.store, mark="b")
    assert "mengalir" in running.stdout.readline()
    there, until = open_store(to), time.monotonic() + LIMIT
    while there.audit_head() != board.store.audit_head() and time.monotonic() < until:
        time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    _, complaints = running.communicate(timeout=LIMIT)
    assert running.returncode == 130 and "Traceback" not in complaints
    assert_same(flowing(board.store), flowing(there))
    board.close()
    there.close()
