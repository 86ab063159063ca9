"""Who tells an incident of the rehearsal day, how far it is trusted, who handles it; its twins."""

from __future__ import annotations

from datetime import datetime
from itertools import combinations

import pytest

from situasi.domain.feed_schemas import STATUS_CLOSED
from situasi.domain.register import Register
from tests.simulation.builders import Rows, lives

_KM_PER_DEGREE = 111.0
_STEPS = {"verify": ("dilaporkan",), "handle": ("dilaporkan", "diverifikasi")}


@pytest.fixture
def told(day: dict[str, Rows]) -> dict[str, Rows]:
    return lives(day["incidents"])


def minutes(one: dict[str, str], other: dict[str, str], heading: str = "waktu_lapor") -> float:
    a, b = (datetime.fromisoformat(row[heading]) for row in (one, other))
    return abs((b - a).total_seconds()) / 60


def twins_of(told: dict[str, Rows]) -> list[tuple[dict[str, str], dict[str, str]]]:
    """First rows of pairs at one place, of one kind, minutes apart."""
    firsts = [life[0] for life in told.values()]
    same = ("kode_kecamatan", "desa", "tps", "jenis")
    return [
        (one, other)
        for one, other in combinations(firsts, 2)
        if all(one[heading] == other[heading] for heading in same)
        and minutes(one, other, "waktu") < 15
    ]


def test_every_turn_says_who_told_it_and_not_always_the_same(told: dict[str, Rows]) -> None:
    assert all(row["pelapor"] for life in told.values() for row in life)
    assert any(len({row["pelapor"] for row in life}) > 1 for life in told.values())


def test_a_unit_is_assigned_from_handling_on_and_never_before(told: dict[str, Rows]) -> None:
    for life in told.values():
        for row in life:
            handled = row["status"] in ("ditangani", "diteruskan", "selesai")
            assert bool(row["ditugaskan"]) == handled
        assert len({row["ditugaskan"] for row in life} - {""}) <= 1


def test_a_referral_begins_with_the_turn_that_passes_it_on(told: dict[str, Rows]) -> None:
    found = set()
    for life in told.values():
        for row in life:
            found.add(row["rujukan"])
            passed = [r for r in life if r["status"] == "diteruskan"]
            assert not row["rujukan"] or (passed and row["waktu_lapor"] >= passed[0]["waktu_lapor"])
    assert {"bawaslu", "bpbd"} <= found


def test_what_is_checked_is_graded_and_some_first_words_are_not_yet(told: dict[str, Rows]) -> None:
    first = [life[0] for life in told.values()]
    ungraded = [row for row in first if not row["keandalan"]]
    assert 0.1 * len(first) < len(ungraded) < 0.5 * len(first)
    for life in told.values():
        for row in life[1:]:
            assert row["keandalan"]
            assert row["kredibilitas"] == ("5" if row["status"] == "tidak_terbukti" else "1")
    assert all(bool(row["keandalan"]) == bool(row["kredibilitas"]) for row in first)
    assert {row["kredibilitas"] for row in first} == {"", "3", "6"}


def test_hearsay_is_trusted_less_than_what_the_post_saw(told: dict[str, Rows]) -> None:
    graded = [life[0] for life in told.values() if life[0]["keandalan"]]
    heard = [row for row in graded if "melaporkan" in row["uraian"] or "mengaku" in row["uraian"]]
    assert all(row["keandalan"] == "D" for row in heard)
    assert any(row["keandalan"] == "A" for row in graded)


@pytest.mark.parametrize("step", ["verify", "handle"])
def test_most_reports_keep_the_service_times_and_some_do_not(
    ogan_ilir: Register, told: dict[str, Rows], step: str
) -> None:
    late = kept = 0
    for life in told.values():
        allowed = getattr(ogan_ilir.election.rules.service_levels[life[-1]["tingkat"]], step)
        reached = [row for row in life if row["status"] not in _STEPS[step]]
        if reached:
            took = minutes(life[0], reached[0])
            late += took > allowed.total_seconds() / 60
            kept += took <= allowed.total_seconds() / 60
    assert 3 <= late < 0.4 * kept


def test_something_open_at_the_end_is_overdue(ogan_ilir: Register, told: dict[str, Rows]) -> None:
    end = {"waktu_lapor": "2024-11-27T23:00:00+07:00"}
    service = ogan_ilir.election.rules.service_levels
    opened = [life for life in told.values() if life[-1]["status"] not in STATUS_CLOSED]
    overdue = [
        life for life in opened
        if minutes(life[0], end) > service[life[-1]["tingkat"]].close.total_seconds() / 60
    ]  # fmt: skip
    assert overdue


def test_two_or_three_happenings_are_told_twice_in_other_words_by_other_posts(
    told: dict[str, Rows],
) -> None:
    pairs = twins_of(told)
    assert 2 <= len(pairs) <= 3
    for one, other in pairs:
        assert one["id"] != other["id"]
        assert one["uraian"] != other["uraian"]
        assert one["pelapor"] != other["pelapor"]
        metres = 1000 * _KM_PER_DEGREE * max(
            abs(float(one["lat"]) - float(other["lat"])),
            abs(float(one["lon"]) - float(other["lon"])),
        )  # fmt: skip
        assert 0 < metres < 400
