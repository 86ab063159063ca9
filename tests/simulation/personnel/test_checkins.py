"""The check-ins of the rehearsal day: they fit the roster and the postings."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from tests.simulation.builders import Rows

ORDER = ("apel", "pergeseran", "tiba_di_tps", "laporan_berkala", "kembali")
Tps = tuple[str, str, str]


@pytest.fixture(scope="module")
def checkins(day: dict[str, Rows]) -> dict[str, Rows]:
    """The check-ins of each officer, in the order of their own time."""
    found: dict[str, Rows] = defaultdict(list)
    for row in sorted(day["personnel"], key=lambda row: row["waktu"]):
        found[row["petugas"]].append(row)
    return found


@pytest.fixture(scope="module")
def posted(day: dict[str, Rows]) -> dict[str, set[Tps]]:
    """The TPS that each officer is ever posted to."""
    found: dict[str, set[Tps]] = defaultdict(set)
    for row in day["postings"]:
        for number in filter(None, row["tps"].split(",")):
            found[row["petugas"]].add((row["kode_kecamatan"], row["desa"], number))
    return found


def test_a_few_of_the_331_police_never_check_in(checkins: dict[str, Rows]) -> None:
    police = {own[0]["petugas"] for own in checkins.values() if own[0]["petugas"][0] == "P"}
    assert 322 <= len(police) < 331


def test_whoever_checks_in_is_on_the_roster_with_the_same_agency(
    day: dict[str, Rows], checkins: dict[str, Rows]
) -> None:
    roster = {row["petugas"]: row["instansi"] for row in day["roster"]}
    for petugas, own in checkins.items():
        assert {row["instansi"] for row in own} == {roster[petugas]}


def test_whoever_speaks_from_a_tps_is_posted_there(
    day: dict[str, Rows], posted: dict[str, set[Tps]]
) -> None:
    for row in day["personnel"]:
        if row["tps"]:
            here = (row["kode_kecamatan"], row["desa"], row["tps"])
            assert here in posted[row["petugas"]]


def test_an_officer_with_one_order_moves_through_the_day_in_order(
    day: dict[str, Rows], checkins: dict[str, Rows]
) -> None:
    orders: dict[str, set[str]] = defaultdict(set)
    for row in day["postings"]:
        orders[row["petugas"]].add(row["waktu"])
    for petugas, own in checkins.items():
        kinds = [ORDER.index(row["checkin"]) for row in own]
        if len(orders[petugas]) == 1:
            assert kinds == sorted(kinds)
            assert len([k for k in kinds if k != 3]) == len({k for k in kinds if k != 3})


def test_an_officer_with_a_new_order_moves_and_arrives_after_it(
    day: dict[str, Rows], checkins: dict[str, Rows]
) -> None:
    sent = [row for row in day["postings"] if row["waktu"] > "2024-11-27" and row["tps"]]
    assert sent
    arrived = 0
    for row in sent:
        later = [c for c in checkins.get(row["petugas"], []) if c["waktu"] > row["waktu"]]
        arrived += any(
            c["checkin"] == "tiba_di_tps" and (c["desa"], c["tps"]) == (row["desa"], row["tps"])
            for c in later
        )
    assert arrived >= len(sent) - 1  # one may be of those who never check in


def test_roll_call_is_between_half_past_four_and_half_past_five(day: dict[str, Rows]) -> None:
    called = [row["waktu"][11:16] for row in day["personnel"] if row["checkin"] == "apel"]
    assert min(called) >= "04:30"
    assert max(called) <= "05:30"


def test_late_officers_say_why(day: dict[str, Rows]) -> None:
    late = [row for row in day["personnel"] if row["checkin"] == "tiba_di_tps" and row["uraian"]]
    assert late
    assert all("Terlambat" in row["uraian"] for row in late)


def test_linmas_are_there_before_opening_and_have_no_roll_call(checkins: dict[str, Rows]) -> None:
    linmas = [own for own in checkins.values() if own[0]["instansi"] == "linmas"]
    assert len(linmas) > 300
    for own in linmas:
        assert own[0]["checkin"] == "tiba_di_tps"
        assert own[0]["waktu"][11:16] < "07:00"
        assert {row["tps"] for row in own} == {own[0]["tps"]}


def test_officers_return_after_the_box_of_each_of_their_tps(
    day: dict[str, Rows], checkins: dict[str, Rows], posted: dict[str, set[Tps]]
) -> None:
    arrived = {
        (row["kode_kecamatan"], row["desa"], row["tps"]): row["waktu"]
        for row in day["tps"]
        if row["fase"] == "kotak_tiba_ppk"
    }
    once = Counter(row["petugas"] for row in day["postings"] if row["penugasan"] == "tps")
    checked = 0
    for petugas, own in checkins.items():
        back = [row["waktu"] for row in own if row["checkin"] == "kembali"]
        if back and petugas[0] == "P" and once[petugas]:
            boxes = [arrived[tps] for tps in posted[petugas] if tps in arrived]
            assert back[0] > max(boxes)
            checked += 1
    assert checked > 200
