"""What TPS owe at an hour: the task of the day's order, and who has not done it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.analysis.stations import current_task
from situasi.analysis.stations.current_task import count_by_area, find_current_task
from situasi.domain.feed_schemas import FASE
from situasi.domain.register import Register
from tests.builders import wib


def stations(*phases: str | None, **columns: list[Any]) -> pd.DataFrame:
    size = len(phases)
    boxes = [phase if phase and phase.startswith("kotak") else None for phase in phases]
    table = pd.DataFrame(
        {
            "kecamatan": [f"16.10.0{1 + n % 3}" for n in range(size)],
            "fase": pd.Series(phases, dtype="object"),
            "box": pd.Series(boxes, dtype="object"),
            "box_at": pd.Series([pd.NaT] * size, dtype="datetime64[us, UTC]"),
            "state": ["lapor"] * size,
        }
    )
    return table.assign(**columns)


@pytest.mark.parametrize(
    ("clock", "phases", "task", "owing"),
    [
        ("05.30", [None, "logistik_tiba", None], current_task.SUPPLIES, 2),
        ("07.30", ["logistik_tiba", "dibuka", "dibuka"], current_task.OPENING, 1),
        ("10.30", ["dibuka", "dibuka", "dibuka"], current_task.COUNTS, 0),
        ("13.30", ["dibuka", "ditutup", "dibuka"], current_task.CLOSING, 2),
        ("16.00", ["ditutup", "hitung_selesai", "ditutup"], current_task.COUNTING, 2),
        ("18.30", ["kotak_bergeser", "kotak_tiba_pps", "kotak_tiba_ppk"], current_task.BOXES, 2),
        ("23.00", ["kotak_tiba_ppk"] * 3, current_task.HOME, 0),
    ],
)
def test_each_hour_has_its_task(
    register: Register, clock: str, phases: list[str | None], task: str, owing: int
) -> None:
    found = find_current_task(stations(*phases), register.election, wib(clock))
    assert (found.name, len(found.stations)) == (task, owing)


def test_boxes_come_the_longest_on_their_way_first_and_unknown_hours_last(
    register: Register,
) -> None:
    table = stations(*["kotak_bergeser"] * 3).assign(
        box_at=pd.to_datetime([wib("17.00"), pd.NaT, wib("16.00")], utc=True)
    )
    found = find_current_task(table, register.election, wib("18.30"))
    assert list(found.stations.index) == [2, 0, 1]


@given(phases=st.lists(st.sampled_from([*FASE, None]), min_size=1, max_size=30),
       minute=st.integers(0, 24 * 60 - 1))  # fmt: skip
def test_what_is_counted_by_kecamatan_adds_up_to_what_is_owed(
    register: Register, phases: list[str | None], minute: int
) -> None:
    table = stations(*phases)
    at = wib(f"{minute // 60:02}.{minute % 60:02}")
    found = find_current_task(table, register.election, at)
    counts = count_by_area(found.stations, table)
    assert counts["waiting"].sum() == len(found.stations)
    assert (counts["waiting"] <= counts["tps"]).all()
    assert list(counts["waiting"]) == sorted(counts["waiting"], reverse=True)
