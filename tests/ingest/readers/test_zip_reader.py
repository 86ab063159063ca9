"""Archives: every file is read as if it came alone, and no archive takes more than its share."""

from __future__ import annotations

import errno
import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest

from situasi.ingest.pipeline import IngestRequest, build_table, ingest_file
from situasi.ingest.readers import file_reader, zip_reader
from situasi.ingest.readers.private_copy import is_machine_error
from situasi.ingest.readers.workbooks import xlsx_guard
from situasi.ingest.tables import SourceError
from tests.builders import unbounded, wib
from tests.ingest.readers.build import (
    HEADING,
    ROW,
    csv_text,
    look,
    put,
    refusal,
    xlsx,
    xlsx_bytes,
)


def archive(folder: Path, members: dict[str, str | bytes], name: str = "ekspor.zip") -> Path:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for member, content in members.items():
            file.writestr(member, content)
    return put(folder, buffer.getvalue(), name)


def test_every_csv_file_is_a_table_whose_rows_name_it(tmp_path):
    seen = look(archive(tmp_path, {"b-rinci.csv": csv_text(), "b.csv": csv_text(ROW, ROW)}))
    assert [row["__lembar"] for row in seen.records] == ["b", "b", "b-rinci"]
    assert seen.rows == [2, 3, 2]


def test_one_csv_file_is_read_as_if_it_came_alone(tmp_path):
    (record,) = look(archive(tmp_path, {"folder/laporan.csv": csv_text()})).records
    assert tuple(record.values()) == ROW


def test_workbooks_and_json_are_read_like_texts(tmp_path):
    two = xlsx(ROW, ROW)
    two.create_sheet("Kedua").append(list(HEADING))
    two["Kedua"].append(list(ROW))
    one = json.dumps([dict(zip(HEADING, ROW, strict=True))])
    seen = look(
        archive(tmp_path, {"a.csv": csv_text(), "bb.json": one, "ccc.xlsx": xlsx_bytes(two)})
    )
    sheets = [row["__lembar"] for row in seen.records]
    assert sheets == [
        "a",
        "bb",
        f"ccc / {two.sheetnames[0]}",
        f"ccc / {two.sheetnames[0]}",
        "ccc / Kedua",
    ]
    assert {tuple(row[h] for h in HEADING) for row in seen.records} == {ROW}


@pytest.mark.parametrize("name", ["b.xlsx", "b.json"])
def test_rows_of_other_things_are_kept_as_no_reports(tmp_path, name):
    book = openpyxl.Workbook()
    for row in (["apa", "itu"], ["x", "y"], ["z", "w"]):
        book.active.append(row)
    other = xlsx_bytes(book) if name == "b.xlsx" else '[{"apa": "x", "itu": "y"}, {"apa": "z"}]'
    seen = look(archive(tmp_path, {"a.csv": csv_text(), name: other}))
    assert [bool(row.get("__bukan_laporan")) for row in seen.records] == [False, True, True]


def test_damaged_file_keeps_no_other_out_and_is_a_row_with_its_name(tmp_path):
    cut = xlsx_bytes()[:-200]
    seen = look(archive(tmp_path, {"a.csv": csv_text(), "b.xlsx": cut, "cc.csv": cut}))
    assert [row.get("__bukan_laporan") is None for row in seen.records] == [True, False, False]
    assert all(f"“{name}” dalam arsip tidak terbaca" in seen.said for name in ("b.xlsx", "cc.csv"))


def test_archive_of_damaged_files_alone_is_refused_by_name(tmp_path):
    assert "“b.xlsx”" in refusal(archive(tmp_path, {"b.xlsx": xlsx_bytes()[:-200], "a.csv": b""}))


def test_file_damaged_after_its_first_rows_refuses_the_archive(tmp_path, monkeypatch):
    def read_half(*_):
        yield build_table([dict(zip(HEADING, ROW, strict=True))])
        raise SourceError("Terpotong.")

    monkeypatch.setattr(file_reader, "_read_text", read_half)
    assert "“a.csv”" in refusal(archive(tmp_path, {"a.csv": csv_text()}))


def test_machine_at_fault_is_no_damage_of_a_file(tmp_path, monkeypatch):
    def fail(*_):
        raise SourceError("Terlalu banyak berkas.") from OSError(errno.EMFILE, "")

    monkeypatch.setattr(file_reader.xlsx_reader, "read", fail)
    with pytest.raises(SourceError) as refused:
        look(archive(tmp_path, {"a.csv": csv_text(), "bb.xlsx": xlsx_bytes()}))
    assert is_machine_error(refused.value.__cause__)


def test_archive_in_an_archive_is_refused(tmp_path):
    inner = archive(tmp_path, {"a.csv": csv_text()}, "dalam.zip").read_bytes()
    assert "arsip ZIP lain" in refusal(archive(tmp_path, {"a.csv": csv_text(), "b.csv": inner}))


def test_workbooks_share_one_limit(tmp_path, monkeypatch):
    size = sum(p.file_size for p in zipfile.ZipFile(io.BytesIO(xlsx_bytes())).infolist())
    monkeypatch.setattr(xlsx_guard, "MAX_UNPACKED_BYTES", 2 * size - 1)
    assert look(archive(tmp_path, {"a.xlsx": xlsx_bytes()})).records
    members: dict[str, str | bytes] = {f"{n}.xlsx": xlsx_bytes() for n in range(2)}
    assert "terlalu besar" in refusal(archive(tmp_path, members))


def test_other_files_are_counted_in_a_note(tmp_path):
    members = {"a.csv": csv_text(), "media/1.jpg": b"\xff\xd8", "__MACOSX/a.csv": b"x"}
    assert "2 berkas lain dalam arsip tidak dibaca" in look(archive(tmp_path, members)).said


def test_lines_of_a_file_without_headings_are_rows_that_are_no_reports(tmp_path):
    seen = look(archive(tmp_path, {"a.csv": csv_text(), "catatan.txt": "halo\ndunia\nlagi\n"}))
    assert [bool(row.get("__bukan_laporan")) for row in seen.records] == [False, True, True]


def test_empty_file_beside_others_is_named(tmp_path):
    seen = look(archive(tmp_path, {"a.csv": csv_text(), "b.csv": b""}))
    assert len(seen.records) == 1
    assert "berkas “b” dalam arsip kosong" in seen.said


def test_mended_archive_adds_only_what_was_damaged(board, tmp_path):
    """The same archive twice counts nothing twice."""
    first, second = (
        f"waktu,kecamatan,desa,tps,hadir\n2024-11-27 09:00,Kandis,Miji,{tps},{hadir}\n"
        for tps, hadir in ((1, 88), (2, 93))
    )
    cut = archive(tmp_path, {"satu.csv": first, "kedua.csv": b"PK\3\4" + second.encode()})
    whole = archive(tmp_path, {"satu.csv": first, "kedua.csv": second}, "utuh.zip")
    results = [
        ingest_file(
            IngestRequest(path, board.store, board.ingest_context, unbounded(), now=wib("18.00"))
        )
        for path in (cut, cut, whole)
    ]
    assert [(r.accepted, r.duplicate, r.quarantined) for r in results] == [
        (1, 0, 1),
        (0, 1, 1),
        (1, 1, 0),
    ]
    assert sum(board.store.quarantine_counts().values()) == 1


def test_names_in_an_archive_are_never_paths(tmp_path):
    outside = ("../../luar.csv", "/etc/luar.csv", "C:\\luar.csv", "a\\..\\..\\luar.csv")
    members = dict.fromkeys((*outside, "dalam..1/a.csv"), csv_text())
    seen = look(archive(tmp_path, members))
    assert not (tmp_path.parent / "luar.csv").exists()
    assert [row.get("__bukan_laporan") is None for row in seen.records] == [True] + [False] * 4
    assert all(f"“{name}” dalam arsip tidak dibaca" in seen.said for name in outside)


def test_archive_without_tables_is_refused_as_before(tmp_path):
    assert "arsip ZIP" in refusal(archive(tmp_path, {"foto.jpg": b"\xff\xd8"}))


def test_bomb_is_refused(tmp_path):
    assert "terlalu besar" in refusal(archive(tmp_path, {"a.csv": b"0" * 40_000_000}))


def test_contents_beyond_the_limit_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(zip_reader, "MAX_UNPACKED_BYTES", 100)
    assert "terlalu besar" in refusal(archive(tmp_path, {"a.csv": csv_text(*[ROW] * 20)}))


def test_too_many_files_are_refused(tmp_path):
    members: dict[str, str | bytes] = {f"{n}.csv": csv_text() for n in range(51)}
    assert "lebih dari 50" in refusal(archive(tmp_path, members))


@pytest.mark.parametrize("damage", ["cut", "bytes"])
def test_damaged_archive_gets_one_sentence(tmp_path, damage):
    path = archive(tmp_path, {"a.csv": csv_text(*[ROW] * 200)})
    raw = bytearray(path.read_bytes())
    if damage == "cut":
        raw = raw[:-30]
    else:
        raw[60:90] = b"\x00" * 30
    path.write_bytes(bytes(raw))
    assert refusal(path)
