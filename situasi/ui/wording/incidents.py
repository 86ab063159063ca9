"""What Kejadian says in words: spans of time, places, reasons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd

from situasi.analysis.incidents.duplicates import DuplicateCandidate
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.figures.theme import SIGNS, UNRATED
from situasi.ui import session


def format_step(code: str) -> str:
    """What is awaited: the name of a step of analysis.lives."""
    return {
        "diverifikasi": _("verifikasi"),
        "ditangani": _("penanganan"),
        "selesai": _("penutupan"),
    }[code]


def format_place(row: Any) -> str:
    """Kecamatan, desa and TPS of a row or case."""
    name = board().register.name_of(row.kecamatan)
    desa = row.desa_text if isinstance(row.desa_text, str) else None
    tps = f"TPS {row.tps}" if isinstance(row.tps, str) else None
    return " · ".join(part for part in (name, desa, tps) if part)


def format_tingkat(tingkat: object) -> str:
    """The weight as shape and word."""
    code = tingkat if isinstance(tingkat, str) else None
    return f"{SIGNS[code or UNRATED]} {label('tingkat', code)}"


def format_unit(unit_name: object) -> str:
    """Who handles a case; empty for whom it is hidden, for nobody then knows that nobody does."""
    if isinstance(unit_name, str):
        return unit_name
    return "" if session.is_hidden("incidents", "ditugaskan") else _("belum ditugaskan")


def format_reporter(reporter_name: object) -> str:
    """Who told it, or why that does not stand there."""
    if isinstance(reporter_name, str):
        return reporter_name
    hidden = session.is_hidden("incidents", "pelapor")
    return _("pelapor tidak ditunjukkan") if hidden else _("pelapor tidak disebut")


def format_time(at: pd.Timestamp, reference: datetime) -> str:
    """The clock time; the date too where it is of another day than `beside`."""
    local = at.tz_convert(reference.tzinfo)
    same = local.date() == reference.date()
    return (
        i18n.format_time(local) if same else f"{i18n.format_date(local)} {i18n.format_time(local)}"
    )


def format_occurrence_time(row: Any, reference: datetime) -> str:
    """When it happened, as exactly as the sender knew."""
    local = row.occurred_at.tz_convert(reference.tzinfo)
    if row.precision == "menit":
        return format_time(row.occurred_at, reference)
    return i18n.format_date(local) if row.precision == "hari" else i18n.format_month(local)


def format_overdue(row: Any) -> str:
    """Which step of a case is late and by how long; of a row of lives.overdue."""
    return _("{step} lewat {time}").format(
        step=format_step(row.step), time=i18n.format_duration(row.late)
    )


def format_duplicate_reasons(pair: DuplicateCandidate) -> list[str]:
    """Why two cases may be one, each in a few words."""
    why = pair.reasons
    same = _("{n} laporan yang sama").format(n=i18n.format_number(pair.lookalike_count))
    said = [
        *([same] if pair.lookalike_count else []),
        {
            "tps": _("TPS yang sama"),
            "near": _("titik berdekatan"),
            "desa": _("desa yang sama"),
            "kecamatan": _("kecamatan yang sama"),
        }[why.place_match],
    ]
    if why.distance_km is not None:
        said.append(_("jarak {n} km").format(n=i18n.format_number(why.distance_km, 1)))
    if why.kind_match:
        said.append({"kind": _("jenis sama"), "akin": _("jenis serumpun")}[why.kind_match])
    if why.time_gap is not None:
        said.append(_("selisih {time}").format(time=i18n.format_duration(why.time_gap)))
    if why.text_similarity is not None:
        said.append(_("kata mirip {n} %").format(n=i18n.format_number(why.text_similarity)))
    return said


def format_grade(row: Any) -> str:
    """How far the source and what it says can be trusted: A to F, 1 to 6; "" where nobody said."""
    said = [value for value in (row.keandalan, row.kredibilitas) if isinstance(value, str)]
    return "".join(said)


def format_hour(start: pd.Timestamp) -> str:
    """The hour that begins here, on the clock of the election."""
    return i18n.format_time(start.tz_convert(board().register.election.zone))


def format_cluster_place(kecamatan: Sequence[str], desa: str | None) -> str:
    """The place of a cluster: a desa with its kecamatan, or these kecamatan together."""
    register = board().register
    return " · ".join(register.name_of(code) for code in (*kecamatan, desa) if code)
