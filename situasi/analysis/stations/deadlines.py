"""Deadlines of each TPS: for its phases, and for its hourly head counts."""

from dataclasses import dataclass
from datetime import datetime

from situasi.domain.election import Election
from situasi.domain.feed_schemas import FASE


@dataclass(frozen=True)
class Deadline:
    """One report that every TPS must send.

    report_kind: a phase, or "hadir" for a count. hour: when heads are counted; None for a phase.
    """

    report_kind: str
    hour: datetime | None
    expected_from: datetime
    late_after: datetime

    @property
    def fase_index(self) -> int:
        """Return the position of its phase in FASE; -1 for a count."""
        return FASE.index(self.report_kind) if self.report_kind in FASE else -1


def list_deadlines(election: Election) -> list[Deadline]:
    """List all reports that a TPS must send on the day, by when they become late."""
    rules = election.rules.tps
    phases = [(due.fase, election.local_time(due.at)) for due in rules.phase_deadlines]
    deadlines = [Deadline(fase, None, at - rules.lead_time, at) for fase, at in phases]
    hour, closes = election.local_time(election.tps_opens), election.local_time(election.tps_closes)
    while (hour := hour + rules.count_interval) <= closes:
        deadlines.append(Deadline("hadir", hour, hour - rules.lead_time, hour + rules.count_grace))
    return sorted(deadlines, key=lambda due: (due.late_after, due.fase_index))
