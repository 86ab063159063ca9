"""Turns messages into proposed rows; they are then confirmed and ingested like rows of a file."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from situasi.domain.labels import N_
from situasi.ingest.context import IngestContext
from situasi.ingest.messages.chat_splitter import Message, MessageKind
from situasi.ingest.messages.counts.turnout_rows import build_count_rows
from situasi.ingest.messages.counts.unread_numbers import find_unread_numbers
from situasi.ingest.messages.entities import MessageEntities
from situasi.ingest.messages.incident_rows import build_incident_rows
from situasi.ingest.messages.message_text import Passage, Span
from situasi.ingest.messages.one_line_forms import put_right_count_first, spell_out_forms
from situasi.ingest.messages.phrase_matcher import get_phrase_matcher
from situasi.ingest.messages.point_mentions import locate_point
from situasi.ingest.messages.proposal import Proposal, RowDraft
from situasi.ingest.messages.sender import MAX_MESSAGE_CHARACTERS, find_reporter, redact_message
from situasi.ingest.messages.station_codes import UNKNOWN_CODE
from situasi.ingest.messages.status_rows import (
    build_checkin_rows,
    build_contact_rows,
    build_phase_rows,
)
from situasi.ingest.messages.time_mentions import format_time_cell
from situasi.ingest.parsing.cells import UnreadableCell
from situasi.ingest.parsing.datetimes import read_time
from situasi.ingest.tables import SourceError

VOTES_REFUSED = N_("perolehan suara tidak dibaca dan tidak disimpan: polisi tidak mencatatnya")
# About 1 ms each; the chat of an election day is smaller.
MAX_MESSAGES = 3_000
NOTHING_READ = N_("tidak ada laporan yang dikenali")
_MAX_READ_CHARACTERS = 8_000  # characters analysed of one message; all is kept
_MAX_ROWS = 200
# How a report is to be written; from there on nothing is one.
_EXAMPLE = re.compile(
    r"\b(?:contoh (?:format|form|isian|laporan|pengisian|penulisan)"
    r"|format (?:laporan|pesan|isian) ?\(?contoh)\b",
    re.IGNORECASE,
)
_EXAMPLE_LEFT = N_('mulai dari "{words}" contoh, bukan laporan; tidak dibaca')


class MessageExtractor:
    """Reads messages of one election. Create it once: it indexes the whole vocabulary."""

    def __init__(self, context: IngestContext) -> None:
        self._context = context
        self._phrases = get_phrase_matcher(context.vocabulary)
        self._stations = frozenset(context.register.tps["code"])
        self._holds_votes = lru_cache(maxsize=8192)(context.is_vote_heading)

    def extract(self, message: Message, day: date | None = None) -> Proposal:
        """Return what is proposed of a message. day: of messages that name no date themselves."""
        sent_at = parse_sent_time(message, self._context.election.zone, day)
        kind = message.kind
        text, votes = redact_message(message, self._context, self._holds_votes)
        if kind is not MessageKind.REPORT:
            return Proposal(kind, text, None, sent_at, unread_numbers=find_unread_numbers(text, []))
        local = sent_at and sent_at.astimezone(self._context.election.zone)
        spelled = put_right_count_first(spell_out_forms(text, self._context.places, local))
        example = _EXAMPLE.search(spelled)
        read = spelled[: example.start()] if example else spelled
        entities = MessageEntities(
            Passage(read[:_MAX_READ_CHARACTERS]), self._context, self._phrases, local, day,
            is_logged=message.is_logged,
        )  # fmt: skip
        drafts, unread = _build_drafts(entities)
        pelapor = find_reporter(message, text, self._context)
        for draft in drafts[:_MAX_ROWS]:
            _fill_source(draft, text, pelapor, local)
            self._check_station(draft)
        notes = [
            *_limit_notes(message, text, drafts),
            *([_EXAMPLE_LEFT.format(words=example[0])] if example else []),
            *([VOTES_REFUSED] if votes else []),
            *([_sent_time_note(message)] if message.clock and sent_at is None else []),
            *unread,
            *_denied_phrase_notes(entities),
            *_unread_station_notes(entities, drafts),
            *_unread_point_notes(entities, drafts),
            *([] if drafts else [NOTHING_READ]),
        ]
        rows = tuple(draft.build_row() for draft in drafts[:_MAX_ROWS])
        read_spans = [span for draft in drafts[:_MAX_ROWS] for span in draft.read_spans]
        described = [span for draft in drafts[:_MAX_ROWS] for span in draft.description_spans]
        numbers = find_unread_numbers(spelled, [*read_spans, *described])
        others = _spans_outside(spelled, described)
        only_described = find_unread_numbers(spelled, [*read_spans, *others])
        return Proposal(
            kind, text, pelapor, sent_at, rows, tuple(dict.fromkeys(notes)), numbers, only_described
        )

    def _check_station(self, draft: RowDraft) -> None:
        """Doubt a TPS that its desa does not have in the register."""
        number, desa = draft.cells.get("tps", ""), draft.desa_code
        if desa and number.isdigit() and f"{desa}.{number}" not in self._stations:
            place = self._context.register.name_of(desa)
            draft.doubts.append(
                N_("TPS {number} tidak ada di daftar {place}").format(number=number, place=place)
            )


def parse_sent_time(
    message: Message, zone: ZoneInfo, default_day: date | None = None
) -> datetime | None:
    """Return the sent time of the header (day first); None without a complete date and time.

    default_day: of an entry of a log that names no day.
    """
    day = message.day
    if day is None and message.is_logged and default_day:
        day = f"{default_day:%d/%m/%Y}"
    try:
        parsed = read_time(f"{day} {message.clock}", zone) if message.clock else None
    except UnreadableCell:
        return None
    return parsed.moment if parsed and parsed.precision == "menit" else None


def filter_by_day(messages: Sequence[Message], day: date, zone: ZoneInfo) -> list[Message]:
    """Return the messages sent on this day (an export holds months) and those without a time."""
    with_times = [(message, parse_sent_time(message, zone)) for message in messages]
    return [
        message for message, at in with_times if at is None or at.astimezone(zone).date() == day
    ]


def extract_all(
    messages: Sequence[Message], context: IngestContext, day: date | None = None
) -> Iterator[tuple[Message, Proposal]]:
    """Return an iterator of each message with its proposal, extracted when asked for.

    Raises SourceError at once where they are too many to be read in one go.
    """
    if len(messages) > MAX_MESSAGES:
        raise SourceError(
            f"Lebih dari {MAX_MESSAGES} pesan ({len(messages)}); pilih satu hari atau tempel "
            "sebagian."
        )
    extractor = MessageExtractor(context)
    return ((message, extractor.extract(message, day)) for message in messages)


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
    """Return notes on what was not read because a limit was reached."""
    notes = []
    if len(message.text) > MAX_MESSAGE_CHARACTERS:
        notes.append(
            N_("lebih panjang daripada pesan WhatsApp: {n} huruf pertama disimpan").format(
                n=MAX_MESSAGE_CHARACTERS
            )
        )
    if len(text) > _MAX_READ_CHARACTERS:
        notes.append(
            N_("pesan terlalu panjang: hanya {n} huruf pertama yang dibaca").format(
                n=_MAX_READ_CHARACTERS
            )
        )
    if len(drafts) > _MAX_ROWS:
        notes.append(N_("lebih dari {n} baris: sisanya tidak dibaca").format(n=_MAX_ROWS))
    return notes


def _spans_outside(text: str, spans: list[Span]) -> list[Span]:
    """Return the parts of the text that are in none of these spans."""
    ends = [0, *(span.end for span in sorted(spans))]
    starts = [*(span.start for span in sorted(spans)), len(text)]
    return [Span(start, end) for start, end in zip(ends, starts, strict=True) if start < end]


def _sent_time_note(message: Message) -> str:
    text = N_('waktu kirim "{time}" tidak terbaca (hari/bulan/tahun)')
    return text.format(time=" ".join(filter(None, (message.day, message.clock))))


def _unread_station_notes(entities: MessageEntities, drafts: list[RowDraft]) -> list[str]:
    """Return notes on TPS that no row uses; unknown codes are noted as not understood."""
    with_known_code = [tps for tps in entities.stations if tps.doubt != UNKNOWN_CODE]
    tps_by_words = {entities.passage.excerpt(tps.span): tps for tps in with_known_code}
    used = {
        cell.words for draft in drafts for cell in draft.recognised_cells if cell.heading == "tps"
    }
    asked_cells = {draft.cells.get("tps", "") for draft in drafts}
    return [
        tps.doubt or N_('"{words}" disebut, tetapi tidak dibaca').format(words=words)
        for words, tps in tps_by_words.items()
        if words not in used | asked_cells
    ]


def _unread_point_notes(entities: MessageEntities, drafts: list[RowDraft]) -> list[str]:
    """Return notes on points that no row uses, with the kecamatan in which each lies."""
    used = {span for draft in drafts for span in draft.read_spans}
    notes = []
    for point in entities.points:
        if point.span not in used:
            place = locate_point(point, entities.context.boundaries, entities.context.register)
            text = N_('koordinat "{words}" (di Kec. {place}): apa yang ada di sana?')
            if not place:
                text = N_('koordinat "{words}" (di luar kabupaten): apa yang ada di sana?')
            notes.append(text.format(words=entities.passage.excerpt(point.span), place=place))
    return notes


def _denied_phrase_notes(entities: MessageEntities) -> list[str]:
    """Return notes on phrases that the message denies or only expects."""
    return [
        N_('"{words}" {reason}; tidak dibaca').format(
            words=entities.passage.excerpt(match.span), reason=match.denial_reason
        )
        for match in entities.phrase_matches
        if not match.is_asserted and match.column in {"jenis", "fase"}
    ]


def _fill_source(
    draft: RowDraft, text: str, pelapor: str | None, local_sent_time: datetime | None
) -> None:
    """Fill in the reporter, the reporting time and the whole text."""
    if pelapor:
        draft.cells["pelapor"] = pelapor
    if local_sent_time:
        draft.cells["waktu_lapor"] = format_time_cell(local_sent_time)
    draft.cells["teks_asli"] = text
    draft.cells = {heading: cell for heading, cell in draft.cells.items() if cell}
