"""Each TPS is in exactly one state, and nothing that nobody told is ever said of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from situasi.analysis.stations.deadlines import Deadline, list_deadlines
from situasi.analysis.stations.reporting_status import STATES
from situasi.analysis.stations.reports import find_unmatched_reports
from situasi.analysis.stations.status import NO_PHASE, build_station_table, count_by_kecamatan
from situasi.domain.feed_schemas import FASE
from tests.analysis.builders_tps import DESA, FIRST, known, small, told, whole
from tests.builders import wib
from tests.effort import examples


def first(*rows: dict[str, Any], at: str = "10.00") -> Any:
    """The first TPS of a small register."""
    return next(build_station_table(known(*rows), small(), wib(at)).itertuples())


def test_before_anything_is_awaited_it_is_not_yet_time() -> None:
    found = build_station_table(known(), small(), wib("06.00"))
    assert set(found["state"]) == {"belum_waktunya"}
    assert found["owed"].isna().all()
    assert found["late_min"].isna().all()


@pytest.mark.parametrize(
    ("at", "state"),
    [
        ("06.29", "belum_waktunya"),
        ("06.30", "ditunggu"),
        ("06.45", "ditunggu"),
        ("06.46", "terlambat"),
    ],
)
def test_a_report_is_awaited_from_a_quarter_before_and_late_a_minute_after(
    at: str, state: str
) -> None:
    assert first(at=at).state == state


def test_tps_that_never_reported_is_terlambat_not_zero() -> None:
    one = first(at="09.00")
    assert one.state == "terlambat"
    assert one.fase is None
    assert pd.isna(one.hadir)
    assert (one.owed, one.late_min) == ("logistik_tiba", 135)


def test_a_later_phase_ends_the_earlier_ones_but_does_not_invent_their_times() -> None:
    one = first(told(fase="dibuka", at="07.05"), at="07.20")
    assert one.state == "lapor"
    assert one.dibuka == wib("07.05")
    assert pd.isna(one.logistik_tiba)


def test_voters_counted_say_that_the_tps_is_open_though_not_since_when() -> None:
    one = first(told(hadir=40, at="08.00"), at="08.10")
    assert one.fase == "dibuka"
    assert pd.isna(one.dibuka)
    assert first(told(hadir=0, at="08.00"), at="08.10").fase is None


def test_the_count_of_an_hour_is_late_after_its_grace() -> None:
    opened = told(fase="dibuka", at="07.00")
    assert first(opened, at="08.30").state == "ditunggu"
    one = first(opened, at="08.31")
    assert (one.state, one.owed, one.late_min) == ("terlambat", "hadir", 1)
    assert one.owed_hour == wib("08.00")


def test_a_count_taken_shortly_before_the_hour_is_the_count_of_that_hour() -> None:
    opened = told(fase="dibuka", at="07.00")
    assert first(opened, told(hadir=50, at="07.50"), at="08.40").state == "lapor"
    assert first(opened, told(hadir=50, at="07.40"), at="08.40").state == "terlambat"


def test_no_count_is_owed_of_an_hour_before_the_opening() -> None:
    assert first(told(fase="dibuka", at="08.20"), at="08.40").state == "lapor"


def test_a_closed_tps_still_owes_its_last_count() -> None:
    closed = told(fase="ditutup", at="13.02")
    one = first(closed, at="13.45")
    assert (one.state, one.owed, one.owed_hour) == ("terlambat", "hadir", wib("13.00"))
    assert first(told(fase="ditutup", hadir=300, at="13.02"), at="13.45").state == "lapor"


@pytest.mark.parametrize(
    ("at", "who"), [("06.46", "Padal"), ("07.14", "Padal"), ("07.15", "Polsek"), ("07.45", "Posko")]
)
def test_whose_turn_it_is_depends_on_how_late(at: str, who: str) -> None:
    assert first(at=at).chaser == who


def test_nobody_chases_who_is_not_late() -> None:
    assert first(at="06.40").chaser is None


def test_a_tps_out_of_reach_is_so_until_it_speaks_again() -> None:
    away = told(kontak="tak_terjangkau", at="08.20")
    assert first(away, at="09.00").state == "tak_terjangkau"
    again = told(hadir=120, at="08.55", fase="dibuka")
    assert first(away, again, at="09.00").state == "lapor"


def test_a_doubted_newest_count_is_diragukan_until_the_next_one() -> None:
    rows = [told(hadir=200, at="09.00"), told(hadir=20, at="10.00")]
    assert first(*rows, at="10.05").state == "diragukan"
    assert first(*rows, at="10.05").doubts == "turun"
    assert first(*rows, told(hadir=230, at="11.00"), at="11.05").state == "lapor"


def test_the_newest_count_is_that_taken_last_and_of_one_moment_that_told_last() -> None:
    late = told(hadir=100, at="08.00", known="09.30")
    newer = told(hadir=180, at="09.00", known="09.05")
    assert first(newer, late).hadir == 180
    corrected = told(hadir=170, at="09.00", known="09.40")
    assert first(newer, late, corrected).hadir == 170


def test_a_sum_of_parts_is_a_count() -> None:
    assert first(told(hadir_dpt=90, hadir_dptb=2, at="09.00")).hadir == 92


def test_a_corrected_time_replaces_the_first_and_a_second_post_does_not() -> None:
    mine = told(fase="dibuka", at="07.00", known="07.05", id="A")
    corrected = told(fase="dibuka", at="07.20", known="07.30", id="A")
    assert first(mine, corrected).dibuka == wib("07.20")
    other = told(fase="dibuka", at="07.40", known="07.45", id="B")
    assert first(mine, other).dibuka == wib("07.00")


def test_a_phase_told_with_only_its_day_has_no_minute() -> None:
    one = first(told(fase="dibuka", at="07.00", precision="hari"))
    assert one.fase == "dibuka"
    assert pd.isna(one.dibuka)


def test_the_box_is_where_it_was_last_told_and_who_goes_with_it() -> None:
    rows = [
        told(fase="kotak_bergeser", at="20.10", pengawal="P-014"),
        told(fase="kotak_tiba_pps", at="20.40"),
    ]
    one = first(*rows, at="20.50")
    assert (one.box, one.box_at, one.escort) == ("kotak_tiba_pps", wib("20.40"), "P-014")
    assert first(at="20.50").box is None


def test_after_the_watch_nobody_gets_later() -> None:
    at_end = first(at="23.59").late_min
    next_day = build_station_table(known(), small(), wib("09.00") + timedelta(days=3))
    assert next_day["late_min"].iloc[0] == at_end + 1


def test_reports_of_no_tps_of_the_register_are_listed_and_not_lost() -> None:
    rows = [
        told(of=f"{DESA}.099", fase="dibuka"),
        told(desa=None, desa_text="Entah", fase="dibuka"),
        told(tps="dua", fase="dibuka"),
        told(lingkup="desa", desa=None, tps=None, hadir=5),
        told(lingkup="kecamatan", desa=None, tps=None, hadir=900),
        told(fase="dibuka"),
    ]
    frames = known(*rows)
    stray = find_unmatched_reports(frames, whole(), wib("10.00"))
    assert stray["seq"].tolist() == [1, 2, 3, 4]
    assert build_station_table(frames, whole(), wib("10.00"))["fase"].notna().sum() == 1


def test_a_total_of_a_desa_is_no_report_of_a_tps() -> None:
    assert first(told(lingkup="desa", hadir=900)).hadir is pd.NA


CLOCKS = ["06.50", "07.00", "07.10", "08.00", "08.50", "09.00", "12.50", "13.10", "18.00", "23.30"]
one_report = st.fixed_dictionaries(
    {
        "of": st.sampled_from(small().tps["code"].tolist()),
        "fase": st.sampled_from([None, *FASE]),
        "hadir": st.sampled_from([None, 0, 20, 150, 300, 399, 444]),
        "at": st.sampled_from(CLOCKS),
        "kontak": st.sampled_from([None, None, None, "tak_terjangkau"]),
        "precision": st.sampled_from(["menit", "menit", "hari"]),
    }
)
minute = st.integers(0, 24 * 60 - 1).map(lambda n: wib("00.00") + timedelta(minutes=n))


def heard(mine: list[dict[str, Any]]) -> dict[str, Any]:
    """What one TPS told, read report by report."""
    found: dict[str, Any] = {"reached": -1, "heads": None, "counted": None, "opened": None}
    found |= {"away": False, "spoke": False}
    for row in mine:
        spoke = bool(row["fase"]) or row["hadir"] is not None
        found["spoke"] |= spoke
        if spoke or row["kontak"]:
            found["away"] = row["kontak"] == "tak_terjangkau"
        if row["fase"]:
            found["reached"] = max(found["reached"], FASE.index(row["fase"]))
        if row["fase"] == "dibuka" and row["precision"] == "menit":
            found["opened"] = min(found["opened"] or row["occurred_at"], row["occurred_at"])
        if row["hadir"] is not None and row["precision"] == "menit":
            found |= {"heads": row["hadir"], "counted": row["occurred_at"]}
    if found["heads"]:
        found["reached"] = max(found["reached"], FASE.index("dibuka"))
    return found


def met(due: Deadline, tps: dict[str, Any]) -> bool:
    if due.hour is None:
        return bool(tps["reached"] >= due.fase_index)
    closed = tps["reached"] >= FASE.index("ditutup") and due.hour < wib("13.00")
    counted = tps["counted"] and tps["counted"] >= due.expected_from
    return bool(counted or closed or (tps["opened"] and tps["opened"] >= due.hour))


def slow(mine: list[dict[str, Any]], doubts: str, at: datetime) -> tuple[Any, ...]:
    """The obvious way, for one TPS: state, phase, heads, what it owes."""
    tps = heard(sorted(mine, key=lambda row: row["occurred_at"]))
    missing = [
        d for d in list_deadlines(small().election) if at >= d.expected_from and not met(d, tps)
    ]
    late = any(at > due.late_after for due in missing)
    answers = [
        (tps["away"], "tak_terjangkau"),
        (late, "terlambat"),
        (doubts, "diragukan"),
        (missing, "ditunggu"),
        (tps["spoke"], "lapor"),
        (True, "belum_waktunya"),
    ]
    state = next(word for holds, word in answers if holds)
    phase = FASE[tps["reached"]] if tps["reached"] >= 0 else None
    return state, phase, tps["heads"], missing[0].report_kind if missing else None


@given(st.lists(one_report, max_size=12), minute)
@settings(max_examples=examples(60))
def test_states_and_phases_equal_reading_report_by_report(
    stated: list[dict[str, Any]], at: datetime
) -> None:
    # One report of a TPS and moment: which of two is told last is another test.
    rows = list({(one["of"], one["at"]): told(**one, id=str(n)) for n, one in
                 enumerate(stated)}.values())  # fmt: skip
    found = build_station_table(known(*rows), small(), at)
    named = [{**row, "code": f"{row['desa']}.{row['tps']}"} for row in rows]
    for one in found.itertuples():
        heads = None if pd.isna(one.hadir) else one.hadir
        mine = [row for row in named if row["code"] == one.code]
        expected = slow(mine, one.doubts, at)
        assert (one.state, one.fase, heads, one.owed) == expected


@given(st.lists(one_report, max_size=12), minute)
@settings(max_examples=examples(30))
def test_every_tps_is_in_exactly_one_state_at_any_minute(
    stated: list[dict[str, Any]], at: datetime
) -> None:
    found = build_station_table(known(*(told(**one) for one in stated)), whole(), at)
    assert found["code"].tolist() == whole().tps["code"].tolist()
    assert found["state"].isin(STATES).all()
    assert (found["late_min"].notna() >= (found["state"] == "terlambat")).all()
    counted = count_by_kecamatan(found)
    assert counted["tps"].tolist() == [k.tps for k in whole().kecamatan.values()]
    for columns in (list(STATES), [NO_PHASE, *FASE]):
        assert (counted[columns].sum(axis=1) == counted["tps"]).all()


def test_the_count_of_a_kecamatan_is_of_its_own_tps() -> None:
    found = count_by_kecamatan(
        build_station_table(known(told(fase="dibuka", of=FIRST)), whole(), wib("07.10"))
    )
    assert found["dibuka"].to_dict() == {
        code: int(code == "16.10.01") for code in whole().kecamatan
    }
