"""The activities around the rehearsal day: planned, done, lapsed, by stage and SOP line."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from situasi.domain.feed_schemas import FUNGSI
from situasi.domain.register import Register, SopItem, Stage
from situasi.simulation import sop_links

from .builders import Rows, play, register

DAY = "2024-11-27"


@pytest.fixture(scope="module")
def tellings(day: dict[str, Rows]) -> dict[str, Rows]:
    found: dict[str, Rows] = defaultdict(list)
    for row in day["activities"]:
        found[row["id"]].append(row)
    return found


def stage(code: str, name: str, start: date | None, end: date | None) -> Stage:
    return Stage(code, name, start, end, "nasional", "tersumber", "", "")


def line(
    code: str, of: str, text: str, fungsi: str = "preventif", giat: str = "patroli"
) -> SopItem:
    return SopItem(code, of, text, fungsi, giat, "usulan")


def with_plan(stages: tuple[Stage, ...], sop: tuple[SopItem, ...]) -> Register:
    return replace(register((5, 4)), stages=stages, sop=sop)


def test_activities_reach_back_weeks_and_past_ones_came_true_were_off_or_lapsed(
    tellings: dict[str, Rows],
) -> None:
    ends = {own[-1]["status"] for own in tellings.values() if own[0]["waktu"] < DAY}
    assert {"terlaksana", "rencana"} <= ends
    assert any(own[-1]["status"] == "batal" for own in tellings.values())
    assert min(own[0]["waktu"] for own in tellings.values()) < "2024-10"


def test_a_plan_is_told_before_its_time_and_what_became_of_it_after(
    tellings: dict[str, Rows],
) -> None:
    for own in tellings.values():
        assert [row["status"] for row in own[:-1]] in ([], ["rencana"])
        for row in own:
            assert (row["status"] == "rencana") == (row["waktu_lapor"] < row["waktu"])


def test_what_comes_after_the_day_is_only_planned_and_known_by_its_morning(
    tellings: dict[str, Rows],
) -> None:
    ahead = [own for own in tellings.values() if own[0]["waktu"][:10] > DAY]
    assert {row["status"] for own in ahead for row in own} == {"rencana"}
    next_stage = [own[0] for own in ahead if own[0]["tahapan"] == "T23"]
    assert len({row["kode_kecamatan"] for row in next_stage}) == 16
    assert all(row["waktu_lapor"] < f"{DAY}T09" for row in next_stage)


def test_stages_and_sop_lines_are_of_the_election_and_agree(
    ogan_ilir: Register, day: dict[str, Rows]
) -> None:
    lines = {item.code: item for item in ogan_ilir.sop}
    for row in day["activities"]:
        assert row["tahapan"] in {stage.code for stage in ogan_ilir.stages}
        assert row["fungsi"] in FUNGSI
        if row["sop"]:
            item = lines[row["sop"]]
            assert (item.stage, item.fungsi, item.giat) == (
                row["tahapan"], row["fungsi"], row["giat"],
            )  # fmt: skip


def test_an_activity_lies_within_its_stage_or_beside_it(
    ogan_ilir: Register, day: dict[str, Rows]
) -> None:
    known = {stage.code: stage for stage in ogan_ilir.stages}
    for row in day["activities"]:
        if row["sop"] and row["uraian"] in {item.text for item in ogan_ilir.sop}:
            own = known[row["tahapan"]]
            assert own.start and own.end
            assert own.start <= date.fromisoformat(row["waktu"][:10]) <= own.end


def test_every_sop_line_of_the_stages_so_far_is_at_least_planned(
    ogan_ilir: Register, day: dict[str, Rows]
) -> None:
    begun = {s.code for s in ogan_ilir.stages if s.start and s.end and str(s.start) <= DAY}
    wanted = {item.code for item in ogan_ilir.sop if item.stage in begun and item.giat}
    assert wanted <= {row["sop"] for row in day["activities"]}


def test_there_is_a_drill_and_work_with_every_partner(day: dict[str, Rows]) -> None:
    assert any(
        row["giat"] == "latihan" and "Sispamkota" in row["uraian"] for row in day["activities"]
    )
    partners = {name for row in day["activities"] for name in row["mitra"].split(", ")}
    assert {"KPU", "Bawaslu", "TNI", "Pemkab", "Satpol PP", "Linmas"} <= partners


def test_a_line_of_a_stage_without_dates_or_far_ahead_is_not_planned(tmp_path: Path) -> None:
    place = with_plan(
        (
            stage("A1", "Kampanye", date(2031, 2, 1), date(2031, 3, 1)),
            stage("A2", "Penetapan", None, None),
            stage("A3", "Jauh", date(2031, 4, 1), date(2031, 4, 2)),
        ),
        (line("L1", "A1", "Satu"), line("L2", "A2", "Dua"), line("L3", "A3", "Tiga")),
    )
    found = {row["sop"] for row in play(tmp_path, of=place)["activities"]}
    assert found == {"", "L1"}


def test_a_register_without_stages_has_activities_without_stage(tmp_path: Path) -> None:
    rows = play(tmp_path, of=register((5, 4)))["activities"]
    assert {(row["tahapan"], row["sop"]) for row in rows} == {("", "")}


def test_an_activity_takes_the_line_whose_words_are_nearest_or_none() -> None:
    place = with_plan(
        (stage("A1", "Masa tenang", None, None),),
        (
            line("L1", "A1", "Patroli masa tenang; cegah politik uang"),
            line("L2", "A1", "Patroli jalur sungai bersama BPBD"),
        ),
    )

    def found(text: str) -> str:
        return sop_links.find_sop_code(place, "A1", "preventif", "patroli", text)

    assert found("Patroli malam masa tenang.") == "L1"
    assert found("Patroli di jalur sungai.") == "L2"
    assert found("Apel pagi.") == ""
    assert sop_links.find_sop_code(place, "A1", "humas", "patroli", "Patroli masa tenang.") == ""


def test_a_stage_is_found_by_how_its_name_begins() -> None:
    place = with_plan((stage("A1", "Rekapitulasi tingkat kecamatan (PPK)", None, None),), ())
    assert sop_links.find_stage_code(place, "Rekapitulasi tingkat kecamatan") == "A1"
    assert sop_links.find_stage_code(place, "Masa tenang") == ""
