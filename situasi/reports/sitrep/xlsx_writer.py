"""A laporan as XLSX: its figures as numbers, a sheet for each table, ready to be printed."""

from __future__ import annotations

import pandas as pd

from situasi.common import i18n
from situasi.reports import xlsx_tables
from situasi.reports.sitrep.model import Fact, Laporan, Table
from situasi.reports.sitrep.template_context import REHEARSAL
from situasi.reports.xlsx_tables import Sheet

_TITLES = {
    "kecamatan": "Kecamatan",
    "kejadian": "Kejadian",
    "banding": "Perbandingan",
    "langkah": "Waktu penanganan",
    "lewat": "Lewat waktu",
    "fase": "Fase TPS",
}


def written(laporan: Laporan) -> bytes:
    """The workbook; what it is and when on the last sheet, and on each printed page."""
    sheets = [Sheet("Ringkasan", _facts(laporan.facts))]
    sheets += [
        Sheet(title, _frame(laporan.tables[name]))
        for name, title in _TITLES.items()
        if name in laporan.tables
    ]
    if laporan.annexes:
        sheets.append(Sheet("Angka kecamatan", _annexes(laporan)))
    printed = f"{laporan.title} {laporan.command} · {_when(laporan)}"
    return xlsx_tables.book(
        sheets, _about(laporan), REHEARSAL if laporan.rehearsal else "", printed
    )


def _when(laporan: Laporan) -> str:
    return (
        f"{i18n.format_long_date(laporan.at)} pukul {i18n.format_time(laporan.at)} {laporan.zone}"
    )


def _about(laporan: Laporan) -> dict[str, str]:
    about = {
        "Laporan": f"{laporan.title} {laporan.command}",
        "Keadaan pada": _when(laporan),
        "Kurun kejadian": laporan.said["kurun"][0],
        "Wilayah": laporan.scope,
        "Versi data": str(laporan.version),
        "Kosong": "belum ada laporan, bukan nol",
    }
    return {**about, "LATIHAN": REHEARSAL} if laporan.rehearsal else about


def _facts(facts: tuple[Fact, ...]) -> pd.DataFrame:
    """One line for each number; a figure without any in one line of words."""
    rows = [
        (
            fact.title,
            number.word if number else "",
            None if number is None or number.value is None else round(number.value, 2),
            "perkiraan" if number and number.estimated else "",
            fact.value,
            fact.note,
        )
        for fact in facts
        for number in (fact.numbers or (None,))
    ]
    columns = ["Angka", "Rincian", "Nilai", "Tanda", "Di layar", "Catatan"]
    return pd.DataFrame(rows, columns=columns, dtype="object")


def _annexes(laporan: Laporan) -> pd.DataFrame:
    parts = [_facts(one.facts).assign(Kecamatan=one.name) for one in laporan.annexes]
    every = pd.concat(parts, ignore_index=True)
    return every[["Kecamatan", *[name for name in every.columns if name != "Kecamatan"]]]


def _frame(table: Table) -> pd.DataFrame:
    data = {
        f"{column.heading} ({column.unit})" if column.unit else column.heading: pd.Series(
            [row[at].value for row in table.rows], dtype="object"
        )
        for at, column in enumerate(table.columns)
    }
    if "Partisipasi (%)" in data:
        at = [column.name for column in table.columns].index("partisipasi")
        marks = ["perkiraan" if row[at].said.startswith("≈") else "" for row in table.rows]
        data["Tanda partisipasi"] = pd.Series(marks, dtype="object")
    return pd.DataFrame(data)
