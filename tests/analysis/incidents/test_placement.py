"""Every case of a kecamatan has a place on the map, and an estimate is never taken for a point."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from situasi.analysis.incidents.placement import group_by_place, place_cases
from situasi.domain.feed_schemas import TINGKAT

DESA = {"99.01.01.2001": (104.1, -3.1), "99.01.02.2001": (104.5, -3.5)}
KECAMATAN = {"99.01.01": (104.2, -3.2), "99.01.02": (104.6, -3.6)}

cases = st.lists(
    st.fixed_dictionaries(
        {
            "point": st.sampled_from([None, (104.3, -3.3), (104.30001, -3.3), (104.4, -3.3)]),
            "desa": st.sampled_from([None, "99.01.01.2001", "99.01.02.2001", "99.01.02.9999"]),
            "kecamatan": st.sampled_from([None, "99.01.01", "99.01.02"]),
            "tingkat": st.sampled_from([None, *TINGKAT]),
        }
    ),
    max_size=12,
)


def table(rows: list[dict[str, object]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["point", "desa", "kecamatan", "tingkat"], dtype="object")
    points = [point or (None, None) for point in frame["point"]]
    return frame.assign(
        lon=[lon for lon, _ in points], lat=[lat for _, lat in points],
        case=[f"K{number}" for number in range(len(frame))],
    )  # fmt: skip


def place_slowly(row: dict[str, object]) -> tuple[object, str] | None:
    for place, basis in (
        (row["point"], "titik"),
        (DESA.get(row["desa"]), "desa"),  # type: ignore[call-overload]
        (KECAMATAN.get(row["kecamatan"]), "kecamatan"),  # type: ignore[call-overload]
    ):
        if place is not None:
            return place, basis
    return None


@given(cases)
def test_a_case_stands_at_its_point_else_in_its_desa_else_in_its_kecamatan(
    rows: list[dict[str, object]],
) -> None:
    placed = place_cases(table(rows), DESA, KECAMATAN)
    expected = {f"K{n}": place_slowly(row) for n, row in enumerate(rows)}
    assert {row.case: ((row.lon, row.lat), row.placed_by) for row in placed.itertuples()} == {
        case: place for case, place in expected.items() if place is not None
    }


@given(cases)
def test_cases_of_one_place_share_a_mark_of_the_gravest_and_none_is_lost(
    rows: list[dict[str, object]],
) -> None:
    placed = place_cases(table(rows), DESA, KECAMATAN)
    marks = group_by_place(placed)
    assert sorted(case for mark in marks["cases"] for case in mark) == sorted(placed["case"])
    by_case = placed.set_index("case")
    for mark in marks.itertuples():
        members = by_case.loc[list(mark.cases)]
        assert len(members) == mark.n
        assert set(members["placed_by"]) == {mark.placed_by}
        ranks = [TINGKAT.index(one) if one in TINGKAT else -1 for one in members["tingkat"]]
        assert (TINGKAT.index(mark.tingkat) if mark.tingkat else -1) == max(ranks)
        assert members["lon"].max() - members["lon"].min() < 0.0011
