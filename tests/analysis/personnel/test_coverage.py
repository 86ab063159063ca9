"""Coverage: who is required, posted and present; nobody is missed before the time, none twice."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from situasi.analysis.personnel import coverage
from situasi.analysis.personnel import officers as personnel_officers
from situasi.analysis.personnel import orders as personnel_orders
from situasi.analysis.personnel.attendance import build_attendance_curve
from situasi.analysis.personnel.coverage import Coverage
from situasi.analysis.personnel.officers import count_by_last_checkin
from situasi.analysis.personnel.presence import STATES, build_last_checkin_table
from situasi.analysis.personnel.requirements import build_requirement_table, round_up
from situasi.analysis.personnel.staffing import TPS_STATES
from situasi.analysis.stations.status import build_station_table
from situasi.domain import feed_schemas, row_order
from situasi.domain.election import load as load_election
from situasi.domain.register import Register
from situasi.domain.register import load as load_register
from situasi.domain.rules import StaffingPattern
from situasi.domain.settings import ROOT
from tests.builders import report, rows_of, wib
from tests.builders_election import invented_election, kecamatan_codes
from tests.effort import examples

# Two desa of Indralaya (16.10.04) and one of Pemulutan (16.10.05), as they stand in the register.
REGISTER = load_register(load_election(ROOT / "data" / "elections" / "ogan-ilir-2024"))
HERE, THERE = "16.10.04", "16.10.05"
DESA = REGISTER.tps.loc[REGISTER.tps["kecamatan"] == HERE, "desa"].value_counts().index[0]
FAR = REGISTER.tps.loc[REGISTER.tps["kecamatan"] == THERE, "desa"].value_counts().index[0]
ALL_TPS = set(REGISTER.tps["code"])


def posting(petugas: str = "P-1", **stated: Any) -> dict[str, Any]:
    """An order of 05.00 to TPS 001 of DESA."""
    desa = stated.get("desa", DESA)
    kecamatan = desa.rpartition(".")[0] if desa else HERE
    default = {"at": "05.00", "penugasan": "tps", "desa": desa, "kecamatan": kecamatan}
    default |= {"tps": "001", "petugas": petugas, "id": f"T-{petugas}-{stated.get('tps', '001')}"}
    return report(**{**default, **stated})


def checkin(petugas: str = "P-1", **stated: Any) -> dict[str, Any]:
    """A word of arrival at 06.30 from TPS 001 of DESA."""
    desa = stated.get("desa", DESA)
    kecamatan = desa.rpartition(".")[0] if desa else HERE
    default = {"at": "06.30", "checkin": "tiba_di_tps", "desa": desa, "kecamatan": kecamatan}
    default |= {"tps": "001", "petugas": petugas, "instansi": "polri"}
    return report(**{**default, **stated})


def listed(petugas: str = "P-1", instansi: str | None = "polri", **stated: Any) -> dict[str, Any]:
    """A line of the roster of the day before."""
    return report(**{"at": wib("00.00"), "petugas": petugas, "instansi": instansi, **stated})


def known(
    *rows: Mapping[str, Any], roster: tuple[Mapping[str, Any], ...] = ()
) -> dict[str, pd.DataFrame]:
    """Frames by feed; a row belongs where its cells say."""
    orders = [row for row in rows if "penugasan" in row]
    words = [row for row in rows if "checkin" in row]
    return {
        "roster": rows_of(feed_schemas.ROSTER, *roster),
        "postings": rows_of(feed_schemas.POSTINGS, *orders),
        "personnel": rows_of(feed_schemas.PERSONNEL, *words),
    }


def found(*rows: Mapping[str, Any], at: str = "09.00", **stated: Any) -> Coverage:
    return coverage.compute_coverage(known(*rows, **stated), REGISTER, wib(at))


def state(*rows: Mapping[str, Any], at: str = "09.00", petugas: str = "P-1") -> object:
    return found(*rows, at=at).officers.loc[petugas, "state"]


def tps(*rows: Mapping[str, Any], at: str = "09.00", code: str = f"{DESA}.001") -> pd.Series:
    return found(*rows, at=at).tps.set_index("code").loc[code]


def gaps(frames: Mapping[str, pd.DataFrame], register: Register = REGISTER) -> pd.DataFrame:
    return coverage.build_gap_table(
        coverage.compute_coverage(frames, register, wib("09.00")), register
    )


def by_kecamatan(of: Coverage) -> pd.DataFrame:
    return coverage.build_area_table(of, {code: code for code in REGISTER.kecamatan})


# Orders


def orders(*rows: Mapping[str, Any], at: str = "09.00") -> pd.DataFrame:
    order = row_order.select_current_orders(rows_of(feed_schemas.POSTINGS, *rows), wib(at))
    return personnel_orders.build_posting_table(order, REGISTER)


def test_the_newest_order_of_an_officer_replaces_the_one_before() -> None:
    standing = orders(posting(tps="001"), posting(tps="002", at="08.00"))
    assert standing["code"].tolist() == [f"{DESA}.002"]


def test_an_order_that_begins_later_does_not_stand_yet() -> None:
    standing = orders(posting(tps="001"), posting(tps="002", at="10.00", known="08.00"))
    assert standing["code"].tolist() == [f"{DESA}.001"]


def test_rows_of_the_same_time_are_one_order_of_several_desa() -> None:
    standing = orders(posting(tps="001,002"), posting(desa=FAR, tps="001"))
    assert standing["code"].tolist() == [f"{DESA}.001", f"{DESA}.002", f"{FAR}.001"]
    assert standing["share"].tolist() == [pytest.approx(1 / 3)] * 3


def test_a_line_told_again_under_its_id_replaces_the_line_not_the_order() -> None:
    first = posting(id="A", tps="001"), posting(id="B", tps="002")
    standing = orders(*first, posting(id="B", tps="003", known="07.00"))
    assert standing["code"].tolist() == [f"{DESA}.001", f"{DESA}.003"]


def test_one_id_for_all_lines_of_an_officer_loses_none() -> None:
    standing = orders(posting(id="A", tps="001"), posting(id="A", tps="002"))
    assert len(standing) == 2


def test_a_tps_that_no_register_has_is_listed_and_counted() -> None:
    of = found(posting(tps="001,099"))
    assert of.postings["code"].isna().tolist() == [False, True]
    assert coverage.build_total_row(of, REGISTER)["posted"] == 1


def test_tps_named_without_a_penugasan_are_a_posting_to_tps() -> None:
    assert found(posting(penugasan=None)).officers.loc["P-1", "duty"] == "tps"


# What the pattern requires


def test_a_tps_of_unknown_kerawanan_is_reckoned_by_the_default_and_said_to_be() -> None:
    needs = build_requirement_table(REGISTER)
    rule = REGISTER.election.rules.staffing_patterns
    default = rule.by_kerawanan[rule.default_kerawanan]
    assert set(needs["need"]) == {default.polri / default.tps}
    assert needs["assumed"].all()


def test_each_kerawanan_has_its_own_pattern() -> None:
    levels = [*feed_schemas.KERAWANAN, *[None] * (len(REGISTER.tps) - len(feed_schemas.KERAWANAN))]
    needs = build_requirement_table(replace(REGISTER, tps=REGISTER.tps.assign(kerawanan=levels)))
    rule = REGISTER.election.rules.staffing_patterns.by_kerawanan
    for at, level in enumerate(feed_schemas.KERAWANAN):
        assert needs.loc[at, "need"] == rule[level].polri / rule[level].tps
        assert needs.loc[at, "need_linmas"] == rule[level].linmas / rule[level].tps
    assert needs["assumed"].sum() == len(REGISTER.tps) - len(feed_schemas.KERAWANAN)


@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 400))
def test_needs_add_up_as_fractions_do(polri: int, tps: int, count: int) -> None:
    exact = StaffingPattern(polri, tps, 0)
    needed = pd.Series([exact.polri / exact.tps] * count, dtype="float64").sum()
    assert round_up(needed) == math.ceil(Fraction(polri, tps) * count)


# The state of an officer


def test_before_the_time_nobody_is_late() -> None:
    assert state(posting(), at="06.44") == "ditunggu"
    assert state(posting(), at="06.45") == "belum_tiba"


def test_roll_call_is_not_arrival() -> None:
    assert state(posting(), checkin(checkin="apel"), at="07.00") == "belum_tiba"


def test_arrival_holds_until_word_is_overdue() -> None:
    rows = posting(), checkin(at="06.30")
    assert state(*rows, at="10.00") == "hadir"
    assert state(*rows, at="10.01") == "tanpa_kabar"


def test_a_regular_word_makes_silence_end() -> None:
    rows = posting(), checkin(at="05.30"), checkin(at="09.30", checkin="laporan_berkala")
    assert state(*rows, at="10.00") == "hadir"


def test_who_returned_owes_no_word() -> None:
    rows = posting(), checkin(), checkin(at="14.00", checkin="kembali")
    assert state(*rows, at="22.00") == "kembali"


def test_a_word_still_to_come_says_nothing() -> None:
    assert state(posting(), checkin(at="08.00"), at="07.00") == "belum_tiba"


def test_of_words_of_the_same_time_the_last_told_counts() -> None:
    rows = posting(), checkin(checkin="kembali", known="07.30"), checkin(known="07.00")
    assert state(*rows) == "kembali"


def test_a_reserve_is_ready_by_any_word() -> None:
    reserve = posting(penugasan="cadangan", tps=None, desa=None, lokasi="Mapolres")
    assert state(reserve, checkin(checkin="apel")) == "hadir"


def test_an_officer_of_the_roster_alone_owes_nothing() -> None:
    of = found(roster=(listed("P-9"),))
    assert pd.isna(of.officers.loc["P-9", "state"])


# TPS


def test_tps_that_was_never_told_of_is_unknown_where_no_posting_came() -> None:
    of = found(posting())
    unknown = of.tps[of.tps["kecamatan"] == THERE]
    assert set(unknown["state"]) == {"tidak_diketahui"}
    assert not unknown["absent"].any()
    assert not unknown["below"].any()


def test_tps_without_a_posting_is_without_an_officer_at_any_hour() -> None:
    one = tps(posting(tps="002"), at="05.30")
    assert (one["state"], one["posted"], bool(one["absent"])) == ("tanpa_plotting", 0, True)


def test_one_officer_present_covers_all_own_tps() -> None:
    rows = posting(tps="001,002"), checkin(tps="002")
    assert tps(*rows)["state"] == "hadir"
    assert tps(*rows, code=f"{DESA}.002")["present"] == 1


def test_silence_is_not_absence() -> None:
    one = tps(posting(), checkin(), at="12.00")
    assert (one["state"], one["present"], bool(one["absent"])) == ("tanpa_kabar", 0, False)


def test_an_officer_who_speaks_from_elsewhere_covers_that_place_and_not_the_own() -> None:
    rows = posting(tps="001"), checkin(tps="002")
    assert bool(tps(*rows)["absent"])
    assert tps(*rows, code=f"{DESA}.002")["present"] == 1


def test_going_home_before_closing_leaves_a_gap_and_after_it_none() -> None:
    rows = posting(), checkin(), checkin(at="10.00", checkin="kembali")
    assert bool(tps(*rows, at="12.59")["absent"])
    late = tps(*rows, at="13.00")
    assert (bool(late["absent"]), bool(late["released"])) == (False, True)


def test_an_officer_of_five_tps_is_below_a_pattern_of_two_for_eight() -> None:
    four, five = "001,002,003,004", "001,002,003,004,005"
    assert not tps(posting(tps=four))["below"]
    assert tps(posting(tps=five))["below"]


def test_linmas_are_counted_apart_and_do_not_man_a_tps() -> None:
    rows = posting("L-1"), checkin("L-1", instansi="linmas")
    one = tps(*rows)
    assert (one["posted"], one["linmas_posted"], one["linmas_present"]) == (0, 1, 1)
    assert one["state"] == "tanpa_plotting"
    assert coverage.build_total_row(found(*rows), REGISTER)["linmas_present"] == 1


def test_every_tps_is_in_exactly_one_state() -> None:
    of = found(posting(), checkin(), posting("P-2", tps="002"))
    assert len(of.tps) == len(REGISTER.tps)
    assert set(of.tps["state"]) <= set(TPS_STATES)


# Areas and agencies


def test_an_officer_with_tps_in_two_kecamatan_counts_once_in_the_whole() -> None:
    of = found(posting(), posting(desa=FAR))
    rows = by_kecamatan(of)
    assert rows.loc[[HERE, THERE], "posted"].tolist() == [1, 1]
    assert coverage.build_total_row(of, REGISTER)["posted"] == 1


def test_polsek_take_their_kecamatan_together() -> None:
    polsek: dict[str | None, str] = {code: k.polsek for code, k in REGISTER.kecamatan.items()}
    rows = coverage.build_area_table(found(posting()), polsek)
    assert rows["tps"].sum() == len(REGISTER.tps)
    assert rows.loc[REGISTER.kecamatan[HERE].polsek, "posted"] == 1


def test_strength_is_judged_where_there_is_word_and_not_by_silence() -> None:
    four = posting("P-1", tps="001,002,003,004")
    spoken = by_kecamatan(found(four, checkin("P-1"))).loc[HERE]
    need = REGISTER.kecamatan[HERE].tps * 2 / 8
    assert spoken["ratio_posted"] == spoken["ratio_present"] == pytest.approx(1 / need)
    silent = by_kecamatan(found(four, checkin("P-1"), at="12.00")).loc[HERE]
    assert (silent["silent"], silent["ratio_present"]) == (4, 0)
    # The need does not shrink with those who tell; what is not known is told as a share of it.
    assert silent["required_now"] == round_up(need)
    assert silent["share_unknown"] == pytest.approx(1 / need)
    assert spoken["share_unknown"] == 0
    assert silent["ratio_posted"] == spoken["ratio_posted"]


def test_where_all_have_left_after_closing_nothing_is_required_any_more() -> None:
    codes = REGISTER.tps.loc[REGISTER.tps["kecamatan"] == HERE, ["desa", "nomor"]]
    rows = [
        posting(desa=desa, tps=",".join(f"{n:03d}" for n in tps["nomor"]))
        for desa, tps in codes.groupby("desa")
    ]
    home = checkin(), checkin(at="14.00", checkin="kembali")
    row = by_kecamatan(found(*rows, *home, at="20.00")).loc[HERE]
    assert row["released"] == row["tps"]
    assert row["required_now"] == 0
    assert pd.isna(row["ratio_present"])


def test_an_area_without_any_posting_is_not_known() -> None:
    rows = gaps(known(posting()))
    assert bool(rows.loc[HERE, "known"])
    assert not rows.loc[THERE, "known"]
    assert pd.isna(rows.loc[THERE, "share_without"])


def test_gaps_without_any_row_or_right_score_nothing() -> None:
    for frames in (known(), {"personnel": rows_of(feed_schemas.PERSONNEL)}):
        rows = gaps(frames)
        assert list(rows.index) == list(REGISTER.kecamatan)
        assert not rows["known"].any()
        assert rows["share_without"].isna().all()


def test_the_share_without_an_officer_is_of_all_tps_of_the_kecamatan() -> None:
    rows = gaps(known(posting(), checkin()))
    count = REGISTER.kecamatan[HERE].tps
    assert rows.loc[HERE, "share_without"] == pytest.approx((count - 1) / count)
    assert rows.loc[HERE, "tps_uncovered"] == count - 1


def test_the_agency_is_that_of_the_roster_and_without_one_that_of_the_check_ins() -> None:
    rows = posting(), checkin(instansi="polri")
    assert found(*rows, roster=(listed("P-1", "brimob"),)).officers.loc["P-1", "instansi"] == (
        "brimob"
    )
    assert found(*rows).officers.loc["P-1", "instansi"] == "polri"
    assert not found(*rows).has_roster


def test_an_officer_of_unknown_agency_is_counted_as_police_and_named_apart() -> None:
    of = found(posting(), checkin(instansi=None))
    assert coverage.build_total_row(of, REGISTER)["present"] == 1
    assert personnel_officers.count_by_agency(of.officers).loc["tidak_diketahui", "posted"] == 1


def test_who_checks_in_without_an_order_is_counted_apart() -> None:
    of = found(posting(), checkin("X-9", tps="002"))
    assert coverage.build_total_row(of, REGISTER)["posted"] == 1
    assert coverage.build_total_row(of, REGISTER)["present"] == 0
    assert personnel_officers.count_by_agency(of.officers).loc["polri", "unposted"] == 1
    assert tps(posting(), checkin("X-9", tps="002"), code=f"{DESA}.002")["state"] == "hadir"


def test_an_agency_counts_each_duty() -> None:
    of = found(
        posting("P-1"),
        posting("P-2", penugasan="cadangan", tps=None),
        posting("P-3", penugasan="patroli", tps=None),
        roster=(listed("P-1"), listed("P-2"), listed("P-3"), listed("P-4")),
    )
    row = personnel_officers.count_by_agency(of.officers).loc["polri"]
    assert row[["roster", "posted", "tps", "cadangan", "patroli"]].tolist() == [4, 3, 1, 1, 1]
    assert row["mute"] == 3


def test_a_filter_leaves_others_out_of_every_part() -> None:
    of = coverage.filter_by_kecamatan(found(posting("P-1"), posting("P-2", desa=FAR)), [THERE])
    assert of.officers.index.tolist() == ["P-2"]
    assert set(of.tps["kecamatan"]) == set(of.postings["kecamatan"]) == {THERE}
    assert of.posted_areas == {THERE}


def test_an_invented_election_is_covered_too(tmp_path: Path) -> None:
    register = load_register(load_election(invented_election(tmp_path)))
    rows = gaps(known(), register)
    assert list(rows.index) == kecamatan_codes()
    assert rows["tps"].sum() == len(register.tps)


def test_without_any_posting_the_last_words_are_still_counted_by_kecamatan() -> None:
    of = found(checkin("P-1"), checkin("P-2", desa=FAR), checkin("P-2", desa=FAR, at="08.00"))
    rows = count_by_last_checkin(of.officers)
    assert not of.has_postings
    assert rows.loc[[HERE, THERE], "tiba_di_tps"].tolist() == [1, 1]
    assert rows["officers"].sum() == 2


def test_the_last_words_of_nobody_are_no_rows() -> None:
    assert count_by_last_checkin(found().officers).empty


# The slow, obvious way, on any day

OFFICERS = ("P-1", "P-2", "P-3")
CLOCKS = ("05.00", "06.00", "06.30", "08.00", "09.30")
posted_rows = st.fixed_dictionaries(
    {
        "petugas": st.sampled_from(OFFICERS),
        "at": st.sampled_from(CLOCKS),
        "desa": st.sampled_from([DESA, FAR]),
        "tps": st.sampled_from(["001", "002", "001,002", "001,099", "2"]),
        "penugasan": st.sampled_from(["tps", "tps", "cadangan"]),
    }
)
word_rows = st.fixed_dictionaries(
    {
        "petugas": st.sampled_from(OFFICERS),
        "at": st.sampled_from(CLOCKS),
        "checkin": st.sampled_from(feed_schemas.CHECKIN),
    }
)
days = st.tuples(
    st.lists(posted_rows, max_size=8),
    st.lists(word_rows, max_size=8),
    st.sampled_from(["06.00", "06.45", "09.00", "13.00", "13.01"]),
)


def made(day: tuple[list[Any], list[Any], str]) -> tuple[dict[str, pd.DataFrame], datetime]:
    orders = [posting(**{**row, "id": f"T{n}"}) for n, row in enumerate(day[0])]
    words = [checkin(**row) for row in day[1]]
    return known(*orders, *words), wib(day[2])


def slow_posts(rows: list[Any], at: datetime) -> dict[str, set[tuple[str, str]]]:
    """Of each officer the (desa, tps) of the newest order, read line by line."""
    posts: dict[str, set[tuple[str, str]]] = {}
    for officer in OFFICERS:
        begun = [r for r in rows if r["petugas"] == officer and wib(r["at"]) <= at]
        newest = max((wib(row["at"]) for row in begun), default=None)
        for row in begun:
            if wib(row["at"]) == newest and row["penugasan"] == "tps":
                named = {(row["desa"], one.zfill(3)) for one in row["tps"].split(",")}
                posts.setdefault(officer, set()).update(named)
    return posts


def slow_state(officer: str, rows: list[Any], at: datetime) -> str:
    """The state of an officer of a TPS, looking at every word in turn."""
    said = [r for r in rows if r["petugas"] == officer and wib(r["at"]) <= at]
    said.sort(key=lambda row: wib(row["at"]))
    arrived = any(row["checkin"] in {"tiba_di_tps", "laporan_berkala"} for row in said)
    last = said[-1] if said else None
    if last and last["checkin"] == "kembali":
        return "kembali"
    if last and last["checkin"] in {"tiba_di_tps", "laporan_berkala"}:
        return "hadir" if at - wib(last["at"]) <= timedelta(minutes=210) else "tanpa_kabar"
    if arrived:
        return "bergeser"
    return "ditunggu" if at < wib("06.45") else "belum_tiba"


@settings(max_examples=examples(30))  # each asks for all 667 TPS
@given(days)
def test_orders_and_states_equal_reading_every_line(day: tuple[list[Any], list[Any], str]) -> None:
    frames, at = made(day)
    of = coverage.compute_coverage(frames, REGISTER, at)
    expected = slow_posts(day[0], at)
    told: dict[str, set[tuple[str, str]]] = {}
    for row in of.postings.itertuples():
        told.setdefault(row.petugas, set()).add((row.desa, row.tps))
    assert told == expected
    for officer in expected:
        assert of.officers.loc[officer, "state"] == slow_state(officer, day[1], at)


@settings(max_examples=examples(30))  # each asks for all 667 TPS
@given(days)
def test_shares_of_an_officer_states_of_the_posted_and_kecamatan_add_up_to_the_whole(
    day: tuple[list[Any], list[Any], str],
) -> None:
    frames, at = made(day)
    of = coverage.compute_coverage(frames, REGISTER, at)
    rows, every = by_kecamatan(of), coverage.build_total_row(of, REGISTER)
    parts = ["present", *STATES[1:]]
    assert rows[parts].sum(axis=1).tolist() == rows["posted"].tolist()
    assert every[parts].sum() == every["posted"]
    twice = of.postings.groupby("petugas")["kecamatan"].nunique() - 1
    assert rows["posted"].sum() - twice.sum() == every["posted"]
    assert rows["tps"].sum() == every["tps"] == len(REGISTER.tps)
    assert all(one == pytest.approx(1) for one in of.postings.groupby("petugas")["share"].sum())
    matched = of.postings[of.postings["code"].notna()]
    assert of.tps["strength"].sum() == pytest.approx(matched["share"].sum())


def slow_last_word(officer: str, rows: list[Any], at: datetime) -> str | None:
    said = [row for row in rows if row["petugas"] == officer and wib(row["at"]) <= at]
    # Of the words of one time the last told; all are told when they happened, in this order.
    return max(said, key=lambda row: wib(row["at"]))["checkin"] if said else None


@settings(max_examples=examples(30))  # each asks for all 667 TPS
@given(days)
def test_areas_equal_counting_officer_by_officer(day: tuple[list[Any], list[Any], str]) -> None:
    frames, at = made(day)
    of = coverage.compute_coverage(frames, REGISTER, at)
    rows, states = by_kecamatan(of), of.officers["state"]
    for code in (HERE, THERE):
        mine = of.postings[of.postings["kecamatan"] == code]
        officers = {(one.petugas, states[one.petugas]) for one in mine.itertuples()}
        tps = of.tps[of.tps["kecamatan"] == code]
        assert rows.loc[code, "posted"] == len(officers)
        for name in STATES:
            column = "present" if name == "hadir" else name
            assert rows.loc[code, column] == sum(state == name for _, state in officers)
        assert rows.loc[code, "uncovered"] == sum(tps["state"] == "tanpa_plotting")
        assert rows.loc[code, "absent"] == sum(tps["absent"])
        assert rows.loc[code, "ratio_posted"] == tps["strength"].sum() / tps["need"].sum()


@settings(max_examples=examples(30))  # each asks for all 667 TPS
@given(days)
def test_the_officers_of_each_tps_equal_asking_each_post(
    day: tuple[list[Any], list[Any], str],
) -> None:
    frames, at = made(day)
    of = coverage.compute_coverage(frames, REGISTER, at)
    for one in of.tps[of.tps["desa"].isin([DESA, FAR])].itertuples():
        mine = of.postings[of.postings["code"] == one.code]
        assert one.posted == len(mine)
        assert one.strength == pytest.approx(mine["share"].sum())


@given(st.lists(word_rows, max_size=8), st.sampled_from(["05.30", "08.00", "13.00"]))
def test_the_last_word_equals_reading_word_by_word(words: list[Any], clock: str) -> None:
    rows = list({(row["petugas"], row["at"]): row for row in words}.values())
    frame = rows_of(feed_schemas.PERSONNEL, *(checkin(**row) for row in rows))
    last = build_last_checkin_table(frame, REGISTER, wib(clock))["checkin"].to_dict()
    slow = {officer: slow_last_word(officer, rows, wib(clock)) for officer in OFFICERS}
    assert last == {officer: word for officer, word in slow.items() if word}


# Through the day

DAY = (wib("04.00"), wib("23.00"))
WORD_EVERY = timedelta(minutes=210)


@given(st.lists(word_rows, max_size=10), st.sampled_from(["06.00", "09.07", "13.15"]))
def test_the_curve_equals_asking_for_every_moment(words: list[Any], clock: str) -> None:
    rows = rows_of(feed_schemas.PERSONNEL, *(checkin(**row) for row in words))
    curve = build_attendance_curve(rows, OFFICERS, DAY, wib(clock), WORD_EVERY)
    assert curve.index[-1] == wib(clock)
    for moment, present, silent in curve.itertuples():
        states = [slow_state(officer, words, moment) for officer in OFFICERS]
        assert (present, silent) == (states.count("hadir"), states.count("tanpa_kabar"))


def test_a_word_of_a_day_alone_says_that_somebody_came_and_never_when() -> None:
    hourless = checkin(at="00.00", precision="hari")
    for clock in ("00.30", "05.00", "09.00"):
        of = found(posting(at="00.00"), hourless, at=clock)
        assert of.officers.loc["P-1", ["state", "arrived"]].tolist() == ["tanpa_kabar", True]
        assert pd.isna(of.officers.loc["P-1", "checkin_at"])
    rows = rows_of(feed_schemas.PERSONNEL, hourless, checkin(at="06.30"))
    curve = build_attendance_curve(rows, OFFICERS, DAY, wib("09.00"), WORD_EVERY)
    timed = build_attendance_curve(rows.iloc[1:], OFFICERS, DAY, wib("09.00"), WORD_EVERY)
    pd.testing.assert_frame_equal(curve, timed)
    later = found(posting(), hourless, checkin(at="06.30"))
    assert later.officers.loc["P-1", "state"] == "hadir"


def test_the_curve_ends_where_the_key_figure_stands() -> None:
    frames = known(posting(), checkin(), posting("P-2", tps="002"), checkin("P-2", at="06.00"))
    for clock in ("06.00", "09.00", "09.50", "12.00"):
        of = coverage.compute_coverage(frames, REGISTER, wib(clock))
        curve = build_attendance_curve(frames["personnel"], OFFICERS, DAY, wib(clock), WORD_EVERY)
        assert curve["present"].iloc[-1] == coverage.build_total_row(of, REGISTER)["present"]


def test_a_curve_of_no_words_is_flat_and_one_before_the_day_is_empty() -> None:
    nothing = rows_of(feed_schemas.PERSONNEL)
    assert build_attendance_curve(nothing, [], DAY, wib("05.00"), WORD_EVERY)["present"].sum() == 0
    assert build_attendance_curve(nothing, [], DAY, wib("03.00"), WORD_EVERY).empty


# The end of duty


def test_a_tps_whose_box_is_at_the_ppk_needs_nobody_whoever_told_what() -> None:
    boxes = build_station_table(
        {"tps": rows_of(feed_schemas.TPS, report(
            at="20.00", fase="kotak_tiba_ppk", id="K-1", kecamatan=HERE, desa=DESA, tps="001",
            hadir=None,
        ))},
        REGISTER, wib("21.00"),
    )  # fmt: skip
    rows = (posting(tps="001, 002"), checkin())
    of = coverage.compute_coverage(known(*rows), REGISTER, wib("21.00"), boxes)
    one, two = (of.tps.set_index("code").loc[f"{DESA}.{number}"] for number in ("001", "002"))
    assert (bool(one["released"]), bool(two["released"])) == (True, False)
    assert not one["absent"]
    assert not one["below"]
    # Its officer is silent: that counts for the TPS that still has its box alone.
    assert by_kecamatan(of).loc[HERE, "silent"] == 1
    assert by_kecamatan(of).loc[HERE, "released"] == 1


def test_who_was_just_ordered_to_a_tps_is_awaited_there_and_not_missing() -> None:
    grace = REGISTER.election.rules.redeployment.en_route_grace
    order = posting("P-2", at="09.00", tps="002", known_at=wib("09.00"))
    minutes = int(grace.total_seconds()) // 60
    last, late = (f"{9 + n // 60:02}.{n % 60:02}" for n in (minutes, minutes + 1))
    second = f"{DESA}.002"
    for clock, is_awaited in (("09.00", True), (last, True), (late, False)):
        row = tps(posting(), checkin(), order, at=clock, code=second)
        assert (row["awaited"], row["absent"]) == (is_awaited, not is_awaited)
    arrived = checkin("P-2", at="09.05", tps="002")
    row = tps(posting(), checkin(), order, arrived, at="09.10", code=second)
    assert (row["awaited"], row["absent"]) == (False, False)
    away = checkin("P-2", at="09.05", checkin="pergeseran")
    row = tps(posting(), checkin(), order, away, at="09.10", code=second)
    assert (row["awaited"], row["absent"]) == (False, True)
    area = by_kecamatan(found(posting(), checkin(), order, at="09.10"))
    assert area.loc[HERE, "awaited"] == 1


def test_duty_ends_where_half_of_the_tps_need_nobody_and_half_of_the_officers_returned() -> None:
    total = pd.Series({"tps": 4, "released": 2, "posted": 3, "kembali": 2})
    assert coverage.is_end_of_duty(total)
    for name, count in (("released", 1), ("kembali", 1)):
        assert not coverage.is_end_of_duty(pd.Series({**total, name: count}))
    assert not coverage.is_end_of_duty(total * 0)  # nothing is known
