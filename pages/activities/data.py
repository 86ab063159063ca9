"""The data of the page Tahapan dan giat, computed once for all viewers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd
import plotly.graph_objects as go

from pages.activities import tables
from situasi.analysis.activities import activities, sop_checklist, stages
from situasi.analysis.activities.sop_checklist import ChecklistItem
from situasi.analysis.queries import reads
from situasi.analysis.stations.status import build_station_table
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.formats import format_date
from situasi.domain.feed_schemas import ACTIVITIES
from situasi.domain.labels import label
from situasi.domain.register import Register, Stage
from situasi.figures.charts.gantt import build_gantt_chart
from situasi.figures.theme import Theme
from situasi.ui.tables.table_view import Table


@dataclass(frozen=True)
class ActivityTables:
    """The tables that are always on the page, in one language."""

    matrix: Table
    agenda: Table
    drills: Table
    joint: Table


@dataclass(frozen=True)
class ActivityData:
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
    tables: ActivityTables

    def select_sop_lines(self, codes: list[str]) -> list[ChecklistItem]:
        """Return the SOP lines of these stages."""
        return [line for line in self.sop_lines if line.item.stage in codes]


@reads(ACTIVITIES, depends_on=(build_station_table,))
def compute_activity_data(
    frames: Mapping[str, pd.DataFrame],
    register: Register,
    at: datetime,
    station_table: pd.DataFrame,
    kecamatan: tuple[str, ...],
    language: str,
) -> ActivityData:
    """Compute everything that the page needs. station_table: of build_station_table."""
    i18n.set_language(language)
    all_activities = activities.build_activity_table(frames["activities"], register, at)
    selected = activities.filter_by_kecamatan(all_activities, kecamatan)
    kabupaten_stages = stages.filter_by_kabupaten(register.stages, register.election.kabupaten)
    agenda, drills = activities.select_agenda(selected), activities.select_drills(selected)
    is_selected = station_table["kecamatan"].isin(list(kecamatan)) | (not kecamatan)
    return ActivityData(
        timetable=stages.build_timetable(register.stages, at.date()),
        running_stages=stages.list_running_stages(kabupaten_stages, at.date()),
        upcoming_stages=stages.list_upcoming_stages(kabupaten_stages, at.date()),
        activities=selected,
        state_counts=activities.count_by_state(selected),
        agenda=agenda,
        drills=drills,
        # Of all kecamatan, so that none is overlooked.
        unmatched=all_activities[all_activities["unknown_code"].notna()],
        over_partner_limit=activities.count_over_partner_limit(selected),
        sop_lines=sop_checklist.build_checklist(
            register.sop, selected, station_table[is_selected]
        ),
        tables=_build_tables(selected, agenda, drills, [code for code in register.kecamatan
                                               if not kecamatan or code in kecamatan]),
    )  # fmt: skip


def _build_tables(
    rows: pd.DataFrame, agenda: pd.DataFrame, drills: pd.DataFrame, kecamatan_codes: list[str]
) -> ActivityTables:
    return ActivityTables(
        matrix=tables.build_matrix_table(
            activities.build_matrix(rows, kecamatan_codes), rows, kecamatan_codes
        ),
        agenda=tables.build_activity_table(agenda),
        drills=tables.build_activity_table(drills),
        joint=tables.build_joint_table(activities.build_partner_table(rows)),
    )


def build_timetable_figure(day: date, theme: Theme) -> go.Figure:
    """Build the Gantt chart of all stages, with this day marked."""
    names = {code: label("tahap", code) for code in ("lewat", "berjalan", "akan")}
    table = stages.build_timetable(board().register.stages, day)
    table = table.assign(name=table["code"].map(tables.list_stage_names()))
    return build_gantt_chart(table, names, day, format_date(day), theme)
