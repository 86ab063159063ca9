"""Rows of a signature below a table: place and date, office, name, rank and NRP.

They hold names and NRP of the officers who signed, which are stored nowhere.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from situasi.ingest.readers.table_builder import Block, NumberedRows, Row, UnreadRow

_MONTH = r"(?:jan|feb|peb|mar|apr|mei|may|jun|jul|agu|agt|aug|sep|okt|oct|nov|nop|des|dec)[a-z]*\.?"
# What a signature has and no report: place and date alone, the words above an office, an NRP.
_PROOF = re.compile(
    r"(?!(?:senin|selasa|rabu|kamis|jum'?at|sabtu|minggu)\b)"  # a day above its rows
    rf"[a-z][a-z .'-]{{2,30}}, ?(?:tanggal |tgl\.? )?[0-9.\u2026_ ]{{0,6}} ?{_MONTH} ?[0-9]{{4}}"
    r"|(?:mengetahui|mengesahkan|menyetujui|disetujui oleh|diketahui oleh|dibuat oleh"
    r"|hormat kami|yang membuat|yang melapor(?:kan)?|yang melaporkan)\b[^0-9]{0,60}"
    r"|(?:dikeluarkan|ditetapkan|dibuat) di\b[^0-9]{2,60}|pada tanggal\b.{2,40}"
    r"|.{0,40}\b(?:nrp|nip)\b.{0,30}"
    r"|(?:[a-z]+ ?/? ?)?(?:[0-9]{8}|[0-9]{18}|[0-9]{8} [0-9]{6} [0-9] [0-9]{3})",
    re.IGNORECASE,
)
# Offices, with which a signature may begin; alone they prove nothing.
_OFFICE = re.compile(
    r"(?:a\.? ?n\.?|plh\.?|plt\.?|u\.? ?b\.?)[ .][^0-9]{2,60}"
    r"|(?:kapolres|kapolsek|kapolda|kepala|wakapolres|kabag|kasat|kasi|kasium|karendal|kasubag"
    r"|kasubbag|ka posko|kasubsatgas|kasatgas|kaopsres|kapolsubsektor|wakapolsek|paur|kaur|kanit"
    r"|kasubnit|kasubsi|sekretaris|koordinator|komandan|danton|danru|panit|ketua"
    r"|perwira|padal|pawas|operator|petugas|pembuat)\b[^0-9]{0,60}",
    re.IGNORECASE,
)
# A whole signature in one cell, as documents put two of them side by side.
_WHOLE = re.compile(
    r"(?:(?:mengetahui|a\.? ?n\.?|kapol[a-z]+|kepala|ka)\b"
    rf"|[a-z][a-z .'-]{{2,30}}, ?[0-9]{{1,2}} {_MONTH})"
    r".{0,150}\b(?:nrp|nip)\b.{0,40}",
    re.IGNORECASE,
)
_TEXT_NOT_KEPT = "(baris {}: isinya tidak disimpan)"
_MAY_BE_SIGNATURE = (
    "baris di bawah nama jabatan, tampaknya tanda tangan, bukan laporan; "
    "bila laporan, kirim terpisah"
)
_MAX_CELLS = 3  # cells of a row of a signature; two offices may sign side by side
_MAX_CHARS = 80
_MAX_WHOLE_CHARS = 250


@dataclass
class _Signature:
    """The rows of what may be a signature, until it is known whether it is one."""

    rows: list[tuple[int, Row]] = field(default_factory=list)
    is_proved: bool = False

    def close(self, dropped: list[int]) -> list[tuple[int, Row]]:
        """Return the rows if they are no signature; else add their numbers to `dropped`.

        Rows below an office that prove nothing may still be names: they wait without their text.
        """
        rows, self.rows = self.rows, []
        filled = [(number, row) for number, row in rows if not _is_blank(row)]
        is_proved, self.is_proved = self.is_proved, False
        if is_proved:
            dropped += [number for number, _ in filled]
            return []
        if len(filled) < 2:
            return rows
        return [(n, UnreadRow(_TEXT_NOT_KEPT.format(n), _MAY_BE_SIGNATURE)) for n, _ in filled]


def drop_signatures(
    numbered_rows: Iterable[NumberedRows], width: int, dropped: list[int]
) -> Iterator[NumberedRows]:
    """Yield the rows without those of signatures, whose numbers are added to `dropped`.

    A signature begins with a row of few cells that names an office, or a place with a date, and
    goes on until a row of other content. width: columns of the table.
    """
    limit, signature = min(_MAX_CELLS, max(1, width // 2)), _Signature()
    for number, part in numbered_rows:
        if isinstance(part, Block):
            if not signature.rows and not _may_hold_signature(part, limit):
                yield number, part
                continue
            rows: Iterable[tuple[int, Row]] = enumerate(part.iterate_rows(), start=number)
        else:
            rows = [(number, part)]
        for row_number, row in rows:
            if not signature.rows and isinstance(row, list) and len(row) - row.count(None) > limit:
                yield row_number, row
                continue
            texts = _list_texts(row, limit)
            if _is_part(row, texts, is_open=bool(signature.rows)):
                signature.rows.append((row_number, row))
                signature.is_proved |= any(map(_is_proof, texts))
                continue
            yield from signature.close(dropped)
            yield row_number, row
    yield from signature.close(dropped)


def _is_blank(row: Row) -> bool:
    return isinstance(row, list) and row.count(None) == len(row)


def _is_part(row: Row, texts: list[str], *, is_open: bool) -> bool:
    """Return whether a row begins a signature, or goes on with an open one: names, blank rows."""
    if not is_open:
        return _opens_signature(texts)
    return _is_blank(row) or (
        bool(texts) and all(_is_proof(text) or not any(map(str.isdigit, text)) for text in texts)
    )


def format_notes(dropped: list[int]) -> tuple[str, ...]:
    """Return the note on these rows, by their numbers; empty where there are none."""
    if not dropped:
        return ()
    numbers = ", ".join(map(str, dropped[:10])) + (", \u2026" if len(dropped) > 10 else "")
    return (f"{len(dropped)} baris tanda tangan di bawah tabel dilewati (baris {numbers})",)


def _may_hold_signature(block: Block, limit: int) -> bool:
    """Return whether a row of few cells in a block opens a signature."""
    if len(block.columns) <= limit:
        candidates: Iterable[list[object]] = block.iterate_rows()
    else:
        # Among limit + 1 columns of such a row one is empty: a cheap test for whole blocks.
        if not any(None in column for column in (c.tolist() for c in block.columns[: limit + 1])):
            return False
        candidates = (row for row in block.iterate_rows() if len(row) - row.count(None) <= limit)
    return any(_opens_signature(texts) for row in candidates if (texts := _list_texts(row, limit)))


def _list_texts(row: Row, limit: int) -> list[str]:
    """Return the cells of a row that may belong to a signature: few, all short texts; else []."""
    if not isinstance(row, list) or len(row) - row.count(None) > limit:
        return []
    texts = [" ".join(str(cell).split()) for cell in row if cell is not None]
    return texts if all(len(text) <= _MAX_CHARS or _is_proof(text) for text in texts) else []


def _opens_signature(texts: list[str]) -> bool:
    """Return whether these may begin a signature; numbers alone may be a list of NRP."""
    has_words = any(any(map(str.isalpha, text)) for text in texts)
    return has_words and all(_is_proof(text) or _OFFICE.fullmatch(text) for text in texts)


def _is_proof(text: str) -> bool:
    is_whole = _MAX_CHARS // 4 < len(text) <= _MAX_WHOLE_CHARS and _WHOLE.fullmatch(text)
    return bool(is_whole or _PROOF.fullmatch(text[: _MAX_CHARS + 1]))
