"""A board with the whole rehearsal day, and the laporan of 12.30 built of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from situasi.access.roles import ROLES, Viewer
from situasi.board import Board, open_board
from situasi.reports.sitrep import build, files
from situasi.reports.sitrep import request as sitrep_request
from situasi.reports.sitrep.data import SitrepSources
from situasi.reports.sitrep.model import Sitrep
from tests.builders import wib
from tests.conftest import NOON, settings_in

CHIEF = Viewer("kapolres", ROLES["pimpinan"])
AT = wib("12.30")
Build = Callable[..., Sitrep]


def built(
    board: Board,
    kind: str = "situasi",
    at: datetime = AT,
    viewer: Viewer = CHIEF,
    **asked: object,
) -> Sitrep:
    """A laporan of a past minute."""
    shown = board.snapshot_reader.refresh()
    of = sitrep_request.build_request(kind, at, board.register.election, **asked)  # type: ignore[arg-type]
    moment = sitrep_request.choose_view_time(at, of, NOON, shown.snapshot.exercise_at)
    return build.build_sitrep(SitrepSources(board, viewer, shown, moment, of))


@pytest.fixture(scope="session")
def laporan(rehearsed: Board) -> Sitrep:
    """A laporan of all that its viewer sees on the pages."""
    return built(rehearsed, neutrality=True)


@pytest.fixture(scope="session")
def silent(tmp_path_factory: pytest.TempPathFactory) -> Sitrep:
    """Return the laporan of a board without reports."""
    board = open_board(settings_in(tmp_path_factory.mktemp("silent")), lambda: NOON)
    try:
        return built(board)
    finally:
        board.close()


@pytest.fixture(scope="session")
def election(rehearsed: Board) -> Path:
    """The folder of the election."""
    return rehearsed.register.election.folder


@pytest.fixture(scope="session")
def written(laporan: Sitrep, election: Path) -> dict[str, bytes]:
    """The laporan in every form."""
    return {form: files.build_file(laporan, form, election) for form in files.FORMATS}


@pytest.fixture
def edited(election: Path, tmp_path: Path) -> Path:
    """A copy of the election folder whose templates somebody may edit."""
    shutil.copytree(election / "laporan", tmp_path / "pemilihan" / "laporan")
    return tmp_path / "pemilihan"
