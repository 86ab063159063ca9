"""The attention score: what lifts a kecamatan, what is not judged, and what it never hides."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.analysis.alerts.engine import compute_station_intervals
from situasi.analysis.as_of import AsOfView
from situasi.analysis.situation import area_summary
from situasi.analysis.situation.crowd_state import build_kecamatan_table
from situasi.analysis.situation.priority_score import PARTS, compute_priority_scores
from situasi.domain import election, feed_schemas
from situasi.domain import register as domain_register
from situasi.domain.rules import Rules
from situasi.domain.settings import ROOT
from tests import queries
from tests.builders import case_table, incident, rows_of, wib
from tests.builders import incidents as frame

RULES: Rules = election.load(ROOT / "data/elections/ogan-ilir-2024").rules
HERE, THERE = "16.10.04", "16.10.05"
STATES = ("belum_waktunya", "ditunggu", "terlambat", "tak_terjangkau", "lapor", "diragukan")


def stations(**by_code: dict[str, int]) -> pd.DataFrame:
    rows = {code: {**dict.fromkeys(STATES, 0), **by_code.get(code, {})} for code in (HERE, THERE)}
    return pd.DataFrame.from_dict(rows, orient="index")


def gaps(**shares: float | None) -> pd.DataFrame:
    rows = {code: shares.get(code) for code in (HERE, THERE)}
    return pd.DataFrame(
        {
            "known": [share is not None for share in rows.values()],
            "share_without": [share if share is not None else float("nan")
                              for share in rows.values()],
        },
        index=list(rows),
    )  # fmt: skip


def scored(
    *rows: dict[str, Any],
    tps: pd.DataFrame | None = None,
    rates: dict[str | None, float] | None = None,
    posts: pd.DataFrame | None = None,
    rules: Rules = RULES,
) -> pd.DataFrame:
    found = case_table(frame(*rows))
    states = build_kecamatan_table(found, [HERE, THERE], wib("09.00"), pd.Timedelta(hours=3))
    return compute_priority_scores(
        found,
        states,
        stations() if tps is None else tps,
        rates or {},
        gaps() if posts is None else posts,
        rules,
    ).set_index("kecamatan")


def test_where_nothing_is_known_there_is_no_score_rather_than_zero() -> None:
    found = scored()
    assert found["score"].isna().all()
    assert (found["assessed"] == 0).all()


def test_a_grave_open_report_brings_its_kecamatan_to_the_top() -> None:
    found = scored(incident(id="a", tingkat="tinggi"),
                   incident(id="b", tingkat="rendah", kecamatan=THERE))  # fmt: skip
    assert list(found.index) == [HERE, THERE]
    assert found.loc[HERE, "kejadian"] == RULES.priority_tingkat_weights["tinggi"] / 10


def test_a_closed_report_lifts_nothing() -> None:
    found = scored(incident(tingkat="tinggi", status="selesai"))
    assert pd.isna(found.loc[HERE, "score"])


def test_merah_fills_the_part_of_incidents_whatever_the_reports_weigh() -> None:
    found = scored(incident(tingkat="rendah", situasi="merah"))
    assert found.loc[HERE, "kejadian"] == 1


def test_a_report_nobody_weighed_counts_as_the_rules_say() -> None:
    found = scored(incident(tingkat=None))
    assert found.loc[HERE, "kejadian"] == RULES.priority_tingkat_weights["belum"] / 10


def test_tps_not_due_yet_are_no_reason_and_no_comfort() -> None:
    early = stations(**{HERE: {"belum_waktunya": 30, "ditunggu": 5}})
    late = stations(**{HERE: {"lapor": 15, "terlambat": 4, "tak_terjangkau": 1}})
    assert pd.isna(scored(tps=early).loc[HERE, "fase"])
    assert scored(tps=late).loc[HERE, "fase"] == 0.25


def test_turnout_counts_only_behind_the_kabupaten_and_only_where_it_was_told() -> None:
    low = RULES.turnout.low_margin_points
    found = scored(rates={None: 60.0, HERE: 60.0 - low})
    assert found.loc[HERE, "partisipasi"] == pytest.approx(0.5)
    assert pd.isna(found.loc[THERE, "partisipasi"])
    assert scored(rates={None: 60.0, HERE: 90.0}).loc[HERE, "partisipasi"] == 0


def test_no_posting_at_all_is_unknown_and_not_a_full_gap() -> None:
    found = scored(posts=gaps(**{HERE: 0.5}))
    assert found.loc[HERE, "personel"] == 0.5
    assert pd.isna(found.loc[THERE, "personel"])


def test_the_score_is_over_what_could_be_judged_and_says_how_much_that_was() -> None:
    found = scored(posts=gaps(**{HERE: 1.0}))
    assert found.loc[HERE, "score"] == 100
    assert found.loc[HERE, "assessed"] == RULES.priority_weights["personel"] / 100


_SHARE = st.none() | st.floats(0, 1)


@given(
    late=st.integers(0, 9), fine=st.integers(0, 9), told=st.booleans(), rate=st.floats(0, 100),
    without=_SHARE,
    weight=st.sampled_from(["rendah", "sedang", "tinggi", None]),
)  # fmt: skip
def test_the_score_equals_the_slow_sum_over_its_parts(
    late: int, fine: int, told: bool, rate: float, without: float | None, weight: str | None
) -> None:
    tps = stations(**{HERE: {"terlambat": late, "lapor": fine}})
    rates = {None: 50.0, HERE: rate} if told else {}
    one = scored(incident(tingkat=weight), tps=tps, rates=rates, posts=gaps(**{HERE: without})).loc[
        HERE
    ]
    points = judged = 0.0
    for part in PARTS:
        if not pd.isna(one[part]):
            assert 0 <= one[part] <= 1
            points += RULES.priority_weights[part] * one[part]
            judged += RULES.priority_weights[part]
    assert one["score"] == pytest.approx(100 * points / judged)
    assert one["assessed"] == pytest.approx(judged / 100)


def test_a_rank_is_told_with_those_it_has_when_the_weights_move() -> None:
    tps = stations(**{HERE: {"terlambat": 3, "lapor": 7}, THERE: {"lapor": 9}})
    small = incident(id="B", kecamatan=HERE, tingkat="rendah", at="08.00")
    told = scored(incident(id="A", kecamatan=THERE, tingkat="sedang", at="08.00"), small, tps=tps)
    # 2 of 40 and 7.5 of 25 against 8 of 40: which is first depends on the weights.
    assert list(told.loc[[HERE, THERE], "rank"]) == [1, 2]
    assert (told["rank_first"] == 1).all() and (told["rank_last"] == 2).all()
    grave = scored(incident(id="A", kecamatan=THERE, tingkat="tinggi", at="08.00"), small, tps=tps)
    assert grave.loc[THERE, ["rank", "rank_first", "rank_last"]].tolist() == [1, 1, 1]


@given(
    st.tuples(*[st.sampled_from([0.75, 0.9, 1.0, 1.1, 1.25])] * 4),
    st.integers(0, 9),
    st.floats(0, 1),
)
def test_no_weights_within_the_doubt_leave_the_range(
    factors: tuple[float, ...], late: int, share: float
) -> None:
    rows = [
        incident(id="A", kecamatan=THERE, tingkat="sedang", at="08.00"),
        incident(id="B", kecamatan=HERE, tingkat="rendah", at="08.00"),
    ]
    parts: dict[str, Any] = {
        "tps": stations(**{HERE: {"terlambat": late, "lapor": 10 - late}, THERE: {"lapor": 4}}),
        "posts": gaps(**{HERE: share, THERE: 0.2}),
    }
    told = scored(*rows, **parts)
    weights = {
        part: RULES.priority_weights[part] * f for part, f in zip(PARTS, factors, strict=True)
    }
    other = scored(*rows, **parts, rules=replace(RULES, priority_weights=weights)).loc[told.index]
    assert (told["rank_first"] <= other["rank"]).all()
    assert (other["rank"] <= told["rank_last"]).all()


def test_on_an_empty_store_no_kecamatan_has_a_score_or_is_silent() -> None:
    register = domain_register.load(election.load(ROOT / "data/elections/ogan-ilir-2024"))
    frames = {feed.name: rows_of(feed) for feed in feed_schemas.FEEDS.values()}
    empty = AsOfView({**frames, "incidents": frame()}, None)
    day = queries.run(area_summary.compute_area_summary, empty, register, wib("10.30"))
    assert day.lacks_station_reports
    assert day.priority_scores["score"].isna().all()
    assert day.silent_places.empty
    # Nor an alert of any TPS: that the source tells nothing is one of its own.
    alerts = queries.run(compute_station_intervals, empty, register, wib("10.30"))
    assert set(alerts["rule"]) == {"sumber_senyap"}
