"""Detection of a file's type by its first bytes, never by its name."""

from situasi.ingest.tables import SourceError

HEAD_BYTES = 1 << 16
ZIP_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")
OLE2_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# First bytes -> what the sender most likely attached by mistake.
_UNSUPPORTED_SIGNATURES = (
    (b"%PDF", "dokumen PDF"),
    (b"\x89PNG\r\n\x1a\n", "gambar PNG"),
    (b"\xff\xd8\xff", "gambar JPEG"),
    (b"GIF8", "gambar GIF"),
    (b"II*\x00", "gambar TIFF"),
    (b"MM\x00*", "gambar TIFF"),
    (b"Rar!\x1a\x07", "arsip RAR"),
    (b"7z\xbc\xaf'\x1c", "arsip 7z"),
    (b"\x1f\x8b", "arsip GZIP"),
    (b"BZh", "arsip BZIP2"),
    (b"\xfd7zXZ\x00", "arsip XZ"),
    (b"{\\rtf", "dokumen RTF"),
    (b"SQLite format 3\x00", "basis data SQLite"),
    (b"MZ\x90\x00", "program Windows"),
    (b"\x7fELF", "program"),
    (b"OggS", "rekaman suara"),
    (b"ID3", "rekaman suara"),
)
_RIFF_TYPES = {b"WEBP": "gambar WebP", b"WAVE": "rekaman suara", b"AVI ": "video"}
_HTML_SIGNATURES = (b"<!doctype html", b"<html", b"<table", b"<meta", b"<head")
_OWN_PAGE = b'name="generator" content="Situasi"'
_MARKUP_SIGNATURES = (
    (b"<kml", "berkas peta KML"),
    (b"<gpx", "berkas jejak GPX"),
    (b"<?xml", "berkas XML"),
)
LOCKED = "Berkas Excel ini dikunci dengan sandi; buka, hapus sandinya, lalu simpan ulang."
_SEND_INSTEAD = "kirim laporan sebagai XLSX, CSV atau JSON."


def reject_unsupported(head: bytes) -> None:
    """Raise SourceError, naming the type of the file, if it cannot hold a table of reports."""
    name = _find_unsupported_type(head)
    if name:
        raise SourceError(f"Berkas ini sebenarnya {name}; {_SEND_INSTEAD}")
    if is_ole2(head) and "EncryptedPackage".encode("utf-16-le") in head:
        raise SourceError(LOCKED)
    if is_html(head) and _OWN_PAGE in head:
        raise SourceError(f"Berkas ini salinan papan Situasi, bukan laporan; {_SEND_INSTEAD}")


def is_html(head: bytes) -> bool:
    """Return whether the file is a web page."""
    return _strip(head).startswith(_HTML_SIGNATURES)


def is_ole2(head: bytes) -> bool:
    """Return whether the file is of the Office before 2007 (XLS, DOC), or locked."""
    return head.startswith(OLE2_SIGNATURE)


def is_workbook(head: bytes) -> bool:
    """Return whether the file may be a workbook: XLSX or ODS, which are archives, or XLS."""
    return is_zip(head) or is_ole2(head)


def is_zip(head: bytes) -> bool:
    """Return whether the file is a ZIP archive (every XLSX is one)."""
    return head.startswith(ZIP_SIGNATURES)


def _find_unsupported_type(head: bytes) -> str | None:
    if head[:4] == b"RIFF":
        return _RIFF_TYPES.get(head[8:12], "berkas media")
    if head[4:8] == b"ftyp":
        return "video atau foto ponsel"
    for first, name in _UNSUPPORTED_SIGNATURES:
        if head.startswith(first):
            return name
    text = _strip(head)
    return next((name for first, name in _MARKUP_SIGNATURES if text.startswith(first)), None)


def _strip(head: bytes) -> bytes:
    return head[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
