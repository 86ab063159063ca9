"""Files that mean harm or are badly damaged: one sentence, little memory, little time."""

from __future__ import annotations

import io
import json
import os
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from situasi.ingest.readers.workbooks import xlsx_guard
from situasi.ingest.tables import SourceError
from tests.effort import examples
from tests.forks import loaded
from tests.ingest.readers.build import (
    ROW,
    SHEET,
    csv_text,
    look,
    put,
    refusal,
    repacked,
    sheet_xml,
    xlsx_bytes,
)

ROOT = Path(__file__).resolve().parents[3]
MAX_MEGABYTES = 512
MAX_SECONDS = 10
SHARED_FOLDER = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(150)
)
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


Measured = Callable[[Path], dict]


@pytest.fixture(scope="module")
def measured() -> Iterator[Measured]:
    """Read a file in a process of its own, within the bounds every file must keep."""
    with loaded("tests.ingest.readers.measure") as forks:

        def within(path: Path) -> dict:
            told = forks.ask(path)
            assert told["peak"] is None or told["peak"] < MAX_MEGABYTES
            assert told["seconds"] < MAX_SECONDS
            return told

        yield within


def shared(*texts: str) -> dict[str, bytes]:
    body = "".join(f"<si><t>{text}</t></si>" for text in texts)
    return {"xl/sharedStrings.xml": f"<sst {_MAIN}>{body}</sst>".encode()}


def one_string_used_often(folder):
    cells = '<c r="A{0}" t="s"><v>0</v></c>'
    rows = "".join(f'<row r="{n}">{cells.format(n)}</row>' for n in range(3, 30_000))
    return repacked(folder, "teks.xlsx", {SHEET: sheet_xml(rows)} | shared("x" * 500_000))


def one_string_used_often_in_disguise(folder):
    cells = "<x:c r='A{0}' t='s'><x:v> 0 </x:v></x:c>"
    rows = "".join(f"<row r='{n}'>{cells.format(n)}</row>" for n in range(3, 30_000))
    sheet = sheet_xml(rows).replace(b"<worksheet ", b'<worksheet xmlns:x="' + b'urn:x" ')
    return repacked(folder, "samaran.xlsx", {SHEET: sheet} | shared("x" * 500_000))


def far_cell(folder):
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return repacked(folder, "jauh.xlsx", {SHEET: sheet_xml(far)})


def far_cell_behind_a_quoted_bracket(folder):
    far = '<row r="3"><c x=">" r="XFD1048576"><v>1</v></c></row>'
    return repacked(folder, "jauh.xlsx", {SHEET: sheet_xml(far)})


def far_cell_by_its_row_only(folder):
    far = '<row r="1048576"><c><v>1</v></c></row>' + "<row>" + "<c><v>1</v></c>" * 16_000 + "</row>"
    return repacked(folder, "jauh.xlsx", {SHEET: sheet_xml(far)})


def flat_bomb(folder):
    spaces = sheet_xml(" " * 320_000_000)
    return repacked(folder, "bom.xlsx", {SHEET: spaces})


def cells_bomb(folder):
    return repacked(folder, "bom.xlsx", {SHEET: sheet_xml("<c/>" * 10_000_000)})


def merges_bomb(folder):
    merges = '<mergeCell ref="A1:A2"/>' * 2_000_000
    return repacked(folder, "gabung.xlsx", {SHEET: sheet_xml(merges)})


def nested_bomb(folder):
    content = b"\0" * 50_000_000
    for _ in range(4):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(5):
                archive.writestr(f"{number}.zip", content)
        content = buffer.getvalue()
    return put(folder, content, "bersarang.xlsx")


def huge_directory(folder):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(60_000):
            archive.writestr(str(number), b"")
    return put(folder, buffer.getvalue(), "direktori.xlsx")


def lying_size(folder):
    """The directory claims ten bytes where the sheet unpacks to fifty million."""
    path = repacked(folder, "bohong.xlsx", {SHEET: sheet_xml(" " * 50_000_000)})
    content = bytearray(path.read_bytes())
    for sign, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        place = content.find(sign)
        while place >= 0:
            content[place + at : place + at + 4] = struct.pack("<I", 10)
            place = content.find(sign, place + 4)
    return put(folder, bytes(content), "bohong.xlsx")


def entity_bomb(folder):
    lines = ['<!DOCTYPE x [<!ENTITY a0 "ha">']
    lines += [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)]
    sheet = sheet_xml("<row><c t='str'><v>&a9;</v></c></row>", before="".join(lines) + "]>")
    return repacked(folder, "entitas.xlsx", {SHEET: sheet})


def deep_xml(folder):
    return repacked(folder, "dalam.xlsx", {SHEET: sheet_xml("<a>" * 3_000_000)})


def many_columns(folder):
    row = ",".join(f"kolom {number}" for number in range(100_000))
    return put(folder, f"{row}\n{row}\n", "kolom.csv")


def many_columns_xlsx(folder):
    cells = "".join(f"<c><v>{number}</v></c>" for number in range(16_384))
    return repacked(folder, "kolom.xlsx", {SHEET: sheet_xml(f"<row>{cells}</row>" * 100)})


def endless_line(folder):
    return put(folder, csv_text() + "x" * 200_000_000, "baris.csv")


def endless_json_text(folder):
    return put(folder, '[{"waktu": "' + "x" * 200_000_000, "a.json")


def json_of_empty_lists(folder):
    return put(folder, "[" + "[]," * 30_000_000, "a.json")


def json_of_brackets(folder):
    return put(folder, "[" * 50_000_000, "a.json")


def nul_bytes(folder):
    return put(folder, csv_text().encode() + b"\0" * 100_000_000)


def stray_quotes(folder):
    line = f'1,"tak ditutup,{"x" * 60_000}\n' + f"{'y' * 60_000}\n" * 20
    return put(folder, csv_text() + line * 100)


HOSTILE = (
    (one_string_used_often, "terlalu besar"),
    (one_string_used_often_in_disguise, "terlalu besar"),
    (far_cell, "XFD1048576"),
    (far_cell_behind_a_quoted_bracket, "XFD1048576"),
    (far_cell_by_its_row_only, "terlalu luas"),
    (flat_bomb, "terlalu"),
    (cells_bomb, "tidak tersusun"),
    (merges_bomb, "terlalu besar"),
    (nested_bomb, "arsip ZIP"),
    (huge_directory, "terlalu banyak berkas"),
    (lying_size, "rusak atau terpotong"),
    (entity_bomb, "definisi XML"),
    (deep_xml, ""),
    (many_columns, "500 kolom"),
    (many_columns_xlsx, "terlalu luas"),
    (endless_line, "baris tanpa akhir"),
    (endless_json_text, "rusak"),
    (json_of_empty_lists, "kolom laporan yang dikenal"),
    (json_of_brackets, "bersarang"),
    (nul_bytes, "NUL"),
    (stray_quotes, "tanda kutip"),
)


@pytest.mark.parametrize(
    ("build", "words"), HOSTILE, ids=lambda value: getattr(value, "__name__", "")
)
def test_hostile_file_costs_little_and_gets_one_sentence(tmp_path, measured, build, words):
    told = measured(build(tmp_path))
    assert words in told["refused"]
    if words:
        assert told["refused"].endswith(".")


def test_long_csv_is_read_in_constant_memory(tmp_path, measured):
    short = measured(put(tmp_path, csv_text(*[ROW] * 30_000), "pendek.csv"))
    long = measured(put(tmp_path, csv_text(*[ROW] * 300_000), "panjang.csv"))
    assert long["rows"] == 300_000
    if long["peak"]:
        assert long["peak"] < short["peak"] + 40


def test_long_json_document_is_read_in_constant_memory(tmp_path, measured):
    row = json.dumps({"waktu": "8", "jenis": "banjir", "uraian": "x" * 200})
    told = measured(put(tmp_path, "[" + ",".join([row] * 300_000) + "]", "a.json"))
    assert told["rows"] == 300_000
    assert told["peak"] is None or told["peak"] < 300


STRANGERS = (
    (b"%PDF-1.7\n%\xe2\xe3", "dokumen PDF"),
    (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "gambar PNG"),
    (b"\xff\xd8\xff\xe0\0\x10JFIF", "gambar JPEG"),
    (b"\0\0\0\x18ftypheic", "foto ponsel"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ".xls"),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        "dikunci dengan sandi",
    ),
    (b"Rar!\x1a\x07\x01\0", "arsip RAR"),
    (b"<html><p>waktu, jenis</p></html>", "halaman web"),
    (b'<!doctype html><head>\n<meta name="generator" content="Situasi">', "salinan papan"),
    (b"\xef\xbb\xbf <?xml version='1.0'?><a/>", "berkas XML"),
)


@pytest.mark.parametrize(("content", "words"), STRANGERS, ids=lambda v: str(v)[:16])
@pytest.mark.parametrize("name", ["laporan.csv", "laporan.xlsx", "laporan.json"])
def test_file_of_another_kind_is_told_what_it_is(tmp_path, content, words, name):
    assert words in refusal(put(tmp_path, content, name))


@pytest.mark.parametrize(
    ("member", "words"),
    [("word/document.xml", "dokumen Word"), ("a.pdf", "arsip ZIP"), ("content.xml", "LibreOffice")],
)
def test_archive_that_is_no_workbook_is_told_what_it_is(tmp_path, member, words):
    path = tmp_path / "laporan.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, b"waktu,jenis\n1,2\n")
    assert words in refusal(path)


@pytest.mark.parametrize("content", ["", "\n\n \n", "\ufeff", "\ufeff\n"])
def test_empty_file_is_called_empty(tmp_path, content):
    assert "kosong" in refusal(put(tmp_path, content))


def test_folder_and_missing_file_are_refused(tmp_path):
    assert "folder" in refusal(tmp_path)
    assert "tidak ditemukan" in refusal(tmp_path / "tiada.csv")
    assert "tidak sah" in refusal(Path("a\0b"))


def test_link_to_itself_is_refused(tmp_path):
    loop = tmp_path / "lingkaran.csv"
    try:
        loop.symlink_to(loop)
    except OSError:
        pytest.skip("this system makes no links")
    assert refusal(loop)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_pipe_is_refused_without_waiting_for_it(tmp_path):
    os.mkfifo(tmp_path / "pipa.csv")
    assert "bukan berkas biasa" in refusal(tmp_path / "pipa.csv")


def test_locked_member_is_damage(tmp_path):
    content = bytearray(xlsx_bytes())
    place = content.find(b"PK\x01\x02")
    while place >= 0:
        content[place + 8] |= 1
        place = content.find(b"PK\x01\x02", place + 4)
    assert refusal(put(tmp_path, bytes(content), "a.xlsx")) == xlsx_guard.DAMAGED


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml", SHEET]
)
def test_workbook_without_a_part_is_never_an_error_of_ours(tmp_path, part):
    either(repacked(tmp_path, "a.xlsx", {}, remove=part))


def either(path: Path) -> None:
    """Rows or one sentence; row numbers rise."""
    try:
        seen = look(path, 50)
    except SourceError:
        assert refusal(path)
    else:
        assert all(a < b for a, b in zip(seen.rows, seen.rows[1:], strict=False))


WHOLE = xlsx_bytes()


@SHARED_FOLDER
@given(cut=st.integers(0, len(WHOLE) - 1))
def test_workbook_cut_anywhere_is_refused(tmp_path, cut):
    assert refusal(put(tmp_path, WHOLE[:cut], "a.xlsx"))


@SHARED_FOLDER
@given(at=st.integers(0, len(WHOLE) - 1), byte=st.integers(0, 255))
def test_workbook_with_one_wrong_byte_gives_rows_or_a_sentence(tmp_path, at, byte):
    either(put(tmp_path, WHOLE[:at] + bytes([byte]) + WHOLE[at + 1 :], "a.xlsx"))


ALPHABET = b'waktu,jenis;\t|"\n\r {}[]:1-\xff\xfe\xef\xbb\xbf\0e'


@SHARED_FOLDER
@given(
    content=st.one_of(
        st.binary(max_size=300),
        st.lists(st.sampled_from(ALPHABET), max_size=200).map(bytes),
        st.lists(st.sampled_from(ALPHABET), max_size=200).map(
            lambda b: b"waktu,jenis\n" + bytes(b)
        ),
    ),
    front=st.sampled_from([b"", b"PK\x03\x04", b"{", b"[", b"\xff\xfe", b"sep=,\n"]),
)
@example(content=b"", front=b"PK\x05\x06" + b"\0" * 18)
def test_any_bytes_give_rows_or_a_sentence(tmp_path, content, front):
    either(put(tmp_path, front + content))
