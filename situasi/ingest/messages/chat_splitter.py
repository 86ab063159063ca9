"""Splits pasted text and exported chats into messages. No text is lost."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from situasi.ingest.message_files.log_entries import split_log
from situasi.ingest.parsing.cells import normalize_text
from situasi.ingest.readers.text_encoding import ReadProgress, detect, read_chunks
from situasi.ingest.tables import SourceError

# Characters; the chat of a whole election day of a Polres is far smaller.
MAX_CHARACTERS = 8_000_000

_MEDIA = re.compile(
    r"<media (?:tidak disertakan|omitted)>|<(?:terlampir|attached):[^>\n]{0,200}>"
    r"|\S{1,120} \((?:file|berkas) (?:terlampir|attached)\)"
    r"|\b(?:gambar|video|audio|stiker|gif|dokumen|image|sticker|document|kartu kontak"
    r"|contact card)(?: (?:tidak disertakan|omitted))",
    re.IGNORECASE,
)
_EDITED = re.compile(r"<(?:pesan ini diedit|this message was edited)>", re.IGNORECASE)
_DELETED = re.compile(
    r"(?:pesan ini (?:telah )?dihapus|anda menghapus pesan ini|this message was deleted"
    r"|you deleted this message)\.?",
    re.IGNORECASE,
)
_SYSTEM = re.compile(
    r"end-to-end|menambahkan|bergabung|keluar|mengubah|membuat grup|kode keamanan|mengeluarkan"
    r"|\b(?:added|joined|left|changed|created|removed|security code)\b",
    re.IGNORECASE,
)
# Without headers a message is recognised by its opening words; a greeting has no content yet.
_OPENING = re.compile(
    r"\W{0,3}(?:(?:mohon )?i[jz]in\b|selamat (?:pagi|siang|sore|malam)|ass?alam|met (?:pagi|siang)"
    r"|lap(?:or|oran|sit|gas)?\b|info(?:rmasi|rmasikan)?\b|8[16]\b|yth\b|kepada\b|siap\b)",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"\W{0,3}(?:demikian|terima ?kasih|trims|tks|t(?:e)?rmks|dumas|dokumentasi terlampir)\b",
    re.IGNORECASE,
)
_LINE = re.compile(r"[^\n]*\n|[^\n]+\Z")


class MessageKind(StrEnum):
    """What a message is. Only a report may contain rows."""

    REPORT = "laporan"
    MEDIA = "media"
    DELETED = "dihapus"
    SYSTEM = "sistem"


@dataclass(frozen=True)
class Message:
    """One message of a chat. `header + text` of all messages, joined, is the pasted text.

    sender, day, clock: as written in the header; None without one. is_logged: the clock is that of
    what it tells, as in a log. The sender is never stored, and `text` may contain votes and names:
    only Proposal.text may be shown and stored.
    """

    text: str
    header: str = ""
    sender: str | None = None
    day: str | None = None
    clock: str | None = None
    is_logged: bool = False

    @property
    def kind(self) -> MessageKind:
        """Return what this message is."""
        start = normalize_text(self.text[:2000])
        is_by_app = self.sender is None or self._is_app_notice()
        if self.header and not self.is_logged and is_by_app:
            return MessageKind.SYSTEM
        if _DELETED.fullmatch(start):
            return MessageKind.DELETED
        return (
            MessageKind.REPORT
            if normalize_text(strip_app_notices(self.text))
            else MessageKind.MEDIA
        )

    def _is_app_notice(self) -> bool:
        """Return whether the app wrote it: an iPhone names the group as sender of notices."""
        return self.text.startswith("\u200e") and bool(_SYSTEM.search(self.text[:300]))


def strip_app_notices(text: str) -> str:
    """Return what the sender wrote, without the app's notes on attachments and edits."""
    return _EDITED.sub("", _MEDIA.sub("", text))


def split_chat(text: str, place_words: frozenset[str] = frozenset()) -> list[Message]:
    """Return the messages of a pasted text, an export or a log of entries by the hour.

    place_words: words of place names, which are no call sign of a log; without them none is read.
    Raises SourceError if the text is too long.
    """
    if len(text) > MAX_CHARACTERS:
        raise SourceError(
            f"Teks ini lebih dari {MAX_CHARACTERS // 1_000_000} juta huruf; tempel per bagian."
        )
    headers = list(HEADER_PATTERN.finditer(text))
    if not headers:
        entries = split_log(text, place_words)
        if entries is None:
            return list(_split_without_headers(text))
        return [Message(**entry._asdict(), is_logged=entry.clock is not None) for entry in entries]
    before = text[: headers[0].start()]
    leading_blank = before if not before.strip() else ""
    messages = [] if leading_blank else list(_split_without_headers(before))
    ends = [header.start() for header in headers[1:]] + [len(text)]
    for header, end in zip(headers, ends, strict=True):
        day, clock = day_and_clock(header)
        body, sender = text[header.end() : end], header["sender"]
        messages.append(
            Message(body, leading_blank + header[0], sender and normalize_text(sender), day, clock)
        )
        leading_blank = ""
    return messages


def split_chat_file(path: Path) -> list[Message]:
    """Return the messages of an exported chat (.txt), in any encoding. Raises SourceError."""
    if path.stat().st_size > 4 * MAX_CHARACTERS:
        raise SourceError("Berkas percakapan ini terlalu besar; ekspor per hari.")
    return split_chat("".join(read_chunks(path, detect(path), ReadProgress(0))))


def _split_without_headers(text: str) -> Iterator[Message]:
    """Yield messages: one begins at opening words, or after closing words and a blank line."""
    start, has_content, has_closing, after_blank = 0, False, False, False
    for line in _LINE.finditer(text):
        stripped = line[0].strip()
        opens = bool(_OPENING.match(stripped))
        if has_content and stripped and (opens or (has_closing and after_blank)):
            yield Message(text[start : line.start()])
            start, has_content = line.start(), False
        if stripped:
            has_closing, after_blank = bool(_CLOSING.match(stripped)), False
            has_content = has_content or not (opens and _is_greeting(stripped))
        after_blank = after_blank or not stripped
    if text[start:].strip() or start:
        yield Message(text[start:])


def _is_greeting(line: str) -> bool:
    return len(line.split()) <= 6 and not any(letter.isdigit() for letter in line)


_MARK = "[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
_DAY = r"(?P<{0}>[0-9]{{1,4}}[/.-][0-9]{{1,2}}(?:[/.-][0-9]{{2,4}})?)"
_CLOCK = (
    r"(?P<{0}>[0-9]{{1,2}}[.:][0-9]{{2}}(?:[.:][0-9]{{2}})?"
    "(?:[ \u00a0\u202f]?[AaPp]\\.?[Mm]\\.?)?)"
)
_WHEN = r",?[ ](?:pukul[ ])?"
_SENDER = rf"(?P<sender>{_MARK}{{0,2}}[^\n:\"\u201c]{{1,80}}?{_MARK}{{0,2}}):(?:[ ]|(?=\n)|\Z)"

# Android exports, iPhone exports and copies from a telephone, copies from the web page.
_HEADER_FORMATS = (
    rf"{_DAY.format('day1')}{_WHEN}{_CLOCK.format('clock1')}[ ][-\u2013][ ]",
    rf"\[{_DAY.format('day2')}{_WHEN}{_CLOCK.format('clock2')}\][ ]",
    rf"\[{_CLOCK.format('clock3')},[ ]{_DAY.format('day3')}\][ ]",
)
HEADER_PATTERN = re.compile(
    rf"^{_MARK}{{0,2}}(?:{'|'.join(_HEADER_FORMATS)})(?:{_SENDER})?", re.MULTILINE
)


def day_and_clock(header: re.Match[str]) -> tuple[str, str]:
    """Return the day and the clock time of a header, as written."""
    day = header["day1"] or header["day2"] or header["day3"]
    return day, header["clock1"] or header["clock2"] or header["clock3"]
