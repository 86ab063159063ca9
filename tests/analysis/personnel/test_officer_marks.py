"""Roster, postings and check-ins of one officer meet by the mark, in whatever order they came."""

from __future__ import annotations

from itertools import permutations

import pandas as pd
import pytest

from situasi.analysis import view_time
from situasi.analysis.personnel import coverage
from situasi.analysis.personnel.coverage import Coverage
from situasi.board import Board
from situasi.domain.officer_marks import find_officer_numbers, resolve_officers, shorten_mark
from situasi.ingest.withdrawal import withdraw
from situasi.live.access_scope import AccessScope
from tests.builders import unbounded
from tests.builders_files import report
from tests.conftest import NOON
from tests.ingest.door import deliver

NRP = "87041234"
FEEDS = ("roster", "postings", "personnel")
ROWS = {
    "roster": report("roster", petugas="P-7", nrp_tersamar=NRP, pangkat="Bripka"),
    "postings": report("postings", petugas=NRP, waktu="27/11/2024 05.00", tps="1"),
    "personnel": report("personnel", petugas="", NRP=f"NRP {NRP}", checkin="tiba", tps="001",
                        desa="Tanjung Gelam", waktu="27/11/2024 11.30"),
}  # fmt: skip


def covered(board: Board, feeds: tuple[str, ...] = FEEDS) -> Coverage:
    snapshot = board.snapshot_reader.refresh().snapshot
    live = view_time.ViewTime(NOON, live=True, is_exercise=False)
    found = board.analysis_cache.view(snapshot, live, AccessScope(feeds)).compute(
        coverage.compute_coverage
    )
    assert isinstance(found, Coverage)
    return found


@pytest.mark.parametrize("order", list(permutations(FEEDS)))
def test_one_officer_is_one_whichever_list_came_first(board: Board, order: tuple[str, ...]) -> None:
    for feed in order:
        assert deliver(board, feed, ROWS[feed]).accepted == 1
        covered(board)  # what was found before must not stay
    officers = covered(board).officers
    assert officers.index.tolist() == ["P-7"]
    officer = officers.loc["P-7"]
    assert (officer["pangkat"], officer["state"]) == ("Bripka", "hadir")
    assert officer["posted"]
    assert officer["on_roster"]


def test_posting_orders_that_name_both_join_number_and_nrp_without_a_roster(board: Board) -> None:
    deliver(board, "postings", {**ROWS["postings"], "petugas": "P-9", "NRP": NRP})
    deliver(board, "personnel", ROWS["personnel"])
    assert covered(board).officers.index.tolist() == ["P-9"]


def test_an_officer_without_a_number_is_one_by_the_mark_alone(board: Board) -> None:
    for feed in FEEDS:
        row = {**ROWS[feed], "petugas": NRP} | ({"nrp_tersamar": ""} if feed == "roster" else {})
        assert deliver(board, feed, row).accepted == 1
    [officer] = covered(board).officers.index
    assert officer == board.ingest_context.officer_key.mark_number(NRP)
    assert len(shorten_mark(officer)) == len("N-XXXXXX")


def test_a_roster_that_is_taken_back_joins_nobody_any_more(board: Board) -> None:
    for feed in FEEDS:
        deliver(board, feed, ROWS[feed])
    withdraw(board.store, unbounded("uji"), 1, NOON, "salah")
    [officer] = covered(board).officers.index
    assert officer.startswith("N-")


def test_a_later_number_goes_before_an_earlier_one_and_the_roster_before_orders() -> None:
    mark = "N-BBBBBBBBBBBB"

    def rows(*pairs: tuple[str, str | None]) -> pd.DataFrame:
        cells = [(seq, petugas, nrp) for seq, (petugas, nrp) in enumerate(pairs, 1)]
        return pd.DataFrame(cells, columns=["seq", "petugas", "nrp"]).astype({"nrp": "object"})

    frames = {"roster": rows(("P-1", mark), ("P-2", mark)), "postings": rows(("P-3", mark))}
    assert find_officer_numbers(frames) == {mark: "P-2"}
    assert find_officer_numbers({"postings": frames["postings"]}) == {mark: "P-3"}
    assert find_officer_numbers({"roster": rows((mark, mark), ("P-1", None))}) == {}
    resolved = resolve_officers(rows((mark, mark), ("P-5", None)), {mark: "P-2"})
    assert resolved["petugas"].tolist() == ["P-2", "P-5"]
