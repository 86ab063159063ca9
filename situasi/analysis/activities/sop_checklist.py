"""The SOP checklist of the stages: which items were done, by which activities, at how many TPS."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from situasi.analysis.stations import status
from situasi.domain.register import SopItem

STATES = ("selesai", "berjalan", "sebagian", "rencana", "belum")
_PLANNED = ("rencana", "menunggu")


@dataclass(frozen=True)
class ChecklistItem:
    """One item of the list and its state. activity_positions: the activities that show it.

    state: selesai (done by an activity that names the item), berjalan (so, but not every TPS has
    reached the phase of the item), sebagian (only fungsi and giat of one done in the stage match),
    rencana (an activity that names or matches it is planned), belum.
    reached: TPS that reached the phase of the item, of tps; None: no phase, or no TPS ever told.
    """

    item: SopItem
    state: str
    activity_positions: tuple[int, ...]
    reached: int | None = None
    tps: int = 0


def build_checklist(
    items: Sequence[SopItem], activities: pd.DataFrame, stations: pd.DataFrame
) -> list[ChecklistItem]:
    """Return the state of each item.

    activities: of build_activity_table. stations: of status.build_station_table, of the kecamatan
    in question.
    """
    # As tuples: to slice a frame for every item is a hundred times slower.
    facts = list(activities[["stages", "sop", "fungsi", "giat", "state"]].itertuples(index=False))
    return [_check_stations(item, *_compute_state(item, facts), stations) for item in items]


def _check_stations(
    item: SopItem, state: str, positions: tuple[int, ...], stations: pd.DataFrame
) -> ChecklistItem:
    """Return the item in its state; one escort that arrived is not the last box."""
    if item.phase is None:
        return ChecklistItem(item, state, positions)
    reached = status.count_reached(stations, item.phase)
    is_open = state == "selesai" and reached != len(stations)
    return ChecklistItem(
        item, "berjalan" if is_open else state, positions, reached, len(stations)
    )  # fmt: skip


def _compute_state(item: SopItem, activities: Sequence[Any]) -> tuple[str, tuple[int, ...]]:
    """Return the state of an item, and the positions of the activities that show it."""
    in_stage = [(i, fact) for i, fact in enumerate(activities) if item.stage in fact.stages]
    naming = [(i, fact.state) for i, fact in in_stage if fact.sop == item.code]
    matching = [(i, fact.state) for i, fact in in_stage if _is_matching(item, fact)]
    for state, candidates, wanted in (
        ("selesai", naming, ("terlaksana",)),
        ("sebagian", matching, ("terlaksana",)),
        ("rencana", naming, _PLANNED),
        ("rencana", matching, _PLANNED),
    ):
        evidence = tuple(i for i, status in candidates if status in wanted)
        if evidence:
            return state, evidence
    return "belum", tuple(i for i, _ in naming)


def _is_matching(item: SopItem, activity: Any) -> bool:
    """Return whether an activity that names no item has the fungsi and giat of this one."""
    if isinstance(activity.sop, str) or (item.fungsi is None and item.giat is None):
        return False
    return item.fungsi in (None, activity.fungsi) and item.giat in (None, activity.giat)


def count_by_state(lines: Sequence[ChecklistItem]) -> dict[str, int]:
    """Count the items in each of STATES."""
    return {state: sum(line.state == state for line in lines) for state in STATES}
