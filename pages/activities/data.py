"""What the page Tahapan dan giat draws, built once for all viewers."""

from dataclasses import dataclass
from datetime import date

import plotly.graph_objects as go

from pages.activities import tables
from situasi.analysis.activities import activities, stages
from situasi.analysis.activities.summary import ActivitySummary
from situasi.board import current_board as board
from situasi.common.formats import format_date
from situasi.domain.labels import label
from situasi.figures.charts.gantt import build_gantt_chart
from situasi.figures.theme import Theme
from situasi.presentation.activities import list_stage_names
from situasi.ui.tables.table_view import Table


@dataclass(frozen=True)
class ActivityTables:
    """The tables that are always on the page, in one language."""

    matrix: Table
    agenda: Table
    drills: Table
    joint: Table


def build_tables(data: ActivitySummary, kecamatan_codes: list[str]) -> ActivityTables:
    """Build the tables. kecamatan_codes: those that the page is of."""
    rows = data.activities
    return ActivityTables(
        matrix=tables.build_matrix_table(
            activities.build_matrix(rows, kecamatan_codes), rows, kecamatan_codes
        ),
        agenda=tables.build_activity_table(data.agenda),
        drills=tables.build_activity_table(data.drills),
        joint=tables.build_joint_table(activities.build_partner_table(rows)),
    )


def build_timetable_figure(day: date, theme: Theme) -> go.Figure:
    """Build the Gantt chart of all stages, with this day marked."""
    register = board().register
    names = {code: label("tahap", code) for code in ("lewat", "berjalan", "akan")}
    table = stages.build_timetable(register.stages, day)
    table = table.assign(name=table["code"].map(list_stage_names(register)))
    return build_gantt_chart(table, names, day, format_date(day), theme)
