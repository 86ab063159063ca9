"""Texts of the page Kejadian: durations, places and reasons."""

from datetime import datetime
from typing import Any

import pandas as pd

from situasi.analysis.incidents.duplicates import DuplicateCandidate
from situasi.board import current_board as board
from situasi.common.formats import (
    format_counts,
    format_date,
    format_duration,
    format_month,
    format_number,
    format_time,
)
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.figures.theme import SIGNS, UNRATED
from situasi.presentation import place_names
from situasi.presentation.incident_item import format_kind as format_kind
from situasi.presentation.incident_item import format_step as format_step
from situasi.presentation.numbers import format_moment
from situasi.ui import session


def format_place(row: Any) -> str:
    """Return kecamatan, desa and TPS of a row or case."""
    return place_names.format_case_place(board().register, row)


def format_tingkat(tingkat: object) -> str:
    """Return the tingkat as shape and word."""
    code = tingkat if isinstance(tingkat, str) else None
    return f"{SIGNS[code or UNRATED]} {label('tingkat', code)}"


def format_unit(unit_name: object) -> str:
    """Return the unit that handles a case; "" if the viewer may not see the column."""
    if isinstance(unit_name, str):
        return unit_name
    return "" if session.is_hidden("incidents", "ditugaskan") else _("belum ditugaskan")


def format_reporter(reporter_name: object) -> str:
    """Return the reporter, or why there is no name."""
    if isinstance(reporter_name, str):
        return reporter_name
    is_hidden = session.is_hidden("incidents", "pelapor")
    return _("pelapor tidak ditunjukkan") if is_hidden else _("pelapor tidak disebut")


def format_occurrence_time(row: Any, reference: datetime) -> str:
    """Return when an incident happened, as precisely as the sender knew."""
    local = row.occurred_at.tz_convert(reference.tzinfo)
    if row.precision == "menit":
        return format_moment(row.occurred_at, reference)
    return format_date(local) if row.precision == "hari" else format_month(local)


def format_overdue(row: Any) -> str:
    """Return which step is late and by how long; row: of milestones.find_overdue."""
    return _("{step} lewat {time}").format(
        step=format_step(row.step), time=format_duration(row.late)
    )


def format_duplicate_reasons(pair: DuplicateCandidate) -> list[str]:
    """Return the reasons why two cases may be duplicates, each in a few words."""
    reasons = pair.reasons
    lookalikes = format_counts(_("{n} laporan yang sama"), n=pair.lookalike_count)
    places = {
        "tps": _("TPS yang sama"),
        "near": _("titik berdekatan"),
        "desa": _("desa yang sama"),
        "kecamatan": _("kecamatan yang sama"),
    }
    texts = [*([lookalikes] if pair.lookalike_count else []), places[reasons.place_match]]
    if reasons.distance_km is not None:
        texts.append(_("jarak {n} km").format(n=format_number(reasons.distance_km, 1)))
    if reasons.kind_match:
        texts.append({"kind": _("jenis sama"), "akin": _("jenis serumpun")}[reasons.kind_match])
    if reasons.time_gap is not None:
        texts.append(_("selisih {time}").format(time=format_duration(reasons.time_gap)))
    if reasons.text_similarity is not None:
        texts.append(format_counts(_("kata mirip {n} %"), n=reasons.text_similarity))
    return texts


def format_grade(row: Any) -> str:
    """Return reliability A to F and credibility 1 to 6; "" where not stated."""
    grades = [value for value in (row.keandalan, row.kredibilitas) if isinstance(value, str)]
    return "".join(grades)


def format_hour(start: pd.Timestamp) -> str:
    """Return the clock time at which an hour starts, in the election's zone."""
    return format_time(start.tz_convert(board().register.election.zone))
