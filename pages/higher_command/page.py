"""The page of a higher command: its kabupaten side by side, with links to their boards."""

from __future__ import annotations

import streamlit as st

from pages.higher_command import kpis as higher_command_kpis
from pages.higher_command import map
from pages.higher_command import panels as higher_command_panels
from pages.higher_command import tables as higher_command_tables
from situasi.higher_command import comparison
from situasi.ui import higher_command_session, session, tenant
from situasi.ui.components.kpi_row import render_kpi_row
from situasi.ui.page_layout import render_title


def show() -> None:
    """Draw the page of a higher command."""
    overview, province = higher_command_session.get_overview(), tenant.get_province()
    view_time, total = (
        higher_command_session.get_view_time(),
        higher_command_session.compute_totals(),
    )
    units = comparison.build_unit_summaries(
        overview, province, higher_command_session.get_estimated_kabupaten()
    )
    render_title(view_time, higher_command_panels.format_title(province), session.viewer())
    render_kpi_row(higher_command_kpis.build_kpis(total, units))

    higher_command_panels.render_controls(view_time)
    with st.container(key="wilayah_dan_serius"):
        left, right = st.columns([13, 7], gap="medium")
    with left:
        map.render_map_panel(units)
        higher_command_panels.render_tiles(units)
    with right:
        higher_command_panels.render_critical_panel(overview, province)
    higher_command_tables.render_table_panel(units)
