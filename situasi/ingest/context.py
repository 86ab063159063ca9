"""What the checks need besides the rows: register, boundaries, vocabulary, and limits of time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from situasi.access.officer_key import OfficerKey
from situasi.domain.boundaries import Boundaries
from situasi.domain.election import Election
from situasi.domain.register import Register
from situasi.ingest.gazetteer.lookup import PlaceLookup
from situasi.ingest.gazetteer.place_headings import find_place_headings
from situasi.ingest.message_files.gateway_profiles import GatewayProfile
from situasi.ingest.redaction.persons import is_person_heading
from situasi.ingest.remapping.kept_sheets import KeptSheets
from situasi.ingest.sources.catalog import SourceCatalog
from situasi.ingest.vocabulary.vocabulary import Vocabulary
from situasi.ingest.vocabulary.vote_headings import is_vote_heading


@dataclass(frozen=True)
class IngestContext:
    """Reference data for the checks of rows. Built once, shared by all deliveries.

    area: the kecamatan from which the sender may report; empty: all. foreign_ids: what belongs
    to another kecamatan though its row does not say so: officer numbers, neutrality case ids.
    may_bring_exercise: called for rows marked LATIHAN: whether the sender may bring them here.
    find_officers_by_name: called with the mark of a name: the officers of the roster who have it.
    These four are set only from the sender's WriteScope (write_scope.bind_context).
    gateways: how programs write the messages that they pass on.
    officer_key: under which NRP become marks; one that is not kept, unless the board gives its own.
    kept_sheets: where files that were read are kept, to be mapped by hand later.
    """

    register: Register
    places: PlaceLookup
    boundaries: Boundaries
    vocabulary: Vocabulary
    sources: SourceCatalog
    area: tuple[str, ...] = ()
    foreign_ids: frozenset[str] = frozenset()
    may_bring_exercise: Callable[[], bool] = lambda: True
    officer_key: OfficerKey = field(default_factory=lambda: OfficerKey(None))
    find_officers_by_name: Callable[[str], frozenset[str]] = lambda _: frozenset()
    gateways: tuple[GatewayProfile, ...] = ()
    kept_sheets: KeptSheets = field(default_factory=lambda: KeptSheets(None))

    @property
    def election(self) -> Election:
        """Return the election of the register."""
        return self.register.election

    def compute_latest_time(self, now: datetime) -> datetime:
        """Return the time after which a report is in the future; tolerates wrong clocks."""
        return now + self.election.thresholds.future_tolerance

    def is_vote_heading(self, heading: str) -> bool:
        """Return whether a column holds candidates' votes, which police do not record."""
        return is_vote_heading(heading, self.election.candidates)

    def count_known_headings(self, headings: Sequence[str]) -> int:
        """Count the known headings of a row, including vote headings, which are refused later.

        The names of officers count beside their NRP alone.
        """
        known = self.sources.count_known_headings(headings)
        if known == 1 and "nrp" in map(self.vocabulary.find_any_column, headings):
            known += any(map(is_person_heading, headings))
        if 0 < known < 4 and len(headings) > 2 and self._has_moment_or_station(headings):
            known += len(find_place_headings(headings, self.places)[1])
        return known + sum(map(self.is_vote_heading, headings))

    def _has_moment_or_station(self, headings: Sequence[str]) -> bool:
        """Return whether a table under these headings may have a column per kecamatan or desa."""
        columns = map(self.vocabulary.find_any_column, filter(None, headings))
        return not {"clock", "occurred_at", "tps"}.isdisjoint(columns)

    def coordinate_tolerance_km(self) -> float:
        """Return how far outside its kecamatan a point may lie, in kilometres."""
        return self.election.thresholds.coordinate_tolerance_km
