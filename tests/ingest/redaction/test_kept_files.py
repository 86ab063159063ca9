"""Files that are kept after they were read hold marks in place of NRP, and give the same rows."""

from __future__ import annotations

import io
import json
import tracemalloc
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.access.officer_key import OfficerKey
from situasi.board import Board
from situasi.domain.feed_schemas import POSTINGS, ROSTER
from situasi.ingest.inbox import GROWTH_WATCH_TIME
from situasi.ingest.readers import grid
from situasi.ingest.redaction import kept_files
from situasi.ingest.redaction.kept_files import redact_kept_file
from tests.builders_files import csv_file, jsonl_file, report, xlsx_file
from tests.conftest import NOON
from tests.ingest.readers.workbooks.build import WORKBOOK_WRITERS
from tests.test_inbox_faults import Drop

NRP, NIP = "87041234", "198704122010011003"
KEY = OfficerKey(None, "k" * 40)
WRITERS = {"csv": csv_file, "jsonl": jsonl_file, "xlsx": xlsx_file}


def unpacked(path: Path) -> bytes:
    """All bytes of a file, of an archive those of its members."""
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


def rows(number: Any = NRP) -> list[dict[str, object]]:
    return [
        report("roster", id="1", nrp_tersamar=number, uraian=f"Bripka A {NRP} lapor 27/11/2024"),
        report("roster", id="2", petugas="", nrp_tersamar=NIP),
    ]


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("number", [NRP, int(NRP)])
def test_a_kept_file_gives_the_same_rows_and_holds_no_nrp(
    board: Board, tmp_path: Path, kind: str, number: object
) -> None:
    path = WRITERS[kind](tmp_path / f"daftar.{kind}", *rows(number))
    drop = Drop(board)
    path.rename(drop.folder / path.name)
    drop.settled()
    [kept] = (drop.folder / "processed").iterdir()
    before = board.store.rows_after(ROSTER)
    drop.after(GROWTH_WATCH_TIME + timedelta(seconds=61))
    content = unpacked(kept)
    assert NRP.encode() not in content
    assert NIP.encode() not in content
    assert b"27/11/2024" in content
    kept.rename(drop.folder / f"lagi.{kind}")
    drop.settled()
    assert drop.told[-1].quarantined == 0
    after = board.store.rows_after(ROSTER).drop_duplicates(["id", "petugas", "nrp"])
    assert after[["id", "petugas", "nrp"]].values.tolist() == before[
        ["id", "petugas", "nrp"]
    ].values.tolist()  # fmt: skip


def test_a_workbook_stays_one_that_can_be_opened(tmp_path: Path) -> None:
    path = xlsx_file(tmp_path / "a.xlsx", *rows(int(NRP)))
    assert redact_kept_file(path, KEY, is_about_officers=True)
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows(values_only=True) for cell in row]
    assert KEY.mark_number(NRP) in cells
    assert KEY.mark_number(NIP) in cells


def test_json_stays_json(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{"nrp": int(NRP), "petugas": f"NRP {NRP}", "n": 12}]), "utf-8")
    assert redact_kept_file(path, KEY, is_about_officers=True)
    mark = KEY.mark_number(NRP)
    assert json.loads(path.read_text("utf-8")) == [{"nrp": mark, "petugas": f"NRP {mark}", "n": 12}]


def test_time_and_mode_stay_and_a_file_without_nrp_is_not_touched(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", *rows())
    path.chmod(0o640)
    before = path.stat()
    assert redact_kept_file(path, KEY, is_about_officers=True)
    after = path.stat()
    assert (after.st_mtime_ns, after.st_mode) == (before.st_mtime_ns, before.st_mode)
    assert not redact_kept_file(path, KEY, is_about_officers=True)
    assert path.stat().st_ino == after.st_ino


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_whatever_the_encoding_the_rest_of_the_text_stays(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(f"nrp,ket\n{NRP},é 08.00\n".encode(encoding))
    assert redact_kept_file(path, KEY, is_about_officers=True)
    assert path.read_bytes().decode(encoding) == f"nrp,ket\n{KEY.mark_number(NRP)},é 08.00\n"


@pytest.mark.parametrize("content", [b"%PDF-1.4\n\0\x01", b"\xff\xd8\xff\0", b"PK\x03\x04broken"])
def test_what_is_no_text_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(content)
    assert not redact_kept_file(path, KEY, is_about_officers=True)
    assert path.read_bytes() == content


def test_a_bomb_and_a_torn_archive_are_left_as_they_are(tmp_path: Path) -> None:
    bomb, torn = tmp_path / "a.zip", tmp_path / "b.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", f"{NRP}\n" + "0" * 5_000_000)
    with zipfile.ZipFile(torn, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", f"nrp,ket\n{NRP},aman\n" * 50)
    content = bytearray(torn.read_bytes())
    content[40:52] = b"\xff" * 12  # within the packed text
    torn.write_bytes(content)
    for path in (bomb, torn):
        before = path.read_bytes()
        assert not redact_kept_file(path, KEY, is_about_officers=True)
        assert path.read_bytes() == before


def test_a_file_that_failed_is_redacted_too_and_so_is_one_kept_before_a_stop(board: Board) -> None:
    drop = Drop(board)
    (drop.folder / "rusak.txt").write_text(f"bukan tabel {NRP} {NIP}\n", "utf-8")
    (drop.folder / "asing.csv").write_text(f"apa,ini\n{NRP},{NIP}\n", "utf-8")
    csv_file(drop.folder / "posting.csv", report("postings", petugas=NRP))
    drop.settled()
    assert len(board.store.rows_after(POSTINGS)) == 1
    later = Drop(board)  # as after a restart: nobody watches the files any more
    later.now = NOON + timedelta(hours=1)
    later.inbox.sweep()
    for path in [*(drop.folder / "failed").iterdir(), *(drop.folder / "processed").iterdir()]:
        assert NRP.encode() not in path.read_bytes()
        assert NIP.encode() not in path.read_bytes()


def test_a_workbook_in_an_archive_is_redacted_too(tmp_path: Path) -> None:
    book = xlsx_file(tmp_path / "a.xlsx", *rows(int(NRP)))
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(book, "a.xlsx")
        archive.writestr("foto.jpg", b"\xff\xd8\0")
    assert redact_kept_file(path, KEY, is_about_officers=True)
    with zipfile.ZipFile(path) as archive:
        (tmp_path / "b.xlsx").write_bytes(archive.read("a.xlsx"))
        assert archive.read("foto.jpg") == b"\xff\xd8\0"
    content = unpacked(tmp_path / "b.xlsx")
    assert NRP.encode() not in content
    assert KEY.mark_number(NRP).encode() in content


def test_memory_does_not_grow_with_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_files, "_BLOCK_BYTES", 1 << 12)
    for name in ("a.csv", "a.xml"):
        line = f"x,{NRP},aman {{}}\n" if name == "a.csv" else f'<c r="A{{}}"><v>{NRP}</v></c>'
        text = "".join(map(line.format, range(25_000)))
        path = tmp_path / f"{name}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, text)
        tracemalloc.start()
        assert redact_kept_file(path, KEY, is_about_officers=True)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < len(text), peak
        assert NRP.encode() not in unpacked(path)


LINES = st.lists(
    st.lists(st.sampled_from([NRP, NIP, "nrp", "NRP: 12345", "aman", "27/11/2024", ",", " "]),
             max_size=4).map("".join), max_size=40,
).map("\n".join)  # fmt: skip


@given(text=LINES, block=st.integers(100, 300))
def test_a_text_in_pieces_is_redacted_as_a_whole_one(text: str, block: int) -> None:
    redact = kept_files._build_redaction(KEY, is_about_officers=True)
    results = []
    for size in (block, 1 << 20):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(kept_files, "_BLOCK_BYTES", size)
            target = io.BytesIO()
            kept_files._redact_file(io.BytesIO(text.encode()), target, redact)
            results.append(target.getvalue())
    assert results[0] == results[1]


@pytest.mark.parametrize("kind", [".xls", ".ods", ".zip"])
@pytest.mark.parametrize("number", [NRP, int(NRP)])
def test_kept_workbook_of_another_kind_holds_no_nrp_and_stays_readable(
    tmp_path: Path, kind: str, number: object
) -> None:
    inner = ".ods" if kind == ".zip" else kind
    path = tmp_path / f"daftar{inner}"
    rows = [["NO", "NAMA", "NRP"], [1, "Andi", number], [2, "Budi", ""]]
    WORKBOOK_WRITERS[inner](path, {"Daftar": rows}, {})
    if kind == ".zip":
        with zipfile.ZipFile(tmp_path / "daftar.zip", "w") as archive:
            archive.write(path, "lampiran/daftar.ods")
        path = tmp_path / "daftar.zip"
    assert redact_kept_file(path, KEY, is_about_officers=True)
    [sheet] = grid.read_sheets(path)
    assert [row[2:] for row in sheet.rows] == [["NRP"], [KEY.mark_number(NRP)], []]
    assert not redact_kept_file(path, KEY, is_about_officers=True)


@pytest.mark.parametrize("kind", [".xls", ".ods"])
def test_kept_workbook_without_nrp_is_the_file_as_it_came(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"rekap{kind}"
    WORKBOOK_WRITERS[kind](path, {"Rekap": [["desa", "tps"], ["Miji", 1]]}, {})
    before = path.read_bytes()
    assert not redact_kept_file(path, KEY, is_about_officers=True)
    assert path.read_bytes() == before
