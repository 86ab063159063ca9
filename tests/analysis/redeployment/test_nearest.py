"""The nearest forces: present reserves and patrols, counted by place, the nearest first."""

from __future__ import annotations

from situasi.analysis.redeployment.candidates import Candidate
from situasi.analysis.redeployment.nearest import find_nearest_forces
from situasi.domain.road_network import Geography

GROUND = Geography({"1.1": (104.0, -3.0), "1.2": (104.1, -3.0), "1.3": (105.0, -3.0)},
                   {"1.1": 9.0, "1.2": 9.0, "1.3": 9.0}, {}, "1.1")  # fmt: skip


def ready(name: str, duty: str, place: str) -> Candidate:
    return Candidate(name, duty, place, (), f"Polsek {place}", latihan=False)


def test_forces_are_counted_by_place_and_the_nearest_come_first() -> None:
    some = [ready("P1", "cadangan", "1.3"), ready("P2", "patroli", "1.1"),
            ready("P3", "cadangan", "1.2"), ready("P4", "cadangan", "1.2")]  # fmt: skip
    forces = find_nearest_forces(some, GROUND, "1.1", 2)
    assert [(f.duty, f.place_code, f.count) for f in forces] == [
        ("patroli", "1.1", 1),
        ("cadangan", "1.2", 2),
    ]
    assert 0 < forces[0].km < forces[1].km < 12


def test_without_anybody_ready_there_is_no_force_to_name() -> None:
    assert find_nearest_forces([], GROUND, "1.1", 2) == []
