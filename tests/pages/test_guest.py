"""A guest is shown no officer: a name planted in every free cell is on no page and in no answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests
import streamlit as st
from streamlit.testing.v1 import AppTest

from situasi import board as board_module
from situasi.access.roles import GUARDED_COLUMNS, GUARDED_TEXT_COLUMNS, ROLES, Viewer
from situasi.actions import briefings
from situasi.board import Board, open_board
from situasi.domain.feed_schemas import FEEDS, ColumnKind
from situasi.ingest.pipeline import ingest_rows
from situasi.live import access_scope
from situasi.server.api import api_keys
from situasi.ui import session
from situasi.ui.tables import table_view
from tests.builders import unbounded
from tests.builders_files import report
from tests.conftest import NOON, settings_in
from tests.rehearsed import script_of
from tests.server.api.conftest import routes_of, serving

NAME, NRP, PHONE = "Wongsodirejo", "87010678", "081234567890"
OFFICER = f"Bripka {NAME}"
PROSE = f"dilaporkan {OFFICER} NRP {NRP} HP {PHONE} dari Tanjung Gelam"
GUEST = Viewer("tamu", ROLES["tamu"])
# Cells that say which row or place it is, which the door reads as codes, or of roster numbers.
CODES = {
    "id", "kecamatan", "desa", "tps", "kasus", "ke", "tahapan", "sop", "petugas", "nrp", "flags",
}  # fmt: skip
FREE = {
    (feed.name, column.name)
    for feed in FEEDS.values()
    for column in feed.columns
    if column.kind is ColumnKind.TEXT and column.name not in CODES
}


def planted(feed: str) -> dict[str, object]:
    """A row with an officer in every free cell; in those of prose among other words."""
    cells = {}
    for of_feed, name in FREE:
        if of_feed == feed:
            heading = FEEDS[feed].column(name).heading
            cells[heading] = PROSE if (feed, name) in GUARDED_TEXT_COLUMNS else OFFICER
    cells |= {"desa": "Tanjung Gelam", "tempat": PROSE} if feed == "incidents" else {}
    if feed in {"tps", "postings"}:  # an unknown desa waits
        cells["desa"] = "Tanjung Gelam"
    if feed == "incidents":
        cells |= {"ditugaskan": f"Kanit {NAME}", "tingkat": "tinggi", "situasi": "kuning"}
    return {**report(feed), "id": f"K-{feed}", **cells, "latihan": "tidak"}


def bare(feed: str) -> dict[str, object]:
    """Build a row with its required columns alone."""
    return {**report(feed), "id": f"B-{feed}", "latihan": "tidak"}


@pytest.fixture(scope="module")
def planted_board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    opened = open_board(settings_in(tmp_path_factory.mktemp("guest")), lambda: NOON)
    for feed in FEEDS:
        ledger = ingest_rows(
            [planted(feed), bare(feed)],
            "uji",
            opened.store,
            opened.ingest_context,
            unbounded("uji"),
            feed=feed,
            now=NOON,
        )
        assert ledger.accepted == 2, (feed, ledger.reasons)
    chief = Viewer(OFFICER, ROLES["pimpinan"])
    long_ago = NOON - timedelta(days=30)
    briefings.mark(opened.store, chief, long_ago, f"oleh {PROSE}", NOON, exercise=False, version=0)
    yield opened
    opened.close()


def test_every_free_cell_that_a_guest_may_load_is_guarded() -> None:
    loaded = {cell for cell in FREE if cell[0] in GUEST.role.readable_feeds(tuple(FEEDS))}
    assert loaded == {
        cell for cell in (GUARDED_COLUMNS | GUARDED_TEXT_COLUMNS) if cell[1] not in CODES
    }  # fmt: skip


def test_no_frame_of_a_guest_holds_an_officer(planted_board: Board) -> None:
    frames = planted_board.snapshot_reader.refresh().snapshot.frames
    command = access_scope.filter_frames(
        frames, access_scope.scope_of(Viewer("pimpinan", ROLES["pimpinan"]))
    )
    assert all(NAME in command[feed].to_csv() for feed in ("incidents", "tps", "activities"))
    for feed, frame in access_scope.filter_frames(frames, access_scope.scope_of(GUEST)).items():
        told = frame.to_csv()
        assert not [word for word in (NAME, NRP, PHONE) if word in told], feed
        assert len(frame) == len(command[feed])
        if (feed, "uraian") in GUARDED_TEXT_COLUMNS:
            assert "Tanjung Gelam" in frame["uraian"].iloc[0]


def drawn(page: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Everything that a page gives a browser, its popovers open and its tables as files."""
    files: list[str] = []
    shown = table_view.render_table

    def kept(table: table_view.Table, key: str, title: str, **options: Any) -> Any:
        files.append(table.to_file_frame().to_csv())
        return shown(table, key, title, **options)

    monkeypatch.setattr(table_view, "render_table", kept)
    monkeypatch.setattr(
        table_view,
        "render_table_popover",
        lambda title, made, key: table_view.render_table(made(), key, title),
    )
    app = AppTest.from_string(script_of(page))
    app.query_params["rentang"] = "semua"
    desa = board_module.current_board().register.desa
    (gelam,) = [code for code, place in desa.items() if place.name == "Tanjung Gelam"]
    app.query_params["tps"] = f"{gelam}.001"
    app.run(timeout=90)
    assert not app.exception, page
    return "".join([*map(str, app.main), *(str(e.proto) for e in _every(app)), *files])


def _every(app: AppTest) -> Iterator[Any]:
    for kind in ("html", "markdown", "caption", "dataframe", "deck_gl_json_chart", "plotly_chart",
                 "text", "selectbox", "multiselect", "button", "expander", "popover"):  # fmt: skip
        yield from app.get(kind)


PAGES = {
    "situasi": "situation", "kejadian": "incidents", "partisipasi": "turnout", "tps": "stations",
    "tahapan": "activities", "perubahan": "changes",
}  # fmt: skip


@pytest.mark.parametrize("screen", sorted(ROLES["tamu"].screens))
def test_no_page_of_a_guest_shows_an_officer(
    screen: str, planted_board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board_module, "_current", planted_board)
    monkeypatch.setattr(session, "now", lambda: NOON)
    st.cache_resource.clear()
    told = {}
    for role in ("pimpinan", "tamu"):
        viewer = Viewer(role, ROLES[role])
        with monkeypatch.context() as patch:
            patch.setattr(session, "viewer", lambda viewer=viewer: viewer)
            told[role] = drawn(PAGES[screen], patch)
    assert not [word for word in (NAME, NRP, PHONE) if word in told["tamu"]]
    assert not re.findall(r"\bnan\b", told["tamu"], re.IGNORECASE)
    if screen in {
        "situasi",
        "kejadian",
        "perubahan",
        "tps",
        "tahapan",
    }:  # else nothing was looked for
        assert NAME in told["pimpinan"]
    st.cache_resource.clear()


@pytest.mark.parametrize("path", ["situation", *FEEDS])
@pytest.mark.parametrize("form", ["json", "csv", "geojson"])
def test_no_answer_to_a_guest_names_an_officer(path: str, form: str, planted_board: Board) -> None:
    token = api_keys.add(planted_board.store, f"{path}-{form}", NOON, "admin", read=True)
    headers = {"authorization": f"Bearer {token}"}
    query = "" if path == "situation" else f"?format={form}"
    with serving(routes_of(planted_board)) as address:
        answer = requests.get(f"{address}/api/v1/{path}{query}", headers=headers, timeout=30)
    assert answer.status_code in {200, 403, 422}
    assert not [word for word in (NAME, NRP, PHONE) if word in answer.text]
    if path in {"incidents", "tps", "activities"} and form != "geojson":
        assert answer.status_code == 200 and "Tanjung Gelam" in answer.text
