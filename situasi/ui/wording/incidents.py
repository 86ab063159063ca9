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


def step(code: str) -> str:
    """What is awaited: the name of a step of analysis.lives."""
    return {
        "diverifikasi": _("verifikasi"),
        "ditangani": _("penanganan"),
        "selesai": _("penutupan"),
    }[code]


def place(row: Any) -> str:
    """Kecamatan, desa and TPS of a row or case."""
    name = board().register.name_of(row.kecamatan)
    desa = row.desa_text if isinstance(row.desa_text, str) else None
    tps = f"TPS {row.tps}" if isinstance(row.tps, str) else None
    return " · ".join(part for part in (name, desa, tps) if part)


def weight(tingkat: object) -> str:
    """The weight as shape and word."""
    code = tingkat if isinstance(tingkat, str) else None
    return f"{SIGNS[code or UNRATED]} {label('tingkat', code)}"


def unit(told: object) -> str:
    """Who handles a case; empty for whom it is hidden, for nobody then knows that nobody does."""
    if isinstance(told, str):
        return told
    return "" if session.hides("incidents", "ditugaskan") else _("belum ditugaskan")


def reporter(told: object) -> str:
    """Who told it, or why that does not stand there."""
    if isinstance(told, str):
        return told
    hidden = session.hides("incidents", "pelapor")
    return _("pelapor tidak ditunjukkan") if hidden else _("pelapor tidak disebut")


def moment(at: pd.Timestamp, beside: datetime) -> str:
    """The clock time; the date too where it is of another day than `beside`."""
    local = at.tz_convert(beside.tzinfo)
    same = local.date() == beside.date()
    return (
        i18n.format_time(local) if same else f"{i18n.format_date(local)} {i18n.format_time(local)}"
    )


def happened(row: Any, beside: datetime) -> str:
    """When it happened, as exactly as the sender knew."""
    local = row.occurred_at.tz_convert(beside.tzinfo)
    if row.precision == "menit":
        return moment(row.occurred_at, beside)
    return i18n.format_date(local) if row.precision == "hari" else i18n.format_month(local)


def overdue(row: Any) -> str:
    """Which step of a case is late and by how long; of a row of lives.overdue."""
    return _("{step} lewat {time}").format(step=step(row.step), time=i18n.format_duration(row.late))


def reasons(pair: DuplicateCandidate) -> list[str]:
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


def grade(row: Any) -> str:
    """How far the source and what it says can be trusted: A to F, 1 to 6; "" where nobody said."""
    said = [value for value in (row.keandalan, row.kredibilitas) if isinstance(value, str)]
    return "".join(said)


def hour(start: pd.Timestamp) -> str:
    """The hour that begins here, on the clock of the election."""
    return i18n.format_time(start.tz_convert(board().register.election.zone))


def zone(kecamatan: Sequence[str], desa: str | None) -> str:
    """The place of a cluster: a desa with its kecamatan, or these kecamatan together."""
    register = board().register
    return " · ".join(register.name_of(code) for code in (*kecamatan, desa) if code)
