"""The command that writes laporan."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from situasi.board import Board
from tests.cli.conftest import Run

AT = "2024-11-27 12.30"


def test_it_writes_each_form_tells_the_trail_and_writes_nothing_twice(
    cli: Run, reopened: Callable[[], Board], tmp_path: Path
) -> None:
    asked = ("report", "--at", AT, "--format", "xlsx,txt", "--out", tmp_path / "keluar")
    first = cli(*asked)
    assert first.code == 0
    names = sorted(path.name for path in (tmp_path / "keluar").iterdir())
    assert names == ["laporan-situasi_20241127-1230.txt", "laporan-situasi_20241127-1230.xlsx"]
    assert all(name in first.out for name in names)
    assert "sudah ada" in cli(*asked).out
    board = reopened()
    trail = board.store.audit_entries()
    board.close()
    taken = trail[trail["action"] == "export"]
    assert len(taken) == 2
    assert all('"laporan"' in detail and "12:30" in detail for detail in taken["detail"])


def test_a_period_and_a_kecamatan_are_in_the_name_and_in_the_text(cli: Run, tmp_path: Path) -> None:
    said = cli("report", "--kind", "anev", "--from", "2024-11-27 08.00", "--until",
               "2024-11-27 12.00", "--kecamatan", "16.10.05", "--format", "txt", "--out",
               tmp_path)  # fmt: skip
    assert said.code == 0
    [path] = tmp_path.glob("*.txt")
    assert path.name == ("laporan-anev_20241127-1200_kurun-202411270800-202411271200_16.10.05.txt")
    text = path.read_text("utf-8")
    assert "ANALISA DAN EVALUASI" in text
    assert "Kecamatan Pemulutan" in text
    assert "Kurun: 27 Nov 2024 08.00 WIB s.d. 27 Nov 2024 12.00 WIB" in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--kind", "rahasia"), "rahasia"),
        (("--format", "docm"), "docm"),
        (("--format", ","), "bentuk"),
        (("--role", "raja"), "raja"),
        (("--at", "kemarin"), "kemarin"),
        (("--kecamatan", "99.99.99"), "99.99.99"),
        (("--netralitas",), "netralitas"),
        (("--every", "7h"), "selang"),
        (("--every", "2h", "--at", AT), "saatnya sendiri"),
        (("--kind", "anev", "--from", "2024-11-28", "--until", "2024-11-27"), "kurun"),
    ],
)
def test_what_cannot_be_made_is_said_in_one_sentence(
    cli: Run, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    answer = cli("report", "--out", tmp_path / "keluar", *words)
    assert answer.code == 2
    assert said in answer.err
    assert "Traceback" not in answer.err
    assert not (tmp_path / "keluar").exists()


def test_a_folder_that_cannot_be_written_is_said(cli: Run, tmp_path: Path) -> None:
    (tmp_path / "berkas").write_text("bukan folder")
    answer = cli("report", "--at", AT, "--format", "txt", "--out", tmp_path / "berkas")
    assert answer.code == 2
    assert "berkas" in answer.err
