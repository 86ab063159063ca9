"""Pictures for paper: whole at every size, the same each time, told apart without colour."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from situasi.analysis.incidents import timeline
from situasi.domain import boundaries as domain_boundaries
from situasi.domain.feed_schemas import FASE
from situasi.domain.register import Register
from situasi.figures.print import charts
from situasi.figures.print import map as printed_map
from tests.builders import DAY, WIB, wib

NAMES = {"rendah": "rendah", "sedang": "sedang", "tinggi": "tinggi", "belum": "belum dinilai"}
_WORDS = {"hijau": "hijau", "kuning": "kuning", "merah": "merah", "": "belum ada kabar", **NAMES}
_WORDS |= {printed_map.ESTIMATE: "letak perkiraan", printed_map.SILENT: "senyap"}


def slots(count: int, by: str) -> pd.DataFrame:
    index = pd.date_range(DAY, periods=count, freq=by)
    return pd.DataFrame(np.arange(count * 4).reshape(count, 4) % 5, index, list(NAMES))


def png(draw: Callable[[str], bytes]) -> Image.Image:
    return Image.open(io.BytesIO(draw("png")))


@pytest.mark.parametrize(("count", "by"), [(1, "h"), (24, "h"), (48, "h"), (3, "D"), (60, "D")])
def test_a_period_of_any_length_is_drawn(count: int, by: str) -> None:
    def draw(form: str) -> bytes:
        return charts.draw_incident_chart(
            slots(count, by), NAMES, [(wib("00.20"), "TPS buka")], form
        )

    assert png(draw).width == 1340  # 6.7 inches of 200 dots
    assert draw("svg").startswith(b"<?xml")
    assert draw("svg") == draw("svg")


def test_an_empty_period_is_drawn_as_one() -> None:
    nothing = timeline.count_by_slot(
        pd.DataFrame({"precision": [], "occurred_at": pd.to_datetime([], utc=True), "tingkat": []}),
        wib("00.00"), wib("23.00"), pd.Timedelta(hours=1),
    )  # fmt: skip
    assert png(lambda form: charts.draw_incident_chart(nothing, NAMES, [], form)).height > 300


def test_turnout_stops_where_nobody_told() -> None:
    index = pd.date_range(wib("07.00"), wib("14.00"), freq="15min", tz=WIB)
    curve = pd.DataFrame({"rate": np.nan, "expected": np.linspace(0, 83, len(index))}, index)
    curve.loc[curve.index[:4], "rate"] = [1.0, 2.0, 3.0, 4.0]
    some = charts.draw_turnout_chart(
        curve, [("Pilkada 2020", 83.6)], ("melapor", "perkiraan"), "svg"
    )
    curve["rate"] = np.linspace(0, 60, len(index))
    assert some != charts.draw_turnout_chart(
        curve, [("Pilkada 2020", 83.6)], ("melapor", "perkiraan"), "svg"
    )


@pytest.mark.parametrize("places", [1, 16, 40])
def test_a_bar_for_each_kecamatan(places: int) -> None:
    columns = ["belum", *FASE]
    counts = pd.DataFrame(np.arange(places * len(columns)).reshape(places, -1) % 7, columns=columns)
    names = [f"Kecamatan {n}" for n in range(places)]
    drawn = png(
        lambda form: charts.draw_phase_chart(counts, names, {one: one for one in columns}, form)
    )
    assert drawn.height > 200


def test_the_states_of_the_map_are_told_apart_without_colour(register: Register) -> None:
    boundaries = domain_boundaries.load(register.election.boundaries_folder)
    numbers = {code: at for at, code in enumerate(register.kecamatan, start=1)}
    nothing = pd.DataFrame({"lat": [], "lon": [], "placed_by": [], "tingkat": []})

    def grey(state: str | None, silent: tuple[str, ...] = ()) -> bytes:
        states = dict.fromkeys(register.kecamatan, state)
        drawn = png(
            lambda form: printed_map.draw_situation_map(
                boundaries, numbers, states, nothing, _WORDS, form, silent=silent
            )
        )
        # Of two tones alone: neither colour nor a shade of grey.
        return drawn.convert("L").point(lambda tone: 255 * (tone > 110)).tobytes()

    stated = {state: grey(state) for state in ("hijau", "kuning", "merah", None)}
    assert len(set(stated.values())) == 4
    # A calm kecamatan of which half is silent is not drawn as one that tells that it is calm.
    assert grey("hijau", silent=("16.10.02",)) not in stated.values()


def test_a_kecamatan_without_a_word_has_a_dashed_edge_and_a_calm_one_a_whole_one(
    register: Register,
) -> None:
    boundaries = domain_boundaries.load(register.election.boundaries_folder)
    numbers = {code: at for at, code in enumerate(register.kecamatan, start=1)}
    nothing = pd.DataFrame({"lat": [], "lon": [], "placed_by": [], "tingkat": []})

    def dashes(state: str | None) -> int:
        states = dict.fromkeys(register.kecamatan, state)
        drawn = printed_map.draw_situation_map(boundaries, numbers, states, nothing, _WORDS, "svg")
        return drawn.count(b"stroke-dasharray")

    legend_and_railway = 2
    assert dashes("hijau") == legend_and_railway
    assert dashes(None) >= legend_and_railway + len(numbers)


def test_points_of_every_weight_are_on_the_map(register: Register) -> None:
    boundaries = domain_boundaries.load(register.election.boundaries_folder)
    lon, lat = boundaries.label_points["16.10.05"]

    def draw(level: str | None, placed_by: str = "titik") -> bytes:
        points = pd.DataFrame(
            {"lat": [lat + 0.02], "lon": [lon], "placed_by": [placed_by], "tingkat": [level]}
        )
        return printed_map.draw_situation_map(
            boundaries, {"16.10.05": 1}, {}, points, _WORDS, "svg"
        )

    assert len({draw(level) for level in ("rendah", "sedang", "tinggi", None)}) == 4
    assert draw("tinggi") != draw("tinggi", "desa") == draw("tinggi", "kecamatan")
