"""Bodies of deliveries: strict JSON rows, or tables recognised by their content."""

import io
import json
import math
import struct
import zipfile
from typing import Any

from situasi.ingest.readers.json_rows import parse_integer
from situasi.ingest.readers.limits import format_too_many_rows
from situasi.ingest.readers.reserved_columns import MAX_COLUMNS, clean_text
from situasi.server.api.problem_details import Problem

JSON = "application/json"
CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CONTENT_TYPES = (JSON, CSV, XLSX)
# Of files alone, with the ending of their names.
OTHER_WORKBOOKS = {
    "application/vnd.ms-excel": "xls",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
}
# Content types that say nothing; the last is curl's default.
UNSPECIFIC_TYPES = ("", "application/octet-stream", "application/x-www-form-urlencoded")

MAX_CELLS = 100  # of one row; no feed has half as many columns

_NOT_ROWS = 'JSON harus daftar baris, atau {"rows": [...]}'


def detect_extension(content_type: str, body: bytes) -> str:
    """Return json, csv or xlsx by the content. Raises Problem 415 and 422."""
    declared = content_type.partition(";")[0].strip().lower()
    if declared not in CONTENT_TYPES + UNSPECIFIC_TYPES:
        raise Problem(415, f'Kirim sebagai {", ".join(CONTENT_TYPES)}, bukan "{declared[:60]}".')
    start = body[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] in {b"[", b"{"}:
        return "json"
    if declared == JSON:
        raise Problem(422, f"{_NOT_ROWS}.")
    return "xlsx" if body.startswith(b"PK") else "csv"


def check_workbook_size(body: bytes, max_bytes: int) -> None:
    """Refuse a workbook whose declared unpacked size is above this. Raises Problem 422.

    The reader never unpacks more than declared, but would need five seconds to find out. A body
    that is no archive passes: the reader reports it in its own words.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            claimed = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OSError):
        return
    if claimed > max_bytes:
        raise Problem(422, "Berkas Excel ini terlalu besar bila dibuka; kirim barisnya saja.")


def parse_json_rows(body: bytes, max_rows: int) -> list[dict[str, Any]]:
    """Return the rows of a JSON body, with cells cleaned for the store. Raises Problem 422.

    Stricter than for files: a program that sends invalid JSON (NaN, a duplicate key, half a
    surrogate pair) has a bug that its author should learn about.
    """
    rows = _row_list(parse_json(body))
    if not rows:
        raise Problem(422, f"Tidak ada satu baris pun; {_NOT_ROWS}.")
    if len(rows) > max_rows:
        raise Problem(422, f"Kiriman berisi {format_too_many_rows(max_rows)}.")
    parsed = [_parse_row(number, row) for number, row in enumerate(rows, start=1)]
    if len({heading for row in parsed for heading in row}) > MAX_COLUMNS:
        raise Problem(422, f"Lebih dari {MAX_COLUMNS} kolom; kirim kolom laporan saja.")
    return parsed


def parse_json(body: bytes) -> Any:
    """Return a JSON document, read strictly. Raises Problem 422."""
    try:
        document = json.loads(
            body.decode("utf-8-sig"),
            object_pairs_hook=_reject_duplicate_keys,
            parse_int=_parse_number,
            parse_float=_parse_number,
            parse_constant=_reject_constant,
        )
        if b"\\u" in body:  # a lone surrogate can only be written as an escape
            json.dumps(document, ensure_ascii=False).encode()
    except UnicodeError:
        raise Problem(422, "JSON ini berisi huruf yang rusak (bukan UTF-8).") from None
    except RecursionError:
        raise Problem(422, "JSON ini bersarang terlalu dalam untuk laporan.") from None
    except json.JSONDecodeError as error:
        raise Problem(422, f"JSON ini rusak pada huruf ke-{error.pos + 1}.") from None
    return document


def _reject_duplicate_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        raise Problem(422, "JSON ini memuat kunci yang sama dua kali dalam satu baris.")
    return values


def _parse_number(text: str) -> int | float | str:
    number = float(text)
    if not math.isfinite(number):
        raise Problem(422, "JSON ini memuat angka yang terlalu besar.")
    return number if not text.lstrip("-").isdigit() else parse_integer(text)


def _reject_constant(name: str) -> Any:
    raise Problem(422, f"{name} bukan nilai JSON; kosongkan dengan null.")


def _row_list(document: Any) -> list[Any]:
    if isinstance(document, dict) and list(document) == ["rows"]:
        document = document["rows"]
    if not isinstance(document, list):
        raise Problem(422, f"{_NOT_ROWS}.")
    return document


def _parse_row(number: int, row: Any) -> dict[str, Any]:
    if not isinstance(row, dict) or not row:
        raise Problem(422, f"Baris {number} bukan objek berisi kolom laporan.")
    if len(row) > MAX_CELLS:
        raise Problem(422, f"Baris {number} punya lebih dari {MAX_CELLS} kolom.")
    cells: dict[str, Any] = {}
    for name, cell in row.items():
        heading = clean_text(name) or "(tanpa nama)"
        while heading in cells:  # equal after cleaning: keep both
            heading += " (2)"
        cells[heading] = _parse_cell(cell, number)
    return cells


def _parse_cell(cell: Any, number: int) -> Any:
    if isinstance(cell, dict | list):
        raise Problem(422, f"Baris {number} memuat daftar atau objek di dalam satu sel.")
    return clean_text(cell) if isinstance(cell, str) else cell
