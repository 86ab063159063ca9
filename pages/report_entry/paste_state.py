"""What one viewer pasted, as far as it was read, and what became of every row of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from situasi.ingest.messages.proposal import Proposal

At = tuple[int, int]  # which message, which of its rows


@dataclass(frozen=True)
class Outcome:
    """What became of a row. settled: nothing is left to do about it here."""

    text: str
    settled: bool = True


@dataclass
class Pasted:
    """A paste. Of the senders nothing is kept: only what may be shown and stored.

    turn: which paste it is. midnight: the beginning of the day of messages that tell none.
    proposals: those with rows, or with numbers that nobody understood. silent: messages without
    any row; passed: media, deletions and words of the program.
    first: the message that the screen begins with.
    """

    turn: int
    midnight: datetime
    proposals: list[Proposal]
    silent: int
    passed: int
    first: int = 0
    outcomes: dict[At, Outcome] = field(default_factory=dict)

    def outcome(self, at: At) -> Outcome:
        """What became of this row so far."""
        return self.outcomes.get(at, Outcome("", settled=False))
