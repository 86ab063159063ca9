"""Episodes: one cause is one alert, however it flaps, grows or is told; worse by a level is new."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from situasi.analysis import timestamps
from situasi.analysis.alerts import episodes
from situasi.analysis.alerts.intervals import FOREVER, build_intervals, concat_intervals
from situasi.domain.alert_rules import AlertRule, AlertRules
from tests.analysis.alerts.slow import Held, walk
from tests.builders import DAY, wib
from tests.effort import examples

LEVELS = ("perhatian", "penting", "kritis")


def rule(hold: int = 10, least: tuple[int, ...] = (1, 3, 5)) -> AlertRule:
    return AlertRule("tps_diam", "Polsek", timedelta(minutes=hold), least, {})


def minute(of: int) -> int:
    return timestamps.to_us(DAY + timedelta(minutes=of))


def frame(*told: Held) -> pd.DataFrame:
    return concat_intervals(
        [
            build_intervals(
                "tps_diam",
                subject=[one.subject for one in told],
                kecamatan=[one.subject for one in told],
                member=[one.member for one in told],
                begin=np.array([minute(one.begin) for one in told], dtype="int64"),
                end=np.array(
                    [minute(one.end) if one.end < 10_000 else FOREVER for one in told],
                    dtype="int64",
                ),
                level=[one.level for one in told],
            )
        ]
    )


def found(at: int, *told: Held, asked: AlertRule | None = None) -> pd.DataFrame:
    one = asked or rule()
    rules = AlertRules(LEVELS, {}, {one.code: one})
    return episodes.build_alerts(frame(*told), rules, DAY + timedelta(minutes=at), DAY).table


def one(begin: int, end: int, member: str = "a", level: int = -1) -> Held:
    return Held("16.10.01", member, begin, end, level)


def test_what_comes_back_within_the_hold_is_the_same_alert_and_later_a_new_one() -> None:
    flapping = found(100, one(10, 20), one(28, 40), one(45, 46))
    assert len(flapping) == 1
    assert flapping["since"].iloc[0] == DAY + timedelta(minutes=10)
    assert flapping["until"].iloc[0] == DAY + timedelta(minutes=46)
    again = found(100, one(10, 20), one(31, 40))
    assert len(again) == again["key"].nunique() == 2


def test_within_the_hold_an_alert_fades_and_is_not_ended() -> None:
    fading = found(25, one(10, 20)).iloc[0]
    assert fading["fading"] and fading["ended"] is None and pd.isna(fading["until"])
    ended = found(30, one(10, 20)).iloc[0]
    assert ended["ended"] == episodes.RESOLVED and not ended["fading"]


def test_667_tps_with_one_cause_are_one_alert_for_each_kecamatan() -> None:
    told = [Held(f"16.10.{at % 16:02}", f"tps-{at}", 435, 10_000) for at in range(667)]
    every = found(440, *told)
    assert len(every) == 16
    assert every["n"].sum() == 667
    assert set(every["level"]) == {2}


def test_an_alert_grows_without_becoming_new_and_a_worse_level_replaces_it() -> None:
    first = found(10, one(10, 99, "a"))
    grown = found(20, one(10, 99, "a"), one(20, 99, "b"))
    assert list(grown["key"]) == list(first["key"])
    assert list(grown["n"]) == [2]
    worse = found(30, one(10, 99, "a"), one(20, 99, "b"), one(30, 99, "c"))
    assert list(worse["level"]) == [1, 0]
    assert worse["ended"].tolist() == [None, episodes.ESCALATED]
    assert worse["raised"].iloc[0] == DAY + timedelta(minutes=30)
    assert worse["since"].iloc[0] == DAY + timedelta(minutes=10)


def test_a_level_that_was_reached_does_not_fall_back() -> None:
    told = [one(10, 60, "a"), one(10, 20, "b"), one(10, 20, "c")]
    later = found(50, *told)
    assert list(later["level"]) == [1]
    assert list(later["n"]) == [1]
    assert list(later["most"]) == [3]


def test_members_below_the_first_level_call_for_nobody() -> None:
    assert found(30, one(10, 60), asked=rule(least=(2, 3, 5))).empty


HELD = st.builds(
    Held,
    st.sampled_from(["16.10.01", "16.10.02"]),
    st.sampled_from("abcd"),
    st.integers(0, 80),
    st.integers(1, 100),
    st.sampled_from([-1, -1, 0, 1, 2]),
).map(lambda h: Held(h.subject, h.member, h.begin, h.begin + 1 + h.end % 30, h.level))


@settings(max_examples=examples(50))
@given(st.lists(HELD, max_size=14), st.integers(0, 120), st.sampled_from([1, 5, 20]), st.randoms())
def test_alerts_equal_a_walk_through_every_minute(
    told: list[Held], at: int, hold: int, rng: random.Random
) -> None:
    asked = rule(hold, (2, 3, 4))
    expected = sorted(
        (w.subject, w.level, w.since, w.raised, w.until, w.ended, w.most)
        for w in walk(told, asked, hold, at)
    )
    shuffled = list(told)
    rng.shuffle(shuffled)
    table = found(at, *shuffled, asked=asked)
    assert table["key"].is_unique
    actual = sorted(
        (row.subject, row.level, _of(row.since), _of(row.raised), _of(row.until), row.ended,
         row.most)
        for row in table.itertuples()
    )  # fmt: skip
    assert actual == expected


def _of(at: Any) -> int | None:
    return None if pd.isna(at) else int((at - pd.Timestamp(DAY)).total_seconds()) // 60


@settings(max_examples=examples(50))
@given(st.lists(HELD, max_size=14), st.integers(0, 120), st.integers(0, 40))
def test_an_alert_once_raised_is_there_ever_after_and_what_ended_stays_so(
    told: list[Held], at: int, later: int
) -> None:
    def known(minute: int) -> list[Held]:
        return [one for one in told if one.begin <= minute]

    then = found(at, *known(at)).set_index("key")
    now = found(at + later, *known(at + later)).set_index("key")
    assert set(then.index) <= set(now.index)
    ended = then[then["ended"].notna()]
    same = now.loc[ended.index]
    assert list(same["ended"]) == list(ended["ended"])
    assert list(same["until"]) == list(ended["until"])
    assert list(now.loc[then.index, "since"]) == list(then["since"])


def test_what_ended_before_the_day_is_not_told() -> None:
    rules = AlertRules(LEVELS, {}, {"tps_diam": rule()})
    told = frame(one(10, 20), one(50, 90, "b"))
    kept = episodes.build_alerts(told, rules, wib("03.00"), wib("00.30")).table
    assert list(kept["member"]) == ["b"]
