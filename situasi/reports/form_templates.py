"""Empty forms as workbooks (XLSX) that come back as deliveries: headings, choices, how to fill in.

A form that nobody filled in holds no row: titles, instructions and lists of choices are none.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from situasi.domain.election import Election
from situasi.domain.feed_schemas import FEEDS, ColumnKind
from situasi.domain.register import Register

# The form of counts by the hour; the others have the names of their feeds.
HOURLY_COUNTS = "hitungan"

_BLANK_ROWS = 500  # with formats and choices
_WIDTH_CHARS = 16
_HEADING_FONT = Font(bold=True, color="FFFFFF")
_HEADING_FILL = PatternFill("solid", fgColor="24477A")
_TEXT_FORMAT, _TIME_FORMAT = "@", "dd/mm/yyyy hh:mm"


@dataclass(frozen=True)
class FormField:
    """One column of a form: its heading, whether it must be filled in, and what belongs there."""

    heading: str
    is_required: bool
    meaning: str


def _required(heading: str, meaning: str) -> FormField:
    return FormField(heading, True, meaning)


def _optional(heading: str, meaning: str) -> FormField:
    return FormField(heading, False, meaning)


_TIME = _required("waktu", "kapan terjadi, misalnya 27/11/2024 08.30")
_KECAMATAN = _required("kecamatan", "pilih dari daftar")
_PLACE = (
    _KECAMATAN,
    _optional("desa", "nama desa atau kelurahan"),
    _optional("tps", "nomor TPS, misalnya 3"),
)
_OFFICER = _required("nrp", "NRP atau NIP; disamarkan saat masuk dan tidak disimpan")
_REPORTER = _optional("pelapor", "pos, Polsek atau fungsi yang melapor, bukan nama orang")
_TEXT = _optional("uraian", "apa yang terjadi, tanpa nama orang")

_FORM_FIELDS: dict[str, tuple[FormField, ...]] = {
    "incidents": (
        _TIME, *_PLACE, _required("jenis", "pilih dari daftar"),
        _optional("tingkat", "pilih; kosongkan bila belum dinilai"),
        _optional("situasi", "keadaan massa: pilih; kosongkan bila belum dinilai"),
        _optional("status", "pilih; kosong berarti dilaporkan"), _TEXT, _REPORTER,
        _optional("ditugaskan", "satuan yang menangani"),
        _optional("lat", "lintang, misalnya -3,2211"), _optional("lon", "bujur, misalnya 104,6543"),
    ),
    "tps": (
        _TIME, *_PLACE, _optional("fase", "tahap yang baru dicapai: pilih dari daftar"),
        _optional("hadir", "pemilih yang sudah hadir sampai saat itu; jangan suara"),
        _optional("hadir_dpt", "bagian dari DPT"), _optional("hadir_dptb", "bagian dari DPTb"),
        _optional("hadir_dpk", "bagian dari DPK"),
        _optional("kontak", "terjangkau atau tak terjangkau"), _TEXT, _REPORTER,
    ),
    "personnel": (
        _TIME, _OFFICER, _required("checkin", "pilih dari daftar"), *_PLACE, _TEXT,
    ),
    "activities": (
        _TIME, *_PLACE, _required("giat", "pilih dari daftar"),
        _optional("fungsi", "pilih dari daftar"), _optional("status", "pilih dari daftar"),
        _optional("lokasi", "tempat kegiatan"), _optional("mitra", "instansi yang ikut"),
        _optional("jumlah", "misalnya 120 personel"), _TEXT, _REPORTER,
    ),
    "roster": (
        _OFFICER, _optional("pangkat", "pangkat"), _optional("satuan", "satuan asal"),
        _required("instansi", "pilih dari daftar"),
    ),
    "postings": (
        _OFFICER, _required("penugasan", "pilih dari daftar"), *_PLACE,
        _optional("lokasi", "tempat cadangan atau rute patroli"),
        _optional("waktu", "sejak kapan berlaku; kosong berarti sejak awal"),
    ),
    "neutrality": (
        _TIME, _required("pelanggaran", "kode pelanggaran, N01 sampai N15"),
        _required("langkah", "pilih dari daftar"), _optional("asal", "pilih dari daftar"),
        _optional("kelas", "pilih dari daftar"), _optional("sanksi", "pilih dari daftar"),
        _optional("satuan", "satuan, bukan nama orang"), _TEXT,
    ),
}  # fmt: skip

FORMS: tuple[str, ...] = (HOURLY_COUNTS, *_FORM_FIELDS)


def build_form(name: str, register: Register) -> bytes:
    """Build the workbook of a form (one of FORMS) for the kecamatan of this register.

    First sheet: headings, and for HOURLY_COUNTS a row for each TPS; then how to fill in.
    """
    workbook = Workbook()
    sheet = workbook.active
    if name == HOURLY_COUNTS:
        instructions = _write_hourly_counts(sheet, register)
    else:
        instructions = _write_feed_form(workbook, sheet, name, register)
    guide = workbook.create_sheet("Petunjuk")
    guide.column_dimensions["A"].width = 110
    for text in instructions:
        guide.append([text])
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _write_hourly_counts(sheet: Any, register: Register) -> list[str]:
    """Write a row for each TPS and a column for each hour; return the instructions."""
    election = register.election
    sheet.title = f"Hitungan {election.day:%d-%m-%Y}"
    hours = [f"{hour:02d}.00" for hour in _list_count_hours(election)]
    _write_headings(sheet, ["kecamatan", "desa", "tps", *hours])
    rows: list[Any] = list(register.tps.sort_values("code").itertuples())
    for row in rows:
        names = register.name_of(row.kecamatan), register.name_of(row.desa)
        sheet.append([*names, f"{row.nomor:03d}"])
        sheet.cell(sheet.max_row, 3).number_format = _TEXT_FORMAT
    return [
        f"Pemilih yang sudah hadir di TPS sampai jam itu, {election.day:%d/%m/%Y} "
        f"{election.zone_label}.",
        "Kosongkan sel yang belum dilaporkan; 0 hanya bila memang belum ada yang hadir.",
        "Angka adalah orang yang hadir, tidak pernah suara.",
        "Berkas yang sama boleh dikirim berkali-kali; hanya sel baru yang masuk.",
    ]


def _list_count_hours(election: Election) -> range:
    """Return the full hours after opening, up to closing."""
    last = election.tps_closes
    return range(election.tps_opens.hour + 1, last.hour + (last > time(last.hour)) + 1)


def _write_feed_form(workbook: Any, sheet: Any, name: str, register: Register) -> list[str]:
    """Write headings and choices of a feed; return the instructions."""
    fields = _FORM_FIELDS[name]
    sheet.title = "Isian"
    _write_headings(sheet, [form_field.heading for form_field in fields])
    choices = workbook.create_sheet("Pilihan")
    choices.sheet_state = "hidden"
    columns = {column.heading: column for column in FEEDS[name].columns}
    instructions = []
    for at, form_field in enumerate(fields, start=1):
        column = columns.get(form_field.heading)
        words = [code.replace("_", " ") for code in column.allowed_codes] if column else []
        if form_field is _KECAMATAN:
            words = [place.name for place in register.kecamatan.values()]
        if words:
            _add_choices(sheet, choices, at, words)
        number_format = _TIME_FORMAT if form_field.heading == "waktu" else _TEXT_FORMAT
        if not column or column.kind is not ColumnKind.COUNT:
            for row in range(2, _BLANK_ROWS + 2):
                sheet.cell(row, at).number_format = number_format
        need = "wajib" if form_field.is_required else "boleh kosong"
        text = f"{form_field.heading} ({need}): {form_field.meaning}"
        instructions.append(f"{text}: {', '.join(words)}" if words else text)
    return instructions


def _write_headings(sheet: Any, headings: Sequence[str]) -> None:
    sheet.append(list(headings))
    sheet.freeze_panes = "A2"
    for at, cell in enumerate(sheet[1], start=1):
        cell.font, cell.fill = _HEADING_FONT, _HEADING_FILL
        sheet.column_dimensions[get_column_letter(at)].width = _WIDTH_CHARS


def _add_choices(sheet: Any, choices: Any, column: int, words: Sequence[str]) -> None:
    """Let the cells of a column be chosen from a list on the hidden sheet."""
    letter = get_column_letter(column)
    for row, word in enumerate(words, start=1):
        choices.cell(row, column, word)
    rule = DataValidation(
        type="list", allow_blank=True, formula1=f"Pilihan!${letter}$1:${letter}${len(words)}"
    )
    rule.add(f"{letter}2:{letter}{_BLANK_ROWS + 1}")
    sheet.add_data_validation(rule)
