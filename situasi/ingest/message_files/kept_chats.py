"""Exported chats that stay beside the store after they were read: nobody is named in them."""

import os
from datetime import datetime
from pathlib import Path

from situasi.access.officer_key import OfficerKey
from situasi.common import atomic_files
from situasi.ingest.context import IngestContext
from situasi.ingest.message_files.gateway_messages import GatewayMessage
from situasi.ingest.message_files.recognition import read_exported_messages
from situasi.ingest.messages.chat_splitter import Message
from situasi.ingest.messages.sender import redact_message
from situasi.ingest.redaction import kept_files
from situasi.ingest.redaction.sender_marks import SenderMarks
from situasi.ingest.tables import SourceError


def redact_kept_file(
    path: Path, context: IngestContext, now: datetime, *, is_about_officers: bool
) -> None:
    """Leave marks in place of NRP in a file, in place; of a chat keep what may be stored alone.

    A chat stays one: each message with its time, the mark of its sender, and its text without
    names, numbers and votes. is_about_officers: also any other long number is taken out. Raises
    OSError and ValueError.
    """
    try:
        delivery = None if path.is_symlink() else read_exported_messages(path, context, now)
    except SourceError:
        delivery = None
    if delivery is None:
        key: OfficerKey = context.officer_key
        kept_files.redact_kept_file(path, key, is_about_officers=is_about_officers)
        return
    marks, status = SenderMarks(context.officer_key.read_secret()), path.stat()
    lines = [_format_message(message, context, marks) for message in delivery.messages]
    atomic_files.write(path, "".join(lines).encode(), status.st_mode & 0o777)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def _format_message(message: GatewayMessage, context: IngestContext, marks: SenderMarks) -> str:
    local = message.sent_at and message.sent_at.astimezone(context.election.zone)
    moment = f"{local:%d/%m/%Y %H.%M}" if local else "01/01/2000 00.00"
    written = Message(message.text, sender=message.sender_name)
    text = redact_message(written, context, context.is_vote_heading).text
    sender = message.sender
    mark = sender if sender.startswith(_PREFIX) else _PREFIX + marks.mark_sender(sender)[:6]
    return f"{moment} - {mark}: {text}\n"


_PREFIX = "pengirim "
