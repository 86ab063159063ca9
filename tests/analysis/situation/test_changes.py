"""Changes between two moments: what is listed as new, worse, closed and still silent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from situasi.analysis.as_of import AsOfView
from situasi.analysis.incidents import cases
from situasi.analysis.situation.changes import (
    Changes,
    SituationState,
    compute_changes,
    compute_situation_state,
)
from situasi.analysis.situation.overview import compute_feed_states
from situasi.domain import feed_schemas
from situasi.domain.feed_schemas import STATUS_CLOSED, TINGKAT
from situasi.domain.rules import CriticalRule
from situasi.presentation import changes as change_words
from tests import queries
from tests.analysis.builders_tps import FIRST, small, told
from tests.builders import incident, report, rows_of, wib
from tests.builders import incidents as frame
from tests.effort import examples

HERE, THERE = "16.10.04", "16.10.05"
SECOND = FIRST[:-3] + "002"
NINE, TEN = wib("09.00"), wib("10.00")
Frames = dict[str, pd.DataFrame]


def frames(*rows: dict[str, Any], **others: list[dict[str, Any]]) -> Frames:
    found = {
        name: rows_of(feed, *others.get(name, [])) for name, feed in feed_schemas.FEEDS.items()
    }
    return {**found, "incidents": frame(*rows)}


def known(every: Frames, at: datetime) -> Frames:
    return {name: cases.filter_known(rows, at) for name, rows in every.items()}


def stood(every: Frames, at: datetime) -> SituationState:
    found: SituationState = queries.run(compute_situation_state, known(every, at), small(), at)
    return found


def between(
    every: Frames, since: datetime = NINE, at: datetime = TEN, kecamatan: tuple[str, ...] = ()
) -> Changes:
    heard = [
        compute_feed_states(AsOfView(every, when), small().election, when) for when in (since, at)
    ]
    return compute_changes(stood(every, since), stood(every, at), *heard, since, kecamatan)


@pytest.mark.parametrize(
    ("rule", "grave"), [(CriticalRule(), 2), (CriticalRule(("sedang", "tinggi"), ()), 1)]
)
def test_new_cases_alarm_by_the_rule_of_critical_ones(rule: CriticalRule, grave: int) -> None:
    red = {"tingkat": "rendah", "situasi": "merah", "known": "09.10"}
    every = frames(
        incident(id="A", **red),
        incident(id="B", **red),
        incident(id="C", known="09.20", tingkat="sedang"),
    )
    shown = change_words.format_kpis(between(every), rule)["baru"]
    assert shown.alarm and str(shown.note).startswith(f"{grave} berat")
    calm = frames(incident(id="A", known="09.10", tingkat="rendah"))
    assert not change_words.format_kpis(between(calm), rule)["baru"].alarm


def kinds(found: Changes) -> list[str]:
    return list(found.worse["kind"])


def test_a_report_that_came_after_the_marker_is_new_and_one_of_before_is_not() -> None:
    found = between(frames(incident(id="K-1", at="08.59"), incident(id="K-2", at="09.01")))
    assert list(found.new["id"]) == ["K-2"]


def test_what_lies_beyond_the_clock_of_an_exercise_is_neither_new_nor_closed() -> None:
    every = frames(
        incident(id="K-1", at="09.30"),
        incident(id="K-2", at="10.30"),
        incident(id="K-3", at="11.00", status="selesai"),
    )
    beyond = wib("11.30")
    found = compute_changes(stood(every, NINE), stood(every, beyond), [], [], NINE, until=TEN)
    assert list(found.new["id"]) == ["K-1"]
    assert found.closed.empty
    whole = compute_changes(stood(every, NINE), stood(every, beyond), [], [], NINE)
    assert (len(whole.new), len(whole.closed)) == (3, 1)


def test_a_report_of_earlier_that_was_told_later_is_new() -> None:
    found = between(frames(incident(at="07.00", known="09.30")))
    assert len(found.new) == 1


def test_nihil_is_neither_new_nor_closed() -> None:
    found = between(frames(incident(jenis="nihil", status="nihil", at="09.30")))
    assert found.new.empty and found.closed.empty


def test_two_reports_merged_since_are_new_only_where_neither_was_known() -> None:
    rows = [incident(id="K-1", at="08.00"), incident(id="K-2", at="09.30")]
    keys = list(frame(*rows)["case"])
    merge = report(id="G-1", at="09.40", tindakan="gabung", kasus=keys[0], ke=keys[1])
    assert list(between(frames(*rows)).new["id"]) == ["K-2"]
    assert between(frames(*rows, merges=[merge])).new.empty


def test_a_raised_tingkat_is_worse_with_what_it_was_and_a_lowered_one_is_not() -> None:
    up = [incident(tingkat="sedang"), incident(known="09.30", tingkat="tinggi")]
    down = [incident(tingkat="tinggi"), incident(known="09.30", tingkat="rendah")]
    (row,) = between(frames(*up)).worse.query("kind == 'tingkat'").itertuples()
    assert (row.before, row.after) == ("sedang", "tinggi")
    assert "tingkat" not in kinds(between(frames(*down)))


def test_merging_with_a_graver_report_that_was_known_is_no_rise() -> None:
    rows = [incident(id="K-1", at="08.00"), incident(id="K-2", at="08.10", tingkat="tinggi")]
    keys = list(frame(*rows)["case"])
    merge = report(id="G-1", at="09.40", tindakan="gabung", kasus=keys[0], ke=keys[1])
    assert "tingkat" not in kinds(between(frames(*rows, merges=[merge])))


def test_a_situasi_that_went_up_is_worse_and_one_that_fell_silent_is_not() -> None:
    calm = incident(jenis="nihil", status="nihil", at="08.00", situasi="hijau")
    crowd = incident(id="K-2", at="09.30", situasi="kuning")
    (row,) = between(frames(calm, crowd)).worse.query("kind == 'situasi'").itertuples()
    assert (row.kecamatan, row.before, row.after) == (HERE, "hijau", "kuning")
    assert kinds(between(frames(calm), at=wib("12.30"))) == []


def test_a_crowd_of_the_whole_kabupaten_concerns_every_kecamatan() -> None:
    every = frames(incident(at="09.30", kecamatan=None, situasi="merah"))
    found = between(every, kecamatan=(THERE,))
    assert list(found.worse["after"]) == ["merah"]
    assert len(found.new) == 1


def test_a_case_that_became_overdue_is_worse_once_for_its_step() -> None:
    every = frames(incident(at="08.50", tingkat="tinggi"))
    assert "lewat" in kinds(between(every))
    assert "lewat" not in kinds(between(every, since=wib("09.50")))


def test_a_tps_that_became_late_or_doubted_is_worse_and_one_reached_again_is_not() -> None:
    rows = [
        told(fase="dibuka", at="07.00"),
        told(hadir=100, at="08.00"),
        told(hadir=60, at="09.30"),  # fewer than before
    ]
    found = between(frames(tps=rows)).worse.set_index("case")
    assert found.loc[FIRST, "after"] == "diragukan"
    assert found.loc[FIRST, "before"] in {"lapor", "ditunggu"}
    assert found.loc[FIRST, "at"] == wib("09.30")
    away = [told(of=SECOND, kontak="tak_terjangkau", at="08.00"),
            told(of=SECOND, kontak="terjangkau", at="09.30")]  # fmt: skip
    found = between(frames(tps=away))
    assert SECOND not in set(found.worse["case"])


def test_a_tps_whose_officer_left_is_a_new_gap_and_unknown_posting_is_none() -> None:
    post = report(id="P-1", at="05.00", petugas="A-1", penugasan="tps", kecamatan=FIRST[:8],
                  desa=FIRST[:-4], tps="001")  # fmt: skip
    here = report(id="C-1", at="06.30", petugas="A-1", checkin="tiba_di_tps",
                  kecamatan=FIRST[:8], desa=FIRST[:-4], tps="001")  # fmt: skip
    gone = {
        **here,
        "id": "C-2",
        "checkin": "kembali",
        **{
            name: wib("09.30") for name in ("occurred_at", "known_at", "recorded_at", "reported_at")
        },
    }
    found = between(frames(postings=[post], personnel=[here, gone]))
    gaps = set(found.worse.query("kind == 'tanpa_petugas'")["case"])
    assert FIRST in gaps
    assert between(frames(personnel=[here, gone])).worse.query("kind == 'tanpa_petugas'").empty


def test_a_case_closed_since_is_listed_with_how_it_stood_and_one_closed_before_is_not() -> None:
    rows = [
        incident(id="K-1", at="08.00", status="ditangani"),
        incident(id="K-1", at="08.00", known="09.30", status="selesai"),
        incident(id="K-2", at="08.00", status="selesai"),
        incident(id="K-3", at="09.10", status="selesai"),
    ]
    found = between(frames(*rows)).closed.set_index("id")
    assert found["before"].to_dict() == {"K-1": "ditangani", "K-3": None}


def test_a_case_whose_rows_were_taken_back_is_not_simply_gone() -> None:
    taken = incident(at="08.00", withdrawn_at=wib("09.30"))
    found = between(frames(taken))
    assert list(found.closed["after"]) == ["ditarik"]


def test_a_kecamatan_is_still_silent_only_while_no_word_at_all_came_since() -> None:
    word = incident(id="K-1", at="09.30", kecamatan=THERE)
    silent = between(frames(word)).silent.query("kind == 'kecamatan'")
    assert THERE not in set(silent["case"])
    assert HERE in set(silent["case"])


def test_the_last_word_of_a_silent_kecamatan_is_as_exact_as_its_report() -> None:
    word = incident(id="K-1", at="05.00", kecamatan=THERE, precision="hari")
    silent = between(frames(word), since=wib("12.00"), at=wib("14.00")).silent
    rows = silent.query("kind == 'kecamatan'").set_index("case")
    assert rows.loc[THERE, "precision"] == "hari"
    assert pd.isna(rows.loc[HERE, "at"])


def test_a_tps_is_still_silent_where_it_owed_then_and_said_nothing_since() -> None:
    rows = [told(of=SECOND, fase="logistik_tiba", at="09.30")]
    silent = between(frames(tps=rows)).silent.query("kind == 'tps'")
    assert FIRST in set(silent["case"])
    assert SECOND not in set(silent["case"])  # late with more, but it spoke


def test_a_feed_that_spoke_in_between_is_not_still_silent() -> None:
    quiet = between(frames(), since=wib("12.00"), at=wib("14.00")).silent
    assert "tps" in set(quiet.query("kind == 'sumber'")["case"])
    spoke = between(frames(tps=[told(fase="dibuka", at="12.10")]), since=wib("12.00"),
                    at=wib("18.00")).silent  # fmt: skip
    assert "tps" not in set(spoke.query("kind == 'sumber'")["case"])


def test_nothing_changes_between_a_moment_and_itself_but_who_is_silent() -> None:
    every = frames(incident(at="08.00", situasi="merah", tingkat="tinggi"))
    found = between(every, since=NINE, at=NINE)
    assert found.new.empty and found.worse.empty and found.closed.empty


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["K-1", "K-2", "K-3"]),
        st.sampled_from([None, *TINGKAT]),
        st.sampled_from(["dilaporkan", "ditangani", "selesai", "tidak_terbukti"]),
        st.integers(0, 119),
    ),
    max_size=12,
)


@settings(max_examples=examples(60))
@given(ROWS)
def test_the_lists_are_those_of_the_slow_and_obvious_way(
    rows: list[tuple[str, str | None, str, int]],
) -> None:
    told = [
        incident(
            id=name, at="08.00", known=wib("08.00") + pd.Timedelta(minutes=minute),
            tingkat=level, status=status,
        )
        for name, level, status, minute in rows
    ]  # fmt: skip

    def state(name: str, at: datetime) -> tuple[str | None, str] | None:
        """Of one case, the last weight stated and the last status; None: not known."""
        mine = [row for row in told if row["id"] == name and row["known_at"] <= at]
        mine.sort(key=lambda row: row["known_at"])
        levels = [row["tingkat"] for row in mine if row["tingkat"]]
        return (levels[-1] if levels else None, mine[-1]["status"]) if mine else None

    def weight(level: str | None) -> int:
        return TINGKAT.index(level) if level else 0

    new, closed, raised = set(), set(), set()
    for name in {row["id"] for row in told}:
        then, now = state(name, NINE), state(name, TEN)
        assert now is not None
        if then is None:
            new.add(name)
        if now[1] in STATUS_CLOSED and (then is None or then[1] not in STATUS_CLOSED):
            closed.add(name)
        if then and now[1] not in STATUS_CLOSED and weight(now[0]) > weight(then[0]):
            raised.add(name)
    found = between(frames(*told))
    assert set(found.new["id"]) == new
    assert set(found.closed["id"]) == closed
    assert set(found.worse.query("kind == 'tingkat'")["id"]) == raised
