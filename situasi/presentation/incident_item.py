"""One incident report as text: kind, place, tingkat, status and times."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from textwrap import shorten
from typing import Any, Final
from urllib.parse import urlsplit

from situasi.common.formats import format_date, format_month, format_relative_time
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.domain.register import Register
from situasi.presentation.numbers import format_moment

# A report that came later than this also gives the time of the incident.
LATE_REPORT_AFTER = timedelta(minutes=30)
_MAX_TEXT_CHARS = 240  # in a list
_MAX_KIND_CHARS: Final = 60  # of the words of a report whose kind is "lainnya"


@dataclass(frozen=True)
class IncidentItem:
    """One report in a list.

    last_report: when it was last reported, or only the day if no hour is known. occurrence: when
    it happened, if that was clearly earlier; else "". time_text: both. case: its key.
    """

    tingkat: str | None
    tingkat_label: str
    title: str
    place: str
    text: str
    status: str
    time_text: str
    last_report: str
    occurrence: str
    check_notes: str = ""
    source: str = ""
    is_exercise: bool = False
    case: str = ""


def build_item(row: Any, register: Register, at: datetime) -> IncidentItem:
    """Build the item of a case.

    row: a case (itertuples of Overview.selected_cases). at: the time of the view, in its time zone.
    """
    place = register.name_of(row.kecamatan)
    last_report, occurrence = _format_last_report(row, at), _format_occurrence(row, at)
    details = [part for part in (row.desa_text, f"TPS {row.tps}" if row.tps else None) if part]
    return IncidentItem(
        tingkat=row.tingkat if isinstance(row.tingkat, str) else None,
        tingkat_label=label("tingkat", row.tingkat),
        title=label("jenis", row.jenis),
        place=" · ".join([place, *details]),
        text=row.uraian or "",
        status=label("status", row.status),
        time_text=format_times(last_report, occurrence),
        last_report=last_report,
        occurrence=occurrence,
        check_notes=row.flags or "",
        source=_parse_host(row.sumber),
        is_exercise=bool(row.latihan),
        case=row.case,
    )


def format_kind(row: Any) -> str:
    """Return the kind of a row or case; of "lainnya" also the first words of its report."""
    name = label("jenis", row.jenis)
    if row.jenis != "lainnya" or not isinstance(row.uraian, str):
        return name
    return f"{name}: {shorten(row.uraian, _MAX_KIND_CHARS, placeholder='…')}"


def format_step(code: str) -> str:
    """Return the name of a step that is awaited (analysis.incidents.milestones)."""
    return {
        "diverifikasi": _("verifikasi"),
        "ditangani": _("penanganan"),
        "selesai": _("penutupan"),
    }[code]


def shorten_text(text: str) -> str:
    """Return the report's text, shortened for a list."""
    return text if len(text) <= _MAX_TEXT_CHARS else text[:_MAX_TEXT_CHARS].rstrip() + "…"


def format_times(last_report: str, occurrence: str) -> str:
    """Return when it was last reported, and when it happened if that was clearly earlier."""
    if not occurrence:
        return last_report
    return _("terjadi {time} · {heard}").format(time=occurrence, heard=last_report)


def _format_last_report(row: Any, at: datetime) -> str:
    """Return the time since the last report, or only the day or month if no more is known."""
    if row.precision != "menit":
        local = row.occurred_at.tz_convert(at.tzinfo)
        return format_date(local) if row.precision == "hari" else format_month(local)
    return format_relative_time(row.known_at.to_pydatetime().astimezone(at.tzinfo), at)


def _format_occurrence(row: Any, at: datetime) -> str:
    if row.precision != "menit" or row.first_known - row.occurred_at <= LATE_REPORT_AFTER:
        return ""
    return format_moment(row.occurred_at, at)


def _parse_host(url: str | None) -> str:
    """Return the host name of the publisher; "" if the URL is invalid."""
    try:
        return urlsplit(url or "").hostname or ""
    except ValueError:
        return ""
