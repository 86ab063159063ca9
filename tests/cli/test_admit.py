"""situasi admit: place for a Polres in the Polda's database, and the account by which it comes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from situasi.domain.settings import ROOT
from situasi.store import Scope, open_store
from tests import processes
from tests.store.builders import MORNING
from tests.store.test_store_postgres import plain

HERE = Scope("pilkada-2024", "16.02")


def said(database: str, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """What the command says at a Polda whose store this is."""
    above = str(ROOT / "data" / "commands" / "sumsel-2024")
    told = {"SITUASI_STORE": database, "SITUASI_ELECTION": above, "SITUASI_DATA": str(folder)}
    return processes.run(
        [sys.executable, "-m", "situasi", "admit", *words],
        cwd=ROOT,
        env={**os.environ, **told, "COLUMNS": "400"},
        encoding="utf-8",
        check=False,
    )


def test_a_polres_below_gets_an_account_that_opens_its_own_store(
    database: str, tmp_path: Path
) -> None:
    done = said(database, tmp_path, "16.02")
    try:
        assert done.returncode == 0, done.stderr
        account, password = done.stdout.split("\n")[0].removeprefix("Akun ").split(", kata sandi ")
        assert account == "polres_16_02" and len(password) >= 32
        assert f"{account}:{password}@" in done.stdout
        address = sa.make_url(database).set(username=account, password=password)
        theirs = open_store(address.render_as_string(hide_password=False), HERE)
        theirs.put_note("siaga", 1, MORNING, "operator")
        assert theirs.latest_notes() == {"siaga": 1}
        theirs.close()
    finally:
        with psycopg.connect(plain(database), autocommit=True) as line:
            line.execute("DROP OWNED BY polres_16_02")
            line.execute("DROP ROLE polres_16_02")


@pytest.mark.parametrize("store", ["database", "file"])
def test_who_is_not_below_or_has_no_server_is_told_so(
    store: str, database: str, tmp_path: Path
) -> None:
    where = database if store == "database" else f"sqlite:///{tmp_path / 'a.db'}"
    code = "17.01" if store == "database" else "16.02"
    done = said(where, tmp_path, code)
    assert done.returncode == 2 and done.stdout == ""
    assert ("17.01 tidak ada" in done.stderr) or ("Hanya penyimpanan PostgreSQL" in done.stderr)
