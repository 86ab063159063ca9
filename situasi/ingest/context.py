"""What a check needs to know of the world: the register, the shapes, the words, the clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from situasi.domain.boundaries import Boundaries
from situasi.domain.election import Election
from situasi.domain.register import Register
from situasi.ingest.gazetteer.lookup import Places
from situasi.ingest.vocabulary.vocabulary import Vocabulary


@dataclass(frozen=True)
class Context:
    """The world against which rows are checked. Made once, shared by all deliveries.

    area: the kecamatan of which the sender may report; empty: all. elsewhere: what belongs to
    another one though a row does not say so: numbers of officers, ids of neutrality cases.
    takes_exercise: asked where a row is marked LATIHAN: whether the sender may bring one here.
    All three are set from the sender's WriteScope alone (write_scope.bound).
    """

    register: Register
    places: Places
    boundaries: Boundaries
    vocabulary: Vocabulary
    area: tuple[str, ...] = ()
    elsewhere: frozenset[str] = frozenset()
    takes_exercise: Callable[[], bool] = lambda: True

    @property
    def election(self) -> Election:
        return self.register.election

    def latest(self, now: datetime) -> datetime:
        """A time after this lies in the future, whatever the sender's clock says."""
        return now + self.election.thresholds.future_tolerance

    def holds_votes(self, heading: str) -> bool:
        """Whether a column holds candidates' votes, which police do not record."""
        return self.vocabulary.vote_column(heading, self.election.candidates)

    def recognised(self, headings: Sequence[str]) -> int:
        """How many headings of a row mean something to us; those of votes do, to be refused."""
        return self.vocabulary.recognised(headings) + sum(map(self.holds_votes, headings))

    def near_km(self) -> float:
        return self.election.thresholds.coordinate_tolerance_km
