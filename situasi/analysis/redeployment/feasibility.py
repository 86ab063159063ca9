"""Effect of a plan, and whether it is still possible with the current data."""

from collections import Counter, defaultdict
from collections.abc import Sequence

import pandas as pd

from situasi.analysis.redeployment import candidates
from situasi.analysis.redeployment.plan import Move, RedeploymentNeeds
from situasi.analysis.redeployment.problem import TOLERANCE
from situasi.domain.rules import RedeploymentRules


def apply_moves(needs: RedeploymentNeeds, moves: Sequence[Move]) -> pd.DataFrame:
    """Return needs.tps after these moves: held, empty and short."""
    held = needs.tps.set_index("code")["held"].copy()
    filled = set()
    for move in moves:
        filled |= set(move.destination.tps_codes)
        for code in move.destination.tps_codes:
            held[code] += 1.0 / len(move.destination.tps_codes)
        for code, share in move.candidate.coverage_removed:
            held[code] -= share
    tps = needs.tps.assign(held=held.to_numpy())
    reduced = {code for move in moves for code, _ in move.candidate.coverage_removed}
    # TPS that are never judged (released, nothing known) are not called short afterwards either.
    may_be_short = tps["short"] | tps["code"].isin(reduced)
    return tps.assign(
        empty=tps["empty"] & ~tps["code"].isin(filled),
        short=may_be_short & (tps["held"] < tps["need"] - TOLERANCE),
    )


def check_still_valid(moves: Sequence[Move], current_needs: RedeploymentNeeds) -> list[bool]:
    """Return whether each move is still needed and still possible now."""
    free = {item.petugas: (item.duty, item.coverage_removed) for item in current_needs.candidates}
    lacking = frozenset(
        current_needs.tps.loc[current_needs.tps["empty"] | current_needs.tps["short"], "code"]
    )
    return [
        free.get(move.candidate.petugas) == (move.candidate.duty, move.candidate.coverage_removed)
        and lacking.issuperset(move.destination.tps_codes)
        for move in moves
    ]


def is_feasible(
    moves: Sequence[Move], current_needs: RedeploymentNeeds, rule: RedeploymentRules
) -> bool:
    """Return whether these moves leave enough of each duty, and no TPS below its minimum."""
    kinds = Counter(move.candidate.duty for move in moves)
    if any(
        count > candidates.compute_max_movable(kind, current_needs.candidates, rule)
        for kind, count in kinds.items()
    ):
        return False
    removed: dict[str, float] = defaultdict(float)
    for move in moves:
        for code, share in move.candidate.coverage_removed:
            removed[code] += share
    spare = current_needs.tps.set_index("code")["spare"]
    return all(share <= spare[code] + TOLERANCE for code, share in removed.items())
