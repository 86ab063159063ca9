"""The timeline figure: what is counted is what is drawn, in local time."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from situasi.analysis.incidents.timeline import count_by_slot
from situasi.figures.charts.incident_timeline import build_incident_timeline
from situasi.figures.theme import LIGHT, TINGKAT
from tests.builders import DAY, case_table, incident, incidents, wib

NAMES = {level: level for level in TINGKAT}


def test_bars_are_the_counts_at_local_time_without_a_zone_to_misread() -> None:
    slots = count_by_slot(
        case_table(incidents(incident(at="08.03", tingkat="tinggi"))),
        wib("04.00"),
        DAY + timedelta(1),
    )
    figure = build_incident_timeline(slots, NAMES, [], None, LIGHT)
    tall = next(bar for bar in figure.data if bar.name == "tinggi")
    spots = [pd.Timestamp(tall.x0) + pd.Timedelta(milliseconds=tall.dx * n)
             for n in range(len(tall.y))]  # fmt: skip
    at = [spot for spot, y in zip(spots, tall.y, strict=True) if y]
    assert at == [pd.Timestamp("2024-11-27 08:00")]
    assert sum(sum(bar.y) for bar in figure.data) == 1


def test_moments_and_the_past_moment_are_marked_with_words() -> None:
    slots = count_by_slot(case_table(incidents()), wib("04.00"), DAY + timedelta(1))
    figure = build_incident_timeline(
        slots, NAMES, [(wib("07.00"), "TPS buka")], wib("09.10"), LIGHT
    )
    assert [a.text for a in figure.layout.annotations] == ["TPS buka", "09.10"]


def test_an_empty_day_still_has_an_axis() -> None:
    slots = count_by_slot(case_table(incidents()), wib("04.00"), DAY + timedelta(1))
    figure = build_incident_timeline(slots, NAMES, [], None, LIGHT)
    assert figure.layout.yaxis.range[1] >= 4
