"""Reader of exported JSON: lists of objects, objects around a list, GeoJSON, JSON lines."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from situasi.ingest.layout.header_detection import HeaderScorer
from situasi.ingest.readers import json_rows, reserved_columns, table_builder, text_encoding
from situasi.ingest.readers.json_stream import JsonDocumentStream, OtherListItem
from situasi.ingest.tables import SourceError, Table

_OUTSIDE_LIST = "di luar daftar laporan (kunci “{}”), tidak dibaca; kirim satu daftar per berkas"
_SAMPLE_LINES = 20  # lines checked to distinguish JSON lines from one document


def detect_kind(path: Path, encoding: text_encoding.Encoding) -> str:
    """Return "lines" for JSON lines, "document" for one JSON value, "" if it is not JSON."""
    head = _first_lines(path, encoding)
    are_objects = [_is_object(line) for line in head]
    if len(head) > 1 and 2 * sum(are_objects) >= len(head):
        return "lines"
    text = "".join(head).lstrip("\ufeff").lstrip()
    if text.startswith("{"):
        return "document"
    inner = text[1:].lstrip()
    return "document" if text[:1] == "[" and inner[:1] in set('{["]') | {""} else ""


def _first_lines(path: Path, encoding: text_encoding.Encoding) -> list[str]:
    """Return the first lines that are not blank, cut so that a giant line stays small."""
    texts = text_encoding.read_chunks(path, encoding, text_encoding.ReadProgress(0))
    start = "".join(islice(texts, 4))
    lines = [line for line in start.split("\n")[: 5 * _SAMPLE_LINES] if line.strip()]
    return lines[:_SAMPLE_LINES]


def _is_object(line: str) -> bool:
    line = line.strip().lstrip("\ufeff")
    if not line.startswith("{"):
        return False
    try:
        return isinstance(json_rows.DECODER.decode(line), dict)
    except json_rows.DECODE_ERRORS:
        return False


def read_lines(
    path: Path, encoding: text_encoding.Encoding, score_header: HeaderScorer, chunk_rows: int
) -> Iterator[Table]:
    """Yield tables of JSON lines, rows numbered by line; a broken line is a row under BROKEN."""
    meter = text_encoding.ReadProgress(path.stat().st_size)
    lines = enumerate(text_encoding.read_lines(path, encoding, meter), start=1)
    rows = ((number, _parse_line(line)) for number, line in lines if line.strip())
    notes = (*encoding.notes, "dibaca sebagai JSON per baris")
    yield from json_rows.build_tables(rows, score_header, chunk_rows, notes, meter.compute_fraction)


def _parse_line(line: str) -> dict[str, object]:
    line = line.strip().lstrip("\ufeff")
    try:
        return json_rows.to_row(json_rows.DECODER.decode(line))
    except json_rows.DECODE_ERRORS:
        return {reserved_columns.BROKEN: reserved_columns.excerpt(line)}


def read_document(
    path: Path, encoding: text_encoding.Encoding, score_header: HeaderScorer, chunk_rows: int
) -> Iterator[Table]:
    """Yield tables of one JSON document, rows numbered by their position in its list, from 1.

    Raises SourceError, possibly after the first tables when the damage lies further on.
    """
    meter = text_encoding.ReadProgress(path.stat().st_size)
    document = JsonDocumentStream(text_encoding.read_chunks(path, encoding, meter))
    rows = ((number, _to_row(value)) for number, value in enumerate(document.iterate_rows(), 1))
    notes = (*encoding.notes, "dibaca sebagai JSON")
    try:
        yield from json_rows.build_tables(
            rows, score_header, chunk_rows, notes, meter.compute_fraction, document.unread_keys
        )
    except RecursionError:
        raise SourceError("Isi JSON ini bersarang terlalu dalam untuk laporan.") from None


def _to_row(value: object) -> dict[str, object]:
    if not isinstance(value, OtherListItem):
        return json_rows.to_row(value)
    unread = table_builder.make_unread_row(
        [json_rows.dump_compact(value.value)],
        _OUTSIDE_LIST.format(reserved_columns.excerpt(value.list_key, 40)),
    )
    return {reserved_columns.BROKEN: unread.text, reserved_columns.NOT_A_REPORT: unread.reason}


def read_raw_rows(
    path: Path, encoding: text_encoding.Encoding, kind: str
) -> Iterator[tuple[int, dict[str, object]]]:
    """Yield every object with its number, whatever its keys. kind: of `detect_kind`.

    Raises SourceError, possibly after the first rows.
    """
    progress = text_encoding.ReadProgress(0)
    if kind == "lines":
        lines = enumerate(text_encoding.read_lines(path, encoding, progress), start=1)
        yield from ((number, _parse_line(line)) for number, line in lines if line.strip())
        return
    document = JsonDocumentStream(text_encoding.read_chunks(path, encoding, progress))
    try:
        yield from (
            (number, _to_row(value)) for number, value in enumerate(document.iterate_rows(), 1)
        )
    except RecursionError:
        raise SourceError("Isi JSON ini bersarang terlalu dalam untuk laporan.") from None
