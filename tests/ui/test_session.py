"""What is found is kept while its feeds stay, and never shown to who may not see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from situasi.access.roles import ROLES, Viewer
from situasi.analysis.queries import reads
from situasi.board import Board
from situasi.common import i18n
from situasi.domain.feed_schemas import PERSONNEL, TPS
from situasi.domain.register import Register
from situasi.ingest.pipeline import ingest_rows
from situasi.streamlit_patches import ACTION_FAILED_KEY
from situasi.ui import render_cache, session
from situasi.ui.page_context import PageContext
from tests.builders import unbounded
from tests.conftest import NOON

HERE, THERE = "16.10.01", "16.10.04"
DESA = {HERE: "Muara Kuang", THERE: "Indralaya Raya"}
done: list[str] = []


@reads(TPS)
def of_tps(known: Mapping[str, pd.DataFrame], _register: Register, _at: datetime) -> int:
    done.append("tps")
    return len(known["tps"])


@reads(PERSONNEL, depends_on=(of_tps,))
def of_both(
    known: Mapping[str, pd.DataFrame], _register: Register, _at: datetime, tps: int
) -> tuple[int, int | None]:
    done.append("both")
    return tps, len(known["personnel"]) if "personnel" in known else None


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    done.clear()
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@pytest.fixture
def viewer(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Who looks, to be changed by the test."""

    def looks(role: str, *area: str) -> None:
        monkeypatch.setattr(session, "viewer", lambda: Viewer("x", ROLES[role], frozenset(area)))

    looks("pimpinan")
    return looks


def asked(clock: datetime = NOON) -> Any:
    shown = session.get_snapshot_view()
    at = session.ViewTime(clock.astimezone(), live=True, is_exercise=False)
    return PageContext(shown, at, session.viewer()).compute(of_both)


def tps_told(board: Board, number: str, kecamatan: str = HERE) -> None:
    where = {"kode_kecamatan": kecamatan, "desa": DESA[kecamatan], "tps": number}
    row = {"id": f"T-{number}", "waktu": "27/11/2024 08.00", **where, "fase": "dibuka"}
    told = ingest_rows(
        [row], "a", board.store, board.ingest_context, unbounded("test"), feed="tps", now=NOON
    )
    assert told.accepted == 1


def incident_told(board: Board) -> None:
    row = {"id": "K-1", "waktu": "27/11/2024 08.00", "kode_kecamatan": "16.10.01",
           "jenis": "logistik"}  # fmt: skip
    told = ingest_rows(
        [row], "b", board.store, board.ingest_context, unbounded("test"), feed="incidents", now=NOON
    )
    assert told.accepted == 1


def test_an_incident_does_not_make_the_stations_be_found_again(empty: Board, viewer: Any) -> None:
    tps_told(empty, "001")
    assert asked() == (1, 0)
    incident_told(empty)
    assert asked() == (1, 0)
    assert done == ["tps", "both"]


def test_a_report_of_its_feed_is_found_at_once_in_the_part_and_in_the_whole(
    empty: Board, viewer: Any
) -> None:
    tps_told(empty, "001")
    asked()
    tps_told(empty, "002")
    assert asked() == (2, 0)
    assert done == ["tps", "both"] * 2


def test_a_minute_later_it_is_found_again_as_ages_and_silence_move(
    empty: Board, viewer: Any
) -> None:
    asked()
    asked(NOON.replace(minute=NOON.minute + 1))
    assert len(done) == 4


def test_what_one_sight_found_is_never_given_to_another(empty: Board, viewer: Any) -> None:
    tps_told(empty, "001", HERE)
    tps_told(empty, "002", THERE)
    assert asked() == (2, 0)
    viewer("operator", THERE)
    assert asked()[0] == 1
    viewer("tamu")
    assert asked() == (2, None)
    viewer("pimpinan")
    assert asked() == (2, 0)


def test_what_is_drawn_is_kept_for_the_same_findings_words_and_wishes_alone() -> None:
    made: list[str] = []

    def make(found: list[int]) -> str:
        made.append(i18n.current_language())
        return f"{found} {i18n.current_language()}"

    one, other = [1], [1]  # equal, and yet not the same
    i18n.set_language("id")
    assert render_cache.get_or_build("a", "light", (one,), make) == "[1] id"
    assert render_cache.get_or_build("a", "light", (one,), make) == "[1] id"
    assert made == ["id"]
    render_cache.get_or_build("a", "light", (other,), make)
    render_cache.get_or_build("a", "dark", (one,), make)
    render_cache.get_or_build("b", "light", (one,), make)
    i18n.set_language("en")
    assert render_cache.get_or_build("a", "light", (one,), make) == "[1] en"
    i18n.set_language("id")
    assert len(made) == 5


def test_what_was_thrown_away_never_lends_its_place_to_another_finding() -> None:
    said = [
        render_cache.get_or_build("c", None, ([number],), lambda found: found[0])
        for number in range(500)
    ]
    assert said == list(range(500))


def test_that_an_act_failed_is_said_once(empty: Board) -> None:
    page = AppTest.from_string(
        "import streamlit as st\nfrom situasi.ui import session\n"
        "st.text(str(session.pop_action_banners()))"
    )
    page.session_state[ACTION_FAILED_KEY] = True
    assert "Tindakan terakhir gagal" in page.run(timeout=30).text[0].value
    assert page.run(timeout=30).text[0].value == "[]"
