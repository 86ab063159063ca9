"""Delimited text as it comes: encodings, delimiters, titles, ragged rows, stray quotes."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from situasi.ingest.readers import csv_rows, file_reader
from situasi.ingest.readers.table_builder import MAX_TABLE_CELLS
from tests.effort import examples
from tests.ingest.readers.build import HEADING, ROW, csv_text, look, put, recognise, refusal

SHARED_FOLDER = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(60)
)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_delimiter_and_line_end_gives_the_same_rows(tmp_path, delimiter, end):
    text = csv_text(ROW, ROW, delimiter=delimiter).replace("\n", end)
    seen = look(put(tmp_path, text))
    assert [tuple(record.values()) for record in seen.records] == [ROW, ROW]
    assert seen.rows == [2, 3]
    assert seen.progress == [1.0]


@pytest.mark.parametrize(
    ("codec", "mark", "note"),
    [
        ("utf-8", b"", ""),
        ("utf-8", b"\xef\xbb\xbf", ""),
        ("utf-16-le", b"\xff\xfe", "UTF-16"),
        ("utf-16-be", b"\xfe\xff", "UTF-16"),
        ("utf-16-le", b"", "UTF-16"),
        ("utf-16-be", b"", "UTF-16"),
        ("utf-32-le", b"\xff\xfe\0\0", "UTF-32"),
        ("cp1252", b"", "Windows-1252"),
    ],
)
def test_every_encoding_gives_the_same_text(tmp_path, codec, mark, note):
    row = ("27/11/2024", "Pemulutan", "banjir", "Jalan “putus” café")
    seen = look(put(tmp_path, mark + csv_text(row).encode(codec)))
    assert list(seen.records[0]) == list(HEADING)
    assert tuple(seen.records[0].values()) == row
    assert note in seen.said


def test_one_broken_byte_among_many_sound_letters_stays_utf8(tmp_path):
    sound = csv_text(*[("1", "é" * 20, "x", "y")] * 3).encode()
    seen = look(put(tmp_path, sound + b"2,a\xffb\xc3\xa9\xc3\xa9,x,y\n"))
    assert seen.records[0]["kecamatan"] == "é" * 20
    assert seen.records[3]["kecamatan"] == "a\ufffdbéé"
    assert "1 huruf rusak" in seen.said


def test_text_cut_inside_a_letter_is_read_to_its_end(tmp_path):
    whole = csv_text(("1", "é" * 20, "x", "akhir é")).encode()
    assert look(put(tmp_path, whole[:-2])).records[0]["uraian"] == "akhir \ufffd"


def test_sep_line_of_excel_names_the_delimiter_and_is_no_row(tmp_path):
    seen = look(put(tmp_path, "sep=;\r\nwaktu;kecamatan,x;jenis\r\n1;a,b;c\r\n"))
    assert seen.rows == [2]
    assert seen.records[0]["jenis"] == "c"


def test_title_rows_above_the_heading_are_skipped_and_noted(tmp_path):
    seen = look(put(tmp_path, "POLRES OGAN ILIR\n\nLaporan, harian\n\n" + csv_text()))
    assert seen.rows == [6]
    assert "2 baris di atas judul kolom dilewati (baris 1, 3)" in seen.said


def test_rows_of_another_table_above_the_heading_are_no_titles(tmp_path):
    text = "waktu,kecamatan\n27/11/2024 08.00,Kandis\n\n" + csv_text()
    seen = look(put(tmp_path, text))
    assert seen.rows == [2, 5]
    assert "dua tabel" in str(seen.records[0]["__bukan_laporan"])
    assert seen.records[0]["__rusak"] == "##/##/#### ##.## | Kandis"
    assert "1 baris di atas judul kolom dilewati (baris 1)" in seen.said


def test_heading_beyond_the_fortieth_row_is_not_found(tmp_path):
    assert look(put(tmp_path, "judul\n" * 39 + csv_text())).rows == [41]
    assert "judul kolom tidak ditemukan" in refusal(put(tmp_path, "judul\n" * 40 + csv_text()))


def test_two_heading_rows_are_read_as_one(tmp_path):
    text = (
        "No;Waktu;;Lokasi;;Koordinat;\n"
        ";Kejadian;Lapor;Kecamatan;Desa;Lat;Lon\n"
        "1;08.00;08.10;Kandis;Lubuk;-3,1;104,6\n"
    )
    seen = look(put(tmp_path, text))
    assert seen.headings[0][2:] == ["Waktu Lapor", "Kecamatan", "Desa", "Lat", "Lon"]
    assert seen.rows == [3]


def test_group_title_that_names_a_column_itself_is_kept(tmp_path):
    seen = look(put(tmp_path, "Waktu;Jenis;Lokasi;\n;;Kecamatan;Desa\n1;2;3;4\n"))
    assert seen.headings[0] == ["Waktu", "Jenis", "Kecamatan", "Desa"]


def test_first_data_row_is_never_taken_into_the_heading(tmp_path):
    seen = look(put(tmp_path, "waktu,kecamatan,catatan\npagi,Kandis,uraian\n"))
    assert seen.rows == [2]
    assert seen.headings[0] == ["waktu", "kecamatan", "catatan"]


def test_column_numbers_below_the_heading_are_no_row(tmp_path):
    text = csv_text(("(1)", "(2)", "(3)", "(4)"), ROW)
    assert look(put(tmp_path, text)).rows == [3]


def test_repeated_heading_is_left_out_with_a_note(tmp_path):
    seen = look(put(tmp_path, csv_text(ROW, HEADING, ROW)))
    assert seen.rows == [2, 4]
    assert "1 baris judul kolom yang berulang dilewati (baris 3)" in seen.notes
    assert "__bukan_laporan" not in seen.headings[0]


def test_data_row_that_begins_like_a_heading_is_kept(tmp_path):
    row = ("Waktu", "Kandis", "banjir", "jenis")
    assert look(put(tmp_path, csv_text(row))).rows == [2]


def test_blank_rows_are_skipped_but_counted(tmp_path):
    text = csv_text(ROW) + "\n , ,\t, \n" + ",".join(ROW) + "\n"
    assert look(put(tmp_path, text)).rows == [2, 5]


def test_ragged_rows_keep_their_excess_and_miss_what_is_missing(tmp_path):
    seen = look(put(tmp_path, csv_text((*ROW, "lebih", "lagi"), ROW[:2], ROW)))
    assert [record["__lebih"] for record in seen.records] == ["lebih | lagi", None, None]
    assert seen.records[1]["jenis"] is None


def test_empty_cells_beyond_the_heading_are_no_excess(tmp_path):
    seen = look(put(tmp_path, csv_text((*ROW, "", " "))))
    assert "__lebih" not in seen.headings[0]


def test_column_without_heading_is_kept_only_where_it_holds_something(tmp_path):
    seen = look(put(tmp_path, "waktu,,jenis,,uraian\n1,x,2,,3\n"))
    assert seen.headings[0] == ["waktu", "(kolom B)", "jenis", "uraian"]


def test_same_heading_twice_keeps_both_columns(tmp_path):
    seen = look(put(tmp_path, "waktu,jenis,ket,ket,__rusak\n1,2,3,4,5\n"))
    assert seen.headings[0] == ["waktu", "jenis", "ket", "ket (2)", "__rusak (2)"]


def test_line_breaks_inside_quotes_start_no_row(tmp_path):
    seen = look(put(tmp_path, csv_text(("1", "a", "b", '"satu\ndua"'), ROW)))
    assert seen.rows == [2, 3]
    assert seen.records[0]["uraian"] == "satu\ndua"


@pytest.mark.parametrize("after", [0, 30_000])
def test_quote_never_closed_costs_one_row_only(tmp_path, after):
    bad = ("1", '"tak ditutup', "b", "c")
    seen = look(put(tmp_path, csv_text(ROW, bad, *[ROW] * after)))
    assert len(seen.rows) == after + 2
    assert [record.get("__rusak") for record in seen.records[:2]] == [None, '1,"tak ditutup,b,c']


def test_stray_quote_before_a_quoted_cell_swallows_nothing(tmp_path):
    quoted = ("2", "Kandis", "b", '"koma, di dalam"')
    seen = look(put(tmp_path, csv_text(("1", '"tak ditutup', "b", "c"), ROW, quoted, ROW)))
    assert len(seen.rows) == 4
    assert seen.records[2]["uraian"] == "koma, di dalam"


def test_text_after_a_closing_quote_is_forgiven(tmp_path):
    seen = look(put(tmp_path, csv_text(("1", '"Tj." Raja', "b", "c"))))
    assert seen.records[0]["kecamatan"] == "Tj. Raja"


def test_file_full_of_stray_quotes_is_refused(tmp_path, monkeypatch):
    """With the real budget: readers/test_hostile."""
    monkeypatch.setattr(csv_rows, "_REREAD_BUDGET", 500_000)
    lines = "".join(f'{i},"tak,ditutup,{"x" * 9_000}\n' + "y" * 9_000 + "\n" for i in range(200))
    assert "tanda kutip" in refusal(put(tmp_path, csv_text() + lines))


def test_header_only_gives_one_empty_table_with_a_note(tmp_path):
    seen = look(put(tmp_path, csv_text().splitlines()[0]))
    assert (seen.rows, seen.headings) == ([], [list(HEADING)])
    assert "hanya judul kolom" in seen.said


def test_pieces_are_no_larger_than_asked_and_progress_grows(tmp_path):
    seen = look(put(tmp_path, csv_text(*[ROW] * 12_001)), chunk_rows=1000)
    assert seen.rows == list(range(2, 12_003))
    assert len(seen.progress) == 13
    assert seen.progress == sorted(seen.progress)
    assert seen.progress[-1] == 1.0


def test_a_wide_piece_has_fewer_rows(tmp_path):
    columns = [*HEADING, *(f"kolom {number}" for number in range(396))]
    path = put(tmp_path, csv_text(*[[*ROW, *["x"] * 396]] * 1_500, heading=columns))
    pieces = [len(t.row_numbers) for t in file_reader.read_file(path, recognise)]
    assert sum(pieces) == 1_500
    assert max(pieces) <= MAX_TABLE_CELLS // len(columns) == 1_000


CELLS = st.text(
    st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=12
).map(str.strip)
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS), max_size=20)


def slow_rows(rows):
    """What must come out: every row with something in it, empty cells as None."""
    return [tuple(cell or None for cell in row) for row in rows if any(row)]


@SHARED_FOLDER
@given(rows=ROWS, delimiter=st.sampled_from(",;\t|"), chunk=st.integers(1, 7))
def test_whatever_a_csv_program_writes_comes_back(tmp_path, rows, delimiter, chunk):
    rows = [("x" + a, b, c, d) for a, b, c, d in rows]  # no row looks like a total or heading
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([HEADING, *rows])
    seen = look(put(tmp_path, buffer.getvalue()), chunk)
    assert [tuple(record.values())[:4] for record in seen.records] == slow_rows(rows)
