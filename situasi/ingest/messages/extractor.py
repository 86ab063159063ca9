"""Messages become proposed rows. Nothing is accepted here: rows go through the door of files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from situasi.ingest.context import IngestContext
from situasi.ingest.messages.chat_splitter import Message, MessageKind
from situasi.ingest.messages.entities import MessageEntities
from situasi.ingest.messages.incident_rows import build_incident_rows
from situasi.ingest.messages.message_text import Passage, Span
from situasi.ingest.messages.phrase_matcher import PhraseMatcher
from situasi.ingest.messages.proposal import Proposal, RowDraft
from situasi.ingest.messages.sender import MAX_MESSAGE_CHARACTERS, find_reporter, redact_message
from situasi.ingest.messages.station_codes import UNKNOWN_CODE
from situasi.ingest.messages.status_rows import (
    build_checkin_rows,
    build_contact_rows,
    build_phase_rows,
)
from situasi.ingest.messages.time_mentions import format_time_cell
from situasi.ingest.messages.turnout_rows import build_count_rows
from situasi.ingest.messages.unread_numbers import find_unread_numbers
from situasi.ingest.parsing.cells import UnreadableCell
from situasi.ingest.parsing.datetimes import read_time
from situasi.ingest.tables import SourceError

VOTES_REFUSED = "perolehan suara tidak dibaca dan tidak disimpan: polisi tidak mencatatnya"
# About one in a millisecond; the chat of an election day is smaller.
MAX_MESSAGES = 3_000
NOTHING_READ = "tidak ada laporan yang dikenali"
_MAX_READ_CHARACTERS = 8_000  # characters that are read of one message; all of it is kept
_MAX_ROWS = 200
_MAX_URAIAN_CHARACTERS = 500  # characters; the whole text stands in `teks_asli`


class MessageExtractor:
    """Reads messages of one election. Made once: it turns the whole vocabulary round."""

    def __init__(self, context: IngestContext) -> None:
        self._context = context
        self._phrases = PhraseMatcher(context.vocabulary)
        self._holds_votes = lru_cache(maxsize=8192)(context.is_vote_heading)

    def extract(self, message: Message, day: date | None = None) -> Proposal:
        """What a message says. day: the day of messages that do not tell it themselves."""
        sent, kind = parse_sent_time(message, self._context.election.zone), message.kind
        text, votes = redact_message(message, self._context, self._holds_votes)
        if kind is not MessageKind.REPORT:
            return Proposal(kind, text, None, sent, unread_numbers=find_unread_numbers(text, []))
        local = sent and sent.astimezone(self._context.election.zone)
        scene = MessageEntities(
            Passage(text[:_MAX_READ_CHARACTERS]), self._context, self._phrases, local, day
        )
        drafts, unread = _build_drafts(scene)
        pelapor = find_reporter(message, text, self._context)
        for draft in drafts[:_MAX_ROWS]:
            _fill_source(draft, text, pelapor, local)
        notes = [
            *_limit_notes(message, text, drafts),
            *([VOTES_REFUSED] if votes else []),
            *([_sent_time_note(message)] if message.clock and sent is None else []),
            *unread,
            *_denied_phrase_notes(scene),
            *_unread_station_notes(scene, drafts),
            *([] if drafts else [NOTHING_READ]),
        ]
        rows = tuple(draft.build_row() for draft in drafts[:_MAX_ROWS])
        read = [span for draft in drafts[:_MAX_ROWS] for span in draft.read_spans]
        about = [span for draft in drafts[:_MAX_ROWS] for span in draft.description_spans]
        numbers = find_unread_numbers(text, [*read, *about])
        described = find_unread_numbers(text, [*read, *_spans_outside(text, about)])
        return Proposal(
            kind, text, pelapor, sent, rows, tuple(dict.fromkeys(notes)), numbers, described
        )


def parse_sent_time(message: Message, zone: ZoneInfo) -> datetime | None:
    """When the header says it was sent; None where it tells no whole date, day first."""
    try:
        found = read_time(f"{message.day} {message.clock}", zone) if message.clock else None
    except UnreadableCell:
        return None
    return found.moment if found and found.precision == "menit" else None


def filter_by_day(messages: Sequence[Message], day: date, zone: ZoneInfo) -> list[Message]:
    """Those sent on this day (an export holds months), and those that do not tell when."""
    sent = [(message, parse_sent_time(message, zone)) for message in messages]
    return [m for m, at in sent if at is None or at.astimezone(zone).date() == day]


def extract_all(
    messages: Sequence[Message], context: IngestContext, day: date | None = None
) -> Iterator[tuple[Message, Proposal]]:
    """Every message with what is proposed of it, one by one as they are asked for.

    Raises SourceRefused, before the first, where they are too many to be read in one go.
    """
    if len(messages) > MAX_MESSAGES:
        raise SourceError(
            f"Lebih dari {MAX_MESSAGES} pesan ({len(messages)}); pilih satu hari atau tempel "
            "sebagian."
        )
    reader = MessageExtractor(context)
    return ((message, reader.extract(message, day)) for message in messages)


def _build_drafts(entities: MessageEntities) -> tuple[list[RowDraft], list[str]]:
    counts, notes = build_count_rows(entities)
    drafts = [
        *build_phase_rows(entities),
        *build_contact_rows(entities),
        *counts,
        *build_incident_rows(entities),
        *build_checkin_rows(entities),
    ]
    return drafts, notes


def _limit_notes(message: Message, text: str, drafts: list[RowDraft]) -> list[str]:
    """What was not read because there is too much of it."""
    notes = []
    if len(message.text) > MAX_MESSAGE_CHARACTERS:
        notes.append(
            f"lebih panjang daripada pesan WhatsApp: {MAX_MESSAGE_CHARACTERS} huruf pertama disimpan"
        )
    if len(text) > _MAX_READ_CHARACTERS:
        notes.append(
            f"pesan terlalu panjang: hanya {_MAX_READ_CHARACTERS} huruf pertama yang dibaca"
        )
    if len(drafts) > _MAX_ROWS:
        notes.append(f"lebih dari {_MAX_ROWS} baris: sisanya tidak dibaca")
    return notes


def _spans_outside(text: str, spans: list[Span]) -> list[Span]:
    """What of the text stands in none of these spans."""
    ends = [0, *(span.end for span in sorted(spans))]
    starts = [*(span.start for span in sorted(spans)), len(text)]
    return [Span(a, b) for a, b in zip(ends, starts, strict=True) if a < b]


def _sent_time_note(message: Message) -> str:
    return f'waktu kirim "{message.day} {message.clock}" tidak terbaca (hari/bulan/tahun)'


def _unread_station_notes(entities: MessageEntities, drafts: list[RowDraft]) -> list[str]:
    """TPS that the message names and no row takes up; unknown codes are told as not understood."""
    named = [tps for tps in entities.stations if tps.doubt != UNKNOWN_CODE]
    words = {entities.passage.excerpt(tps.span): tps for tps in named}
    used = {
        heard.words
        for draft in drafts
        for heard in draft.recognised_cells
        if heard.heading == "tps"
    }
    asked = {draft.cells.get("tps", "") for draft in drafts}
    return [
        tps.doubt or f'"{said}" disebut, tetapi tidak dibaca'
        for said, tps in words.items()
        if said not in used | asked
    ]


def _denied_phrase_notes(entities: MessageEntities) -> list[str]:
    """Phrases that the message denies or only looks ahead to."""
    return [
        f'"{entities.passage.excerpt(said.span)}" {said.denial_reason}; tidak dibaca'
        for said in entities.phrase_matches
        if not said.is_asserted and said.column in {"jenis", "fase"}
    ]


def _fill_source(
    draft: RowDraft, text: str, pelapor: str | None, local_sent_time: datetime | None
) -> None:
    """Put who told it, when, and the whole text."""
    if pelapor:
        draft.cells["pelapor"] = pelapor
    if local_sent_time:
        draft.cells["waktu_lapor"] = format_time_cell(local_sent_time)
    if draft.feed == "incidents":
        draft.cells["uraian"] = " ".join(text.split())[:_MAX_URAIAN_CHARACTERS]
    draft.cells["teks_asli"] = text
    draft.cells = {heading: cell for heading, cell in draft.cells.items() if cell}
