"""Alerts by Polsek: one line a place, and a call only where it became worse than it was."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from situasi.analysis.alerts import groups
from situasi.domain.register import Register
from tests.bench import alert_calls
from tests.builders import DAY
from tests.effort import examples

Row = tuple[str, int, int, int | None]
_AREAS = st.sampled_from(["Polsek A", "Polsek B", ""])
_ROWS = st.tuples(_AREAS, st.integers(0, 2), st.integers(0, 60), st.none() | st.integers(1, 40))


def table(rows: list[Row]) -> pd.DataFrame:
    """Rows of (post, level, minute raised, minutes it lasts), the gravest first."""
    start = pd.Timestamp(DAY)
    frame = pd.DataFrame(
        {
            "key": [f"k{n:02d}" for n in range(len(rows))],
            "post": pd.Series([row[0] for row in rows], dtype="object"),
            "level": pd.Series([row[1] for row in rows], dtype="int64"),
            "raised": pd.Series(
                [start + pd.Timedelta(minutes=row[2]) for row in rows], dtype="datetime64[us, UTC]"
            ),
            "until": pd.Series(
                [None if row[3] is None else start + pd.Timedelta(minutes=row[2] + row[3])
                 for row in rows], dtype="datetime64[us, UTC]",
            ),
            "latihan": [False] * len(rows),
        }
    )  # fmt: skip
    frame["since"] = frame["raised"]
    return frame.sort_values(["level", "raised"], ascending=False, kind="stable", ignore_index=True)


def calls_slowly(alerts: pd.DataFrame) -> set[str]:
    found = set()
    for one in alerts.itertuples():
        mine = alerts[alerts["post"] == one.post]
        before = mine[
            (mine["raised"] < one.raised)
            | ((mine["raised"] == one.raised) & (mine["level"] > one.level))
            | (
                (mine["raised"] == one.raised)
                & (mine["level"] == one.level)
                & (mine["key"] < one.key)
            )
        ]
        lasting = before[~(before["until"] <= one.raised)]
        if not (lasting["level"] >= one.level).any():
            found.add(one.key)
    return found


@given(st.lists(_ROWS, max_size=14))
@settings(max_examples=examples(60), deadline=None)
def test_a_polsek_is_called_where_it_is_worse_than_all_that_lasts_there(rows: list[Row]) -> None:
    alerts = table(rows)
    calls = alert_calls.find_calls(alerts, alerts["post"])
    assert set(alerts["key"][calls]) == calls_slowly(alerts)


@given(st.lists(_ROWS, max_size=14))
@settings(max_examples=examples(60), deadline=None)
def test_every_alert_is_in_one_group_led_by_its_gravest(rows: list[Row]) -> None:
    alerts = table(rows)
    built = groups.build_groups(alerts, alerts["post"])
    assert built["n"].sum() == len(alerts)
    assert len(built) == len({row[0] for row in rows}) <= 3
    level_of = dict(zip(alerts["key"], alerts["level"], strict=True))
    for one in built.itertuples():
        assert one.level == level_of[one.lead] == max(row[1] for row in rows if row[0] == one.post)


def test_the_most_within_ten_minutes() -> None:
    ten = pd.Timedelta(minutes=10)
    raised = table([("a", 0, minute, None) for minute in (0, 3, 9, 10, 30, 31)])["raised"]
    assert alert_calls.find_most_in(raised, ten) == 3
    assert alert_calls.find_most_in(raised.iloc[:0], ten) == 0


def test_kecamatan_of_one_polsek_are_one_post(register: Register) -> None:
    areas = [*register.kecamatan, None]
    posts = groups.list_posts(pd.DataFrame({"kecamatan": areas}), register)
    assert list(posts[:-1]) == [place.polsek for place in register.kecamatan.values()]
    assert posts.iloc[-1] == "" and posts.nunique() < len(areas)
