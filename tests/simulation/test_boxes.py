"""Boxes on the move and TPS out of reach on the rehearsal day."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

import pytest

from situasi.domain.boundaries import Boundaries
from situasi.domain.register import Register
from situasi.simulation import context
from situasi.simulation.feed_rows import delay_past_outage
from situasi.simulation.stations import outages

from .builders import Rows, register, squares

Tps = tuple[str, str, str]


def tps_of(row: dict[str, str]) -> Tps:
    return row["kode_kecamatan"], row["desa"], row["tps"]


def test_every_box_moves_with_officers_of_the_roster(day: dict[str, Rows]) -> None:
    police = {row["petugas"] for row in day["roster"] if row["petugas"].startswith("P-")}
    moving = [row for row in day["tps"] if row["fase"] == "kotak_bergeser"]
    assert all(set(row["pengawal"].split(", ")) <= police for row in moving)
    assert not any(row["pengawal"] for row in day["tps"] if row["fase"] != "kotak_bergeser")


def test_a_box_is_escorted_by_whoever_is_posted_to_its_tps(day: dict[str, Rows]) -> None:
    posted: dict[Tps, set[str]] = defaultdict(set)
    for row in day["postings"]:
        for number in filter(None, row["tps"].split(",")):
            if row["petugas"].startswith("P-"):
                posted[row["kode_kecamatan"], row["desa"], number].add(row["petugas"])
    for row in day["tps"]:
        own = posted[tps_of(row)]
        if row["fase"] == "kotak_bergeser" and own:
            assert set(row["pengawal"].split(", ")) <= own


def test_boxes_pass_the_pps_and_a_few_go_on_to_the_kpu_late(day: dict[str, Rows]) -> None:
    by_fase: dict[str, Rows] = defaultdict(list)
    for row in day["tps"]:
        by_fase[row["fase"]].append(row)
    assert len(by_fase["kotak_tiba_pps"]) >= len(by_fase["kotak_tiba_ppk"])
    at_kpu = by_fase["kotak_tiba_kpu"]
    assert 10 <= len(at_kpu) <= 120
    assert min(row["waktu"][11:16] for row in at_kpu) >= "21:00"
    assert {tps_of(row) for row in at_kpu} <= {tps_of(row) for row in by_fase["kotak_tiba_ppk"]}


def test_a_few_tps_on_water_are_out_of_reach_and_then_within_it(
    ogan_ilir: Register, boundaries: Boundaries, day: dict[str, Rows]
) -> None:
    stage = context.build_context(ogan_ilir, boundaries, 2024)
    wet = {
        (p.kecamatan, p.desa, p.tps)
        for p in stage.places
        if stage.is_on_water(p) or p.kecamatan in stage.flood_weights
    }
    lost: dict[Tps, Rows] = defaultdict(list)
    for row in day["tps"]:
        if row["kontak"]:
            lost[tps_of(row)].append(row)
    assert 3 <= len(lost) <= 6
    assert set(lost) <= wet
    for gone, back in lost.values():
        assert (gone["kontak"], back["kontak"]) == ("tak_terjangkau", "terjangkau")
        assert gone["waktu"] < back["waktu"]
        assert not gone["fase"] + gone["hadir"] + back["fase"] + back["hadir"]


def test_nothing_is_heard_of_a_tps_while_it_is_out_of_reach(day: dict[str, Rows]) -> None:
    spans = {}
    for row in day["tps"]:
        if row["kontak"]:
            spans.setdefault(tps_of(row), []).append(row["waktu"])
    for row in day["tps"]:
        if not row["kontak"] and tps_of(row) in spans:
            start, end = spans[tps_of(row)]
            assert not start <= row["waktu_lapor"] < end


def test_some_tps_are_out_of_reach_at_nine_and_one_has_not_said_that_it_opened(
    day: dict[str, Rows],
) -> None:
    told = [row for row in day["tps"] if row["waktu_lapor"] <= "2024-11-27T09:00"]
    away = {tps_of(row): row["kontak"] for row in told if row["kontak"]}
    gone = {tps for tps, kontak in away.items() if kontak == "tak_terjangkau"}
    assert len(gone) >= 2
    assert gone - {tps_of(row) for row in told if row["fase"] == "dibuka"}


def test_a_small_register_loses_no_tps() -> None:
    place = register((9, 7, 4))
    assert (
        outages.draw_station_outages(
            context.build_context(place, squares(sorted(place.kecamatan)), 1)
        )
        == []
    )


@pytest.mark.parametrize("minutes", [0, 30, 59])
def test_what_waits_comes_after_the_break_in_its_order(minutes: int) -> None:
    place = register((3,))
    start = context.build_context(place, squares(sorted(place.kecamatan)), 1).clock.opens
    end = start + timedelta(hours=1)
    one = delay_past_outage(start + timedelta(minutes=minutes), start, end)
    other = delay_past_outage(start + timedelta(minutes=minutes + 1), start, end)
    assert end <= one < other
    assert delay_past_outage(start - timedelta(minutes=1), start, end) == start - timedelta(
        minutes=1
    )
