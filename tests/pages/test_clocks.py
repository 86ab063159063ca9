"""Pages where and when the browser asks only the others, and all pages of a broken store."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from situasi import board as house
from situasi.board import Board
from situasi.ingest.pipeline import ingest_rows
from tests.builders import unbounded
from tests.builders_files import report
from tests.conftest import NOON
from tests.rehearsed import run, script_of


@pytest.fixture
def at_hand(rehearsed: Board, monkeypatch: pytest.MonkeyPatch) -> Iterator[Board]:
    monkeypatch.setattr(house, "_current", rehearsed)
    streamlit.cache_resource.clear()
    yield rehearsed
    streamlit.cache_resource.clear()


OF_THE_DAY = ("alerts", "changes", "redeployment", "sitreps")
OF_THE_HOUSE = (
    "report_entry",
    "guest_links",
    "exercises",
    "system_health",
    "readiness",
)
ASKED = (
    "situation",
    "incidents",
    "turnout",
    "stations",
    "personnel",
    "activities",
    "neutrality",
    "intake",
)


@pytest.mark.parametrize("clock", ["04:30", "09:00", "12:30", "18:00"])
@pytest.mark.parametrize("page", OF_THE_DAY)
def test_it_is_drawn_whole(at_hand: Board, page: str, clock: str) -> None:
    app = AppTest.from_string(script_of(page))
    app.query_params["saat"] = f"2024-11-27T{clock}"
    run(app)
    assert app.get("html")


@pytest.mark.parametrize("page", OF_THE_HOUSE)
def test_what_knows_no_day_is_drawn_before_it_began(at_hand: Board, page: str) -> None:
    app = AppTest.from_string(script_of(page))
    app.query_params["saat"] = "2024-11-27T04:30"
    run(app)


@pytest.mark.parametrize("moment", ["2024-11-27T11:30", ""])
def test_a_broken_store_leaves_every_page_that_it_had(empty: Board, moment: str) -> None:
    """The browser looks at what the pages with figures show then."""
    ingest_rows(
        [report("tps", hadir="12")], "uji", empty.store, empty.ingest_context, unbounded("uji"),
        feed="tps", now=NOON,
    )  # fmt: skip
    every = [AppTest.from_string(script_of(page)) for page in (*ASKED, *OF_THE_DAY, *OF_THE_HOUSE)]
    for app in every:
        if moment:
            app.query_params["saat"] = moment
        run(app)
    folder = empty.settings.data_folder
    for file in folder.glob("situasi.db*"):
        file.rename(folder / f"aside-{file.name}")
    (folder / "situasi.db").write_bytes(b"no store at all\n" * 500)
    assert empty.refresher.refresh().trouble
    for app in every:
        run(app)


def test_a_full_hour_is_chosen_from_those_that_have_been(at_hand: Board) -> None:
    app = AppTest.from_string(script_of("situation"))
    app.query_params["saat"] = "2024-11-27T10:17"
    app = run(app)
    hours = app.selectbox(key="jam")
    assert hours.options[-1] == "22.00" and "07.00 · TPS buka" in hours.options
    hours.select("13.00 · TPS tutup")
    app = run(app)
    assert f"{app.session_state['saat']:%H.%M}" == "13.00"
    assert app.selectbox(key="jam").value is None


def test_changes_are_told_since_some_hours_without_any_briefing(at_hand: Board) -> None:
    app = AppTest.from_string(script_of("changes"))
    app.query_params.update({"saat": "2024-11-27T12:30", "sejak": "3j"})
    run(app)
    texts = " ".join(element.value for element in app.markdown)
    assert "kejadian baru sejak 3 jam lalu" in texts


def test_an_officer_is_found_with_place_last_word_and_orders(at_hand: Board) -> None:
    app = AppTest.from_string(script_of("personnel"))
    app.query_params.update({"saat": "2024-11-27T12:30", "petugas": "P-0302"})
    run(app)
    facts = next(one.proto.body for one in app.get("html") if "Petugas P-0302" in one.proto.body)
    assert all(word in facts for word in ("keadaan", "tempat", "kabar terakhir", "instansi"))
    headings = [list(frame.value.columns) for frame in app.dataframe]
    assert any("berlaku sejak" in names for names in headings)
    assert any({"waktu", "lapor", "tempat"} <= set(names) for names in headings)
