"""What the tests of the wall share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from situasi.board import Board, open_board
from situasi.common import i18n
from situasi.simulation.seed import prepare
from tests.conftest import NOON, settings_in


@pytest.fixture(scope="package")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    """A board with the rehearsal day. Tests only look at it."""
    folder = tmp_path_factory.mktemp("layar")
    opened = open_board(settings_in(folder, SITUASI_REHEARSAL="yes"), lambda: NOON)
    prepare(opened, NOON, lambda _line: None)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def indonesian() -> Iterator[None]:
    i18n.use("id")
    yield
    i18n.use("id")
