"""Where reports come from: every feed with its silence, every file behind it."""

from __future__ import annotations

from functools import partial

from pages.intake import data as intake_data
from pages.intake import tables as intake_tables
from situasi.analysis.deliveries import Intake
from situasi.common.i18n import _
from situasi.ui import drawn, page_layout
from situasi.ui.components import markup
from situasi.ui.page_layout import View
from situasi.ui.tables import table_view


def sources_panel(view: View, found: Intake) -> None:
    with markup.bar():
        page_layout.section(_("Sumber laporan"))
        table_view.opens(
            _("Menurut berkas"), lambda: intake_tables.sources_table(found.sources), "sumber_berkas"
        )
    told = intake_data.told_of(view)
    make = partial(intake_tables.feeds_table, waiting=told)
    table = drawn.once("sumber", told, (found.feeds,), make)
    table_view.shown(table, "sumber", _("Sumber laporan"))
