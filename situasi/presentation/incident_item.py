"""One report in words: what, where, how grave, how far, when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.domain.register import Register

# A report that came later than this after the event says when that was.
LATE_REPORT_AFTER = timedelta(minutes=30)
_MAX_TEXT_CHARS = 240  # characters of a text among others


@dataclass(frozen=True)
class IncidentItem:
    """One report in a list.

    heard: when it was last told of, or its day where no hour is known. happened: when it did,
    where that was clearly earlier; else empty. when: both.
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


def build_item(row: Any, register: Register, at: datetime) -> IncidentItem:
    """row: a case (itertuples of Overview.shown). at: the moment shown, of the zone shown."""
    place = register.name_of(row.kecamatan)
    heard, happened = _format_last_report(row, at), _format_occurrence(row, at)
    details = [part for part in (row.desa_text, f"TPS {row.tps}" if row.tps else None) if part]
    return IncidentItem(
        tingkat=row.tingkat if isinstance(row.tingkat, str) else None,
        tingkat_label=label("tingkat", row.tingkat),
        title=label("jenis", row.jenis),
        place=" · ".join([place, *details]),
        text=row.uraian or "",
        status=label("status", row.status),
        time_text=format_times(heard, happened),
        last_report=heard,
        occurrence=happened,
        check_notes=row.flags or "",
        source=_parse_host(row.sumber),
        is_exercise=bool(row.latihan),
    )


def shorten_text(text: str) -> str:
    """As much of a report's text as stands among others."""
    return text if len(text) <= _MAX_TEXT_CHARS else text[:_MAX_TEXT_CHARS].rstrip() + "…"


def format_times(last_report: str, occurrence: str) -> str:
    """When it was last heard of, and when it happened if that was clearly earlier."""
    if not occurrence:
        return last_report
    return _("terjadi {time} · {last_report}").format(time=occurrence, heard=last_report)


def _format_last_report(row: Any, at: datetime) -> str:
    """Where only the day or month of it is known, that and no more."""
    if row.precision != "menit":
        happened = row.occurred_at.tz_convert(at.tzinfo)
        return (
            i18n.format_date(happened) if row.precision == "hari" else i18n.format_month(happened)
        )
    return i18n.format_relative_time(row.known_at.to_pydatetime().astimezone(at.tzinfo), at)


def _format_occurrence(row: Any, at: datetime) -> str:
    if row.precision != "menit" or row.first_known - row.occurred_at <= LATE_REPORT_AFTER:
        return ""
    happened = row.occurred_at.tz_convert(at.tzinfo)
    same = happened.date() == at.date()
    return (
        i18n.format_time(happened)
        if same
        else f"{i18n.format_date(happened)} {i18n.format_time(happened)}"
    )


def _parse_host(url: str | None) -> str:
    """Who published a report; nothing where its address is none."""
    try:
        return urlsplit(url or "").hostname or ""
    except ValueError:
        return ""
