"""What counts of the day: each incident once, by when it happened, none that was not true."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from situasi.analysis import timestamps
from situasi.analysis.as_of import AsOfView
from situasi.analysis.hotspots.hotspots import Hotspots, compute_hotspots
from situasi.analysis.hotspots.incident_counts import IncidentCounts, compute_counts
from situasi.analysis.queries import dependencies_of
from situasi.domain.feed_schemas import INCIDENTS, MERGES
from tests import queries
from tests.analysis.builders_tps import whole
from tests.builders import incident, incidents, report, rows_of, wib

HERE, THERE = "16.10.04", "16.10.05"
VALID = whole().election.thresholds.situasi_valid


def view(clock: str, *rows: dict[str, Any], merges: tuple[dict[str, Any], ...] = ()) -> AsOfView:
    frames = {"incidents": incidents(*rows), "merges": rows_of(MERGES, *merges)}
    return AsOfView(frames, wib(clock))


def at(clock: str, *rows: dict[str, Any], merges: Any = ()) -> IncidentCounts:
    known = view(clock, *rows, merges=merges)
    counts: IncidentCounts = queries.run(compute_counts, known, whole(), wib(clock))
    return counts


def picture(clock: str, *rows: dict[str, Any]) -> Hotspots:
    found: Hotspots = queries.run(compute_hotspots, view(clock, *rows), whole(), wib(clock))
    return found


def keys(counts: IncidentCounts) -> list[str]:
    return [case.partition("|")[0] for case in counts.counted["case"]]


def crowd(number: int, clock: str = "09", **stated: Any) -> list[dict[str, Any]]:
    return [incident(id=f"C-{n}", at=f"{clock}.{3 * n:02}", **stated) for n in range(number)]


def test_an_incident_counts_once_however_often_it_was_reported() -> None:
    rows = [incident(), incident(known="09.00", status="diverifikasi")]
    assert keys(at("12.00", *rows)) == ["K-1"]


def test_nihil_is_no_incident_but_a_word_from_there() -> None:
    word = incident(at="11.00", jenis="nihil", status="nihil")
    assert at("12.00", word).reported_count == 0
    cells = picture("12.00", word).cells
    assert (cells["count"][cells["kecamatan"] == HERE] == 0).all()
    assert cells["count"][cells["kecamatan"] == THERE].isna().all()


def test_what_was_not_true_is_set_apart_and_does_not_count() -> None:
    day = at("12.00", incident(), incident(id="K-2", known="09.00", status="tidak_terbukti"))
    assert keys(day) == ["K-1"]
    assert (day.uncounted, day.reported_count) == (1, 2)


def test_without_an_hour_or_a_kecamatan_it_is_numbered_and_does_not_count() -> None:
    rows = [
        incident(),
        incident(id="K-2", at="00.00", known="09.00", precision="hari"),
        incident(id="K-3", kecamatan=None),
    ]
    day = at("12.00", *rows)
    assert keys(day) == ["K-1"]
    assert (day.without_hour, day.without_place, day.reported_count) == (1, 1, 3)


def test_merged_reports_are_one_incident_from_when_they_were_merged() -> None:
    rows = [incident(), incident(id="K-2", known="08.20")]
    one, other = incidents(*rows)["case"]
    joined = report(at="08.30", kasus=one, ke=other, tindakan="gabung")
    assert keys(at("12.00", *rows, merges=(joined,))) == ["K-1"]
    assert len(keys(at("08.25", *rows, merges=(joined,)))) == 2
    parted = report(at="08.40", id="X-2", kasus=one, ke=other, tindakan="pisah")
    assert len(keys(at("12.00", *rows, merges=(joined, parted)))) == 2


def test_other_days_and_the_hours_before_the_watch_do_not_count() -> None:
    rows = [
        incident(at="03.30"),
        incident(id="K-2", at=wib("08.00") - timedelta(days=3)),
    ]
    assert at("12.00", *rows).reported_count == 0


def test_a_kecamatan_counts_as_heard_as_long_after_its_word_as_a_hijau_holds() -> None:
    cells = picture("12.00", incident(at="06.00")).cells
    unheard = cells["hour"][(cells["kecamatan"] == HERE) & cells["count"].isna()]
    assert unheard.min() == wib("06.00") + VALID


def test_a_crowd_is_marked_in_its_hour_and_called_while_it_is_fresh() -> None:
    found = picture("09.40", *crowd(7))
    [cell] = found.cells[found.cells["grade"] > 0].to_dict("records")
    assert (cell["kecamatan"], cell["hour"], cell["count"]) == (HERE, wib("09.00"), 7)
    [call] = found.calls
    assert cell["grade"] == 3 and cell["excess"] is call
    assert call.per_day < 0.01 and call.usual < 1 and call.count == 7
    assert (call.begin, call.end) == tuple(
        timestamps.to_us(wib(clock)) for clock in ("09.00", "09.30")
    )
    assert set(found.cases["case"]) == set(found.counts.counted["case"])
    late = picture("12.00", *crowd(7))
    assert late.calls == () and (late.cells["grade"] > 0).sum() == 1


def test_a_mark_goes_when_what_made_it_was_not_true() -> None:
    crowded = crowd(7)
    denied = [{**row, "known_at": wib("09.35"), "status": "tidak_terbukti"} for row in crowded]
    assert (picture("09.40", *crowded, *denied[:6]).cells["grade"] == 0).all()
    assert (picture("09.30", *crowded, *denied[:6]).cells["grade"] > 0).any()
    fewer = [cell.count for cell in picture("09.40", *crowded, *denied[:2]).calls]
    assert fewer == [5]  # what is left is still more than usual


@pytest.mark.parametrize("clock", ["03.00", "12.00"])
def test_a_quiet_day_has_a_picture_and_no_calls(clock: str) -> None:
    feeds = dependencies_of(compute_hotspots).all_feeds
    assert set(feeds) == {INCIDENTS.name, MERGES.name}
    found = picture(clock, incident())
    assert found.calls == () and len(found.cells) == (0 if clock == "03.00" else 16 * 8)
