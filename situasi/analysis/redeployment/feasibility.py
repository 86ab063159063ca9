"""A plan carried out: what it leaves, and whether it still can be, by what is known now."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import pandas as pd

from situasi.analysis.redeployment import candidates
from situasi.analysis.redeployment.plan import Move, Needs
from situasi.analysis.redeployment.problem import NEARLY
from situasi.domain.rules import RedeploymentRules


def after(found: Needs, moves: Sequence[Move]) -> pd.DataFrame:
    """Needs.tps once these moves are made: held, empty and short."""
    held = found.tps.set_index("code")["held"].copy()
    filled = set()
    for move in moves:
        filled |= set(move.to.codes)
        for code in move.to.codes:
            held[code] += 1.0 / len(move.to.codes)
        for code, share in move.mover.takes:
            held[code] -= share
    tps = found.tps.assign(held=held.to_numpy())
    left = {code for move in moves for code, _ in move.mover.takes}
    # Of a TPS that nobody asks about (released, nothing known) nothing is said afterwards either.
    asked = tps["short"] | tps["code"].isin(left)
    return tps.assign(
        empty=tps["empty"] & ~tps["code"].isin(filled),
        short=asked & (tps["held"] < tps["need"] - NEARLY),
    )


def still(moves: Sequence[Move], now: Needs) -> list[bool]:
    """Whether each move is still needed, and still possible: by what is known now."""
    free = {one.petugas: (one.kind, one.takes) for one in now.movers}
    lacking = frozenset(now.tps.loc[now.tps["empty"] | now.tps["short"], "code"])
    return [
        free.get(move.mover.petugas) == (move.mover.kind, move.mover.takes)
        and lacking.issuperset(move.to.codes)
        for move in moves
    ]


def possible(moves: Sequence[Move], now: Needs, rule: RedeploymentRules) -> bool:
    """Whether these moves together leave enough of each kind, and no TPS below its minimum."""
    kinds = Counter(move.mover.kind for move in moves)
    if any(count > candidates.most(kind, now.movers, rule) for kind, count in kinds.items()):
        return False
    gone: dict[str, float] = defaultdict(float)
    for move in moves:
        for code, share in move.mover.takes:
            gone[code] += share
    spare = now.tps.set_index("code")["spare"]
    return all(share <= spare[code] + NEARLY for code, share in gone.items())
