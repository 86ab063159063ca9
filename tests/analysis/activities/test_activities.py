"""Activities: planned against done, the stage each belongs to, and the SOP list."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from situasi.analysis.activities import activities, sop_checklist, stages
from situasi.domain import election, feed_schemas, register
from situasi.domain.register import Register, SopItem, Stage
from situasi.domain.settings import ROOT
from tests.builders import DAY, WIB, report, rows_of, wib
from tests.builders_election import invented_election
from tests.effort import examples

REGISTER = register.load(election.load(ROOT / "data" / "elections" / "ogan-ilir-2024"))
NOON = wib("12.00")


def giat(**stated: Any) -> dict[str, Any]:
    return report(**{"giat": "patroli", "status": "terlaksana", **stated})


def found(*rows: dict[str, Any], at: datetime = NOON, of: Register = REGISTER) -> pd.DataFrame:
    return activities.build_activity_table(rows_of(feed_schemas.ACTIVITIES, *rows), of, at)


def states(*rows: dict[str, Any], at: datetime = NOON) -> list[str]:
    return list(found(*rows, at=at)["state"])


def test_a_plan_that_was_told_as_done_is_one_activity_and_done() -> None:
    table = found(giat(status="rencana", known="05.00"), giat(status="terlaksana", known="09.00"))
    assert list(table["state"]) == ["terlaksana"]
    assert list(table["planned"]) == [True]


def test_the_newest_word_counts_by_when_it_was_told_not_by_when_it_was_stored() -> None:
    late = giat(status="rencana", known="05.00")
    assert states(giat(status="batal", known="09.00"), late) == ["batal"]


def test_a_later_row_without_status_or_partner_does_not_unsay_them() -> None:
    table = found(giat(mitra="KPU", known="09.00"), giat(status=None, known="10.00"))
    assert list(table["state"]) == ["terlaksana"]
    assert list(table["mitra"]) == ["KPU"]


@pytest.mark.parametrize(
    "apart",
    [{"giat": "apel"}, {"kecamatan": "16.10.05"}, {"latihan": True}, {"id": "X-2"},
     {"at": wib("08.00", DAY - timedelta(days=1))}],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_posts_number_their_own_so_another_place_day_or_kind_is_another_activity(
    apart: dict[str, Any],
) -> None:
    assert len(found(giat(), giat(**apart))) == 2


def test_a_plan_without_word_a_day_after_its_time_has_lapsed_and_is_never_done() -> None:
    plan = giat(status="rencana", at="08.00")
    day = timedelta(days=1)
    assert states(plan, at=wib("08.00")) == ["menunggu"]
    assert states(plan, at=wib("08.00") + day) == ["menunggu"]
    assert states(plan, at=wib("08.01") + day) == ["lewat"]


def test_a_plan_before_its_time_is_still_to_come() -> None:
    assert states(giat(status="rencana", at="14.00", known="06.00")) == ["rencana"]


def test_a_plan_known_only_to_the_day_is_due_when_the_day_is_over() -> None:
    plan = giat(status="rencana", at=DAY, precision="hari")
    assert states(plan, at=wib("23.59")) == ["rencana"]
    assert states(plan, at=wib("00.01", DAY + timedelta(days=2))) == ["lewat"]


def test_a_plan_known_only_to_the_month_is_due_when_the_month_is_over() -> None:
    plan = giat(status="rencana", at=wib("00.00", datetime(2024, 11, 1, tzinfo=WIB)),
                precision="bulan")  # fmt: skip
    assert states(plan, at=wib("23.59", datetime(2024, 11, 30, tzinfo=WIB))) == ["rencana"]
    assert states(plan, at=wib("00.01", datetime(2024, 12, 2, tzinfo=WIB))) == ["lewat"]


def test_an_activity_without_status_is_neither_done_nor_planned() -> None:
    assert states(giat(status=None)) == ["tanpa_status"]


def test_history_that_comes_after_the_moment_of_an_exercise_is_not_shown_as_done() -> None:
    assert found(giat(at=wib("08.00", DAY + timedelta(days=8)))).empty


def test_every_activity_is_counted_in_exactly_one_state() -> None:
    table = found(
        giat(), giat(id="2", status="batal"), giat(id="5", status=None),
        giat(id="3", status="rencana", at="15.00", known="06.00"),
        giat(id="4", status="rencana", at=wib("08.00", DAY - timedelta(days=3))),
    )  # fmt: skip
    counts = activities.count_by_state(table)
    assert sum(counts.values()) == len(table) == 5
    assert (counts["terlaksana"], counts["lewat"], counts["batal"]) == (1, 1, 1)


# The stage of an activity.


def stage_of(**stated: Any) -> tuple[tuple[str, ...], str | None]:
    row = found(giat(**stated)).iloc[0]
    return row["stages"], row["stage_basis"]


def test_a_stated_stage_goes_before_the_date() -> None:
    assert stage_of(tahapan="T23") == (("T23",), "dinyatakan")


def test_a_line_of_the_sop_list_says_its_stage() -> None:
    assert stage_of(sop="S024") == (("T21",), "sop")


def test_without_a_word_the_stages_of_that_day_hold_of_the_kabupaten_and_national_only() -> None:
    codes, basis = stage_of(at="08.00")
    assert basis == "tanggal"
    assert codes == ("T21", "T22")


def test_a_stage_of_the_province_is_not_that_of_an_activity_by_its_date() -> None:
    at = wib("08.00", datetime(2024, 12, 8, tzinfo=WIB))
    assert "T28" not in found(giat(at=at), at=at).iloc[0]["stages"]


def test_an_activity_known_only_to_the_month_has_the_stages_that_ran_all_of_it() -> None:
    october = wib("00.00", datetime(2024, 10, 1, tzinfo=WIB))
    assert "T19" in stage_of(at=october, precision="bulan")[0]
    september = wib("00.00", datetime(2024, 9, 1, tzinfo=WIB))
    assert "T19" not in stage_of(at=september, precision="bulan")[0]


def test_a_day_without_any_stage_has_no_stage_rather_than_a_guess() -> None:
    long_ago = wib("08.00", datetime(2023, 1, 1, tzinfo=WIB))
    assert stage_of(at=long_ago) == ((), None)


@pytest.mark.parametrize(
    ("stated", "unknown_code"),
    [({}, None), ({"tahapan": "T99"}, "T99"), ({"sop": "S999"}, "S999"),
     ({"kecamatan": "99.99.99"}, "99.99.99"), ({"tahapan": "T23", "sop": "S024"}, "S024")],
)  # fmt: skip
def test_codes_that_the_register_lacks_are_named_and_the_activity_is_kept(
    stated: dict[str, Any], unknown_code: str | None
) -> None:
    assert found(giat(**stated)).iloc[0]["unknown_code"] == unknown_code


# Planned against done.


def test_a_giat_that_is_itself_a_fungsi_needs_no_other_and_none_is_guessed() -> None:
    table = found(giat(giat="humas"), giat(id="2", giat="patroli"))
    assert sorted(table["fungsi"]) == [activities.UNSTATED_FUNGSI, "humas"]


def test_the_matrix_keeps_the_whole_kabupaten_apart_and_leaves_called_off_ones_out() -> None:
    table = found(
        giat(fungsi="preventif"), giat(id="2", fungsi="preventif", status="rencana", at="11.00"),
        giat(id="3", fungsi="preventif", status="batal"), giat(id="4", kecamatan=None),
    )  # fmt: skip
    rows = activities.build_matrix(table, list(REGISTER.kecamatan))
    assert [tuple(row) for row in rows.to_numpy()] == [
        (activities.WHOLE_KABUPATEN, activities.UNSTATED_FUNGSI, 1, 1),
        ("16.10.04", "preventif", 1, 2),
    ]


PLACES = st.sampled_from(["16.10.04", "16.10.05", "99.99.99", None])
KINDS = st.sampled_from([None, *feed_schemas.FUNGSI])
STATUSES = st.sampled_from([None, *feed_schemas.GIAT_STATUS])


@settings(max_examples=examples(40))
@given(st.lists(st.tuples(PLACES, KINDS, STATUSES), max_size=25))
def test_the_matrix_is_what_counting_one_by_one_gives(
    told: list[tuple[str | None, str | None, str | None]],
) -> None:
    table = found(
        *(giat(id=str(n), kecamatan=place, fungsi=kind, status=status)
          for n, (place, kind, status) in enumerate(told))
    )  # fmt: skip
    every: Counter[tuple[str, str]] = Counter()
    done: Counter[tuple[str, str]] = Counter()
    for place, kind, status in told:
        if status != "batal":
            cell = (place or activities.WHOLE_KABUPATEN, kind or activities.UNSTATED_FUNGSI)
            every[cell] += 1
            done[cell] += status == "terlaksana"
    rows = activities.build_matrix(table, list(REGISTER.kecamatan)).itertuples()
    assert {(r.place, r.fungsi): (r.done, r.all) for r in rows} == {
        cell: (done[cell], every[cell]) for cell in every
    }


def test_a_filter_keeps_what_concerns_the_whole_kabupaten() -> None:
    table = found(giat(), giat(id="2", kecamatan=None), giat(id="3", kecamatan="16.10.05"))
    assert list(activities.filter_by_kecamatan(table, ["16.10.04"])["id"]) == ["X-1", "2"]
    assert len(activities.filter_by_kecamatan(table, [])) == 3


def test_the_agenda_holds_plans_and_those_awaiting_word_but_not_the_lapsed() -> None:
    table = found(
        giat(id="done"), giat(id="soon", status="rencana", at="14.00", known="06.00"),
        giat(id="awaited", status="rencana", at="10.00", known="06.00"),
        giat(id="lapsed", status="rencana", at=wib("10.00", DAY - timedelta(days=2))),
    )  # fmt: skip
    assert list(activities.select_agenda(table)["id"]) == ["awaited", "soon"]


def test_partners_are_counted_each_once_and_letters_case_does_not_part_them() -> None:
    table = found(
        giat(mitra="KPU, TNI, KPU"), giat(id="2", mitra="kpu", status="rencana", at="11.00"),
        giat(id="3", mitra="KPU", status="batal"), giat(id="4"),
    )  # fmt: skip
    rows = activities.build_partner_table(table)
    assert [(r.mitra, r.done, r.all) for r in rows.itertuples()] == [("KPU", 1, 2), ("TNI", 1, 1)]


def test_a_cell_full_of_partners_is_counted_by_its_first_and_told() -> None:
    """10,000 activities with 100 partners each made a table of a million rows: 580 MB."""
    most = activities.MAX_PARTNERS
    many = [giat(id=f"{n}", mitra=", ".join(f"M{n}-{at}" for at in range(100))) for n in range(50)]
    table = found(*many, giat(id="x", mitra="KPU, TNI"), giat(id="y", mitra="KPU", status="batal"))
    assert len(activities.build_partner_table(table)) == 50 * most + 2
    assert activities.count_over_partner_limit(table) == 50
    assert (
        activities.count_over_partner_limit(found(giat(mitra=", ".join(map(str, range(most))))))
        == 0
    )


def test_joint_work_that_is_partly_made_up_says_so() -> None:
    table = found(giat(mitra="KPU, TNI"), giat(id="2", mitra="KPU", latihan=True))
    rows = activities.build_partner_table(table)
    assert [(r.mitra, r.is_exercise) for r in rows.itertuples()] == [("KPU", True), ("TNI", False)]


def test_a_partner_with_whom_nothing_was_done_yet_has_no_last_time() -> None:
    rows = activities.build_partner_table(
        found(giat(mitra="KPU", status="rencana", at="14.00", known="06.00"))
    )
    assert rows["last"].isna().all()


def test_drills_are_the_giat_latihan_newest_first() -> None:
    table = found(
        giat(id="old", giat="latihan", at=wib("08.00", DAY - timedelta(days=9))),
        giat(id="new", giat="latihan"), giat(id="patrol"),
    )  # fmt: skip
    assert list(activities.select_drills(table)["id"]) == ["new", "old"]


def test_nothing_reported_gives_empty_tables_and_no_line_done() -> None:
    table = found()
    assert activities.build_matrix(table, []).empty
    assert activities.build_partner_table(table).empty
    assert activities.select_drills(table).empty
    assert sop_checklist.count_by_state(
        sop_checklist.build_checklist(REGISTER.sop, table, stations_at())
    )["belum"] == len(REGISTER.sop)


# The SOP list: S024 is pengamanan by preventif on voting day (T21).


def stations_at(*phases: str | None, has_reports: bool = True) -> pd.DataFrame:
    """Three TPS, the first of which reached these phases."""
    reached = [*phases, *[None] * 3][:3]
    told = pd.Timestamp(NOON) if has_reports else pd.NaT
    return pd.DataFrame({"fase": pd.Series(reached, dtype="object"), "last_at": [told] * 3})


EVERYWHERE = stations_at(*["kotak_tiba_kpu"] * 3)


def line(
    *rows: dict[str, Any], code: str = "S024", stations: pd.DataFrame = EVERYWHERE
) -> sop_checklist.ChecklistItem:
    item = next(item for item in REGISTER.sop if item.code == code)
    return sop_checklist.build_checklist([item], found(*rows), stations)[0]


FITS = {"giat": "pengamanan", "fungsi": "preventif"}


def test_a_line_is_done_only_by_an_activity_that_names_it() -> None:
    done = line(giat(id="other", at="07.00"), giat(sop="S024"))
    assert (done.state, done.activity_positions) == ("selesai", (1,))


ESCORT = {"sop": "S031", "tahapan": "T22", "giat": "serpas"}  # S031: to the PPK


def test_boxes_are_not_escorted_until_the_last_is_at_the_ppk_however_many_escorts_arrived() -> None:
    some = stations_at("kotak_tiba_ppk", "kotak_tiba_kpu", "kotak_tiba_pps")
    going = line(giat(**ESCORT), code="S031", stations=some)
    assert (going.state, going.reached, going.tps) == ("berjalan", 2, 3)
    done = line(giat(**ESCORT), code="S031", stations=stations_at(*["kotak_tiba_ppk"] * 3))
    assert (done.state, done.reached) == ("selesai", 3)


def test_where_no_tps_ever_told_anything_a_line_is_not_done_and_has_no_count() -> None:
    silent = line(giat(**ESCORT), code="S031", stations=stations_at(has_reports=False))
    assert (silent.state, silent.reached) == ("berjalan", None)


def test_boxes_that_arrived_do_not_make_a_line_done_that_nobody_reported() -> None:
    assert line(code="S031").state == "belum"
    planned = giat(**ESCORT, status="rencana", at="14.00", known="06.00")
    assert line(planned, code="S031").state == "rencana"


def test_fitting_fungsi_and_giat_make_a_line_partly_done_and_no_more() -> None:
    assert line(giat(**FITS)).state == "sebagian"
    assert line(giat(**FITS, tahapan="T19")).state == "belum"
    assert line(giat(giat="pengamanan", fungsi="gakkum")).state == "belum"


def test_an_activity_that_names_another_line_does_not_make_this_one_partly_done() -> None:
    assert line(giat(**FITS, sop="S030", tahapan="T21")).state == "belum"


def test_a_planned_or_lapsed_activity_never_makes_a_line_done() -> None:
    assert line(giat(sop="S024", status="rencana", at="14.00", known="06.00")).state == "rencana"
    old = wib("08.00", DAY - timedelta(days=3))
    assert line(giat(sop="S024", status="rencana", at=old)).state == "belum"
    assert line(giat(sop="S024", status="batal")).state == "belum"


def test_a_line_named_under_another_stage_is_not_done() -> None:
    assert line(giat(sop="S024", tahapan="T23")).state == "belum"


TOLD = st.tuples(
    st.sampled_from([None, "S024", "S026", "S030"]),
    st.sampled_from([None, "T19", "T21", "T22"]),
    st.sampled_from([None, "preventif", "banops"]),
    st.sampled_from(["pengamanan", "patroli"]),
    st.sampled_from(["terlaksana", "rencana", "batal"]),
)


@settings(max_examples=examples(40))
@given(
    st.lists(TOLD, max_size=12),
    st.lists(st.sampled_from([None, *feed_schemas.FASE]), min_size=3, max_size=3),
)
def test_the_list_is_what_cutting_the_table_line_by_line_gives(
    told: list[Any], phases: list[str | None]
) -> None:
    columns = ("sop", "tahapan", "fungsi", "giat", "status")
    table = found(
        *(giat(id=str(n), **dict(zip(columns, one, strict=True))) for n, one in enumerate(told))
    )
    for got in sop_checklist.build_checklist(REGISTER.sop, table, stations_at(*phases)):
        assert got.state == slow_state(got.item, table, phases), got.item.code


def slow_state(item: SopItem, table: pd.DataFrame, phases: list[str | None]) -> str:
    there = table[[item.stage in codes for codes in table["stages"]]] if len(table) else table
    naming = there[there["sop"] == item.code]
    fitting = there[
        there["sop"].isna() & (there["fungsi"] == item.fungsi) & (there["giat"] == item.giat)
    ]
    if (naming["state"] == "terlaksana").any():
        order = list(feed_schemas.FASE)
        ranks = [order.index(fase) if fase else -1 for fase in phases]
        is_everywhere = item.phase is None or min(ranks) >= order.index(item.phase)
        return "selesai" if is_everywhere else "berjalan"
    if (fitting["state"] == "terlaksana").any():
        return "sebagian"
    planned = pd.concat([naming, fitting])["state"].isin(["rencana", "menunggu"])
    return "rencana" if planned.any() else "belum"


def test_every_line_stands_in_exactly_one_state() -> None:
    counts = sop_checklist.count_by_state(
        sop_checklist.build_checklist(
            REGISTER.sop, found(giat(**FITS), giat(id="2", sop="S026")), stations_at()
        )
    )
    assert sum(counts.values()) == len(REGISTER.sop)
    assert counts["selesai"] == 1


def test_the_lines_of_the_list_use_known_words_and_say_where_they_come_from() -> None:
    for item in REGISTER.sop:
        assert item.fungsi is None or item.fungsi in feed_schemas.FUNGSI
        assert item.giat is None or item.giat in feed_schemas.GIAT
        assert item.basis == "usulan" or item.basis.startswith("https://")
    assert len({item.code for item in REGISTER.sop}) == len(REGISTER.sop)


# The stages themselves.


def stage(code: str = "T1", start: str | None = "2024-11-20", end: str | None = "2024-11-25",
          scope: str = "nasional") -> Stage:  # fmt: skip
    return Stage(
        code, code, date.fromisoformat(start) if start else None,
        date.fromisoformat(end) if end else None, scope, "tersumber", "", "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("start", "end", "state"),
    [("2024-11-20", "2024-11-27", "berjalan"), ("2024-11-27", "2024-11-27", "berjalan"),
     ("2024-11-28", "2024-11-30", "akan"), ("2024-11-20", "2024-11-26", "lewat"),
     (None, "2024-11-26", "lewat"), (None, "2024-12-01", "tanpa_tanggal"),
     ("2024-11-28", None, "akan"), ("2024-11-20", None, "tanpa_tanggal"),
     (None, None, "tanpa_tanggal")],
)  # fmt: skip
def test_a_stage_is_only_said_to_run_where_both_dates_are_known(
    start: str | None, end: str | None, state: str
) -> None:
    assert stages.compute_state(stage(start=start, end=end), DAY.date()) == state


def test_the_shortest_running_stage_comes_first_and_the_nearest_of_those_to_come() -> None:
    today = DAY.date()
    assert stages.list_running_stages(REGISTER.stages, today)[0].code == "T21"
    assert stages.list_upcoming_stages(REGISTER.stages, today)[0].code == "T23"


def test_the_timetable_keeps_every_stage_and_marks_those_without_dates() -> None:
    table = stages.build_timetable(REGISTER.stages, DAY.date())
    assert len(table) == len(REGISTER.stages)
    assert set(table[~table["drawn"]]["code"]) == {"T01", "T02", "T03", "T29"}


def test_another_election_with_its_own_stages_and_list_is_read_the_same_way(
    tmp_path: Path,
) -> None:
    other = register.load(election.load(invented_election(tmp_path)))
    at = datetime(2030, 11, 18, 9, tzinfo=other.election.zone)
    table = found(giat(kecamatan="99.01.01", fungsi="preventif", at=at), at=at, of=other)
    assert sop_checklist.build_checklist(other.sop, table, EVERYWHERE)[0].state == "sebagian"
