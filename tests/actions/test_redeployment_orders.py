"""Plans decided: orders all or none, by whoever may, as long as they are still true."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from situasi.access.roles import ROLES, Viewer
from situasi.actions import redeployment_orders
from situasi.actions.redeployment_orders import PlanRefused
from situasi.analysis.redeployment import plan as redeployment_plan
from situasi.analysis.redeployment.plan import Move, RedeploymentNeeds
from situasi.board import Board
from situasi.domain.feed_schemas import FEEDS
from situasi.ingest.pipeline import ingest_rows
from situasi.live.access_scope import AccessScope
from situasi.ui import session
from tests.builders import unbounded
from tests.conftest import NOON

CHIEF = Viewer("kapolres", ROLES["pimpinan"])
HERE, ELSEWHERE = "16.10.05", "16.10.04"
DESA = "16.10.05.2019"
MORNING, EARLY = "2024-11-27T10:00", "2024-11-26T16:00"


def bring(board: Board, feed: str, *rows: dict[str, str]) -> None:
    ledger = ingest_rows(
        list(rows), "uji", board.store, board.ingest_context, unbounded("uji"), feed=feed, now=NOON
    )
    assert ledger.accepted == len(rows), ledger.reasons


def reserve(board: Board, *petugas: str, kecamatan: str = HERE) -> None:
    """Officers in reserve who answer."""
    place = {"kode_kecamatan": kecamatan}
    for who in petugas:
        bring(board, "roster", {"petugas": who, "instansi": "polri", "pangkat": "Bripka"})
        bring(board, "postings",
              {"waktu": EARLY, "petugas": who, "penugasan": "cadangan", **place})  # fmt: skip
        bring(board, "personnel", {"waktu": MORNING, "petugas": who, "instansi": "polri",
              "checkin": "apel", **place})  # fmt: skip


def absent(board: Board, petugas: str, tps: str) -> None:
    """An officer of a TPS who never came."""
    bring(board, "roster", {"petugas": petugas, "instansi": "polri", "pangkat": "Bripka"})
    bring(board, "postings", {"waktu": EARLY, "petugas": petugas, "penugasan": "tps",
          "kode_kecamatan": HERE, "kode_desa": DESA, "tps": tps})  # fmt: skip


def needs(board: Board) -> RedeploymentNeeds:
    shown = board.refresher.refresh()
    at = session.ViewTime(NOON.astimezone(board.register.election.zone), True, False)
    view = board.analysis_cache.view(shown.snapshot, at, AccessScope(tuple(FEEDS)))
    found: RedeploymentNeeds = view.compute(redeployment_plan.compute_needs, (HERE,))
    return found


def planned(board: Board) -> list[Move]:
    rule = replace(board.register.election.rules.redeployment, time_limit_s=60.0)
    return list(redeployment_plan.compute_plan(needs(board), board.geography, rule, NOON).moves)


def accept(
    board: Board, moves: list[Move], viewer: Viewer = CHIEF, plan: str = "R-1", **stated: Any
) -> redeployment_orders.PlanDecision:
    told = {"load_needs": lambda: needs(board), "now": NOON, "exercise_now": None, **stated}
    return redeployment_orders.accept(board, viewer, plan, moves, 0, **told)


def orders(board: Board) -> int:
    return len(board.snapshot_reader.refresh().snapshot.frames["postings"])


@pytest.fixture
def short(board: Board) -> Iterator[Board]:
    """A board with two TPS without officers, and three reserves of whom two may go."""
    absent(board, "P-1", "001,002")
    reserve(board, "R-1", "R-2", "R-3")
    return board


def test_an_accepted_plan_is_orders_that_hold_and_the_tps_is_no_longer_short(short: Board) -> None:
    moves = planned(short)
    assert len(moves) == 2
    before = needs(short)
    accept(short, moves)
    rows = short.snapshot_reader.refresh().snapshot.frames["postings"]
    written = rows[rows["sumber"] == redeployment_orders.SOURCE]
    assert set(written["petugas"]) == {move.candidate.petugas for move in moves}
    assert set(written["pelapor"]) == {CHIEF.name}
    assert (written["penugasan"] == "tps").all() and not written["latihan"].any()
    now = needs(short)
    helped = [code for move in moves for code in move.destination.tps_codes]
    lacking = {name: set(found.tps.loc[found.tps["empty"], "code"])
               for name, found in (("before", before), ("now", now))}  # fmt: skip
    assert lacking["before"] - lacking["now"] == set(helped)
    assert now.en_route == {move.candidate.petugas for move in moves}


def test_an_accepted_plan_is_a_delivery_of_its_own_and_in_the_trail(short: Board) -> None:
    moves = planned(short)
    accept(short, moves)
    last = short.store.batches().iloc[-1]
    assert (last["source"], last["actor"], last["feed"]) == (
        redeployment_orders.SOURCE,
        "kapolres",
        "postings",
    )
    told = short.store.audit_entries()
    (deed,) = told[told["action"] == "plan-accept"].itertuples()
    assert (deed.actor, json.loads(deed.detail)["moves"]) == ("kapolres", 2)


def test_a_plan_that_is_no_longer_true_is_refused_whole(short: Board) -> None:
    moves = planned(short)
    gone = moves[1].candidate.petugas
    bring(short, "postings", {"waktu": MORNING, "petugas": gone, "penugasan": "patroli",
          "kode_kecamatan": ELSEWHERE})  # fmt: skip
    count = orders(short)
    with pytest.raises(PlanRefused, match=gone):
        accept(short, moves)
    assert orders(short) == count
    assert redeployment_orders.load_all(short.store) == []
    accept(short, moves[:1])  # what still holds can be taken alone
    assert orders(short) == count + 1


def test_of_two_who_accept_at_once_the_second_is_refused(short: Board) -> None:
    moves = planned(short)

    def meanwhile() -> RedeploymentNeeds:
        found = needs(short)
        accept(short, moves, plan="R-2")
        return found

    with pytest.raises(PlanRefused):
        accept(short, moves, load_needs=meanwhile)
    (made,) = redeployment_orders.load_all(short.store)
    assert made.id == "R-2"


def test_a_row_that_the_door_refuses_leaves_nothing_written(short: Board) -> None:
    moves = planned(short)
    wrong = replace(moves[1], candidate=replace(moves[1].candidate, petugas=""))
    count, waiting = orders(short), short.store.quarantine_counts()
    found = needs(short)
    with pytest.raises(PlanRefused):
        accept(
            short,
            [moves[0], wrong],
            load_needs=lambda: replace(found, candidates=(*found.candidates, wrong.candidate)),
        )
    assert (orders(short), short.store.quarantine_counts()) == (count, waiting)


def test_a_refusal_keeps_its_reason_and_writes_no_order(short: Board) -> None:
    moves, count = planned(short), orders(short)
    with pytest.raises(PlanRefused, match="alasan"):
        redeployment_orders.refuse(short.store, CHIEF, "R-1", moves, "  ", NOON, None)
    redeployment_orders.refuse(short.store, CHIEF, "R-1", moves, "cadangan untuk  PPK", NOON, None)
    (made,) = redeployment_orders.load_all(short.store)
    assert (made.accepted, made.by, made.reason) == (False, "kapolres", "cadangan untuk PPK")
    assert [one["petugas"] for one in made.moves] == [move.candidate.petugas for move in moves]
    assert orders(short) == count
    with pytest.raises(PlanRefused):  # it was decided
        accept(short, moves)


@pytest.mark.parametrize("role", ["analis", "propam", "tamu"])
def test_who_may_not_decide_decides_nothing(short: Board, role: str) -> None:
    viewer = Viewer(role, ROLES[role])
    with pytest.raises(PlanRefused):
        accept(short, planned(short), viewer)
    with pytest.raises(PlanRefused):
        redeployment_orders.refuse(short.store, viewer, "R-1", planned(short), "tidak", NOON, None)


def test_a_viewer_of_other_kecamatan_neither_writes_nor_sees_the_decisions(short: Board) -> None:
    moves = planned(short)
    stranger = Viewer("polsek", ROLES["operator"], (ELSEWHERE,))
    with pytest.raises(PlanRefused, match="wilayah"):
        accept(short, moves, stranger)
    accept(short, moves, Viewer("polsek", ROLES["operator"], (HERE,)))
    assert len(redeployment_orders.load_all(short.store, (HERE,))) == 1
    assert redeployment_orders.load_all(short.store, (ELSEWHERE,)) == []


def test_a_plan_with_one_move_of_another_kecamatan_is_not_decided_by_whoever_has_the_others(
    short: Board,
) -> None:
    ours, other = planned(short)
    theirs = replace(other, destination=replace(other.destination, kecamatan=ELSEWHERE))
    polsek = Viewer("polsek", ROLES["operator"], (HERE,))
    with pytest.raises(PlanRefused, match="wilayah"):
        accept(short, [ours, theirs], polsek)
    with pytest.raises(PlanRefused, match="wilayah"):
        redeployment_orders.refuse(short.store, polsek, "R-1", [ours, theirs], "tidak", NOON, None)
    assert redeployment_orders.load_all(short.store) == []


def test_moves_of_an_exercise_are_written_as_made_up_and_by_its_clock(short: Board) -> None:
    found = needs(short)
    made_up = [
        replace(move, candidate=replace(move.candidate, latihan=True)) for move in planned(short)
    ]
    played = NOON.replace(hour=3)
    accept(short, made_up, load_needs=lambda: found, exercise_now=played)
    rows = short.snapshot_reader.refresh().snapshot.frames["postings"].tail(len(made_up))
    assert rows["latihan"].all() and (rows["occurred_at"] == played).all()


def standing(board: Board) -> int:
    rows = board.snapshot_reader.refresh().snapshot.frames["postings"]
    return int(rows["withdrawn_at"].isna().sum())


def test_orders_taken_back_at_once_no_longer_hold_and_the_decision_says_so(short: Board) -> None:
    count, decision = standing(short), accept(short, planned(short))
    assert standing(short) > count
    with pytest.raises(PlanRefused):  # another person
        redeployment_orders.undo(short.store, Viewer("wati", ROLES["operator"]), decision, NOON)
    redeployment_orders.undo(short.store, CHIEF, decision, NOON)
    assert standing(short) == count
    (kept,) = redeployment_orders.load_all(short.store)
    assert kept.is_undone and kept.moves == decision.moves
    with pytest.raises(PlanRefused):  # not twice
        redeployment_orders.undo(short.store, CHIEF, decision, NOON)
    actions = list(short.store.audit_entries(0)["action"])
    assert actions[-2:] == ["withdraw", "plan-undo"]
