"""What a check needs to know of the world: the register, the shapes, the words, the clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from situasi.domain.boundaries import Boundaries
from situasi.domain.election import Election
from situasi.domain.register import Register
from situasi.ingest.gazetteer.lookup import PlaceLookup
from situasi.ingest.vocabulary.vocabulary import Vocabulary


@dataclass(frozen=True)
class IngestContext:
    """The world against which rows are checked. Made once, shared by all deliveries.

    area: the kecamatan of which the sender may report; empty: all. elsewhere: what belongs to
    another one though a row does not say so: numbers of officers, ids of neutrality cases.
    takes_exercise: asked where a row is marked LATIHAN: whether the sender may bring one here.
    All three are set from the sender's WriteScope alone (write_scope.bound).
    """

    register: Register
    places: PlaceLookup
    boundaries: Boundaries
    vocabulary: Vocabulary
    area: tuple[str, ...] = ()
    foreign_ids: frozenset[str] = frozenset()
    may_bring_exercise: Callable[[], bool] = lambda: True

    @property
    def election(self) -> Election:
        return self.register.election

    def compute_latest_time(self, now: datetime) -> datetime:
        """A time after this lies in the future, whatever the sender's clock says."""
        return now + self.election.thresholds.future_tolerance

    def is_vote_heading(self, heading: str) -> bool:
        """Whether a column holds candidates' votes, which police do not record."""
        return self.vocabulary.is_vote_heading(heading, self.election.candidates)

    def count_known_headings(self, headings: Sequence[str]) -> int:
        """How many headings of a row mean something to us; those of votes do, to be refused."""
        return self.vocabulary.count_known_headings(headings) + sum(
            map(self.is_vote_heading, headings)
        )

    def coordinate_tolerance_km(self) -> float:
        return self.election.thresholds.coordinate_tolerance_km
