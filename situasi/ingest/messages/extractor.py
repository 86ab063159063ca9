"""Messages become proposed rows. Nothing is accepted here: rows go through the door of files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from situasi.ingest.context import IngestContext
from situasi.ingest.messages.chat_splitter import Message, MessageKind
from situasi.ingest.messages.entities import Scene
from situasi.ingest.messages.incident_rows import incident_rows
from situasi.ingest.messages.message_text import Passage, Span
from situasi.ingest.messages.phrase_matcher import Phrases
from situasi.ingest.messages.proposal import Draft, Proposal
from situasi.ingest.messages.sender import LONGEST, kept, reporter
from situasi.ingest.messages.station_codes import UNKNOWN
from situasi.ingest.messages.status_rows import checkin_rows, contact_rows, phase_rows
from situasi.ingest.messages.time_mentions import moment
from situasi.ingest.messages.turnout_rows import count_rows
from situasi.ingest.messages.unread_numbers import unread_of
from situasi.ingest.parsing.cells import UnreadableCell
from situasi.ingest.parsing.datetimes import read_time
from situasi.ingest.tables import SourceError

VOTES_REFUSED = "perolehan suara tidak dibaca dan tidak disimpan: polisi tidak mencatatnya"
# About one in a millisecond; the chat of an election day is smaller.
MOST_MESSAGES = 3_000
NOTHING_READ = "tidak ada laporan yang dikenali"
_LONGEST = 8_000  # characters that are read of one message; all of it is kept
_MOST_ROWS = 200
_URAIAN = 500  # characters; the whole text stands in `teks_asli`


class Reader:
    """Reads messages of one election. Made once: it turns the whole vocabulary round."""

    def __init__(self, context: IngestContext) -> None:
        self._context = context
        self._phrases = Phrases(context.vocabulary)
        self._holds_votes = lru_cache(maxsize=8192)(context.is_vote_heading)

    def read(self, message: Message, day: date | None = None) -> Proposal:
        """What a message says. day: the day of messages that do not tell it themselves."""
        sent, kind = sent_at(message, self._context.election.zone), message.kind
        text, votes = kept(message, self._context, self._holds_votes)
        if kind is not MessageKind.REPORT:
            return Proposal(kind, text, None, sent, unread=unread_of(text, []))
        local = sent and sent.astimezone(self._context.election.zone)
        scene = Scene(Passage(text[:_LONGEST]), self._context, self._phrases, local, day)
        drafts, unread = _drafts(scene)
        pelapor = reporter(message, text, self._context)
        for draft in drafts[:_MOST_ROWS]:
            _sign(draft, text, pelapor, local)
        notes = [
            *_limits(message, text, drafts),
            *([VOTES_REFUSED] if votes else []),
            *([_unsent(message)] if message.clock and sent is None else []),
            *unread,
            *_denied(scene),
            *_left(scene, drafts),
            *([] if drafts else [NOTHING_READ]),
        ]
        rows = tuple(draft.done() for draft in drafts[:_MOST_ROWS])
        read = [span for draft in drafts[:_MOST_ROWS] for span in draft.read]
        about = [span for draft in drafts[:_MOST_ROWS] for span in draft.about]
        numbers = unread_of(text, [*read, *about])
        described = unread_of(text, [*read, *_outside(text, about)])
        return Proposal(
            kind, text, pelapor, sent, rows, tuple(dict.fromkeys(notes)), numbers, described
        )


def sent_at(message: Message, zone: ZoneInfo) -> datetime | None:
    """When the header says it was sent; None where it tells no whole date, day first."""
    try:
        found = read_time(f"{message.day} {message.clock}", zone) if message.clock else None
    except UnreadableCell:
        return None
    return found.moment if found and found.precision == "menit" else None


def on_day(messages: Sequence[Message], day: date, zone: ZoneInfo) -> list[Message]:
    """Those sent on this day (an export holds months), and those that do not tell when."""
    sent = [(message, sent_at(message, zone)) for message in messages]
    return [m for m, at in sent if at is None or at.astimezone(zone).date() == day]


def read_all(
    messages: Sequence[Message], context: IngestContext, day: date | None = None
) -> Iterator[tuple[Message, Proposal]]:
    """Every message with what is proposed of it, one by one as they are asked for.

    Raises SourceRefused, before the first, where they are too many to be read in one go.
    """
    if len(messages) > MOST_MESSAGES:
        raise SourceError(
            f"Lebih dari {MOST_MESSAGES} pesan ({len(messages)}); pilih satu hari atau tempel "
            "sebagian."
        )
    reader = Reader(context)
    return ((message, reader.read(message, day)) for message in messages)


def _drafts(scene: Scene) -> tuple[list[Draft], list[str]]:
    counts, notes = count_rows(scene)
    drafts = [
        *phase_rows(scene),
        *contact_rows(scene),
        *counts,
        *incident_rows(scene),
        *checkin_rows(scene),
    ]
    return drafts, notes


def _limits(message: Message, text: str, drafts: list[Draft]) -> list[str]:
    """What was not read because there is too much of it."""
    notes = []
    if len(message.text) > LONGEST:
        notes.append(f"lebih panjang daripada pesan WhatsApp: {LONGEST} huruf pertama disimpan")
    if len(text) > _LONGEST:
        notes.append(f"pesan terlalu panjang: hanya {_LONGEST} huruf pertama yang dibaca")
    if len(drafts) > _MOST_ROWS:
        notes.append(f"lebih dari {_MOST_ROWS} baris: sisanya tidak dibaca")
    return notes


def _outside(text: str, spans: list[Span]) -> list[Span]:
    """What of the text stands in none of these spans."""
    ends = [0, *(span.end for span in sorted(spans))]
    starts = [*(span.start for span in sorted(spans)), len(text)]
    return [Span(a, b) for a, b in zip(ends, starts, strict=True) if a < b]


def _unsent(message: Message) -> str:
    return f'waktu kirim "{message.day} {message.clock}" tidak terbaca (hari/bulan/tahun)'


def _left(scene: Scene, drafts: list[Draft]) -> list[str]:
    """TPS that the message names and no row takes up; unknown codes are told as not understood."""
    named = [tps for tps in scene.stations if tps.doubt != UNKNOWN]
    words = {scene.passage.words(tps.span): tps for tps in named}
    used = {heard.words for draft in drafts for heard in draft.understood if heard.heading == "tps"}
    asked = {draft.cells.get("tps", "") for draft in drafts}
    return [
        tps.doubt or f'"{said}" disebut, tetapi tidak dibaca'
        for said, tps in words.items()
        if said not in used | asked
    ]


def _denied(scene: Scene) -> list[str]:
    """Phrases that the message denies or only looks ahead to."""
    return [
        f'"{scene.passage.words(said.span)}" {said.why}; tidak dibaca'
        for said in scene.said
        if not said.told and said.column in {"jenis", "fase"}
    ]


def _sign(draft: Draft, text: str, pelapor: str | None, sent: datetime | None) -> None:
    """Put who told it, when, and the whole text."""
    if pelapor:
        draft.cells["pelapor"] = pelapor
    if sent:
        draft.cells["waktu_lapor"] = moment(sent)
    if draft.feed == "incidents":
        draft.cells["uraian"] = " ".join(text.split())[:_URAIAN]
    draft.cells["teks_asli"] = text
    draft.cells = {heading: cell for heading, cell in draft.cells.items() if cell}
