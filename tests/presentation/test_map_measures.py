"""Colours of the map: a kecamatan of which nothing came is not one in which nothing happened."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd

from situasi.domain.feed_schemas import FASE
from situasi.domain.register import Register
from situasi.figures.theme import LIGHT
from situasi.presentation import map_measures


def test_no_report_is_drawn_as_silence_and_no_open_incident_as_zero(register: Register) -> None:
    open_in, closed_in, silent = list(register.kecamatan)[:3]
    overview: Any = SimpleNamespace(
        open_cases=pd.DataFrame({"kecamatan": [open_in]}),
        reporting_kecamatan={open_in, closed_in},
    )
    nothing_else: Any = None
    measure = map_measures.build_measure(
        "terbuka", overview, nothing_else, register.kecamatan, LIGHT
    )
    drawn = {code: measure.build_area(place) for code, place in register.kecamatan.items()}
    assert (drawn[open_in].value, drawn[open_in].fill_mode) == ("1", "filled")
    assert (drawn[closed_in].value, drawn[closed_in].fill_mode) == ("0", "filled")
    assert (drawn[silent].value, drawn[silent].fill) == ("", None)
    assert drawn[silent].fill_mode == "silent"


def test_a_kecamatan_whose_tps_fell_silent_is_hatched_over_the_phase_it_once_told(
    register: Register,
) -> None:
    calm, silent, *_others = list(register.kecamatan)
    states = {"terlambat": 0, "tak_terjangkau": 0}
    row = {**dict.fromkeys(FASE, 0), "dibuka": 10, "tps": 10, **states}
    phases = pd.DataFrame(dict.fromkeys(register.kecamatan, row)).T
    phases.loc[silent, ["terlambat", "tak_terjangkau"]] = [6, 1]

    def draw(*, lacks_reports: bool) -> Any:
        summary: Any = SimpleNamespace(phases=phases, lacks_station_reports=lacks_reports)
        nothing: Any = None
        return map_measures.build_measure("fase", nothing, summary, register.kecamatan, LIGHT)

    measure = draw(lacks_reports=False)
    drawn = {code: measure.build_area(register.kecamatan[code]) for code in (calm, silent)}
    assert (drawn[calm].hatch, drawn[silent].hatch) == (0, 0.7)
    assert drawn[calm].fill == drawn[silent].fill
    assert measure.hatch_label
    # Where the source is missing nothing is known of any TPS, not even that it is late.
    unknown = draw(lacks_reports=True)
    assert not unknown.hatch_label
    assert unknown.build_area(register.kecamatan[silent]).hatch == 0


def test_a_stated_situasi_is_told_by_its_letter_as_well_as_by_its_colour(
    register: Register,
) -> None:
    calm, tense, grave, *_others = list(register.kecamatan)
    states = {calm: "hijau", tense: "kuning", grave: "merah"}
    crowd = pd.DataFrame({"kecamatan": states.keys(), "situasi": states.values()})
    every = pd.DataFrame({"kecamatan": list(register.kecamatan)}).merge(crowd, how="left")
    overview: Any = SimpleNamespace(
        crowd_states=every, open_cases=pd.DataFrame({"kecamatan": [grave, calm]})
    )
    summary: Any = SimpleNamespace(silent_places=pd.DataFrame({"kecamatan": [], "share": []}))
    measure = map_measures.build_measure("situasi", overview, summary, register.kecamatan, LIGHT)
    values = {code: measure.build_area(register.kecamatan[code]).value for code in states}
    assert values == {calm: "1", tense: "K", grave: "M 1"}


def test_what_stands_for_the_end_of_duty_on_the_map_of_officers_is_in_its_legend() -> None:
    names = ("jauh kurang", "kurang", "sesuai pola", "lebih", "jauh lebih")

    def describe(*released: int) -> list[str]:
        rows = [{"known": True, "tps": 10, "released": count} for count in released]
        table = pd.DataFrame(rows, columns=["known", "tps", "released"])
        return [word for _, word in map_measures.build_strength_legend(table, names, LIGHT)]

    assert describe(0, 4) == [*names]
    assert describe(4, 5) == [*names, "usai, sisa: TPS masih dijaga"]
    # Where it is over everywhere no area has a colour of the scale.
    assert describe(9, 10) == ["usai, sisa: TPS masih dijaga"]
    assert describe() == [*names]
