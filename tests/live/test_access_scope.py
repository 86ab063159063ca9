"""Sight: what a viewer may not see is taken away before anything is computed."""

from __future__ import annotations

import pandas as pd
import pytest

from pages.turnout import data as turnout_data
from situasi.access.roles import GUARDED_COLUMNS, ROLES, SCREENS, Viewer
from situasi.analysis.situation import area_summary as analysis
from situasi.analysis.stations.status import build_station_table
from situasi.analysis.turnout import summary
from situasi.board import Board
from situasi.domain import feed_schemas
from situasi.domain import register as domain_register
from situasi.live import access_scope
from tests import queries
from tests.builders import incident, incidents, report, rows_of, wib

INDRALAYA, PEMULUTAN = "16.10.04", "16.10.05"


def frames(**given: pd.DataFrame) -> dict[str, pd.DataFrame]:
    empty = {name: rows_of(feed) for name, feed in feed_schemas.FEEDS.items()}
    return {**empty, "incidents": incidents(), **given}


def of(role: str, *area: str) -> access_scope.AccessScope:
    return access_scope.scope_of(Viewer("siapa", ROLES[role], area))


def test_rows_of_another_kecamatan_are_never_given_and_those_of_the_kabupaten_are() -> None:
    every = frames(
        incidents=incidents(
            incident(id="A", kecamatan=INDRALAYA),
            incident(id="B", kecamatan=PEMULUTAN),
            incident(id="C", kecamatan=None),
        )
    )
    seen = access_scope.filter_frames(every, of("operator", INDRALAYA))
    assert list(seen["incidents"]["id"]) == ["A", "C"]
    assert list(every["incidents"]["id"]) == ["A", "B", "C"]


@pytest.mark.parametrize("feed", feed_schemas.FEEDS)
def test_the_area_holds_for_every_feed(feed: str) -> None:
    rows = [report(id="A", kecamatan=INDRALAYA), report(id="B", kecamatan=PEMULUTAN)]
    made = rows_of(feed_schemas.FEEDS[feed], *rows) if feed != "incidents" else incidents(
        *(incident(**row) for row in rows)
    )  # fmt: skip
    seen = access_scope.filter_frames(frames(**{feed: made}), of("pimpinan", INDRALAYA))
    assert "B" not in set(seen[feed]["id"])


def test_a_merge_with_a_case_out_of_sight_does_not_tell_of_it() -> None:
    cases = incidents(
        incident(id="A", kecamatan=INDRALAYA),
        incident(id="B", kecamatan=INDRALAYA),
        incident(id="C", kecamatan=PEMULUTAN),
    )
    a, b, c = cases["case"]
    merges = rows_of(
        feed_schemas.MERGES,
        report(id="1", kecamatan=None, kasus=a, ke=b, tindakan="gabung"),
        report(id="2", kecamatan=None, kasus=a, ke=c, tindakan="gabung"),
    )
    seen = access_scope.filter_frames(
        frames(incidents=cases, merges=merges), of("operator", INDRALAYA)
    )
    assert list(seen["merges"]["id"]) == ["1"]


def test_who_may_not_see_officers_is_not_told_who_escorts_a_box() -> None:
    tps = rows_of(feed_schemas.TPS, report(tps="001", fase="kotak_bergeser", pengawal="P-0182"))
    assert access_scope.filter_frames(frames(tps=tps), of("tamu"))["tps"]["pengawal"].isna().all()
    assert list(access_scope.filter_frames(frames(tps=tps), of("operator"))["tps"]["pengawal"]) == [
        "P-0182"
    ]
    assert set(GUARDED_COLUMNS.values()) <= set(SCREENS)


def test_the_same_sight_is_shared_however_the_area_is_written() -> None:
    assert of("operator", INDRALAYA, PEMULUTAN) == of("operator", PEMULUTAN, INDRALAYA)
    assert of("operator", INDRALAYA) != of("operator")


def test_every_figure_of_a_limited_viewer_is_of_their_own_area(board: Board) -> None:
    every = board.register
    own = every.restrict_to([PEMULUTAN])
    assert list(own.kecamatan) == [PEMULUTAN]
    assert len(own.tps) == every.kecamatan[PEMULUTAN].tps == 71
    assert {desa.kecamatan for desa in own.desa.values()} == {PEMULUTAN}
    known = access_scope.filter_frames(frames(), of("operator", PEMULUTAN))
    found = queries.run(analysis.compute_area_summary, known, own, wib("12.00"))
    assert list(found.turnout.index) == list(found.coverage_gaps.index) == [PEMULUTAN]
    rates = summary.build_turnout_table(build_station_table(known, own, wib("12.00")), own)
    assert int(summary.compute_total(rates)["tps"]) == 71


def test_the_list_of_an_area_is_not_taken_for_the_official_one_of_the_kabupaten(
    board: Board,
) -> None:
    def estimated(register: domain_register.Register) -> bool:
        found = queries.run(turnout_data.compute_turnout_data, frames(), register, wib("12.00"), ())
        return bool(found.total["estimated"])

    assert not estimated(board.register)
    assert estimated(board.register.restrict_to([PEMULUTAN]))
    assert board.register.is_complete and not board.register.restrict_to([PEMULUTAN]).is_complete
    assert board.register.restrict_to(()) is board.register


def test_what_is_hidden_or_freed_of_names_is_none_where_there_is_nothing() -> None:
    told = incidents(
        incident(id="A", uraian=None, pelapor="Bripka Budi"),
        incident(id="B", uraian="dilaporkan Bripka Budi", pelapor=None),
    )
    seen = access_scope.filter_frames(frames(incidents=told), of("tamu"))["incidents"]
    assert seen["pelapor"].tolist() == [None, None]
    assert seen["uraian"].iloc[0] is None and "Budi" not in seen["uraian"].iloc[1]
    assert seen["pelapor"].dtype == seen["uraian"].dtype == object
