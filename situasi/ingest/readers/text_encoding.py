"""Decoding of bytes to lines of text, whatever encoding the sender's program wrote."""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from situasi.ingest.tables import SourceError

_BLOCK_BYTES = 1 << 20
MAX_LINE_CHARS = 4_000_000  # characters; no line of a report is longer

# UTF-32 first: its little-endian mark begins with the mark of UTF-16.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF8, "utf-8", ""),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)


@dataclass(frozen=True)
class Encoding:
    """How to read the bytes: codec, length of the byte order mark, notes for the sender."""

    codec: str
    bom_bytes: int = 0
    notes: tuple[str, ...] = ()


@dataclass
class ReadProgress:
    """How far a file has been read, in bytes."""

    total_bytes: int
    bytes_read: int = 0

    def compute_fraction(self) -> float:
        """Return the part of the file read so far, 0 to 1; 1 where the size is 0."""
        return min(1.0, self.bytes_read / self.total_bytes) if self.total_bytes else 1.0


def detect(path: Path) -> Encoding:
    """Return the encoding of this file; never fails, Windows-1252 is the last resort."""
    with path.open("rb") as file:
        head = file.read(4096)
    for mark, codec, name in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return Encoding(codec, len(mark), _format_encoding_note(name))
    codec = _detect_utf16_without_bom(head)
    if codec:
        return Encoding(codec, 0, _format_encoding_note("UTF-16"))
    return _detect_utf8_or_windows(path)


def _format_encoding_note(name: str) -> tuple[str, ...]:
    return (f"dibaca sebagai {name}",) if name else ()


def _detect_utf16_without_bom(head: bytes) -> str:
    """Return the UTF-16 codec of Latin text: every second byte is NUL, and no other; else ""."""
    pairs = len(head) // 2
    even, odd = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if pairs >= 4 and odd > 0.5 * pairs and even < 0.1 * pairs:
        return "utf-16-le"
    if pairs >= 4 and even > 0.5 * pairs and odd < 0.1 * pairs:
        return "utf-16-be"
    return ""


def _detect_utf8_or_windows(path: Path) -> Encoding:
    try:
        for _ in _decode_blocks(path, Encoding("utf-8"), ReadProgress(0), "strict"):
            pass
        return Encoding("utf-8")
    except UnicodeDecodeError:
        valid, broken = _count_utf8_damage(path)
    # A few broken bytes among many valid UTF-8 letters are damage, not Windows-1252.
    if valid > 10 * broken:
        return Encoding("utf-8", 0, (f"{broken} huruf rusak diganti dengan tanda \ufffd",))
    return Encoding("cp1252", 0, _format_encoding_note("Windows-1252"))


def _count_utf8_damage(path: Path) -> tuple[int, int]:
    valid = broken = 0
    for text in _decode_blocks(path, Encoding("utf-8"), ReadProgress(0), "replace"):
        bad = text.count("\ufffd")
        broken += bad
        valid += len(text) - len(text.encode("ascii", "ignore")) - bad
    return valid, broken


def _decode_blocks(
    path: Path, encoding: Encoding, progress: ReadProgress, errors: str
) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding.codec)(errors)
    with path.open("rb") as file:
        file.seek(encoding.bom_bytes)
        while block := file.read(_BLOCK_BYTES):
            progress.bytes_read += len(block)
            yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


def read_chunks(path: Path, encoding: Encoding, progress: ReadProgress) -> Iterator[str]:
    """Yield the text in chunks, with every line end a newline.

    Raises SourceError on NUL characters: such a file is damaged or not text.
    """
    newlines = io.IncrementalNewlineDecoder(None, translate=True)
    for text in _decode_blocks(path, encoding, progress, "replace"):
        if "\0" in text:
            raise SourceError(
                "Berkas ini rusak atau bukan teks (berisi bita NUL); ekspor ulang dari sumbernya."
            )
        yield newlines.decode(text)
    yield newlines.decode("", final=True)  # a carriage return at the very end


def read_lines(path: Path, encoding: Encoding, progress: ReadProgress) -> Iterator[str]:
    """Yield the lines, each with its newline; memory does not grow with the file.

    Raises SourceError for a line of more than MAX_LINE_CHARS characters.
    """
    rest = ""
    for text in read_chunks(path, encoding, progress):
        rest += text
        cut = rest.rfind("\n") + 1
        yield from io.StringIO(rest[:cut], newline="\n")
        rest = rest[cut:]
        if len(rest) > MAX_LINE_CHARS:
            raise SourceError(
                "Berkas ini berisi satu baris tanpa akhir (lebih dari "
                f"{MAX_LINE_CHARS // 1_000_000} juta huruf); ekspor ulang dari sumbernya."
            )
    if rest:
        yield rest
