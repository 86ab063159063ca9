"""Perlu perhatian: one line tells who comes first; behind it are the parts of each score."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from situasi import board as board_module
from situasi.analysis.situation.area_summary import compute_area_summary
from situasi.analysis.situation.priority_score import PARTS
from situasi.board import Board
from situasi.domain.feed_schemas import FEEDS
from situasi.domain.labels import label
from situasi.live.access_scope import AccessScope
from situasi.ui import session
from tests.builders import wib
from tests.rehearsed import script_of

_SCRIPT = script_of("situation")


@pytest.fixture
def page(rehearsed: Board, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setattr(board_module, "_current", rehearsed)
    app = AppTest.from_string(_SCRIPT)
    app.query_params["saat"] = "2024-11-27T12:30"
    return app


def test_the_line_names_the_first_and_opens_the_parts_of_their_scores(
    rehearsed: Board, page: AppTest
) -> None:
    page.run(timeout=90)
    (line,) = [one for one in page.get("popover") if "nilai" in one.proto.id]
    assert not page.get("dataframe")
    said = line.proto.popover.label
    at = wib("12.30")
    shown = rehearsed.refresher.current_view()
    view = rehearsed.analysis_cache.view(
        shown.snapshot, session.get_view_time(at, shown), AccessScope(tuple(FEEDS))
    )
    found = view.compute(compute_area_summary)
    scores = found.priority_scores
    first = [rehearsed.register.name_of(code) for code in scores["kecamatan"].head(3)]
    assert said.startswith("**Perlu perhatian** " + first[0])
    assert [said.index(name) for name in first] == sorted(said.index(name) for name in first)

    page.session_state["nilai"] = True
    page.run(timeout=90)
    bars = [one.proto.body for one in page.get("html") if "si-bars" in one.proto.body]
    assert len(bars) == len(first)
    assert all(label("perhatian", part) in one for one in bars for part in PARTS)
    assert len(page.get("arrow_data_frame") or page.get("dataframe")) == 1
