"""What every TPS owes by when: its phases, and its counts of heads hour by hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from situasi.domain.election import Election
from situasi.domain.feed_schemas import FASE


@dataclass(frozen=True)
class Deadline:
    """One report that every TPS owes.

    what: a phase, or "hadir" for a count. hour: at which heads are counted; None for a phase.
    awaited: from when it may come. late: after this moment it is late.
    """

    report_kind: str
    hour: datetime | None
    expected_from: datetime
    late_after: datetime

    @property
    def fase_index(self) -> int:
        """The place of its phase in FASE; -1 for a count."""
        return FASE.index(self.report_kind) if self.report_kind in FASE else -1


def list_deadlines(election: Election) -> list[Deadline]:
    """All that a TPS owes on the day, the earliest late first."""
    rules = election.rules.tps
    phases = [(due.fase, election.local_time(due.at)) for due in rules.phase_deadlines]
    found = [Deadline(fase, None, at - rules.lead_time, at) for fase, at in phases]
    hour, closes = election.local_time(election.tps_opens), election.local_time(election.tps_closes)
    while (hour := hour + rules.count_interval) <= closes:
        found.append(Deadline("hadir", hour, hour - rules.lead_time, hour + rules.count_grace))
    return sorted(found, key=lambda due: (due.late_after, due.fase_index))
