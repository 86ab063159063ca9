"""A laporan as XLSX: its figures as numbers and a sheet for each table, ready to print."""

import pandas as pd

from situasi.common.formats import format_long_date, format_time
from situasi.reports import xlsx_tables
from situasi.reports.sitrep.model import KeyFigure, Sitrep, Table
from situasi.reports.sitrep.template_context import EXERCISE_BANNER
from situasi.reports.xlsx_tables import Sheet

_SHEET_TITLES = {
    "kecamatan": "Kecamatan",
    "kejadian": "Kejadian",
    "peringatan": "Peringatan",
    "banding": "Perbandingan",
    "langkah": "Waktu penanganan",
    "lewat": "Lewat waktu",
    "fase": "Fase TPS",
}


def build_xlsx(sitrep: Sitrep) -> bytes:
    """Build the workbook; title and time are on the last sheet and on each printed page."""
    sheets = [Sheet("Ringkasan", _build_key_figure_frame(sitrep.key_figures))]
    sheets += [
        Sheet(title, _build_frame(sitrep.tables[name]))
        for name, title in _SHEET_TITLES.items()
        if name in sitrep.tables
    ]
    if sitrep.annexes:
        sheets.append(Sheet("Angka kecamatan", _build_annex_frame(sitrep)))
    page_footer = f"{sitrep.title} {sitrep.command} · {_format_moment(sitrep)}"
    banner = EXERCISE_BANNER if sitrep.has_exercise_rows else ""
    return xlsx_tables.build_workbook(sheets, _build_metadata(sitrep), banner, page_footer)


def _format_moment(sitrep: Sitrep) -> str:
    date, time = format_long_date(sitrep.at), format_time(sitrep.at)
    return f"{date} pukul {time} {sitrep.zone_label}"


def _build_metadata(sitrep: Sitrep) -> dict[str, str]:
    metadata = {
        "Laporan": f"{sitrep.title} {sitrep.command}",
        "Keadaan pada": _format_moment(sitrep),
        "Kurun kejadian": sitrep.sentences["kurun"][0],
        "Wilayah": sitrep.scope,
        "Versi data": str(sitrep.version),
        "Kosong": "belum ada laporan, bukan nol",
    }
    if excluded := sitrep.sentences["kecuali"]:
        metadata["Isi"] = excluded[0]
    return {**metadata, "LATIHAN": EXERCISE_BANNER} if sitrep.has_exercise_rows else metadata


def _build_key_figure_frame(key_figures: tuple[KeyFigure, ...]) -> pd.DataFrame:
    """Return one row for each number; a figure without numbers gets one row of text."""
    rows = [
        (
            figure.title,
            number.label if number else "",
            None if number is None or number.value is None else round(number.value, 2),
            "perkiraan" if number and number.is_estimated else "",
            figure.value,
            figure.note,
        )
        for figure in key_figures
        for number in (figure.numbers or (None,))
    ]
    columns = ["Angka", "Rincian", "Nilai", "Tanda", "Di layar", "Catatan"]
    return pd.DataFrame(rows, columns=columns, dtype="object")


def _build_annex_frame(sitrep: Sitrep) -> pd.DataFrame:
    parts = [
        _build_key_figure_frame(annex.key_figures).assign(Kecamatan=annex.name)
        for annex in sitrep.annexes
    ]
    figures = pd.concat(parts, ignore_index=True)
    return figures[["Kecamatan", *[name for name in figures.columns if name != "Kecamatan"]]]


def _build_frame(table: Table) -> pd.DataFrame:
    data = {}
    for position, column in enumerate(table.columns):
        heading = f"{column.heading} ({column.unit})" if column.unit else column.heading
        data[heading] = pd.Series([row[position].value for row in table.rows], dtype="object")
    if "Partisipasi (%)" in data:
        position = [column.name for column in table.columns].index("partisipasi")
        marks = ["perkiraan" if row[position].text.startswith("≈") else "" for row in table.rows]
        data["Tanda partisipasi"] = pd.Series(marks, dtype="object")
    return pd.DataFrame(data)
