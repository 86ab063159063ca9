"""Lists in full, as the light view of a page: figures, map, and each line of the page's list."""

from typing import Any

from situasi.analysis.incidents import cases
from situasi.common.formats import format_counts, format_number
from situasi.common.i18n import _
from situasi.presentation import incident_item, kpis
from situasi.presentation.model import KpiText
from situasi.server.wall.view_model import ListLine, ViewData, WallView

# On a slow line so many take a third of a second; the others are counted.
MAX_ROWS = 200


def build_incidents(data: ViewData) -> WallView:
    """Build the list of the page Kejadian: each selected case, open or closed, the newest first."""
    overview, at = data.overview, data.view_time.at
    selected = overview.selected_cases
    is_mixed = selected["latihan"].nunique() > 1
    rows: list[Any] = list(cases.list_newest(selected, MAX_ROWS).itertuples())
    lines = [_build_incident_line(row, data, is_mixed=is_mixed) for row in rows]
    return WallView(
        _("Kejadian"),
        [
            kpis.format_open_incidents(overview),
            _format_selected_count(data),
            kpis.format_last_report(overview, at, data.register.election.zone_label),
        ],
        "terbuka",
        _("Semua kejadian, kabar terbaru dahulu"),
        lines,
        _("Belum ada laporan kejadian.")
        if overview.newest_time is None
        else _("Tidak ada kejadian pada pilihan ini."),
        is_quiet=not lines,
        line_count=len(selected),
        rest_text=_format_rest(len(selected) - len(lines)),
    )


def _format_selected_count(data: ViewData) -> KpiText:
    selected = data.overview.selected_cases
    note = format_counts(_("dari {n} laporan"), n=int(selected["gabungan"].sum()))
    return KpiText("kejadian", _("Kejadian"), format_number(len(selected)), note)


def _build_incident_line(row: Any, data: ViewData, *, is_mixed: bool) -> ListLine:
    """Build the line of a case. is_mixed: some are of an exercise, so those are marked."""
    item = incident_item.build_item(row, data.register, data.view_time.at)
    mark = _("LATIHAN") if is_mixed and item.is_exercise else ""
    happened = _("terjadi {time}").format(time=item.occurrence) if item.occurrence else ""
    return ListLine(
        item.title,
        item.last_report,
        " · ".join(filter(None, (mark, item.tingkat_label, item.status, happened))),
        item.place,
        tingkat=item.tingkat or "belum",
        text=incident_item.shorten_text(item.text),
    )


def _format_rest(count: int) -> str:
    """Return where the lines are that are not shown; "" if all are."""
    return format_counts(_("{n} baris lagi ada di papan lengkap."), n=count) if count else ""
