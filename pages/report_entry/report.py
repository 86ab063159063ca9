"""Lapor: incidents, TPS, officers and pasted messages, typed in by an operator."""

from __future__ import annotations

from pages.report_entry import page as report_entry_page
from pages.report_entry import submit
from pages.report_entry.forms import incident_panel
from pages.report_entry.messages import messages_panel
from pages.report_entry.report_officer import officer_panel
from pages.report_entry.station_form import station_panel
from situasi.domain.labels import label


def show() -> None:
    chosen = report_entry_page.opened(label("screen", "lapor"))
    if chosen is None:
        return
    submit.told()
    match chosen:
        case "kejadian":
            incident_panel()
        case "tps":
            station_panel()
        case "personel":
            officer_panel()
        case _:
            messages_panel()
