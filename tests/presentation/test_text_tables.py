"""Tables of text: a feed is silent only where it should speak."""

from __future__ import annotations

from situasi.analysis.situation.feed_staleness import FeedState
from situasi.presentation import text_tables
from tests.builders import wib


def test_a_feed_reports_is_silent_or_is_not_awaited_yet() -> None:
    told = wib("11.40")
    table = text_tables.build_feed_table(
        [
            FeedState("incidents", told, is_silent=False, is_expected=True),
            FeedState("tps", told, is_silent=True, is_expected=True),
            FeedState("personnel", None, is_silent=False, is_expected=False),
        ],
        wib("12.00"),
    )
    assert [row[1:] for row in table.rows] == [
        ("11.40", "melapor"),
        ("11.40", "senyap"),
        ("belum melapor", "di luar jam pemantauan"),
    ]
