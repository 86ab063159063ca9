"""Texts that a program delivers, one by one, not a pasted chat."""

from datetime import datetime
from zoneinfo import ZoneInfo

from situasi.ingest.messages.chat_splitter import Message
from situasi.ingest.messages.extractor import MessageExtractor
from situasi.ingest.messages.proposal import SENT_TIME_WORDS, Proposal, ProposedRow, RecognisedCell

_WIB = ZoneInfo("Asia/Jakarta")


def extract_text(
    reader: MessageExtractor, text: str, sent_at: datetime | None, sender: str | None = None
) -> Proposal:
    """What is proposed of one text. sent_at: aware; None where unknown."""
    local = sent_at and sent_at.astimezone(_WIB)
    day, clock = (f"{local:%d/%m/%Y}", f"{local:%H.%M.%S}") if local else (None, None)
    return reader.extract(Message(text, sender=sender, day=day, clock=clock))


def has_sent_time(row: ProposedRow) -> bool:
    """Whether its time is only that at which the message was sent."""
    return RecognisedCell("waktu", SENT_TIME_WORDS) in row.recognised_cells
