"""Works: each is given the feeds that it names and no others, and what its parts found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd
import pytest

from pages.neutrality import page as neutrality_page
from pages.personnel import data as personnel_data
from pages.stations import page as stations_page
from pages.turnout import data as turnout_data
from situasi.analysis.activities import summary
from situasi.analysis.personnel import coverage
from situasi.analysis.queries import dependencies_of, reads
from situasi.analysis.situation import area_summary, worklist
from situasi.analysis.stations import reports, status
from situasi.domain import feed_schemas
from situasi.domain.feed_schemas import INCIDENTS, MERGES, TPS
from situasi.domain.register import Register
from tests import queries
from tests.analysis.builders_tps import small
from tests.builders import incidents, rows_of, wib

AT = wib("12.00")
Known = Mapping[str, pd.DataFrame]


def frames() -> dict[str, pd.DataFrame]:
    empty = {name: rows_of(feed) for name, feed in feed_schemas.FEEDS.items()}
    return {**empty, "incidents": incidents()}


@reads(TPS)
def part(known: Known, _register: Register, _at: datetime) -> tuple[str, ...]:
    return tuple(known)


@reads(INCIDENTS, MERGES, depends_on=(part,))
def whole(known: Known, _register: Register, at: datetime, found: Any, asked: str) -> Any:
    return tuple(known), at, found, asked


def test_a_work_is_given_the_frames_of_the_feeds_that_it_names_and_what_its_parts_found() -> None:
    given = queries.run(whole, frames(), small(), AT, "more")
    assert given == (("incidents", "merges"), AT, ("tps",), "more")


def test_a_work_rests_on_the_feeds_of_its_parts_too() -> None:
    assert dependencies_of(whole).feeds == ("incidents", "merges")
    assert dependencies_of(whole).all_feeds == ("incidents", "merges", "tps")


def test_a_feed_that_the_viewer_may_not_see_is_not_given() -> None:
    assert queries.run(part, {}, small(), AT) == ()


@reads(INCIDENTS)
def forgetful(known: Mapping[str, pd.DataFrame], *_: object) -> object:
    return known.get("tps")


@reads(INCIDENTS)
def asking(known: Mapping[str, pd.DataFrame], *_: object) -> bool:
    return "tps" in known


@pytest.mark.parametrize("work", [forgetful, asking])
def test_a_work_that_reads_what_it_does_not_name_fails_instead_of_finding_nothing(
    work: Any,
) -> None:
    with pytest.raises(AssertionError, match="tps"):
        queries.run(work, frames(), small(), AT)


def test_a_work_that_did_not_say_what_it_reads_is_given_everything() -> None:
    assert queries.run(lambda known, *_: tuple(known), frames(), small(), AT) == tuple(
        feed_schemas.FEEDS
    )


@pytest.mark.parametrize(
    ("work", "asked"),
    [
        (status.build_station_table, ()),
        (reports.find_unmatched_reports, ()),
        (coverage.compute_coverage, ()),
        (area_summary.compute_area_summary, ()),
        (worklist.compute_worklist, (worklist.Selection(),)),
        (personnel_data.compute_personnel, ((),)),
        (turnout_data.compute_turnout_data, ((),)),
        (neutrality_page.compute_neutrality, ((),)),
        (stations_page.select_reports, ("16.10.01.1011.001",)),
    ],
)
def test_every_work_of_the_pages_names_all_that_it_reads(work: Any, asked: tuple[Any, ...]) -> None:
    assert len(dependencies_of(work).all_feeds) < len(feed_schemas.FEEDS)
    assert queries.run(work, frames(), small(), AT, *asked) is not None


def test_the_activities_are_read_by_their_page_alone() -> None:
    assert dependencies_of(summary.compute_activity_summary).all_feeds == (
        "activities",
        "tps",  # how far the TPS are, for the lines of the SOP
    )
