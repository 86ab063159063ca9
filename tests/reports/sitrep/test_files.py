"""The files of a laporan: marked, dated, whole, for those who may see, and harmless."""

from __future__ import annotations

import errno
import io
import os
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pypdf
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from situasi.access.roles import ROLES, Viewer
from situasi.board import Board
from situasi.common import atomic_files, i18n
from situasi.common.formats import format_number
from situasi.reports.sitrep import files, template_context
from situasi.reports.sitrep.letterhead import SitrepTemplateError
from situasi.reports.sitrep.model import Cell, Sitrep
from situasi.reports.sitrep.request import SitrepRequestError
from tests.builders import wib
from tests.effort import examples
from tests.reports.sitrep.conftest import built
from tests.reports.sitrep.reading import headers, pdf_pages, sheets, text_of

MARK = "LATIHAN — memuat laporan buatan, bukan keadaan sebenarnya"
ANALYST = Viewer("analis", ROLES["analis"])


def calm(laporan: Sitrep, **said: Any) -> Sitrep:
    """A short laporan without pictures and annexes."""
    return replace(laporan, **{"drawings": {}, "annexes": (), **said})


@pytest.mark.slow
def test_every_page_of_every_file_is_marked_as_a_rehearsal(written: dict[str, bytes]) -> None:
    pages = pdf_pages(written["pdf"])
    assert len(pages) >= 17
    assert all(MARK in page for page in pages)
    assert all(MARK in head for head in headers(written["docx"]))
    book = openpyxl.load_workbook(io.BytesIO(written["xlsx"]))
    tables = [sheet for sheet in book if sheet.title != "Keterangan"]
    assert all(sheet["A1"].value == MARK for sheet in tables)
    assert all(sheet.oddHeader.center.text == MARK for sheet in tables)
    assert written["txt"].decode().startswith("LATIHAN")


@pytest.mark.slow
@pytest.mark.parametrize("form", ["docx", "pdf", "xlsx", "txt"])
def test_every_file_says_of_when_and_of_which_data_it_is(
    laporan: Sitrep, written: dict[str, bytes], form: str
) -> None:
    text = text_of(form, written[form])
    assert "Rabu, 27 November 2024 pukul 12.30 WIB" in text
    if form == "xlsx":
        assert ("Versi data", str(laporan.version)) in sheets(written["xlsx"])["Keterangan"]
    else:
        assert f"ata versi {format_number(laporan.version)}" in text
    if form in {"docx", "pdf"}:
        for part in ("KEPOLISIAN NEGARA REPUBLIK INDONESIA", "RESOR OGAN ILIR", "I. PENDAHULUAN",
                     "II. FAKTA-FAKTA", "III. ANALISA", "IV. TINDAKAN DAN PENUTUP",
                     "KEPALA KEPOLISIAN RESOR OGAN ILIR", "NRP"):  # fmt: skip
            assert part in text, part


@pytest.mark.slow
def test_pages_are_numbered_and_each_kecamatan_has_one(
    laporan: Sitrep, written: dict[str, bytes]
) -> None:
    pages = pdf_pages(written["pdf"])
    for at, page in enumerate(pages, start=1):
        assert f"Halaman {at} dari {len(pages)}" in page
        assert "data versi" in page
    for one in laporan.annexes:
        assert sum(f"LAMPIRAN: KECAMATAN {one.name.upper()}\n" in page for page in pages) == 1
    assert sum("LAMPIRAN: KECAMATAN" in page for page in pages) == 16
    document = docx.Document(io.BytesIO(written["docx"]))
    starts = [p.text for p in document.paragraphs if p.paragraph_format.page_break_before]
    assert starts == [f"LAMPIRAN: KECAMATAN {one.name.upper()}" for one in laporan.annexes]


@pytest.mark.slow
def test_pictures_are_in_and_say_what_they_show(written: dict[str, bytes]) -> None:
    document = docx.Document(io.BytesIO(written["docx"]))
    alts = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert len(alts) == 4
    assert all(alts)
    raw = zipfile.ZipFile(io.BytesIO(written["docx"]))
    pictures = [raw.read(n) for n in raw.namelist() if n.startswith("word/media/")]
    assert all(picture.startswith(b"\x89PNG") and len(picture) > 10_000 for picture in pictures)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["docx", "pdf"])
def test_every_row_of_every_table_stands_in_the_file(
    laporan: Sitrep, written: dict[str, bytes], form: str
) -> None:
    text = "".join(text_of(form, written[form]).split())  # a PDF breaks lines within a cell
    assert laporan.tables["peringatan"].rows
    for name, table in laporan.tables.items():
        assert name == "kecamatan" or "".join(table.title.split()) in text, name
        for cell in (cell for row in table.rows for cell in row if len(cell.text) < 20):
            assert "".join(cell.text.split()) in text, (name, cell.text)


@pytest.mark.slow
def test_the_same_laporan_is_the_same_pdf(
    laporan: Sitrep, written: dict[str, bytes], election: Path
) -> None:
    assert files.build_file(laporan, "pdf", election) == written["pdf"]


@pytest.mark.slow
def test_a_laporan_is_in_indonesian_whatever_the_screen_speaks(
    rehearsed: Board, laporan: Sitrep
) -> None:
    i18n.set_language("en")
    try:
        of_area = built(rehearsed, kecamatan=("16.10.05",))
        assert i18n.current_language() == "en"
    finally:
        i18n.set_language("id")
    assert "Rabu, 27 November 2024" in of_area.message
    assert of_area.key_figures[0].title == laporan.key_figures[0].title


@pytest.mark.slow
def test_what_no_viewer_of_the_role_may_see_is_in_no_file_of_theirs(
    rehearsed: Board, election: Path
) -> None:
    with pytest.raises(SitrepRequestError, match="netralitas"):
        built(rehearsed, viewer=ANALYST, neutrality=True)
    guest = built(rehearsed, viewer=Viewer("tamu", ROLES["tamu"]))
    plain = built(rehearsed, viewer=ANALYST)
    for one, mayor in ((guest, False), (plain, True)):
        assert one.sentences["netralitas"] == ()
        for form in files.FORMATS:
            text = text_of(
                form, files.build_file(calm(one, annexes=one.annexes[:1]), form, election)
            )
            assert "6. Netralitas" not in text
            assert "kasus netralitas" not in text
            assert ("Personel hadir" in text) == mayor, form
            assert mayor or "Peringatan terbuka" not in text, form
            assert mayor or "diplot" not in text.lower()


@pytest.mark.slow
def test_neutrality_is_told_only_where_it_was_asked_for(rehearsed: Board, election: Path) -> None:
    asked, without = built(rehearsed, neutrality=True), built(rehearsed)
    assert asked.sentences["netralitas"]
    assert without.sentences["netralitas"] == ()
    # The cases of this kind too, in figures and lists alike, and the laporan says so.
    said = "Kasus netralitas tidak termasuk."
    for one, is_included in ((asked, True), (without, False)):
        kinds = [row[3].text for row in one.tables["kejadian"].rows]
        assert ("netralitas" in kinds) == is_included
        assert (said in one.message) == (said in one.sentences["pendahuluan"]) != is_included
        assert one.key_figures[0].value.split()[0] == format_number(len(kinds))
    text = text_of("docx", files.build_file(calm(asked), "docx", election))
    assert "6. Netralitas" in text
    assert asked.sentences["netralitas"][0] in text


@pytest.mark.slow
def test_a_viewer_of_one_kecamatan_has_a_laporan_of_it_alone(rehearsed: Board) -> None:
    polsek = Viewer("polsek", ROLES["operator"], ("16.10.05",))
    found = built(rehearsed, viewer=polsek)
    assert [one.name for one in found.annexes] == ["Pemulutan"]
    assert len(found.tables["kecamatan"].rows) == 1
    with pytest.raises(SitrepRequestError, match=r"16\.10\.04"):
        built(rehearsed, viewer=polsek, kecamatan=("16.10.04",))


def test_what_nobody_told_is_a_dash_and_never_zero(silent: Sitrep, election: Path) -> None:
    values = {fact.key: fact for fact in silent.key_figures}
    for key in ("terbuka", "hadir", "partisipasi", "personel", "tercatat"):
        assert values[key].value == "–"
        assert all(one.value is None for one in values[key].numbers[:1])
    assert "Belum ada laporan" in " ".join(
        silent.sentences["kejadian"] + silent.sentences["partisipasi"]
    )
    table = silent.tables["kecamatan"]
    place = [column.name for column in table.columns].index("hadir")
    assert {row[place] for row in table.rows} == {Cell("–", None)}
    for form in files.FORMATS:
        content = files.build_file(silent, form, election)
        assert "LATIHAN" not in text_of(form, content), form
    assert set(silent.drawings) == {"peta"}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["harian", "anev"])
def test_a_period_is_compared_with_the_one_before(
    rehearsed: Board, election: Path, kind: str
) -> None:
    begin, end = wib("10.00"), wib("12.00")
    found = built(rehearsed, kind, since=begin, until=end)
    table = found.tables["banding"]
    now, then = ({row[0].text: row[at].value for row in table.rows} for at in (1, 2))
    earlier = built(rehearsed, kind, at=wib("10.30"), since=wib("08.00"), until=begin)
    assert then == {row[0].text: row[1].value for row in earlier.tables["banding"].rows}
    assert now["Kejadian"] == found.tables["kejadian"].rows[-1][0].value
    pdf = text_of("pdf", files.build_file(calm(found), "pdf", election))
    assert "Perbandingan dengan kurun sebelumnya" in pdf
    assert found.title in pdf


def saying(laporan: Sitrep, marked: str, value: str) -> Sitrep:
    """A short laporan with this in a sentence and in a case; of each table the first row."""
    short = {name: replace(table, rows=table.rows[:1]) for name, table in laporan.tables.items()}
    (row,) = short["kejadian"].rows
    case = (*row[:5], Cell(marked, value), row[6])
    return calm(
        laporan,
        sentences={**laporan.sentences, "situasi": (marked,)},
        tables={**short, "kejadian": replace(short["kejadian"], rows=(case,))},
    )


_TYPED = st.text(st.sampled_from("abc #$*_@<>[]{}\\/=+-~`'\"%&^|;:,.!?()09"), min_size=1)


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(max_examples=examples(25))
@given(text=_TYPED)
def test_no_sign_in_a_text_does_anything_in_a_pdf(
    laporan: Sitrep, election: Path, text: str
) -> None:
    marked = f"awal {text} akhir"
    hostile = saying(laporan, marked, marked)
    found = "".join(text_of("pdf", files.build_file(hostile, "pdf", election)).split())
    assert "".join(marked.split()) in found


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(max_examples=examples(25))
@given(text=st.one_of(st.text(), _TYPED, st.text(st.characters(categories=["Cc", "Cf", "Cs"]))))
@example(text="+0")
def test_no_sign_in_a_text_breaks_a_document_or_a_workbook(
    laporan: Sitrep, election: Path, text: str
) -> None:
    hostile = saying(laporan, f"awal{text}akhir", text)
    document = docx.Document(io.BytesIO(files.build_file(hostile, "docx", election)))
    said = [p.text for p in document.paragraphs if p.text.startswith("awal")]
    assert len(said) == 1
    assert said[0].endswith("akhir")
    plain = "".join(sign for sign in text if sign.isascii() and sign.isalnum())
    assert plain == "".join(s for s in said[0][4:-5] if s.isascii() and s.isalnum())
    cells = [
        c for row in sheets(files.build_file(hostile, "xlsx", election))["Kejadian"] for c in row
    ]
    formulas = [c for c in cells if isinstance(c, str) and c.startswith(("=", "+", "@"))]
    assert all(re.fullmatch(r"\+[\d.,\s]+", cell) for cell in formulas)  # a number runs nothing


def test_a_text_that_looks_like_a_field_of_the_template_is_not_filled(
    silent: Sitrep, election: Path
) -> None:
    said = "{{ judul }} {% for x in y %} {{ 7*7 }}"
    one = calm(silent)
    hostile = replace(one, sentences={**one.sentences, "situasi": (said,)})
    assert said in text_of("docx", files.build_file(hostile, "docx", election))
    assert said in text_of("pdf", files.build_file(hostile, "pdf", election))


def _changed(folder: Path, old: str, new: str) -> None:
    """A word of the DOCX template, replaced as a person does in a word processor."""
    path = folder / "laporan" / "templat.docx"
    document = docx.Document(str(path))
    for paragraph in document.paragraphs:
        if old in paragraph.text:
            paragraph.text = paragraph.text.replace(old, new)
    document.save(str(path))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{{ saat }}", "{{ saatnya }}", "isian tidak dikenal"),
        ("{{ saat }}", "{{ saat", "rusak"),
        ("{%p for kalimat in bab.situasi %}", "{%p for kalimat bab.situasi %}", "rusak"),
        ("{{ saat }}", "{{ saat.__class__.__mro__ }}", "tidak dapat diisi"),
    ],
)
def test_a_broken_template_is_told_in_words_and_by_its_name(
    silent: Sitrep, edited: Path, old: str, new: str, said: str
) -> None:
    _changed(edited, old, new)
    with pytest.raises(SitrepTemplateError, match=said) as caught:
        files.build_file(calm(silent), "docx", edited)
    assert "templat.docx" in str(caught.value)


def test_what_the_staff_wrote_into_the_template_is_in_the_document(
    silent: Sitrep, edited: Path
) -> None:
    _changed(edited, "Demikian laporan ini dibuat", "Dengan ini dilaporkan")
    text = text_of("docx", files.build_file(calm(silent), "docx", edited))
    assert "Dengan ini dilaporkan sebagai bahan pimpinan" in text


@pytest.mark.parametrize("form", ["docx", "pdf"])
@pytest.mark.parametrize("content", [None, b"", b"bukan dokumen", b"PK\x03\x04rusak"])
def test_a_template_that_is_none_is_refused(
    silent: Sitrep, edited: Path, form: str, content: bytes | None
) -> None:
    path = edited / "laporan" / ("templat.docx" if form == "docx" else "templat.typ")
    if content is None:
        path.unlink()
    elif form == "docx":
        path.write_bytes(content)
    else:
        path.write_text("#let x = (")
    with pytest.raises(SitrepTemplateError, match=path.name):
        files.build_file(calm(silent), form, edited)


def test_a_pdf_template_reads_nothing_outside_its_own_folder(silent: Sitrep, edited: Path) -> None:
    (edited / "laporan" / "templat.typ").write_text('#read("/etc/hostname") #read("../../x")')
    with pytest.raises(SitrepTemplateError):
        files.build_file(calm(silent), "pdf", edited)
    (edited / "laporan" / "templat.typ").write_text('#import "@preview/cetz:0.3.0"')
    with pytest.raises(SitrepTemplateError):
        files.build_file(calm(silent), "pdf", edited)


def test_a_full_disk_leaves_no_half_file_and_the_old_one_as_it_was(
    silent: Sitrep, election: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    old = tmp_path / "lama.txt"
    atomic_files.write(old, b"lama")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            files.write_files(calm(silent), (), ["txt"], election, tmp_path / "laporan")
        with pytest.raises(OSError, match="No space"):
            atomic_files.write(old, b"baru")
    assert list((tmp_path / "laporan").iterdir()) == []
    assert not list(tmp_path.glob("*.part")) + list(tmp_path.glob(".*"))
    assert old.read_bytes() == b"lama"


def test_a_laporan_that_is_there_is_not_written_again(
    silent: Sitrep, election: Path, tmp_path: Path
) -> None:
    one = calm(silent)
    first = files.write_files(one, (), ["txt", "xlsx"], election, tmp_path)
    before = [path.stat().st_mtime_ns for path in first]
    assert files.write_files(one, (), ["txt", "xlsx"], election, tmp_path) == []
    assert [path.stat().st_mtime_ns for path in first] == before
    assert [path.name for path in first] == [
        "laporan-situasi_20241127-1200.txt", "laporan-situasi_20241127-1200.xlsx",
    ]  # fmt: skip


@pytest.mark.slow
def test_a_pdf_says_what_it_is_and_holds_its_own_fonts(written: dict[str, bytes]) -> None:
    reader = pypdf.PdfReader(io.BytesIO(written["pdf"]))
    assert reader.metadata is not None
    assert reader.metadata.title == "LAPORAN SITUASI Polres Ogan Ilir"
    fonts = {font for page in reader.pages for font in _fonts(page)}
    assert fonts
    assert all("+" in name for name in fonts), fonts  # a subset that travels with the file


def _fonts(page: Any) -> list[str]:
    resources = page["/Resources"].get("/Font", {})
    return [str(resources[name]["/BaseFont"]) for name in resources]


def test_what_is_wrong_with_a_template_is_known_before_and_after_somebody_asks(
    silent: Sitrep, edited: Path
) -> None:
    assert files.list_template_errors(edited) == []
    _changed(edited, "{{ saat }}", "{{ saatnya }}")
    assert ["saatnya" in one for one in files.list_template_errors(edited)] == [True]
    _changed(edited, "{{ saatnya }}", "{{ saat }}")
    assert files.list_template_errors(edited) == []
    typ = edited / "laporan" / "templat.typ"
    whole_text = typ.read_text("utf-8")
    typ.write_text("#let x = (", "utf-8")
    with pytest.raises(SitrepTemplateError):
        files.build_file(calm(silent), "pdf", edited)
    assert ["templat.typ" in one for one in files.list_template_errors(edited)] == [True]
    typ.write_text(whole_text, "utf-8")
    files.build_file(calm(silent), "pdf", edited)
    assert files.list_template_errors(edited) == []


def test_every_name_that_a_template_may_ask_for_is_filled(silent: Sitrep) -> None:
    assert set(template_context.build_context(silent)) == template_context.TEMPLATE_FIELDS


def test_a_template_that_libreoffice_saved_gives_a_whole_file(silent: Sitrep, edited: Path) -> None:
    path = edited / "laporan" / "templat.docx"
    parts = {n: b for z in [zipfile.ZipFile(path)] for n in z.namelist() for b in [z.read(n)]}
    word = b"package/2006/relationships/metadata/core"
    office = word.replace(b"package", b"officedocument")
    assert word in parts["_rels/.rels"]
    parts["_rels/.rels"] = parts["_rels/.rels"].replace(word, office)
    with zipfile.ZipFile(path, "w") as changed:
        for name, content in parts.items():
            changed.writestr(name, content)
    made = files.build_file(calm(silent), "docx", edited)
    names = zipfile.ZipFile(io.BytesIO(made)).namelist()
    assert len(names) == len(set(names))
    assert "LAPORAN SITUASI" in zipfile.ZipFile(io.BytesIO(made)).read("docProps/core.xml").decode()


def test_an_emblem_beside_the_template_can_be_used_in_a_pdf(silent: Sitrep, edited: Path) -> None:
    typ = edited / "laporan" / "templat.typ"
    (edited / "laporan" / "lambang.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/>'
        "</svg>"
    )
    typ.write_text(typ.read_text("utf-8") + '\n#image("lambang.svg", alt: "lambang")', "utf-8")
    assert files.build_file(calm(silent), "pdf", edited).startswith(b"%PDF")
