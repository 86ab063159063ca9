"""The officers and the activities of the rehearsal day."""

from __future__ import annotations

from collections import Counter, defaultdict

from .builders import Rows


def test_331_officers_are_on_the_roster_and_a_few_never_check_in(day: dict[str, Rows]) -> None:
    force = {row["petugas"]: row["instansi"] for row in day["personnel"]}
    assert 324 <= len(force) < 331
    assert all("P-0001" <= petugas <= "P-0331" for petugas in force)
    assert Counter(force.values())["bko_polda"] in range(17, 21)
    assert all(petugas > "P-0311" for petugas, unit in force.items() if unit == "bko_polda")


def test_an_officer_moves_through_the_day_in_order(day: dict[str, Rows]) -> None:
    order = ("apel", "pergeseran", "tiba_di_tps", "laporan_berkala", "kembali")
    seen: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in day["personnel"]:
        seen[row["petugas"]].append((row["waktu"], row["checkin"]))
    for checkins in seen.values():
        kinds = [order.index(kind) for _, kind in sorted(checkins)]
        assert kinds == sorted(kinds)
        assert len([k for k in kinds if k != 3]) == len({k for k in kinds if k != 3})


def test_roll_call_is_between_half_past_four_and_half_past_five(day: dict[str, Rows]) -> None:
    called = [row["waktu"][11:16] for row in day["personnel"] if row["checkin"] == "apel"]
    assert min(called) >= "04:30"
    assert max(called) <= "05:30"


def test_late_officers_say_why(day: dict[str, Rows]) -> None:
    late = [row for row in day["personnel"] if row["checkin"] == "tiba_di_tps" and row["uraian"]]
    assert late
    assert all("Terlambat" in row["uraian"] for row in late)


def test_every_tps_is_covered_by_exactly_one_officer_of_those_who_report(
    day: dict[str, Rows],
) -> None:
    cover = defaultdict(set)
    for row in day["personnel"]:
        if row["tps"]:
            cover[row["kode_kecamatan"], row["desa"], row["tps"]].add(row["petugas"])
    assert len(cover) > 600
    assert all(len(officers) == 1 for officers in cover.values())


def test_activities_reach_back_days_and_plans_come_true(day: dict[str, Rows]) -> None:
    rows = day["activities"]
    assert {row["giat"] for row in rows} >= {"apel", "patroli", "rapat", "latihan"}
    assert min(row["waktu"] for row in rows) < "2024-11-24"
    ends = {row["id"]: row["status"] for row in rows}
    assert any(row["status"] == "rencana" for row in rows)
    assert set(ends.values()) <= {"terlaksana", "batal"}
