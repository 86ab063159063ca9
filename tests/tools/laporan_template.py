"""Draws the DOCX template of laporan anew: python -m tests.tools.laporan_template FILE.

The staff edits the file itself; this is how it began, and how to have it back.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt, RGBColor

BLUE, GREY, LINE, PALE = RGBColor(0x24, 0x47, 0x7A), RGBColor(0x5A, 0x66, 0x78), "9AA5B4", "F1F3F6"
BAND, BAND_INK = "FBE9C6", RGBColor(0x5A, 0x3B, 0x00)
FONT = "Arial"

# (name, heading, centimetres, right)
Columns = Sequence[tuple[str, str, float, bool]]
AREAS: Columns = (
    ("no", "No", 0.8, True), ("nama", "Kecamatan", 2.9, False), ("situasi", "Situasi", 1.5, False),
    ("terbuka", "Kejadian terbuka", 1.7, True), ("melapor", "TPS melapor", 1.6, True),
    ("jumlah", "TPS", 1.1, True), ("hadir", "Pemilih hadir", 1.6, True),
    ("partisipasi", "Partisipasi", 1.9, True), ("fase", "Fase TPS", 2.2, False),
    ("terlambat", "TPS terlambat", 1.7, True),
)  # fmt: skip
OFFICERS: Columns = (
    ("no", "No", 0.8, True), ("nama", "Kecamatan", 5.0, False), ("diplot", "Diplot", 2.6, True),
    ("personel", "Hadir", 2.6, True), ("kosong", "TPS tanpa plotting", 3.6, True),
)  # fmt: skip
CASES: Columns = (
    ("no", "No", 0.8, True), ("waktu", "Waktu", 1.5, False), ("tingkat", "Tingkat", 1.5, False),
    ("jenis", "Jenis", 2.4, False), ("tempat", "Tempat", 3.2, False),
    ("uraian", "Uraian", 5.4, False), ("status", "Status", 2.2, False),
)  # fmt: skip
PHASES: Columns = (
    ("fase", "Fase", 4.4, False), ("batas", "Batas", 1.6, False),
    ("tepat", "Tepat waktu", 2.6, True), ("lambat", "Terlambat", 2.4, True),
    ("tanpa_jam", "Jam tidak disebut", 3.0, True), ("belum", "Belum dilaporkan", 3.0, True),
)  # fmt: skip
STEPS: Columns = (
    ("langkah", "Langkah", 2.8, False), ("median", "Median", 2.6, True),
    ("terlama", "Terlama", 2.8, True), ("tepat", "Tepat waktu", 2.0, True),
    ("lambat", "Terlambat", 2.0, True), ("menunggu", "Menunggu", 2.0, True),
    ("lewat", "Menunggu, lewat batas", 2.8, True),
)  # fmt: skip
OVERDUE: Columns = (
    ("no", "No", 0.8, True), ("jenis", "Jenis", 3.4, False), ("tempat", "Tempat", 6.0, False),
    ("tingkat", "Tingkat", 1.8, False), ("langkah", "Menunggu", 2.4, False),
    ("lewat", "Lewat", 2.6, True),
)  # fmt: skip
ALERTS: Columns = (
    ("no", "No", 0.8, True), ("derajat", "Derajat", 1.7, False), ("sebab", "Sebab", 5.4, False),
    ("tempat", "Kecamatan", 2.5, False), ("sejak", "Sejak", 1.8, False),
    ("pemilik", "Pemilik", 2.5, False), ("keadaan", "Keadaan", 2.3, False),
)  # fmt: skip
COMPARED: Columns = (
    ("uraian", "Uraian", 6.2, False), ("kini", "Kurun ini", 3.4, True),
    ("lalu", "Kurun sebelumnya", 3.8, True), ("ubah", "Perubahan", 3.6, True),
)  # fmt: skip
LATE: Columns = (
    ("desa", "Desa/kelurahan", 6.0, False), ("tps", "TPS", 1.8, False),
    ("utang", "Belum melapor", 5.6, False), ("lewat", "Terlambat", 3.6, True),
)  # fmt: skip


class Sheet:
    """A document to which one thing after the other is added."""

    def __init__(self) -> None:
        self.doc = Document()
        section = self.doc.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Cm(2.3), Cm(2.0)
        section.left_margin, section.right_margin = Cm(2.2), Cm(1.8)
        section.header_distance, section.footer_distance = Cm(0.9), Cm(0.9)
        self._styles()
        self._header(section)
        self._footer(section)

    def _styles(self) -> None:
        normal = self.doc.styles["Normal"]
        normal.font.name, normal.font.size = FONT, Pt(10.5)
        normal.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
        normal.paragraph_format.space_after = Pt(4)
        normal.paragraph_format.line_spacing = 1.1
        for level, size in ((1, 11.5), (2, 10.5), (3, 9.5)):
            style = self.doc.styles[f"Heading {level}"]
            style.font.name, style.font.size, style.font.bold = FONT, Pt(size), True
            style.font.color.rgb = RGBColor(0x1B, 0x26, 0x38)
            style.element.rPr.rFonts.set(qn("w:asciiTheme"), FONT)
            for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                style.element.rPr.rFonts.attrib.pop(qn(f"w:{theme}"), None)
            style.paragraph_format.space_before = Pt(10 if level < 3 else 7)
            style.paragraph_format.space_after = Pt(4)
            style.paragraph_format.keep_with_next = True

    def _header(self, section: Any) -> None:
        begin = section.header.paragraphs[0]
        begin.text = "{%p if latihan %}"
        band = section.header.add_paragraph()
        _write(band, "{{ latihan }}", bold=True, size=10, colour=BAND_INK)
        band.alignment = ALIGN.CENTER
        _shade(band._p.get_or_add_pPr(), BAND)
        _border(band, "pBdr", ("top", "bottom", "left", "right"), "5A3B00")
        section.header.add_paragraph("{%p endif %}")

    def _footer(self, section: Any) -> None:
        line = section.footer.paragraphs[0]
        line.paragraph_format.tab_stops.clear_all()
        line.paragraph_format.tab_stops.add_tab_stop(Cm(17), alignment=2)
        _border(line, "pBdr", ("top",), LINE)
        _write(line, "{{ judul }} · keadaan {{ saat }} · data versi {{ versi }}\tHalaman ",
               size=8, colour=GREY)  # fmt: skip
        _field(line, "PAGE")
        _write(line, " dari ", size=8, colour=GREY)
        _field(line, "NUMPAGES")

    def tag(self, text: str) -> None:
        """A paragraph that is an instruction, and no longer there when the template is filled."""
        self.doc.add_paragraph(text)

    def text(self, text: str, **how: Any) -> Any:
        paragraph = self.doc.add_paragraph()
        align = how.pop("align", None)
        if align is not None:
            paragraph.alignment = align
        _write(paragraph, text, **how)
        return paragraph

    def heading(self, text: str, level: int) -> None:
        self.doc.add_heading(text, level)

    def sentences(self, chapter: str) -> None:
        self.tag(f"{{%p for kalimat in bab.{chapter} %}}")
        self.text("{{ kalimat }}", align=ALIGN.JUSTIFY)
        self.tag("{%p endfor %}")

    def picture(self, name: str) -> None:
        self.tag(f"{{%p if gambar.{name} is defined %}}")
        shown = self.text(f"{{{{ gambar.{name}.isi }}}}", align=ALIGN.CENTER)
        shown.paragraph_format.keep_with_next = True
        self.text(
            f"Gambar: {{{{ gambar.{name}.judul }}}}", align=ALIGN.CENTER, size=8.5, colour=GREY
        )
        self.tag("{%p endif %}")

    def table(self, rows: str, columns: Columns, *, size: float = 8.5) -> None:
        """rows: where its table stands, as a template says it."""
        self.tag(f"{{%p if {rows}.baris %}}")
        table = self.doc.add_table(rows=4, cols=len(columns))
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        _lines(table)
        head, begin, one, end = table.rows
        begin.cells[0].text = f"{{%tr for b in {rows}.baris %}}"
        end.cells[0].text = "{%tr endfor %}"
        _widths(table, [wide for _, _, wide, _ in columns])
        for at, (name, heading, _, right) in enumerate(columns):
            _fill(head.cells[at], heading, size, ALIGN.CENTER, bold=True)
            _shade(head.cells[at]._tc.get_or_add_tcPr(), PALE)
            _fill(one.cells[at], f"{{{{ b.{name} }}}}", size, ALIGN.RIGHT if right else ALIGN.LEFT)
        _flag(head, "tblHeader")
        _flag(head, "cantSplit")
        _flag(one, "cantSplit")
        self.tag("{%p endif %}")
        self.tag(f"{{%p if {rows}.catatan %}}")
        note = self.text(f"{{{{ {rows}.catatan }}}}", size=8, colour=GREY)
        note.paragraph_format.space_before = Pt(2)
        self.tag("{%p endif %}")

    def figures(self, of: str) -> None:
        table = self.doc.add_table(rows=3, cols=3)
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        _lines(table)
        table.rows[0].cells[0].text = f"{{%tr for a in {of} %}}"
        table.rows[2].cells[0].text = "{%tr endfor %}"
        said = ("{{ a.judul }}", "{{ a.nilai }}{% if a.perhatian %} (!){% endif %}",
                "{{ a.catatan }}")  # fmt: skip
        _widths(table, (4.8, 5.8, 6.4))
        for at, text in enumerate(said):
            _fill(table.rows[1].cells[at], text, 9, ALIGN.LEFT, bold=at == 1)
        _flag(table.rows[1], "cantSplit")
        self.text("(!) perlu dilihat. ≈ perkiraan. – belum ada laporan, bukan nol.", size=8,
                  colour=GREY)  # fmt: skip

    def blank(self, title: str) -> None:
        """Lines that an officer fills in."""
        self.text(title, size=9, colour=GREY)
        for _ in range(2):
            line = self.doc.add_paragraph()
            _border(line, "pBdr", ("bottom", "between"), LINE, "dotted")


def _write(
    paragraph: Any,
    text: str,
    *,
    bold: bool = False,
    size: float | None = None,
    colour: RGBColor | None = None,
) -> None:
    run = paragraph.add_run(text)
    run.bold = bold or None
    if size:
        run.font.size = Pt(size)
    if colour is not None:
        run.font.color.rgb = colour


def _fill(cell: Any, text: str, size: float, align: Any, *, bold: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = align
    paragraph.paragraph_format.space_after = Pt(1)
    paragraph.paragraph_format.space_before = Pt(1)
    paragraph.paragraph_format.line_spacing = 1.0
    _write(paragraph, text, bold=bold, size=size)


def _widths(table: Any, wide: Sequence[float]) -> None:
    """Said of the column and of each cell: one program reads this, another that."""
    for column, centimetres in zip(table.columns, wide, strict=True):
        column.width = Cm(centimetres)
        for cell in column.cells:
            cell.width = Cm(centimetres)


def _field(paragraph: Any, name: str) -> None:
    for kind, text in (("begin", ""), ("", name), ("separate", ""), ("text", "1"), ("end", "")):
        if kind == "text":
            part = OxmlElement("w:t")
            part.text = text
        elif kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:instrText")
            part.text = text
        run = paragraph.add_run()
        run.font.size, run.font.color.rgb = Pt(8), GREY
        run._r.append(part)


def _shade(properties: Any, colour: str) -> None:
    part = OxmlElement("w:shd")
    part.set(qn("w:val"), "clear")
    part.set(qn("w:fill"), colour)
    properties.append(part)


def _border(
    paragraph: Any, name: str, sides: Sequence[str], colour: str, kind: str = "single"
) -> None:
    part = OxmlElement(f"w:{name}")
    for side in ("top", "left", "bottom", "right", "between"):
        if side in sides:
            part.append(_edge(side, colour, kind))
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(part, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc")


def _edge(side: str, colour: str, kind: str) -> Any:
    edge = OxmlElement(f"w:{side}")
    for key, value in (("val", kind), ("sz", "6"), ("space", "2"), ("color", colour)):
        edge.set(qn(f"w:{key}"), value)
    return edge


def _lines(table: Any) -> None:
    part = OxmlElement("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        part.append(_edge(side, LINE, "single"))
    table._tbl.tblPr.append(part)


def _flag(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(f"w:{name}"))


def template() -> Any:
    """The document."""
    sheet = Sheet()
    _letterhead(sheet)
    sheet.heading("I. PENDAHULUAN", 1)
    sheet.sentences("pendahuluan")
    sheet.figures("angka")
    _facts(sheet)
    _analysis(sheet)
    _closing(sheet)
    _annexes(sheet)
    return sheet.doc


def _letterhead(sheet: Sheet) -> None:
    sheet.tag("{%p for baris in kepala %}")
    line = sheet.text("{{ baris }}", bold=True, align=ALIGN.CENTER)
    line.paragraph_format.right_indent = Cm(8.2)
    line.paragraph_format.space_after = Pt(0)
    sheet.tag("{%p endfor %}")
    rule = sheet.text("", size=2)
    rule.paragraph_format.right_indent = Cm(8.2)
    rule.paragraph_format.space_after = Pt(4)
    _border(rule, "pBdr", ("top",), "1B2638")
    sheet.text(
        "Klasifikasi: {{ klasifikasi or '....................' }}",
        align=ALIGN.RIGHT, size=9.5,
    )  # fmt: skip
    for text, bold, size in (
        ("{{ judul }}", True, 13),
        ("{{ pemilihan | upper }}", True, 10.5),
        ("Nomor: ......../......../......../........", False, 10.5),
        ("{{ saat }}", False, 10.5),
    ):
        centred = sheet.text(text, bold=bold, size=size, align=ALIGN.CENTER)
        centred.paragraph_format.space_after = Pt(1)


def _facts(sheet: Sheet) -> None:
    sheet.heading("II. FAKTA-FAKTA", 1)
    sheet.heading("1. Situasi", 2)
    sheet.sentences("situasi")
    sheet.picture("peta")
    sheet.table("tabel.kecamatan", AREAS, size=7.5)
    sheet.heading("2. Kejadian", 2)
    sheet.sentences("kejadian")
    sheet.picture("waktu")
    sheet.heading("{{ tabel.kejadian.judul }}", 3)
    sheet.table("tabel.kejadian", CASES, size=8)
    sheet.tag("{%p if not tabel.kejadian.baris %}")
    sheet.text("Tidak ada yang didaftar.")
    sheet.tag("{%p endif %}")
    sheet.heading("3. Tahapan, partisipasi, dan TPS", 2)
    sheet.sentences("tahapan")
    sheet.sentences("partisipasi")
    sheet.picture("kurva")
    sheet.sentences("tps")
    sheet.picture("fase")
    sheet.heading("{{ tabel.fase.judul }}", 3)
    sheet.table("tabel.fase", PHASES)
    sheet.tag("{%p if bab.personel %}")
    sheet.heading("4. Personel", 2)
    sheet.sentences("personel")
    sheet.table("tabel.kecamatan", OFFICERS)
    sheet.tag("{%p endif %}")
    sheet.heading("5. Giat", 2)
    sheet.sentences("giat")
    sheet.tag("{%p if bab.netralitas %}")
    sheet.heading("6. Netralitas", 2)
    sheet.sentences("netralitas")
    sheet.tag("{%p endif %}")


def _analysis(sheet: Sheet) -> None:
    sheet.heading("III. ANALISA", 1)
    sheet.sentences("analisa")
    sheet.tag("{%p if tabel.banding is defined %}")
    sheet.heading("{{ tabel.banding.judul }}", 3)
    sheet.table("tabel.banding", COMPARED)
    sheet.tag("{%p endif %}")
    sheet.heading("{{ tabel.langkah.judul }}", 3)
    sheet.table("tabel.langkah", STEPS)
    # Whoever may not see alerts has no such table.
    sheet.tag("{%p if tabel.peringatan is defined and tabel.peringatan.baris %}")
    sheet.heading("{{ tabel.peringatan.judul }}", 3)
    sheet.table("tabel.peringatan", ALERTS)
    sheet.tag("{%p endif %}")
    sheet.tag("{%p if tabel.lewat.baris %}")
    sheet.heading("{{ tabel.lewat.judul }}", 3)
    sheet.table("tabel.lewat", OVERDUE)
    sheet.tag("{%p endif %}")
    sheet.blank("Analisa dan prediksi perwira:")


def _closing(sheet: Sheet) -> None:
    sheet.heading("IV. TINDAKAN DAN PENUTUP", 1)
    sheet.sentences("tindakan")
    sheet.blank("Tindakan dan rekomendasi:")
    sheet.text(
        "Demikian laporan ini dibuat sebagai bahan pimpinan dalam menentukan kebijakan "
        "lebih lanjut.",
        align=ALIGN.JUSTIFY,
    )
    for text, bold, before in (
        ("{{ tempat }}, {{ tanggal }}", False, 10),
        ("{{ penanda_tangan }}", True, 0),
        ("(....................................................)", True, 62),
        ("PANGKAT ............ NRP ....................", False, 0),
    ):
        line = sheet.text(text, bold=bold, align=ALIGN.CENTER)
        line.paragraph_format.left_indent = Cm(8.6)
        line.paragraph_format.space_before, line.paragraph_format.space_after = Pt(before), Pt(0)
        line.paragraph_format.keep_with_next = bold or before > 0
    sheet.tag("{%p if tembusan %}")
    sheet.text("Tembusan:", size=9.5)
    sheet.tag("{%p endif %}")
    sheet.tag("{%p for satu in tembusan %}")
    sheet.text("{{ loop.index }}. {{ satu }}", size=9.5)
    sheet.tag("{%p endfor %}")


def _annexes(sheet: Sheet) -> None:
    sheet.tag("{%p for l in lampiran %}")
    title = sheet.text("LAMPIRAN: KECAMATAN {{ l.nama | upper }}", bold=True, size=12,
                       align=ALIGN.CENTER)  # fmt: skip
    title.paragraph_format.page_break_before = True
    sheet.text("Keadaan {{ saat }}", size=9, align=ALIGN.CENTER)
    sheet.tag("{%p for kalimat in l.kalimat %}")
    sheet.text("{{ kalimat }}")
    sheet.tag("{%p endfor %}")
    sheet.figures("l.angka")
    sheet.heading("{{ l.tabel.kejadian.judul }}", 3)
    sheet.table("l.tabel.kejadian", CASES, size=8)
    sheet.tag("{%p if not l.tabel.kejadian.baris %}")
    sheet.text("Tidak ada yang didaftar.")
    sheet.tag("{%p endif %}")
    sheet.heading("{{ l.tabel.fase.judul }}", 3)
    sheet.table("l.tabel.fase", PHASES)
    sheet.heading("{{ l.tabel.terlambat.judul }}", 3)
    sheet.table("l.tabel.terlambat", LATE)
    sheet.tag("{%p if not l.tabel.terlambat.baris %}")
    sheet.text("Tidak ada TPS yang terlambat melapor pada saat ini.")
    sheet.tag("{%p endif %}")
    sheet.tag("{%p endfor %}")


if __name__ == "__main__":
    made = template()
    made.core_properties.author, made.core_properties.title = "", "Laporan"
    made.save(str(Path(sys.argv[1])))
