"""What is proposed of one message: rows as raw cells, what was understood, what must be asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from situasi.ingest.messages.chat_splitter import MessageKind
from situasi.ingest.messages.message_text import Span


class RecognisedCell(NamedTuple):
    """A cell and the words of the message from which it was read."""

    heading: str
    words: str


class UnclearCell(NamedTuple):
    """A cell that a person must fill or confirm, and why, in Indonesian."""

    heading: str
    reason: str


@dataclass(frozen=True)
class ProposedRow:
    """One row of a feed under our own headings, to be confirmed and then put through the door."""

    feed: str
    cells: dict[str, str]
    recognised_cells: tuple[RecognisedCell, ...]
    unclear_cells: tuple[UnclearCell, ...]

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to ask."""
        return not self.unclear_cells


@dataclass(frozen=True)
class Proposal:
    """What one message says, as far as it is plain.

    text: the whole message as it may be shown and kept. sent_at: aware; None where the
    message has no header that tells. notes: what was not read, and why, in Indonesian. unread:
    the numbers of the text, as written, that no row has as a cell or asks about. described: those
    of an incident that stand only in its description.
    """

    kind: MessageKind
    text: str
    pelapor: str | None
    sent_at: datetime | None
    rows: tuple[ProposedRow, ...] = ()
    notes: tuple[str, ...] = ()
    unread_numbers: tuple[str, ...] = ()
    description_numbers: tuple[str, ...] = ()


@dataclass
class RowDraft:
    """A row in the making. read: where in the text its cells and questions were found; about:
    where in the text it is described.
    """

    feed: str
    cells: dict[str, str] = field(default_factory=dict)
    recognised_cells: list[RecognisedCell] = field(default_factory=list)
    unclear_cells: list[UnclearCell] = field(default_factory=list)
    read_spans: list[Span] = field(default_factory=list)
    description_spans: list[Span] = field(default_factory=list)

    def fill(self, heading: str, cell: str, words: str, *spans: Span) -> None:
        self.cells[heading] = cell
        self.read_spans += spans
        self.recognised_cells.append(RecognisedCell(heading, words))

    def ask(self, heading: str, reason: str, cell: str = "", *spans: Span) -> None:
        """Leave a cell to the operator; cell: what the sender wrote there, at these spans."""
        self.cells[heading] = cell
        self.read_spans += spans
        self.unclear_cells.append(UnclearCell(heading, reason))

    def build_row(self) -> ProposedRow:
        return ProposedRow(self.feed, self.cells, (*self.recognised_cells,), (*self.unclear_cells,))
