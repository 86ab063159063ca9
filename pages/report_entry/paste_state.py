"""What one viewer pasted, as far as it was read, and what became of every row of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from situasi.ingest.messages.proposal import Proposal

RowPosition = tuple[int, int]  # which message, which of its rows


@dataclass(frozen=True)
class Outcome:
    """What became of a row. settled: nothing is left to do about it here."""

    text: str
    is_final: bool = True


@dataclass
class Paste:
    """A paste. Of the senders nothing is kept: only what may be shown and stored.

    turn: which paste it is. midnight: the beginning of the day of messages that tell none.
    proposals: those with rows, or with numbers that nobody understood. silent: messages without
    any row; passed: media, deletions and words of the program.
    first: the message that the screen begins with.
    """

    number: int
    midnight: datetime
    proposals: list[Proposal]
    unrecognized_count: int
    non_text_count: int
    first_index: int = 0
    outcomes: dict[RowPosition, Outcome] = field(default_factory=dict)

    def get_outcome(self, position: RowPosition) -> Outcome:
        """What became of this row so far."""
        return self.outcomes.get(position, Outcome("", is_final=False))
