"""`profile`: what is known, tried on a file, carried to another board; `ingest` by it."""

from __future__ import annotations

from pathlib import Path

from tests.builders_files import csv_file
from tests.cli.conftest import Run

PROFILE = """
name = "rekap-dusun"
title = "Rekap per dusun"
feed = "tps"

[signature]
headings = ["Kode wil", "Dusun", "Bilik", "Jml org"]

[columns]
kecamatan = ["Kode wil"]
desa = ["Dusun"]
tps = ["Bilik"]
hadir = ["Jml org"]
"""


def foreign(folder: Path) -> Path:
    rows = [
        {"Kode wil": "Indralaya", "Dusun": "Tanjung Gelam", "Bilik": n, "Jml org": 40 + n}
        for n in range(1, 7)
    ]
    return csv_file(folder / "rekap 27-11-2024 pukul 09.00.csv", *rows)


def kept(folder: Path, text: str = PROFILE) -> Path:
    path = folder / "rekap.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_profile_is_imported_listed_shown_and_exported_as_it_was(
    process: Run, tmp_path: Path
) -> None:
    assert process("profile", "import", kept(tmp_path)).code == 0
    assert "rekap-dusun" in process("profile", "list").out
    assert 'hadir = ["Jml org"]' in process("profile", "show", "rekap-dusun").out.replace(
        "[\n    ", "["
    ).replace(",\n]", "]")
    assert process("profile", "export", "rekap-dusun", "-o", tmp_path / "b.toml").code == 0
    assert process("profile", "import", tmp_path / "b.toml").code == 0


def test_a_foreign_file_waits_until_its_profile_is_there(process: Run, tmp_path: Path) -> None:
    path = foreign(tmp_path)
    waits = process("ingest", path)
    assert waits.code == 3
    assert "menunggu pemetaan" in waits.out
    assert process("profile", "test", path).code == 1
    process("profile", "import", kept(tmp_path))
    assert process("profile", "test", path).code == 0
    [source] = process("ingest", "--json", path).sources
    assert (source["accepted"], source["waiting"]) == (6, None)


def test_one_profile_is_chosen_by_its_name(process: Run, tmp_path: Path) -> None:
    process("profile", "import", kept(tmp_path))
    [source] = process("ingest", "--json", "--profile", "rekap-dusun", foreign(tmp_path)).sources
    assert source["accepted"] == 6
    assert process("ingest", "--profile", "entah", foreign(tmp_path)).code == 2


def test_a_faulty_profile_is_refused_with_its_key(process: Run, tmp_path: Path) -> None:
    faulty = process("profile", "import", kept(tmp_path, PROFILE.replace("hadir =", "suara =")))
    assert faulty.code == 2
    assert "suara" in faulty.err


def test_one_that_is_taken_back_recognises_nothing_more(process: Run, tmp_path: Path) -> None:
    process("profile", "import", kept(tmp_path))
    assert process("profile", "remove", "rekap-dusun").code == 0
    assert process("profile", "remove", "rekap-dusun").code == 2
    assert process("ingest", foreign(tmp_path)).code == 3
