"""The quick ways of the analysis never differ from the slow, obvious ones."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from situasi.analysis.incidents.cases import list_newest
from situasi.analysis.incidents.timeline import count_by_slot
from situasi.domain import feed_schemas
from tests.builders import incident, incidents, wib

START, END = wib("06.00"), wib("10.00")
WEIGHT = {"tinggi": 2, "sedang": 1}

one = st.fixed_dictionaries(
    {
        "at": st.sampled_from(["05.59", "06.00", "06.14", "06.15", "09.59", "10.00"]),
        "known": st.sampled_from(["10.00", "10.01", "10.02"]),
        "tingkat": st.sampled_from([*feed_schemas.TINGKAT, None]),
        "precision": st.sampled_from(["menit", "menit", "hari"]),
    }
)
many = st.lists(one, max_size=15)


def frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return incidents(*(incident(id=f"K-{at}", **row) for at, row in enumerate(rows)))


def slow_newest(found: pd.DataFrame, most: int) -> list[int]:
    """The obvious way: sort everything, then take the first."""

    def order(row: Any) -> tuple[Any, ...]:
        known = row.known_at
        if row.precision != "menit":
            known = min(known, row.occurred_at)
        return known.floor("min"), WEIGHT.get(row.tingkat, 0), row.seq

    return [row.seq for row in sorted(found.itertuples(), key=order, reverse=True)][:most]


@given(many, st.integers(1, 6))
def test_the_newest_are_those_of_the_whole_list_sorted(
    rows: list[dict[str, Any]], most: int
) -> None:
    found = frame(rows)
    assert list_newest(found, most)["seq"].tolist() == slow_newest(found, most)


def slow_slots(found: pd.DataFrame) -> Counter[tuple[pd.Timestamp, str]]:
    """The obvious way: look at every row, and at every slot for it."""
    counted: Counter[tuple[pd.Timestamp, str]] = Counter()
    for row in found.itertuples():
        for slot in pd.date_range(START, END, freq="15min", inclusive="left"):
            inside = slot <= row.occurred_at < slot + timedelta(minutes=15)
            if row.precision == "menit" and inside:
                counted[slot, row.tingkat if isinstance(row.tingkat, str) else "belum"] += 1
    return counted


@given(many)
def test_slots_equal_looking_at_every_row(rows: list[dict[str, Any]]) -> None:
    found = frame(rows)
    slots = count_by_slot(found, START, END)
    counted = {(at, name): n for at, row in slots.iterrows() for name, n in row.items() if n}
    assert counted == dict(slow_slots(found))
    assert len(slots) == 16
