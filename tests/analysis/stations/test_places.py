"""Where a TPS stands: its list, else the middle of the first check-ins, else nothing is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from statistics import median
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.analysis.stations.places import MAX_SPREAD_M, compute_station_places, locate_desa
from situasi.domain import feed_schemas
from situasi.domain.register import Register
from situasi.domain.road_network import Geography, great_circle_km
from tests import queries
from tests.builders import report, rows_of, wib

DESA = "16.10.04.2012"
LAT, LON = -3.25, 104.65
M = 1 / 111_195  # degrees of a metre


@pytest.fixture(scope="module")
def unlisted(register: Register) -> Register:
    """The register without any place of a TPS."""
    tps = register.tps.assign(lat=np.nan, lon=np.nan, place_source=None)
    return replace(register, tps=tps)


def checkin(petugas: str, north_m: float = 0, east_m: float = 0, **stated: Any) -> dict[str, Any]:
    at_tps = {"desa": DESA, "tps": "001", "checkin": "tiba_di_tps", **stated}
    return report(petugas=petugas, lat=LAT + north_m * M, lon=LON + east_m * M, **at_tps)


def frames(
    checkins: Iterable[Mapping[str, Any]] = (), reports: Iterable[Mapping[str, Any]] = ()
) -> dict[str, pd.DataFrame]:
    return {
        "personnel": rows_of(feed_schemas.PERSONNEL, *checkins),
        "tps": rows_of(feed_schemas.TPS, *reports),
    }


def place_of(register: Register, *checkins: Mapping[str, Any], **others: Any) -> Any:
    rows = frames(checkins, others.get("reports", ()))
    places = queries.run(compute_station_places, rows, register, others.get("at", wib("10.00")))
    assert list(places["code"]) == list(register.tps["code"])
    return next(places[places["code"] == f"{DESA}.{others.get('tps', '001')}"].itertuples())


def test_the_place_is_the_middle_of_what_each_officer_sent_first(unlisted: Register) -> None:
    place = place_of(
        unlisted,
        checkin("P-1", 0, at="06.30"), checkin("P-2", 40, at="06.35"),
        checkin("P-3", 60, at="06.40"),
        *(checkin("P-3", 4000, at=at) for at in ("08.00", "08.10", "08.20")),
    )  # fmt: skip
    assert (place.lat, place.lon) == pytest.approx((LAT + 40 * M, LON))
    assert place.reporters == 3
    assert place.spread_m == pytest.approx(20, rel=0.01)


def test_a_report_of_a_day_alone_is_nobodys_first(unlisted: Register) -> None:
    hourless = checkin("P-1", 400, at="00.00", precision="hari")
    assert place_of(unlisted, hourless).reporters == 0
    assert place_of(unlisted, hourless, checkin("P-1", at="06.30")).lat == pytest.approx(LAT)


def test_a_place_of_the_list_is_never_moved(unlisted: Register) -> None:
    tps = unlisted.tps.copy()
    tps.loc[tps["code"] == f"{DESA}.001", ["lat", "lon", "place_source"]] = [-3.3, 104.6, "KPU"]
    place = place_of(replace(unlisted, tps=tps), checkin("P-1"))
    assert (place.lat, place.lon, place.place_source, place.reporters) == (-3.3, 104.6, "KPU", 0)


def test_of_one_check_in_no_spread_is_known(unlisted: Register) -> None:
    place = place_of(unlisted, checkin("P-1"))
    assert (place.lat, place.reporters) == (pytest.approx(LAT), 1)
    assert np.isnan(place.spread_m)


def test_points_far_apart_make_no_place_and_one_far_off_moves_it_little(
    unlisted: Register,
) -> None:
    assert np.isnan(place_of(unlisted, checkin("P-1"), checkin("P-2", 3000)).lat)
    place = place_of(unlisted, checkin("P-1"), checkin("P-2", 30), checkin("P-3", 3000))
    assert place.lat == pytest.approx(LAT + 30 * M)


def test_one_point_for_tps_of_two_desa_is_an_office_and_no_place(unlisted: Register) -> None:
    other = checkin("P-2", desa="16.10.04.2006")
    assert np.isnan(place_of(unlisted, checkin("P-1"), other).lat)


def test_an_opening_counts_and_a_roll_call_a_count_or_what_is_not_known_yet_does_not(
    unlisted: Register,
) -> None:
    opened = report(desa=DESA, tps="001", fase="dibuka", lat=LAT, lon=LON, pelapor="Polsek")
    assert place_of(unlisted, reports=[opened]).reporters == 1
    assert place_of(unlisted, reports=[{**opened, "fase": "ditutup"}]).reporters == 0
    assert place_of(unlisted, checkin("P-1", checkin="laporan_berkala")).reporters == 0
    assert place_of(unlisted, checkin("P-1", at="11.00")).reporters == 0


def test_an_exercise_places_nothing_that_real_reports_place(unlisted: Register) -> None:
    exercise = [checkin(f"P-{n}", 300, at="06.00", latihan=True) for n in range(3)]
    assert place_of(unlisted, *exercise).reporters == 3
    assert place_of(unlisted, *exercise, checkin("P-9")).lat == pytest.approx(LAT)


def test_who_may_not_see_officers_has_the_places_of_the_reports_alone(unlisted: Register) -> None:
    opened = report(desa=DESA, tps="001", fase="dibuka", lat=LAT, lon=LON)
    places = queries.run(
        compute_station_places,
        {"tps": rows_of(feed_schemas.TPS, opened)}, unlisted, wib("10.00"),
    )  # fmt: skip
    assert places["reporters"].sum() == 1


def test_a_desa_is_where_its_tps_are(unlisted: Register) -> None:
    geography = Geography({DESA: (0.0, 0.0), "16.10.04": (1.0, 1.0)}, {}, {}, None)
    rows = frames([checkin("P-1")])
    places = queries.run(compute_station_places, rows, unlisted, wib("10.00"))
    found = locate_desa(geography, places)
    assert found.point(DESA) == pytest.approx((LON, LAT))
    assert found.point("16.10.04") == (1.0, 1.0)


def slow_place(rows: list[dict[str, Any]]) -> tuple[float, float, int] | None:
    """Find the place of one TPS, row by row."""
    real = [row for row in rows if not row["latihan"]] or rows
    first: dict[str, dict[str, Any]] = {}
    for row in sorted(real, key=lambda row: row["occurred_at"]):  # stable: as they were stored
        first.setdefault(row["petugas"], row)
    if not first:
        return None
    lat = median(row["lat"] for row in first.values())
    lon = median(row["lon"] for row in first.values())
    metres = [
        1000 * float(great_circle_km(np.array([row["lon"], row["lat"]]), np.array([lon, lat])))
        for row in first.values()
    ]
    return (lat, lon, len(first)) if median(metres) <= MAX_SPREAD_M else None


CHECKINS = st.lists(
    st.builds(
        checkin,
        st.sampled_from(["P-1", "P-2", "P-3", "P-4"]),
        st.integers(-900, 900),
        st.integers(-900, 900),
        at=st.sampled_from(["06.00", "06.30", "07.00"]),
        latihan=st.booleans(),
    ),
    max_size=8,
)


@given(CHECKINS, st.randoms(use_true_random=False))
def test_the_place_is_that_of_the_plain_version_whatever_order_the_rows_are_in(
    unlisted: Register, rows: list[dict[str, Any]], random: Any
) -> None:
    stored = frames(rows)
    order = list(range(len(rows)))
    random.shuffle(order)
    stored["personnel"] = stored["personnel"].take(order)
    places = queries.run(compute_station_places, stored, unlisted, wib("10.00"))
    place: Any = next(places[places["code"] == f"{DESA}.001"].itertuples())
    expected = slow_place(rows)
    if expected is None:
        assert np.isnan(place.lat)
        assert place.reporters == 0
    else:
        assert (place.lat, place.lon, place.reporters) == pytest.approx(expected)
        assert (place.spread_m <= MAX_SPREAD_M) if place.reporters > 1 else np.isnan(place.spread_m)
