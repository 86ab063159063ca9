"""`upgrade`: says which schema the store had, which it has, and where the old one lies."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from situasi.domain.settings import ROOT, load
from situasi.store.migrations import runner
from tests import processes
from tests.cli.conftest import LIMIT, Run
from tests.store import old
from tests.store.old import LATER, TODAY

LATER_PROGRAM = """
import sys
from pathlib import Path
from situasi.store.migrations import runner
runner.VERSIONS = Path(sys.argv.pop(1))
from situasi.cli import app
app()
"""


@pytest.fixture
def store(environment: dict[str, str]) -> Path:
    path = Path(load(environment).store_url.removeprefix("sqlite:///"))
    path.parent.mkdir(parents=True)
    return old.made(path, TODAY)


@pytest.fixture
def versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The migrations of a program with one more, which this is."""
    folder = old.write_later_versions(tmp_path)
    monkeypatch.setattr(runner, "VERSIONS", folder)
    return folder


def test_says_what_it_did_and_then_that_there_is_nothing_to_do(
    cli: Run, store: Path, versions: Path
) -> None:
    said = cli("upgrade")
    copy = store.with_name(f"situasi.db.skema-{TODAY}.bak")
    assert (said.code, said.out) == (
        0, f"Skema {TODAY} menjadi {LATER}.\nKeadaan sebelumnya: {copy}\n",
    )  # fmt: skip
    assert old.number_of(copy) == TODAY
    said = cli("upgrade")
    assert (said.code, said.out) == (0, f"Skema {LATER}: tidak ada yang perlu dimutakhirkan.\n")


def test_as_a_person_runs_it_nothing_else_is_printed(
    environment: dict[str, str], store: Path, versions: Path
) -> None:
    done = processes.run(
        [sys.executable, "-c", LATER_PROGRAM, versions, "upgrade"],
        cwd=ROOT, env=os.environ | environment, encoding="utf-8",
        timeout=LIMIT, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 2


def test_without_a_store_it_says_so_and_makes_none(cli: Run, environment: dict[str, str]) -> None:
    said = cli("upgrade")
    assert said.code == 2
    assert "Belum ada penyimpanan" in said.err
    assert not Path(environment["SITUASI_DATA"]).exists()


def test_without_room_for_the_copy_it_says_so_and_changes_nothing(
    cli: Run, store: Path, versions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(store.parent)._replace(free=0)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    said = cli("upgrade")
    assert said.code == 2
    assert "Disk tidak cukup" in said.err
    assert old.number_of(store) == TODAY
