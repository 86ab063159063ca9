"""The short text of a laporan, for a messenger: plain text of limited length."""

import re
from collections.abc import Sequence

from situasi.analysis.situation import crowd_state
from situasi.common.formats import format_long_date, format_number, format_time
from situasi.reports.sitrep import narrative, tables
from situasi.reports.sitrep.data import SitrepData
from situasi.reports.sitrep.model import Cell, KeyFigure, Letterhead

# A text from a report must not start a new line of the message.
_WHITESPACE = re.compile(r"[\s\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")
_FIGURE_KEYS = ("terbuka", "hadir", "partisipasi", "tps", "personel", "peringatan")
_MAX_INCIDENT_CHARS = 100  # kind and place: whole for every place of a register


def build_message(
    data: SitrepData, letterhead: Letterhead, key_figures: Sequence[KeyFigure]
) -> str:
    """Build the message; incidents are left out from the end until it is short enough."""
    head = _build_head(data, letterhead, key_figures)
    version = f"Data versi {format_number(data.version)}. ≈ perkiraan; – belum ada laporan."
    tail = " ".join([version, *narrative.format_exclusion(data.request)])
    table = tables.build_case_table(
        data, data.period.worklist.open_cases, "", letterhead.max_incidents
    )
    lines = [_format_case(row) for row in table.rows]
    open_count = len(data.period.worklist.open_cases)
    for count in range(len(lines), -1, -1):
        left = open_count - count
        rest = [f"… dan {format_number(left)} kejadian terbuka lagi"] if left and lines else []
        text = "\n".join([*head, *lines[:count], *rest, tail])
        if len(text) <= letterhead.max_message_chars:
            return text
    return text[: letterhead.max_message_chars - 1] + "…"


def _build_head(
    data: SitrepData, letterhead: Letterhead, key_figures: Sequence[KeyFigure]
) -> list[str]:
    election = data.register.election
    by_key = {figure.key: figure for figure in key_figures}
    lines = ["LATIHAN — bukan keadaan sebenarnya"] if data.has_exercise_rows else []
    lines += [
        f"{letterhead.titles[data.request.kind]} {election.command}",
        f"{format_long_date(data.view_time.at)} pukul "
        f"{format_time(data.view_time.at)} {election.zone_label}",
    ]
    if data.request.kind != "situasi":
        lines.append(f"Kurun: {narrative.format_period(data)}")
    if data.request.kecamatan:
        lines.append(narrative.format_scope(data))
    counts = crowd_state.count_states(data.overview.crowd_states)
    names = {"merah": "merah", "kuning": "kuning", "hijau": "hijau", None: "belum ada kabar"}
    states = [f"{name} {format_number(counts.get(code, 0))}" for code, name in names.items()]
    selected = [by_key[key] for key in _FIGURE_KEYS if key in by_key]
    figures = [f"{figure.title}: {_format_value(figure)}" for figure in selected]
    # What is silent is said before any figure: they lack it.
    silence = by_key["senyap"]
    silent = [f"{silence.title}: {_format_value(silence)}"] if silence.alarm else []
    return [*lines, f"Situasi kecamatan: {', '.join(states)}", *silent, *figures]


def _format_value(key_figure: KeyFigure) -> str:
    return f"{key_figure.value} ({key_figure.note})" if key_figure.note else key_figure.value


def _format_case(row: tuple[Cell, ...]) -> str:
    _, time_text, level, kind, place, _, status = (
        _WHITESPACE.sub(" ", cell.text).strip() for cell in row
    )
    what = f"{kind}, {place}"
    if len(what) > _MAX_INCIDENT_CHARS:
        what = what[: _MAX_INCIDENT_CHARS - 1].rstrip() + "…"
    return f"• {time_text} {what}: {level}, {status}"
