"""XLS and ODS give the same tables as XLSX; what is hostile or damaged in them is refused."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from datetime import date, datetime, time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from situasi.ingest.readers.workbooks import ods_sheets, xlsx_copy
from situasi.ingest.tables import SourceError
from tests.effort import examples
from tests.ingest.readers.build import HEADING, look, put, refusal
from tests.ingest.readers.workbooks.build import WORKBOOK_WRITERS, write_ods

OTHERS = (".xls", ".ods")
CELLS = st.one_of(
    st.sampled_from(["", "Indralaya", "a & <b>", "0012", "TPS 1\n(baru)"]),
    st.integers(0, 10**9),
    st.floats(-1e6, 1e6, allow_nan=False).map(lambda number: round(number, 3)),
    st.datetimes(datetime(1990, 1, 1), datetime(2050, 1, 1)).map(
        lambda moment: moment.replace(second=0, microsecond=0)
    ),
    st.times().map(lambda clock: clock.replace(second=0, microsecond=0)),
    st.dates(date(1990, 1, 1), date(2050, 1, 1)),
)


@pytest.mark.parametrize("kind", OTHERS)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=examples(25),
    deadline=None,
)
@given(rows=st.lists(st.lists(CELLS, min_size=4, max_size=4), max_size=8))
def test_other_workbook_gives_the_same_rows_as_xlsx(tmp_path: Path, kind: str, rows: list) -> None:
    seen = []
    for suffix in (".xlsx", kind):
        path = tmp_path / f"buku{suffix}"
        sheets = {"Rekap": [["REKAP"], HEADING, *rows], "Kedua": [HEADING, HEADING]}
        WORKBOOK_WRITERS[suffix](path, sheets, {"Rekap": ["A1:C1"]})
        seen.append(look(path))
    assert seen[1].records == seen[0].records
    assert (seen[1].rows, seen[1].notes) == (seen[0].rows, seen[0].notes)


@pytest.mark.parametrize("kind", OTHERS)
def test_value_of_merged_cells_is_that_of_each_row(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"buku{kind}"
    rows = [HEADING, ["8.00", "Kandis", "banjir", "a"], ["9.00", "", "banjir", "b"]]
    WORKBOOK_WRITERS[kind](path, {"Rekap": rows}, {"Rekap": ["B2:B3"]})
    assert [record["kecamatan"] for record in look(path).records] == ["Kandis", "Kandis"]


@pytest.mark.parametrize("kind", OTHERS)
def test_copy_as_xlsx_gives_the_same_rows(tmp_path: Path, kind: str) -> None:
    path, copy = tmp_path / f"buku{kind}", tmp_path / "salinan.xlsx"
    rows = [HEADING, [datetime(2024, 11, 27, 8, 5), "Kandis", time(8, 5), 86051234]]
    below = ["9.00", "", "banjir", "b"]
    WORKBOOK_WRITERS[kind](path, {"Rekap": [*rows, below]}, {"Rekap": ["B2:B3"]})
    with copy.open("wb+") as target:
        assert xlsx_copy.write_as_xlsx(path, target)
    assert look(copy).records == look(path).records


def ods_of(folder: Path, body: str) -> Path:
    path = folder / "a.ods"
    write_ods(path, {"ISI": []}, {})
    with zipfile.ZipFile(path) as archive:
        content = archive.read("content.xml").decode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        start, end = content.split("<table:table ", 1)[0], "</office:spreadsheet></office:body>"
        whole = f'{start}<table:table table:name="a">{body}</table:table>{end}'
        archive.writestr("content.xml", f"{whole}</office:document-content>")
    return path


CELL = '<table:table-cell office:value-type="string"{}><text:p>x</text:p></table:table-cell>'
ROW = f"<table:table-row{{}}>{CELL}</table:table-row>"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (ROW.format(' table:number-rows-repeated="1000000000"', ""), "terlalu luas"),
        (ROW.format("", ' table:number-columns-repeated="2000000"'), "terlalu luas"),
        ("<table:table-row", "rusak"),
    ],
)
def test_ods_that_would_fill_the_memory_is_refused(tmp_path: Path, body: str, words: str) -> None:
    assert words in refusal(ods_of(tmp_path, body))


def test_ods_with_definitions_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    assert "definisi XML" in refusal(path)


def test_comment_beside_a_cell_is_not_its_text(tmp_path: Path) -> None:
    note = "<office:annotation><text:p>catatan</text:p></office:annotation>"
    cell = (
        f'<table:table-cell office:value-type="string">{note}<text:p>a</text:p><text:p>b</text:p>'
    )
    path = ods_of(tmp_path, f"<table:table-row>{cell}</table:table-cell></table:table-row>")
    [(_name, sheet, _is_hidden)] = ods_sheets.read(path)
    assert sheet.rows == [["a\nb"]]


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=examples(60),
    deadline=None,
)
@given(
    kind=st.sampled_from(OTHERS),
    place=st.floats(0, 1),
    damage=st.binary(min_size=1, max_size=40),
)
def test_damaged_workbook_is_read_or_refused_in_words(
    tmp_path: Path, kind: str, place: float, damage: bytes
) -> None:
    path = tmp_path / f"buku{kind}"
    WORKBOOK_WRITERS[kind](path, {"Rekap": [HEADING, ["8.00", "Kandis", "banjir", "a"]]}, {})
    raw = path.read_bytes()
    at = int(place * len(raw))
    put(tmp_path, raw[:at] + damage + raw[at + len(damage) :], path.name)
    with suppress(SourceError):
        look(path)
