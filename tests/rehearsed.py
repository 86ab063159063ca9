"""A board with the whole rehearsal day, shared by all tests that look at it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from situasi import board as board_module
from situasi.access.roles import ROLES, Viewer
from situasi.actions import briefings
from situasi.board import Board, open_board
from situasi.simulation.seed import seed_store
from tests.builders import wib
from tests.conftest import NOON, settings_in

# When the rehearsed day had its briefing.
NINE = wib("09.00")


def script_of(page: str) -> str:
    """Return what the frame does before a page of pages/, and the page."""
    return (
        f"from pages.{page} import page\nfrom situasi.ui import filters, page_context\n\n"
        "filters.load_view_time()\npage.show(page_context.get_current())\n"
    )


def run(app: AppTest) -> AppTest:
    """Draw it, and hold that it could be drawn."""
    app.run(timeout=90)
    assert not app.exception
    return app


@pytest.fixture(autouse=True, scope="session")
def pages_may_take_long() -> Iterator[None]:
    """Streamlit gives up a page after three seconds, which a busy machine may need.

    Each AppTest searches all installed packages for components, which takes as long as the page.
    """
    begin, scan = AppTest.__init__, manifest_scanner.scan_component_manifests

    def patiently(self: AppTest, path: Path, **options: Any) -> None:
        begin(self, path, **options | {"default_timeout": 120.0})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AppTest, "__init__", patiently)
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(scan))
        yield


@pytest.fixture
def empty(board: Board, monkeypatch: pytest.MonkeyPatch) -> Board:
    """The empty board as that of the process."""
    monkeypatch.setattr(board_module, "_current", board)
    return board


@pytest.fixture(scope="session")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    """A board that has taken in the public reports and the rehearsal day; tests only look at it."""
    folder = tmp_path_factory.mktemp("rehearsed")
    opened = open_board(settings_in(folder, SITUASI_REHEARSAL="yes"), lambda: NOON)
    seed_store(opened, NOON, lambda _told: None)
    chief = Viewer("kapolres", ROLES["pimpinan"])
    briefings.mark(opened.store, chief, NINE, "Taklimat pagi", NOON, exercise=True, version=0)
    yield opened
    opened.close()
