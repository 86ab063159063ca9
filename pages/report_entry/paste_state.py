"""The state of pasted messages: the proposals read from them, and the outcome of each row."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from situasi.ingest.messages.proposal import Proposal

RowPosition = tuple[int, int]  # index of the message, index of the row in it


@dataclass(frozen=True)
class Outcome:
    """The outcome of a row. is_final: nothing is left to do about it."""

    text: str
    is_final: bool = True


@dataclass
class Paste:
    """A paste. Of the senders, only what may be shown and stored is kept.

    midnight: start of the day of messages without a date. proposals: those with rows or with
    numbers that were not understood. unrecognized_count: messages without any row.
    non_text_count: media, deletions and system messages. first_index: first message on the screen.
    """

    number: int
    midnight: datetime
    proposals: list[Proposal]
    unrecognized_count: int
    non_text_count: int
    first_index: int = 0
    outcomes: dict[RowPosition, Outcome] = field(default_factory=dict)

    def get_outcome(self, position: RowPosition) -> Outcome:
        """Return the outcome of this row so far."""
        return self.outcomes.get(position, Outcome("", is_final=False))
