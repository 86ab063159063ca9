"""The rank of a shortfall, and how far it moves when the points, a proposal, move."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from situasi.analysis.rank_ranges import WEIGHT_DOUBT
from situasi.analysis.redeployment.shortfalls import rank_shortfalls
from situasi.domain.feed_schemas import KERAWANAN

POINTS = {"empty": 100, "incident": 40, "kurang_rawan": 0, "rawan": 10, "sangat_rawan": 20,
          "khusus": 30}  # fmt: skip
KINDS = list(itertools.product((*KERAWANAN, None), (False, True), (False, True)))


def lacking(*kinds: tuple[str | None, bool, bool], points: Mapping[str, int]) -> pd.DataFrame:
    """TPS below the pattern: their kerawanan, beside a critical case or not, empty or not."""
    rows = pd.DataFrame(kinds, columns=["kerawanan", "watched", "empty"])
    own = [points.get(level or "", 0) + points["incident"] * by for level, by, _ in kinds]
    return rows.assign(short=True, points=own)


def test_ranks_are_those_of_counting_what_has_more_points() -> None:
    ranked = rank_shortfalls(lacking(*KINDS, *KINDS[:7], points=POINTS), POINTS)
    assert len(ranked) == len(KINDS) + 7 + ranked["empty"].sum()
    slow = [1 + (ranked["points"] > points).sum() for points in ranked["points"]]
    assert ranked["rank"].tolist() == sorted(slow) == slow


def test_a_rank_is_told_with_those_it_has_when_the_points_move() -> None:
    beside, grave = ("kurang_rawan", True, False), ("khusus", False, False)
    low = ("rawan", False, False)
    ranked = rank_shortfalls(lacking(grave, beside, low, points=POINTS), POINTS)
    told = ranked[["kerawanan", "rank", "rank_first", "rank_last"]].to_numpy().tolist()
    # 40 and 30 may each be the larger; 10 is always less than both.
    assert told == [["kurang_rawan", 1, 1, 2], ["khusus", 2, 1, 2], ["rawan", 3, 3, 3]]


def test_alike_shortfalls_have_one_rank_and_push_those_behind_them() -> None:
    many = [("khusus", False, False)] * 4
    ranked = rank_shortfalls(lacking(*many, ("kurang_rawan", True, False), points=POINTS), POINTS)
    assert ranked[["rank", "rank_first", "rank_last"]].to_numpy().tolist() == [
        [1, 1, 5], *[[2, 1, 2]] * 4,
    ]  # fmt: skip


@given(
    st.lists(st.sampled_from(KINDS), max_size=30),
    st.tuples(*[st.floats(1 - WEIGHT_DOUBT, 1 + WEIGHT_DOUBT)] * len(POINTS)),
)
def test_no_points_within_the_doubt_leave_the_range(
    kinds: list[tuple[str | None, bool, bool]], factors: tuple[float, ...]
) -> None:
    ranked = rank_shortfalls(lacking(*kinds, points=POINTS), POINTS)
    moved = dict(zip(POINTS, (POINTS[name] * f for name, f in zip(POINTS, factors, strict=True)),
                     strict=True))  # fmt: skip
    totals = [
        moved.get(row.kerawanan or "", 0) + moved["incident"] * row.watched
        + moved["empty"] * row.empty
        for row in ranked.itertuples()
    ]  # fmt: skip
    for total, first, last in zip(totals, ranked["rank_first"], ranked["rank_last"], strict=True):
        assert first <= 1 + sum(other > total + 1e-9 for other in totals) <= last
