"""Ways to a case: of every report in a list or a table, and only for those who may open it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from situasi import board as board_module
from situasi.access.roles import ROLES, LinkScope, Viewer
from situasi.board import Board
from situasi.ui import session
from situasi.ui.components import case_links
from tests.builders import DAY
from tests.rehearsed import run, script_of

GUEST = Viewer("tamu", ROLES["tamu"], link=LinkScope("x", "situasi", (), DAY))


def addresses(app: AppTest) -> list[dict[str, list[str]]]:
    html = "".join(str(part.proto) for part in app.get("html"))
    found = re.findall(r'href=\\?"(kejadian[^"\\]+)', html)
    return [parse_qs(urlsplit(unescape(address)).query) for address in found]


def drawn(board: Board, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setattr(board_module, "_current", board)
    app = AppTest.from_string(script_of("situation"))
    app.query_params["saat"] = "2024-11-27T12:30"
    return run(app)


def test_every_report_of_the_list_leads_to_its_case_at_the_shown_moment(
    rehearsed: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    links = addresses(drawn(rehearsed, monkeypatch))
    assert len(links) > 10
    assert all(one["saat"] == ["2024-11-27T12:30"] for one in links)
    cases = {one["kasus"][0] for one in links}
    view = rehearsed.refresher.current_view().snapshot
    assert cases <= set(view.frames["incidents"]["case"]) and len(cases) == len(links)


def test_a_guest_of_another_page_is_led_nowhere(
    rehearsed: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "viewer", lambda: GUEST)
    assert not addresses(drawn(rehearsed, monkeypatch))


@pytest.mark.parametrize(("rows", "requested"), [([1], "B"), ([], None), ([7], None)])
def test_a_click_on_a_row_asks_for_its_case(
    rows: list[int], requested: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    state: dict[str, Any] = {"isi": {"selection": {"rows": rows}}}
    monkeypatch.setattr(st, "session_state", state)
    case_links.request_selected_row("isi", ("A", "B"))
    assert [value for key, value in state.items() if key != "isi"] == (
        [] if requested is None else [requested]
    )
