"""The incidents of the rehearsal day: their lives, places, hours, crowds and silences."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest

from situasi.domain.boundaries import Boundaries
from situasi.domain.feed_schemas import STATUS, STATUS_CLOSED
from situasi.domain.register import Register
from situasi.simulation import context, feed_rows
from situasi.simulation.feed_rows import CATCH_UP_TIME, KecamatanOutage
from situasi.simulation.incidents.lifecycle import simulate_incident
from situasi.simulation.incidents.templates import load_incident_templates
from tests.simulation.builders import Rows, lives, register, squares


@pytest.fixture
def told(day: dict[str, Rows]) -> dict[str, Rows]:
    return lives(day["incidents"])


def hour(row: dict[str, str]) -> str:
    return row["waktu"][11:16]


def test_a_district_of_667_tps_has_sixty_to_a_hundred_and_ten_incidents(
    told: dict[str, Rows],
) -> None:
    assert 60 <= len(told) <= 110


def test_most_incidents_are_slight_and_few_are_grave(told: dict[str, Rows]) -> None:
    level = Counter(life[-1]["tingkat"] for life in told.values())
    assert level["rendah"] > len(told) / 2
    assert 4 <= level["tinggi"] <= 8
    assert level["tinggi"] < level["sedang"] < level["rendah"]


def test_every_life_begins_with_dilaporkan_and_never_reopens(told: dict[str, Rows]) -> None:
    for life in told.values():
        status = [row["status"] for row in life]
        assert status[0] == "dilaporkan"
        assert not any(word in STATUS_CLOSED for word in status[:-1])
        assert [STATUS.index(word) for word in status] == sorted(map(STATUS.index, status))


def test_each_turn_of_a_life_has_other_words_and_a_later_moment(told: dict[str, Rows]) -> None:
    for life in told.values():
        moments = [row["waktu_lapor"] for row in life]
        assert moments == sorted(set(moments))
        assert len({row["uraian"] for row in life}) == len(life)


def test_a_life_keeps_its_time_place_and_kind(told: dict[str, Rows]) -> None:
    fixed = ("waktu", "kode_kecamatan", "desa", "tps", "lat", "lon", "jenis")
    for life in told.values():
        for heading in fixed:
            assert len({row[heading] for row in life}) == 1


def test_what_begins_in_the_last_hour_is_told_to_its_end_within_the_day(
    ogan_ilir: Register, boundaries: Boundaries
) -> None:
    stage = context.build_context(ogan_ilir, boundaries, 1)
    for number, template in enumerate(load_incident_templates()):
        late = replace(template, time_window=("tutup+540", "tutup+600"))
        life = simulate_incident(stage, late, stage.places[0], "K-1", random.Random(number))
        assert life.updates[-1].reported_time <= stage.clock.last


def test_a_handful_stays_open_one_grave_among_them(told: dict[str, Rows]) -> None:
    still = [life[-1] for life in told.values() if life[-1]["status"] not in STATUS_CLOSED]
    assert 8 <= len(still) <= 13
    assert sum(row["tingkat"] == "tinggi" for row in still) == 1


def test_some_reports_turn_out_unfounded(told: dict[str, Rows]) -> None:
    assert any(life[-1]["status"] == "tidak_terbukti" for life in told.values())


def test_every_point_lies_in_its_kecamatan(
    boundaries: Boundaries, day: dict[str, Rows], told: dict[str, Rows]
) -> None:
    located = [row for row in day["incidents"] if row["lat"]]
    lon = np.array([float(row["lon"]) for row in located])
    lat = np.array([float(row["lat"]) for row in located])
    assert boundaries.locate(lon, lat).tolist() == [row["kode_kecamatan"] for row in located]
    # The slow, obvious way.
    for row in located[::20]:
        assert (
            boundaries.distance_km(row["kode_kecamatan"], float(row["lon"]), float(row["lat"])) == 0
        )


def test_about_a_tenth_has_no_location(told: dict[str, Rows]) -> None:
    without = sum(not life[0]["lat"] for life in told.values())
    assert 0.03 * len(told) <= without <= 0.2 * len(told)


def test_reports_come_at_the_hours_of_their_kind(told: dict[str, Rows]) -> None:
    seen = Counter(life[0]["jenis"] for life in told.values())
    assert len(seen) >= 15
    for life in told.values():
        if life[0]["jenis"] == "politik_uang":
            assert hour(life[0]) < "07:00"
        if life[0]["jenis"] == "listrik_jaringan":
            assert hour(life[0]) >= "12:00"
        if life[0]["jenis"] in ("hitung_ulang", "psu"):
            assert hour(life[0]) > "13:00"


def test_floods_stay_where_the_facts_name_them(told: dict[str, Rows]) -> None:
    named = {f"16.10.{number:02d}" for number in (1, 5, 6, 10, 14, 15, 16)}
    water = [
        life[0]
        for life in told.values()
        if any(word in life[0]["uraian"] for word in ("tergenang", "terendam", "Air masuk"))
    ]
    assert water
    assert {row["kode_kecamatan"] for row in water} <= named


def test_crowds_rise_and_calm_down_and_one_goes_to_merah(told: dict[str, Rows]) -> None:
    courses = [
        [row["situasi"] for row in life]
        for life in told.values()
        if any(row["situasi"] for row in life)
    ]
    assert len(courses) in (2, 3)
    for course in courses:
        assert course[0] == course[-1] == "hijau"
        assert "kuning" in course
    assert sum("merah" in course for course in courses) == 1
    merah = next(course for course in courses if "merah" in course)
    assert merah[merah.index("merah") - 1] == "kuning"


def test_nothing_is_called_hijau_while_a_crowd_is_not(
    day: dict[str, Rows], told: dict[str, Rows]
) -> None:
    for life in told.values():
        tense = [n for n, row in enumerate(life) if row["situasi"] in ("kuning", "merah")]
        if not tense:
            continue
        start, end = life[tense[0]]["waktu_lapor"], life[tense[-1] + 1]["waktu_lapor"]
        for row in day["incidents"]:
            if row["jenis"] == "nihil" and row["kode_kecamatan"] == life[0]["kode_kecamatan"]:
                assert not start <= row["waktu_lapor"] <= end


def test_each_kecamatan_reports_nihil_most_hours(ogan_ilir: Register, day: dict[str, Rows]) -> None:
    nihil = [row for row in day["incidents"] if row["jenis"] == "nihil"]
    assert {row["status"] for row in nihil} == {"nihil"}
    assert {row["situasi"] for row in nihil} == {"hijau"}
    hours = Counter(row["kode_kecamatan"] for row in nihil)
    assert set(hours) == set(ogan_ilir.kecamatan)
    assert all(12 <= count <= 19 for count in hours.values())


def test_two_kecamatan_fall_silent_for_two_hours_or_more(
    ogan_ilir: Register, day: dict[str, Rows]
) -> None:
    """From the end of roll call to the evening, gaps in everything a kecamatan tells."""
    rows = [row for feed in ("incidents", "tps", "personnel") for row in day[feed]]
    gaps = {}
    for code in ogan_ilir.kecamatan:
        told = [
            datetime.fromisoformat(row["waktu_lapor"])
            for row in rows
            if row["kode_kecamatan"] == code and "06:00" < row["waktu_lapor"][11:16] < "19:00"
        ]
        told.sort()
        gaps[code] = max(b - a for a, b in pairwise(told))
    silent = [code for code, gap in gaps.items() if gap > timedelta(hours=2)]
    assert len(silent) == 2
    assert all(gaps[code] < timedelta(hours=3) for code in silent)


def test_a_silence_delays_and_keeps_the_order() -> None:
    start = datetime.fromisoformat("2031-03-05T09:00:00+09:00")
    silence = KecamatanOutage("98.01.01", start, start + timedelta(hours=2, minutes=30))
    moments = [start + timedelta(minutes=n) for n in range(-30, 240)]
    delayed = [silence.delay(moment) for moment in moments]
    assert delayed == sorted(set(delayed))
    assert all(after >= before for before, after in zip(moments, delayed, strict=True))
    assert not any(silence.start <= moment < silence.end for moment in delayed)
    assert delayed[-1] == moments[-1]
    assert silence.delay(silence.end + CATCH_UP_TIME) == silence.end + CATCH_UP_TIME


def test_silence_spares_the_kecamatan_with_a_crowd() -> None:
    place = register((5, 5, 5))
    stage = context.build_context(place, squares(sorted(place.kecamatan)), 1)
    busy = {"98.01.01", "98.01.03"}
    assert [s.kecamatan for s in feed_rows.draw_kecamatan_outages(stage, busy, stage.rng("x"))] == [
        "98.01.02"
    ]
    assert feed_rows.draw_kecamatan_outages(stage, set(place.kecamatan), stage.rng("x")) == []
