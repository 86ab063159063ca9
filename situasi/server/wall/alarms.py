"""Grave reports on the wall: the whole text, what was there before, who is near, who has it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from typing import Any

import pandas as pd

from situasi.actions.acknowledgements import Acknowledgement
from situasi.analysis.redeployment import move_proposal, nearest
from situasi.analysis.redeployment.candidates import Candidate
from situasi.analysis.redeployment.move_proposal import MoveProposal, ProposedForce
from situasi.common.formats import format_counts, format_duration, format_number, format_time
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.domain.road_network import Geography
from situasi.presentation import decisions
from situasi.presentation.view_text import mark_machine_time
from situasi.server.wall.view_model import ViewData

# What is further back than this says little about the place now.
_BEFORE = timedelta(hours=24)
_MAX_BEFORE, _MAX_FORCES = 3, 2


@dataclass(frozen=True)
class Surroundings:
    """What is known around a report. cases: of the day; ready: empty for who may not see officers.

    geography: of the board. propose_moves: computes the plan for all shortages, None for who may
    not see officers; only where a shortage is shown.
    """

    cases: pd.DataFrame
    ready: Sequence[Candidate]
    geography: Geography
    propose_moves: Callable[[], MoveProposal] | None = None

    def find_forces(self, place_code: str | None, max_forces: int) -> list[nearest.Force]:
        """Return the nearest forces; none where the place is not known."""
        if place_code is None:
            return []
        return nearest.find_nearest_forces(self.ready, self.geography, place_code, max_forces)

    def find_moves(self, row: Any) -> list[ProposedForce] | None:
        """Return who should move for a shortage (MoveProposal.find_forces); None for other rows."""
        if self.propose_moves is None or row.kind not in (move_proposal.EMPTY, move_proposal.SHORT):
            return None
        return self.propose_moves().find_forces(row)


def describe_surroundings(
    row: Any, register: Any, around: Surroundings, *, with_names: bool
) -> dict[str, str]:
    """Return `before`, `near` and `credible` of a grave report in words; "" where not known.

    row: of critical.find_critical_cases.
    """
    place = row.desa if isinstance(row.desa, str) else row.kecamatan
    code = place if isinstance(place, str) else None
    return {
        "before": _format_before(row, register, around.cases),
        "near": decisions.format_forces(around.find_forces(code, _MAX_FORCES), register),
        "credible": _format_credibility(row, with_names=with_names),
    }


def _format_before(row: Any, register: Any, cases: pd.DataFrame) -> str:
    """Return the other reports of this desa, else kecamatan, of the last 24 hours, newest first."""
    if not isinstance(row.kecamatan, str):
        return ""
    column = "desa" if isinstance(row.desa, str) else "kecamatan"
    same = cases[(cases[column] == getattr(row, column)) & ~cases["case"].isin(list(row.members))]
    same = same[
        (same["known_at"] <= row.grave_at)
        & (same["known_at"] > row.grave_at - _BEFORE)
        & (same["jenis"] != "nihil")
    ].sort_values("known_at", ascending=False)
    name = register.name_of(getattr(row, column))
    if same.empty:
        return _("tidak ada laporan lain di {name} dalam 24 jam").format(name=name)
    zone = register.election.zone
    rows: list[Any] = list(same.head(_MAX_BEFORE).itertuples())
    parts = [
        f"{label('jenis', other.jenis)} {format_time(other.known_at.astimezone(zone))}"
        f" ({label('status', other.status)})"
        for other in rows
    ]
    more = len(same) - len(rows)
    if more > 0:
        parts.append(format_counts(_("dan {n} lagi"), n=more))
    return f"{name}: " + ", ".join(parts)


def _format_credibility(row: Any, *, with_names: bool) -> str:
    """Return how far the report can be trusted: its grade, how many sent it, who."""
    grade = "".join(v for v in (row.keandalan, row.kredibilitas) if isinstance(v, str))
    parts = [_("nilai {grade}").format(grade=grade)] if grade else [_("belum dinilai")]
    if len(row.members) > 1:
        parts.append(_("{n} laporan yang sama").format(n=format_number(len(row.members))))
    if with_names and isinstance(row.pelapor, str) and row.pelapor:
        parts.append(_("dari {who}").format(who=row.pelapor))
    if isinstance(row.flags, str) and row.flags:
        parts.append(row.flags)
    return " · ".join(parts)


def format_row_acknowledgement(row: Any, data: ViewData, zone: tzinfo) -> str | None:
    """Format the first acknowledgement of a case; None for a past moment."""
    acks = [data.acknowledged[case] for case in row.members if case in data.acknowledged]
    if not acks or not data.view_time.live:
        return None
    first = min(acks, key=lambda ack: ack.at)
    return format_acknowledgement(
        first, zone, with_name=data.with_names, is_exercise=data.view_time.is_exercise
    )


def format_acknowledgement(
    acknowledgement: Acknowledgement, zone: tzinfo, *, with_name: bool, is_exercise: bool = False
) -> str:
    """Return 'dipahami Iptu X 12.31, setelah 40 detik'; the name only if with_name."""
    seconds = acknowledgement.response_time_s
    time = mark_machine_time(
        format_time(acknowledgement.at.astimezone(zone)), is_exercise=is_exercise
    )
    if seconds < 120:
        after = _("{n} detik").format(n=format_number(seconds))
    else:
        after = format_duration(acknowledgement.at - acknowledgement.since)
    if not with_name:
        return _("dipahami {time}, setelah {after}").format(time=time, after=after)
    return _("dipahami {who} {time}, setelah {after}").format(
        who=acknowledgement.by, time=time, after=after
    )
