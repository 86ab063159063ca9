"""Each TPS through the rehearsal day: heads counted, phases in order, late ones with a reason."""

from __future__ import annotations

import random
from collections import Counter, defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.domain.feed_schemas import FASE
from situasi.domain.register import Register
from situasi.simulation.stations import turnout
from tests.simulation.builders import Rows, lives, register

Key = tuple[str, str, str]


def by_tps(rows: Rows) -> dict[Key, Rows]:
    found: dict[Key, Rows] = defaultdict(list)
    for row in rows:
        found[row["kode_kecamatan"], row["desa"], row["tps"]].append(row)
    return found


def counts(rows: Rows) -> list[int]:
    """Heads in the order counted; the final count last."""
    counted = [row for row in rows if row["hadir"]]
    counted.sort(key=lambda row: (row["fase"] == "ditutup", row["waktu"]))
    return [int(row["hadir"]) for row in counted]


@pytest.fixture(scope="module")
def tps(day: dict[str, Rows]) -> dict[Key, Rows]:
    return by_tps(day["tps"])


def test_final_turnout_is_63_to_66_percent(ogan_ilir: Register, tps: dict[Key, Rows]) -> None:
    final = sum(counts(rows)[-1] for rows in tps.values() if counts(rows))
    assert len(tps) == 667
    assert 0.63 <= final / ogan_ilir.election.dpt_total <= 0.66


def test_turnout_is_63_to_66_percent_with_every_seed(ogan_ilir: Register) -> None:
    for seed in range(40):
        heads = turnout.draw_final_counts(ogan_ilir, random.Random(seed))
        assert 0.63 <= sum(heads.values()) / ogan_ilir.election.dpt_total <= 0.66


def test_turnout_differs_by_kecamatan_within_reason(
    ogan_ilir: Register, tps: dict[Key, Rows]
) -> None:
    heads: Counter[str] = Counter()
    for (code, _, _), rows in tps.items():
        heads[code] += counts(rows)[-1]
    shares = [heads[code] / k.dpt for code, k in ogan_ilir.kecamatan.items()]
    assert 0.55 < min(shares) < max(shares) < 0.75
    assert max(shares) - min(shares) > 0.02


def test_heads_only_grow_except_for_a_handful_of_slips(tps: dict[Key, Rows]) -> None:
    fallen = [key for key, rows in tps.items() if counts(rows) != sorted(counts(rows))]
    assert 4 <= len(fallen) <= 12


def test_the_final_count_never_exceeds_the_voters(
    ogan_ilir: Register, tps: dict[Key, Rows]
) -> None:
    names = {(d.kecamatan, d.name): code for code, d in ogan_ilir.desa.items()}
    voters = ogan_ilir.voters_by_tps
    for (kecamatan, desa, number), rows in tps.items():
        code = f"{names[kecamatan, desa]}.{number}"
        assert counts(rows)[-1] <= voters[code]


def test_some_hours_are_missing_and_some_come_late(tps: dict[Key, Rows]) -> None:
    hourly = [row for rows in tps.values() for row in rows if not row["fase"] and row["hadir"]]
    assert 0.85 * 6 * 667 < len(hourly) < 0.97 * 6 * 667
    assert any(row["waktu_lapor"][11:13] > row["waktu"][11:13] for row in hourly)
    assert any(not any(r["hadir"] and not r["fase"] for r in rows) for rows in tps.values())


def test_most_tps_open_within_ten_minutes_and_late_ones_say_why(tps: dict[Key, Rows]) -> None:
    opened = [row for rows in tps.values() for row in rows if row["fase"] == "dibuka"]
    assert len(opened) == 667
    late = [row for row in opened if row["waktu"][11:16] > "07:15"]
    assert 8 <= len(late) <= 40
    assert all(row["uraian"] for row in late)
    assert min(row["waktu"][11:16] for row in opened) == "07:00"
    assert "08:30" < max(row["waktu"][11:16] for row in opened) <= "09:30"


def test_phases_follow_one_another(tps: dict[Key, Rows]) -> None:
    for rows in tps.values():
        reached = {row["fase"]: row["waktu"] for row in rows if row["fase"]}
        moments = [reached[fase] for fase in FASE if fase in reached]
        assert moments == sorted(moments)
        assert all(row["waktu"] > reached["dibuka"] for row in rows if row["hadir"])


def test_counting_lasts_well_into_the_afternoon(tps: dict[Key, Rows]) -> None:
    done = sorted(r["waktu"][11:16] for rows in tps.values() for r in rows
                  if r["fase"] == "hitung_selesai")  # fmt: skip
    assert done[0] >= "15:00"
    assert "16:00" < done[len(done) // 2] < "18:30"


def test_a_few_tps_send_no_closing_word_and_a_few_boxes_are_not_in(tps: dict[Key, Rows]) -> None:
    fase = Counter(row["fase"] for rows in tps.values() for row in rows)
    assert 655 <= fase["ditutup"] < 667
    assert 640 <= fase["kotak_tiba_ppk"] < 667


def test_an_opening_held_up_by_an_incident_is_late_in_the_tps_feed(
    day: dict[str, Rows], tps: dict[Key, Rows]
) -> None:
    first = [life[0] for life in lives(day["incidents"]).values()]
    swapped = [row for row in first if "tertukar" in row["uraian"]]
    refused = [row for row in first if "menolak pemungutan" in row["uraian"]]
    assert swapped or refused
    for row in swapped + refused:
        opened = next(
            r for r in tps[row["kode_kecamatan"], row["desa"], row["tps"]] if r["fase"] == "dibuka"
        )
        assert opened["waktu"] > row["waktu"]
        assert opened["uraian"]


@given(total=st.integers(0, 900), at=st.lists(st.floats(0, 1), min_size=2, max_size=12))
def test_heads_so_far_grow_with_time_and_never_pass_the_total(total: int, at: list[float]) -> None:
    heads = [turnout.compute_count_at(total, share) for share in sorted(at)]
    assert heads == sorted(heads)
    assert 0 <= heads[0] <= heads[-1] <= total
    assert turnout.compute_count_at(total, 0.0) == 0


@given(count=st.integers(0, 900))
def test_a_lost_digit_always_changes_the_count_of_a_day(count: int) -> None:
    wrong = turnout.drop_digit(count)
    assert 0 <= wrong < count or count == 0


def test_turnout_of_a_register_without_voters_is_nobody() -> None:
    heads = turnout.draw_final_counts(register((2,), dpt=0), random.Random(1))
    assert set(heads.values()) == {0}
