"""Tells whether a file holds messages, and reads them."""

import codecs
from datetime import datetime, timedelta
from pathlib import Path

from situasi.ingest.context import IngestContext
from situasi.ingest.message_files.chat_exports import is_chat_export, read_chat_export
from situasi.ingest.message_files.found_messages import FileText
from situasi.ingest.message_files.gateway_files import read_gateway_file
from situasi.ingest.message_files.gateway_messages import GatewayDelivery
from situasi.ingest.message_files.sms_backups import is_sms_backup, read_sms_backup
from situasi.ingest.message_files.sms_logs import read_message_rows, read_sms_log
from situasi.ingest.message_files.written_reports import read_written_report
from situasi.ingest.parsing.cells import format_cell, is_blank
from situasi.ingest.readers import file_types, grid, text_encoding, word_documents, zip_reader

_MAX_BYTES = 32_000_000
_HEAD_BYTES = 40_000
_MAX_ROWS = 20_000
# An export holds months: what was sent longer before its last message is of another day.
_OLDEST = timedelta(days=7)
TOO_OLD = "lebih dari tujuh hari sebelum pesan terakhir"


def read_exported_messages(
    path: Path, context: IngestContext, now: datetime
) -> GatewayDelivery | None:
    """Return the messages of an exported chat or a saved delivery; None for any other file.

    Such a file is never a table. An archive of one text, beside it pictures and voices, is read as
    that text: so a telephone exports a chat. Raises SourceError.
    """
    if zip_reader.holds_one_text(path):
        with zip_reader.unpack(path) as contents:
            return read_exported_messages(contents.members[0].path, context, now)
    head = _read_head(path)
    if is_sms_backup(head):
        return _leave_out_old(read_sms_backup(path, context, now))
    start = head.lstrip("\ufeff \r\n\t")[:1]
    if start and start in "[{" and not is_chat_export(head):
        delivery = read_gateway_file(_read_text(path), context, now)
    elif is_chat_export(head):
        delivery = read_chat_export(_read_text(path), context, now)
    else:
        return None
    return _leave_out_old(delivery) if delivery else None


def read_written_messages(
    path: Path, name: str, context: IngestContext, now: datetime
) -> GatewayDelivery | None:
    """Return the messages of a log or a report as text, which is no table that the board knows."""
    text = _read_text(path)
    delivery = read_sms_log(text, context, now) if text else _read_workbook(path, context, now)
    if delivery is None and text.strip():
        delivery = read_written_report(FileText(name, text), context)
    return _leave_out_old(delivery) if delivery else None


def _read_workbook(path: Path, context: IngestContext, now: datetime) -> GatewayDelivery | None:
    """Return the messages of the one filled sheet of a workbook; None where it holds none."""
    sheets = [sheet for sheet in grid.read_grid(path, _MAX_ROWS) if sheet.rows]
    if len(sheets) != 1:
        return None
    rows = [["" if is_blank(c) else format_cell(c) for c in row] for row in sheets[0].rows]
    return read_message_rows(rows, context, now)


def _read_text(path: Path) -> str:
    """Return a text file; "" for a workbook or one that is too large."""
    if word_documents.is_word(path):
        return word_documents.read_text(path)
    with path.open("rb") as file:
        if file_types.is_workbook(file.read(8)) or path.stat().st_size > _MAX_BYTES:
            return ""
    encoding = text_encoding.detect(path)
    return "".join(text_encoding.read_chunks(path, encoding, text_encoding.ReadProgress(0)))


def _read_head(path: Path) -> str:
    """Return the beginning of a text file, cheaply: every file is asked; "" for a workbook."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if file_types.is_workbook(head):
        return ""
    is_wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return head.decode("utf-16" if is_wide else "utf-8", "replace")


def _leave_out_old(delivery: GatewayDelivery) -> GatewayDelivery:
    times = [message.sent_at for message in delivery.messages if message.sent_at]
    if not times:
        return delivery
    oldest = max(times) - _OLDEST
    kept = tuple(m for m in delivery.messages if m.sent_at is None or m.sent_at >= oldest)
    old = (TOO_OLD,) * (len(delivery.messages) - len(kept))
    return GatewayDelivery(delivery.profile, kept, (*delivery.ignored, *old))
