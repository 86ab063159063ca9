"""Reports and logs written as plain text: the messages of a text that has no sender or time."""

import re
from datetime import UTC, date, datetime

from situasi.ingest.context import IngestContext
from situasi.ingest.facts.file_context import read_context
from situasi.ingest.message_files.found_messages import FileText, build_delivery
from situasi.ingest.message_files.gateway_messages import GatewayDelivery, GatewayMessage
from situasi.ingest.messages.chat_splitter import Message, MessageKind, split_chat
from situasi.ingest.messages.extractor import MessageExtractor, parse_sent_time
from situasi.ingest.parsing.cells import UnreadableCell
from situasi.ingest.parsing.datetimes import read_time

_SUFFIXES = frozenset((".txt", ".log", ".text", ".md", ".docx", ""))
_MAX_CHARACTERS = 200_000  # as many as may be pasted
_CELL_MARK = re.compile(r"[\t;|]")
_MOST_CELL_LINES = 0.2  # of the lines of a text; more are a table


def read_written_report(file: FileText, context: IngestContext) -> GatewayDelivery | None:
    """Return the messages of a text that reports something; None where nothing is recognised."""
    lines = [line for line in file.text.splitlines() if line.strip()]
    cells = sum(_CELL_MARK.search(line.strip()) is not None for line in lines)
    is_text = file.suffix in _SUFFIXES and len(file.text) <= _MAX_CHARACTERS
    if not lines or not is_text or cells > _MOST_CELL_LINES * len(lines):
        return None
    found_day = read_context((), "", file.name, context).day
    try:
        day = found_day and read_time(f"{found_day} 12.00", context.election.zone).moment
    except UnreadableCell:
        day = None
    local_day = day.astimezone(context.election.zone).date() if day else None
    extractor = MessageExtractor(context)
    found, is_report = list[GatewayMessage](), False
    for message in split_chat(file.text, context.places.name_words):
        if not message.text.strip() or message.kind is not MessageKind.REPORT:
            continue
        is_report = is_report or bool(extractor.extract(message, local_day).rows)
        sent_at = parse_sent_time(message, context.election.zone, local_day)
        found.append(_build_message(message, sent_at, local_day))
    return build_delivery("teks-laporan", found, []) if is_report else None


def _build_message(message: Message, sent_at: datetime | None, day: date | None) -> GatewayMessage:
    moment = sent_at.astimezone(UTC) if sent_at else None
    return GatewayMessage(
        message.text.strip(), message.sender or "", None, moment, None, None, is_edit=False,
        is_live=False, default_day=day, is_logged=message.is_logged,
    )  # fmt: skip
