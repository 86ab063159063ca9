"""What a plan proposes for one shortage: from where how many should move there, and how far."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pandas as pd

from situasi.analysis.redeployment.plan import Move, Plan, RedeploymentNeeds, compute_plan
from situasi.analysis.redeployment.shortfalls import StationGroup
from situasi.domain.road_network import Geography
from situasi.domain.rules import RedeploymentRules

# Rules of alerts whose cause a move removes: nobody there, or fewer than the pattern.
EMPTY, SHORT = "tanpa_petugas", "kurang_pola"
# A picture that everybody waits for may not take as long as a plan that somebody ordered; of one
# kabupaten it takes 20 to 40 ms.
_MAX_SOLVING_S = 1.0


@dataclass(frozen=True)
class ProposedForce:
    """Officers of one duty and place who should move to one kecamatan. km: a perkiraan, of the
    nearest and the farthest of them."""

    duty: str
    place_code: str
    lokasi: str | None
    destination: str
    count: int
    nearest_km: float
    farthest_km: float


@dataclass(frozen=True, eq=False)
class MoveProposal:
    """A plan for all shortages of a moment, to be asked about each."""

    needs: RedeploymentNeeds
    plan: Plan

    def find_forces(self, row: Any) -> list[ProposedForce] | None:
        """Return who should move for a row of decisions.find_decisions.

        Those to the kecamatan that the row names come first, then the most. Empty: nobody may;
        None: nothing is short there, as somebody is on the way.
        """
        if not any(_concerns(group, row) for group in self.needs.station_groups):
            return None
        moves = [move for move in self.plan.moves if _concerns(move.destination, row)]
        names = ["duty", "place", "lokasi", "to"]
        table = pd.DataFrame([_describe_move(move) for move in moves], columns=[*names, "km"])
        groups = table.groupby(names)["km"].agg(["size", "min", "max"])
        forces = [
            ProposedForce(duty, place, lokasi or None, to, int(count), float(least), float(most))
            for (duty, place, lokasi, to), (count, least, most) in zip(
                groups.index, groups.to_numpy().tolist(), strict=True
            )
        ]
        return sorted(
            forces,
            key=lambda force: (
                force.destination != row.kecamatan, -force.count, force.farthest_km, force.duty
            ),
        )  # fmt: skip


def compute_proposal(
    needs: RedeploymentNeeds, geography: Geography, rule: RedeploymentRules, at: datetime
) -> MoveProposal:
    """Compute the plan that the page Pergeseran would, within the time that a picture has."""
    limited = replace(rule, time_limit_s=min(rule.time_limit_s, _MAX_SOLVING_S))
    return MoveProposal(needs, compute_plan(needs, geography, limited, at))


def _concerns(group: StationGroup, row: Any) -> bool:
    """Return whether these TPS lack what this row is about."""
    lacking = group.empty_points if row.kind == EMPTY else group.short_points
    if isinstance(row.member, str) and row.count == 1:
        return row.member in lacking
    return bool(lacking) and (row.area_count > 1 or group.kecamatan == row.kecamatan)


def _describe_move(move: Move) -> tuple[str, str, str, str, float]:
    origin = move.candidate
    to = move.destination.kecamatan
    return origin.duty, origin.place_code, origin.lokasi or "", to, move.km
