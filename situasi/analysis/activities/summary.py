"""The stages, the activities and the SOP list at one time, as the page and its light view ask."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from situasi.analysis.activities import activities, sop_checklist, stages
from situasi.analysis.activities.sop_checklist import ChecklistItem
from situasi.analysis.queries import reads
from situasi.analysis.stations.status import build_station_table
from situasi.domain.feed_schemas import ACTIVITIES
from situasi.domain.register import Register, Stage


@dataclass(frozen=True)
class ActivitySummary:
    """The stages, the activities and the SOP list at one time.

    activities: those of the chosen kecamatan and of the whole kabupaten. unmatched: those with an
    unknown code. over_partner_limit: how many name more partners than are counted.
    sop_lines: of all stages, in the order of the file.
    """

    timetable: pd.DataFrame
    running_stages: list[Stage]
    upcoming_stages: list[Stage]
    activities: pd.DataFrame
    state_counts: dict[str, int]
    agenda: pd.DataFrame
    drills: pd.DataFrame
    unmatched: pd.DataFrame
    over_partner_limit: int
    sop_lines: list[ChecklistItem]

    def select_sop_lines(self, codes: list[str]) -> list[ChecklistItem]:
        """Return the SOP lines of these stages."""
        return [line for line in self.sop_lines if line.item.stage in codes]

    def select_started_lines(self) -> list[ChecklistItem]:
        """Return the SOP lines of the stages that have begun."""
        started = self.timetable[self.timetable["state"].isin(["lewat", "berjalan"])]
        return self.select_sop_lines(list(started["code"]))

    def list_current_sop_stages(self) -> list[str]:
        """Return the running stages; the next with SOP lines if no running one has any."""
        running = [stage.code for stage in self.running_stages]
        if self.select_sop_lines(running):
            return running
        upcoming = (stage.code for stage in self.upcoming_stages)
        return [code for code in upcoming if self.select_sop_lines([code])][:1]


@reads(ACTIVITIES, depends_on=(build_station_table,))
def compute_activity_summary(
    frames: Mapping[str, pd.DataFrame],
    register: Register,
    at: datetime,
    station_table: pd.DataFrame,
    kecamatan: tuple[str, ...],
) -> ActivitySummary:
    """Compute the summary of these kecamatan (none: all). station_table: of build_station_table."""
    all_activities = activities.build_activity_table(frames["activities"], register, at)
    selected = activities.filter_by_kecamatan(all_activities, kecamatan)
    kabupaten_stages = stages.filter_by_kabupaten(register.stages, register.election.kabupaten)
    is_selected = station_table["kecamatan"].isin(list(kecamatan)) | (not kecamatan)
    return ActivitySummary(
        timetable=stages.build_timetable(register.stages, at.date()),
        running_stages=stages.list_running_stages(kabupaten_stages, at.date()),
        upcoming_stages=stages.list_upcoming_stages(kabupaten_stages, at.date()),
        activities=selected,
        state_counts=activities.count_by_state(selected),
        agenda=activities.select_agenda(selected),
        drills=activities.select_drills(selected),
        # Of all kecamatan, so that none is overlooked.
        unmatched=all_activities[all_activities["unknown_code"].notna()],
        over_partner_limit=activities.count_over_partner_limit(selected),
        sop_lines=sop_checklist.build_checklist(register.sop, selected, station_table[is_selected]),
    )
