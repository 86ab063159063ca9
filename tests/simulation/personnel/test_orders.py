"""The roster and the postings of the rehearsal day: 331 police, reserve, patrols, and gaps."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.domain.register import Register
from situasi.simulation import context
from situasi.simulation.personnel import deployment, roster
from tests.simulation.builders import Rows, play, register, squares

Tps = tuple[str, str, str]
EVENING = "2024-11-27"  # orders of the day before sort before it


def cover(rows: Rows) -> dict[Tps, set[str]]:
    """The police posted to each TPS by these rows."""
    found: dict[Tps, set[str]] = defaultdict(set)
    for row in rows:
        if row["petugas"].startswith("P-"):
            for number in filter(None, row["tps"].split(",")):
                found[row["kode_kecamatan"], row["desa"], number].add(row["petugas"])
    return found


@pytest.fixture(scope="module")
def standing(day: dict[str, Rows]) -> Rows:
    return [row for row in day["postings"] if row["waktu"] < EVENING]


@pytest.fixture(scope="module")
def later(day: dict[str, Rows]) -> Rows:
    return [row for row in day["postings"] if row["waktu"] >= EVENING]


def test_331_police_are_on_the_roster_20_of_them_lent(day: dict[str, Rows]) -> None:
    listed = Counter(row["instansi"] for row in day["roster"])
    assert (listed["polri"], listed["bko_polda"]) == (311, 20)
    assert listed["linmas"] < 2 * 667
    assert set(listed) == {"polri", "bko_polda", "tni", "satpol_pp", "linmas"}


def test_every_member_is_on_the_roster_once_and_without_a_name(day: dict[str, Rows]) -> None:
    numbers = [row["petugas"] for row in day["roster"]]
    assert len(set(numbers)) == len(numbers)
    assert "nama" not in day["roster"][0]
    assert {row["waktu"][:10] for row in day["roster"]} == {"2024-11-26"}


def test_units_are_those_of_the_polres_and_all_its_polsek(
    ogan_ilir: Register, day: dict[str, Rows]
) -> None:
    units = {row["satuan"] for row in day["roster"] if row["instansi"] == "polri"}
    assert {k.polsek for k in ogan_ilir.kecamatan.values()} <= units
    assert {"Satsamapta", "Satreskrim", "Satlantas", "Sipropam"} <= units


def test_every_member_has_exactly_one_order_of_the_day_before(
    day: dict[str, Rows], standing: Rows
) -> None:
    orders: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in standing:
        orders[row["petugas"]].add((row["waktu"], row["penugasan"]))
    assert set(orders) == {row["petugas"] for row in day["roster"]}
    assert all(len(own) == 1 for own in orders.values())


def test_a_few_tps_have_nobody_and_all_others_exactly_one_officer(standing: Rows) -> None:
    covered = cover(standing)
    assert 2 <= 667 - len(covered) <= 4
    assert all(len(officers) == 1 for officers in covered.values())


def test_some_but_not_all_bare_tps_are_filled_during_the_morning(
    standing: Rows, later: Rows
) -> None:
    filled = set(cover(later)) - set(cover(standing))
    assert filled
    assert 667 - len(cover(standing)) - len(filled) >= 2


def test_a_few_officers_have_more_tps_than_the_pattern_allows(
    ogan_ilir: Register, standing: Rows
) -> None:
    pattern = ogan_ilir.election.rules.staffing_patterns.pattern_for(None)
    tps = Counter(
        officer for officers in cover(standing).values() for officer in officers
    )  # fmt: skip
    thin = [officer for officer, count in tps.items() if count > pattern.tps / pattern.polri]
    assert 2 <= len(thin) <= 5


def test_reserve_stands_at_the_polres_and_at_each_polsek(
    ogan_ilir: Register, standing: Rows
) -> None:
    reserve = Counter(row["lokasi"] for row in standing if row["penugasan"] == "cadangan")
    stations = {f"Mako {k.polsek}" for k in ogan_ilir.kecamatan.values()}
    assert set(reserve) == stations | {"Mako Polres Ogan Ilir"}
    assert any(row["penugasan"] == "patroli" for row in standing)


def test_the_reserve_goes_to_the_crowd_and_comes_back(day: dict[str, Rows], later: Rows) -> None:
    merah = [row for row in day["incidents"] if row["situasi"] == "merah"]
    sent = [row for row in later if "massa" in row["uraian"] and row["tps"]]
    assert len(sent) == 4
    assert {(row["desa"], row["tps"]) for row in sent} == {(merah[0]["desa"], merah[0]["tps"])}
    assert all(row["waktu"] >= merah[0]["waktu_lapor"] for row in sent)
    back = {row["petugas"]: row["waktu"] for row in later if row["penugasan"] == "cadangan"}
    assert all(back[row["petugas"]] > row["waktu"] for row in sent)


def test_an_order_names_the_tps_of_one_desa_in_one_cell(standing: Rows) -> None:
    assert any("," in row["tps"] for row in standing)
    for row in standing:
        assert bool(row["tps"]) == (row["penugasan"] == "tps")


def test_linmas_are_listed_for_some_desa_only_and_two_by_two(day: dict[str, Rows]) -> None:
    tps = Counter(
        (row["kode_kecamatan"], row["desa"], row["tps"])
        for row in day["postings"]
        if row["petugas"].startswith("LIN")
    )
    assert 150 < len(tps) < 600
    assert set(tps.values()) == {2}


def test_a_small_register_has_its_force_too(tmp_path: Path) -> None:
    played = play(tmp_path, of=register((9, 7, 4)))
    assert len(cover(played["postings"])) == 20
    assert {"tps", "cadangan"} <= {row["penugasan"] for row in played["postings"]}


@given(tps=st.lists(st.integers(1, 60), min_size=1, max_size=12).map(tuple), seed=st.integers(0, 9))
def test_no_officer_is_posted_twice_and_no_order_is_empty(tps: tuple[int, ...], seed: int) -> None:
    place = register(tps)
    stage = context.build_context(place, squares(sorted(place.kecamatan)), seed)
    officers = roster.build_police_roster(stage)
    orders = deployment.build_initial_orders(stage, officers)
    assert sorted(order.member.petugas for order in orders) == [m.petugas for m in officers]
    assert all(bool(order.places) == (order.penugasan == "tps") for order in orders)
    covered = [p.tps_code for order in orders for p in order.places]
    assert len(set(covered)) == len(covered) >= sum(tps) - sum(tps) // 150
