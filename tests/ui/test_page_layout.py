"""Where data is missing a page says how to bring it, and before the day how long there is."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from situasi.board import Board
from tests.rehearsed import run

SCRIPT = """
from dataclasses import replace
from datetime import datetime
from situasi.analysis.view_time import ViewTime
from situasi.ui import filters, page_context, page_layout

filters.load_view_time()
now = ViewTime(datetime.fromisoformat("{moment}"), live=True, is_exercise=False)
page_layout.render_missing_data("Belum ada.", replace(page_context.get_current(), view_time=now))
"""


@pytest.mark.parametrize(
    ("moment", "days"),
    [("2024-11-24T23:50+07:00", 3), ("2024-11-26T00:10+07:00", 1), ("2024-11-26T18:00+00:00", 0)],
)
def test_a_page_counts_down_to_the_voting_until_its_day_begins(
    empty: Board, moment: str, days: int
) -> None:
    drawn = run(AppTest.from_string(SCRIPT.format(moment=moment)))
    text = " ".join(str(one.proto) for one in drawn.get("html"))
    assert "Belum ada. Letakkan berkas" in text
    assert (f"Rabu, 27 November 2024: {days} hari lagi." in text) == bool(days)
    assert ("hari lagi" in text) == bool(days)
