"""Allocation: what is short, who may go, and that a plan leaves nobody worse off."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from situasi.analysis.redeployment import feasibility
from situasi.analysis.redeployment import plan as redeployment_plan
from situasi.analysis.redeployment.plan import Plan, RedeploymentNeeds
from situasi.domain import boundaries, election, road_network
from situasi.domain import register as domain_register
from situasi.domain.register import Register
from situasi.domain.settings import load
from tests.analysis.builders_moves import AT, crisis, known, listed, needs, order, rated, word
from tests.builders import incident, wib
from tests.effort import examples

REGISTER = domain_register.load(election.load(load({}).election_folder))
GROUND = road_network.load(REGISTER, boundaries.load(REGISTER.election.boundaries_folder))
RULE = REGISTER.election.rules.redeployment
PATIENT = replace(RULE, time_limit_s=60.0)  # on a busy machine nothing may be left unproven
DESA = "16.10.05.2019"
NEAR, FAR = "16.10.05", "16.10.14"
TPS = [str(code) for code in REGISTER.tps.loc[REGISTER.tps["desa"] == DESA, "code"]]


def level(register: Register, kerawanan: str, *codes: str) -> Register:
    """Return the register with these TPS of this kerawanan."""
    tps = register.tps
    return replace(
        register,
        tps=tps.assign(kerawanan=tps["kerawanan"].where(~tps["code"].isin(codes), kerawanan)),
    )


def at_post(who: str, *codes: str, came: bool = True) -> list[dict[str, Any]]:
    """An officer ordered to these TPS, who came there or never did."""
    return [listed(who), order(who, codes), *([word(who, codes[0])] if came else [])]


def ready(who: str, kecamatan: str | None = NEAR, kind: str = "cadangan") -> list[dict[str, Any]]:
    """An officer in reserve or on patrol who answers."""
    return [
        listed(who), order(who, (), kind, kecamatan=kecamatan),
        word(who, None, "apel", kecamatan=kecamatan),
    ]  # fmt: skip


def planned(found: RedeploymentNeeds, rule: Any = PATIENT) -> Plan:
    return redeployment_plan.compute_plan(found, GROUND, rule, wib(AT))


def short_of(found: RedeploymentNeeds) -> tuple[set[str], set[str]]:
    """TPS without officers, and TPS below the pattern."""
    tps = found.tps
    return set(tps.loc[tps["empty"], "code"]), set(tps.loc[tps["short"], "code"])


def free(found: RedeploymentNeeds) -> list[str]:
    return [one.petugas for one in found.candidates]


# What is short


def test_a_tps_whose_officer_never_came_is_without_and_below_until_one_is_there() -> None:
    found = needs(known(*at_post("P-1", *TPS[:2], came=False), *at_post("P-2", TPS[2])), REGISTER)
    assert short_of(found)[0] >= set(TPS[:2])
    assert TPS[2] not in short_of(found)[0] | short_of(found)[1]


def test_silence_is_no_absence() -> None:
    silent = [listed("P-1"), order("P-1", TPS[:1]), word("P-1", TPS[0], at="04.30")]
    assert TPS[0] not in set.union(*short_of(needs(known(*silent), REGISTER)))


def test_of_a_kecamatan_without_postings_nothing_is_missing() -> None:
    found = needs(known(*at_post("P-1", TPS[0])), REGISTER)
    assert all(code.startswith(NEAR) for code in set.union(*short_of(found)))


def test_an_officer_of_too_many_tps_leaves_them_below_the_pattern_and_one_more_is_enough() -> None:
    many = [str(code) for code in REGISTER.tps.loc[REGISTER.tps["kecamatan"] == NEAR, "code"]]
    of_desa = [code for code in many if code.startswith("16.10.05.2015")]
    other = [code for code in many if code.startswith("16.10.05.2016")]
    lines = [order("P-1", of_desa), {**order("P-1", other), "id": "O-2"}]
    found = needs(known(listed("P-1"), *lines, word("P-1", of_desa[0])), REGISTER)
    (bundle,) = [one for one in found.station_groups if of_desa[0] in one.tps_codes]
    assert set(bundle.tps_codes) == {*of_desa, *other}  # an order stays together
    assert (bundle.officers_needed, bundle.empty_points, len(bundle.short_points)) == (
        1,
        {},
        len(bundle.tps_codes),
    )


def test_one_officer_takes_as_many_tps_of_a_desa_as_the_pattern_allows() -> None:
    desa = REGISTER.tps.groupby("desa")["code"].agg(list)
    name, codes = next((one, some) for one, some in desa.items() if len(some) > 4)
    own = str(name).rpartition(".")[0]
    other = next(c for c in REGISTER.tps["code"] if c.startswith(own) and c not in codes)
    found = needs(known(*at_post("P-1", other)), REGISTER)
    sizes = sorted(len(one.tps_codes) for one in found.station_groups if one.desa == name)
    assert sizes == sorted([4] * (len(codes) // 4) + [len(codes) % 4] * bool(len(codes) % 4))


def test_the_gravest_needs_two_officers_and_the_first_of_them_ends_the_emptiness() -> None:
    register = level(REGISTER, "sangat_rawan", TPS[0])
    one = needs(known(*at_post("P-1", *TPS[1:]), *ready("P-2")), register)
    (bundle,) = [b for b in one.station_groups if TPS[0] in b.tps_codes]
    assert bundle.officers_needed == 2
    only = planned(needs(known(*at_post("P-1", *TPS[1:]), *_many_ready(2)), register))
    gone = [move for move in only.moves if TPS[0] in move.destination.tps_codes]
    assert [(bool(m.filled_tps), bool(m.completed_tps)) for m in gone][:1] == [(True, False)]


def _many_ready(count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        yield from ready(f"R-{number:03d}")


def test_who_has_just_been_ordered_there_is_awaited_and_nobody_else_is_sent() -> None:
    rows = [*ready("P-2"), order("P-2", TPS[:1], at="08.40", id="O-3")]
    assert TPS[0] not in set.union(*short_of(needs(known(*rows), REGISTER)))
    assert TPS[0] in short_of(needs(known(*rows), REGISTER, at="10.00"))[0]


def test_a_grave_case_nearby_puts_a_shortfall_before_others_of_its_kind() -> None:
    case = incident(id="K-9", kecamatan=NEAR, desa=DESA, tingkat="tinggi", status="ditangani")
    calm, grave = (needs(known(*at_post("P-1", TPS[1]), *rows), REGISTER) for rows in ([], [case]))
    points = [found.tps.set_index("code").loc[TPS[0], "points"] for found in (calm, grave)]
    assert points[1] - points[0] == RULE.shortfall_points["incident"]
    assert grave.station_groups[0].desa == DESA


# Who may go


def test_only_who_answers_and_whose_agency_is_named_may_go() -> None:
    rows = [
        *ready("P-1"),
        listed("P-2"), order("P-2", (), "cadangan", kecamatan=NEAR),
        *ready("P-3"), listed("P-3", "tni"),
        *ready("P-4", kind="kecamatan"),
        *at_post("P-5", TPS[0]),
    ]  # fmt: skip
    assert free(needs(known(*rows), REGISTER)) == ["P-1"]


def test_some_of_the_reserve_and_of_the_patrols_stay() -> None:
    every = [row for n in range(11) for row in ready(f"R-{n:02d}")]
    every += [row for n in range(5) for row in ready(f"S-{n:02d}", kind="patroli")]
    plan = planned(needs(known(*every, *at_post("P-1", TPS[0])), REGISTER))
    kinds = [move.candidate.duty for move in plan.moves]
    assert (kinds.count("cadangan"), kinds.count("patroli")) == (9, 2)  # of 11 and of 5


def test_an_officer_above_the_minimum_may_go_but_one_only_of_two_who_are_not_both_needed() -> None:
    first, second = at_post("P-1", TPS[0]), at_post("P-2", TPS[0])
    empty = at_post("P-3", TPS[1])
    found = needs(known(*first, *second, *empty), REGISTER)
    assert free(found) == ["P-1", "P-2"]
    gone = [move.candidate.petugas for move in planned(found).moves]
    assert len(gone) == 1 and gone[0] in {"P-1", "P-2"}


def test_nobody_leaves_a_tps_by_a_grave_case() -> None:
    case = incident(id="K-9", kecamatan=NEAR, desa=DESA, situasi="merah", status="ditangani")
    rows = [*at_post("P-1", TPS[0]), *at_post("P-2", TPS[0])]
    assert free(needs(known(*rows, case), REGISTER)) == []


def test_a_reserve_who_speaks_from_a_tps_guards_it_and_stays() -> None:
    guard = [listed("P-1"), order("P-1", (), "cadangan", kecamatan=NEAR), word("P-1", TPS[0])]
    found = needs(known(*guard, *at_post("P-2", TPS[1])), REGISTER)
    assert free(found) == []
    assert TPS[0] not in set.union(*short_of(found))


def test_whoever_sees_some_kecamatan_plans_with_their_officers_alone() -> None:
    rows = known(*ready("P-1", NEAR), *ready("P-2", FAR), *ready("P-3", None),
                 *at_post("P-4", TPS[0]))  # fmt: skip
    assert free(needs(rows, REGISTER.restrict_to([NEAR]))) == ["P-1"]
    assert free(needs(rows, REGISTER)) == ["P-1", "P-2", "P-3"]


def test_the_chosen_kecamatan_are_helped_by_officers_from_anywhere() -> None:
    far = next(str(c) for c in REGISTER.tps.loc[REGISTER.tps["kecamatan"] == FAR, "code"])
    rows = known(*ready("P-1", NEAR), *at_post("P-2", TPS[0]), *at_post("P-3", far))
    plan = planned(
        needs(rows, REGISTER, kecamatan=(FAR,)), replace(PATIENT, retained_shares={"cadangan": 0})
    )
    assert [(m.candidate.petugas, m.destination.kecamatan) for m in plan.moves] == [("P-1", FAR)]


# The plan


def test_no_move_is_longer_than_the_rule_allows() -> None:
    far = next(str(c) for c in REGISTER.tps.loc[REGISTER.tps["kecamatan"] == FAR, "code"])
    rows = known(*ready("P-1", NEAR), *at_post("P-3", far))
    rule = replace(PATIENT, retained_shares={"cadangan": 0.0})
    assert len(planned(needs(rows, REGISTER, kecamatan=(FAR,)), rule).moves) == 1
    near = replace(rule, max_km=10.0)
    assert planned(needs(rows, REGISTER, kecamatan=(FAR,)), near).moves == ()


@given(st.integers(0, 10_000), st.sampled_from([60, 100, 150]))
@settings(max_examples=examples(12))
def test_no_plan_leaves_a_tps_below_its_minimum_that_was_not_and_it_does_what_it_says(
    seed: int, officers: int
) -> None:
    register = rated(REGISTER.restrict_to([NEAR, FAR, "16.10.03"]), seed)
    found = needs(crisis(register, officers, seed), alone(register))
    plan = planned(found)
    left = feasibility.apply_moves(found, plan.moves)
    assert not (left["short"] & ~found.tps["short"]).any()
    assert not (left["empty"] & ~found.tps["empty"]).any()
    assert (left["held"] >= -1e-9).all()
    removed = found.tps[["empty", "short"]].sum() - left[["empty", "short"]].sum()
    assert int(removed.sum()) == sum(plan.shortfalls_removed)
    told = [
        sum(len(m.filled_tps) for m in plan.moves),
        sum(len(m.completed_tps) for m in plan.moves),
    ]
    assert removed.tolist() == told
    assert feasibility.is_feasible(plan.moves, found, RULE)
    assert all(feasibility.check_still_valid(plan.moves, found))
    assert len({move.candidate.petugas for move in plan.moves}) == len(plan.moves)


def alone(register: Register) -> Register:
    """A register that counts as whole: its viewer has no area."""
    return replace(register, election=replace(register.election, tps_total=len(register.tps)))


@pytest.mark.parametrize("seed", [1, 4])
def test_with_667_tps_and_400_officers_the_plan_is_the_best_and_beats_the_plain_way(
    seed: int,
) -> None:
    register = rated(REGISTER, seed)
    plan = planned(needs(crisis(register, 400, seed), register))
    plain_removed, plain_km = plan.greedy_result
    assert plan.is_optimal
    assert len(plan.moves) > 50
    assert plan.shortfalls_removed >= plain_removed
    assert plan.shortfalls_removed > plain_removed or plan.total_km < plain_km


def test_no_set_of_tps_of_a_desa_taken_by_so_many_officers_removes_more() -> None:
    """Bundles are made before officers are chosen: nothing is lost by that."""
    desa = REGISTER.tps.groupby("desa")["code"].agg(list)
    name, codes = next((one, some) for one, some in desa.items() if len(some) == 6)
    own = str(name).rpartition(".")[0]
    other = next(c for c in REGISTER.tps["code"] if c.startswith(own) and c not in codes)
    rows = known(*at_post("P-1", other), *ready("P-2", own))
    found = needs(rows, REGISTER)
    one_desa = replace(
        found, station_groups=tuple(b for b in found.station_groups if b.desa == name)
    )
    plan = planned(one_desa, replace(PATIENT, retained_shares={"cadangan": 0.0}))
    pattern = REGISTER.election.rules.staffing_patterns.pattern_for(None)
    sets = itertools.chain.from_iterable(itertools.combinations(codes, n) for n in range(7))
    most = max(len(some) for some in sets if len(some) * pattern.polri <= pattern.tps)
    assert plan.shortfalls_removed == (most, most)


def test_a_move_stands_only_while_its_officer_is_free_and_its_tps_is_short() -> None:
    rule = replace(PATIENT, retained_shares={"cadangan": 0.0})
    rows = [*ready("P-1"), *at_post("P-2", TPS[1])]
    before = needs(known(*rows), REGISTER, kecamatan=(NEAR,))
    only = replace(
        before, station_groups=tuple(b for b in before.station_groups if TPS[0] in b.tps_codes)
    )
    (move,) = planned(only, rule).moves
    assert feasibility.check_still_valid([move], before)[0]
    went = known(*rows, order("P-1", (), "patroli", kecamatan=FAR, at="08.00", id="O-9"))
    assert not feasibility.check_still_valid([move], needs(went, REGISTER))[0]
    filled = known(
        *rows, *(row for code in move.destination.tps_codes for row in at_post(f"Q-{code}", code))
    )
    assert not feasibility.check_still_valid([move], needs(filled, REGISTER))[0]


def test_moves_that_would_take_too_many_are_not_possible_together() -> None:
    rows = [row for n in range(10) for row in ready(f"R-{n:02d}")]
    found = needs(known(*rows, *at_post("P-2", TPS[1])), REGISTER)
    moves = planned(found).moves
    assert len(moves) == 9  # one in ten stays
    assert feasibility.is_feasible(moves, found, RULE)
    fewer = needs(known(*rows[:9], *at_post("P-2", TPS[1])), REGISTER)
    assert [feasibility.is_feasible(moves[:n], fewer, RULE) for n in (2, 3)] == [True, False]
