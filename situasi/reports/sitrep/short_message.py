"""The short text of a laporan, for the messenger: plain, dated, never longer than it may be."""

from __future__ import annotations

import re
from collections.abc import Sequence

from situasi.analysis.situation import crowd_state
from situasi.common import i18n
from situasi.reports.sitrep import narrative, tables
from situasi.reports.sitrep.data import Gathered
from situasi.reports.sitrep.model import Cell, Fact, Letter

# No line of the message may be made by a text that somebody sent.
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")
_TOLD = ("terbuka", "hadir", "partisipasi", "tps", "personel")
_SHORT = 60  # characters of the place and kind of an incident


def message(of: Gathered, letter: Letter, told: Sequence[Fact]) -> str:
    """The whole of it; incidents are left out from the end until it is short enough."""
    head, tail = _head(of, letter, told), _tail(of)
    table = tables.cases(of, of.period.work.open_cases, "", letter.listed)
    lines = [_case(row) for row in table.rows]
    every = len(of.period.work.open_cases)
    for count in range(len(lines), -1, -1):
        left = every - count
        rest = [f"… dan {i18n.format_number(left)} kejadian terbuka lagi"] if left and lines else []
        text = "\n".join([*head, *lines[:count], *rest, *tail])
        if len(text) <= letter.longest:
            return text
    return text[: letter.longest - 1] + "…"


def _head(of: Gathered, letter: Letter, told: Sequence[Fact]) -> list[str]:
    election = of.register.election
    named = {fact.key: fact for fact in told}
    begin = ["LATIHAN — bukan keadaan sebenarnya"] if of.rehearsal else []
    begin += [
        f"{letter.titles[of.asked.kind]} {election.command}",
        f"{i18n.format_long_date(of.at.at)} pukul {i18n.format_time(of.at.at)} {election.zone_label}",
    ]
    if of.asked.kind != "situasi":
        begin.append(f"Kurun: {narrative.span(of)}")
    if of.asked.kecamatan:
        begin.append(narrative.scope(of))
    counts = crowd_state.count_states(of.overview.crowd_states)
    states = [f"{word} {i18n.format_number(counts.get(code, 0))}" for code, word in
              (("merah", "merah"), ("kuning", "kuning"), ("hijau", "hijau"),
               (None, "belum ada kabar"))]  # fmt: skip
    figures = [f"{named[key].title}: {_value(named[key])}" for key in _TOLD if key in named]
    return [*begin, f"Situasi kecamatan: {', '.join(states)}", *figures]


def _value(fact: Fact) -> str:
    return f"{fact.value} ({fact.note})" if fact.note else fact.value


def _case(row: tuple[Cell, ...]) -> str:
    _, when, level, kind, place, _, status = (_line(cell.said) for cell in row)
    what = f"{kind}, {place}"
    what = what if len(what) <= _SHORT else what[: _SHORT - 1].rstrip() + "…"
    return f"• {when} {what}: {level}, {status}"


def _line(text: str) -> str:
    return _BREAKS.sub(" ", text).strip()


def _tail(of: Gathered) -> list[str]:
    return [f"Data versi {i18n.format_number(of.version)}. ≈ perkiraan; – belum ada laporan."]
