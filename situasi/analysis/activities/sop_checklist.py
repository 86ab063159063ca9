"""The SOP list of the stages: which lines were done, by which activities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from situasi.domain.register import SopItem

STATES = ("selesai", "sebagian", "rencana", "belum")
_PLANNED = ("rencana", "menunggu")


@dataclass(frozen=True)
class ChecklistItem:
    """One line of the list and where it stands. behind: positions of the activities that say so.

    state: selesai (done by an activity that names the line), sebagian (only fungsi and giat
    of one done in the stage fit), rencana (an activity that names or fits it is planned),
    belum.
    """

    item: SopItem
    state: str
    activity_positions: tuple[int, ...]


def build_checklist(items: Sequence[SopItem], activities: pd.DataFrame) -> list[ChecklistItem]:
    """Where each line stands. found: of analysis.activities.cases."""
    # Row by row over what is compared: to cut a frame for every line costs a hundred times more.
    facts = list(activities[["stages", "sop", "fungsi", "giat", "state"]].itertuples(index=False))
    return [ChecklistItem(item, *_compute_state(item, facts)) for item in items]


def _compute_state(item: SopItem, activities: Sequence[Any]) -> tuple[str, tuple[int, ...]]:
    """The state of a line, and the positions of the activities behind it."""
    in_stage = [(at, fact) for at, fact in enumerate(activities) if item.stage in fact.stages]
    naming = [(at, fact.state) for at, fact in in_stage if fact.sop == item.code]
    fitting = [(at, fact.state) for at, fact in in_stage if _is_matching(item, fact)]
    for state, some, wanted in (
        ("selesai", naming, ("terlaksana",)),
        ("sebagian", fitting, ("terlaksana",)),
        ("rencana", naming, _PLANNED),
        ("rencana", fitting, _PLANNED),
    ):
        behind = tuple(at for at, theirs in some if theirs in wanted)
        if behind:
            return state, behind
    return "belum", tuple(at for at, _ in naming)


def _is_matching(item: SopItem, activity: Any) -> bool:
    """Whether an activity that names no line has the fungsi and giat of this one."""
    if isinstance(activity.sop, str) or (item.fungsi is None and item.giat is None):
        return False
    return item.fungsi in (None, activity.fungsi) and item.giat in (None, activity.giat)


def count_by_state(lines: Sequence[ChecklistItem]) -> dict[str, int]:
    """How many lines are in each of STATES."""
    return {state: sum(line.state == state for line in lines) for state in STATES}
