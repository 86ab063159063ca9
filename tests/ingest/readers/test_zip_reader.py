"""Archives: every file is read as if it came alone, and no archive takes more than its share."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest

from situasi.ingest.readers import zip_reader
from situasi.ingest.readers.workbooks import xlsx_guard
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


def test_damaged_workbook_and_archive_in_an_archive_are_named(tmp_path):
    broken = archive(tmp_path, {"a.csv": csv_text(), "b.xlsx": xlsx_bytes()[:-200]})
    assert "“b” dalam arsip" in refusal(broken)
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


def test_empty_file_beside_others_is_passed_over(tmp_path):
    assert len(look(archive(tmp_path, {"a.csv": csv_text(), "b.csv": b""})).records) == 1


def test_names_in_an_archive_are_never_paths(tmp_path):
    look(archive(tmp_path, {"../../luar.csv": csv_text(), "/etc/luar.csv": csv_text()}))
    assert not (tmp_path.parent / "luar.csv").exists()


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
