"""Lapor: incidents, TPS, officers and pasted messages, typed in by an operator."""

from __future__ import annotations

from situasi.domain.labels import label
from situasi.screen import report_sending, report_tabs
from situasi.screen.report_incident import incident_panel
from situasi.screen.report_messages import messages_panel
from situasi.screen.report_officer import officer_panel
from situasi.screen.report_station import station_panel


def show() -> None:
    chosen = report_tabs.opened(label("screen", "lapor"))
    if chosen is None:
        return
    report_sending.told()
    match chosen:
        case "kejadian":
            incident_panel()
        case "tps":
            station_panel()
        case "personel":
            officer_panel()
        case _:
            messages_panel()
