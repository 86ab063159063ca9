"""The proposal of one message: rows as raw cells, what was recognised, what must be asked."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from situasi.domain.labels import N_
from situasi.ingest.messages.chat_splitter import MessageKind
from situasi.ingest.messages.message_text import Span

SENT_TIME_WORDS = N_("waktu pesan dikirim")  # the source of a time that the text does not name

LOGGED_TIME_WORDS = N_("jam di awal baris catatan")  # the same of an entry of a log

# Why an event time is asked of which nothing but the hour of the message is known.
ONLY_SENT_TIME = N_("jam kejadian tidak disebut; ≈ jam pesan dikirim, perbaiki bila tahu")


class RecognisedCell(NamedTuple):
    """A cell, by its heading, and the words of the message from which it was read."""

    heading: str
    words: str


class UnclearCell(NamedTuple):
    """A cell that a person must fill or confirm, and why, in Indonesian."""

    heading: str
    reason: str


@dataclass(frozen=True)
class ProposedRow:
    """One row of a feed under our own headings, to be confirmed and then ingested.

    doubts: what was read, but not as written, such as a misspelt desa; in Indonesian.
    """

    feed: str
    cells: dict[str, str]
    recognised_cells: tuple[RecognisedCell, ...]
    unclear_cells: tuple[UnclearCell, ...]
    doubts: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Return whether no question is left."""
        return not self.unclear_cells


@dataclass(frozen=True)
class Proposal:
    """What one message says, as far as it is clear.

    text: the whole message as it may be shown and stored. sent_at: aware; None where the header
    does not tell. notes: what was not read, and why, in Indonesian. unread_numbers: numbers of the
    text, as written, that are in no cell or question of a row. description_numbers: those of an
    incident that are only in its description.
    """

    kind: MessageKind
    text: str
    pelapor: str | None
    sent_at: datetime | None
    rows: tuple[ProposedRow, ...] = ()
    notes: tuple[str, ...] = ()
    unread_numbers: tuple[str, ...] = ()
    description_numbers: tuple[str, ...] = ()

    @property
    def is_clear(self) -> bool:
        """Return whether one key may confirm the whole message; otherwise it must be asked.

        It is clear where it has rows, none of them with a question or a doubt, every number was
        understood, and nothing of it was left out (no notes, no numbers only in a description). A
        state may have the sent time (SENT_TIME_WORDS), to be shown as such.
        """
        return (
            bool(self.rows)
            and all(row.is_complete and not row.doubts for row in self.rows)
            and not (self.notes or self.unread_numbers or self.description_numbers)
        )


@dataclass
class RowDraft:
    """A row in progress.

    read_spans: positions of its cells and questions in the text; description_spans: of its
    description. desa_code: of its desa, where that is certain. told: the phase that it tells of,
    "hadir" of a count.
    """

    feed: str
    cells: dict[str, str] = field(default_factory=dict)
    recognised_cells: list[RecognisedCell] = field(default_factory=list)
    unclear_cells: list[UnclearCell] = field(default_factory=list)
    read_spans: list[Span] = field(default_factory=list)
    description_spans: list[Span] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    desa_code: str | None = None
    told: str = ""

    def fill(self, heading: str, cell: str, words: str, *spans: Span) -> None:
        """Fill in a cell that was recognised from these words at these spans."""
        self.cells[heading] = cell
        self.read_spans += spans
        self.recognised_cells.append(RecognisedCell(heading, words))

    def ask(self, heading: str, reason: str, cell: str = "", *spans: Span) -> None:
        """Leave a cell to the operator. cell: what the sender wrote there, at these spans."""
        self.cells[heading] = cell
        self.read_spans += spans
        self.unclear_cells.append(UnclearCell(heading, reason))

    def build_row(self) -> ProposedRow:
        """Return the draft as a proposed row."""
        return ProposedRow(
            self.feed,
            self.cells,
            (*self.recognised_cells,),
            (*self.unclear_cells,),
            (*dict.fromkeys(self.doubts),),
        )
