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
LATE = timedelta(minutes=30)
_LONGEST = 240  # characters of a text among others


@dataclass(frozen=True)
class Item:
    """One report in a list.

    heard: when it was last told of, or its day where no hour is known. happened: when it did,
    where that was clearly earlier; else empty. when: both.
    """

    tingkat: str | None
    tingkat_name: str
    title: str
    place: str
    text: str
    status: str
    when: str
    heard: str
    happened: str
    doubt: str = ""
    source: str = ""
    rehearsal: bool = False


def item(row: Any, register: Register, at: datetime) -> Item:
    """row: a case (itertuples of Overview.shown). at: the moment shown, of the zone shown."""
    place = register.name_of(row.kecamatan)
    heard, happened = _heard(row, at), _happened(row, at)
    details = [part for part in (row.desa_text, f"TPS {row.tps}" if row.tps else None) if part]
    return Item(
        tingkat=row.tingkat if isinstance(row.tingkat, str) else None,
        tingkat_name=label("tingkat", row.tingkat),
        title=label("jenis", row.jenis),
        place=" · ".join([place, *details]),
        text=row.uraian or "",
        status=label("status", row.status),
        when=when(heard, happened),
        heard=heard,
        happened=happened,
        doubt=row.flags or "",
        source=_host(row.sumber),
        rehearsal=bool(row.latihan),
    )


def short(text: str) -> str:
    """As much of a report's text as stands among others."""
    return text if len(text) <= _LONGEST else text[:_LONGEST].rstrip() + "…"


def when(heard: str, happened: str) -> str:
    """When it was last heard of, and when it happened if that was clearly earlier."""
    if not happened:
        return heard
    return _("terjadi {time} · {heard}").format(time=happened, heard=heard)


def _heard(row: Any, at: datetime) -> str:
    """Where only the day or month of it is known, that and no more."""
    if row.precision != "menit":
        happened = row.occurred_at.tz_convert(at.tzinfo)
        return (
            i18n.format_date(happened) if row.precision == "hari" else i18n.format_month(happened)
        )
    return i18n.format_relative_time(row.known_at.to_pydatetime().astimezone(at.tzinfo), at)


def _happened(row: Any, at: datetime) -> str:
    if row.precision != "menit" or row.first_known - row.occurred_at <= LATE:
        return ""
    happened = row.occurred_at.tz_convert(at.tzinfo)
    same = happened.date() == at.date()
    return (
        i18n.format_time(happened)
        if same
        else f"{i18n.format_date(happened)} {i18n.format_time(happened)}"
    )


def _host(address: str | None) -> str:
    """Who published a report; nothing where its address is none."""
    try:
        return urlsplit(address or "").hostname or ""
    except ValueError:
        return ""
