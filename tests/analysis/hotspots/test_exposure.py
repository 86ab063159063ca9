"""What counts of the day: each incident once, none that was unfounded, none from silence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

from situasi.analysis import queries
from situasi.analysis.as_of import AsOfView
from situasi.analysis.hotspots.exposure import ObservedDay, compute_observed_day
from situasi.analysis.hotspots.hotspots import Hotspots, compute_hotspots
from situasi.analysis.incidents.cases import Selection
from situasi.domain.feed_schemas import INCIDENTS, MERGES
from tests.analysis.builders_hot import centres
from tests.analysis.builders_tps import whole
from tests.builders import incident, incidents, report, rows_of, wib

HERE, THERE = "16.10.04", "16.10.05"
VALID = whole().election.thresholds.situasi_valid


def at(
    clock: str, *rows: dict[str, Any], merges: tuple[dict[str, Any], ...] = (), **wanted: Any
) -> ObservedDay:
    frames = {"incidents": incidents(*rows), "merges": rows_of(MERGES, *merges)}
    known = AsOfView(frames, wib(clock))
    return compute_observed_day(known, whole(), wib(clock), Selection(**wanted))


def keys(day: ObservedDay) -> list[str]:
    return day.cases["id"].tolist()


def test_an_incident_counts_once_however_often_it_was_told() -> None:
    rows = [incident(), incident(known="09.00", status="diverifikasi")]
    assert keys(at("12.00", *rows)) == ["K-1"]


def test_nihil_is_no_incident_but_a_word_from_there() -> None:
    day = at("12.00", incident(at="11.00", jenis="nihil", status="nihil"))
    assert keys(day) == [] and day.reported_count == 0
    assert day.observed_until[HERE] == wib("12.00")
    assert pd.isna(day.observed_until[THERE])


def test_what_was_unfounded_is_told_apart_and_does_not_count() -> None:
    day = at("12.00", incident(), incident(id="K-2", known="09.00", status="tidak_terbukti"))
    assert keys(day) == ["K-1"]
    assert (day.unfounded, day.reported_count) == (1, 2)


def test_without_an_hour_or_a_kecamatan_it_is_told_and_does_not_count() -> None:
    rows = [
        incident(),
        incident(id="K-2", at="00.00", known="09.00", precision="hari"),
        incident(id="K-3", kecamatan=None),
    ]
    day = at("12.00", *rows)
    assert keys(day) == ["K-1"]
    assert (day.without_hour, day.without_place, day.reported_count) == (1, 1, 3)


def test_merged_reports_are_one_incident() -> None:
    rows = [incident(), incident(id="K-2", known="08.20")]
    one, other = incidents(*rows)["case"]
    joined = report(at="08.30", kasus=one, ke=other, tindakan="gabung")
    assert len(keys(at("12.00", *rows, merges=(joined,)))) == 1
    assert len(keys(at("08.25", *rows, merges=(joined,)))) == 2  # nobody had merged them then


def test_only_what_was_known_at_the_moment_counts() -> None:
    rows = [incident(), incident(id="K-2", at="08.10", known="11.00")]
    assert keys(at("10.00", *rows)) == ["K-1"]
    assert keys(at("11.00", *rows)) == ["K-1", "K-2"]


def test_other_days_and_the_hours_before_the_watch_do_not_count() -> None:
    rows = [
        incident(at="03.30"),
        incident(id="K-2", at=wib("08.00") - timedelta(days=3)),
    ]
    day = at("12.00", *rows)
    assert keys(day) == [] and day.reported_count == 0


def test_only_the_wanted_kinds_count_and_the_place_is_chosen_later() -> None:
    rows = [incident(), incident(id="K-2", jenis="apk"), incident(id="K-3", kecamatan=THERE)]
    assert keys(at("12.00", *rows, jenis=("logistik",))) == ["K-1", "K-3"]


def test_a_kecamatan_counts_as_heard_as_long_after_its_word_as_a_hijau_holds() -> None:
    day = at("12.00", incident(at="06.00"))
    until = wib("06.00") + VALID
    assert day.observed_until[HERE] == until
    starts = pd.date_range(wib("04.00"), wib("12.00"), freq="1h", inclusive="left")
    hours = day.exposure_hours(starts, timedelta(hours=1))
    whole_hours = (until - wib("04.00")) / timedelta(hours=1)
    assert hours[list(day.tps_counts.index).index(HERE)].sum() == pytest.approx(whole_hours)
    assert hours[list(day.tps_counts.index).index(THERE)].sum() == 0


def test_the_work_says_which_feeds_it_reads_and_a_quiet_day_has_no_map_and_no_cluster() -> None:
    assert set(queries.dependencies_of(compute_hotspots).all_feeds) == {INCIDENTS.name, MERGES.name}
    frames = {"incidents": incidents(incident()), "merges": rows_of(MERGES)}
    known = AsOfView(frames, wib("12.00"))
    found: Hotspots = queries.run(
        compute_hotspots, known, whole(), wib("12.00"), Selection(), centres(whole())
    )
    assert found.rate_table.empty and found.scan.clusters == ()
    before: Hotspots = queries.run(
        compute_hotspots,
        AsOfView(frames, wib("03.00")),
        whole(),
        wib("03.00"),
        Selection(),
        centres(whole()),
    )
    assert before.rate_table.empty and before.day.reported_count == 0
