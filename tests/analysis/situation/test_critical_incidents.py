"""Serious events: at which minute a playback stops, and why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from situasi.analysis.situation.critical import (
    CriticalEvent,
    find_critical_events,
    next_event_minute,
    previous_event_minute,
)
from tests.analysis.builders_tps import small
from tests.builders import incident, incidents, wib


def found(*rows: dict[str, Any], kecamatan: tuple[str, ...] = ()) -> list[tuple[str, str, str]]:
    told = find_critical_events({"incidents": incidents(*rows)}, small(), wib("12.00"), kecamatan)
    return [(f"{one.minute:%H.%M}", one.case[:3], one.reason[1]) for one in told]


def test_a_case_is_serious_from_when_it_became_known_as_tinggi_not_from_its_first_word() -> None:
    rows = [
        incident(at="08.00", tingkat="sedang"),
        incident(at="08.00", known="08.30", tingkat="tinggi"),
        incident(at="08.00", known="09.00", tingkat="tinggi", status="ditangani"),
    ]
    assert found(*rows) == [("08.30", "K-1", "tinggi")]


def test_a_situasi_merah_is_serious_whatever_its_weight() -> None:
    rows = [
        incident(at="08.00", tingkat="rendah", situasi="kuning"),
        incident(at="08.00", known="08.20", tingkat="rendah", situasi="merah"),
    ]
    assert found(*rows) == [("08.20", "K-1", "merah")]


def test_the_minute_is_the_first_whole_one_at_which_it_is_known() -> None:
    late = wib("08.00") + timedelta(seconds=1)
    assert found(incident(known=late, tingkat="tinggi")) == [("08.01", "K-1", "tinggi")]
    assert found(incident(known="08.00", tingkat="tinggi")) == [("08.00", "K-1", "tinggi")]


def test_a_kecamatan_has_its_own_and_those_of_the_whole_kabupaten() -> None:
    rows = [
        incident(id="K-1", at="08.00", tingkat="tinggi"),
        incident(id="K-2", at="08.10", tingkat="tinggi", kecamatan="16.10.05"),
        incident(id="K-3", at="08.20", tingkat="tinggi", kecamatan=None),
    ]
    assert [case for _, case, _ in found(*rows, kecamatan=("16.10.05",))] == ["K-2", "K-3"]
    assert len(found(*rows)) == 3


def test_a_calm_day_has_none() -> None:
    assert found() == []
    assert found(incident(tingkat="sedang", situasi="kuning")) == []


def test_what_is_of_another_day_is_no_event_of_this_one() -> None:
    rows = [incident(at=wib("08.00") - timedelta(days=1), tingkat="tinggi"),
            incident(at=wib("08.00") + timedelta(days=1), tingkat="tinggi")]  # fmt: skip
    assert found(*rows) == []


def test_the_step_goes_to_the_next_and_back_to_the_one_before_never_to_itself() -> None:
    events = [CriticalEvent(wib(clock), clock, ("tingkat", "tinggi"), "akses", None)
              for clock in ("08.00", "09.00", "10.00")]  # fmt: skip
    assert next_event_minute(events, wib("08.00")) == wib("09.00")
    assert next_event_minute(events, wib("09.30")) == wib("10.00")
    assert next_event_minute(events, wib("10.00")) is None
    assert previous_event_minute(events, wib("09.00")) == wib("08.00")
    assert previous_event_minute(events, wib("08.00")) is None
