"""`upgrade`: says which schema the store had, which it has, and where the old one lies."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from situasi.domain.settings import load
from situasi.store.migrations import runner
from tests.cli.conftest import Run
from tests.store import old

SCHEMA = int(runner.latest_revision())


@pytest.fixture
def store(environment: dict[str, str]) -> Path:
    path = Path(load(environment).store_url.removeprefix("sqlite:///"))
    path.parent.mkdir(parents=True)
    return old.made(path, "2")


def test_says_what_it_did_and_then_that_there_is_nothing_to_do(cli: Run, store: Path) -> None:
    said = cli("upgrade")
    copy = store.with_name("situasi.db.skema-2.bak")
    assert (said.code, said.out) == (
        0, f"Skema 2 menjadi {SCHEMA}.\nKeadaan sebelumnya: {copy}\n",
    )  # fmt: skip
    assert old.number_of(copy) == 2
    said = cli("upgrade")
    assert (said.code, said.out) == (0, f"Skema {SCHEMA}: tidak ada yang perlu dimutakhirkan.\n")


def test_as_a_person_runs_it_nothing_else_is_printed(process: Run, store: Path) -> None:
    said = process("upgrade")
    assert (said.code, said.err) == (0, "")
    assert len(said.out.splitlines()) == 2
    remark, whole = process("audit", "verify").out.splitlines()
    # What was stored before rows were sealed is not said to be sound.
    assert remark.startswith("14 catatan berasal dari versi sebelum baris disegel")
    assert whole == "Jejak utuh: 14 catatan."


def test_without_a_store_it_says_so_and_makes_none(cli: Run, environment: dict[str, str]) -> None:
    said = cli("upgrade")
    assert said.code == 2
    assert "Belum ada penyimpanan" in said.err
    assert not Path(environment["SITUASI_DATA"]).exists()


def test_without_room_for_the_copy_it_says_so_and_changes_nothing(
    cli: Run, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(store.parent)._replace(free=0)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    said = cli("upgrade")
    assert said.code == 2
    assert "Disk tidak cukup" in said.err
    assert old.number_of(store) == 2
