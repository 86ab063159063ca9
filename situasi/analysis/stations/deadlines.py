"""What every TPS owes by when: its phases, and its counts of heads hour by hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from situasi.domain.election import Election
from situasi.domain.feed_schemas import FASE


@dataclass(frozen=True)
class Due:
    """One report that every TPS owes.

    what: a phase, or "hadir" for a count. hour: at which heads are counted; None for a phase.
    awaited: from when it may come. late: after this moment it is late.
    """

    what: str
    hour: datetime | None
    awaited: datetime
    late: datetime

    @property
    def rank(self) -> int:
        """The place of its phase in FASE; -1 for a count."""
        return FASE.index(self.what) if self.what in FASE else -1


def dues(election: Election) -> list[Due]:
    """All that a TPS owes on the day, the earliest late first."""
    rules = election.rules.tps
    phases = [(due.fase, election.local_time(due.at)) for due in rules.phase_deadlines]
    found = [Due(fase, None, at - rules.lead_time, at) for fase, at in phases]
    hour, closes = election.local_time(election.tps_opens), election.local_time(election.tps_closes)
    while (hour := hour + rules.count_interval) <= closes:
        found.append(Due("hadir", hour, hour - rules.lead_time, hour + rules.count_grace))
    return sorted(found, key=lambda due: (due.late, due.rank))
