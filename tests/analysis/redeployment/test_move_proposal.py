"""What is proposed for a shortage is what the plan moves there, by where it comes from."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from situasi.analysis.redeployment.move_proposal import (
    EMPTY,
    SHORT,
    MoveProposal,
    compute_proposal,
)
from tests.analysis.builders_moves import AT, known, needs
from tests.analysis.redeployment.test_plan import (
    FAR,
    GROUND,
    NEAR,
    PATIENT,
    REGISTER,
    TPS,
    at_post,
    ready,
)
from tests.builders import wib

ABSENT = at_post("P-1", *TPS[:2], came=False)


def proposed(*rows: dict[str, Any]) -> MoveProposal:
    return compute_proposal(needs(known(*rows), REGISTER), GROUND, PATIENT, wib(AT))


def shortage(kind: str, kecamatan: str = NEAR, member: str | None = None) -> Any:
    """A row of find_decisions: of one kecamatan, or of one TPS."""
    return SimpleNamespace(kind=kind, kecamatan=kecamatan, member=member, count=1, area_count=1)


def test_those_who_move_are_counted_by_where_they_come_from() -> None:
    found = proposed(*ABSENT, *ready("R-1"), *ready("R-2"), *ready("R-3", FAR, "patroli"))
    for kind in (EMPTY, SHORT):
        forces = found.find_forces(shortage(kind))
        assert forces
        moves = [m for m in found.plan.moves if m.destination.kecamatan == NEAR]
        assert sum(force.count for force in forces) == len(moves)
        assert forces[0].count == max(force.count for force in forces)
        assert all(force.nearest_km <= force.farthest_km for force in forces)


def test_of_several_kecamatan_those_who_go_to_the_worst_are_named_first() -> None:
    """However many go elsewhere: the line on the wall names the worst alone."""
    away = [
        *at_post("P-2", f"{FAR}.2001.001", f"{FAR}.2001.002", came=False),
        *at_post("P-3", f"{FAR}.2002.001", came=False),
    ]
    spare = [*ready("R-1"), *ready("R-2", FAR), *ready("R-3", FAR)]
    found = proposed(*ABSENT, *away, *spare)
    for worst in (NEAR, FAR):
        row = shortage(EMPTY, worst)
        row.area_count = 2
        forces = found.find_forces(row)
        assert forces is not None
        assert forces[0].destination == worst
        assert {force.destination for force in forces} == {NEAR, FAR}


def test_of_one_tps_only_those_are_named_who_go_there() -> None:
    found = proposed(*ABSENT, *ready("R-1"), *ready("R-2"))
    served = {code for move in found.plan.moves for code in move.destination.tps_codes}
    for code in TPS:
        assert bool(found.find_forces(shortage(EMPTY, member=code))) == (code in served)


def test_where_nobody_may_move_that_is_known_and_where_nothing_is_short_nothing_is_said() -> None:
    assert proposed(*ABSENT).find_forces(shortage(EMPTY)) == []
    # Of a kecamatan without postings nothing is missing.
    assert proposed(*ABSENT).find_forces(shortage(EMPTY, FAR)) is None
