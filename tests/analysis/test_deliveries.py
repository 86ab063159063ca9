"""Sources: the equation, what was known when, and the reasons of what waits."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from situasi.analysis import deliveries
from situasi.analysis.incidents.cases import filter_known
from situasi.analysis.situation.feed_staleness import FeedState
from situasi.domain import feed_schemas
from tests.builders import report, rows_of, wib
from tests.effort import examples

MOMENT = "datetime64[us, UTC]"


def batch(number: int, **stated: Any) -> dict[str, Any]:
    """One batch as a snapshot holds it; `at` is when it was recorded."""
    at = stated.pop("at", "08.00")
    return {
        "batch": number,
        "feed": "tps",
        "source": "pagi.csv",
        "sha256": "0",
        "recorded_at": wib(at),
        "actor": "operator",
        "accepted": 0,
        "duplicate": 0,
        "quarantined": 0,
        "withdrawn": 0,
        "withdrawn_at": None,
        "withdrawn_by": None,
        "reason": None,
        **stated,
    }


def batches(*rows: dict[str, Any]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=list(batch(1)))
    for name in ("recorded_at", "withdrawn_at"):
        frame[name] = pd.to_datetime(frame[name], utc=True).astype(MOMENT)
    return frame


def frames(*tps: dict[str, Any]) -> dict[str, pd.DataFrame]:
    every = {name: rows_of(feed) for name, feed in feed_schemas.FEEDS.items()}
    return every | {"tps": rows_of(feed_schemas.TPS, *tps)}


def as_known(given: dict[str, pd.DataFrame], limit: datetime | None) -> dict[str, pd.DataFrame]:
    return {feed: filter_known(frame, limit) for feed, frame in given.items()}


def told(*rows: dict[str, Any], of: Any = None, at: str | None = None) -> pd.DataFrame:
    limit = wib(at) if at else None
    return deliveries.build_batch_table(batches(*rows), as_known(of or frames(), limit), limit)


def test_read_is_accepted_and_duplicate_and_quarantined_together() -> None:
    found = told(batch(1, accepted=5, duplicate=2, quarantined=1))
    assert found["read"].tolist() == [8]


def test_the_newest_delivery_stands_first() -> None:
    assert told(batch(1), batch(3), batch(2))["batch"].tolist() == [3, 2, 1]


def test_a_feed_that_the_viewer_may_not_see_is_not_counted() -> None:
    mine = {feed: frame for feed, frame in frames().items() if feed != "neutrality"}
    found = told(batch(1), batch(2, feed="neutrality"), of=mine)
    assert found["feed"].tolist() == ["tps"]
    counted = deliveries.build_feed_table(found, mine, {"tps": 1, "neutrality": 7}, [])
    assert "neutrality" not in set(counted["feed"])
    assert counted["waiting"].sum() == 1


def test_a_delivery_recorded_later_was_not_known() -> None:
    found = told(batch(1, at="08.00"), batch(2, at="10.00"), at="09.00")
    assert found["batch"].tolist() == [1]


def test_an_exercise_recorded_afterwards_is_known_from_its_first_row() -> None:
    rows = [report(at="07.00", batch=1), report(at="09.30", batch=2)]
    found = told(batch(1, at="23.00"), batch(2, at="23.00"), of=frames(*rows), at="09.00")
    assert found["batch"].tolist() == [1]


def test_what_was_taken_back_later_still_stood_then() -> None:
    undone = batch(1, withdrawn=3, withdrawn_at=wib("10.00"), withdrawn_by="a", reason="salah")
    assert told(undone, at="09.00").iloc[0]["withdrawn"] == 0
    assert told(undone, at="09.00").iloc[0][["withdrawn_by", "reason"]].isna().all()
    assert told(undone, at="11.00").iloc[0]["withdrawn"] == 3
    assert told(undone).iloc[0]["reason"] == "salah"


def test_a_delivery_without_a_standing_row_has_no_last_word_and_zero_rows() -> None:
    row = told(batch(1, quarantined=2)).iloc[0]
    assert row["valid"] == 0
    assert pd.isna(row["last"])


def test_a_feed_never_heard_is_not_heard_at_any_time() -> None:
    found = deliveries.build_feed_table(told(), frames(), {}, []).set_index("feed")
    assert list(found.index) == list(feed_schemas.FEEDS)
    assert found["last"].isna().all()
    assert found.loc["tps", "read"] == 0
    assert not found["silent"].any()


def test_silence_is_told_of_the_feed_that_is_silent() -> None:
    states = [FeedState("tps", None, True, True), FeedState("incidents", None, False, True)]
    found = deliveries.build_feed_table(told(), frames(), {}, states).set_index("feed")
    assert found.index[found["silent"]].tolist() == ["tps"]
    assert found.index[found["expected"]].tolist() == ["incidents", "tps"]


def test_one_source_of_two_feeds_is_two_lines() -> None:
    found = deliveries.build_source_table(told(batch(1), batch(2, feed="incidents"), batch(3)))
    assert sorted(zip(found["feed"], found["deliveries"], strict=True)) == [
        ("incidents", 1),
        ("tps", 2),
    ]


def test_the_source_heard_last_stands_first_and_the_never_heard_last() -> None:
    rows = [report(at="07.00", batch=1), report(at="09.30", batch=2)]
    found = deliveries.build_source_table(
        told(
            batch(1, source="a"),
            batch(2, source="b", at="07.30"),
            batch(3, source="c"),
            of=frames(*rows),
        )
    )
    assert found["source"].tolist() == ["b", "a", "c"]


_COUNT = st.integers(0, 50)
_BATCHES = st.lists(
    st.tuples(
        st.sampled_from(["tps", "incidents", "neutrality"]),
        st.sampled_from(["a.csv", "b.csv"]),
        _COUNT,
        _COUNT,
        _COUNT,
        st.integers(0, 23),
    ),
    max_size=12,
)


@settings(max_examples=examples(40))
@given(_BATCHES, st.none() | st.integers(0, 23))
def test_every_row_read_is_in_exactly_one_sum_however_it_is_grouped(
    given_batches: list[Any], hour: int | None
) -> None:
    rows = [
        batch(at + 1, feed=feed, source=source, accepted=a, duplicate=d, quarantined=q,
              at=f"{clock}.00")
        for at, (feed, source, a, d, q, clock) in enumerate(given_batches)
    ]  # fmt: skip
    found = told(*rows, at=None if hour is None else f"{hour}.00")
    seen = [one for one in given_batches if hour is None or one[5] <= hour]
    plain = sum(a + d + q for _, _, a, d, q, _ in seen)
    feeds, by_source = (
        deliveries.build_feed_table(found, frames(), {}, []),
        deliveries.build_source_table(found),
    )
    for table in (found, feeds, by_source):
        assert table["read"].sum() == plain
        assert (table["read"] == table[deliveries.COUNT_COLUMNS].sum(axis=1)).all()
    assert feeds["deliveries"].sum() == by_source["deliveries"].sum() == len(seen)
    slow = {
        name: sum(a for feed, _, a, _, _, _ in seen if feed == name) for name in feed_schemas.FEEDS
    }
    assert dict(zip(feeds["feed"], feeds["accepted"], strict=True)) == slow


def held(*rows: tuple[str, ...], feed: str = "tps") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "number": range(1, len(rows) + 1),
            "batch": 1,
            "feed": feed,
            "source": "pagi.csv",
            "row": range(2, len(rows) + 2),
            "reasons": [json.dumps(reasons) for reasons in rows],
            "recorded_at": pd.Series([wib("08.00")] * len(rows), dtype=MOMENT),
        }
    )


def test_reasons_that_differ_in_the_word_only_are_one_kind() -> None:
    waiting = deliveries.select_quarantined_rows(
        held(('jenis "entah" tidak dikenal',), ('jenis "apa" tidak dikenal', "tanpa waktu")),
        ["tps"],
    )
    found = deliveries.build_reason_table(waiting)
    assert found["example"][1] == "tanpa waktu"
    assert found[["kind", "rows"]].to_numpy().tolist() == [
        ["jenis … tidak dikenal", 2],
        ["tanpa waktu", 1],
    ]
    assert found["example"][0] == 'jenis "entah" tidak dikenal'


def test_a_row_with_the_same_kind_twice_counts_once() -> None:
    waiting = deliveries.select_quarantined_rows(
        held(('"a" tidak dikenal', '"b" tidak dikenal')), ["tps"]
    )
    assert deliveries.build_reason_table(waiting)["rows"].tolist() == [1]


def test_waiting_rows_of_other_feeds_are_left_out() -> None:
    assert len(deliveries.select_quarantined_rows(held(("x",), feed="neutrality"), ["tps"])) == 0


def test_nothing_waiting_has_no_reasons() -> None:
    assert (
        len(deliveries.build_reason_table(deliveries.select_quarantined_rows(held(), ["tps"]))) == 0
    )


def test_a_delivery_known_for_longer_than_its_rows_stays_in_the_ledger() -> None:
    rows = [report(at="07.00", batch=1, withdrawn_at=wib("08.30"))]
    found = told(batch(1, accepted=1), of=frames(*rows), at="09.00")
    assert found[["batch", "valid"]].to_numpy().tolist() == [[1, 0]]
    earlier = wib("08.30") - timedelta(minutes=1)
    assert len(filter_known(frames(*rows)["tps"], earlier)) == 1


def test_a_delivery_with_a_row_of_an_exercise_is_marked() -> None:
    rows = [report(batch=1, latihan=True), report(batch=1), report(batch=2)]
    found = told(batch(1, source="a"), batch(2, source="b"), batch(3), of=frames(*rows))
    assert found["is_exercise"].tolist() == [False, False, True]
    by_source = deliveries.build_source_table(found).set_index("source")["is_exercise"]
    assert by_source.to_dict() == {"a": True, "b": False, "pagi.csv": False}


def test_an_hour_that_nobody_knows_is_not_told_as_the_last_minute_of_its_day() -> None:
    night = wib("23.59")
    whole_day = {"known_at": night, "recorded_at": wib("23.59") + timedelta(days=9)}
    dated = report(id="A", precision="hari", **whole_day)
    exact = report(id="B", precision="menit", known_at=wib("10.00"), recorded_at=wib("10.05"))
    for rows, expected in (((dated,), (night, "hari")), ((dated, exact), (wib("10.00"), "menit"))):
        frame = {"tps": rows_of(feed_schemas.TPS, *rows)}
        row = deliveries.build_feed_table(told(), frame, {}, []).iloc[0]
        assert (row["last"], row["precision"]) == expected


def test_a_row_beyond_the_clock_of_an_exercise_is_no_news() -> None:
    rows = [report(at="07.00", batch=1), report(at="09.30", batch=1), report(at="11.00", batch=2)]
    own, until = frames(*rows), wib("10.00")
    batch_table = deliveries.build_batch_table(batches(batch(1), batch(2)), own, None, until)
    feeds = deliveries.build_feed_table(batch_table, own, {}, [], until).set_index("feed")
    assert feeds.loc["tps", "last"] == wib("09.30")
    assert feeds.loc["tps", "valid"] == 3
    assert batch_table.set_index("batch")["last"].isna().to_dict() == {1: False, 2: True}
